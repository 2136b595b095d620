"""The server: takes requests on loopback, fails those that it is told to fail, and leaves words to the dialect."""

import ssl
import threading
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Protocol, Self
from urllib.parse import parse_qsl, unquote, urlsplit

import orjson

from scanner.demo.wire.recorded import Method, Recorded, indexed, key_of


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it came in. `query` keeps the order and repetitions; `body` is the JSON that was posted."""

    verb: str
    host: str
    path: str
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    body: Any = None

    def parameter(self, name: str) -> str | None:
        """Return the value of a query parameter, None when it is not there."""
        return dict(self.query).get(name)


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer; a body of bytes is sent as it is, anything else as JSON."""

    status: int
    body: Any
    headers: Mapping[str, str] = field(default_factory=dict)


class Fault(StrEnum):
    """How a call can be made to fail."""

    DENIED = "denied"
    THROTTLED = "throttled"
    UNAVAILABLE = "unavailable"
    MALFORMED = "malformed"
    NOT_ENABLED = "not enabled"


class Dialect(Protocol):
    """How one cloud words its answers. It knows nothing of sockets."""

    def called(self, request: Request, methods: Iterable[Method]) -> Method | Answer:
        """Find the method that a request calls; an answer when the cloud has no such method."""

    def refusal(self, request: Request, method: Method) -> Answer | None:
        """Refuse a request that the cloud would refuse, None when there is nothing wrong with it."""

    def filters(self, request: Request, method: Method) -> dict[str, str]:
        """Return the query without what asks for a page or for another form of the same answer."""

    def answer(self, request: Request, method: Method, recorded: Recorded) -> Answer:
        """Answer from what was recorded: one page of it, when it is a list."""

    def unknown(self, request: Request, method: Method) -> Answer:
        """Answer a request for which nothing was recorded: there is no such resource."""

    def failure(self, request: Request, method: Method, fault: Fault) -> Answer:
        """Fail as the cloud does."""

    def unauthorized(self, request: Request) -> Answer:
        """Refuse a request without the token that the server wants."""


@dataclass(slots=True)
class _Armed:
    fault: Fault
    times: int | None


class WireServer:
    """Serves recorded answers on a free port of 127.0.0.1 while a `with` block runs, over `tls` when given.

    `latency` is in seconds per call. `tokens`, when there are any, are the bearers that are let in, and what POST to a
    path that ends in `/token` (OAuth 2, as Google and Microsoft have it) gives out: the first of them, or nothing when
    `issues` is false. `seen` counts calls by their names, `requests` holds them in the order in which they came.
    """

    def __init__(
        self,
        dialect: Dialect,
        methods: Mapping[str, Method],
        recorded: Iterable[Recorded],
        *,
        latency: float = 0.0,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.dialect = dialect
        self.methods = methods
        self.latency = latency
        self.tokens: list[str] = []
        self.issues = True
        self.requests: list[Request] = []
        self.seen: Counter[str] = Counter()
        self._recorded = indexed(recorded)
        self._faults: dict[str, _Armed] = {}
        self._lock = threading.Lock()
        self._http = _Http(("127.0.0.1", 0), _Door)
        self._http.wire = self
        self._scheme = "https" if tls else "http"
        if tls:
            self._http.socket = tls.wrap_socket(self._http.socket, server_side=True)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"{self._scheme}://127.0.0.1:{self._http.server_address[1]}"

    @property
    def recorded(self) -> tuple[Recorded, ...]:
        """Every answer that it knows."""
        return tuple(self._recorded.values())

    def record(self, *recorded: Recorded) -> None:
        """Add answers, in place of those to equal requests."""
        self._recorded |= indexed(recorded)

    def fail(self, call: str, fault: Fault, times: int | None = None) -> None:
        """Let a call fail, `times` times or always."""
        if call not in self.methods:
            raise ValueError(f"{call}: not described in the recorded methods")
        with self._lock:
            self._faults[call] = _Armed(fault, times)

    def calm(self) -> None:
        """Let nothing fail any more, and forget what was seen."""
        with self._lock:
            self._faults.clear()
            self.requests.clear()
            self.seen.clear()

    def answer(self, request: Request) -> Answer:
        """Answer one request."""
        if self.latency:
            time.sleep(self.latency)
        if request.verb == "POST" and request.path.endswith("/token"):
            return self._issue()
        method = self.dialect.called(request, self.methods.values())
        fault = self._note(request, method)
        if self.tokens and request.headers.get("authorization") not in {f"Bearer {t}" for t in self.tokens}:
            return self.dialect.unauthorized(request)
        if isinstance(method, Answer):
            return method
        if fault is not None:
            return self.dialect.failure(request, method, fault)
        return self.dialect.refusal(request, method) or self._from_recorded(request, method)

    def _from_recorded(self, request: Request, method: Method) -> Answer:
        filters = self.dialect.filters(request, method)
        found = self._recorded.get(key_of(method.call, request.path, filters, request.body))
        if found is None:
            return self.dialect.unknown(request, method)
        return self.dialect.answer(request, method, found)

    def _issue(self) -> Answer:
        """Answer as RFC 6749 has it (sections 5.1 and 5.2), with what RFC 8693 adds for exchanged tokens."""
        if not self.issues or not self.tokens:
            return Answer(
                400, {"error": "invalid_grant", "error_description": "The sign-in is no longer valid."}
            )
        issued = {"access_token": self.tokens[0], "token_type": "Bearer", "expires_in": 3600}
        return Answer(200, {**issued, "issued_token_type": "urn:ietf:params:oauth:token-type:access_token"})

    def _note(self, request: Request, method: Method | Answer) -> Fault | None:
        """Keep the request; return how it is to fail."""
        call = method.call if isinstance(method, Method) else ""
        with self._lock:
            self.requests.append(request)
            self.seen[call] += 1
            armed = self._faults.get(call)
            if armed is None or armed.times == 0:
                return None
            if armed.times is not None:
                armed.times -= 1
            return armed.fault

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256
    wire: WireServer


class _Door(BaseHTTPRequestHandler):
    """Turns bytes into a `Request` and an `Answer` into bytes."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    # Headers and body leave in one piece.
    wbufsize = -1
    server: _Http

    def _serve(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        posted = self.rfile.read(length) if length else b""
        parts = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(
            self.command,
            headers.get("host", ""),
            unquote(parts.path),
            tuple(parse_qsl(parts.query, keep_blank_values=True)),
            headers,
            orjson.loads(posted) if "json" in headers.get("content-type", "") else None,
        )
        answer = self.server.wire.answer(request)
        whole = isinstance(answer.body, bytes)
        body = answer.body if whole else orjson.dumps(answer.body)
        self.send_response(answer.status)
        sent = {"Content-Type": "application/json; charset=UTF-8", **answer.headers}
        for name, value in {**sent, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815 - the standard library's names

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: whoever wants to know reads `requests`."""
