"""Resource policies: what they do with plain HTTP, checked against tables and a request-by-request oracle."""

import csv
import json
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.providers.aws.policy import PlainHttp, plain_http, public_grants
from scanner.providers.aws.policy.globs import ONE, RUN, Names, glob, kinds, literal
from scanner.providers.aws.policy.globs import resource as pattern

Policy = dict[str, Any]

ARN = "arn:aws:s3:::b"
BOTH = [ARN, f"{ARN}/*"]
FALSE = {"Bool": {"aws:SecureTransport": "false"}}
ROLE = "arn:aws:iam::111122223333:role/x"
IN_NET = {"aws:SourceIp": "203.0.113.0/24"}
WORDS = {"FULL": "refused", "PARTIAL": "partly", "NONE": "accepted"}


def deny(**changes: Any) -> Policy:
    """A statement that refuses all plain HTTP; a change of an element to None takes it away."""
    whole = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": BOTH, "Condition": FALSE}
    return {element: value for element, value in {**whole, **changes}.items() if value is not None}


def when(**operators: Any) -> Policy:
    """The refusing statement with another Condition; `ForAllValues_Bool` stands for `ForAllValues:Bool`."""
    return deny(Condition={operator.replace("_", ":"): keys for operator, keys in operators.items()})


def secure(value: Any, operator: str = "Bool") -> Policy:
    return when(**{operator: {"aws:SecureTransport": value}})


def resource(*names: str, **changes: Any) -> Policy:
    return deny(Resource=list(names), **changes)


def not_action(*names: str, **changes: Any) -> Policy:
    return deny(Action=None, NotAction=list(names), **changes)


def cases() -> Iterator[tuple[str, str, Any]]:
    with (Path(__file__).parent / "s3_tls_policies.tsv").open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows, delimiter="\t", quoting=csv.QUOTE_NONE):
            yield f"{row['id']} {row['title']}", WORDS[row["expected"]], json.loads(row["policy"])


REFUSED: dict[str, list[Policy]] = {
    "Principal *": [deny()],
    "Principal AWS list": [deny(Principal={"AWS": ["*"]})],
    "Principal * among others": [deny(Principal={"AWS": [ROLE, "*"], "Service": "ec2.amazonaws.com"})],
    "NotPrincipal and that principal": [
        deny(Principal=None, NotPrincipal={"AWS": ROLE}),
        deny(Principal={"AWS": ROLE}),
    ],
    "NotPrincipal and the account of that principal": [
        deny(Principal=None, NotPrincipal={"AWS": ROLE}),
        deny(Principal={"AWS": "111122223333"}),
    ],
    "an account by number and by root": [
        deny(Principal=None, NotPrincipal={"AWS": "arn:aws:iam::111122223333:root"}),
        deny(Principal={"AWS": ["111122223333"]}),
    ],
    "an account by root and by number": [
        deny(Principal=None, NotPrincipal={"AWS": "111122223333"}),
        deny(Principal={"AWS": "arn:aws:iam::111122223333:root"}),
    ],
    "boolean value": [secure(value=False)],
    "boolean value in a list": [secure([False])],
    "value in other case": [secure("False")],
    "both values": [secure(["false", "true"])],
    "key in other case": [when(Bool={"AWS:securetransport": "false"})],
    "operator in other case": [when(bool={"aws:SecureTransport": "false"})],
    "StringEquals": [secure("false", "StringEquals")],
    "StringEqualsIgnoreCase": [secure("FALSE", "StringEqualsIgnoreCase")],
    "StringNotEquals": [secure("true", "StringNotEquals")],
    "StringLike": [secure("f*", "StringLike")],
    "StringNotLike": [secure("tr?e", "StringNotLike")],
    "ForAnyValue": [secure("false", "ForAnyValue:Bool")],
    "ForAllValues": [secure("false", "ForAllValues:BoolIfExists")],
    "a key that is always there": [when(Null={"aws:SecureTransport": "false"})],
    "a TLS version that is absent": [when(Null={"s3:TlsVersion": True})],
    "a TLS version other than": [when(NumericNotEquals={"s3:TlsVersion": ["1.2", "1.3"]})],
    "all TLS versions, of none": [when(ForAllValues_NumericLessThan={"s3:TlsVersion": 1.2})],
    "two operators that both hold": [
        when(Bool={"aws:SecureTransport": "false"}, NumericLessThanIfExists={"s3:TlsVersion": "1.2"}),
    ],
    "two keys that both hold": [
        when(StringEqualsIfExists={"aws:SecureTransport": "false", "s3:TlsVersion": "1.2"}),
    ],
    "a condition that anything meets": [
        when(Bool={"aws:SecureTransport": "false"}, StringLikeIfExists={"aws:PrincipalArn": ["*"]}),
    ],
    "every address, and none": [
        when(
            Bool={"aws:SecureTransport": "false"}, IpAddressIfExists={"aws:SourceIp": ["0.0.0.0/0", "::/0"]}
        ),
    ],
    "halves of the addresses": [
        when(Bool={"aws:SecureTransport": "false"}, IpAddress={"aws:SourceIp": ["0.0.0.0/1", "::/0"]}),
        when(Bool={"aws:SecureTransport": "false"}, IpAddressIfExists={"aws:SourceIp": "128.0.0.0/1"}),
    ],
    "outside of two blocks that share nothing": [
        when(Bool={"aws:SecureTransport": "false"}, NotIpAddress=IN_NET),
        when(Bool={"aws:SecureTransport": "false"}, NotIpAddress={"aws:SourceIp": "198.51.100.0/24"}),
    ],
    "not one endpoint, and not another": [
        when(StringNotEquals={"aws:SourceVpce": "vpce-1", "aws:SecureTransport": "true"}),
        when(StringNotLike={"aws:SourceVpce": "vpce-2*", "aws:SecureTransport": "true"}),
    ],
    "one, another, and neither": [
        when(Bool={"aws:SecureTransport": "false"}, StringEquals={"aws:SourceVpce": "vpce-1"}),
        when(Bool={"aws:SecureTransport": "false"}, StringEquals={"aws:SourceVpce": "vpce-2"}),
        when(Bool={"aws:SecureTransport": "false"}, StringNotEquals={"aws:SourceVpce": ["vpce-1", "vpce-2"]}),
    ],
    "by a service, and not": [
        when(Bool={"aws:SecureTransport": "false"}, BoolIfExists={"aws:ViaAWSService": "true"}),
        when(Bool={"aws:SecureTransport": "false", "aws:ViaAWSService": "false"}),
    ],
    "an ARN and its complement by the operator's other name": [
        when(Bool={"aws:SecureTransport": "false"}, ArnEquals={"aws:PrincipalArn": ROLE}),
        when(Bool={"aws:SecureTransport": "false"}, ArnNotLike={"aws:PrincipalArn": ROLE}),
    ],
    "no condition": [deny(Condition=None)],
    "an empty condition": [deny(Condition={})],
    "Action *": [deny(Action="*")],
    "Action in other case": [deny(Action="S3:*")],
    "Action s3*": [deny(Action=["s3:GetObject", "s3*"])],
    "Action with ?": [deny(Action="s?:?*")],
    "NotAction of another service": [not_action("sns:*", "iam:PassRole")],
    "Action and its complement": [deny(Action="s3:Get*"), not_action("s3:get*")],
    "Action and less than its complement": [deny(Action="s3:*Object*"), not_action("s3:GetObject")],
    "two complements that share nothing": [not_action("s3:Get*"), not_action("s3:Put*")],
    "one of several is whole": [deny(Action="s3:Get*"), deny(), resource(ARN)],
    "Resource *": [deny(Resource="*")],
    "Resource of all buckets": [deny(Resource="arn:aws:s3:::*")],
    "Resource with wildcards elsewhere": [resource("arn:*:s3:::?", "arn:*:s3:::?/*")],
    "Resource of another partition's name": [resource("arn:aws-cn:s3:::b", "arn:aws-us-gov:s3:::b/*")],
    "Resource among others": [resource("arn:aws:s3:::other", *BOTH)],
    "NotResource of another bucket": [deny(Resource=None, NotResource="arn:aws:s3:::other/*")],
    "NotResource and that resource": [
        deny(Resource=None, NotResource=f"{ARN}/public/*"),
        resource(f"{ARN}/public/*"),
    ],
    "an object that is called *, and the others": [
        deny(Resource=None, NotResource=f"{ARN}/${{*}}"),
        resource(f"{ARN}/${{*}}"),
    ],
    "objects of one character or more": [resource(ARN, f"{ARN}/?*")],
    "bucket and objects apart": [resource(ARN), resource(f"{ARN}/*")],
    "actions apart on objects": [
        resource(ARN),
        resource(f"{ARN}/*", Action="s3:Get*"),
        not_action("s3:Get*", Resource="*"),
    ],
    "address and its complement": [
        when(Bool={"aws:SecureTransport": "false"}, IpAddress=IN_NET),
        when(Bool={"aws:SecureTransport": "false"}, NotIpAddress=IN_NET),
    ],
    "a key there, and absent": [
        when(Bool={"aws:SecureTransport": "false"}, Null={"aws:SourceVpce": "true"}),
        when(Bool={"aws:SecureTransport": "false"}, Null={"AWS:SourceVpce": False}),
    ],
    "the complement without transport": [
        when(Bool={"aws:SecureTransport": "false"}, StringEquals={"aws:SourceVpc": "vpc-1"}),
        when(StringNotEquals={"aws:SourceVpc": "vpc-1"}),
    ],
}

PARTLY: dict[str, list[Policy]] = {
    "objects only": [resource(f"{ARN}/*")],
    "objects of two characters or more": [resource(ARN, f"{ARN}/??*")],
    "objects of a prefix": [resource(ARN, f"{ARN}/logs/*")],
    "objects in folders": [resource(ARN, f"{ARN}/*/*")],
    "objects of a variable": [resource(ARN, f"{ARN}/${{aws:username}}/*")],
    "nothing but a variable": [resource(f"{ARN}/${{aws:username}}/*")],
    "a variable left out": [deny(Resource=None, NotResource=f"{ARN}/${{aws:username}}/*")],
    "a star that is a plain character": [resource(ARN, f"{ARN}/${{*}}")],
    "other case of letters": [resource(ARN, "arn:aws:s3:::B/*")],
    "NotResource of some objects": [deny(Resource=None, NotResource=[f"{ARN}/public/*"])],
    "bucket whole, objects denied all the same": [resource(ARN), resource(f"{ARN}/x", Condition=None)],
    "verbs that are not all": [deny(Action=["s3:Get*", "s3:Put*", "s3:List*", "s3:Delete*"])],
    "NotAction of a verb": [not_action("s3:Get*")],
    "NotAction and an overlap that is not enough": [not_action("s3:Get*"), deny(Action="s3:GetObject*")],
    "actions on the wrong halves": [
        resource(ARN, Action="s3:Get*"),
        resource(f"{ARN}/*", Action=None, NotAction="s3:Get*"),
    ],
    "a service": [deny(Principal={"Service": "cloudtrail.amazonaws.com"})],
    "a canonical user": [deny(Principal={"CanonicalUser": "79a59df900b949e5"})],
    "an account but not its role": [
        deny(Principal=None, NotPrincipal={"AWS": "111122223333"}),
        deny(Principal={"AWS": ROLE}),
    ],
    "two exempt, one caught": [
        deny(Principal=None, NotPrincipal={"AWS": [ROLE, "444455556666"]}),
        deny(Principal={"AWS": ROLE}),
    ],
    "not AWS services": [when(Bool={"aws:SecureTransport": "false", "aws:PrincipalIsAWSService": "false"})],
    "not AWS services, if told": [
        when(Bool={"aws:SecureTransport": "false"}, BoolIfExists={"aws:PrincipalIsAWSService": "false"}),
    ],
    "not an endpoint": [
        when(Bool={"aws:SecureTransport": "false"}, StringNotEquals={"aws:SourceVpce": "vpce-1"}),
    ],
    "not a role": [when(Bool={"aws:SecureTransport": "false"}, ArnNotLike={"aws:PrincipalArn": ROLE})],
    "signed in callers": [
        when(Bool={"aws:SecureTransport": "false"}, StringLike={"aws:PrincipalArn": "*"}),
    ],
    "addresses that are no complements": [
        when(Bool={"aws:SecureTransport": "false"}, IpAddress=IN_NET),
        when(Bool={"aws:SecureTransport": "false"}, NotIpAddress={"aws:SourceIp": "203.0.112.0/23"}),
    ],
    "every address, but not the requests of an endpoint": [
        when(Bool={"aws:SecureTransport": "false"}, IpAddress={"aws:SourceIp": ["0.0.0.0/0", "::/0"]}),
    ],
    "every address of the fourth version": [
        when(Bool={"aws:SecureTransport": "false"}, IpAddressIfExists={"aws:SourceIp": "0.0.0.0/0"}),
    ],
    "outside of two blocks, one in the other": [
        when(Bool={"aws:SecureTransport": "false"}, NotIpAddress=IN_NET),
        when(Bool={"aws:SecureTransport": "false"}, NotIpAddress={"aws:SourceIp": "203.0.113.128/25"}),
    ],
    "a block that is none": [
        when(Bool={"aws:SecureTransport": "false"}, IpAddress={"aws:SourceIp": ["0.0.0.0/0", "::/0", "x"]}),
    ],
    "not one endpoint, and not those like it": [
        when(StringNotEquals={"aws:SourceVpce": "vpce-1", "aws:SecureTransport": "true"}),
        when(StringNotLike={"aws:SourceVpce": "vpce-?", "aws:SecureTransport": "true"}),
    ],
    "a tag of two values, which may have a third": [
        when(Bool={"aws:SecureTransport": "false"}, BoolIfExists={"aws:PrincipalTag/a": "true"}),
        when(Bool={"aws:SecureTransport": "false", "aws:PrincipalTag/a": "false"}),
    ],
    "equal and not equal, where absent": [
        when(Bool={"aws:SecureTransport": "false"}, StringEquals={"aws:SourceVpc": "vpc-1"}),
        when(
            Bool={"aws:SecureTransport": "false"},
            StringNotEquals={"aws:SourceVpc": "vpc-1"},
            Null={"aws:SourceVpc": "false"},
        ),
    ],
    "all and any of several values are no complements": [
        when(Bool={"aws:SecureTransport": "false"}, ForAllValues_StringEquals={"aws:TagKeys": "a"}),
        when(Bool={"aws:SecureTransport": "false"}, ForAllValues_StringNotEquals={"aws:TagKeys": "a"}),
    ],
    "a value that varies": [secure("${aws:PrincipalTag/tls}", "StringEquals")],
    "an operator for other values": [secure("0", "NumericEquals")],
    "all objects denied without condition": [resource(f"{ARN}/*", Condition=None)],
}

ACCEPTED: dict[str, list[Policy]] = {
    "no statements": [],
    "Allow only over TLS": [deny(Effect="Allow", Condition={"Bool": {"aws:SecureTransport": "true"}})],
    "Deny over TLS": [secure("true")],
    "Deny over TLS, negated": [secure("false", "StringNotEquals")],
    "Deny when the key is absent": [when(Null={"aws:SecureTransport": "true"})],
    "a value that nothing matches": [secure("no")],
    "no values": [secure([])],
    "a value in other case, where case counts": [secure("False", "StringEquals")],
    "old TLS versions": [when(NumericLessThan={"s3:TlsVersion": "1.2"})],
    "any of the TLS versions, of none": [when(ForAnyValue_NumericNotEquals={"s3:TlsVersion": "1.2"})],
    "two operators, one of which never holds": [
        when(Bool={"aws:SecureTransport": "false"}, NumericLessThan={"s3:TlsVersion": "1.2"}),
    ],
    "two keys, one of which never holds": [
        when(StringEquals={"aws:SecureTransport": "false", "s3:TlsVersion": "1.2"}),
    ],
    "another bucket": [resource("arn:aws:s3:::other", "arn:aws:s3:::other/*", "arn:aws:s3:::bb/*")],
    "all but this bucket": [deny(Resource=None, NotResource=BOTH)],
    "another service": [deny(Action=["sns:*", "s3-object-lambda:*"])],
    "all but S3": [not_action("s3:*")],
    "nobody": [deny(Principal=None, NotPrincipal="*")],
    "nobody, in other words": [deny(Principal=None, NotPrincipal={"AWS": "*"})],
    "uploads without encryption": [
        when(Null={"s3:x-amz-server-side-encryption": "true"}),
    ],
    "one action denied without condition": [deny(Action="s3:DeleteBucket", Condition=None)],
}

TABLE = [
    *cases(),
    *(
        (caption, state, {"Version": "2012-10-17", "Statement": policy})
        for state, table in (("refused", REFUSED), ("partly", PARTLY), ("accepted", ACCEPTED))
        for caption, policy in table.items()
    ),
]


@pytest.mark.parametrize(("state", "policy"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_plain_http(state: str, policy: Any) -> None:
    found = plain_http(policy, ARN)
    assert found.state == state
    assert bool(found.reasons) == (state != "refused")
    assert plain_http(json.dumps(policy), ARN).state == state


def test_a_statement_may_stand_alone() -> None:
    assert plain_http({"Statement": deny()}, ARN) == PlainHttp("refused")


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov", "aws-iso-b"])
def test_every_partition_is_alike(partition: str) -> None:
    arn = f"arn:{partition}:s3:::logs.example.com"
    for first, second in ((arn, f"{arn}/*"), (f"{arn}*", f"{arn}*"), (f"arn:{partition}:s3:::*", "*")):
        assert plain_http({"Statement": deny(Resource=[first, second])}, arn) == PlainHttp("refused")
    assert plain_http({"Statement": deny(Resource=f"{arn}/*")}, arn).state == "partly"


@pytest.mark.parametrize(
    ("policy", "reason"),
    [
        (None, "there is no bucket policy"),
        ([], "no statement of the bucket policy denies plain HTTP"),
        ([deny(Resource=ARN)], "plain HTTP is refused only on the bucket itself"),
        ([deny(Resource=f"{ARN}/*")], "plain HTTP is refused only on its objects"),
        (
            [deny(Resource=[ARN, f"{ARN}/a/*"])],
            "plain HTTP is refused only on the bucket itself and on some of its objects",
        ),
        ([deny(Action="s3:Get*")], "plain HTTP is refused for some actions only, not for s3:ListBucket"),
        ([deny(Principal={"AWS": ROLE})], "plain HTTP is refused to some principals only"),
        (
            [when(Bool={"aws:SecureTransport": "false"}, IpAddress=IN_NET)],
            "plain HTTP is refused only under further conditions on aws:SourceIp",
        ),
        (
            [
                deny(Resource=ARN, Action="s3:List*"),
                deny(Action=None, NotAction="s3:List*"),
                resource(f"{ARN}/*/*"),
            ],
            "plain HTTP is not refused for some actions on its objects",
        ),
        (
            [
                deny(Resource=ARN, Action="s3:*t"),
                deny(Resource=f"{ARN}/*"),
                not_action("s3:*t", Principal={"AWS": ROLE}),
            ],
            "plain HTTP is not refused for s3:GetBucketPolicy, s3:PutBucketPolicy on the bucket itself",
        ),
        ([secure("true")], "a Deny statement is for requests over TLS, and so not for plain HTTP"),
        (
            [when(NumericLessThan={"s3:TlsVersion": 1.2})],
            "a Deny statement compares the TLS version, which plain HTTP does not have",
        ),
        (
            [deny(Resource="arn:aws:s3:::bb")],
            "a Deny statement for plain HTTP matches nothing in this bucket",
        ),
        (
            [deny(Effect="Allow", Condition={"Bool": {"aws:SecureTransport": "true"}})],
            "an Allow statement asks for TLS, but identity policies can still allow plain HTTP",
        ),
    ],
)
def test_reasons(policy: list[Policy] | None, reason: str) -> None:
    assert plain_http(None if policy is None else {"Statement": policy}, ARN).reasons[-1] == reason


@pytest.mark.parametrize(
    ("document", "complaint"),
    [
        ("", "the policy is not JSON: "),
        ("{", "the policy is not JSON: "),
        ("[" * 100_000, "the policy is not JSON: "),
        (
            '{"Statement": [{"Condition": {"Bool": {}, "Null": {}, "Bool": {"aws:SecureTransport": "false"}}}]}',
            "the policy is not JSON: 'Bool' is twice in one object",
        ),
        (b"{}", "the policy is b'{}', not a JSON object"),
        ("[]", "the policy is a list, not a JSON object"),
        ({"Version": "2012-10-17"}, "the policy has no Statement"),
        ({"Statement": None}, "Statement[0] is null, not an object"),
        ({"Statement": [deny(), "Deny"]}, "Statement[1] is 'Deny', not an object"),
        ({"Statement": deny(Effect="deny")}, "Statement[0].Effect is 'deny', not Allow or Deny"),
        ({"Statement": deny(Effect=["Deny"])}, "Statement[0].Effect is a list, not Allow or Deny"),
        (
            {"Statement": deny(Conditions=FALSE)},
            "Statement[0] has an element that is 'Conditions', not one of ",
        ),
        ({"Statement": deny(Action=None)}, "Statement[0] has neither Action nor NotAction"),
        ({"Statement": deny(NotAction="s3:Get*")}, "Statement[0] has both Action and NotAction"),
        ({"Statement": deny(Principal=None)}, "Statement[0] has neither Principal nor NotPrincipal"),
        ({"Statement": deny(Principal=ROLE)}, f"Statement[0].Principal is '{ROLE}', not an object or \"*\""),
        ({"Statement": deny(Principal={})}, "Statement[0].Principal is empty"),
        (
            {"Statement": deny(Principal={"*": "*"})},
            "Statement[0].Principal has a type that is '*', not one of AWS",
        ),
        ({"Statement": deny(Principal={"AWS": 1})}, "Statement[0].Principal.AWS is 1, not a string"),
        ({"Statement": deny(Action=[])}, "Statement[0].Action is empty"),
        ({"Statement": deny(Resource=[ARN, {}])}, "Statement[0].Resource is an object, not a string"),
        ({"Statement": deny(Resource=None)}, "a Deny statement has neither Resource nor NotResource"),
        ({"Statement": deny(Condition=[FALSE])}, "Statement[0].Condition is a list, not an object"),
        ({"Statement": when(Bool="false")}, "Statement[0].Condition.Bool is 'false', not an object"),
        ({"Statement": when(Bool={})}, "Statement[0].Condition.Bool is empty"),
        (
            {"Statement": when(Boole={"aws:SecureTransport": "false"})},
            "Statement[0].Condition has an operator that is 'Boole', not one that is known",
        ),
        (
            {"Statement": when(Bool={"aws:SecureTransport": None})},
            "Statement[0].Condition.Bool.aws:SecureTransport is null, not a string, number or boolean",
        ),
    ],
)
def test_malformed(document: object, complaint: str) -> None:
    with pytest.raises(ValueError, match=re.escape(complaint)):
        plain_http(document, ARN)


def test_what_is_not_a_bucket() -> None:
    with pytest.raises(ValueError, match="not the ARN of a bucket"):
        plain_http(None, "b")


def test_a_long_policy_is_quick_and_a_hopeless_one_is_refused() -> None:
    folders = [f"{ARN}/team{n}/folder-{n * 7}/*" for n in range(300)]
    verbs = [
        f"s3:{verb}{noun}{n}" for verb in ("Get", "Put") for noun in ("Object", "Bucket") for n in range(50)
    ]
    assert plain_http({"Statement": [deny(Resource=folders, Action=verbs), deny()]}, ARN).state == "refused"
    letters = [f"s3:*{letter}*" for letter in "abcdefghijklmnopqrstuvwxyz"]
    with pytest.raises(ValueError, match="too many and too alike"):
        plain_http({"Statement": deny(Action=letters)}, ARN)


def test_many_open_questions_leave_the_plain_answer() -> None:
    asked = [when(StringEquals={f"aws:PrincipalTag/{n}": "a"}) for n in range(20)]
    assert plain_http({"Statement": [*asked, deny()]}, ARN).state == "refused"
    assert plain_http({"Statement": [*asked, deny(Resource=ARN)]}, ARN).state == "partly"
    asks = {f"aws:PrincipalTag/{n}": "a" for n in range(20)}
    both = when(Bool={"aws:SecureTransport": "false"}, StringEquals=asks)
    assert plain_http({"Statement": both}, ARN).state == "partly"


# An oracle that knows no sets: it asks each statement about each of a few requests. The requests tell every
# pattern below from every other, so that the two must always agree on "refused".
ACTIONS = ["*", "s3:*", "S3:Get*", "s3:GetObject", "s3:Put*", "s3:?etObject", "sns:*"]
RESOURCES = ["*", f"{ARN}*", ARN, f"{ARN}/*", f"{ARN}/a*", f"{ARN}/?", "arn:aws:s3:::c/*"]
PRINCIPALS: list[Any] = ["*", {"AWS": ["*"]}, {"AWS": ROLE}, {"AWS": "111122223333"}, {"AWS": "444455556666"}]
CONDITIONS: list[Policy] = [
    {},
    FALSE,
    FALSE,
    {"Bool": {"aws:SecureTransport": "true"}},
    {"NumericLessThan": {"s3:TlsVersion": "1.2"}},
    {"NumericLessThanIfExists": {"s3:TlsVersion": "1.2"}},
    {**FALSE, "StringEquals": {"aws:SourceVpc": "v"}},
    {**FALSE, "StringNotEquals": {"aws:SourceVpc": "v"}},
    {**FALSE, "Null": {"aws:SourceVpc": "true"}},
]
REQUESTS = list(
    product(
        ["s3:getobject", "s3:getbucketacl", "s3:putobject", "s3:setobject", "s3:x"],
        [ARN, f"{ARN}/a", f"{ARN}/b", f"{ARN}/ab", f"{ARN}/bb"],
        [{"*"}, {"*", ROLE, "111122223333"}, {"*", "111122223333"}, {"*", "444455556666"}],
        [None, "v", "w"],
    ),
)


def listed(statement: Policy, element: str) -> tuple[list[str], bool]:
    name = element if element in statement else f"Not{element}"
    value = statement[name]
    value = value["AWS"] if isinstance(value, dict) else value
    return value if isinstance(value, list) else [value], name != element


def denied(statement: Policy, action: str, resource: str, caller: set[str], vpc: str | None) -> bool:
    patterns, but = listed(statement, "Action")
    in_action = any(fnmatchcase(action, pattern.lower()) for pattern in patterns) != but
    patterns, but = listed(statement, "Resource")
    in_resource = any(fnmatchcase(resource, pattern) for pattern in patterns) != but
    names, but = listed(statement, "Principal")
    in_principal = bool(caller & set(names)) != but
    condition = statement["Condition"]
    met = {
        "Bool": condition.get("Bool") == {"aws:SecureTransport": "false"},
        "NumericLessThan": False,
        "NumericLessThanIfExists": True,
        "StringEquals": vpc == "v",
        "StringNotEquals": vpc != "v",
        "Null": vpc is None,
    }
    return in_action and in_resource and in_principal and all(met[operator] for operator in condition)


def element(name: str, values: st.SearchStrategy[Any]) -> st.SearchStrategy[Policy]:
    return st.builds(lambda but, value: {f"{but}{name}": value}, st.sampled_from(["", "", "", "Not"]), values)


STATEMENTS = st.builds(
    lambda action, resource, principal, condition: {
        "Effect": "Deny",
        **action,
        **resource,
        **principal,
        "Condition": condition,
    },
    element("Action", st.lists(st.sampled_from(ACTIONS), min_size=1, max_size=2)),
    element("Resource", st.lists(st.sampled_from(RESOURCES), min_size=1, max_size=2)),
    element("Principal", st.sampled_from([*PRINCIPALS[:1] * 4, *PRINCIPALS])),
    st.sampled_from(CONDITIONS),
)


@given(st.lists(STATEMENTS, min_size=1, max_size=4))
def test_sets_agree_with_requests_asked_one_by_one(policy: list[Policy]) -> None:
    found = plain_http({"Statement": policy}, ARN)
    answers = {any(denied(one, *request) for one in policy) for request in REQUESTS}
    assert (found.state == "refused") == (answers == {True})
    if found.state == "partly":
        assert True in answers


@given(st.lists(STATEMENTS, min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_the_order_of_statements_changes_nothing(policy: list[Policy], random: Any) -> None:
    shuffled = random.sample(policy, len(policy))
    assert plain_http({"Statement": shuffled}, ARN).state == plain_http({"Statement": policy}, ARN).state


def test_patterns_are_compared_over_characters_that_none_of_them_has() -> None:
    assert kinds((ONE,), [Names((glob("a"), glob("B")))]) == {0, 1}
    assert kinds((ONE,), [Names((glob("a"),), all_but=True), Names((glob("?"),))]) == {0b10, 0b11}
    assert kinds((RUN,), [Names(()), Names((glob("*?*"),))]) == {0, 0b10}


def test_runs_side_by_side_may_all_be_empty() -> None:
    tokens = pattern("${a}*${b}x", widest=True)
    assert tokens is not None
    assert kinds(literal("x"), [Names((tokens,))]) == {1}
    assert pattern("${a}x", widest=False) is None


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["*", ARN, "Deny"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
NAMES = ["Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"]
VALUES = st.text("s3:GetObjct*?${}/ab", max_size=12) | st.sampled_from([*ACTIONS, *RESOURCES, ROLE])
MANY = VALUES | st.lists(VALUES, max_size=3)
OPERATORS = [
    "Bool",
    "BoolIfExists",
    "Null",
    "StringLike",
    "ForAllValues:StringNotEquals",
    "NotIpAddress",
    "DateEquals",
]
KEYS = ["aws:SecureTransport", "s3:TlsVersion", "aws:SourceIp", "aws:PrincipalArn"]
BLOCKS = st.dictionaries(
    st.sampled_from(OPERATORS),
    st.dictionaries(st.sampled_from(KEYS), MANY | st.booleans(), max_size=2),
    max_size=3,
)
SHAPES = st.dictionaries(st.sampled_from(NAMES), JSON, max_size=8) | st.fixed_dictionaries(
    {
        "Effect": st.sampled_from(["Allow", "Deny"]),
        "Principal": st.just("*") | st.dictionaries(st.sampled_from(["AWS", "Federated"]), MANY),
        "Action": MANY,
        "Resource": MANY,
    },
    optional={"Condition": BLOCKS | JSON},
)


@given(
    JSON | st.fixed_dictionaries({"Statement": JSON | SHAPES | st.lists(SHAPES, max_size=3)}), st.booleans()
)
def test_any_shape_is_answered_or_called_malformed(document: object, as_text: bool) -> None:  # noqa: FBT001
    given_document = json.dumps(document) if as_text else document
    for answer in (lambda: plain_http(given_document, ARN), lambda: public_grants(given_document)):
        try:
            answer()
        except ValueError as error:
            assert str(error)  # noqa: PT017
