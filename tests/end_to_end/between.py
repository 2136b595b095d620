"""A proxy between the real command and moto: it can refuse, throttle, break or delay any call, as AWS would say it.

It knows which operation a request asks for by the SDK's own description of the service, and answers in the wire
format that the description names. Nothing of ours is involved.
"""

import http.client
import re
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from xml.sax.saxutils import escape

import botocore.session
from botocore.model import OperationModel, ServiceModel

WHO = "arn:aws:iam::123456789012:user/auditor"

#: What is signed as this service is one of these, told apart by the version or the path.
_SIGNED_AS = {
    "access-analyzer": ("accessanalyzer",),
    "elasticfilesystem": ("efs",),
    "elasticloadbalancing": ("elbv2", "elb"),
    "es": ("opensearch",),
    "monitoring": ("cloudwatch",),
    "s3": ("s3control", "s3"),
}

#: Looks like ListBuckets, but is signed as another service.
_ELSEWHERE = frozenset({"ListDirectoryBuckets"})


@dataclass(frozen=True, slots=True)
class Asked:
    """One call: the SDK's name of the service and of the operation, where, the parameters of its query, whose key."""

    service: str
    operation: str
    region: str
    given: Mapping[str, str]
    key: str = ""

    @property
    def name(self) -> str:
        return f"{self.service}:{self.operation}"


@dataclass(frozen=True, slots=True)
class Refusal:
    """What to say instead of the answer. No code: a page of HTML, as something that is not AWS answers."""

    code: str
    words: str
    status: int


Choosing = Callable[[Asked], Refusal | None]


def denied(asked: Asked) -> Refusal:
    code = {"ec2": "UnauthorizedOperation"}.get(_model(asked.service).resolved_protocol, "AccessDenied")
    code = "AccessDeniedException" if _model(asked.service).resolved_protocol == "json" else code
    action = f"{asked.service}:{asked.operation}"
    words = f"User: {WHO} is not authorized to perform: {action} because no identity-based policy allows it"
    return Refusal(code, words, 400 if "json" in _model(asked.service).resolved_protocol else 403)


def throttled(asked: Asked) -> Refusal:
    if asked.service in ("s3", "s3control"):
        return Refusal("SlowDown", "Please reduce your request rate.", 503)
    code = "RequestLimitExceeded" if asked.service == "ec2" else "Throttling"
    return Refusal(code, "Rate exceeded", 503 if asked.service == "ec2" else 400)


def broken(_: Asked) -> Refusal:
    return Refusal("", "<!doctype html><html><body><h1>Bad day</h1></body></html>", 500)


class Between:
    """The proxy at `address`. `choose` says what to refuse (None: nothing), `delay` how long each call takes.

    `asked` counts the calls that came in; `seen` is told each answer that was passed on.
    """

    def __init__(self, upstream: str) -> None:
        self.upstream = urlsplit(upstream)
        self.choose: Choosing = lambda _: None
        self.seen: Callable[[Asked, bytes], None] = lambda _asked, _answer: None
        self.delay = 0.0
        self.asked: Counter[str] = Counter()
        self.agents: set[str] = set()
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def pass_everything(self) -> None:
        self.choose, self.delay, self.seen = (lambda _: None), 0.0, (lambda _asked, _answer: None)
        self.asked.clear()

    def note(self, asked: Asked, agent: str) -> None:
        with self._lock:
            self.asked[asked.name] += 1
            self.agents.add(agent)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a command that was stopped, and did not wait for its answer."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


def _handler(between: Between) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        upstream: http.client.HTTPConnection | None = None

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            asked = asked_for(self.command, self.path, dict(self.headers.items()), body)
            between.note(asked, self.headers.get("user-agent", ""))
            time.sleep(between.delay)
            refusal = between.choose(asked)
            if refusal is None:
                self.pass_on(asked, body)
            else:
                self.send(refusal.status, _said(asked, refusal))

        do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = answer  # noqa: N815 - as http.server calls them

        def pass_on(self, asked: Asked, body: bytes) -> None:
            host, port = between.upstream.hostname or "", between.upstream.port
            with closing(http.client.HTTPConnection(host, port, timeout=60)) as upstream:
                upstream.request(self.command, self.path, body, dict(self.headers.items()))
                with upstream.getresponse() as response:
                    content = response.read()
            between.seen(asked, content)
            kind = response.headers.get("content-type", "text/xml")
            self.send(response.status, content, kind, response.headers.get("x-amzn-errortype"))

        def send(self, status: int, content: bytes, kind: str = "", error: str | None = None) -> None:
            self.send_response(status)
            self.send_header("content-type", kind or _kind(content))
            self.send_header("content-length", str(len(content)))
            if error:  # where REST services with JSON answers name the error
                self.send_header("x-amzn-errortype", error)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            pass

    return Handler


def _kind(content: bytes) -> str:
    return "text/html" if b"<html" in content else "application/json" if content[:1] == b"{" else "text/xml"


def _said(asked: Asked, refusal: Refusal) -> bytes:
    """Write a refusal as the service's protocol has it."""
    if not refusal.code:
        return refusal.words.encode()
    protocol = _model(asked.service).resolved_protocol
    code, words = escape(refusal.code), escape(refusal.words)
    error = f"<Code>{code}</Code><Message>{words}</Message>"
    if protocol == "ec2":
        text = f"<Response><Errors><Error>{error}</Error></Errors><RequestID>0</RequestID></Response>"
    elif asked.service == "s3":
        text = f"<Error>{error}<RequestId>0</RequestId></Error>"
    elif "json" in protocol:
        return f'{{"__type":"{refusal.code}","message":"{refusal.words}"}}'.encode()
    else:
        text = f"<ErrorResponse><Error><Type>Sender</Type>{error}</Error><RequestId>0</RequestId></ErrorResponse>"
    return b'<?xml version="1.0" encoding="UTF-8"?>' + text.encode()


# -- which operation a request asks for -----------------------------------------------------------------------


def asked_for(method: str, path: str, headers: Mapping[str, str], body: bytes) -> Asked:
    """Read a request. Raises ValueError for one that the SDK's description does not know."""
    headers = {name.lower(): value for name, value in headers.items()}
    scope = re.search(r"Credential=([^/]+)/\d{8}/([^/]+)/([^/]+)/", headers.get("authorization", ""))
    if scope is None:
        raise ValueError(f"{method} {path}: not signed")
    key, region, signed_as = scope.groups()
    url = urlsplit(path)
    given = dict(parse_qsl(url.query, keep_blank_values=True)) | dict(parse_qsl(body.decode("latin-1")))
    for service in _SIGNED_AS.get(signed_as, (signed_as,)):
        model = _model(service)
        if "Action" in given and given.get("Version") == model.api_version:
            return Asked(service, given["Action"], region, given, key)
        if "x-amz-target" in headers:
            return Asked(service, headers["x-amz-target"].rpartition(".")[2], region, given, key)
        # CloudWatch, whose bodies are CBOR.
        called = re.fullmatch(r"/service/[^/]+/operation/(\w+)", url.path)
        if called:
            return Asked(service, called[1], region, given, key)
        if "Action" not in given:
            found = _by_path(model, method, url.path, given)
            if found:
                return Asked(service, found, region, given, key)
    raise ValueError(f"{method} {path}: no operation of {signed_as}")


@cache
def _model(service: str) -> ServiceModel:
    model: ServiceModel = _session().get_service_model(service)
    return model


@cache
def _session() -> Any:
    return botocore.session.Session()


def _by_path(model: ServiceModel, method: str, path: str, given: Mapping[str, str]) -> str:
    """Return the REST operation whose method, path and fixed query fit, and of several the most particular one."""
    fitting = [
        (len(fixed), len(pattern.pattern), name)
        for verb, pattern, fixed, name in _routes(model.service_name)
        if verb == method and pattern.fullmatch(path) and fixed <= given.keys()
    ]
    return max(fitting)[2] if fitting else ""


@cache
def _routes(service: str) -> tuple[tuple[str, re.Pattern[str], frozenset[str], str], ...]:
    model = _model(service)
    return tuple(
        _route(model.operation_model(name)) for name in model.operation_names if name not in _ELSEWHERE
    )


def _route(operation: OperationModel) -> tuple[str, re.Pattern[str], frozenset[str], str]:
    uri, _, query = operation.http["requestUri"].partition("?")
    pattern = re.sub(r"\\{[^{}]+\\\+\\}", ".+", re.escape(uri))
    pattern = re.sub(r"\\{[^{}]+\\}", "[^/]+", pattern)
    return (
        operation.http["method"],
        re.compile(pattern),
        frozenset(dict(parse_qsl(query, keep_blank_values=True))),
        operation.name,
    )
