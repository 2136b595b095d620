"""The exact permissions that a set of calls needs, as a policy that the cloud accepts. Pure."""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from scanner.models.resource import Cloud
from scanner.permissions.fitting import document, managed
from scanner.providers.spec import Call


def actions(calls: Iterable[Call]) -> tuple[str, ...]:
    """Return the permissions of the calls, sorted, each once; a call that needs none has none."""
    return tuple(sorted({call.permission for call in calls if call.permission}))


def granted(cloud: Cloud, calls: Iterable[Call]) -> tuple[str, ...]:
    """Return the permissions of the calls, and those that the cloud wants with them."""
    names = actions(calls)
    beyond = any(name.startswith("Microsoft.Network/") and _is_beyond(name) for name in names)
    return tuple(sorted({*names, *_ENDS})) if cloud is Cloud.AZURE and beyond else names


def policies(cloud: Cloud, calls: Iterable[Call]) -> list[str]:
    """Return the policies as texts of files: several where one would be larger than the cloud takes.

    Raises KeyError for a cloud without one.
    """
    return _POLICIES[cloud](granted(cloud, calls))


def to_sign_in(role: str) -> str:
    """Return the policy of whoever lists the accounts of an AWS organization, and takes on this role in each."""
    listing = document(
        [
            "organizations:ListAccounts",
            "organizations:ListAccountsForParent",
            "organizations:ListOrganizationalUnitsForParent",
        ]
    )
    taking = document(["sts:AssumeRole"], f"arn:*:iam::*:role/{role}")["Statement"][0]
    listing["Statement"].append({**taking, "Sid": "SurefootRoles"})
    return json.dumps(listing, indent=2) + "\n"


def _aws(names: tuple[str, ...]) -> list[str]:
    """IAM policy documents; every action is a List or Read, and none can be narrowed to a resource in a scan."""
    return [json.dumps(policy, indent=2) + "\n" for policy in managed(names)]


def _gcp(names: tuple[str, ...]) -> list[str]:
    """Return a custom role: `gcloud iam roles create surefoot --project PROJECT --file FILE` (or --organization)."""
    head = (
        "title: Surefoot",
        "description: What Surefoot reads for the selected rules; nothing in it changes anything.",
        "stage: GA",
        "includedPermissions:",
    )
    return ["\n".join([*head, *(f"- {name}" for name in names)]) + "\n"]


def _azure(names: tuple[str, ...]) -> list[str]:
    """Return a custom role: `az role definition create --role-definition FILE`."""
    scope = _GROUP if any(name.startswith("Microsoft.Management/") for name in names) else _SUBSCRIPTION
    role: Mapping[str, Any] = {
        "Name": "Surefoot",
        "IsCustom": True,
        "Description": "What Surefoot reads for the selected rules; nothing in it changes anything.",
        "Actions": list(names),
        "NotActions": [],
        "DataActions": [],
        "NotDataActions": [],
        "AssignableScopes": [scope],
    }
    return [json.dumps(role, indent=2) + "\n"]


_SUBSCRIPTION: Final = "/subscriptions/<subscription-id>"
#: Whoever lists what is in a management group needs the role there.
_GROUP: Final = "/providers/Microsoft.Management/managementGroups/<management-group-id>"

#: Where the outcome is that Azure's network service promised for later.
_ENDS: Final = (
    "Microsoft.Network/locations/operationResults/read",
    "Microsoft.Network/locations/operations/read",
)


def _is_beyond(name: str) -> bool:
    return not name.endswith("/read")


def beyond_reader(cloud: Cloud, calls: Mapping[str, Iterable[Call]]) -> Mapping[str, tuple[str, ...]]:
    """Return what the cloud's own role for readers lacks, to those that need it, of `calls` by who needs them.

    AWS and Google Cloud: nothing. Azure has reads that it wants as POST, which its role Reader does not hold.
    """
    lacking: dict[str, list[str]] = {}
    for needed_by, called in calls.items() if cloud is Cloud.AZURE else ():
        for name in filter(_is_beyond, actions(called)):
            lacking.setdefault(name, []).append(needed_by)
    return {name: tuple(lacking[name]) for name in sorted(lacking)}


_POLICIES: Final[Mapping[Cloud, Callable[[tuple[str, ...]], list[str]]]] = {
    Cloud.AWS: _aws,
    Cloud.GCP: _gcp,
    Cloud.AZURE: _azure,
}
