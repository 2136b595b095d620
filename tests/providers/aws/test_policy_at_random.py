"""Thousands of random policies, each answered by sets and by asking about request after request."""

import json
import random
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from asking import Policy, Request, allowed, denied

from scanner.providers.aws.policy import plain_http, public_grants

pytestmark = pytest.mark.slow

ARN = "arn:aws:s3:::b"
ROLE = "arn:aws:iam::111122223333:role/x"
MANY = 4_000

PRINCIPALS: list[Any] = [
    *("*", "*", "*", "*", "*", {"AWS": "*"}, {"AWS": [ROLE, "*"]}, {"AWS": ["444455556666"]}),
    *({"AWS": ROLE}, {"AWS": "111122223333"}, {"Service": "cloudfront.amazonaws.com"}),
]
ACTIONS: list[Any] = [
    *("s3:*", "s3:*", "s3:*", "*", "s3:Get*", "S3:GetObject", "s3:?etObject", "s3:Put*", "sns:*"),
    ["s3:GetObject", "s3:PutObject"],
]
RESOURCES: list[Any] = [
    *([ARN, f"{ARN}/*"], [ARN, f"{ARN}/*"], f"{ARN}*", "*", ARN, f"{ARN}/*", f"{ARN}/a*"),
    *("arn:aws:s3:::c/*", "arn:aws:s3:::*"),
]
NARROW = ["203.0.113.0/24", "2001:db8::/32"]
CONDITIONS: list[tuple[str, str, Any]] = [
    *[
        (operator, "aws:SourceVpce", value)
        for operator in ("StringEquals", "StringNotEquals", "StringEqualsIfExists", "StringNotLike")
        for value in ("vpce-1", "vpce-2", ["vpce-1", "vpce-2"])
    ],
    *[(operator, "AWS:sourcevpce", "vpce-*") for operator in ("StringLike", "StringNotLike")],
    *[("Null", "aws:SourceVpce", value) for value in ("true", "false", True, False)],
    *[
        (operator, "aws:SourceIp", value)
        for operator in ("IpAddress", "IpAddressIfExists", "NotIpAddress")
        for value in ("0.0.0.0/1", "128.0.0.0/1", ["0.0.0.0/0", "::/0"], "203.0.113.0/24", NARROW)
    ],
    *[
        (f"{over}{operator}", "aws:PrincipalOrgPaths", "o-a/r-b/")
        for over in ("ForAnyValue:", "ForAllValues:")
        for operator in ("StringEquals", "StringNotEquals")
    ],
    *[
        (operator, "aws:PrincipalArn", ROLE)
        for operator in ("ArnEquals", "ArnNotLike", "ArnLikeIfExists", "StringEquals")
    ],
    ("StringLike", "aws:PrincipalArn", "*"),
    *[
        (operator, "aws:ViaAWSService", value)
        for operator in ("Bool", "BoolIfExists")
        for value in ("true", False)
    ],
]
TRANSPORT: list[tuple[str, str, Any]] = [
    *[
        ("Bool", "aws:SecureTransport", value)
        for value in ("false", False, ["false"], ["true", "false"], "true")
    ],
    ("BoolIfExists", "AWS:securetransport", "false"),
    ("StringNotEquals", "aws:SecureTransport", "true"),
    ("NumericLessThan", "s3:TlsVersion", "1.2"),
    ("NumericLessThanIfExists", "s3:TlsVersion", "1.2"),
]

Values = dict[str, list[list[str] | None]]

STRANGERS = [frozenset[str](), frozenset({"999999999999"})]
CALLERS = [
    *STRANGERS,
    frozenset({ROLE, "111122223333"}),
    *(frozenset({name}) for name in ("111122223333", "444455556666", "cloudfront.amazonaws.com")),
]
OF_STRANGERS: Values = {
    "aws:sourcevpce": [None, ["vpce-9"], ["other"]],
    "aws:sourceip": [None, ["1.2.3.4"], ["198.51.100.7"], ["2600::1"]],
    "aws:principalorgpaths": [None, ["o-z/r-z/"]],
    "aws:principalarn": [None, ["arn:aws:iam::999999999999:user/z"]],
    "aws:viaawsservice": [None, ["true"], ["false"]],
}
INSIDE: Values = {
    "aws:sourcevpce": [["vpce-1"], ["vpce-2"]],
    "aws:sourceip": [["203.0.113.9"], ["2001:db8::9"]],
    "aws:principalorgpaths": [["o-a/r-b/"], ["o-a/r-b/", "o-z/r-z/"]],
    "aws:principalarn": [[ROLE]],
    "aws:viaawsservice": [],
}
# Each tells patterns above apart that no other does.
ASKED = ["s3:GetObject", "s3:SetObject", "s3:GetOther", "s3:PutObject", "s3:PutOther", "s3:Other"]
HERE = [ARN, f"{ARN}/a", f"{ARN}/other"]


def condition(dice: random.Random, pieces: list[tuple[str, str, Any]]) -> Policy:
    block: Policy = {}
    for operator, key, value in pieces:
        block.setdefault(operator, {})[key] = value
    return {"Condition": block} if block or dice.random() < 0.1 else {}


def statement(dice: random.Random, effect: str, transport: float) -> Policy:
    pieces = [dice.choice(CONDITIONS) for _ in range(dice.choices((0, 1, 2), (4, 4, 1))[0])]
    if dice.random() < transport:
        pieces.append(dice.choice(TRANSPORT))
    chosen = {"Principal": PRINCIPALS, "Action": ACTIONS, "Resource": RESOURCES}
    elements = {
        f"{'Not' if dice.random() < 0.08 else ''}{name}": dice.choice(values)
        for name, values in chosen.items()
    }
    return {"Effect": effect, **elements, **condition(dice, pieces)}


def contexts(policy: list[Policy], values: Values) -> Iterator[dict[str, list[str]]]:
    """Every context of the keys that the policy has, with each key there or not."""
    blocks = [keys for one in policy for keys in one.get("Condition", {}).values()]
    named = {key.lower() for keys in blocks for key in keys} & set(values)
    for combined in product(*(values[key] for key in sorted(named))):
        yield {key: value for key, value in zip(sorted(named), combined, strict=True) if value is not None}


@pytest.mark.parametrize("seed", range(2))
def test_plain_http_is_refused_where_every_request_is(seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 - it need not be a secret
    values = {key: [*OF_STRANGERS[key], *INSIDE[key]] for key in INSIDE}
    told = []
    for _ in range(MANY):
        policy = [statement(dice, "Deny", 0.7) for _ in range(dice.choice((1, 1, 2, 3)))]
        asked = (
            Request(action, resource, names, {**context, "aws:securetransport": ["false"]})
            for context in contexts(policy, values)
            for names, resource, action in product(CALLERS, HERE, ASKED)
        )
        refused = all(denied(policy, request) for request in asked)
        assert (plain_http({"Statement": policy}, ARN).state == "refused") == refused, json.dumps(policy)
        told.append(refused)
    assert MANY / 20 < sum(told) < MANY / 2


@pytest.mark.parametrize("seed", range(2))
def test_a_policy_is_public_where_a_stranger_is_let_in(seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 - it need not be a secret
    values: Values = {
        **OF_STRANGERS,
        "aws:securetransport": [["true"], ["false"]],
        "s3:tlsversion": [None, ["1.1"], ["1.3"]],
    }
    told = []
    for _ in range(MANY):
        effects = ["Allow", *dice.choices(("Deny", "Deny", "Deny", "Allow"), k=dice.choice((0, 1, 2)))]
        policy = [statement(dice, effect, 0.2) for effect in effects]
        asked = (
            Request(action, resource, names, context)
            for context in contexts(policy, values)
            for names, resource, action in product(STRANGERS, HERE, ASKED)
        )
        public = any(allowed(policy, request) for request in asked)
        assert bool(public_grants({"Statement": policy}, arn=ARN)) == public, json.dumps(policy)
        told.append(public)
    assert MANY / 4 < sum(told) < MANY * 3 / 4
