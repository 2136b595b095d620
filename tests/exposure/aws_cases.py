"""From the short form of a case to AWS's own JSON: what the calls would have answered.

Beyond the table's own keys, rows of ours may have: `eni` with `second` (a public address on a secondary private one
only), `prefix6` (a delegated prefix), `own6` (an address of the network only), `status`, `stopped`, `nat` (that of a
NAT gateway); `table`, the routes of a table that is set on the subnet; `edge`, those of one that is set on the internet
gateway; `other`, those of the main table of another VPC; `down`, targets of routes that lead nowhere; `filtered`, those
of routes in that state; `vpc_excl`, an exclusion of the VPC; `excl_state`; `unadvertised`, IPv6 that no one outside has
a route to; `acls`, whether the network ACLs may be read.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from cases import ExposureCase

VPC, SUBNET, INTERFACE, GATEWAY, TABLE, ACL = "vpc-1", "subnet-1", "eni-1", "igw-1", "rtb-1", "acl-1"
OWNER = "123456789012"
REGION = "us-east-1"
BALANCER = f"arn:aws:elasticloadbalancing:{REGION}:{OWNER}:loadbalancer/app/lb/50dc6c495c0c9188"
ADDRESS, ADDRESS_V6 = "54.214.41.23", "2600:1f18::5"
#: The description of an interface names its load balancer.
_LETTERS = {"application": "app", "network": "net", "gateway": "gwy"}


def answers(case: ExposureCase) -> dict[str, Any]:
    """The answer of every call by its name; a function gets the arguments of the call, and None is a refusal."""
    lists = case.given.get("pl", {})

    def listed(arguments: Mapping[str, Any]) -> dict[str, Any] | None:
        blocks = lists.get(arguments["PrefixListId"])
        return None if blocks is None else {"Entries": [{"Cidr": block} for block in blocks]}

    balancer = _balancer(case)
    return {
        "ec2:DescribeSecurityGroups": {"SecurityGroups": security_groups(case)},
        "ec2:GetManagedPrefixListEntries": listed,
        "ec2:DescribeNetworkInterfaces": {"NetworkInterfaces": _interfaces(case)},
        "ec2:DescribeInstanceStatus": {"InstanceStatuses": [_state(case)]},
        "ec2:DescribeVpcs": {"Vpcs": [{"VpcId": VPC, "OwnerId": OWNER, "State": "available", "Tags": []}]},
        "ec2:DescribeInternetGateways": {"InternetGateways": [_gateway(case)]},
        "ec2:DescribeSubnets": {"Subnets": [_subnet(case)]},
        "ec2:DescribeVpcBlockPublicAccessExclusions": {"VpcBlockPublicAccessExclusions": _exclusions(case)},
        "ec2:DescribeRouteTables": {"RouteTables": list(_route_tables(case))},
        "ec2:DescribeNetworkAcls": {"NetworkAcls": [_access_list(case)]}
        if case.given.get("acls", True)
        else None,
        "elbv2:DescribeLoadBalancers": {"LoadBalancers": [balancer] if balancer else []},
        "elbv2:DescribeListeners": {"Listeners": _listeners(case)},
        "elb:DescribeLoadBalancers": {"LoadBalancerDescriptions": []},
        "rds:DescribeDBInstances": {"DBInstances": []},
        "rds:DescribeDBClusters": {"DBClusters": []},
        "redshift:DescribeClusters": {"Clusters": []},
        "opensearch:ListDomainNames": {"DomainNames": []},
    }


def _state(case: ExposureCase) -> dict[str, Any]:
    name = "stopped" if case.given.get("eni", {}).get("stopped") else "running"
    return {"InstanceId": "i-1", "InstanceState": {"Code": 16, "Name": name}}


def security_groups(case: ExposureCase) -> list[dict[str, Any]]:
    """DescribeSecurityGroups: the groups of the interface; none for a resource without any."""
    return [
        {
            "GroupId": f"sg-{number}",
            "GroupName": f"group-{number}",
            "Description": case.title,
            "OwnerId": OWNER,
            "VpcId": VPC,
            "IpPermissions": [_permission(rule) for rule in rules],
            "IpPermissionsEgress": [],
            "Tags": [],
        }
        for number, rules in enumerate(case.given.get("sg") or ())
    ]


def _permission(rule: dict[str, Any]) -> dict[str, Any]:
    """One entry of IpPermissions; EC2 sends ports only where the rule has them."""
    sources = rule["src"]
    permission: dict[str, Any] = {
        "IpProtocol": rule["p"],
        "IpRanges": [{"CidrIp": s} for s in sources if ":" not in s and s[0].isdigit()],
        "Ipv6Ranges": [{"CidrIpv6": s} for s in sources if ":" in s],
        "PrefixListIds": [{"PrefixListId": s} for s in sources if s.startswith("pl-")],
        "UserIdGroupPairs": [{"GroupId": s, "UserId": OWNER} for s in sources if s.startswith("sg-")],
    }
    if "from" in rule:
        permission["FromPort"], permission["ToPort"] = rule["from"], rule["to"]
    return permission


def prefix_list_entries(case: ExposureCase, id_: str) -> list[dict[str, Any]] | None:
    """GetManagedPrefixListEntries of one list; None when the answer was a refusal."""
    blocks = case.given.get("pl", {}).get(id_)
    return None if blocks is None else [{"Cidr": block} for block in blocks]


def _group_refs(case: ExposureCase) -> list[dict[str, str]]:
    return [{"GroupId": one["GroupId"], "GroupName": one["GroupName"]} for one in security_groups(case)]


def _interfaces(case: ExposureCase) -> list[dict[str, Any]]:
    """The interface of a machine, or those that a load balancer has in its subnet; none for groups on nothing."""
    if not case.given.get("attached", True) and "lb" not in case.given:
        return []
    given, balancer = case.given.get("eni", {}), case.given.get("lb")
    interface: dict[str, Any] = {
        "NetworkInterfaceId": INTERFACE,
        "OwnerId": OWNER,
        "VpcId": VPC,
        "SubnetId": SUBNET,
        "Status": "in-use",
        "InterfaceType": "interface",
        "Description": "",
        "RequesterManaged": False,
        "Groups": _group_refs(case),
        "PrivateIpAddress": "10.0.0.5",
        "PrivateIpAddresses": [{"Primary": True, "PrivateIpAddress": "10.0.0.5"}],
        "Ipv6Addresses": [{"Ipv6Address": ADDRESS_V6}] if given.get("pub6") else [],
        "DenyAllIgwTraffic": given.get("deny_igw", False),
        "Attachment": {"InstanceId": "i-1", "InstanceOwnerId": OWNER, "Status": "attached"},
        "TagSet": [],
    }
    public = given.get("pub4")
    interface |= {"Status": given["status"]} if "status" in given else {}
    interface |= {"InterfaceType": "nat_gateway", "RequesterManaged": True} if given.get("nat") else {}
    if given.get("own6"):
        interface["Ipv6Addresses"].append({"Ipv6Address": "fd00:ec2::5"})
    if given.get("prefix6"):
        interface["Ipv6Prefixes"] = [{"Ipv6Prefix": "2600:1f18:0:1::/80"}]
    if given.get("second"):
        second = {"PublicIp": "54.214.41.24", "IpOwnerId": OWNER}
        interface["PrivateIpAddresses"].append({"PrivateIpAddress": "10.0.0.6", "Association": second})
    if balancer:
        interface |= {
            "Description": "ELB " + BALANCER.partition("loadbalancer/")[2],
            "RequesterManaged": True,
            "Attachment": {"InstanceOwnerId": "amazon-elb", "Status": "attached"},
        }
        public = balancer.get("scheme") == "internet-facing" and "without" not in balancer.get("ip", "")
        if "dualstack" in balancer.get("ip", ""):
            interface["Ipv6Addresses"] = [{"Ipv6Address": ADDRESS_V6}]
    if public:
        association = {"PublicIp": ADDRESS, "IpOwnerId": OWNER}
        interface["Association"] = interface["PrivateIpAddresses"][0]["Association"] = association
    return [interface]


def _balancer(case: ExposureCase) -> dict[str, Any] | None:
    given = case.given.get("lb")
    if given is None:
        return None
    made = {
        "LoadBalancerArn": BALANCER,
        "LoadBalancerName": "lb",
        "DNSName": "lb-1.us-east-1.elb.amazonaws.com",
        "VpcId": VPC,
        "Type": given["type"],
        "State": {"Code": "active"},
        "AvailabilityZones": [{"ZoneName": f"{REGION}a", "SubnetId": SUBNET}],
        "IpAddressType": given.get("ip", "ipv4"),
    }
    if given.get("scheme"):
        made["Scheme"] = given["scheme"]
    if case.given.get("sg") is not None:
        made["SecurityGroups"] = [one["GroupId"] for one in security_groups(case)]
    return made


def _listeners(case: ExposureCase) -> list[dict[str, Any]]:
    return [
        {
            "ListenerArn": f"{BALANCER.replace('loadbalancer', 'listener', 1)}/{number}",
            "LoadBalancerArn": BALANCER,
            "Protocol": protocol,
            "Port": port,
            "DefaultActions": [{"Type": "forward", "TargetGroupArn": "arn:aws:elasticloadbalancing:tg"}],
        }
        for number, (protocol, port) in enumerate(case.given.get("lb", {}).get("listeners", ()))
    ]


def _gateway(case: ExposureCase) -> dict[str, Any]:
    attached = [{"VpcId": VPC, "State": "available"}] if case.given.get("igw", True) else []
    return {"InternetGatewayId": GATEWAY, "OwnerId": OWNER, "Attachments": attached, "Tags": []}


def _subnet(case: ExposureCase) -> dict[str, Any]:
    return {
        "SubnetId": SUBNET,
        "VpcId": VPC,
        "OwnerId": OWNER,
        "AvailabilityZone": f"{REGION}a",
        "CidrBlock": "10.0.0.0/24",
        "Ipv6CidrBlockAssociationSet": [
            {
                "Ipv6CidrBlock": "2600:1f18::/64",
                "Ipv6AddressAttribute": "private" if case.given.get("unadvertised") else "public",
                "IpSource": "amazon",
            }
        ],
        "BlockPublicAccessStates": {"InternetGatewayBlockMode": case.given.get("bpa", "off")},
        "Tags": [],
    }


def _exclusions(case: ExposureCase) -> list[dict[str, Any]]:
    mode = case.given.get("excl")
    arn = f"arn:aws:ec2:{REGION}:{OWNER}:subnet/{SUBNET}"
    vpc_mode = case.given.get("vpc_excl")
    vpc_arn = f"arn:aws:ec2:{REGION}:{OWNER}:vpc/{VPC}"
    return [
        {
            "ExclusionId": f"vpcbpa-exclude-{number}",
            "InternetGatewayExclusionMode": one,
            "ResourceArn": of,
            "State": case.given.get("excl_state", "create-complete"),
        }
        for number, (one, of) in enumerate(((mode, arn), (vpc_mode, vpc_arn)))
        if one
    ]


#: Prefix of a target's id, and the member of a route that holds it.
_TARGETS = {
    "igw": "GatewayId",
    "vgw": "GatewayId",
    "local": "GatewayId",
    "vpce": "GatewayId",
    "eigw": "EgressOnlyInternetGatewayId",
    "nat": "NatGatewayId",
    "tgw": "TransitGatewayId",
    "pcx": "VpcPeeringConnectionId",
    "eni": "NetworkInterfaceId",
    "i": "InstanceId",
    "lgw": "LocalGatewayId",
    "cagw": "CarrierGatewayId",
}


def _route_tables(case: ExposureCase) -> Iterator[dict[str, Any]]:
    """The main table of the VPC, where no subnet is named for the association is implicit; and any others."""
    given = case.given.get("routes", [["0.0.0.0/0", GATEWAY], ["::/0", GATEWAY]])
    tables: tuple[tuple[str, str, dict[str, Any], list[Any] | None], ...] = (
        (TABLE, VPC, {"Main": True}, given),
        ("rtb-2", VPC, {"Main": False, "SubnetId": SUBNET}, case.given.get("table")),
        ("rtb-3", VPC, {"Main": False, "GatewayId": GATEWAY}, case.given.get("edge")),
        ("rtb-4", "vpc-2", {"Main": True}, case.given.get("other")),
    )
    for id_, vpc, association, routes in tables:
        if routes is not None:
            yield {
                "RouteTableId": id_,
                "VpcId": vpc,
                "OwnerId": OWNER,
                "Associations": [{"RouteTableAssociationId": f"{id_}-1", "RouteTableId": id_, **association}],
                "Routes": [_route(to, by, case) for to, by in [["10.0.0.0/16", "local"], *routes]],
                "Tags": [],
            }


def _route(destination: str, target: str, case: ExposureCase) -> dict[str, Any]:
    if destination.startswith("pl-"):
        member = "DestinationPrefixListId"
    else:
        member = "DestinationIpv6CidrBlock" if ":" in destination else "DestinationCidrBlock"
    gone = (target == GATEWAY and not case.given.get("igw", True)) or target in case.given.get("down", ())
    return {
        member: destination,
        _TARGETS[target.partition("-")[0]]: target,
        "Origin": "CreateRouteTable" if target == "local" else "CreateRoute",
        "State": "filtered"
        if target in case.given.get("filtered", ())
        else "blackhole"
        if gone
        else "active",
    }


def _access_list(case: ExposureCase) -> dict[str, Any]:
    return {
        "NetworkAclId": ACL,
        "VpcId": VPC,
        "OwnerId": OWNER,
        "IsDefault": False,
        "Associations": [{"NetworkAclAssociationId": "aclassoc-1", "NetworkAclId": ACL, "SubnetId": SUBNET}],
        "Entries": [
            *_entries(case.given.get("nacl_in"), egress=False),
            *_entries(case.given.get("nacl_out"), egress=True),
        ],
        "Tags": [],
    }


def _entries(given: list[Any] | None, *, egress: bool) -> list[dict[str, Any]]:
    """The entries, and those that every list ends with."""
    if given is None:
        given = [[100, "allow", "-1", None, "0.0.0.0/0"], [101, "allow", "-1", None, "::/0"]]
    last = [[32767, "deny", "-1", None, "0.0.0.0/0"], [32768, "deny", "-1", None, "::/0"]]
    made = []
    for number, action, protocol, ports, block in [*given, *last]:
        entry: dict[str, Any] = {
            "RuleNumber": number,
            "RuleAction": action,
            "Protocol": str(protocol),
            "Egress": egress,
            "Ipv6CidrBlock" if ":" in block else "CidrBlock": block,
        }
        if ports is not None:
            entry["PortRange"] = {"From": ports[0], "To": ports[1]}
        made.append(entry)
    return made
