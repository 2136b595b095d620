"""Security groups and prefix lists: from EC2's answers, and through the real SDK against moto."""

from typing import Any

import boto3
import pytest
from collecting import collected
from mapped import mapped, unfilled

from scanner.models.network import AddressList, Firewall, Reference
from scanner.models.resource import Cloud, Code
from scanner.providers.aws.network import PREFIX_LISTS, SECURITY_GROUPS, SOURCES, prefix_lists

GROUP: dict[str, Any] = {
    "GroupId": "sg-0abc",
    "GroupName": "web",
    "Description": "web servers",
    "OwnerId": "123456789012",
    "VpcId": "vpc-1",
    "SecurityGroupArn": "arn:aws:ec2:eu-west-1:123456789012:security-group/sg-0abc",
    "Tags": [{"Key": "team", "Value": "shop"}],
    "IpPermissionsEgress": [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}],
    "IpPermissions": [
        {
            "IpProtocol": "tcp",
            "FromPort": 443,
            "ToPort": 444,
            "IpRanges": [{"CidrIp": "0.0.0.0/0", "Description": "all"}, {"CidrIp": "10.0.0.0/8"}],
            "Ipv6Ranges": [{"CidrIpv6": "::/0"}],
            "PrefixListIds": [{"PrefixListId": "pl-1"}],
            "UserIdGroupPairs": [{"GroupId": "sg-0def", "UserId": "123456789012"}],
        },
        {
            "IpProtocol": "-1",
            "IpRanges": [],
            "Ipv6Ranges": [],
            "PrefixListIds": [{"PrefixListId": "pl-1"}, {"PrefixListId": "pl-2"}],
            "UserIdGroupPairs": [],
        },
    ],
}


def permission(protocol: str, ports: tuple[int, int] | None = None, **more: Any) -> dict[str, Any]:
    made: dict[str, Any] = {"IpProtocol": protocol, "IpRanges": [{"CidrIp": "0.0.0.0/0"}], **more}
    if ports:
        made["FromPort"], made["ToPort"] = ports
    return made


def group(*permissions: dict[str, Any]) -> Firewall:
    made = mapped(SECURITY_GROUPS, {**GROUP, "IpPermissions": list(permissions)})
    assert isinstance(made, Firewall)
    return made


def test_every_field_is_filled() -> None:
    assert [unfilled(source) for source in SOURCES] == [set(), set()]


def test_a_group_has_one_rule_per_source() -> None:
    made = mapped(SECURITY_GROUPS, GROUP)
    assert isinstance(made, Firewall)
    assert made.id == "arn:aws:ec2:eu-west-1:123456789012:security-group/sg-0abc"
    assert (made.name, made.applies_to, made.tags) == ("web", ("vpc-1",), {"team": "shop"})
    assert [rule.ref for rule in made.rules] == [
        "tcp 443-444 from 0.0.0.0/0",
        "tcp 443-444 from 10.0.0.0/8",
        "tcp 443-444 from ::/0",
        "tcp 443-444 from pl-1",
        "tcp 443-444 from sg-0def",
        "all from pl-1",
        "all from pl-2",
    ]
    first, *_, listed, member, everything, _ = made.rules
    assert (first.protocol, first.ports, first.sources) == ("tcp", ((443, 444),), ("0.0.0.0/0",))
    assert listed.source_references == (Reference("address_list", "pl-1"),)
    assert member.source_references == (Reference("group", "sg-0def"),)
    assert (everything.protocol, everything.ports) == ("all", ())


def test_the_default_group_and_what_goes_out() -> None:
    made = mapped(SECURITY_GROUPS, {**GROUP, "GroupName": "default", "IpPermissionsEgress": []})
    assert isinstance(made, Firewall)
    assert (made.default, made.lets_out) == (True, False)
    other = mapped(SECURITY_GROUPS, GROUP)
    assert isinstance(other, Firewall)
    assert (other.default, other.lets_out) == (False, True)


def test_a_shared_group_stands_with_its_owner() -> None:
    made = mapped(SECURITY_GROUPS, {**GROUP, "OwnerId": "999999999999"})
    assert made.scope.account == "999999999999"
    assert made.id == "arn:aws:ec2:eu-west-1:999999999999:security-group/sg-0abc"


@pytest.mark.parametrize(
    ("raw", "protocol", "ports"),
    [
        (permission("6", (22, 22)), "tcp", ((22, 22),)),
        (permission("17", (53, 53)), "udp", ((53, 53),)),
        (permission("tcp"), "tcp", ()),
        (permission("tcp", (-1, -1)), "tcp", ()),
        (permission("icmp", (8, 22)), "icmp", ()),
        (permission("58", (-1, -1)), "icmpv6", ()),
        (permission("icmpv6"), "icmpv6", ()),
        (permission("47", (22, 22)), "47", ()),
        (permission("132", (22, 22)), "132", ()),
    ],
)
def test_protocols_and_ports(raw: dict[str, Any], protocol: str, ports: tuple[tuple[int, int], ...]) -> None:
    (rule,) = group(raw).rules
    assert (rule.protocol, rule.ports) == (protocol, ports)


def test_what_is_not_promised_leaves_the_rules_unread() -> None:
    for broken in (
        permission("carrier pigeon"),
        {"IpRanges": [{"CidrIp": "0.0.0.0/0"}]},
        {**permission("tcp"), "FromPort": 22},
        {"IpProtocol": "tcp", "IpRanges": [{}]},
    ):
        made = group(permission("tcp", (22, 22)), broken)
        assert made.why("rules").code is Code.MALFORMED
        assert made.name == "web"


def test_leftovers_of_ec2_classic() -> None:
    pair = {"GroupName": "amazon-elb-sg", "UserId": "amazon-elb"}
    raw = {**GROUP, "IpPermissions": [{"IpProtocol": "-1", "UserIdGroupPairs": [pair]}]}
    del raw["VpcId"], raw["Tags"]
    made = mapped(SECURITY_GROUPS, raw)
    assert isinstance(made, Firewall)
    assert (made.applies_to, made.tags) == ((), {})
    assert made.rules[0].source_references == (Reference("group", "amazon-elb-sg"),)


def test_only_the_lists_that_rules_name_are_asked_for() -> None:
    assert [row["PrefixListId"] for row in prefix_lists(GROUP)] == ["pl-1", "pl-2"]
    made = mapped(
        PREFIX_LISTS,
        {"PrefixListId": "pl-1"},
        parent=GROUP,
        GetManagedPrefixListEntries=[{"Cidr": "0.0.0.0/1"}, {"Cidr": "128.0.0.0/1", "Description": "x"}],
        DescribeManagedPrefixLists=[{"PrefixListId": "pl-1", "Tags": [{"Key": "team", "Value": "net"}]}],
    )
    assert isinstance(made, AddressList)
    assert made.id == "arn:aws:ec2:eu-west-1:123456789012:prefix-list/pl-1"
    assert made.reference == "pl-1"
    assert (made.addresses, made.tags) == (("0.0.0.0/1", "128.0.0.0/1"), {"team": "net"})


@pytest.mark.usefixtures("moto")
def test_through_the_sdk() -> None:
    ec2 = boto3.client("ec2", region_name="eu-west-1")
    vpc = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    listed = ec2.create_managed_prefix_list(
        PrefixListName="everyone",
        MaxEntries=5,
        AddressFamily="IPv4",
        Entries=[{"Cidr": "0.0.0.0/1"}, {"Cidr": "128.0.0.0/1"}],
    )["PrefixList"]["PrefixListId"]
    made = ec2.create_security_group(
        GroupName="ssh",
        Description="x",
        VpcId=vpc,
        TagSpecifications=[{"ResourceType": "security-group", "Tags": [{"Key": "team", "Value": "shop"}]}],
    )["GroupId"]
    ssh = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22}
    ec2.authorize_security_group_ingress(
        GroupId=made,
        IpPermissions=[
            {
                **ssh,
                "IpRanges": [{"CidrIp": "198.35.26.96/32"}],
                "Ipv6Ranges": [{"CidrIpv6": "2001:db8::/32"}],
                "PrefixListIds": [{"PrefixListId": listed}],
            },
            {"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": made}]},
        ],
    )
    found = collected(SOURCES)
    firewall = found[f"arn:aws:ec2:eu-west-1:123456789012:security-group/{made}"]
    assert firewall.scope == (Cloud.AWS, "123456789012", "eu-west-1")
    assert (firewall.name, firewall.applies_to, firewall.tags) == ("ssh", (vpc,), {"team": "shop"})
    assert {rule.ref for rule in firewall.rules} == {
        "tcp 22 from 198.35.26.96/32",
        "tcp 22 from 2001:db8::/32",
        f"tcp 22 from {listed}",
        f"all from {made}",
    }
    assert found[f"arn:aws:ec2:eu-west-1:123456789012:prefix-list/{listed}"].addresses == (
        "0.0.0.0/1",
        "128.0.0.0/1",
    )
    assert all(not resource.unread for resource in found.values())
