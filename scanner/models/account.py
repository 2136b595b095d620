"""The account and its regions: the subjects of rules about absence and about switches that stand for all."""

from datetime import datetime
from typing import ClassVar

from scanner.models.resource import UNREAD, Facts, Resource
from scanner.models.storage import PublicBlock


class PasswordPolicy(Facts):
    """What passwords of the account's own users must be like."""

    length: int = UNREAD
    """The least number of characters. AWS `MinimumPasswordLength`."""
    remembered: int = UNREAD
    """How many earlier passwords cannot be used again. AWS `PasswordReusePrevention`; absent: 0."""


class Account(Resource):
    """The account itself, once, in the scope `global`."""

    title: ClassVar[str] = "account"

    public_block: PublicBlock | None = UNREAD
    """The block of public access that stands over every bucket of the account; None: there is none. AWS:
    GetPublicAccessBlock of the account, which includes what its organization asks for; GCP: the organization policy
    `storage.publicAccessPrevention`; Azure: None, a subscription has no such switch."""
    needs_trail: bool = UNREAD
    """Whether nobody records the API calls of the account for long unless a `Trail` is set up. AWS: true, for 90 days
    alone are kept. GCP and Azure lack it: they have no trails, but logs of their own."""
    root_password: bool = UNREAD
    """Whether the root user can sign in with a password. AWS `AccountPasswordPresent`. GCP and Azure have no root."""
    root_mfa: bool = UNREAD
    """Whether a second factor is registered for the root user. AWS `AccountMFAEnabled`."""
    root_keys: bool = UNREAD
    """Whether the root user has access keys. AWS `AccountAccessKeysPresent`."""
    password_policy: PasswordPolicy | None = UNREAD
    """None: nobody set one. AWS: GetAccountPasswordPolicy. GCP and Azure lack it: their users stand in a directory
    that is none of the account's."""
    root_mfa_virtual: bool = UNREAD
    """Whether the root user's second factor is a program, and no device or passkey. AWS: ListVirtualMFADevices lists
    it. GCP and Azure have no root."""
    root_used: datetime | None = UNREAD
    """When root last signed in or called something; None: no time is known. AWS: the credential report, which is up to
    four hours old. GCP and Azure have no root."""
    security_contact: bool = UNREAD
    """Whether somebody is named whom the cloud tells when it sees something wrong. AWS: GetAlternateContact of the type
    SECURITY. GCP and Azure lack it: theirs stands elsewhere."""
    shell_users: tuple[str, ...] = UNREAD
    """Who may use everything of the cloud's own shell, files to and from it included: names of users, groups and roles.
    AWS: ListEntitiesForPolicy of AWSCloudShellFullAccess. GCP and Azure lack it."""
    support_roles: tuple[str, ...] = UNREAD
    """Who may open support cases: names of roles. AWS: ListEntitiesForPolicy of AWSSupportAccess. GCP and Azure lack
    it."""
    os_login: bool | None = UNREAD
    """Whether people log in to its machines as themselves, by what the cloud's own permissions say, and not by keys
    that lie on machines; None: it has no machines. GCP: `enable-oslogin` is true in the project's metadata. AWS and
    Azure lack it: there it is chosen machine by machine."""


class RegionSettings(Resource):
    """One region of an account, once per region."""

    title: ClassVar[str] = "region"

    volumes_encrypted: bool = UNREAD
    """Whether new volumes are encrypted when nobody asks for it. AWS: GetEbsEncryptionByDefault. GCP and Azure have no
    such setting: their disks always are."""
    recorder_running: bool = UNREAD
    """Whether the history of what is set up in the region is being written. AWS: a configuration recorder of the
    account's own is on, and its last delivery did not fail. GCP and Azure lack it: theirs keep one unasked."""
    recorder_whole: bool = UNREAD
    """Whether that history holds every type of resource. AWS `recordingGroup.allSupported`."""
    findings_gathered: bool = UNREAD
    """Whether the cloud's own service gathers findings there. AWS: Security Hub is on. GCP and Azure lack it: theirs is
    not a matter of single regions."""
    backup_left_out: tuple[str, ...] = UNREAD
    """Types of resources of which the backup service makes no copies there, whatever a plan says. AWS
    `ResourceTypeOptInPreference` of DescribeRegionSettings. GCP and Azure lack it: a plan is enough."""
    access_analyzed: bool = UNREAD
    """Whether the cloud looks for what others outside may get at. AWS: an IAM Access Analyzer for external access is
    active. GCP and Azure lack it."""


class SubscriptionSettings(Resource):
    """What watches over a whole subscription of Azure, once, in the scope `global`."""

    title: ClassVar[str] = "subscription"

    activity_log: tuple[str, ...] = UNREAD
    """Categories of its activity log that are kept for longer than the 90 days of the service, in lower case. Azure:
    what its diagnostic settings take."""
    alerts: tuple[str, ...] = UNREAD
    """What somebody is told of at once, in lower case: names of operations of the activity log, and `servicehealth`.
    Azure: conditions of activity log alerts that are enabled, are for the whole subscription, tell somebody, and ask
    for nothing further."""
    owners: tuple[str, ...] = UNREAD
    """Who owns it, by ids of the directory; a group is one, whoever is in it. Azure: assignments of the role Owner that
    hold for the whole subscription."""
    access_administrators: tuple[str, ...] = UNREAD
    """Who may give anybody access to anything in it. Azure: the same of the role User Access Administrator."""
    like_owners: tuple[str, ...] = UNREAD
    """Names of roles of one's own that may do everything, and can be given on a whole subscription. Azure: `actions`
    has `*`."""
    bastions: int = UNREAD
    """How many hosts it has by which people come to machines without an address on the internet. Azure:
    `Microsoft.Network/bastionHosts`."""
    defended: tuple[str, ...] = UNREAD
    """Plans of Microsoft Defender for Cloud that are on, by their names in lower case. Azure: `pricingTier` is
    Standard."""
    contacts: tuple[str, ...] = UNREAD
    """Who gets its e-mails about alerts: addresses, and `role:` with the name of a role in lower case. Azure
    `emails` and `notificationsByRole` of the security contact."""
    alert_severity: str | None = UNREAD
    """The least severity of an alert that is sent, in lower case: `low`, `medium`, `high`; None: none is. Azure
    `alertNotifications` of the security contact."""
