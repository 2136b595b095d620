"""IAM users, their access keys, and policies: managed ones, and those that stand in users, groups and roles themselves.

The credential report would hold all of it in one file, but up to four hours old, without the keys' ids, and only for
who may have it made.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from fnmatch import fnmatchcase
from typing import Any, Final
from urllib.parse import unquote

from scanner.models.identity import AccessKey, Policy, User
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


#: Patterns of names that leave nothing out: `*`, `arn:aws:*`, `arn:*:*:*:*:*`.
_EVERY_RESOURCE: Final = re.compile(r"\*+|arn:(\*|aws[a-z-]*)(:\*+)+")


def allows_everything(answer: Raw) -> bool:
    """Tell whether a version of a policy allows every action on everything; of the document nothing else is kept.

    A Deny beside it changes little: whoever may do everything else may take it away. Raises ValueError for a document
    that is none.
    """
    return _unlimited(_statements(answer["PolicyVersion"]["Document"]))


def _statements(document: Any) -> Iterator[Raw]:
    """Yield the statements, of which a policy may have one without a list. IAM's own encoding is that of URLs."""
    read = json.loads(unquote(document)) if isinstance(document, str) else document
    statements = read["Statement"]
    yield from [statements] if isinstance(statements, dict) else statements


def _unlimited(statements: Iterable[Raw]) -> bool:
    """Tell whether statements on every resource leave no action out: by one of them, or two that fit together."""
    wide = [
        statement
        for statement in statements
        if statement["Effect"] == "Allow"
        and not statement.get("Condition")
        and any(_EVERY_RESOURCE.fullmatch(resource) for resource in _listed(statement.get("Resource")))
    ]
    allowed = [action.lower() for statement in wide for action in _listed(statement.get("Action"))]
    left_out = [_listed(statement["NotAction"]) for statement in wide if "NotAction" in statement]
    return any(not action.strip("*:") for action in allowed) or any(
        all(any(fnmatchcase(action.lower(), one) for one in allowed) for action in actions)
        for actions in left_out
    )


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value or ())


def details_of(kind: str) -> Callable[[Raw], Raw]:
    """Return what reads the details of a `User`, a `Group` or a `Role`; its lists are left out where they are empty."""

    def read(holder: Raw) -> Raw:
        policies = holder.get(f"{kind}PolicyList") or ()
        inline = [one["PolicyName"] for one in policies]
        return {
            "Arn": holder["Arn"],
            "Name": f"{holder[f'{kind}Name']}: {', '.join(inline)}",
            "Documents": [one["PolicyDocument"] for one in policies],
            "Inline": inline,
            "Attached": [one["PolicyArn"] for one in holder.get("AttachedManagedPolicies") or ()],
            "Tags": holder.get("Tags") or [],
        }

    return read


def _details(kind: str) -> AwsCall:
    return AwsCall(
        "iam",
        "GetAccountAuthorizationDetails",
        f"{kind}DetailList",
        params={"Filter": [kind], "MaxItems": 1000},
        row=details_of(kind),
    )


def _any_allows_everything(raw: Raw) -> bool:
    return _unlimited(statement for document in raw["Documents"] for statement in _statements(document))


def policy_tags(policy: Raw) -> Iterator[str]:
    """Yield what policies of AWS do not have."""
    if policy["Arn"].split(":")[4] == "aws":
        yield "tags"


def _one(rows: list[Raw]) -> Raw:
    """Return the details of one user. Raises LookupError where there are none: the user is new, or gone."""
    if not rows:
        raise LookupError("does not hold the details of the user")
    return rows[0]


_USER_DETAILS: Final = _details("User")

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
        # One call for all users, and the one in which their own policies stand.
        Detail(
            call=_USER_DETAILS,
            per="scope",
            join=("Arn", "{Arn}"),
            fills={
                "attached_policies": lambda rows: tuple(_one(rows)["Attached"]),
                "inline_policies": lambda rows: tuple(_one(rows)["Inline"]),
                "tags": lambda rows: tags(_one(rows)),
            },
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

POLICIES: Final = Source(
    kind=Policy,
    # Of AWS's own there are more than a thousand; those that nobody has are no matter.
    listing=AwsCall(
        "iam", "ListPolicies", "Policies", params={"OnlyAttached": True, "Scope": "All", "MaxItems": 1000}
    ),
    level="account",
    id="{Arn}",
    name="{PolicyName}",
    fields={"attached_to": "AttachmentCount"},
    details=[
        Detail(
            call=AwsCall(
                "iam", "GetPolicyVersion", given={"PolicyArn": "{Arn}", "VersionId": "{DefaultVersionId}"}
            ),
            fills={"allows_everything": allows_everything},
        ),
        Detail(
            call=AwsCall("iam", "ListPolicyTags", "Tags", given={"PolicyArn": "{Arn}"}),
            when=lambda policy: "tags" not in policy_tags(policy),
            fills={"tags": lambda rows: tags({"Tags": rows})},
        ),
    ],
    not_applicable=policy_tags,
)


def _inline(call: AwsCall) -> Source:
    """All that stand in one holder are one policy. Lists of them hold names alone, and would take a call for each."""
    return Source(
        kind=Policy,
        listing=call,
        level="account",
        keep=lambda raw: bool(raw["Documents"]),
        id="{Arn}/inline-policies",
        name="{Name}",
        fields={"allows_everything": _any_allows_everything, "attached_to": lambda _: 1},
        # Tags are of whom it stands in.
        lacking=("tags",),
    )


OF_USERS: Final = _inline(_USER_DETAILS)
OF_GROUPS: Final = _inline(_details("Group"))
OF_ROLES: Final = _inline(_details("Role"))

SOURCES: Final = (USERS, ACCESS_KEYS, POLICIES, OF_USERS, OF_GROUPS, OF_ROLES)
