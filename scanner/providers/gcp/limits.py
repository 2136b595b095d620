"""How fast Google Cloud lets one project call, as it documents it."""

import functools
from collections.abc import Mapping
from typing import Final

from scanner.providers.spec import Limit

#: API to (calls a second, calls at once). Sources: "Compute Engine rate quotas" (1,500 requests a minute, project
#: and group of methods, refilled at each full minute); "Cloud Asset Inventory quotas" (ListAssets: 100 a minute and
#: project that is charged). Cloud Storage publishes no number for reading the settings of buckets; it says 429, and
#: the rate is then halved.
QUOTAS: Final[Mapping[str, tuple[float, float]]] = {
    "compute": (1500 / 60, 1500),
    "cloudasset": (100 / 60, 100),
    "storage": (1000, 1000),
}

#: Where no number is published that we have read: below what throttles in practice, above what a scan needs.
UNPUBLISHED: Final = (10.0, 100.0)

#: No bucket at all.
FREE: Final = Limit(("gcp", "", "none"), 1e6, 1e6)

#: APIs that count calls by the project that is charged, whichever project is asked.
CHARGED: Final = frozenset({"cloudasset"})


@functools.cache
def limit_of(project: str, service: str) -> Limit:
    """Return the bucket that a call counts in."""
    rate, burst = QUOTAS.get(service, UNPUBLISHED)
    return Limit(("gcp", "" if service in CHARGED else project, service), rate, burst)
