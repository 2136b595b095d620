"""People and programs that sign in to the account, and what they sign in with."""

from datetime import datetime
from typing import ClassVar

from scanner.models.resource import UNREAD, Resource


class User(Resource):
    """A user of the account's own. GCP and Azure have none: people sign in from a directory."""

    title: ClassVar[str] = "user"

    password: bool = UNREAD
    """Whether the user has a password for the console. AWS: GetLoginProfile."""
    mfa: bool = UNREAD
    """Whether a second factor is registered for the user. AWS: ListMFADevices."""
    created: datetime = UNREAD
    """AWS `CreateDate`."""
    password_used: datetime | None = UNREAD
    """When the password was last used; None: never (or before October 2014). AWS `PasswordLastUsed`."""
    attached_policies: tuple[str, ...] = UNREAD
    """ARNs of policies that are attached to the user, and not to a group. AWS `AttachedManagedPolicies`."""
    inline_policies: tuple[str, ...] = UNREAD
    """Names of policies that stand in the user itself. AWS `UserPolicyList`."""


class Policy(Resource):
    """A set of permissions that somebody has. GCP: a custom role; Azure: a custom role.

    AWS: a managed policy, of the account or of AWS, that is attached to somebody; and all that stand in one user, group
    or role itself, together.
    """

    title: ClassVar[str] = "policy"

    allows_everything: bool = UNREAD
    """It allows every action on everything, and sets no condition. AWS: a statement of the default version, or of a
    policy in `UserPolicyList`, `GroupPolicyList` or `RolePolicyList`, that allows `*` on `*`. Azure:
    `permissions[].actions` has `*`. GCP lacks it: a role names each permission."""
    attached_to: int = UNREAD
    """How many users, groups and roles have it. AWS `AttachmentCount`; 1 of what stands in one itself."""


class AccessKey(Resource):
    """A key by which a program signs in, and which is valid until somebody takes it away.

    AWS: an access key of a user. GCP: a key of a service account that users manage. Azure: an access key of a storage
    account.
    """

    title: ClassVar[str] = "access key"

    active: bool = UNREAD
    """Whether it can be used. AWS `Status`; GCP not `disabled`; Azure `allowSharedKeyAccess`."""
    created: datetime = UNREAD
    """AWS `CreateDate`; GCP `validAfterTime`; Azure `keyCreationTime`."""
    used: datetime | None = UNREAD
    """When it was last used; None: never. AWS: GetAccessKeyLastUsed. GCP and Azure lack it."""
