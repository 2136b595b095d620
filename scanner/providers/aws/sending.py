"""One call on its way: where to and as whom, and what came back before botocore has read it. Public events only."""

import re
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

_ACCOUNT: Final = re.compile(r"\d{12}\.(?=.)")
_AMAZON: Final = (".amazonaws.com", ".amazonaws.com.cn")


@dataclass(slots=True)
class Sending:
    """One call under way on this thread."""

    region: str
    credentials: Any
    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    placed: bool = False


#: The call that this thread is sending.
sending: Final[ContextVar[Sending]] = ContextVar("sending")


class UnpromisedError(Exception):
    """An answer that is not what the API promises, though botocore would read it as an empty one."""


def watch(client: Any) -> None:
    """Register what every client needs, shared or stock."""
    events, service = client.meta.events, client.meta.service_model
    events.register("before-parse", note)
    if service.service_name == "s3control":
        events.register_first("before-sign.s3-control", without_account_host)


def note(response_dict: Mapping[str, Any], operation_model: Any, **_: Any) -> None:
    """Before an answer is parsed: keep its status and headers, and refuse a page that is no answer.

    botocore reads well-formed HTML, and a JSON answer that is none, as an answer in which nothing is there.
    """
    now = sending.get()
    now.status, now.headers = response_dict["status_code"], response_dict["headers"]
    body = response_dict["body"]
    if now.status >= 300 or not isinstance(body, bytes):  # noqa: PLR2004 - HTTP's number
        return
    start = body[:64].lstrip().lower()
    wrong = start.startswith((b"<!doctype", b"<html"))
    if "json" in operation_model.service_model.resolved_protocol:
        wrong = wrong or not start.startswith(b"{")
    elif not start:
        wrong = True
    if wrong and operation_model.output_shape is not None and operation_model.http.get("method") != "HEAD":
        raise UnpromisedError(
            f"HTTP {now.status}, but not an answer: {body[:200].decode(errors='replace')!r}"
        )


def without_account_host(request: Any, **_: Any) -> None:
    """Before signing: S3 Control puts `<account>.` before the host even of an emulator, which has no such name."""
    parts = urlsplit(request.url)
    if _ACCOUNT.match(parts.netloc) and not (parts.hostname or "").endswith(_AMAZON):
        request.url = urlunsplit(parts._replace(netloc=_ACCOUNT.sub("", parts.netloc, count=1)))
