"""Instances, functions and clusters: from AWS's answers, and through the real SDK against moto."""

import json
from typing import Any

import boto3
import pytest
from collecting import collected
from mapped import mapped, unfilled

from scanner.models.compute import MAY_INVOKE, MAY_INVOKE_BY_URL, Cluster, Function, FunctionUrl, Instance
from scanner.models.resource import Code
from scanner.models.storage import ANY_ACCOUNT, EVERYONE, MAY_ADMIN
from scanner.providers.aws.compute import ALIASES, CLUSTERS, FUNCTIONS, INSTANCES, SOURCES

INSTANCE: dict[str, Any] = {
    "InstanceId": "i-1",
    "ImageId": "ami-1",
    "State": {"Code": 16, "Name": "running"},
    "PublicIpAddress": "203.0.113.7",
    "MetadataOptions": {
        "State": "applied",
        "HttpTokens": "optional",
        "HttpPutResponseHopLimit": 1,
        "HttpEndpoint": "enabled",
        "HttpProtocolIpv6": "disabled",
        "InstanceMetadataTags": "disabled",
    },
    "IamInstanceProfile": {"Arn": "arn:aws:iam::123456789012:instance-profile/web", "Id": "AIPA1"},
    "NetworkInterfaces": [
        {
            "NetworkInterfaceId": "eni-1",
            "Association": {"PublicIp": "203.0.113.7", "IpOwnerId": "amazon"},
            "Ipv6Addresses": [{"Ipv6Address": "2001:db8::7", "IsPrimaryIpv6": False}],
            "PrivateIpAddresses": [
                {"Primary": True, "PrivateIpAddress": "10.0.0.4", "Association": {"PublicIp": "203.0.113.7"}},
                {
                    "Primary": False,
                    "PrivateIpAddress": "10.0.0.5",
                    "Association": {"PublicIp": "203.0.113.8"},
                },
                {"Primary": False, "PrivateIpAddress": "10.0.0.6"},
            ],
        }
    ],
    "Tags": [{"Key": "Name", "Value": "web"}],
}
ARN = "arn:aws:lambda:eu-west-1:123456789012:function:hook"
FUNCTION = {"FunctionName": "hook", "FunctionArn": ARN, "Runtime": "python3.12", "Version": "$LATEST"}


def test_every_field_is_filled() -> None:
    assert [unfilled(source) for source in SOURCES] == [set()] * 4


def test_an_alias_has_a_policy_of_its_own() -> None:
    alias = {"AliasArn": f"{ARN}:live", "Name": "live", "FunctionVersion": "7"}
    everyone = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "lambda:InvokeFunction",
        "Resource": f"{ARN}:live",
    }
    made = mapped(
        ALIASES,
        alias,
        parent=FUNCTION,
        GetPolicy={"Policy": json.dumps({"Version": "2012-10-17", "Statement": [everyone]})},
        GetFunctionUrlConfig=None,
    )
    assert isinstance(made, Function)
    assert (made.id, made.name, made.url) == (f"{ARN}:live", "hook:live", None)
    assert [grant.may for grant in made.policy_grants] == [("invoke",)]
    [policy, url] = [detail.call.given for detail in ALIASES.details]
    assert policy == url == {"FunctionName": "{^.FunctionName}", "Qualifier": "{Name}"}


def test_an_instance() -> None:
    made = mapped(INSTANCES, INSTANCE)
    assert isinstance(made, Instance)
    assert made.id == "arn:aws:ec2:eu-west-1:123456789012:instance/i-1"
    assert made.public_addresses == ("203.0.113.7", "203.0.113.8", "2001:db8::7")
    assert (made.metadata_v1, made.role) == (True, "arn:aws:iam::123456789012:instance-profile/web")
    assert (made.tags, set(made.unread)) == ({"Name": "web"}, set(INSTANCES.lacking))


@pytest.mark.parametrize(
    ("options", "v1"),
    [
        ({"HttpTokens": "required", "HttpEndpoint": "enabled"}, False),
        ({"HttpTokens": "optional", "HttpEndpoint": "disabled"}, False),
        ({"HttpTokens": "sometimes", "HttpEndpoint": "enabled"}, Code.MALFORMED),
        ({}, Code.MALFORMED),
    ],
)
def test_metadata_options(options: dict[str, str], v1: object) -> None:
    made = mapped(INSTANCES, {**INSTANCE, "MetadataOptions": options})
    assert isinstance(made, Instance)
    assert (made.metadata_v1 if made.known("metadata_v1") else made.why("metadata_v1").code) == v1


def test_user_data_and_what_is_gone_are_not_kept() -> None:
    assert "UserData" not in str(INSTANCES.fields)
    assert INSTANCES.keep is not None
    kept = [
        name for name in ("running", "stopped", "terminated") if INSTANCES.keep({"State": {"Name": name}})
    ]
    assert kept == ["running", "stopped"]


def statement(action: str, condition: dict[str, Any] | None = None, who: Any = "*") -> dict[str, Any]:
    said = {"Sid": "a", "Effect": "Allow", "Principal": who, "Action": action, "Resource": ARN}
    return {**said, "Condition": condition} if condition else said


NONE = {"StringEquals": {"lambda:FunctionUrlAuthType": "NONE"}}


@pytest.mark.parametrize(
    ("one", "grants"),
    [
        (statement("lambda:InvokeFunction"), [(EVERYONE, (MAY_INVOKE,))]),
        (statement("lambda:InvokeFunctionUrl", NONE), [(EVERYONE, (MAY_INVOKE_BY_URL,))]),
        (
            statement("lambda:InvokeFunction", {"Bool": {"lambda:InvokedViaFunctionUrl": "true"}}),
            [(EVERYONE, (MAY_INVOKE_BY_URL,))],
        ),
        (
            statement("lambda:*", {"StringLike": {"aws:PrincipalArn": "*"}}),
            [(ANY_ACCOUNT, (MAY_INVOKE, MAY_INVOKE_BY_URL, MAY_ADMIN))],
        ),
        (statement("lambda:InvokeFunction", {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}), []),
        (statement("lambda:InvokeFunction", None, {"Service": "s3.amazonaws.com"}), []),
    ],
)
def test_policies(one: dict[str, Any], grants: list[Any]) -> None:
    policy = json.dumps({"Version": "2012-10-17", "Id": "default", "Statement": [one]})
    made = mapped(FUNCTIONS, FUNCTION, GetPolicy={"Policy": policy, "RevisionId": "1"})
    assert isinstance(made, Function)
    assert [(grant.who, grant.may) for grant in made.policy_grants] == grants


def test_urls() -> None:
    url = {"FunctionUrl": "https://a.lambda-url.eu-west-1.on.aws/", "FunctionArn": ARN, "AuthType": "NONE"}
    made = mapped(
        FUNCTIONS, FUNCTION, GetFunctionUrlConfig=url, GetPolicy=None, ListTags={"Tags": {"a": "b"}}
    )
    assert isinstance(made, Function)
    assert (made.url, made.policy_grants) == (FunctionUrl(address=url["FunctionUrl"], signed=False), ())
    assert (made.tags, made.unread) == ({"a": "b"}, {})
    none = mapped(FUNCTIONS, FUNCTION, GetFunctionUrlConfig=None)
    assert isinstance(none, Function)
    assert none.url is None


def test_a_cluster() -> None:
    network = {
        "endpointPublicAccess": True,
        "endpointPrivateAccess": False,
        "publicAccessCidrs": ["0.0.0.0/0"],
    }
    answer = {"cluster": {"name": "k", "resourcesVpcConfig": network, "tags": {"team": "shop"}}}
    made = mapped(CLUSTERS, {"name": "k"}, DescribeCluster=answer)
    assert isinstance(made, Cluster)
    assert made.id == "arn:aws:eks:eu-west-1:123456789012:cluster/k"
    assert (made.public, made.sources, made.tags) == (True, ("0.0.0.0/0",), {"team": "shop"})
    bare = {"cluster": {"name": "k", "resourcesVpcConfig": {"endpointPublicAccess": True}}}
    other = mapped(CLUSTERS, {"name": "k"}, DescribeCluster=bare)
    assert isinstance(other, Cluster)
    assert (other.public, other.sources) == (True, None)


@pytest.mark.usefixtures("moto")
def test_through_the_sdk() -> None:
    ec2 = boto3.client("ec2", region_name="eu-west-1")
    tokens = {"HttpTokens": "required"}
    made = ec2.run_instances(ImageId="ami-12c6146b", MinCount=2, MaxCount=2, MetadataOptions=tokens)[
        "Instances"
    ]
    first, second = (instance["InstanceId"] for instance in made)
    ec2.terminate_instances(InstanceIds=[second])
    network = {"subnetIds": [], "endpointPublicAccess": False}
    boto3.client("eks", region_name="eu-west-1").create_cluster(
        name="k", roleArn="arn:aws:iam::123456789012:role/eks", resourcesVpcConfig=network
    )
    found = collected([INSTANCES, CLUSTERS])
    assert set(found) == {
        f"arn:aws:ec2:eu-west-1:123456789012:instance/{first}",
        "arn:aws:eks:eu-west-1:123456789012:cluster/k",
    }
    assert found[f"arn:aws:ec2:eu-west-1:123456789012:instance/{first}"].metadata_v1 is False
    assert found["arn:aws:eks:eu-west-1:123456789012:cluster/k"].public is False
