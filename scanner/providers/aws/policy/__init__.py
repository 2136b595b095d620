"""What an AWS resource policy allows and denies, worked out by sets from its text alone."""

from scanner.providers.aws.policy.public import ALL_BUT, PublicGrant, public_grants
from scanner.providers.aws.policy.services import FIXING, OWNED, S3, Service
from scanner.providers.aws.policy.transport import PlainHttp, plain_http

__all__ = [
    "ALL_BUT",
    "FIXING",
    "OWNED",
    "S3",
    "PlainHttp",
    "PublicGrant",
    "Service",
    "plain_http",
    "public_grants",
]
