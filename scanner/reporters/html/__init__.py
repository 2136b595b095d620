"""One page that holds a whole run: filters, evidence, fixes, frameworks, exposure and trend, and asks no network.

The page is a template with its style and its script inside, and the data as one block: plain where it is short, so that
all is there when the page has loaded, else compressed. Its policy allows that style and that script by their checksums
and nothing else: what a resource is called can never run. Whatever is shown is put there as text.
"""

import base64
import gzip
import hashlib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Final

from scanner.report import Report
from scanner.reporters.html.payload import payload
from scanner.reporters.page import Page
from scanner.reporters.rows import dumps

#: Up to how many bytes the data stands in the page as it is: some 5,000 findings.
PLAIN: Final = 2 * 1024 * 1024

_POLICY: Final = (
    "default-src 'none'; script-src 'sha256-{script}'; style-src 'sha256-{style}'; img-src data:; "
    "base-uri 'none'; form-action 'none'"
)


def render(report: Report, page: Page) -> Iterator[bytes]:  # noqa: ARG001 - a browser has no columns
    """Yield the page."""
    head, tail = _template()
    yield head
    data = dumps(payload(report))
    if len(data) <= PLAIN:
        yield data.replace(b"<", rb"\u003c")  # it stands in strings alone, and could end the block there
    else:
        # Level 6 takes a third of the time of 9 for 2 % more; no time inside: the same run gives the same page.
        yield base64.b64encode(gzip.compress(data, 6, mtime=0))
    yield tail


def policy() -> str:
    """Return the content security policy of the page, for whoever serves it."""
    return _POLICY.format(script=_checksum(_part("page.js")), style=_checksum(_part("page.css")))


@cache
def _template() -> tuple[bytes, bytes]:
    """Return what stands before and behind the data."""
    text = _part("page.html")
    for name, content in (
        ("policy", policy()),
        ("style", _part("page.css")),
        ("script", _part("page.js")),
    ):
        text = text.replace(f"<!--{name}-->", content, 1)
    head, _, tail = text.partition("<!--data-->")
    return head.encode(), tail.encode()


@cache
def _part(name: str) -> str:
    return (files(__name__) / name).read_text(encoding="utf-8")


def _checksum(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
