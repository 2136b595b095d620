"""How fast Azure Resource Manager lets one principal read one subscription, as it documents it."""

from collections.abc import Mapping
from typing import Final

from scanner.providers.spec import Limit

#: Reads a second and at once, of one principal in one subscription. Source: "Understand how Azure Resource Manager
#: throttles requests" (subscription reads: bucket of 250, refilled by 25 a second).
RATE: Final = 25.0
BURST: Final = 250.0

#: Queries of Resource Graph, per principal. Source: "Guidance for throttled requests in Azure Resource Graph" (15
#: every 5 seconds).
GRAPH_RATE: Final = 3.0
GRAPH_BURST: Final = 15.0

#: What Azure says is left of the subscription's bucket.
LEFT: Final = (
    "x-ms-ratelimit-remaining-subscription-reads",
    "x-ms-ratelimit-remaining-subscription-global-reads",
)

#: With fewer reads left than this, calls become slower in proportion, down to a tenth.
LOW: Final = 50.0
SLOWEST: Final = 0.1


def left_in(headers: Mapping[str, str]) -> float | None:
    """Return how many reads an answer says are left, None when it does not say."""
    said = [float(value) for name in LEFT if (value := headers.get(name, "")).isdecimal()]
    return min(said, default=None)


def limit_of(account: str, left: float | None) -> Limit:
    """Return the bucket of a subscription's reads; others may drink from it too, so what is left counts."""
    share = 1.0 if left is None else min(1.0, max(SLOWEST, left / LOW))
    return Limit(("azure", account, "reads"), RATE * share, BURST)


def graph_limit() -> Limit:
    """Return the bucket of queries of Resource Graph, which is one for all subscriptions."""
    return Limit(("azure", "", "graph"), GRAPH_RATE, GRAPH_BURST)
