"""What stands at a project as a whole: its roles, its audit logs, its inventory, whom Google writes to."""

from collections.abc import Sequence
from typing import Final

from scanner.models.project import ADMIN_READ, DATA_READ, DATA_WRITE, ProjectSettings, RoleGrant
from scanner.providers.gcp.calls import GcpCall
from scanner.providers.gcp.policies import bindings
from scanner.providers.spec import Detail, Once, Raw, Source
from scanner.providers.values import known

_LOG_TYPES: Final = {"ADMIN_READ": ADMIN_READ, "DATA_READ": DATA_READ, "DATA_WRITE": DATA_WRITE}
_EVERY_SERVICE: Final = "allServices"
_STATES: Final = {"ENABLED": True, "DISABLED": False}

POLICY: Final = GcpCall(
    "cloudresourcemanager",
    "projects.getIamPolicy",
    path="v3/{+resource}:getIamPolicy",
    method="POST",
    body=("options",),
    given={"resource": "projects/{account}"},
    params={"options": {"requestedPolicyVersion": 3}},
)

CONTACTS: Final = GcpCall(
    "essentialcontacts",
    "projects.contacts.compute",
    "contacts",
    path="v1/{+parent}/contacts:compute",
    given={"parent": "projects/{account}"},
    # "All" are those who are written to about anything.
    params={"notificationCategories": "ALL", "pageSize": 100},
    permission="essentialcontacts.contacts.list",
)

INVENTORY: Final = GcpCall(
    "serviceusage",
    "services.get",
    path="v1/{+name}",
    given={"name": "projects/{account}/services/cloudasset.googleapis.com"},
)


def grants(policy: Raw) -> tuple[RoleGrant, ...]:
    """Return each role of each member; one that has been deleted has none any more."""
    return tuple(
        RoleGrant(who=member, role=binding["role"])
        for binding in bindings(policy)
        for member in binding["members"]
        if not member.startswith("deleted:")
    )


def logged(policy: Raw) -> tuple[str, ...]:
    """Return which calls of all services are logged beside changes."""
    found = {
        known(_LOG_TYPES, one["logType"])
        for config in _audited(policy)
        if config["service"] == _EVERY_SERVICE
        for one in config["auditLogConfigs"]
    }
    return tuple(sorted(found))


def unlogged_members(policy: Raw) -> tuple[str, ...]:
    """Return whose calls are left out, of any service."""
    found = {
        member
        for config in _audited(policy)
        for one in config["auditLogConfigs"]
        for member in one.get("exemptedMembers") or ()
    }
    return tuple(sorted(found))


def _audited(policy: Raw) -> Sequence[Raw]:
    bindings(policy)  # which says when this is no policy
    found: Sequence[Raw] = policy.get("auditConfigs") or ()
    return found


def contacts(found: Sequence[Raw]) -> tuple[str, ...]:
    """Return the subjects on which somebody is written to, in lower case; a refused address counts for nobody."""
    told = {
        subject.lower().replace("_", " ")
        for contact in found
        if contact.get("validationState") != "INVALID"
        for subject in contact["notificationCategorySubscriptions"]
    }
    return tuple(sorted(told))


SETTINGS: Final = Source(
    kind=ProjectSettings,
    listing=Once(),
    level="account",
    id="//cloudresourcemanager.googleapis.com/projects/{account}",
    name="{account}",
    details=[
        Detail(
            call=POLICY,
            fills={"grants": grants, "logged": logged, "unlogged_members": unlogged_members},
        ),
        Detail(call=CONTACTS, fills={"contacts": contacts}),
        Detail(call=INVENTORY, fills={"asset_history": lambda answer: known(_STATES, answer["state"])}),
    ],
    # The labels of a project stand at its account.
    lacking=("tags",),
)

SOURCES: Final = (SETTINGS,)
