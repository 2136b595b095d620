"""What Azure says when a call fails, turned into a `CallError`: why, whether to try again, in its words.

Errors have the shape {"error": {code, message, details, innererror}} (Azure Resource Manager's common error
response); some resource providers leave out the outer word, and some follow OData.
"""

import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from time import time
from typing import Any, Final, NamedTuple

import orjson

from scanner.models.resource import Code
from scanner.providers.azure.calls import NOT_REGISTERED
from scanner.providers.spec import CallError

#: The subscription never used this resource provider: these say so themselves.
UNREGISTERED: Final = frozenset({"missingsubscriptionregistration", "subscriptionnotregistered"})

#: Said of a provider that is not registered, and of a version or a region that it does not have.
PERHAPS_UNREGISTERED: Final = "NoRegisteredProviderFound"

THROTTLED: Final = frozenset(
    {"resourcerequeststhrottled", "subscriptionrequeststhrottled", "throttledrequest", "toomanyrequests"}
)

#: The same call may succeed a moment later, whatever the status. Source: ARM's common errors.
PASSING: Final = frozenset({"anotheroperationinprogress", "retryableerror", "serverbusy", "servertimeout"})

#: Nothing in this subscription can be asked with this sign-in.
FATAL: Final = frozenset(
    {"invalidauthenticationtokentenant", "invalidsubscriptionid", "subscriptionnotfound"}
)

LONGEST: Final = 300
_ACTION: Final = re.compile(r"perform action '([^']+)'")
# Tokens, signatures of links, and other long words; ids of resources are long too, but have slashes.
_SECRETS: Final = re.compile(r"\beyJ[\w.-]+|\bsig=[^&\s]+|[A-Za-z0-9+=_-]{120,}")


def one_line(text: str) -> str:
    """Put the cloud's words on one line of at most 300 characters, without tokens. The middle gives way."""
    text = " ".join(_SECRETS.sub(" … ", text).split())
    if len(text) <= LONGEST:
        return text
    return f"{text[: LONGEST * 3 // 5]} … {text[3 - LONGEST * 2 // 5 :]}"


class Said(NamedTuple):
    """An error as the answer words it, and the action that it says is missing, "" when it names none."""

    code: str
    text: str
    action: str


def said_in(body: bytes) -> Said | None:
    """Read the error in an answer's body; None when it is not one of Azure's."""
    try:
        answer = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    error = _error(answer)
    if not isinstance(error, Mapping):
        return None
    words = {str(name).lower(): value for name, value in error.items()}
    code, text = words.get("code"), words.get("message")
    if code is None and text is None:
        return None
    if isinstance(text, Mapping):  # OData: {"lang": ..., "value": ...}
        text = text.get("value")
    action = _ACTION.search(str(text))
    return Said(str(code or ""), one_line(str(text or "")), action[1] if action else "")


def _error(answer: Any) -> Any:
    if not isinstance(answer, Mapping):
        return None
    return next((answer[name] for name in ("error", "odata.error", "Error") if name in answer), answer)


def translate(status: int, headers: Mapping[str, str], body: bytes) -> CallError:
    """Return the `CallError` for an answer whose status is not 2xx."""
    said = said_in(body)
    if said is None:
        return _unreadable(status, headers, body)
    code, text, action = said
    word, error, after = code.lower(), code or f"HTTP{status}", retry_after(headers)
    if status == 429 or word in THROTTLED:  # noqa: PLR2004 - HTTP's number
        return CallError(Code.THROTTLED, error, text, again=True, after=after)
    if word in FATAL:
        return CallError(Code.DENIED, error, text, fatal=True)
    if word in UNREGISTERED:
        return CallError(Code.UNAVAILABLE, NOT_REGISTERED, text)
    if status in (401, 403):
        return CallError(Code.DENIED, error, text, permission=action)
    passing = word in PASSING or status == 408 or (status >= 500 and status != 501)  # noqa: PLR2004
    return CallError(Code.UNAVAILABLE, error, text, again=passing, after=after)


def _unreadable(status: int, headers: Mapping[str, str], body: bytes) -> CallError:
    """Judge an error that is not in Azure's format: a page from something in between, or an empty one."""
    text = one_line(f"HTTP {status}, but not Azure's error format: {body[:120].decode(errors='replace')!r}")
    if status in (408, 429, 500, 502, 503, 504):
        code = Code.THROTTLED if status == 429 else Code.UNAVAILABLE  # noqa: PLR2004
        return CallError(code, f"HTTP{status}", text, again=True, after=retry_after(headers))
    if status in (401, 403):
        return CallError(Code.DENIED, f"HTTP{status}", text)
    return CallError(Code.MALFORMED, f"HTTP{status}", text)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that the answer asks to wait: `Retry-After` (seconds, or a date), or what says it in milliseconds."""
    for name, unit in (("x-ms-retry-after-ms", 1000), ("retry-after-ms", 1000), ("Retry-After", 1)):
        value = headers.get(name)
        if not value:
            continue
        try:
            return max(0.0, float(value) / unit)
        except ValueError:
            pass
        try:
            return max(0.0, parsedate_to_datetime(value).timestamp() - time())
        except ValueError:
            continue
    return None
