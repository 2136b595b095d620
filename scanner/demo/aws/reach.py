"""What the internet can reach of the demo: addresses that one machine has gathered, and a region that was closed.

Every endpoint with a public address gets a verdict of each rule on what can be reached.
"""

from collections.abc import Iterable
from typing import Any, Final

from scanner.demo.aws.account import HOME, NUMBER, SECOND, Account, named
from scanner.demo.aws.network import Home

SSH: Final = "ssh-reachable-from-internet"
RDP: Final = "rdp-reachable-from-internet"
DATABASE: Final = "database-port-reachable-from-internet"
ADMIN: Final = "admin-port-reachable-from-internet"
EVERYTHING: Final = "all-ports-reachable-from-internet"
LIST: Final = "access-list-open-to-internet"
RULES: Final = (SSH, RDP, DATABASE, ADMIN, EVERYTHING)


def furnish(account: Account, home: Home) -> None:
    """Give the bastion more addresses, and say what to expect of everything that has one."""
    _bastion(account, home)
    _access_lists(account, home)
    _blocked(account)
    # They listen on 80 and 443 only.
    for balancer in account.client("elbv2").describe_load_balancers()["LoadBalancers"]:
        _expect(account, balancer["LoadBalancerArn"])
    # Its group lets in the web's own machines, and nobody else.
    _expect(account, f"arn:aws:rds:{HOME}:{NUMBER}:db:reports-db")
    # Its group lets everybody in; search domains answer on 80 and 443.
    _expect(account, f"arn:aws:redshift:{HOME}:{NUMBER}:cluster:marketing", bad=[DATABASE])
    for name in ("old-logs", "partner"):
        _expect(account, f"arn:aws:es:{HOME}:{NUMBER}:domain/{name}")
    # It wears the group of the analysts.
    _expect(account, f"arn:aws:rds:{HOME}:{NUMBER}:db:old-crm-1", bad=[DATABASE])


def _bastion(account: Account, home: Home) -> None:
    """Interfaces that were added for a day, each with an address and a group of its own."""
    ec2 = account.client("ec2")
    [machine] = _machines(ec2, "bastion")
    _expect_interface(account, machine["NetworkInterfaces"][0]["NetworkInterfaceId"])
    for number, (name, bad) in enumerate(
        {
            "offices-ssh": (),
            "build-agents": (SSH,),
            "trainings": (RDP,),
            "build-hosts": (ADMIN,),
            "legacy-admin": RULES,
        }.items(),
        1,
    ):
        interface = _interface(ec2, home.subnets[0], name)
        ec2.attach_network_interface(
            NetworkInterfaceId=interface, InstanceId=machine["InstanceId"], DeviceIndex=number
        )
        _expect_interface(account, interface, bad=bad)
    # Nothing is behind this one.
    _expect_interface(account, _interface(ec2, home.subnets[0], "vpn-clients-ssh"))
    # Replies from this subnet go nowhere: somebody took its route away.
    inside = _private_subnet(ec2, home)
    interface = _interface(ec2, inside, "legacy-admin")
    ec2.attach_network_interface(
        NetworkInterfaceId=interface, InstanceId=machine["InstanceId"], DeviceIndex=9
    )
    _expect_interface(account, interface)


def _private_subnet(ec2: Any, home: Home) -> str:
    subnet: str = ec2.create_subnet(
        VpcId=home.vpc,
        CidrBlock="10.20.9.0/24",
        AvailabilityZone=f"{HOME}a",
        TagSpecifications=[{"ResourceType": "subnet", "Tags": named("shop-inside", team="shop")}],
    )["Subnet"]["SubnetId"]
    table = ec2.create_route_table(VpcId=home.vpc)["RouteTable"]["RouteTableId"]
    ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
    return subnet


def _access_lists(account: Account, home: Home) -> None:
    """Give one subnet a list of its own; all others have that of their network, which lets everything in."""
    for region in account.regions():
        for one in account.client("ec2", region).describe_network_acls()["NetworkAcls"]:
            if one["Associations"]:
                account.expect(_list(one["NetworkAclId"], region), bad=[LIST])
    ec2 = account.client("ec2")
    made = ec2.create_network_acl(VpcId=home.vpc)["NetworkAcl"]["NetworkAclId"]
    denied = {port: (port, port) for port in (22, 23, 445, 3389)}
    for number, ports in {**denied, 30000: (0, 65535)}.items():
        ec2.create_network_acl_entry(
            NetworkAclId=made,
            RuleNumber=number,
            Protocol="6",
            RuleAction="deny" if number in denied else "allow",
            Egress=False,
            CidrBlock="0.0.0.0/0",
            PortRange=dict(zip(("From", "To"), ports, strict=True)),
        )
    [subnet] = ec2.describe_subnets(Filters=[{"Name": "tag:Name", "Values": ["shop-inside"]}])["Subnets"]
    for one in ec2.describe_network_acls()["NetworkAcls"]:
        for association in one["Associations"]:
            if association["SubnetId"] == subnet["SubnetId"]:
                ec2.replace_network_acl_association(
                    AssociationId=association["NetworkAclAssociationId"], NetworkAclId=made
                )
    account.expect(_list(made, HOME), good=[LIST])


def _list(id_: str, region: str) -> str:
    return f"arn:aws:ec2:{region}:{NUMBER}:network-acl/{id_}"


def _blocked(account: Account) -> None:
    """Close the second region to the internet, but for one subnet of the games."""
    ec2 = account.client("ec2", SECOND)
    ec2.modify_vpc_block_public_access_options(InternetGatewayBlockMode="block-ingress")
    for number, name in enumerate(("games-a", "games-b")):
        [subnet] = ec2.describe_subnets(Filters=[{"Name": "tag:Name", "Values": [name]}])["Subnets"]
        if number:
            ec2.create_vpc_block_public_access_exclusion(
                SubnetId=subnet["SubnetId"], InternetGatewayExclusionMode="allow-bidirectional"
            )
        made = ec2.run_instances(
            ImageId="ami-12c6146b",
            InstanceType="t3.micro",
            MinCount=1,
            MaxCount=1,
            MetadataOptions={"HttpTokens": "required"},
            BlockDeviceMappings=[{"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 8, "Encrypted": True}}],
            NetworkInterfaces=[
                {
                    "DeviceIndex": 0,
                    "SubnetId": subnet["SubnetId"],
                    "AssociatePublicIpAddress": True,
                    "Groups": [_group(ec2, "load-test")],
                }
            ],
            TagSpecifications=[{"ResourceType": "instance", "Tags": named(f"game-{number}", team="games")}],
        )["Instances"][0]
        account.instance(made["InstanceId"], SECOND, bad=["instance-public", "instance-without-role"])
        for mapping in made["BlockDeviceMappings"]:
            volume = f"arn:aws:ec2:{SECOND}:{NUMBER}:volume/{mapping['Ebs']['VolumeId']}"
            account.expect(volume, good=["volume-unencrypted"], bad=["volume-without-recent-backup"])
        interface = made["NetworkInterfaces"][0]["NetworkInterfaceId"]
        _expect_interface(account, interface, SECOND, bad=RULES if number else ())


def _machines(ec2: Any, name: str) -> list[Any]:
    wanted = [{"Name": "tag:Name", "Values": [name]}]
    reservations = ec2.describe_instances(Filters=wanted)["Reservations"]
    return [instance for one in reservations for instance in one["Instances"]]


def _group(ec2: Any, name: str) -> str:
    wanted = [{"Name": "group-name", "Values": [name]}]
    [group] = ec2.describe_security_groups(Filters=wanted)["SecurityGroups"]
    id_: str = group["GroupId"]
    return id_


def _interface(ec2: Any, subnet: str, group: str) -> str:
    """An interface with a public address and one group."""
    made = ec2.create_network_interface(SubnetId=subnet, Groups=[_group(ec2, group)], Description=group)
    interface: str = made["NetworkInterface"]["NetworkInterfaceId"]
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    ec2.associate_address(AllocationId=address, NetworkInterfaceId=interface)
    return interface


def _expect_interface(account: Account, id_: str, region: str = HOME, *, bad: Iterable[str] = ()) -> None:
    _expect(account, f"arn:aws:ec2:{region}:{NUMBER}:network-interface/{id_}", bad=bad)


def _expect(account: Account, id_: str, *, bad: Iterable[str] = ()) -> None:
    account.expect(id_, good=[rule for rule in RULES if rule not in bad], bad=bad)
