"""What AWS and its SDK say when a call fails, turned into a `CallError`: why, whether to try again, and their words."""

import re
import socket
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from time import time
from typing import Final

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,  # noqa: A004 - botocore's own
    EndpointConnectionError,
    HTTPClientError,
    IncompleteReadError,
    SSLError,
)
from botocore.parsers import ResponseParserError

from scanner.models.resource import Code
from scanner.providers.aws.calls import NO_ENDPOINT
from scanner.providers.spec import CallError

#: Everything that sending a call through botocore may raise.
FAILURES: Final = (BotoCoreError, ClientError, ResponseParserError, OSError)

#: The sign-in was good once, and is not any more.
EXPIRED: Final = frozenset({"ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired"})

#: AWS does not know who is asking: keys that are gone, or a region that is not enabled for the account.
UNRECOGNIZED: Final = frozenset(
    {
        "AuthFailure",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "InvalidToken",
        "UnrecognizedClientException",
    }
)

DENIED: Final = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "AllAccessDisabled",
        "AuthFailure",
        "AuthorizationError",
        "AuthorizationErrorException",
        "Client.UnauthorizedOperation",
        "Forbidden",
        "NotAuthorized",
        "UnauthorizedAccess",
        "UnauthorizedOperation",
    }
)

#: As botocore's own retries know them, and EC2's and CloudWatch's older spellings.
THROTTLED: Final = frozenset(
    {
        "BandwidthLimitExceeded",
        "Client.RequestLimitExceeded",
        "EC2ThrottledException",
        "LimitExceededException",
        "PriorRequestNotComplete",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionInProgressException",
    }
)

#: The service, or the operation, is not there for this account in this region: asking again changes nothing.
NOT_HERE: Final = frozenset(
    {
        "InvalidAction",
        "NotImplemented",
        "OptInRequired",
        "SubscriptionRequiredException",
        "UnknownOperationException",
        "UnsupportedOperation",
        "UnsupportedOperationException",
    }
)

#: What was asked for is being made, as IAM's credential report is: it is there after seconds.
NOT_YET: Final = frozenset({"ReportInProgress", "ReportNotPresent"})
_SOON: Final = 2.0

LONGEST: Final = 300
_NEEDS: Final = re.compile(r"not authorized to perform:? \[?([A-Za-z0-9-]+):([A-Za-z*]+)")
_UNTRUSTED: Final = re.compile("CERTIFICATE_VERIFY_FAILED|doesn't match")
_SECRETS: Final = re.compile(
    r"\s*Encoded authorization failure message:\s*\S+"
    r"|The Canonical String for this request should have been.*"
    r"|\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"
    r"|[A-Za-z0-9+/=_-]{120,}",
    re.DOTALL,
)


def one_line(text: str) -> str:
    """Put the cloud's words on one line of at most 300 characters, without tokens, keys or encoded messages.

    What is too long loses its middle: who asks stands at the start, and why it was refused at the end.
    """
    text = " ".join(_SECRETS.sub(" … ", text).split())
    if len(text) <= LONGEST:
        return text
    return f"{text[: LONGEST * 3 // 5]} … {text[3 - LONGEST * 2 // 5 :]}"


def translate(error: Exception, status: int = 0, headers: Mapping[str, str] | None = None) -> CallError:
    """Return the `CallError` for what botocore raised; `status` and `headers` are those of the last answer.

    They are needed where botocore could not read the answer, and so could not keep them either.
    """
    if isinstance(error, ClientError):
        return _refused(error)
    text = one_line(str(error))
    if isinstance(error, ResponseParserError):
        return _unreadable(text, status, headers or {})
    again = isinstance(error, ConnectionError | HTTPClientError | OSError)
    if isinstance(error, EndpointConnectionError) and _no_such_host(error):
        return CallError(Code.UNAVAILABLE, NO_ENDPOINT, f"there is no such endpoint: {text}")
    if isinstance(error, SSLError) and _UNTRUSTED.search(text):
        text = one_line(
            f"the certificate is not trusted (a private authority goes into AWS_CA_BUNDLE): {text}"
        )
        again = False
    if isinstance(error, IncompleteReadError):
        return CallError(Code.MALFORMED, type(error).__name__, text, again=True)
    return CallError(Code.UNAVAILABLE, type(error).__name__, text, again=again)


def _refused(error: ClientError) -> CallError:
    """Judge an answer that carries an error code."""
    said = error.response.get("Error", {})
    about = error.response.get("ResponseMetadata", {})
    code, words = str(said.get("Code") or "Unknown"), str(said.get("Message") or "")
    status = int(about.get("HTTPStatusCode") or 0)
    headers = about.get("HTTPHeaders") or {}
    after = retry_after(headers)
    text = one_line(words)
    if code in THROTTLED or status == 429 or "reduce your request rate" in words:  # noqa: PLR2004 - HTTP's number
        return CallError(Code.THROTTLED, code, text, again=True, after=after)
    if code in NOT_HERE:
        return CallError(Code.UNAVAILABLE, code, text)
    if code.isdecimal() and _is_html(headers):
        return _unreadable(f"HTTP {status} with a page of HTML", status, headers)
    if code in DENIED or code in EXPIRED or code in UNRECOGNIZED or status in (401, 403):
        return CallError(Code.DENIED, code, text, permission=needed_permission(words))
    if code in NOT_YET:
        after = after or _SOON
    again = code in NOT_YET or (status >= 500 and status != 501)  # noqa: PLR2004 - HTTP's numbers
    return CallError(Code.UNAVAILABLE, code, text, again=again, after=after if again else None)


def _unreadable(text: str, status: int, headers: Mapping[str, str]) -> CallError:
    """Judge an answer that is not what the API promises.

    A gateway's 502, 503 or 504 may pass. A page of HTML otherwise comes from something that is not the service,
    and comes again.
    """
    if status in (502, 503, 504):
        return CallError(Code.UNAVAILABLE, f"HTTP{status}", text, again=True, after=retry_after(headers))
    return CallError(Code.MALFORMED, "UnreadableAnswer", text, again=not _is_html(headers))


def _is_html(headers: Mapping[str, str]) -> bool:
    return "html" in str(headers.get("content-type", "")).lower()


def _no_such_host(error: EndpointConnectionError) -> bool:
    """Tell whether the name does not exist; a resolver that has no time now is another matter."""
    cause = error.kwargs.get("error")
    while cause is not None:
        if isinstance(cause, socket.gaierror):
            return cause.errno != socket.EAI_AGAIN
        cause = cause.__cause__
    return False


def needed_permission(words: str) -> str:
    """Return the IAM action that AWS names in a refusal, "" when it names none."""
    found = _NEEDS.search(words)
    return f"{found[1].lower()}:{found[2]}" if found else ""


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that the answer asks to wait: `x-amz-retry-after` (milliseconds), `retry-after` (seconds or a date)."""
    for name, unit in (("x-amz-retry-after", 1000), ("retry-after", 1)):
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
