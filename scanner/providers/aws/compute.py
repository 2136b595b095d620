"""EC2 instances, Lambda functions and EKS clusters. User data and environment variables are never read or kept."""

from collections.abc import Iterator
from typing import Final

from scanner.models.compute import (
    MAY_INVOKE,
    MAY_INVOKE_BY_URL,
    Cluster,
    Function,
    FunctionUrl,
    Instance,
)
from scanner.models.storage import MAY_ADMIN, PublicGrant
from scanner.providers.aws import policy
from scanner.providers.aws.calls import AwsCall
from scanner.providers.aws.reading import granted, tag_map, tags
from scanner.providers.spec import Detail, Raw, Source
from scanner.providers.values import known

_V1: Final = {"optional": True, "required": False}
_ENABLED: Final = {"enabled": True, "disabled": False}
_SIGNED: Final = {"AWS_IAM": True, "NONE": False}

#: On their way out, or gone.
_GONE: Final = frozenset({"shutting-down", "terminated"})

#: A grant of InvokeFunction under this condition is one half of a grant by URL.
_VIA_URL: Final = "lambda:invokedviafunctionurl"

LAMBDA: Final = policy.Service(
    prefix="lambda",
    fixing=policy.FIXING,
    fixed_by_account=policy.OWNED,
    may={
        MAY_INVOKE: ("lambda:InvokeFunction", "lambda:InvokeAsync"),
        MAY_INVOKE_BY_URL: ("lambda:InvokeFunctionUrl",),
        MAY_ADMIN: (
            "lambda:UpdateFunctionCode",
            "lambda:UpdateFunctionConfiguration",
            "lambda:AddPermission",
            "lambda:DeleteFunction",
            "lambda:PublishLayerVersion",
        ),
    },
)
"""Lambda, with actions of the Service Authorization Reference."""


def metadata_v1(instance: Raw) -> bool:
    """Tell whether the metadata service answers without a session."""
    options = instance["MetadataOptions"]
    return known(_ENABLED, options["HttpEndpoint"]) and known(_V1, options["HttpTokens"])


def public_addresses(instance: Raw) -> tuple[str, ...]:
    """Return the public addresses of every interface, each once."""
    return tuple(dict.fromkeys(_addresses(instance)))


def _addresses(instance: Raw) -> Iterator[str]:
    if instance.get("PublicIpAddress"):
        yield instance["PublicIpAddress"]
    for interface in instance["NetworkInterfaces"]:
        for private in interface.get("PrivateIpAddresses", ()):
            if "PublicIp" in private.get("Association", {}):
                yield private["Association"]["PublicIp"]
        for six in interface.get("Ipv6Addresses", ()):
            yield six["Ipv6Address"]


def policy_grants(answer: Raw | None) -> tuple[PublicGrant, ...]:
    """Return the function policy's grants to the public."""
    found = policy.public_grants(answer["Policy"] if answer else None, LAMBDA)
    return tuple(granted(grant, _may(grant)) for grant in found)


def _may(grant: policy.PublicGrant) -> tuple[str, ...]:
    by_url = any(key.lower() == _VIA_URL for key in grant.limited_by)
    return tuple(MAY_INVOKE_BY_URL if by_url and may == MAY_INVOKE else may for may in grant.may)


def url(answer: Raw | None) -> FunctionUrl | None:
    """Return the function's address."""
    if answer is None:
        return None
    return FunctionUrl(address=answer["FunctionUrl"], signed=known(_SIGNED, answer["AuthType"]))


def cluster_sources(answer: Raw) -> tuple[str, ...] | None:
    """Return the blocks from which the public address answers; nobody chose any: every address is EKS's default."""
    return tuple(answer["cluster"]["resourcesVpcConfig"].get("publicAccessCidrs") or ()) or None


INSTANCES: Final = Source(
    kind=Instance,
    # Of an instance EC2 says more than of anything else: a page of 1,000 takes 30 MB while it is read.
    listing=AwsCall("ec2", "DescribeInstances", "Reservations[].Instances", params={"MaxResults": 200}),
    keep=lambda instance: instance["State"]["Name"] not in _GONE,
    id="arn:{partition}:ec2:{region}:{account}:instance/{InstanceId}",
    name="{InstanceId}",
    fields={
        "metadata_v1": metadata_v1,
        "public_addresses": public_addresses,
        "role": "IamInstanceProfile.Arn?",
        "tags": tags,
    },
    lacking=(
        "confidential",
        "forwards_packets",
        "project_keys",
        "role_for_everything",
        "role_is_default",
        "serial_console",
        "verified_boot",
    ),
)

FUNCTIONS: Final = Source(
    kind=Function,
    listing=AwsCall("lambda", "ListFunctions", "Functions"),
    id="{FunctionArn}",
    name="{FunctionName}",
    details=[
        Detail(
            call=AwsCall(
                "lambda",
                "GetPolicy",
                given={"FunctionName": "{FunctionName}"},
                absent=("ResourceNotFoundException",),
            ),
            fills={"policy_grants": policy_grants},
        ),
        Detail(
            call=AwsCall(
                "lambda",
                "GetFunctionUrlConfig",
                given={"FunctionName": "{FunctionName}"},
                absent=("ResourceNotFoundException",),
            ),
            fills={"url": url},
        ),
        Detail(
            call=AwsCall("lambda", "ListTags", given={"Resource": "{FunctionArn}"}),
            fills={"tags": lambda answer: tag_map(answer.get("Tags"))},
        ),
    ],
)

_OF_ALIAS: Final = {"FunctionName": "{^.FunctionName}", "Qualifier": "{Name}"}

#: An alias has a policy and an address of its own.
ALIASES: Final = Source(
    kind=Function,
    listing=AwsCall("lambda", "ListAliases", "Aliases", given={"FunctionName": "{FunctionName}"}),
    under=FUNCTIONS,
    id="{AliasArn}",
    name="{^.FunctionName}:{Name}",
    details=[
        Detail(
            call=AwsCall("lambda", "GetPolicy", given=_OF_ALIAS, absent=("ResourceNotFoundException",)),
            fills={"policy_grants": policy_grants},
        ),
        Detail(
            call=AwsCall(
                "lambda", "GetFunctionUrlConfig", given=_OF_ALIAS, absent=("ResourceNotFoundException",)
            ),
            fills={"url": url},
        ),
    ],
    lacking=("tags",),
)

CLUSTERS: Final = Source(
    kind=Cluster,
    listing=AwsCall("eks", "ListClusters", "clusters", row=lambda name: {"name": name}),
    id="arn:{partition}:eks:{region}:{account}:cluster/{name}",
    name="{name}",
    details=[
        Detail(
            call=AwsCall("eks", "DescribeCluster", given={"name": "{name}"}),
            fills={
                "public": lambda answer: answer["cluster"]["resourcesVpcConfig"]["endpointPublicAccess"],
                "sources": cluster_sources,
                "tags": lambda answer: tag_map(answer["cluster"].get("tags")),
            },
        )
    ],
)

SOURCES: Final = (INSTANCES, FUNCTIONS, ALIASES, CLUSTERS)
