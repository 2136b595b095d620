"""The requests over plain HTTP to a bucket: what is known of them, and which of them statements lie over."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from scanner.providers.aws.policy import cover
from scanner.providers.aws.policy.document import Statement
from scanner.providers.aws.policy.globs import ONE, RUN, Tokens, literal
from scanner.providers.aws.policy.operators import Condition
from scanner.providers.aws.policy.situations import can_hold
from scanner.providers.aws.policy.values import says

TRANSPORT = SECURE, VERSION = "aws:securetransport", "s3:tlsversion"
"""The context keys, in lower case, that tell how a request comes."""

ACTIONS: Tokens = (*literal("s3:"), ONE, RUN)
_ARN = re.compile(r"arn:([^:]+):s3:::[^/]+")


@dataclass(frozen=True, slots=True)
class Half:
    """The bucket itself, or its objects: each request is for one of the two.

    `actions` are names for messages; what is covered is decided by patterns, for the actions of tomorrow too.
    """

    name: str
    partition: str
    universe: Tokens
    actions: tuple[str, ...]


def halves(arn: str) -> tuple[Half, Half]:
    """The two halves of the bucket with this ARN, in whatever partition."""
    named = _ARN.fullmatch(arn)
    if not named:
        raise ValueError(f"{arn!r} is not the ARN of a bucket")
    on_bucket = ("s3:ListBucket", "s3:GetBucketPolicy", "s3:PutBucketPolicy", "s3:DeleteBucket")
    on_objects = ("s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:PutObjectAcl")
    return (
        Half("the bucket itself", named[1], literal(arn), on_bucket),
        Half("its objects", named[1], (*literal(f"{arn}/"), ONE, RUN), on_objects),
    )


def facts(condition: Condition) -> tuple[bool | None, bool | None]:
    """What is known of all the requests: aws:SecureTransport is false, s3:TlsVersion is absent."""
    key = condition.key.lower()
    if key == SECURE:
        return True, says(condition, "false")
    if key == VERSION:
        return False, False
    return None, None


def speaks_of_transport(one: Statement) -> bool:
    """Whether the statement has a condition on how a request comes."""
    return any(condition.key.lower() in TRANSPORT for condition in one.conditions)


def touches(one: Statement, halves: Sequence[Half]) -> bool:
    """Whether the statement denies any request over plain HTTP to the bucket."""
    return (
        can_hold(one, facts)
        and 1 in cover.principals([one])
        and 1 in cover.actions([one], ACTIONS)
        and any(1 in resources([one], half, widest=True) for half in halves)
    )


def resources(denies: Sequence[Statement], half: Half, *, widest: bool = False) -> set[int]:
    """The ways in which a resource of the half can lie in the statements, at least or at most (`widest`)."""
    return cover.resources(denies, half.universe, widest=widest, partition=half.partition)
