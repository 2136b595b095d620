"""The block of public access that an account puts over its networks, which moto lacks. Runs in the server's process."""

from collections import defaultdict
from typing import Any, Final

from moto.core.responses import ActionResult
from moto.ec2.models.subnets import Subnet
from moto.ec2.responses import EC2Response

_MODES: Final[dict[str, str]] = {}
"""Region to the mode of its block; nothing is blocked elsewhere."""
_EXCLUSIONS: Final[dict[str, list[dict[str, str]]]] = defaultdict(list)
"""Region to its exclusions, as they are described."""


def add() -> None:
    """Teach moto the block's calls, and its subnets to say what it closes."""
    setattr(Subnet, "block_public_access_states", property(_states))  # noqa: B010 - moto has no such member
    for name, answer in {
        "modify_vpc_block_public_access_options": _modify,
        "create_vpc_block_public_access_exclusion": _exclude,
        "describe_vpc_block_public_access_exclusions": _describe,
    }.items():
        setattr(EC2Response, name, answer)


def _states(subnet: Any) -> dict[str, str]:
    return {"InternetGatewayBlockMode": _MODES.get(subnet.ec2_backend.region_name, "off")}


def _modify(response: Any) -> ActionResult:
    mode = response._get_param("InternetGatewayBlockMode")  # noqa: SLF001 - moto has no other way to a parameter
    _MODES[response.region] = mode
    options = {"AwsRegion": response.region, "InternetGatewayBlockMode": mode, "State": "update-complete"}
    return ActionResult({"VpcBlockPublicAccessOptions": options})


def _exclude(response: Any) -> ActionResult:
    kind, id_ = next(
        (kind, id_)
        for kind, name in (("subnet", "SubnetId"), ("vpc", "VpcId"))
        if (id_ := response._get_param(name))  # noqa: SLF001 - the same
    )
    made = {
        "ExclusionId": f"vpcbpa-exclude-{len(_EXCLUSIONS[response.region]) + 1:017x}",
        "InternetGatewayExclusionMode": response._get_param("InternetGatewayExclusionMode"),  # noqa: SLF001 - the same
        "ResourceArn": f"arn:aws:ec2:{response.region}:{response.current_account}:{kind}/{id_}",
        "State": "create-complete",
    }
    _EXCLUSIONS[response.region].append(made)
    return ActionResult({"VpcBlockPublicAccessExclusion": made})


def _describe(response: Any) -> ActionResult:
    return ActionResult({"VpcBlockPublicAccessExclusions": _EXCLUSIONS[response.region]})
