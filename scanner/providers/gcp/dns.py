"""Cloud DNS: managed zones, and which networks' queries are written down."""

from collections.abc import Sequence
from typing import Final

from scanner.models.dns import DnsZone
from scanner.models.resource import GLOBAL
from scanner.providers.gcp.calls import NOT_ENABLED, GcpCall
from scanner.providers.gcp.names import full_name
from scanner.providers.gcp.storage import labels
from scanner.providers.spec import Detail, Raw, Source
from scanner.providers.values import known

_VISIBLE: Final = {"public": True, "private": False}
#: A zone that is being moved stays signed.
_SIGNED: Final = {"on": True, "transfer": True, "off": False, None: False}


def public(zone: Raw) -> bool:
    """Tell whether a zone answers everybody."""
    return known(_VISIBLE, zone["visibility"])


def signed(zone: Raw) -> bool:
    """Tell whether a zone's answers are signed; one that was never told has no word about it."""
    return known(_SIGNED, (zone.get("dnssecConfig") or {}).get("state"))


def _algorithm(zone: Raw, purpose: str) -> str:
    """Return the algorithm of the keys for a purpose. Raises KeyError where a zone that is signed names none."""
    for key in zone["dnssecConfig"]["defaultKeySpecs"]:
        if key["keyType"] == purpose:
            return str(key["algorithm"])
    raise KeyError(f"defaultKeySpecs of the type {purpose}")


def _without(zone: Raw) -> tuple[str, ...]:
    if zone.get("visibility") == "private":
        return ("signed", "key_signing", "zone_signing")
    return (
        ()
        if (zone.get("dnssecConfig") or {}).get("state") in ("on", "transfer")
        else ("key_signing", "zone_signing")
    )


ZONES: Final = Source(
    kind=DnsZone,
    listing=GcpCall(
        "dns",
        "managedZones.list",
        "managedZones",
        path="dns/v1/projects/{project}/managedZones",
        params={"maxResults": 1000},
        asset="dns.googleapis.com/ManagedZone",
    ),
    level="account",
    id="//dns.googleapis.com/projects/{account}/managedZones/{name}",
    name="{name}",
    region=lambda _: GLOBAL,
    fields={
        "public": public,
        "signed": signed,
        "key_signing": lambda zone: _algorithm(zone, "keySigning"),
        "zone_signing": lambda zone: _algorithm(zone, "zoneSigning"),
        "tags": labels,
    },
    not_applicable=_without,
)


def logged(policies: Sequence[Raw] | None, network: Raw) -> bool:
    """Tell whether some policy logs the queries of a network; None: nobody uses Cloud DNS, so none does."""
    return any(
        full_name(one["networkUrl"]) == full_name(network["selfLink"])
        for policy in policies or ()
        if policy.get("enableLogging", False)
        for one in policy.get("networks") or ()
    )


#: Of a network, which asks for all policies of the project once.
POLICIES: Final = Detail(
    call=GcpCall(
        "dns",
        "policies.list",
        "policies",
        path="dns/v1/projects/{project}/policies",
        params={"maxResults": 1000},
        asset="dns.googleapis.com/Policy",
        absent=(NOT_ENABLED,),
    ),
    per="scope",
    with_item=True,
    fills={"dns_logged": logged},
)

SOURCES: Final = (ZONES,)
