"""Security groups, and the prefix lists that their rules refer to."""

from collections.abc import Iterator
from typing import Final

from scanner.models.network import (
    ADDRESS_LIST,
    ALLOW,
    ATTACHED,
    GROUP,
    INGRESS,
    AddressList,
    Firewall,
    NetworkRule,
    Reference,
)
from scanner.providers.aws.calls import AwsCall
from scanner.providers.aws.reading import tags, tags_of_row
from scanner.providers.protocols import protocol_word
from scanner.providers.spec import Detail, Raw, Source, Within

_NO_PORT: Final = -1


def rules(group: Raw) -> tuple[NetworkRule, ...]:
    """Return one rule per source, as EC2 itself counts rules."""
    return tuple(rule for permission in group.get("IpPermissions", ()) for rule in _of(permission))


def _of(permission: Raw) -> Iterator[NetworkRule]:
    protocol = protocol_word(permission["IpProtocol"])
    ports = _ports(permission, protocol)
    for block in _blocks(permission):
        yield _rule(protocol, ports, block, sources=(block,))
    for reference in _references(permission):
        yield _rule(protocol, ports, reference.id, source_references=(reference,))


def _rule(
    protocol: str,
    ports: tuple[tuple[int, int], ...],
    named: str,
    sources: tuple[str, ...] = (),
    source_references: tuple[Reference, ...] = (),
) -> NetworkRule:
    where = "".join(f" {first}" if first == last else f" {first}-{last}" for first, last in ports)
    return NetworkRule(
        ref=f"{protocol}{where} from {named}",
        direction=INGRESS,
        action=ALLOW,
        priority=None,
        enabled=True,
        protocol=protocol,
        ports=ports,
        sources=sources,
        source_references=source_references,
        unresolvable_sources=(),
        from_internet=None,
        destinations=(),
        targets=(),
    )


def _ports(permission: Raw, protocol: str) -> tuple[tuple[int, int], ...]:
    """Ports of the four protocols for which EC2 looks at them, less the two for which they are ICMP types and codes."""
    if protocol not in {"tcp", "udp"} or permission.get("FromPort", _NO_PORT) == _NO_PORT:
        return ()
    return ((permission["FromPort"], permission["ToPort"]),)


def _blocks(permission: Raw) -> Iterator[str]:
    for block in permission.get("IpRanges", ()):
        yield block["CidrIp"]
    for block in permission.get("Ipv6Ranges", ()):
        yield block["CidrIpv6"]


def _references(permission: Raw) -> Iterator[Reference]:
    for listed in permission.get("PrefixListIds", ()):
        yield Reference(ADDRESS_LIST, listed["PrefixListId"])
    for pair in permission.get("UserIdGroupPairs", ()):
        # Groups of EC2-Classic times are named without an id.
        yield Reference(GROUP, pair.get("GroupId") or pair["GroupName"])


def networks(group: Raw) -> tuple[str, ...]:
    """Return the VPC whose interfaces may carry the group."""
    vpc = group.get("VpcId")
    return (vpc,) if vpc else ()


def prefix_lists(group: Raw) -> Iterator[Raw]:
    """Yield each prefix list that the group's rules for incoming packets name, once."""
    seen = dict.fromkeys(
        listed["PrefixListId"]
        for permission in group.get("IpPermissions", ())
        for listed in permission.get("PrefixListIds", ())
    )
    for id_ in seen:
        yield {"PrefixListId": id_}


def blocks(entries: list[Raw]) -> tuple[str, ...]:
    """Return the blocks of a prefix list."""
    return tuple(entry["Cidr"] for entry in entries)


SECURITY_GROUPS: Final = Source(
    kind=Firewall,
    # Pages keep the call out of the smaller bucket that EC2 has for unpaged ones, and the answer small: groups
    # of the largest accounts hold hundreds of rules each.
    listing=AwsCall("ec2", "DescribeSecurityGroups", "SecurityGroups", params={"MaxResults": 200}),
    id="arn:{partition}:ec2:{region}:{account}:security-group/{GroupId}",
    name="{GroupName}",
    account="OwnerId",
    fields={
        "rules": rules,
        "applies_to": networks,
        # The name is reserved: nobody else can give it to a group of their own.
        "default": lambda group: group["GroupName"] == "default",
        "lets_out": lambda group: bool(group["IpPermissionsEgress"]),
        "level": lambda _: ATTACHED,
        "tags": tags,
    },
)

PREFIX_LISTS: Final = Source(
    kind=AddressList,
    listing=Within(prefix_lists),
    under=SECURITY_GROUPS,
    id="arn:{partition}:ec2:{region}:{account}:prefix-list/{PrefixListId}",
    name="{PrefixListId}",
    fields={"reference": "PrefixListId"},
    details=[
        Detail(
            call=AwsCall(
                "ec2",
                "GetManagedPrefixListEntries",
                "Entries",
                given={"PrefixListId": "{PrefixListId}"},
                params={"MaxResults": 100},
            ),
            per="shared",
            fills={"addresses": blocks},
        ),
        Detail(
            call=AwsCall(
                "ec2",
                "DescribeManagedPrefixLists",
                "PrefixLists",
                given={"PrefixListIds": ["{PrefixListId}"]},
                params={"MaxResults": 100},
            ),
            per="batch",
            size=100,
            join=("PrefixListId", "{PrefixListId}"),
            fills={"tags": tags_of_row},
        ),
    ],
)

SOURCES: Final = (SECURITY_GROUPS, PREFIX_LISTS)
