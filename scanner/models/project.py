"""What stands at a Google Cloud project as a whole: who may do what in it, and what it writes down and tells."""

from typing import ClassVar, Final

from scanner.models.resource import UNREAD, Facts, Resource

#: Calls that audit logs can keep.
ADMIN_READ: Final = "admin read"
DATA_READ: Final = "data read"
DATA_WRITE: Final = "data write"


class RoleGrant(Facts):
    """One role that one member has in the whole project."""

    who: str = UNREAD
    """The member, as the cloud names it: `user:`, `group:`, `serviceAccount:`, `domain:` ... or `allUsers`."""
    role: str = UNREAD
    """The role: `roles/owner`, or one that somebody made."""


class ProjectSettings(Resource):
    """Settings of one Google Cloud project, once, in the region `global`. Other clouds have others: see their kinds."""

    title: ClassVar[str] = "project settings"

    grants: tuple[RoleGrant, ...] = UNREAD
    """Roles in the project itself, with a condition or without; not those that folders and the organization hand
    down. `bindings` of projects.getIamPolicy."""
    logged: tuple[str, ...] = UNREAD
    """Which calls of all services are written to the audit logs beside changes, which always are: `admin read`, `data
    read`, `data write`. `auditConfigs` for `allServices` of projects.getIamPolicy."""
    unlogged_members: tuple[str, ...] = UNREAD
    """Whose calls are left out of them. `exemptedMembers` of any service."""
    asset_history: bool = UNREAD
    """Whether the project's asset inventory can be asked what there was, and when. The service
    cloudasset.googleapis.com is enabled."""
    contacts: tuple[str, ...] = UNREAD
    """Subjects on which Google writes to somebody whose address was not refused: `all`, `legal`, `security`,
    `suspension`, `technical` ...; those of folders and the organization count. contacts.compute of Essential
    Contacts."""
