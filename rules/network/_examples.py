"""Firewalls, and what stands around them, as examples state them."""

from typing import Any

from scanner import (
    AccessList,
    Address,
    AddressList,
    Case,
    Endpoint,
    Firewall,
    Network,
    NetworkRule,
    Reference,
    Resource,
    Route,
    RouteTable,
    Subnet,
)

Ports = tuple[tuple[int, int], ...]


def incoming(protocol: str, port: int | None, *sources: str) -> NetworkRule:
    """One rule that lets packets in, to one port (None: to all) and from blocks, or from address lists (`pl-...`)."""
    blocks = tuple(source for source in sources if not source.startswith("pl-"))
    lists = tuple(Reference("address_list", source) for source in sources if source.startswith("pl-"))
    return NetworkRule(
        ref=f"{protocol} from {' and '.join(sources)}",
        direction="ingress",
        action="allow",
        priority=None,
        enabled=True,
        protocol=protocol,
        ports=() if port is None else ((port, port),),
        sources=blocks,
        source_references=lists,
        unresolvable_sources=(),
        from_internet=None,
        destinations=(),
        targets=(),
    )


def carrier(public: str | None = "198.35.26.96") -> Endpoint:
    """A machine that the example's firewall is on."""
    return Endpoint(id="machine", firewalls=("example",), addresses=(Address(public=public, blocked=False),))


def _rule(protocol: str, ports: Ports, sources: tuple[str, ...]) -> dict[str, Any]:
    """What the way to an endpoint reads of every rule on it."""
    return {
        "ref": f"{protocol} from {' and '.join(sources)}",
        "action": "allow",
        "direction": "ingress",
        "protocol": protocol,
        "ports": ports,
        "sources": sources,
        "source_references": tuple(
            Reference("address_list", one) for one in sources if one.startswith("pl-")
        ),
        "unresolvable_sources": (),
        "from_internet": None,
    }


def endpoint(*addresses: str, **facts: Any) -> Endpoint:
    """A machine in the subnet of `around`, with these public addresses."""
    shown = tuple(
        Address(family=6 if ":" in one else 4, public=one, blocked=False)
        for one in addresses or ("198.35.26.96",)
    )
    given = {"network": "vpc-1", "subnets": ("subnet-1",), "firewalls": ("sg-1",), "owner": "i-1"}
    return Endpoint(**{"addresses": shown, "running": True, "services": None, **given, **facts})


def around(
    protocol: str,
    port: int | None,
    *sources: str,
    route: str = "igw-1",
    active: bool = True,
    blocked: str | None = None,
    denied: bool = False,
) -> tuple[Resource, ...]:
    """What stands around `endpoint`: its firewall lets in one port (None: all) from `sources` (`pl-1` is everybody).

    `route` is where the way back leads; `blocked` what the account's block of public access closes; `denied`: the
    access list lets nothing in.
    """
    blocks = tuple(one for one in sources if not one.startswith("pl-"))
    own = _rule(protocol, () if port is None else ((port, port),), sources) | {"sources": blocks}
    every = _rule("all", (), ("0.0.0.0/0", "::/0")) | {"source_references": ()}
    replies = {"direction": "egress", "sources": (), "destinations": every["sources"], "ref": "rule 100 out"}
    coming = {"action": "deny" if denied else "allow", "ref": "rule 100"}
    routes = tuple(
        Route(
            destination=block,
            address_list=None,
            target=route,
            to_internet=route.startswith("igw-"),
            active=active,
            priority=0,
        )
        for block in ("0.0.0.0/0", "::/0")
    )
    return (
        Firewall(id="sg-1", rules=(NetworkRule(**own, enabled=True),)),
        AddressList(id="pl-1", reference="pl-1", addresses=("0.0.0.0/0",)),
        Network(id="vpc-1", internet_gateways=("igw-1",)),
        Subnet(id="subnet-1", network="vpc-1", unadvertised=(), block=blocked, block_exclusion=None),
        RouteTable(id="rtb-1", network="vpc-1", subnets=(), main=True, routes=routes),
        AccessList(
            id="acl-1",
            subnets=("subnet-1",),
            rules=tuple(NetworkRule(**{**every, **one, "priority": 100}) for one in (coming, replies)),
        ),
    )


def held_back(protocol: str, port: int | None) -> dict[str, Case]:
    """A port that its firewall opens to everyone, and that something else on the way closes."""
    opened = (protocol, port, "0.0.0.0/0")
    return {
        "the way back does not lead to the internet": Case(endpoint(), others=around(*opened, route="nat-1")),
        "the access list lets nothing in": Case(endpoint(), others=around(*opened, denied=True)),
        "the account blocks public access": Case(endpoint(), others=around(*opened, blocked="ingress")),
        "the machine is stopped": Case(endpoint(running=False), others=around(*opened)),
        "the internet gateway is gone": Case(endpoint(), others=around(*opened, active=False)),
    }
