"""IAM users and their access keys, from IAM's own lists.

The credential report would hold all of it in one file, but up to four hours old, without the keys' ids, and only for
who may have it made.
"""

from typing import Final

from scanner.models.identity import AccessKey, User
from scanner.providers.aws.calls import AwsCall
from scanner.providers.aws.reading import tags
from scanner.providers.spec import PARENT, Detail, Raw, Source
from scanner.providers.values import known

_USER: Final = {"UserName": "{UserName}"}
_ACTIVE: Final = {"Active": True, "Inactive": False, "Expired": False}


def _of_user(operation: str, items: str = "", absent: tuple[str, ...] = ()) -> AwsCall:
    return AwsCall("iam", operation, items, given=_USER, absent=absent)


def key_id(key: Raw) -> str:
    """Return the id of an access key: that of its user, and its own."""
    return f"{key[PARENT]['Arn']}/access-key/{key['AccessKeyId']}"


USERS: Final = Source(
    kind=User,
    listing=AwsCall("iam", "ListUsers", "Users", params={"MaxItems": 1000}),
    level="account",
    id="{Arn}",
    name="{UserName}",
    fields={"created": "CreateDate", "password_used": "PasswordLastUsed?"},
    details=[
        Detail(
            call=_of_user("GetLoginProfile", absent=("NoSuchEntity",)),
            fills={"password": lambda answer: answer is not None and bool(answer["LoginProfile"])},
        ),
        Detail(call=_of_user("ListMFADevices", "MFADevices"), fills={"mfa": bool}),
        Detail(
            call=_of_user("ListAttachedUserPolicies", "AttachedPolicies"),
            fills={"attached_policies": lambda rows: tuple(row["PolicyArn"] for row in rows)},
        ),
        Detail(
            call=_of_user("ListUserPolicies", "PolicyNames"),
            fills={"inline_policies": tuple},
        ),
        Detail(
            call=_of_user("ListUserTags", "Tags"),
            fills={"tags": lambda rows: tags({"Tags": rows})},
        ),
    ],
)

ACCESS_KEYS: Final = Source(
    kind=AccessKey,
    listing=_of_user("ListAccessKeys", "AccessKeyMetadata"),
    under=USERS,
    level="account",
    id=key_id,
    name="{UserName} {AccessKeyId}",
    fields={"active": lambda key: known(_ACTIVE, key["Status"]), "created": "CreateDate"},
    details=[
        Detail(
            call=AwsCall("iam", "GetAccessKeyLastUsed", given={"AccessKeyId": "{AccessKeyId}"}),
            fills={"used": lambda answer: answer["AccessKeyLastUsed"].get("LastUsedDate")},
        )
    ],
    lacking=("tags",),
)

SOURCES: Final = (USERS, ACCESS_KEYS)
