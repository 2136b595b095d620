"""Google Cloud's words: paths by discovery document, pages by token, and the error formats of its APIs."""

import base64
import hashlib
from collections.abc import Iterable, Mapping
from typing import Any, Final

import orjson

from scanner.demo.wire.recorded import Method, Parameter, Recorded
from scanner.demo.wire.server import Answer, Fault, Request

#: Parameters of every method that do not change what is answered (discovery: `parameters` of each document).
STANDARD: Final = frozenset({"$.xgafv", "access_token", "alt", "key", "prettyPrint", "quotaUser"})
SIZES: Final = ("maxResults", "pageSize", "limit")
TOKEN: Final = "pageToken"  # noqa: S105 - of a page
#: What lists in the words of Kubernetes call it.
CONTINUE: Final = "continue"
EMPTY: Final = "NO_RESULTS_ON_PAGE"
_ERROR_INFO: Final = "type.googleapis.com/google.rpc.ErrorInfo"


#: When a question is asked differs, and not what is meant.
TIMES: Final = ("interval.startTime", "interval.endTime")


class Google:
    """Answers as googleapis.com does."""

    def called(self, request: Request, methods: Iterable[Method]) -> Method | Answer:
        """Find the method by verb, host (when the request names an API's own) and path."""
        methods = list(methods)
        named = {method.host for method in methods} & {request.host}
        there = [m for m in methods if (not named or m.host in named) and m.pattern.fullmatch(request.path)]
        for method in there:
            if method.verb == request.verb:
                return method
        if there:
            return error(
                405, "methodNotAllowed", "INVALID_ARGUMENT", f"{request.verb} is not supported here."
            )
        # No API of Google's has this path: the front end answers, and not in JSON.
        page = b"<!DOCTYPE html><title>Error 404 (Not Found)!!1</title><p>The requested URL was not found."
        return Answer(404, page, {"Content-Type": "text/html; charset=UTF-8"})

    def refusal(self, request: Request, method: Method) -> Answer | None:
        """Refuse parameters that the method does not have, values that do not fit, and tokens of other lists."""
        for name, value in request.query:
            if name in STANDARD:
                continue
            parameter = method.query.get(name)
            if parameter is None:
                text = (
                    f'Invalid JSON payload received. Unknown name "{name}": Cannot bind query parameter. Field '
                    f"'{name}' could not be found in request message."
                )
                return error(400, "badRequest", "INVALID_ARGUMENT", text)
            if not _fits(parameter, value):
                return _invalid(name, value)
        missing = [n for n, said in method.query.items() if said.required and request.parameter(n) is None]
        if missing:
            return error(400, "required", "INVALID_ARGUMENT", f"Required parameter: {missing[0]}")
        token = request.parameter(method.token or TOKEN)
        if token is not None and _offset(token, self._mark(request, method)) is None:
            return _invalid(method.token or TOKEN, token)
        return None

    def filters(self, request: Request, method: Method) -> dict[str, str]:  # noqa: ARG002 - every method alike
        """Return what chooses among answers; what is given several times is joined by commas."""
        found: dict[str, str] = {}
        for name, value in request.query:
            if name not in (*STANDARD, *SIZES, TOKEN, CONTINUE, *TIMES):
                found[name] = f"{found[name]},{value}" if name in found else value
        return found

    def _mark(self, request: Request, method: Method) -> str:
        """Return what ties a page token to its list."""
        said = repr((method.call, request.path, sorted(self.filters(request, method).items())))
        return hashlib.sha256(said.encode()).hexdigest()[:12]

    def answer(self, request: Request, method: Method, recorded: Recorded) -> Answer:
        """Answer with one page of the recorded list, or with the recorded thing."""
        body = recorded.body
        if method.items and recorded.status == 200:  # noqa: PLR2004 - HTTP's number
            size = next((int(v) for name in SIZES if (v := request.parameter(name))), self._most(method))
            start = _offset(request.parameter(method.token or TOKEN), self._mark(request, method)) or 0
            cut = _aggregated if method.each else _plain
            body, end = cut(body, method, start, start + size)
            if end is not None:
                body |= _further(body, method, _token(end, self._mark(request, method)))
        if request.parameter("prettyPrint") == "false":
            return Answer(recorded.status, body, recorded.headers)
        padded = orjson.dumps(body, option=orjson.OPT_INDENT_2)
        return Answer(recorded.status, padded, recorded.headers)

    def _most(self, method: Method) -> int:
        return next((said.most for n in SIZES if (said := method.query.get(n)) and said.most), 1000)

    def unknown(self, request: Request, method: Method) -> Answer:
        """Answer that there is no such resource."""
        text = f"The resource '{request.path.removeprefix('/')}' was not found"
        return error(404, "notFound", "NOT_FOUND", text, service=method.host)

    def failure(self, request: Request, method: Method, fault: Fault) -> Answer:
        """Fail as the API does."""
        project = _project(request)
        match fault:
            case Fault.DENIED:
                return _denied(method, project)
            case Fault.THROTTLED:
                text = f"Quota exceeded for quota metric 'Read requests' and limit 'per minute' of {project}."
                return error(403, "rateLimitExceeded", "PERMISSION_DENIED", text, domain="usageLimits")
            case Fault.UNAVAILABLE:
                return error(503, "backendError", "UNAVAILABLE", "The service is currently unavailable.")
            case Fault.NOT_ENABLED:
                return not_enabled(method.host, project)
            case Fault.MALFORMED:
                return Answer(200, b"<html><body>Welcome to the hotel's network.</body></html>")

    def unauthorized(self, request: Request) -> Answer:  # noqa: ARG002 - every request alike
        """Refuse a request without a valid token."""
        text = "Request had invalid authentication credentials. Expected OAuth 2 access token."
        return error(401, "authError", "UNAUTHENTICATED", text)


def _project(request: Request) -> str:
    """Return the project that a request names, in its path or its query."""
    parts = request.path.split("/")
    if "projects" in parts[:-1]:
        return parts[parts.index("projects") + 1]
    return request.parameter("project") or "the project"


def error(
    status: int,
    reason: str,
    code: str,
    text: str,
    *,
    domain: str = "global",
    service: str = "",
    info: Mapping[str, Any] | None = None,
) -> Answer:
    """Word an error as Google's APIs do. `info`: the ErrorInfo of the newer ones."""
    said: dict[str, Any] = {
        "code": status,
        "message": text,
        "errors": [{"message": text, "domain": domain, "reason": reason}],
        "status": code,
    }
    if info:
        said["details"] = [{"@type": _ERROR_INFO, "domain": service or "googleapis.com", **info}]
    return Answer(status, {"error": said})


def _denied(method: Method, project: str) -> Answer:
    permission = method.permission
    if method.call.startswith("compute."):
        text = f"Required '{permission}' permission for 'projects/{project}'"
        return error(403, "forbidden", "PERMISSION_DENIED", text)
    text = f"Permission '{permission}' denied on resource '//{method.host}/projects/{project}' (or it may not exist)."
    metadata = {"permission": permission, "resource": f"projects/{project}"}
    return error(
        403, "forbidden", "PERMISSION_DENIED", text,
        service=method.host, info={"reason": "IAM_PERMISSION_DENIED", "metadata": metadata},
    )  # fmt: skip


def not_enabled(host: str, consumer: str) -> Answer:
    """Say that an API is not enabled in the project `consumer`."""
    text = (
        f"{host} has not been used in project {consumer} before or it is disabled. Enable it by visiting "
        f"https://console.developers.google.com/apis/api/{host}/overview?project={consumer} then retry."
    )
    metadata = {"service": host, "consumer": f"projects/{consumer}"}
    return error(
        403, "accessNotConfigured", "PERMISSION_DENIED", text,
        domain="usageLimits", info={"reason": "SERVICE_DISABLED", "metadata": metadata},
    )  # fmt: skip


def _fits(parameter: Parameter, value: str) -> bool:
    if parameter.type == "integer":
        return value.isdecimal() and (parameter.most is None or int(value) <= parameter.most)
    if parameter.type == "boolean":
        return value in ("true", "false")
    return not parameter.choices or value in parameter.choices


def _invalid(name: str, value: str) -> Answer:
    return error(400, "invalid", "INVALID_ARGUMENT", f"Invalid value for field '{name}': '{value}'.")


# -- pages --------------------------------------------------------------------------------------------------


def _token(offset: int, mark: str) -> str:
    return base64.urlsafe_b64encode(f"{offset}:{mark}".encode()).decode()


def _offset(token: str | None, mark: str) -> int | None:
    """Return where a page starts; None for a token that is not one of this list."""
    try:
        offset, _, said = base64.urlsafe_b64decode((token or "").encode()).decode().partition(":")
        return int(offset) if said == mark else None
    except ValueError:
        return None


def _further(body: Mapping[str, Any], method: Method, token: str) -> dict[str, Any]:
    """Return how a page says that there is a further one."""
    if method.token == CONTINUE:
        return {"metadata": {**body.get("metadata", {}), CONTINUE: token}}
    return {"nextPageToken": token}


Cut = tuple[dict[str, Any], int | None]


def _plain(body: Mapping[str, Any], method: Method, start: int, end: int) -> Cut:
    items = body.get(method.items, [])
    page = {name: value for name, value in body.items() if name != method.items}
    if items[start:end]:
        page[method.items] = items[start:end]
    return page, end if end < len(items) else None


def _aggregated(body: Mapping[str, Any], method: Method, start: int, end: int) -> Cut:
    """Cut a list that is grouped by scope: every scope is there, those without an item on this page with a warning."""
    scopes, at = {}, 0
    for scope, within in body.get(method.items, {}).items():
        items = within.get(method.each, [])
        here = items[max(0, start - at) : max(0, end - at)]
        at += len(items)
        scopes[scope] = {**within, method.each: here} if here else _nothing_in(scope, within, method)
    return {**body, method.items: scopes}, end if end < at else None


def _nothing_in(scope: str, within: Mapping[str, Any], method: Method) -> Mapping[str, Any]:
    if method.each not in within:
        return within
    text = f"There are no results for scope '{scope}' on this page."
    return {"warning": {"code": EMPTY, "message": text, "data": [{"key": "scope", "value": scope}]}}
