"""The account itself, with what stands over everything in it."""

from typing import Final

from scanner.models.account import Account
from scanner.models.storage import PublicBlock
from scanner.providers.aws.calls import AwsCall
from scanner.providers.spec import Detail, Once, Raw, Source


def public_block(answer: Raw | None) -> PublicBlock | None:
    """Return what a GetPublicAccessBlock answer takes the effect from: the bucket's and the account's look the same."""
    if answer is None:
        return None
    block = answer["PublicAccessBlockConfiguration"]
    return PublicBlock(policies=block["RestrictPublicBuckets"], acls=block["IgnorePublicAcls"])


ACCOUNT: Final = Source(
    kind=Account,
    listing=Once(),
    level="account",
    id="arn:{partition}:iam::{account}:root",
    name="{account}",
    details=[
        Detail(
            call=AwsCall(
                "s3control",
                "GetPublicAccessBlock",
                given={"AccountId": "{account}"},
                absent=("NoSuchPublicAccessBlockConfiguration",),
                permission="s3:GetAccountPublicAccessBlock",
            ),
            fills={"public_block": public_block},
        )
    ],
    lacking=("tags",),
)

SOURCES: Final = (ACCOUNT,)
