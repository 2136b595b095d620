"""What packets from the internet are sent to: network interfaces, load balancers, databases."""

from collections.abc import Iterator
from typing import Any, Final

from scanner.exposure.addresses import block
from scanner.exposure.notation import V4, V6
from scanner.exposure.special import PUBLIC
from scanner.models.endpoint import Address, Endpoint, Service
from scanner.providers.aws import (
    classic_load_balancer,
    database,
    load_balancer,
    store_endpoints,
    warehouse,
    workgroups,
)
from scanner.providers.aws.calls import AwsCall
from scanner.providers.aws.reading import tags_of_row
from scanner.providers.spec import Detail, Raw, Source, Within

#: Types of interfaces that take no connection from anybody, by the names of the API and of its model.
_SILENT: Final = frozenset({"nat_gateway", "natGateway", "lambda"})
_STOPPED: Final = frozenset({"shutting-down", "terminated", "stopping", "stopped"})
#: States of a database in which nothing answers.
_NOT_THERE: Final = frozenset({"creating", "deleting", "stopping", "stopped", "failed", "restore-error"})
_CLASSIC: Final = {"HTTP": "tcp", "HTTPS": "tcp", "TCP": "tcp", "SSL": "tcp"}


def _address(
    family: int, public: str | None, private: str | None = None, *, blocked: bool = False
) -> Address:
    return Address(family=family, public=public, private=private, blocked=blocked, open_without_firewall=True)


def interface_addresses(interface: Raw) -> tuple[Address, ...]:
    """Return every address, those of secondary private addresses and of delegated IPv6 prefixes too."""
    blocked = bool(interface.get("DenyAllIgwTraffic"))
    public = {
        one["PrivateIpAddress"]: (one.get("Association") or {}).get("PublicIp")
        for one in interface.get("PrivateIpAddresses") or ()
    }
    association = interface.get("Association") or {}
    first = interface.get("PrivateIpAddress")
    if first and association.get("PublicIp"):
        public[first] = association["PublicIp"]
    six = [one["Ipv6Address"] for one in interface.get("Ipv6Addresses") or ()]
    six += [one["Ipv6Prefix"] for one in interface.get("Ipv6Prefixes") or ()]
    return (
        *(_address(V4, address, private) for private, address in public.items()),
        *(_address(V6, one if _is_public(one) else None, one, blocked=blocked) for one in six),
    )


def _is_public(address: str) -> bool:
    return bool(block(address) & PUBLIC[V6])


def interface_owner(interface: Raw) -> str | None:
    """Return the instance, or how the service that manages the interface calls what it is for."""
    attachment = interface.get("Attachment") or {}
    if attachment.get("InstanceId"):
        return str(attachment["InstanceId"])
    if interface["RequesterManaged"]:
        return str(interface.get("Description") or interface.get("RequesterId") or "") or None
    return None


def interface_running(states: list[Raw], interface: Raw) -> bool:
    """Tell whether an interface is in use and, where it is on an instance of the same account, whether that runs."""
    if interface["Status"] != "in-use":
        return False
    attachment = interface.get("Attachment") or {}
    if not attachment.get("InstanceId") or attachment.get("InstanceOwnerId") != interface["OwnerId"]:
        return True
    if not states:
        raise LookupError(f"has no state of {attachment['InstanceId']}")
    return states[0]["InstanceState"]["Name"] not in _STOPPED


def interface_services(interface: Raw) -> tuple[Service, ...] | None:
    """Return no port for what takes no connection; else nobody outside knows."""
    return () if interface.get("InterfaceType") in _SILENT else None


def _of_workgroup(rows: list[Raw], interface: Raw) -> str | None:
    found = workgroups.behind(rows, interface)
    return interface_owner(interface) if found is None else str(found["workgroupArn"])


def _to_workgroup(rows: list[Raw], interface: Raw) -> tuple[Address, ...]:
    return workgroups.seen_from_outside(interface_addresses(interface), workgroups.behind(rows, interface))


def _on_workgroup(rows: list[Raw], interface: Raw) -> tuple[Service, ...] | None:
    found = workgroups.behind(rows, interface)
    return interface_services(interface) if found is None else workgroups.services(found)


def _groups(interface: Raw) -> tuple[str, ...]:
    return tuple(group["GroupId"] for group in interface["Groups"])


_EVERYWHERE: Final[dict[str, Any]] = {
    "memberships": lambda _: (),
    "policies": lambda _: (),
    "tag_sets": lambda _: (),
    "sources": lambda _: None,
}

INTERFACES: Final = Source(
    kind=Endpoint,
    listing=AwsCall("ec2", "DescribeNetworkInterfaces", "NetworkInterfaces", params={"MaxResults": 1000}),
    id="arn:{partition}:ec2:{region}:{account}:network-interface/{NetworkInterfaceId}",
    name="{NetworkInterfaceId}",
    account="OwnerId",
    fields={
        "owner": interface_owner,
        "addresses": interface_addresses,
        "network": "VpcId",
        "subnets": lambda interface: (interface["SubnetId"],),
        "firewalls": _groups,
        "services": interface_services,
        "tags": lambda interface: {tag["Key"]: tag.get("Value", "") for tag in interface.get("TagSet") or ()},
        **_EVERYWHERE,
    },
    details=[
        Detail(
            call=AwsCall(
                "ec2",
                "DescribeInstanceStatus",
                "InstanceStatuses",
                params={"IncludeAllInstances": True, "MaxResults": 1000},
            ),
            per="scope",
            join=("InstanceId", "{Attachment.InstanceId?}"),
            with_item=True,
            fills={"running": interface_running},
        ),
        Detail(
            call=warehouse.LIST_WORKGROUPS,
            per="scope",
            when=workgroups.may_be_of_one,
            with_item=True,
            fills={"owner": _of_workgroup, "addresses": _to_workgroup, "services": _on_workgroup},
        ),
    ],
)


def balancer_addresses(balancer: Raw) -> tuple[Address, ...]:
    """Return the name of a load balancer for each IP version; public where its scheme and address type are."""
    public = load_balancer.public(balancer)
    families = load_balancer.families(balancer)
    return tuple(_address(family, balancer["DNSName"] if public else None) for family in families)


def _zones(balancer: Raw) -> tuple[str, ...]:
    return tuple(zone["SubnetId"] for zone in balancer["AvailabilityZones"])


BALANCERS: Final = Source(
    kind=Endpoint,
    # A gateway load balancer has no listener that anybody could reach.
    listing=Within(lambda balancer: () if balancer["Type"] == "gateway" else (balancer,)),
    under=load_balancer.LOAD_BALANCERS,
    id="{LoadBalancerArn}",
    name="{LoadBalancerName}",
    fields={
        "owner": "LoadBalancerArn",
        "addresses": balancer_addresses,
        "network": "VpcId",
        "subnets": _zones,
        "firewalls": load_balancer.firewalls,
        "running": lambda balancer: balancer["State"]["Code"] in {"active", "active_impaired"},
        **_EVERYWHERE,
    },
    details=[detail for detail in load_balancer.LOAD_BALANCERS.details if "tags" in detail.fills],
    not_applicable=lambda _: ("services",),
)


def classic_services(balancer: Raw) -> tuple[Service, ...]:
    """Return the ports of a classic load balancer's listeners. Raises KeyError for a protocol that is not known."""
    ports = [
        (_CLASSIC[one["Listener"]["Protocol"].upper()], one["Listener"]["LoadBalancerPort"])
        for one in balancer["ListenerDescriptions"]
    ]
    return tuple(_service(protocol, port) for protocol, port in ports)


def _service(protocol: str, port: int) -> Service:
    return Service(protocol=protocol, ports=(port, port), back_ports=None, backends=None)


CLASSIC_BALANCERS: Final = Source(
    kind=Endpoint,
    listing=classic_load_balancer.BALANCERS.listing,
    id="arn:{partition}:elasticloadbalancing:{region}:{account}:loadbalancer/{LoadBalancerName}",
    name="{LoadBalancerName}",
    fields={
        "owner": "LoadBalancerName",
        "addresses": lambda balancer: (
            _address(V4, balancer["DNSName"] if balancer["Scheme"] == "internet-facing" else None),
        ),
        "network": "VPCId",
        "subnets": lambda balancer: tuple(balancer["Subnets"]),
        "firewalls": lambda balancer: tuple(balancer["SecurityGroups"]),
        "running": lambda _: True,
        "services": classic_services,
        **_EVERYWHERE,
    },
    details=[
        Detail(
            call=AwsCall(
                "elb", "DescribeTags", "TagDescriptions", given={"LoadBalancerNames": ["{LoadBalancerName}"]}
            ),
            per="batch",
            size=20,
            join=("LoadBalancerName", "{LoadBalancerName}"),
            fills={"tags": tags_of_row},
        ),
    ],
)


def database_subnets(instance: Raw) -> tuple[str, ...]:
    """Return the subnets of the zone in which a database runs now; those of its whole group where none is."""
    listed = instance["DBSubnetGroup"]["Subnets"]
    here = [
        one for one in listed if one["SubnetAvailabilityZone"]["Name"] == instance.get("AvailabilityZone")
    ]
    return tuple(one["SubnetIdentifier"] for one in here or listed)


def database_addresses(instance: Raw) -> tuple[Address, ...]:
    """Return the name of a database. The IPv6 addresses of one with both versions are always private."""
    name = (instance.get("Endpoint") or {}).get("Address") or instance["DBInstanceIdentifier"]
    return (_address(V4, name if database.public(instance) else None),)


def database_services(instance: Raw) -> tuple[Service, ...]:
    """Return the one port of a database; none before it has one."""
    endpoint = instance.get("Endpoint")
    return (_service("tcp", endpoint["Port"]),) if endpoint else ()


def _listed(instance: Raw) -> Iterator[Raw]:
    yield instance


def _database(under: Source) -> Source:
    return Source(
        kind=Endpoint,
        listing=Within(_listed),
        under=under,
        id=under.id,
        name=under.name,
        fields={
            "owner": "DBInstanceArn",
            "addresses": database_addresses,
            "network": "DBSubnetGroup.VpcId",
            "subnets": database_subnets,
            "firewalls": lambda instance: tuple(
                group["VpcSecurityGroupId"] for group in instance["VpcSecurityGroups"]
            ),
            "running": lambda instance: instance["DBInstanceStatus"] not in _NOT_THERE,
            "services": database_services,
            "tags": database.tags,
            **_EVERYWHERE,
        },
    )


DATABASES: Final = _database(database.INSTANCES)
DATABASE_MEMBERS: Final = _database(database.MEMBERS)

#: Aurora clusters whose gateway to the internet stands outside of any VPC: no group, no route decides.
GATEWAY_CLUSTERS: Final = Source(
    kind=Endpoint,
    listing=Within(lambda cluster: (cluster,) if cluster.get("InternetAccessGatewayEnabled") else ()),
    under=database.CLUSTERS,
    id="{DBClusterArn}",
    name="{DBClusterIdentifier}",
    fields={
        "owner": "DBClusterArn",
        "addresses": lambda cluster: (_address(V4, cluster["Endpoint"]),),
        "network": lambda _: None,
        "subnets": lambda _: (),
        "firewalls": lambda _: (),
        "running": lambda cluster: cluster["Status"] not in _NOT_THERE,
        "services": lambda cluster: (_service("tcp", cluster["Port"]),),
        "tags": database.tags,
        **_EVERYWHERE,
    },
)

SOURCES: Final = (
    INTERFACES,
    BALANCERS,
    CLASSIC_BALANCERS,
    DATABASES,
    DATABASE_MEMBERS,
    GATEWAY_CLUSTERS,
    *store_endpoints.SOURCES,
)
