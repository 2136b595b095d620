"""Posts a message to a Slack-compatible webhook: JSON with `text`, and `blocks` for those who show them.

Format: Slack, "Sending messages using incoming webhooks" and "Reference: blocks": a header has 150 characters, a
section 3,000, a message 50 blocks. `&`, `<` and `>` are written as entities, so that no name becomes a link or a call
for everybody ("Formatting text for app surfaces", Escaping text).
"""

import http.client
import ipaddress
import json
import ssl
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urlsplit

from scanner.notify.news import News, lines

_SECONDS: Final = 15
_HEADER: Final = 150
_SECTION: Final = 2_900
_BLOCKS: Final = 45
_SHOWN: Final = 10
_TOO_MANY: Final = 429


class RefusedError(Exception):
    """A receiver did not take a message. Says why, without its address; `again`: it may take it later."""

    def __init__(self, text: str, *, again: bool, wait: float | None = None) -> None:
        super().__init__(text)
        self.again = again
        self.wait = wait


def usable(address: str) -> bool:
    """Tell whether an address is https, or of this machine."""
    try:
        parts = urlsplit(address)
        _ = parts.port  # one that is no number is told here, and not when the message is sent
    except ValueError:
        return False
    if not address.isascii() or not address.isprintable():
        return False
    if parts.scheme == "https":
        return bool(parts.hostname)
    if parts.scheme != "http" or not parts.hostname:
        return False
    try:
        return parts.hostname == "localhost" or ipaddress.ip_address(parts.hostname).is_loopback
    except ValueError:
        return False


def body(told: News) -> bytes:
    """Return what is posted."""
    blocks: list[dict[str, Any]] = [
        {"type": "header", "text": {"type": "plain_text", "text": told.subject[:_HEADER], "emoji": False}},
        _section(_escaped(told.summary)),
    ]
    said = list(_sections(told))
    blocks += [_section(text) for text in said[:_BLOCKS]]
    if len(said) > _BLOCKS:
        blocks.append(_section("There is more; the report has all of it."))
    if told.link:
        blocks.append(_section(f"<{told.link}|The report>"))
    text = "\n".join([told.subject, told.summary, *(text for _, text in lines(told, _SHOWN))])
    return json.dumps({"text": _escaped(text)[:30_000], "blocks": blocks}).encode()


def _sections(told: News) -> Iterator[str]:
    """Yield texts that each fit into a section; a group begins a new one."""
    held = ""
    for style, text in lines(told, _SHOWN):
        shown = f"*{_escaped(text)}*" if style == "head" else f"• {_escaped(text)}"
        shown = shown[:_SECTION]
        if held and (style == "head" or len(held) + 1 + len(shown) > _SECTION):
            yield held
            held = ""
        held = f"{held}\n{shown}" if held else shown
    if held:
        yield held


def _section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def _escaped(text: str) -> str:
    for char, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        text = text.replace(char, entity)
    # Stars, underlines, tildes and backticks would be emphasis: a space of no width keeps them as they are.
    return "".join(f"{char}\u200b" if char in "*_~`" else char for char in text)


def send(address: str, told: News) -> None:
    """Post a message. Raises RefusedError."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    connection: http.client.HTTPConnection
    if parts.scheme == "https":
        context = ssl.create_default_context()
        connection = http.client.HTTPSConnection(host, parts.port, timeout=_SECONDS, context=context)
    else:
        connection = http.client.HTTPConnection(host, parts.port, timeout=_SECONDS)
    path = parts.path or "/"
    try:
        headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "surefoot"}
        connection.request("POST", f"{path}?{parts.query}" if parts.query else path, body(told), headers)
        answer = connection.getresponse()
        answer.read(1_000)
    except (OSError, http.client.HTTPException) as error:
        raise RefusedError(f"not reached: {_reason(error)}", again=True) from None
    finally:
        connection.close()
    if not 200 <= answer.status < 300:  # noqa: PLR2004 - every success of HTTP
        again = answer.status == _TOO_MANY or answer.status >= 500  # noqa: PLR2004 - its own fault
        wait = answer.getheader("Retry-After", "")
        raise RefusedError(
            f"answered {answer.status}", again=again, wait=float(wait) if wait.isdecimal() else None
        )


def _reason(error: Exception) -> str:
    """Return an error's kind: its text may hold the address, which is a secret."""
    if isinstance(error, ssl.SSLError):
        return f"TLS: {error.reason or 'failed'}"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return type(error).__name__
