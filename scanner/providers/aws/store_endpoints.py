"""Warehouses and search domains to which packets from the internet are sent.

Workgroups of Redshift Serverless stand among the interfaces: see `workgroups`.
"""

from typing import Any, Final

from scanner.exposure.notation import V4, V6
from scanner.models.endpoint import Address, Endpoint, Service
from scanner.providers.aws import search, warehouse
from scanner.providers.aws.calls import AwsCall
from scanner.providers.aws.reading import tags
from scanner.providers.spec import Detail, Raw, Source, Within

#: What Redshift's documentation of DescribeClusters says of a cluster that nobody can connect to.
_CLUSTER_DOWN: Final = frozenset(
    {
        "creating",
        "deleting",
        "final-snapshot",
        "hardware-failure",
        "incompatible-network",
        "paused",
    }
)
_HTTPS, _HTTP = 443, 80


def address(family: int, name: str | None) -> Address:
    """Return an address of which only the name is known; None: it has none on the internet."""
    return Address(family=family, public=name, private=None, blocked=False, open_without_firewall=True)


def _port(port: int) -> Service:
    return Service(protocol="tcp", ports=(port, port), back_ports=None, backends=None)


_ELSEWHERE: Final[dict[str, Any]] = {
    "memberships": lambda _: (),
    "policies": lambda _: (),
    "tag_sets": lambda _: (),
    "sources": lambda _: None,
}


def cluster_addresses(cluster: Raw) -> tuple[Address, ...]:
    """Return the name of a cluster. The public one is of IPv4: an elastic address."""
    name = (cluster.get("Endpoint") or {}).get("Address") or cluster["ClusterIdentifier"]
    return (address(V4, name if cluster.get("PubliclyAccessible") else None),)


def cluster_services(cluster: Raw) -> tuple[Service, ...]:
    """Return the one port of a cluster; none before it has one."""
    port = (cluster.get("Endpoint") or {}).get("Port")
    return (_port(port),) if port else ()


def cluster_subnets(groups: list[Raw], cluster: Raw) -> tuple[str, ...]:
    """Return the subnets of its group in the zones in which a cluster runs; all of them where none is there."""
    [group] = groups
    zones = {
        cluster.get("AvailabilityZone"),
        (cluster.get("MultiAZSecondary") or {}).get("AvailabilityZone"),
    }
    here = [one for one in group["Subnets"] if one["SubnetAvailabilityZone"]["Name"] in zones]
    return tuple(one["SubnetIdentifier"] for one in here or group["Subnets"])


CLUSTERS: Final = Source(
    kind=Endpoint,
    listing=Within(lambda cluster: (cluster,)),
    under=warehouse.REDSHIFT,
    id=warehouse.REDSHIFT.id,
    name=warehouse.REDSHIFT.name,
    fields={
        "owner": "ClusterIdentifier",
        "addresses": cluster_addresses,
        "network": "VpcId",
        "firewalls": lambda cluster: tuple(one["VpcSecurityGroupId"] for one in cluster["VpcSecurityGroups"]),
        "running": lambda cluster: cluster["ClusterStatus"] not in _CLUSTER_DOWN,
        "services": cluster_services,
        "tags": tags,
        **_ELSEWHERE,
    },
    details=[
        Detail(
            call=AwsCall(
                "redshift", "DescribeClusterSubnetGroups", "ClusterSubnetGroups", params={"MaxRecords": 100}
            ),
            per="scope",
            join=("ClusterSubnetGroupName", "{ClusterSubnetGroupName}"),
            with_item=True,
            fills={"subnets": cluster_subnets},
        ),
    ],
)


def domain_addresses(rows: list[Raw]) -> tuple[Address, ...]:
    """Return the name of a domain for each IP version; public where it is in no VPC."""
    domain = search.one(rows)
    families = (V4, V6) if domain.get("IPAddressType") == "dualstack" else (V4,)
    name = domain.get("EndpointV2") or domain.get("Endpoint") or domain["DomainName"]
    return tuple(address(family, name if search.public(rows) else None) for family in families)


def domain_services(rows: list[Raw]) -> tuple[Service, ...]:
    """Return the ports of a domain: HTTP too where it does not ask for HTTPS."""
    https_only = search.one(rows)["DomainEndpointOptions"].get("EnforceHTTPS")
    return (_port(_HTTPS),) if https_only else (_port(_HTTP), _port(_HTTPS))


def _network(rows: list[Raw]) -> Raw:
    found: Raw = search.one(rows).get("VPCOptions") or {}
    return found


DOMAINS: Final = Source(
    kind=Endpoint,
    listing=search.DOMAINS.listing,
    id=search.DOMAINS.id,
    name=search.DOMAINS.name,
    fields=_ELSEWHERE,
    details=[
        Detail(
            call=search.DOMAINS.details[0].call,
            per="batch",
            size=search.DOMAINS.details[0].size,
            join=search.DOMAINS.details[0].join,
            fills={
                "owner": lambda rows: search.one(rows)["ARN"],
                "addresses": domain_addresses,
                "network": lambda rows: _network(rows).get("VPCId"),
                "subnets": lambda rows: tuple(_network(rows).get("SubnetIds") or ()),
                "firewalls": lambda rows: tuple(_network(rows).get("SecurityGroupIds") or ()),
                "running": lambda rows: (
                    bool(search.one(rows).get("Created")) and not search.one(rows)["Deleted"]
                ),
                "services": domain_services,
            },
        ),
        search.DOMAINS.details[1],
    ],
)

SOURCES: Final = (CLUSTERS, DOMAINS)
