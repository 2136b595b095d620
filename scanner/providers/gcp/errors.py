"""What Google Cloud says when a call fails, turned into a `CallError`: why, whether to try again, in its words.

Errors have the shape {"error": {code, message, status, errors: [{reason, domain, message}], details: [ErrorInfo]}}
(Google AIP-193; the older APIs, Compute Engine and Cloud Storage among them, rely on `errors[].reason`).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from time import time
from typing import Any, Final

import orjson

from scanner.models.resource import Code
from scanner.providers.gcp.calls import NOT_ENABLED
from scanner.providers.spec import CallError

THROTTLED: Final = frozenset(
    {
        "RATE_LIMIT_EXCEEDED",
        "RESOURCE_EXHAUSTED",
        "QUOTA_EXCEEDED",
        "concurrentLimitExceeded",
        "dailyLimitExceeded",
        "quotaExceeded",
        "rateLimitExceeded",
        "userRateLimitExceeded",
    }
)

#: These last until tomorrow: asking again today changes nothing.
LASTING: Final = frozenset({"dailyLimitExceeded"})

DISABLED: Final = frozenset({NOT_ENABLED, "accessNotConfigured"})
ELSEWHERE: Final = "SERVICE_DISABLED_ELSEWHERE"
NOT_FOUND: Final = "NOT_FOUND"

LONGEST: Final = 300
_PERMISSIONS: Final = (
    re.compile(r"Required '([a-zA-Z][\w.]+)' permission"),
    re.compile(r"[Pp]ermission '?([a-zA-Z]\w*(?:\.\w+){2,})'? (?:denied|is required|on)"),
    re.compile(r"does not have ([a-zA-Z]\w*(?:\.\w+){2,}) (?:access|permission)"),
)
_PROJECT: Final = re.compile(r"has not been used in project (\S+) before")
_SECRETS: Final = re.compile(r"\bya29\.[\w.-]+|[A-Za-z0-9+/=_-]{120,}")


def one_line(text: str) -> str:
    """Put the cloud's words on one line of at most 300 characters, without tokens. The middle gives way."""
    text = " ".join(_SECRETS.sub(" … ", text).split())
    if len(text) <= LONGEST:
        return text
    return f"{text[: LONGEST * 3 // 5]} … {text[3 - LONGEST * 2 // 5 :]}"


@dataclass(frozen=True, slots=True)
class Said:
    """An error as the answer words it. `reasons`: the most precise first."""

    reasons: tuple[str, ...]
    text: str
    permission: str
    consumer: str


def said_in(body: bytes) -> Said | None:
    """Read the error in an answer's body; None when it is not one of Google's."""
    try:
        error = orjson.loads(body)["error"]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return None
    if not isinstance(error, Mapping):
        return Said((str(error),), str(error), "", "")
    text = str(error.get("message") or "")
    infos = [detail for detail in _mappings(error.get("details")) if "reason" in detail]
    reasons = [str(info["reason"]) for info in infos]
    reasons += [str(one["reason"]) for one in _mappings(error.get("errors")) if "reason" in one]
    reasons += [str(error["status"])] if "status" in error else []
    about: dict[str, Any] = {}
    for info in infos:
        about |= info.get("metadata") or {}
    consumer = str(about.get("consumer") or "").removeprefix("projects/") or _named(_PROJECT, text)
    permission = str(about.get("permission") or "") or needed_permission(text)
    return Said(tuple(reasons), one_line(text), permission, consumer)


def _mappings(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, list):
        yield from (one for one in value if isinstance(one, Mapping))


def _named(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found[1] if found else ""


def needed_permission(text: str) -> str:
    """Return the IAM permission that a refusal names, "" when it names none."""
    return next((name for pattern in _PERMISSIONS if (name := _named(pattern, text))), "")


class NotEnabledError(CallError):
    """An API is not enabled in the project `consumer` (its id or number, "" when the answer does not say)."""

    def __init__(self, text: str, consumer: str) -> None:
        super().__init__(Code.UNAVAILABLE, ELSEWHERE, text)
        self.consumer = consumer


def translate(status: int, headers: Mapping[str, str], body: bytes) -> CallError:
    """Return the `CallError` for an answer whose status is not 2xx."""
    said = said_in(body)
    if said is None:
        return _unreadable(status, headers, body)
    after = retry_after(headers)
    throttled = next((reason for reason in said.reasons if reason in THROTTLED), "")
    if throttled or status == 429:  # noqa: PLR2004 - HTTP's number
        again = not LASTING.intersection(said.reasons)
        return CallError(Code.THROTTLED, throttled or f"HTTP{status}", said.text, again=again, after=after)
    if status == 404:  # noqa: PLR2004 - HTTP's number
        return CallError(Code.UNAVAILABLE, NOT_FOUND, said.text)
    error = said.reasons[0] if said.reasons else f"HTTP{status}"
    if DISABLED.intersection(said.reasons):
        return NotEnabledError(said.text, said.consumer)
    if status in (401, 403):
        # The transport has renewed the token once before it hands on a 401.
        return CallError(Code.DENIED, error, said.text, permission=said.permission, fatal=status == 401)  # noqa: PLR2004
    again = status >= 500 and status != 501  # noqa: PLR2004 - HTTP's numbers
    return CallError(Code.UNAVAILABLE, error, said.text, again=again, after=after)


def _unreadable(status: int, headers: Mapping[str, str], body: bytes) -> CallError:
    """Judge an error that is not in Google's format: a page of HTML from something in between, or for no method."""
    text = one_line(f"HTTP {status}, but not Google's error format: {body[:120].decode(errors='replace')!r}")
    if status in (408, 429, 500, 502, 503, 504):
        code = Code.THROTTLED if status == 429 else Code.UNAVAILABLE  # noqa: PLR2004
        return CallError(code, f"HTTP{status}", text, again=True, after=retry_after(headers))
    if status in (401, 403):
        return CallError(Code.DENIED, f"HTTP{status}", text)
    return CallError(Code.MALFORMED, f"HTTP{status}", text)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that the answer asks to wait (`Retry-After`: seconds, or a date)."""
    value = headers.get("Retry-After") or headers.get("retry-after")
    if not value:
        return None
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time())
    except ValueError:
        return None
