"""Azure Resource Manager's words: api-versions, pages by link, the ends of long-running actions, its error format."""

import re
from collections.abc import Iterable, Mapping
from typing import Final
from urllib.parse import quote, urlsplit

from scanner.demo.wire.recorded import Method, Recorded
from scanner.demo.wire.server import Answer, Fault, Request

VERSION: Final = "api-version"
TOKEN: Final = "$skiptoken"  # noqa: S105 - of a page
#: When a question is asked differs, and not what is meant.
TIMES: Final = "timespan"
_PAGING: Final = (VERSION, TOKEN, "$skipToken", "$top")
_OBJECT: Final = "11111111-2222-3333-4444-555555555555"


class Azure:
    """Answers as management.azure.com does. `page`: how many items a list has at once; the caller has no say in it."""

    def __init__(self, page: int = 1000, retry_after: int = 1) -> None:
        self.page = page
        self.retry_after = retry_after

    def called(self, request: Request, methods: Iterable[Method]) -> Method | Answer:
        """Find the method by verb and path, whose words are equal whatever their case."""
        there = [method for method in methods if method.pattern.fullmatch(request.path)]
        for method in sorted(there, key=lambda method: "{+" in method.path):
            if method.verb == request.verb:
                return method
        if there:
            return error(405, "MethodNotAllowed", f"The HTTP method {request.verb} is not supported here.")
        text = f"The resource type could not be found for the path '{request.path}'."
        return error(404, "InvalidResourceType", text)

    def refusal(self, request: Request, method: Method) -> Answer | None:
        """Refuse a request without a version, with one that the type does not have, or with a broken page token."""
        version, known = request.parameter(VERSION), method.query[VERSION].choices
        if version is None:
            text = "The api-version query parameter (?api-version=) is required for all requests."
            return error(400, "MissingApiVersionParameter", text)
        if known and version not in known:
            text = (
                f"No registered resource provider found for location '' and API version '{version}' for type "
                f"'{_type(method)}'. The supported api-versions are '{', '.join(known)}'. The supported locations "
                "are 'westeurope, northeurope'."
            )
            return error(400, "NoRegisteredProviderFound", text)
        token = request.parameter(TOKEN)
        if token is not None and (not method.items or not token.isdecimal()):
            return error(400, "InvalidSkipToken", f"The provided skip token '{token}' is not valid.")
        return None

    def filters(self, request: Request, method: Method) -> dict[str, str]:  # noqa: ARG002 - every method alike
        """Return what chooses among answers."""
        return {name: value for name, value in request.query if name not in (*_PAGING, TIMES)}

    def answer(self, request: Request, method: Method, recorded: Recorded) -> Answer:
        """Answer with one page of the recorded list, or with the recorded thing."""
        here = f"http://{request.host}"
        headers = {name: _moved(value, here) for name, value in recorded.headers.items()}
        if not method.items or recorded.status != 200:  # noqa: PLR2004 - HTTP's number
            body = recorded.body if recorded.body is not None else b""
            return Answer(recorded.status, body, headers)
        items = recorded.body[method.items]
        start = int(request.parameter(TOKEN) or 0)
        end = start + self.page
        body = {**recorded.body, method.items: items[start:end]}
        if end < len(items):
            query = f"{VERSION}={request.parameter(VERSION)}&{quote(TOKEN)}={end}"
            body["nextLink"] = f"{here}{quote(request.path)}?{query}"
        return Answer(recorded.status, body, headers)

    def unknown(self, request: Request, method: Method) -> Answer:  # noqa: ARG002 - every method alike
        """Answer that there is no such resource."""
        text = (
            f"The Resource '{request.path.rpartition('/providers/')[2]}' was not found. For more details please go to "
            "https://aka.ms/ARMResourceNotFoundFix"
        )
        return error(404, "ResourceNotFound", text)

    def failure(self, request: Request, method: Method, fault: Fault) -> Answer:
        """Fail as Azure does."""
        match fault:
            case Fault.DENIED:
                return denied(request.path, method.permission)
            case Fault.THROTTLED:
                text = f"The request is being throttled. Please try again after {self.retry_after} seconds."
                return error(429, "TooManyRequests", text, {"Retry-After": str(self.retry_after)})
            case Fault.UNAVAILABLE:
                return error(503, "ServiceUnavailable", "The service is temporarily unavailable.")
            case Fault.NOT_ENABLED:
                return not_registered(_type(method).partition("/")[0])
            case Fault.MALFORMED:
                return Answer(200, b"<html><body>Welcome to the hotel's network.</body></html>")

    def unauthorized(self, request: Request) -> Answer:  # noqa: ARG002 - every request alike
        """Refuse a request without a valid token."""
        text = "Authentication failed. The 'Authorization' header is missing or not valid."
        return error(401, "AuthenticationFailed", text, {"WWW-Authenticate": 'Bearer error="invalid_token"'})


def error(status: int, code: str, text: str, headers: Mapping[str, str] | None = None) -> Answer:
    """Word an error as Azure Resource Manager does."""
    return Answer(status, {"error": {"code": code, "message": text}}, headers or {})


def denied(path: str, action: str) -> Answer:
    """Say that an action is not allowed."""
    text = (
        f"The client 'demo@example.com' with object id '{_OBJECT}' does not have authorization to perform action "
        f"'{action}' over scope '{path}' or the scope is invalid. If access was recently granted, please refresh "
        "your credentials."
    )
    return error(403, "AuthorizationFailed", text)


def not_registered(namespace: str) -> Answer:
    """Say that the subscription does not use a resource provider."""
    text = (
        f"The subscription is not registered to use namespace '{namespace}'. See https://aka.ms/rps-not-found for how "
        "to register subscriptions."
    )
    return error(409, "MissingSubscriptionRegistration", text)


def _type(method: Method) -> str:
    """Return the type that a method's action is about: `Microsoft.Sql/servers`."""
    return method.permission.rpartition("/")[0]


def _moved(value: str, here: str) -> str:
    """Put this server in the place of Azure in a recorded link."""
    if not re.match(r"https://management\.azure\.com/", value):
        return value
    parts = urlsplit(value)
    return f"{here}{parts.path}?{parts.query}"
