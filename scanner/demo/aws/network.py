"""The demo's networks and security groups: who may reach the shop, and who may by mistake."""

from dataclasses import dataclass
from typing import Any, Final

from scanner.demo.aws.account import HOME, NUMBER, OPEN, SECOND, Account, named

SSH: Final = "ssh-open-to-internet"
RDP: Final = "rdp-open-to-internet"
DATABASE: Final = "database-port-open-to-internet"
ADMIN: Final = "admin-port-open-to-internet"
DEFAULT: Final = "default-firewall-allows-traffic"

#: Blocks that stand for two offices.
_OFFICES: Final = ("203.0.113.0/24", "2001:db8:7::/48")


@dataclass(frozen=True, slots=True)
class Home:
    """What the other parts of the shop stand on: ids of the network, two subnets, three groups."""

    vpc: str
    subnets: tuple[str, str]
    web: str
    database: str
    analysts: str


def furnish(account: Account) -> Home:
    """Create networks, prefix lists and security groups in both regions."""
    vpc, subnets = _network(account, HOME, "shop", "10.20")
    web = _group(account, vpc, "web-alb", [_tcp(80, "0.0.0.0/0", "::/0"), _tcp(443, "0.0.0.0/0", "::/0")])
    _group(account, vpc, "bastion", [_tcp(22, *_OFFICES)])
    from_web = {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "UserIdGroupPairs": [{"GroupId": web}]}
    database = _group(account, vpc, "orders-db", [from_web])
    # Each half of the internet alone looks like a narrow rule.
    halves = [_tcp(22, "0.0.0.0/1"), _tcp(22, "128.0.0.0/1")]
    _group(account, vpc, "build-agents", halves, bad=[SSH])
    _group(account, vpc, "metrics", [_tcp(0, "2000::/3", last=1024)], bad=[SSH, ADMIN])
    everyone = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
    _group(account, vpc, "legacy-admin", everyone, bad=OPEN)
    _group(account, vpc, "trainings", [_tcp(3389, "0.0.0.0/0")], bad=[RDP])
    analysts = _group(account, vpc, "analysts", [_tcp(5432, "0.0.0.0/0", "::/0")], bad=[DATABASE])
    _group(account, vpc, "build-hosts", [_tcp(2375, "0.0.0.0/0")], bad=[ADMIN])
    _emptied(account, vpc)
    _prefix_lists(account, vpc)
    _second(account)
    return Home(vpc, subnets, web, database, analysts)


def _emptied(account: Account, vpc: str) -> None:
    """Take every rule from the group that the network came with."""
    ec2 = account.client("ec2")
    wanted = [{"Name": "group-name", "Values": ["default"]}, {"Name": "vpc-id", "Values": [vpc]}]
    [group] = ec2.describe_security_groups(Filters=wanted)["SecurityGroups"]
    id_ = group["GroupId"]
    if group["IpPermissions"]:
        ec2.revoke_security_group_ingress(GroupId=id_, IpPermissions=group["IpPermissions"])
    ec2.revoke_security_group_egress(GroupId=id_, IpPermissions=group["IpPermissionsEgress"])
    account.expect(f"arn:aws:ec2:{HOME}:{NUMBER}:security-group/{id_}", good=[DEFAULT])


def _second(account: Account) -> None:
    vpc, _ = _network(account, SECOND, "games", "10.30")
    udp = {"IpProtocol": "udp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    ping = {"IpProtocol": "icmp", "FromPort": -1, "ToPort": -1, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    _group(account, vpc, "game-servers", [udp, ping], SECOND)
    every_port = [_tcp(0, "0.0.0.0/0", last=65535)]
    _group(account, vpc, "load-test", every_port, SECOND, bad=OPEN)


def _network(account: Account, region: str, name: str, block: str) -> tuple[str, tuple[str, str]]:
    """Create a network with two subnets that an internet gateway serves."""
    ec2 = account.client("ec2", region)
    vpc = ec2.create_vpc(CidrBlock=f"{block}.0.0/16", TagSpecifications=_tagged("vpc", name))["Vpc"]["VpcId"]
    account.default_groups(region)
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    main = [{"Name": "vpc-id", "Values": [vpc]}]
    [table] = ec2.describe_route_tables(Filters=main)["RouteTables"]
    ec2.create_route(RouteTableId=table["RouteTableId"], DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    first, second = (
        ec2.create_subnet(
            VpcId=vpc,
            CidrBlock=f"{block}.{number}.0/24",
            AvailabilityZone=f"{region}{'ab'[number]}",
            TagSpecifications=_tagged("subnet", f"{name}-{'ab'[number]}"),
        )["Subnet"]["SubnetId"]
        for number in range(2)
    )
    return vpc, (first, second)


def _prefix_lists(account: Account, vpc: str) -> None:
    """Create two groups that name their sources by prefix list; one of the lists holds everyone."""
    for name, blocks, bad in (("offices", _OFFICES[:1], False), ("vpn-clients", ("0.0.0.0/0",), True)):
        made = account.client("ec2").create_managed_prefix_list(
            PrefixListName=name,
            MaxEntries=10,
            AddressFamily="IPv4",
            Entries=[{"Cidr": block, "Description": name} for block in blocks],
        )
        sources = [{"PrefixListId": made["PrefixList"]["PrefixListId"]}]
        permission = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "PrefixListIds": sources}
        _group(account, vpc, f"{name}-ssh", [permission], bad=[SSH] if bad else [])


def _group(
    account: Account,
    vpc: str,
    name: str,
    permissions: list[dict[str, Any]],
    region: str = HOME,
    **verdicts: Any,
) -> str:
    ec2 = account.client("ec2", region)
    made = ec2.create_security_group(
        GroupName=name,
        Description=f"Demo: {name}",
        VpcId=vpc,
        TagSpecifications=_tagged("security-group", name),
    )
    id_: str = made["GroupId"]
    ec2.authorize_security_group_ingress(GroupId=id_, IpPermissions=permissions)
    account.group(id_, region, **verdicts)
    return id_


def _tcp(first: int, *blocks: str, last: int | None = None) -> dict[str, Any]:
    """Return a permission for TCP from these blocks of either family."""
    return {
        "IpProtocol": "tcp",
        "FromPort": first,
        "ToPort": first if last is None else last,
        "IpRanges": [{"CidrIp": block} for block in blocks if ":" not in block],
        "Ipv6Ranges": [{"CidrIpv6": block} for block in blocks if ":" in block],
    }


def _tagged(kind: str, name: str) -> list[dict[str, Any]]:
    return [{"ResourceType": kind, "Tags": named(name, team="shop")}]
