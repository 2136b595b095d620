"""Front ends as endpoints: a load balancer passes packets on to machines, an application gateway takes them itself."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from scanner.models.endpoint import Address, Service, placed
from scanner.providers.azure.interfaces import listed, network_of, part_id, sku_open
from scanner.providers.azure.reading import tags
from scanner.providers.spec import PARENT, Raw, Read

_PROTOCOLS: Final = {"tcp": ("tcp",), "udp": ("udp",), "quic": ("udp",), "all": ("tcp", "udp")}
_V4, _V6 = 4, 6


def _parts(whole: Raw, collection: str) -> list[Raw]:
    return list(whole["properties"].get(collection) or ())


def _family(front: Raw) -> int:
    return _V6 if front["properties"].get("privateIPAddressVersion") == "IPv6" else _V4


def _public(rows: Iterable[Raw], front: Raw) -> str | None:
    """The public address of a front end, or the block that it is one of; None: it has none."""
    properties = front["properties"]
    id_ = part_id(properties.get("publicIPAddress"))
    if id_:
        return listed(rows, id_)["properties"].get("ipAddress") or None
    return part_id(properties.get("publicIPPrefix")) or None


def balancer_addresses(public: Iterable[Raw], front: Raw) -> tuple[Address, ...]:
    """Return the address of a load balancer's front end; `public` are the subscription's public addresses.

    Machines behind it see their own address as the destination. Raises LookupError.
    """
    return (
        Address(
            family=_family(front),
            public=_public(public, front),
            private=front["properties"].get("privateIPAddress"),
            blocked=False,
            open_without_firewall=sku_open(front[PARENT]),
        ),
    )


def gateway_addresses(public: Iterable[Raw], front: Raw) -> tuple[Address, ...]:
    """Return the address of an application gateway's front end. Without a security group on its subnet it takes all.

    Raises LookupError.
    """
    return (
        Address(
            family=_family(front),
            public=_public(public, front),
            private=front["properties"].get("privateIPAddress"),
            blocked=False,
            open_without_firewall=True,
        ),
    )


# -- load balancers -------------------------------------------------------------------------------------------


def balancer_services(front: Raw) -> tuple[Service, ...]:
    """Return the ports of a front end, by its load balancing and NAT rules, and what stands behind each."""
    return tuple(_services(front))


def _services(front: Raw) -> Iterator[Service]:
    balancer, own = front[PARENT], front["id"].lower()
    pools = {pool["id"].lower(): pool for pool in _parts(balancer, "backendAddressPools")}
    for rule in _parts(balancer, "loadBalancingRules"):
        said = rule["properties"]
        if part_id(said["frontendIPConfiguration"]) == own:
            named = said.get("backendAddressPools") or [said.get("backendAddressPool")]
            behind = (one for pool in named for one in _of_pool(pools.get(part_id(pool), {})))
            yield from _service(said, _span(said["frontendPort"]), _span(said.get("backendPort", 0)), behind)
    for rule in _parts(balancer, "inboundNatRules"):
        said = rule["properties"]
        if part_id(said["frontendIPConfiguration"]) == own:
            yield from _of_nat(rule, pools.get(part_id(said.get("backendAddressPool")), {}))


def _of_nat(rule: Raw, pool: Raw) -> Iterator[Service]:
    """One front port for one machine; or a range of ports, one for each machine of a pool."""
    said = rule["properties"]
    back = _span(said["backendPort"])
    if said.get("frontendPort"):
        behind = [_interface(part_id(said.get("backendIPConfiguration")))]
        yield from _service(said, _span(said["frontendPort"]), back, filter(None, behind))
        return
    mapped = list(_mapped(rule["name"], pool))
    for port, id_ in mapped:
        yield from _service(said, _span(port), back, [id_])
    if not mapped:
        front = (said["frontendPortRangeStart"], said["frontendPortRangeEnd"])
        yield from _service(said, front, back, _of_pool(pool))


def _mapped(name: str, pool: Raw) -> Iterator[tuple[int, str]]:
    """The front port of each machine of a pool by a NAT rule, where the pool says."""
    for one in _parts(pool, "loadBalancerBackendAddresses") if pool else ():
        for mapping in one["properties"].get("inboundNatRulesPortMapping") or ():
            if mapping["inboundNatRuleName"] == name:
                yield mapping["frontendPort"], _behind(one["properties"], pool)


def _span(port: int) -> tuple[int, int] | None:
    """A port as a range; 0 stands for all of them."""
    return (port, port) if port else None


def _service(
    said: Raw, front: tuple[int, int] | None, back: tuple[int, int] | None, behind: Iterable[str]
) -> Iterator[Service]:
    ids = tuple(dict.fromkeys(behind))
    word = str(said["protocol"]).lower()
    protocols = ("all",) if word == "all" and front is None else _PROTOCOLS[word]
    for protocol in protocols:
        yield Service(
            protocol=protocol,
            ports=front,
            back_ports=back,
            keeps_destination=bool(said.get("enableFloatingIP")),
            backends=ids,
        )


def _of_pool(pool: Raw) -> Iterator[str]:
    """The interfaces of a pool; what it names by an address only is called by that, and by its network."""
    if pool:
        for one in _parts(pool, "backendIPConfigurations"):
            yield _interface(part_id(one))
        for one in _parts(pool, "loadBalancerBackendAddresses"):
            yield _behind(one["properties"], pool)


def _behind(address: Raw, pool: Raw) -> str:
    """What a pool names by its configuration, or by an address in a network: that of the address, or of all of them."""
    for field in ("networkInterfaceIPConfiguration", "loadBalancerFrontendIPConfiguration"):
        if part_id(address.get(field)):
            return _interface(part_id(address[field]))
    named = [address.get("virtualNetwork"), address.get("subnet"), pool["properties"].get("virtualNetwork")]
    network = next((network_of(part_id(one)) for one in named if part_id(one)), "")
    return placed(network, str(address.get("ipAddress")))


def _interface(configuration: str) -> str:
    return configuration.partition("/ipconfigurations/")[0]


def _subnets(front: Raw) -> tuple[str, ...]:
    id_ = part_id(front["properties"].get("subnet"))
    return (id_,) if id_ else ()


def _network(front: Raw) -> str | None:
    return network_of(_subnets(front)[0]) if _subnets(front) else None


_FRONT: Final[Mapping[str, Read]] = {
    "owner": lambda front: front[PARENT]["id"].lower(),
    "firewalls": lambda _: (),
    "memberships": lambda _: (),
    "policies": lambda _: (),
    "tag_sets": lambda _: (),
    "sources": lambda _: None,
    "tags": lambda front: tags(front[PARENT]),
}

BALANCER_FRONT: Final[Mapping[str, Read]] = {
    **_FRONT,
    "network": _network,
    "subnets": _subnets,
    "running": lambda _: True,
    "services": balancer_services,
}
"""Fields of an Endpoint from one of a load balancer's `frontendIPConfigurations`; `addresses` takes the public ones."""


# -- application gateways -------------------------------------------------------------------------------------


def gateway_services(front: Raw) -> tuple[Service, ...]:
    """Return the ports of the listeners on a front end, of requests and of plain connections."""
    gateway, own = front[PARENT], front["id"].lower()
    ports = {port["id"].lower(): port["properties"]["port"] for port in _parts(gateway, "frontendPorts")}
    listeners = (*_parts(gateway, "httpListeners"), *_parts(gateway, "listeners"))
    found = (
        ports[part_id(one["properties"]["frontendPort"])]
        for one in listeners
        if part_id(one["properties"]["frontendIPConfiguration"]) == own
    )
    return tuple(
        Service(protocol="tcp", ports=(port, port), back_ports=None, backends=None)
        for port in dict.fromkeys(found)
    )


def _gateway_subnets(front: Raw) -> tuple[str, ...]:
    found = (
        part_id(one["properties"].get("subnet")) for one in _parts(front[PARENT], "gatewayIPConfigurations")
    )
    return tuple(dict.fromkeys(filter(None, found)))


GATEWAY_FRONT: Final[Mapping[str, Read]] = {
    **_FRONT,
    "network": lambda front: network_of(_gateway_subnets(front)[0]),
    "subnets": _gateway_subnets,
    "running": lambda front: front[PARENT]["properties"]["operationalState"].lower() == "running",
    "services": gateway_services,
}
"""Fields of an Endpoint from one of an application gateway's `frontendIPConfigurations`, as for load balancers."""
