"""A small server on loopback that says what AWS says: throttling, refusals, broken and made-up answers."""

import ssl
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from scanner.models.resource import Resource
from scanner.providers.aws.provider import AwsProvider
from scanner.providers.spec import Call, Source

ACCOUNT = "123456789012"


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it came in."""

    method: str
    path: str
    headers: dict[str, str]
    body: str

    @property
    def action(self) -> str:
        """The operation that a query or JSON request names."""
        target = self.headers.get("x-amz-target", "").partition(".")[2]
        return target or self.body.partition("Action=")[2].partition("&")[0]

    @property
    def signed_by(self) -> str:
        """The access key."""
        return self.headers.get("authorization", "").partition("Credential=")[2].partition("/")[0]

    @property
    def signed_for(self) -> str:
        """The region of the signature."""
        return self.headers.get("authorization", "").partition("Credential=")[2].split("/")[2]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server says."""

    body: str = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


class Reading(AwsProvider):
    """AWS with nothing to list: it may send these calls, and those of a session."""

    def __init__(self, calls: Sequence[Call]) -> None:
        self._calls = calls

    @property
    def sources(self) -> Sequence[Source]:
        """One source for each call."""
        return [Source(kind=Resource, listing=call, id="") for call in self._calls]


Answering = Callable[[Asked], Answer]


def who(arn: str = f"arn:aws:iam::{ACCOUNT}:user/someone") -> Answer:
    """Answer GetCallerIdentity."""
    return Answer(
        '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>'
        f"<Arn>{arn}</Arn><UserId>AIDA</UserId><Account>{arn.split(':')[4]}</Account></GetCallerIdentityResult>"
        "</GetCallerIdentityResponse>"
    )


def refusal(code: str, words: str = "no", status: int = 400, **headers: str) -> Answer:
    """Answer with an error as the query protocol writes it."""
    body = f"<ErrorResponse><Error><Code>{code}</Code><Message>{words}</Message></Error></ErrorResponse>"
    return Answer(body, status, headers)


def volumes(*ids: str, token: str = "") -> Answer:
    """Answer DescribeVolumes with one page."""
    items = "".join(f"<item><volumeId>{id}</volumeId></item>" for id in ids)
    more = f"<nextToken>{token}</nextToken>" if token else ""
    return Answer(f"<DescribeVolumesResponse><volumeSet>{items}</volumeSet>{more}</DescribeVolumesResponse>")


class Wire:
    """A server that answers GetCallerIdentity, and everything else as `answer` says. `asked` keeps the requests."""

    def __init__(self, certificate: tuple[Path, Path] | None = None) -> None:
        self.answer: Answering = lambda _: Answer(status=404)
        self.asked: list[Asked] = []
        self.server = _Server(("127.0.0.1", 0), _handler(self))
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            self.server.socket = context.wrap_socket(
                self.server.socket, server_side=True, do_handshake_on_connect=False
            )
        scheme = "https" if certificate else "http"
        self.address = f"{scheme}://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True)
        self.thread.start()

    def said(self, asked: Asked) -> Answer:
        """Note a request and answer it."""
        self.asked.append(asked)
        return self.answer(asked)

    def close(self) -> None:
        """Stop."""
        self.server.shutdown()
        self.server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


def _handler(wire: Wire) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # one packet per answer: two would wait 40 ms for each other

        def _reply(self) -> None:
            size = int(self.headers.get("Content-Length") or 0)
            headers = {name.lower(): value for name, value in self.headers.items()}
            asked = Asked(self.command, self.path, headers, self.rfile.read(size).decode())
            answer = wire.said(asked)
            body = answer.body.encode()
            self.send_response(answer.status)
            for name, value in {"Content-Type": "text/xml", **answer.headers}.items():
                self.send_header(name.replace("_", "-"), value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PUT = do_HEAD = _reply  # noqa: N815 - the names that http.server looks for

        def log_message(self, *_: Any) -> None:
            pass

    return Handler
