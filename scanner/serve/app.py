"""What is served: the report's page over the history, as it stands when it is asked for. GET only, nothing else."""

import hashlib
import hmac
import threading
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from scanner.errors import UserError
from scanner.history.asking import Asking, last_run
from scanner.history.standing import report_of
from scanner.report import Report
from scanner.reporters.html import policy, render
from scanner.reporters.page import Page

if TYPE_CHECKING:
    from sqlalchemy import Engine

COOKIE: Final = "surefoot"

_Scope = dict[str, Any]
_App = Callable[
    [_Scope, Callable[[], Awaitable[Any]], Callable[[Any], Awaitable[None]]], Coroutine[Any, Any, None]
]


class Pages:
    """The page of the latest run, made once for each that is stored."""

    def __init__(self, engine: "Engine", given: Mapping[str, Any]) -> None:
        self._engine, self._given = engine, given
        self._lock = threading.Lock()
        self._made: tuple[int | None, bytes] = (None, b"")

    def page(self) -> bytes:
        """Return the page. Raises HistoryError for an empty history, SQLAlchemyError."""
        with self._lock, self._engine.connect() as connection:
            last = last_run(connection)
            if self._made[0] != last or not self._made[1]:
                report: Report = report_of(Asking(connection), **self._given)
                self._made = (last, b"".join(render(report, Page())))
            return self._made[1]


def app(pages: Pages, token: str = "", hosts: tuple[str, ...] = ()) -> _App:
    """Return the application. With `token` every request has to know it; `hosts` are the names that it answers to.

    A page of another site could else reach a server on this machine by a name of its own (DNS rebinding).
    """

    async def home(request: Request) -> Response:  # noqa: ARG001 - there is only one page
        try:
            return Response(await run_in_threadpool(pages.page), media_type="text/html; charset=utf-8")
        except UserError as error:
            return PlainTextResponse(f"{error}\n", 503)

    async def health(request: Request) -> Response:  # noqa: ARG001 - it is the same for all
        return PlainTextResponse("ok\n")

    served = Starlette(routes=[Route("/", home, methods=["GET"]), Route("/health", health, methods=["GET"])])
    return _guarded(served, token, hosts)


def _guarded(inner: Any, token: str, hosts: tuple[str, ...]) -> _App:
    async def guarded(scope: _Scope, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await inner(scope, receive, send)
            return
        refusal = _refused(Request(scope), token, hosts)
        if refusal is not None:
            await _with_headers(refusal, scope, receive, send)
        else:
            await _with_headers(inner, scope, receive, send)

    return guarded


def _refused(request: Request, token: str, hosts: tuple[str, ...]) -> Response | None:
    """Return what is said instead of the page; None where the request may see it."""
    if request.method not in ("GET", "HEAD"):
        return PlainTextResponse("this is read only\n", 405)
    host = request.headers.get("host", "").rpartition(":")[0] or request.headers.get("host", "")
    if hosts and host.strip("[]").lower() not in hosts:
        return PlainTextResponse("this server does not go by that name\n", 421)
    if not token or request.url.path == "/health":
        return None
    given = parse_qs(request.url.query).get("token", [""])[0]
    if given and _same(given, token):
        # The token leaves the address at once: it would stay in the browser's history, and in what is shared.
        answer = RedirectResponse("/", 303)
        answer.set_cookie(COOKIE, _proof(token), httponly=True, samesite="strict")
        return answer
    bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
    if _same(request.cookies.get(COOKIE, ""), _proof(token)) or _same(bearer, token):
        return None
    return PlainTextResponse(
        "this page needs its token: open the address that `surefoot serve` printed\n", 401
    )


def _proof(token: str) -> str:
    """What the cookie holds: it shows that the token was known, and is not the token."""
    return hmac.new(token.encode(), b"surefoot serve", hashlib.sha256).hexdigest()


def _same(given: str, right: str) -> bool:
    return hmac.compare_digest(given.encode(), right.encode())


async def _with_headers(inner: Any, scope: _Scope, receive: Any, send: Any) -> None:
    async def sending(message: Any) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], *_HEADERS]
        await send(message)

    await inner(scope, receive, sending)


_HEADERS: Final = tuple(
    (name.encode(), value.encode())
    for name, value in {
        "content-security-policy": f"{policy()}; frame-ancestors 'none'",
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "no-referrer",
        "cross-origin-resource-policy": "same-origin",
        "cross-origin-opener-policy": "same-origin",
        "cache-control": "no-store",
    }.items()
)
