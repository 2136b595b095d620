"""Which grants of a resource policy are public: the cases of the S3 User Guide, and more."""

from typing import Any

import pytest

from scanner.providers.aws.messaging import SQS
from scanner.providers.aws.policy import FIXING, S3, PublicGrant, Service, public_grants

ROLE = "arn:aws:iam::111122223333:role/x"
ARN = "arn:aws:s3:::b"


def allow(condition: Any = None, **changes: Any) -> dict[str, Any]:
    """A statement that lets everyone read; a change of an element to None takes it away."""
    whole = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": f"{ARN}/*",
        "Condition": condition,
    }
    return {element: value for element, value in {**whole, **changes}.items() if value is not None}


def deny(condition: Any = None, **changes: Any) -> dict[str, Any]:
    return allow(condition, **{"Effect": "Deny", **changes})


def found(*statements: dict[str, Any]) -> tuple[PublicGrant, ...]:
    return public_grants({"Statement": list(statements)})


READ = PublicGrant("everyone", ("s3:GetObject",), ("read",))


@pytest.mark.parametrize(
    "condition",
    [
        {"StringEquals": {"aws:SourceVpc": "vpc-91237329"}},
        {"StringEquals": {"AWS:sourcevpce": ["vpce-1", "vpce-2"]}},
        {"ForAnyValue:StringEquals": {"aws:PrincipalOrgPaths": "o-a/r-b/ou-c/"}},
        {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3"}},
        {"StringLike": {"aws:PrincipalAccount": "111122223333"}},
        {"ArnEquals": {"aws:PrincipalArn": ROLE}},
        {"ArnLike": {"aws:SourceArn": "arn:aws:sns:eu-west-1:111122223333:topic"}},
        {"StringEqualsIgnoreCase": {"aws:SourceOwner": "111122223333"}},
        {"StringEquals": {"aws:userid": "AIDAEXAMPLE"}},
        {"StringEquals": {"s3:x-amz-server-side-encryption-aws-kms-key-id": "arn:aws:kms:eu-west-1:1:key/k"}},
        {"StringEquals": {"s3:DataAccessPointAccount": 111122223333}},
        {"StringLike": {"s3:DataAccessPointArn": "arn:aws:s3:us-west-2:123456789012:accesspoint/*"}},
        {"IpAddress": {"aws:SourceIp": "203.0.113.7"}},
        {"IpAddress": {"aws:SourceIp": "203.0.113.7/24"}},
        {"IpAddress": {"aws:SourceIp": ["11.0.0.0/8", "2001:db8::/32"]}},
        {"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"]}},
        {"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}, "StringEquals": {"aws:SourceVpc": "vpc-1"}},
        {
            "ForAllValues:StringEquals": {"aws:PrincipalOrgPaths": "o-a/r-b/ou-c/"},
            "Null": {"AWS:PrincipalOrgPaths": "false"},
        },
        {"StringEqualsIfExists": {"aws:SourceVpce": "vpce-1"}, "Null": {"aws:SourceVpce": False}},
    ],
)
def test_fixed_values_are_not_public(condition: Any) -> None:
    assert found(allow(condition)) == ()


@pytest.mark.parametrize(
    "condition",
    [
        {"StringLike": {"aws:SourceVpc": "vpc-*"}},
        {"StringEquals": {"aws:SourceVpce": ["vpce-1", "vpce-?"]}},
        {"StringEquals": {"aws:SourceAccount": "${aws:PrincipalAccount}"}},
        {"StringNotEquals": {"aws:SourceVpc": "vpc-91237329"}},
        {"StringEqualsIfExists": {"aws:SourceVpc": "vpc-91237329"}},
        {"ForAllValues:StringEquals": {"aws:SourceVpc": "vpc-91237329"}},
        {"StringEqualsIfExists": {"aws:SourceVpce": "vpce-1"}, "Null": {"aws:SourceVpce": ["true", "false"]}},
        {"Null": {"aws:SourceVpce": "false"}},
        {"StringLike": {"s3:DataAccessPointArn": "arn:aws:s3:us-west-2:*:accesspoint/*"}},
        {
            "StringLike": {
                "s3:DataAccessPointArn": "arn:aws:s3:us-west-2:123456789012:accesspoint/${aws:userid}"
            }
        },
        {"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:111122223333:*"}},
        {"StringLike": {"aws:Referer": "https://example.com/"}},
        {"Bool": {"aws:SecureTransport": "true"}},
        {"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}},
        {"IpAddress": {"aws:SourceIp": "0.0.0.0/1"}},
        {"IpAddress": {"aws:SourceIp": "2001::/31"}},
        {"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "10.0.0.0/7"]}},
        {"IpAddress": {"aws:SourceIp": [f"{n}.0.0.0/8" for n in range(256)]}},
        {"IpAddress": {"aws:SourceIp": ["2400::/32", "2400:1::/32"]}},
        {"IpAddress": {"aws:SourceIp": "203.0.113.0/240"}},
        {"StringLike": {"aws:SourceIp": "203.*"}},
    ],
)
def test_other_conditions_leave_it_public(condition: Any) -> None:
    (grant,) = found(allow(condition))
    assert grant.principal == "everyone"
    assert grant.may == ("read",)
    assert set(grant.limited_by) == {key for keys in condition.values() for key in keys}


@pytest.mark.parametrize(
    ("principal", "public"),
    [
        ("*", "everyone"),
        ({"AWS": "*"}, "everyone"),
        ({"AWS": [ROLE, "*"]}, "everyone"),
        ({"Federated": "graph.facebook.com"}, "any-account"),
        ({"AWS": "arn:aws:iam::*:root"}, "any-account"),
        ({"AWS": "arn:aws:iam::11112222333?:role/x"}, "any-account"),
        ({"AWS": "arn:aws:iam::111122223333:role/*"}, None),
        ({"AWS": "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1A2B3"}, None),
        ({"AWS": ["111122223333", ROLE]}, None),
        ({"Service": "cloudtrail.amazonaws.com"}, None),
        ({"Federated": "arn:aws:iam::111122223333:saml-provider/x"}, None),
        ({"CanonicalUser": "79a59df900b949e5"}, None),
    ],
)
def test_principals(principal: Any, public: str | None) -> None:
    assert [grant.principal for grant in found(allow(Principal=principal))] == ([public] if public else [])


def test_everyone_but_a_few_is_the_public_and_all_but_everyone_is_nobody() -> None:
    assert found(allow(Principal=None, NotPrincipal={"AWS": ROLE})) == (READ,)
    assert found(allow(Principal=None, NotPrincipal={"AWS": "*"})) == ()


@pytest.mark.parametrize(
    ("condition", "principal"),
    [
        ({"StringLike": {"aws:PrincipalArn": "*"}}, "any-account"),
        ({"StringLike": {"aws:PrincipalOrgID": "o-*"}}, "any-account"),
        ({"StringEquals": {"aws:username": "bob"}}, "any-account"),
        ({"StringEquals": {"aws:PrincipalTag/team": "a"}}, "any-account"),
        ({"StringLikeIfExists": {"aws:PrincipalArn": "*"}}, "everyone"),
        ({"StringNotLike": {"aws:PrincipalArn": ROLE}}, "everyone"),
    ],
)
def test_a_condition_on_the_caller_asks_to_sign_in(condition: Any, principal: str) -> None:
    assert [grant.principal for grant in found(allow(condition))] == [principal]


@pytest.mark.parametrize(
    ("changes", "may"),
    [
        ({"Action": "s3:*"}, ("read", "list", "write", "admin")),
        ({"Action": "*"}, ("read", "list", "write", "admin")),
        ({"Action": ["s3:getobject*", "s3:List*"]}, ("read", "list")),
        ({"Action": "s3:PutObject"}, ("write",)),
        ({"Action": "s3:PutObject?cl"}, ("admin",)),
        ({"Action": None, "NotAction": ["s3:Get*", "s3:List*"]}, ("write", "admin")),
        ({"Action": "s3:GetBucketLocation"}, ("other",)),
    ],
)
def test_what_a_grant_comes_to(changes: dict[str, Any], may: tuple[str, ...]) -> None:
    assert [grant.may for grant in found(allow(**changes))] == [may]


def test_actions_are_told_as_written() -> None:
    (grant,) = found(allow(Action=None, NotAction=["s3:Put*", "s3:Delete*"]))
    assert grant.actions == ("all but", "s3:Put*", "s3:Delete*")


def test_actions_of_another_service_open_nothing_here() -> None:
    assert found(allow(Action=["sns:*"]), allow(Action=None, NotAction="s3:*")) == ()


def test_each_public_statement_is_a_grant() -> None:
    assert found(allow(Principal={"AWS": ROLE}), allow(), allow(Action="s3:PutObject")) == (
        READ,
        PublicGrant("everyone", ("s3:PutObject",), ("write",)),
    )


@pytest.mark.parametrize(
    "denies",
    [
        [deny()],
        [deny(Action="S3:Get*", Resource="*")],
        [deny(Action=None, NotAction="s3:Put*")],
        [deny(Action="s3:*", Principal=None, NotPrincipal={"AWS": ROLE})],
        [deny(Resource=f"{ARN}/a*"), deny(Resource=None, NotResource=f"{ARN}/a*")],
        [deny({"StringNotEquals": {"aws:PrincipalOrgID": "o-a1b2c3"}})],
        [deny({"StringNotEqualsIfExists": {"aws:SourceVpce": ["vpce-1", "vpce-2"]}})],
        [deny({"NotIpAddress": {"aws:SourceIp": ["203.0.113.0/24", "2001:db8::/48"]}})],
        [deny({"ArnNotLike": {"aws:PrincipalArn": ROLE}, "StringNotEquals": {"aws:SourceVpc": "vpc-1"}})],
        [deny({"ForAllValues:StringNotEquals": {"aws:PrincipalOrgPaths": "o-a/r-b/"}})],
        [deny({"Bool": {"aws:SecureTransport": "false"}}), deny({"Bool": {"aws:SecureTransport": True}})],
        [
            deny({"StringNotEquals": {"aws:SourceVpce": "vpce-1"}, "Bool": {"aws:ViaAWSService": "false"}}),
            deny(
                {"StringNotEquals": {"aws:SourceVpc": "vpc-1"}, "BoolIfExists": {"aws:ViaAWSService": True}}
            ),
        ],
    ],
)
def test_a_deny_of_the_same_to_everybody_takes_it_away(denies: list[dict[str, Any]]) -> None:
    assert found(allow(), *denies) == ()
    assert found(*denies, allow()) == ()


@pytest.mark.parametrize(
    "other",
    [
        deny({"Bool": {"aws:SecureTransport": "false"}}),
        deny({"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3"}}),
        deny({"StringNotLike": {"aws:PrincipalOrgID": "o-*"}}),
        deny({"ForAnyValue:StringNotEquals": {"aws:PrincipalOrgPaths": "o-a/r-b/"}}),
        deny({"StringNotEquals": {"aws:SourceVpce": "vpce-1"}, "Null": {"aws:SourceVpce": "false"}}),
        deny({"StringNotEquals": {"aws:SourceVpce": "vpce-1"}, "Bool": {"aws:ViaAWSService": "false"}}),
        deny({"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}, Resource=f"{ARN}/private/*"),
        deny({"NotIpAddress": {"aws:SourceIp": "0.0.0.0/1"}}),
        deny({"IpAddress": {"aws:SourceIp": ["0.0.0.0/0", "::/0"]}}),
        deny({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}),
        deny(Principal={"AWS": ROLE}),
        deny(Principal=None, NotPrincipal="*"),
        deny(Action="s3:GetObjectAcl"),
        deny(Resource=f"{ARN}/private/*"),
        deny(Resource=f"{ARN}/${{aws:username}}/*"),
        deny(Resource=None, NotResource=f"{ARN}/${{aws:username}}/*"),
    ],
)
def test_a_deny_of_less_does_not(other: dict[str, Any]) -> None:
    assert found(allow(), other) == (READ,)


def test_a_deny_takes_what_it_names_out_of_what_a_grant_comes_to() -> None:
    everything = allow(Action="s3:*", Resource="*")
    (grant,) = found(
        everything, deny(Action=["s3:Put*", "s3:Delete*"], Resource="*"), deny(Action="s3:B*", Resource="*")
    )
    assert grant.may == ("read", "list", "write")  # s3:RestoreObject and s3:AbortMultipartUpload are left
    (grant,) = found(everything, deny(Action=None, NotAction="s3:GetObject*", Resource="*"))
    assert grant.may == ("read",)


def test_what_a_grant_and_a_deny_share_is_denied() -> None:
    plain = {"Bool": {"aws:SecureTransport": "false"}}
    assert found(allow(plain), deny(plain)) == ()
    assert found(allow({"StringNotEquals": {"aws:SecureTransport": "true"}}), deny(plain)) == ()
    assert found(allow({"Bool": {"aws:SecureTransport": "true"}}), deny(plain)) != ()


def test_a_policy_with_many_conditions_is_public_until_a_sure_deny() -> None:
    asks = {f"aws:RequestTag/{n}": "a" for n in range(20)}
    some = [deny({"StringEquals": {key: value}}) for key, value in asks.items()]
    assert len(found(allow({"StringEquals": asks}))) == 1
    assert len(found(allow({"StringEquals": asks}), *some)) == 1
    assert found(allow(), *some) == (READ,)
    assert found(allow({"StringEquals": asks}), *some, deny()) == ()
    assert found(allow({"StringEquals": {**asks, "aws:SourceVpce": "vpce-1"}}), deny(Resource=ARN)) == ()


@pytest.mark.parametrize("partition", ["aws", "aws-cn"])
def test_a_policy_is_read_for_its_own_bucket(partition: str) -> None:
    def own(*statements: dict[str, Any]) -> bool:
        return bool(public_grants({"Statement": list(statements)}, arn=f"arn:{partition}:s3:::b"))

    assert own(allow())
    assert not own(allow(Resource="arn:aws:s3:::other/*"))
    assert not own(allow(Resource=None, NotResource=f"{ARN}*"))
    assert own(allow(Resource=None, NotResource=f"{ARN}/private/*"))
    assert not own(allow(Resource="*"), deny(Resource=[ARN, f"{ARN}/*"]))
    assert own(allow(Resource="*", Action="s3:*"), deny(Resource=f"{ARN}/*", Action="s3:*"))


def test_a_grant_of_a_variable_is_as_wide_as_the_variable() -> None:
    assert found(allow(Resource=f"{ARN}/${{aws:username}}/*"), deny(Resource=f"{ARN}/bob/*")) == (READ,)


def test_another_service_is_other_words() -> None:
    sns = Service(
        "sns", FIXING, {"read": ("sns:Subscribe",), "write": ("sns:Publish",)}, frozenset({"aws:sourcearn"})
    )
    statement = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": ["SNS:Publish", "SNS:Subscribe"]}
    owner = {"StringEquals": {"AWS:SourceOwner": "111122223333"}}
    bucket = {"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:111122223333:*"}}
    grant = PublicGrant("everyone", ("SNS:Publish", "SNS:Subscribe"), ("read", "write"))
    assert public_grants({"Statement": statement}, sns) == (grant,)
    assert public_grants({"Statement": {**statement, "Condition": owner}}, sns) == ()
    assert public_grants({"Statement": {**statement, "Condition": bucket}}, sns) == ()


@pytest.mark.parametrize(
    ("condition", "public"),
    [
        ({"ArnLike": {"aws:SourceArn": "arn:aws:sns:eu-west-1:111122223333:*"}}, False),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:*:*:111122223333:*"}}, False),
        ({"ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/*"}}, False),
        ({"StringLike": {"aws:SourceArn": "arn:aws:sns:eu-west-1:111122223333:*"}}, False),
        ({"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-a1b2c3/r-ab12/*"}}, False),
        ({"StringEquals": {"aws:SourceOrgID": "o-a1b2c3"}}, False),
        ({"StringEquals": {"aws:VpceAccount": "111122223333"}}, False),
        ({"StringEquals": {"aws:PrincipalOrgID": "${aws:ResourceOrgID}"}}, False),
        ({"StringEquals": {"aws:SourceAccount": "${aws:ResourceAccount}"}}, False),
        ({"StringEquals": {"aws:SourceAccount": "${aws:PrincipalAccount}"}}, True),
        ({"StringLike": {"aws:SourceAccount": "${aws:ResourceAccount}*"}}, True),
        ({"StringLike": {"aws:SourceArn": "arn:aws:sns:*:111122223333:*"}}, True),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:s3:*:*:bucket"}}, True),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:sns:eu-west-1:11112222333?:*"}}, True),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:sns:eu-west-1:111122223333:${aws:username}"}}, True),
        ({"ArnLikeIfExists": {"aws:SourceArn": "arn:aws:sns:eu-west-1:111122223333:*"}}, True),
        ({"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-*/r-ab12/*"}}, True),
        ({"ForAllValues:StringLike": {"aws:PrincipalOrgPaths": "o-a1b2c3/*"}}, True),
    ],
)
def test_a_wildcard_beside_the_account_is_public_for_s3_alone(condition: Any, public: bool) -> None:  # noqa: FBT001
    statement = {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Condition": condition}
    assert bool(public_grants({"Statement": statement}, SQS)) == public


def test_no_policy_grants_nothing() -> None:
    assert public_grants(None) == ()
    assert S3.prefix == "s3"


def test_malformed_is_said() -> None:
    with pytest.raises(ValueError, match=r"Statement\[0\].Effect is 'allow', not Allow or Deny"):
        found(allow(Effect="allow"))
