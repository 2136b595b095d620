"""Forwarding rules as endpoints: some end at Google's own front ends, the others pass packets through to machines."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final

from scanner.models.endpoint import Address, Endpoint, Service
from scanner.providers.gcp import load_balancer
from scanner.providers.gcp.calls import compute_aggregated
from scanner.providers.gcp.interfaces import interface_name
from scanner.providers.gcp.listeners import BACKEND_SERVICES, FORWARDING_RULES, target
from scanner.providers.gcp.names import full_name
from scanner.providers.gcp.places import full_id, region
from scanner.providers.gcp.target_groups import HEALTH_OF_REGION, TARGET_POOLS, checked_groups
from scanner.providers.protocols import has_ports, port_ranges, protocol_word
from scanner.providers.spec import Detail, Raw, Read, Source

_V4, _V6 = 4, 6
#: Proxies, and the gateway of a classic VPN: what is sent to them ends there.
_ENDS: Final = (
    "targetHttpProxies",
    "targetHttpsProxies",
    "targetSslProxies",
    "targetTcpProxies",
    "targetGrpcProxies",
    "targetVpnGateways",
)
#: What leads to somebody's service by a private address has no scheme, or leads to bundles of Google's own services.
_PRIVATE: Final = ("serviceAttachments", "all-apis", "vpc-sc")


def takes_packets(rule: Raw) -> bool:
    """Tell a front end from a private way to somebody's service (Private Service Connect)."""
    return target(rule) not in _PRIVATE and bool(rule.get("target") or rule.get("backendService"))


def ends(rule: Raw) -> bool:
    """Tell whether packets end at Google's front, where no firewall of a network is asked."""
    return target(rule) in _ENDS


def addresses(rule: Raw) -> tuple[Address, ...]:
    """Return the addresses of a forwarding rule, which machines behind see as they are."""
    outside = load_balancer.public(rule)
    texts = rule.get("IPAddresses") or [rule["IPAddress"]]
    return tuple(
        Address(
            family=_V6 if ":" in text else _V4,
            public=text if outside else None,
            private=None if ends(rule) else text,
            blocked=False,
            open_without_firewall=ends(rule),
        )
        for text in texts
    )


def network(rule: Raw) -> str | None:
    """Return the network of an internal address; None where packets end at Google's front, or pass to any network."""
    named = rule.get("network")
    return None if ends(rule) or not named else full_name(named)


def subnets(rule: Raw) -> tuple[str, ...]:
    """Return the subnetwork of an internal address."""
    subnetwork = rule.get("subnetwork")
    return (full_name(subnetwork),) if subnetwork and not ends(rule) else ()


def services(rule: Raw, backends: Iterable[str] | None = None) -> tuple[Service, ...]:
    """Return the ports of a forwarding rule: a list, a range, or all of them; `backends` are the ids behind."""
    said = str(rule["IPProtocol"]).lower()
    protocol = "all" if said == "l3_default" else protocol_word(said)
    texts = [rule["portRange"]] if rule.get("portRange") else rule.get("ports") or ()
    spans = port_ranges(texts) if has_ports(protocol) else ()
    behind = None if backends is None else tuple(dict.fromkeys(backends))
    return tuple(
        Service(protocol=one, ports=span, back_ports=None, backends=behind)
        for span in spans or (None,)
        # Ports of every protocol are those of the two that forwarding rules have ports for.
        for one in (("tcp", "udp") if protocol == "all" and span else (protocol,))
    )


def of_pool(pools: Sequence[Raw], rule: Raw) -> tuple[Service, ...]:
    """Return the ports, with the first interfaces of a target pool's instances behind them."""
    if not pools:
        raise LookupError(f"lacks {rule['target']}")
    return services(rule, map(interface_name, pools[0].get("instances") or ()))


def of_instance(targets: Sequence[Raw], rule: Raw) -> tuple[Service, ...]:
    """Return the ports, with the first interface of a target instance's machine behind them."""
    if not targets:
        raise LookupError(f"lacks {rule['target']}")
    return services(rule, [interface_name(targets[0]["instance"])])


def of_service(healths: Iterable[Raw], rule: Raw) -> tuple[Service, ...]:
    """Return the ports, with the first interfaces of all instances that a backend service checks behind them."""
    if rule["service"] is None:
        raise LookupError(f"lacks {rule['backendService']}")
    checked = (one for health in healths for one in health.get("healthStatus") or ())
    return services(rule, (interface_name(one["instance"]) for one in checked))


FRONT: Final[Mapping[str, Read]] = {
    "owner": full_id,
    "addresses": addresses,
    "network": network,
    "subnets": subnets,
    "firewalls": lambda _: (),
    "memberships": lambda _: (),
    "policies": lambda _: (),
    "tag_sets": lambda _: (),
    "running": lambda _: True,
    "sources": lambda rule: tuple(rule.get("sourceIpRanges") or ()) or None,
    "tags": lambda rule: rule.get("labels") or {},
}
"""Fields of an Endpoint from a forwarding rule; `services` takes what it leads to."""


def _leads_to(collection: str) -> Callable[[Raw], bool]:
    return lambda rule: takes_packets(rule) and target(rule) == collection


def _front(keep: Callable[[Raw], bool], *details: Detail, fields: Mapping[str, Read] | None = None) -> Source:
    return Source(
        kind=Endpoint,
        listing=FORWARDING_RULES,
        level="account",
        id=full_id,
        name="{name}",
        region=region,
        keep=keep,
        fields={**FRONT, **(fields or {})},
        details=details,
    )


def _groups(rule: Raw) -> Sequence[Raw]:
    return checked_groups(rule["service"]) if rule["service"] else ()


def _sources() -> Iterator[Source]:
    yield _front(lambda rule: takes_packets(rule) and ends(rule), fields={"services": services})
    for collection, call, read in (
        ("targetPools", TARGET_POOLS, of_pool),
        ("targetInstances", compute_aggregated("targetInstances", asset="TargetInstance"), of_instance),
    ):
        joined = Detail(
            call=call,
            per="scope",
            join=("selfLink", "{target}"),
            with_item=True,
            fills={"services": read},
        )
        yield _front(_leads_to(collection), joined)
    health = Detail(
        call=HEALTH_OF_REGION,
        per="each",
        over=_groups,
        with_item=True,
        fills={"services": of_service},
    )
    service = Detail(
        call=BACKEND_SERVICES,
        per="scope",
        join=("selfLink", "{backendService}"),
        brings="service",
        fills={},
        leads=[health],
    )
    yield _front(
        lambda rule: takes_packets(rule) and not rule.get("target"),
        service,
    )


SOURCES: Final = tuple(_sources())
