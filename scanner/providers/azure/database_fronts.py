"""Databases as endpoints: their addresses are the service's own, and their own firewalls decide who comes."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from scanner.models.endpoint import Address, Service
from scanner.models.network import Reference
from scanner.providers.azure.database import flexible_public, flexible_stopped, server_public
from scanner.providers.azure.reading import SWITCH, lower, tags
from scanner.providers.spec import OPEN, Raw, Read
from scanner.providers.values import known

_V4: Final = 4
_V6: Final = 6
#: By which clients of an API of Cosmos DB come; of all others by HTTPS.
_COSMOS: Final = {"mongodb": 10255}
_HTTPS: Final = 443


def _at(name: str | None, family: int = _V4) -> tuple[Address, ...]:
    """One address that the cloud calls by a name alone; None: it is none on the internet."""
    return (Address(family=family, public=name, private=None, blocked=False, open_without_firewall=True),)


def _on(port: int) -> tuple[Service, ...]:
    return (Service(protocol="tcp", ports=(port, port), back_ports=None, backends=None),)


def _nobody(_: Raw) -> tuple[str, ...]:
    return ()


def _no_members(_: Raw) -> tuple[Reference, ...]:
    return ()


def admitted(answers: Iterable[Iterable[Raw]]) -> tuple[str, ...]:
    """Return the ranges that a server's own firewall lets in; without an answer it lets in nobody.

    The range that stands for all of Azure is one address here, which nobody on the internet has.
    """
    rules = (rule["properties"] for rules in answers for rule in rules)
    return tuple(f"{rule['startIpAddress']}-{rule['endIpAddress']}" for rule in rules)


ADMITTED: Final[Mapping[str, Callable[..., object]]] = {"sources": admitted}
"""From `firewallRules` of a server that has a public address."""

#: Under which key a SQL server finds its rules for IPv4 while those for IPv6 are asked for.
RULES_V4: Final = "rules for IPv4"


def has_ipv6(server: Raw) -> bool:
    """Tell whether a SQL server takes IPv6 too; one that does not say takes none."""
    return known(SWITCH, lower(server["properties"].get("isIPv6Enabled")) or "disabled")


def sql_addresses(server: Raw) -> tuple[Address, ...]:
    """Return the name of a SQL server for each IP version."""
    name = server["properties"]["fullyQualifiedDomainName"] if server_public(server) else None
    return (*_at(name), *(_at(name, _V6) if has_ipv6(server) else ()))


def sql_admitted(rules: Iterable[Raw], server: Raw) -> object:
    """Return what the rules for IPv4 let in; of a server with both versions those for IPv6 are still to be asked."""
    return OPEN if has_ipv6(server) else admitted([rules])


def sql_admitted_both(rules: Iterable[Raw], server: Raw) -> tuple[str, ...]:
    """Return what the rules for IPv4 let in, and those for IPv6."""
    said = (rule["properties"] for rule in rules)
    return (
        *admitted([server[RULES_V4]]),
        *(f"{rule['startIPv6Address']}-{rule['endIPv6Address']}" for rule in said),
    )


def _cosmos_sources(account: Raw) -> tuple[str, ...] | None:
    """Return what an account lets in; with neither addresses nor networks chosen, it is everybody."""
    said = account["properties"]
    rules = tuple(rule["ipAddressOrRange"] for rule in said.get("ipRules") or ())
    return rules if rules or said.get("isVirtualNetworkFilterEnabled") else None


_FRONT: Final[Mapping[str, Read]] = {
    "owner": lambda server: server["id"].lower(),
    "network": lambda _: None,
    "subnets": _nobody,
    "firewalls": _nobody,
    "memberships": _no_members,
    "policies": _nobody,
    "tag_sets": _nobody,
    "tags": tags,
}

SQL_SERVER: Final[Mapping[str, Read]] = {
    **_FRONT,
    "addresses": sql_addresses,
    "running": lambda _: True,
    "services": lambda _: _on(1433),
    "sources": _nobody,
}
"""Fields of an Endpoint from `Microsoft.Sql/servers`; `sql_admitted` takes whom one with a public address lets in."""


def flexible_server(port: int) -> Mapping[str, Read]:
    """Return how to read an Endpoint from the flexible servers of an engine, by its port."""
    return {
        **_FRONT,
        "addresses": lambda server: _at(
            server["properties"]["fullyQualifiedDomainName"] if flexible_public(server) else None
        ),
        "running": lambda server: not flexible_stopped(server),
        "services": lambda _: _on(port),
    }


COSMOS: Final[Mapping[str, Read]] = {
    **_FRONT,
    "addresses": lambda account: _at(
        account["properties"]["documentEndpoint"] if server_public(account) else None
    ),
    "running": lambda _: True,
    "services": lambda account: _on(_COSMOS.get(lower(account.get("kind")) or "", _HTTPS)),
    "sources": _cosmos_sources,
}
"""Fields of an Endpoint from `Microsoft.DocumentDB/databaseAccounts`."""
