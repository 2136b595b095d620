"""What only holds other things: listed on the way to them, and nothing that a rule could ask for."""

from collections.abc import Callable
from typing import ClassVar

from scanner.models.resource import GLOBAL, Resource
from scanner.providers.gcp.calls import GcpCall
from scanner.providers.gcp.places import named_by
from scanner.providers.spec import Raw, Source


class Holder(Resource):
    """An instance of Spanner or Bigtable, a service account."""

    title: ClassVar[str] = "holder"


def holders(listing: GcpCall, region: Callable[[Raw], str] = lambda _: GLOBAL) -> Source:
    """List what holds other things."""
    return Source(
        kind=Holder,
        listing=listing,
        level="account",
        id=named_by(listing.service),
        name="{name}",
        region=region,
        fields={"tags": lambda raw: raw.get("labels") or {}},
    )
