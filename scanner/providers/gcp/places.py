"""Where a Google Cloud resource stands, and what it is called: read from its own JSON.

A zone's resources stand in the zone's region: rules look across regions, and nobody narrows a scan to a zone. What is
global, or kept in several regions at once (a multi-region bucket), stands in `global`.
"""

from collections.abc import Callable

from scanner.models.resource import GLOBAL
from scanner.providers.gcp.names import full_name
from scanner.providers.gcp.pages import region_in
from scanner.providers.spec import Raw


def full_id(raw: Raw) -> str:
    """Return the full name of a Compute Engine resource, from the `selfLink` that each has."""
    return full_name(raw["selfLink"])


def region(raw: Raw) -> str:
    """Return the region of a Compute Engine resource, from its `selfLink`."""
    return region_in(raw["selfLink"]) or GLOBAL


def region_of_name(raw: Raw) -> str:
    """Return the region of a resource whose `name` is its path, as the newer APIs have it."""
    return region_in(raw["name"]) or GLOBAL


def bucket_region(bucket: Raw) -> str:
    """Return the region of a bucket; one that is kept in several is global."""
    return str(bucket["location"]).lower() if bucket["locationType"] in ("region", "zone") else GLOBAL


def named_by(service: str) -> Callable[[Raw], str]:
    """Return what reads the full name of a resource whose `name` is its path."""
    return lambda raw: full_name(raw["name"], service)
