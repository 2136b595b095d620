"""Cloud Asset Inventory as the bulk source: one stream per type for a whole organization, in the APIs' own JSON.

Its data are minutes old. It holds what lists hold; health, policies and backups are asked for live all the same.
"""

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from scanner.providers.gcp.calls import ASSETS, GcpCall
from scanner.providers.gcp.limits import limit_of
from scanner.providers.gcp.pages import page_of
from scanner.providers.gcp.transport import Transport
from scanner.providers.pace import Pace
from scanner.providers.spec import Page


@dataclass(slots=True)
class _Stream:
    """Everything of one type below one parent, while it is being read: what no project has fetched yet is kept."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    token: str | None = None
    done: bool = False
    rows: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))


class Assets:
    """Streams that all projects of a sign-in share. Whoever asks first reads a stream to its end; others wait for it.

    `parents` are the resource names (`organizations/123`, `folders/...`, `projects/...`) below which to look. A
    project's rows are given out once, and then forgotten.
    """

    def __init__(
        self,
        transport: Transport,
        parents: Sequence[str],
        pace: Pace | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.parents = parents
        self._transport = transport
        self._pace = pace or Pace()
        self._sleep = sleep
        self._streams: dict[tuple[str, str], _Stream] = defaultdict(_Stream)
        self._lock = threading.Lock()

    def page(self, call: GcpCall, project: str, number: str) -> Page:
        """Return all that a list would answer for a project (known by id and number), as one page. Raises CallError."""
        rows: list[Any] = []
        for parent in self.parents if number else (f"projects/{project}",):
            with self._lock:
                stream = self._streams[parent, call.asset]
            with stream.lock:
                while not stream.done:
                    self._read_on(stream, parent, call.asset)
                rows += stream.rows.pop(f"projects/{number}" if number else "", ())
        return Page({call.items.removesuffix("?"): rows})

    def _read_on(self, stream: _Stream, parent: str, kind: str) -> None:
        """Read one more page. When that fails, the next who asks goes on from here."""
        self._sleep(self._pace.reserve(limit_of("", ASSETS.service)))
        arguments = {**ASSETS.params, "parent": parent, "assetTypes": kind}
        page = page_of(ASSETS, self._transport.ask(ASSETS, arguments, stream.token))
        for asset in page.answer.get(ASSETS.items, ()):
            stream.rows[_project_of(asset, parent)].append(asset["resource"]["data"])
        stream.token, stream.done = page.next, page.next is None


def _project_of(asset: Mapping[str, Any], parent: str) -> str:
    """Return the project that an asset belongs to, by its number; "" where the parent is that project."""
    return "" if parent.startswith("projects/") else str(asset["ancestors"][0])
