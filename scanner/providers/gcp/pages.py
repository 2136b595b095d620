"""One page of an answer: aggregated lists made plain, and what the page says that it lacks."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from scanner.models.resource import Code
from scanner.providers.gcp.calls import GcpCall
from scanner.providers.spec import CallError, Page, Raw

Missing = tuple[str, CallError]

#: Scopes without a resource of the kind say this.
EMPTY: Final = "NO_RESULTS_ON_PAGE"

#: Warnings of the Cloud SQL Admin API that do not mean that an instance is missing.
WHOLE: Final = frozenset(
    {"SQL_API_WARNING_CODE_UNSPECIFIED", "MAX_RESULTS_EXCEEDS_LIMIT", "COMPROMISED_CREDENTIALS"}
)

#: How the APIs call the list of places that they could not reach.
UNREACHED: Final = ("unreachable", "unreachables", "failedLocations", "missingZones")

#: What may stand beside a list. One that is empty is left out, and an answer with anything else is no list.
BESIDE: Final = frozenset(
    {
        *UNREACHED,
        *(
            "apiVersion",
            "etag",
            "id",
            "kind",
            "metadata",
            "nextPageToken",
            "readTime",
            "selfLink",
            "totalSize",
        ),
        *("warning", "warnings"),
    }
)

_PLACE: Final = re.compile(r"(?:zones|regions|locations)/([a-z]+-[a-z]+\d+)(?:-[a-z]\d?)?(?:/|$)")


def region_in(text: str) -> str:
    """Return the region that a path such as `zones/us-east1-d` stands in, "" for what is in none."""
    found = _PLACE.search(text)
    return found[1] if found else ""


def page_of(call: GcpCall, answer: Raw) -> Page:
    """Return a page as `collect` takes it.

    Raises AttributeError, LookupError, TypeError for an answer of another shape.
    """
    if call.items and not call.items.endswith("?") and call.items not in answer:
        strange = sorted(answer.keys() - BESIDE)
        if strange:
            raise LookupError(f"{call.items} is not there, but {', '.join(strange)}")
        answer = {**answer, call.items: {} if call.aggregated else []}
    missing = list(_missing(answer))
    # Cloud Run's lists are those of Kubernetes.
    token = answer.get("nextPageToken") or (answer.get("metadata") or {}).get("continue") or None
    if not call.aggregated:
        return Page(answer, token, missing)
    items: list[Any] = []
    for scope, within in answer[call.items].items():
        items += within.get(call.aggregated, ())
        missing += _of_scope(scope, within)
    return Page({**answer, call.items: items}, token, missing)


def _missing(answer: Raw) -> Iterator[Missing]:
    for key in UNREACHED:
        for place in answer.get(key) or ():
            yield region_in(place), _error("UNREACHABLE", f"{place} could not be reached")
    warning = answer.get("warning") or {}
    if warning and warning.get("code") != EMPTY:
        yield "", _error(str(warning.get("code")), str(warning.get("message", "")))
    for warned in answer.get("warnings") or ():
        if warned.get("code") not in WHOLE:
            yield warned.get("region", ""), _error(str(warned.get("code")), str(warned.get("message", "")))


def _of_scope(scope: str, within: Mapping[str, Any]) -> Iterator[Missing]:
    """Judge one scope of an aggregated list; every warning but that it is empty means that something is missing."""
    warning = within.get("warning") or {}
    if warning and warning.get("code") != EMPTY:
        yield region_in(scope), _error(str(warning.get("code")), f"{scope}: {warning.get('message', '')}")


def _error(code: str, text: str) -> CallError:
    return CallError(Code.UNAVAILABLE, code, text)
