"""From the short form of a case to AWS's own JSON: what the describe calls would have answered."""

from typing import Any

from cases import ExposureCase

VPC = "vpc-1"
OWNER = "123456789012"


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
