"""Azure Resource Graph as a bulk source: the same raw JSON as the lists, a thousand items a page, some seconds old."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from scanner.models.resource import Code
from scanner.providers.azure.calls import AzureCall
from scanner.providers.azure.transport import Answer, read, target_of
from scanner.providers.spec import Call, CallError, Page

#: The largest page of Resource Graph.
PAGE: Final = 1000

Ask = Callable[[str, str, Any], Answer]
"""Sends (method, path and query, body) and returns the answer. Raises CallError."""

QUERY: Final = AzureCall(
    "Microsoft.ResourceGraph",
    "Resources",
    "data",
    path="/providers/Microsoft.ResourceGraph/resources",
    version="2021-03-01",
    method="POST",
    permission="Microsoft.ResourceGraph/resources/read",
)


class Graph:
    """Answers those lists whose JSON Resource Graph holds."""

    def holds(self, call: Call) -> bool:
        """Tell whether a list can be asked here."""
        return isinstance(call, AzureCall) and bool(call.graph)

    def page(self, call: AzureCall, account: str, token: str | None, ask: Ask) -> Page:
        """Return one page of a subscription's items of the call's type, as its own list would. Raises CallError."""
        answer = read(ask(QUERY.method, target_of(QUERY, {}), _body(call.graph, account, token)).body)
        more = answer.get("$skipToken")
        if more and more == token:
            raise CallError(Code.MALFORMED, "SamePage", "the answer asks for the same page again")
        items = answer.get(QUERY.items)
        if not isinstance(items, list):
            raise CallError(Code.MALFORMED, "UnpromisedAnswer", "the answer lacks data")
        return Page({call.items: items}, more or None, () if more else _missing(answer))


def _body(type: str, account: str, token: str | None) -> Mapping[str, Any]:
    options: dict[str, Any] = {"resultFormat": "objectArray", "$top": PAGE}
    if token is not None:
        options["$skipToken"] = token
    # Without an order, pages may repeat some items and leave out others.
    query = f"resources | where type == '{type}' | order by id asc"
    return {"subscriptions": [account], "query": query, "options": options}


def _missing(answer: Mapping[str, Any]) -> tuple[tuple[str, CallError], ...]:
    """Return what a last page says that it lacks."""
    if str(answer.get("resultTruncated", "false")).lower() != "true":
        return ()
    text = f"{answer.get('count')} of {answer.get('totalRecords')} items, and no way to the rest"
    return (("", CallError(Code.UNAVAILABLE, "ResultTruncated", text)),)
