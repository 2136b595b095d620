"""What Azure Resource Graph holds of recorded lists: the same items by their type, ordered by their ids, in pages."""

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from scanner.demo.wire.recorded import Recorded

CALL: Final = "Microsoft.ResourceGraph.Resources"
PATH: Final = "/providers/Microsoft.ResourceGraph/resources"

#: The most that it answers at once.
PAGE: Final = 1000

#: A list of all that a subscription has of one type.
_LIST: Final = re.compile(r"/subscriptions/([^/]+)/providers/([^/]+/[^/]+)", re.IGNORECASE)


def held(recorded: Iterable[Recorded], page: int = PAGE) -> Iterator[Recorded]:
    """Yield the answers to queries by the types of these lists; what is no such list is not held."""
    for one in recorded:
        found = _LIST.fullmatch(one.path)
        items = one.body.get("value") if isinstance(one.body, dict) else None
        if found and not one.query and isinstance(items, list):
            yield from _pages(one, found[1], found[2].lower(), items, page)


def _pages(one: Recorded, subscription: str, type: str, items: list[Any], page: int) -> Iterator[Recorded]:
    ordered = sorted(items, key=lambda item: str(item["id"]).lower())
    for start in range(0, max(len(items), 1), page):
        data = ordered[start : start + page]
        options: dict[str, Any] = {"resultFormat": "objectArray", "$top": PAGE}
        if start:
            options["$skipToken"] = str(start)
        body: dict[str, Any] = {
            "totalRecords": len(items),
            "count": len(data),
            "data": data,
            "facets": [],
            "resultTruncated": "false",
        }
        if start + page < len(items):
            body["$skipToken"] = str(start + page)
        query = f"resources | where type == '{type}' | order by id asc"
        asked = {"subscriptions": [subscription], "query": query, "options": options}
        yield Recorded(CALL, PATH, body, asked=asked, headers=one.headers)
