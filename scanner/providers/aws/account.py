"""The account itself, with what stands over everything in it, and the settings of its regions."""

import csv
from collections.abc import Callable
from datetime import datetime
from typing import Final

from scanner.models.account import Account, PasswordPolicy, RegionSettings
from scanner.models.storage import PublicBlock
from scanner.providers.aws.calls import AwsCall
from scanner.providers.spec import OPEN, Detail, Once, Raw, Source
from scanner.providers.values import known

#: Columns of the credential report with a time, and what stands in them where there is none.
_USED: Final = ("password_last_used", "access_key_1_last_used_date", "access_key_2_last_used_date")
_NEVER: Final = frozenset({"N/A", "no_information", "not_supported"})


def public_block(answer: Raw | None) -> PublicBlock | None:
    """Return what a GetPublicAccessBlock answer takes the effect from: the bucket's and the account's look the same."""
    if answer is None:
        return None
    block = answer["PublicAccessBlockConfiguration"]
    return PublicBlock(policies=block["RestrictPublicBuckets"], acls=block["IgnorePublicAcls"])


def password_policy(answer: Raw | None) -> PasswordPolicy | None:
    """Return what passwords must be like. IAM leaves out how many are remembered when none are."""
    if answer is None:
        return None
    policy = answer["PasswordPolicy"]
    return PasswordPolicy(
        length=policy["MinimumPasswordLength"], remembered=policy.get("PasswordReusePrevention", 0)
    )


def entities(answer: Raw | None) -> tuple[str, ...]:
    """Return the names of users, groups and roles that a policy is attached to."""
    if answer is None:
        return ()
    lists = (("PolicyUsers", "UserName"), ("PolicyGroups", "GroupName"), ("PolicyRoles", "RoleName"))
    return tuple(one[name] for attached, name in lists for one in answer[attached])


def root_mfa_virtual(devices: list[Raw]) -> bool:
    """Tell whether root's second factor is among the virtual ones."""
    return any(str((device.get("User") or {}).get("Arn", "")).endswith(":root") for device in devices)


def root_used(answer: Raw) -> datetime | None:
    """Return when root was last used, by a password or a key; of the report nothing else is kept.

    Raises ValueError for a report without root, or for a time that is none.
    """
    rows = csv.DictReader(answer["Content"].decode().splitlines())
    root = next((row for row in rows if row["user"] == "<root_account>"), None)
    if root is None:
        raise ValueError("says nothing of <root_account>")
    said = (root[name] for name in _USED)
    return max((datetime.fromisoformat(time) for time in said if time not in _NEVER), default=None)


def _being_made(answer: Raw) -> object:
    """Leave open what the report will say, once it is there or being made."""
    return known(dict.fromkeys(("COMPLETE", "INPROGRESS", "STARTED"), OPEN), answer["State"])


def backup_left_out(answer: Raw) -> tuple[str, ...]:
    """Return the types that AWS Backup leaves out there."""
    return tuple(sorted(name for name, on in answer["ResourceTypeOptInPreference"].items() if not on))


def _entities(policy: str) -> AwsCall:
    """Ask who has a policy of AWS. Of more than one page the first is enough: it names somebody."""
    arn = f"arn:{{partition}}:iam::aws:policy/{policy}"
    return AwsCall(
        "iam", "ListEntitiesForPolicy", given={"PolicyArn": arn}, absent=("NoSuchEntity",), paging=None
    )


def roles(answer: Raw | None) -> tuple[str, ...]:
    """Return the names of the roles that a policy is attached to."""
    return tuple(role["RoleName"] for role in answer["PolicyRoles"]) if answer is not None else ()


def root_password(answer: Raw) -> bool:
    """Tell whether root has a password; IAM says so since root can go without one, and before it always had one."""
    return bool(answer["SummaryMap"].get("AccountPasswordPresent", 1))


def _present(name: str) -> Callable[[Raw], bool]:
    """Read one of the account's numbers that are 0 or 1."""
    return lambda answer: bool(answer["SummaryMap"][name])


def recorder_running(rows: list[Raw]) -> bool:
    """Tell whether a recorder is on that is not a service's own; a recorder whose last delivery failed loses things."""
    return any(
        row["recording"] and row.get("lastStatus") != "Failure"
        for row in rows
        if not row.get("servicePrincipal")
    )


def recorder_whole(rows: list[Raw]) -> bool:
    """Tell whether a recorder takes every type of resource."""
    return any(
        row.get("recordingGroup", {}).get("allSupported", False)
        for row in rows
        if not row.get("servicePrincipal")
    )


def access_analyzed(rows: list[Raw]) -> bool:
    """Tell whether an analyzer looks at access from outside; those of unused and internal access do not."""
    return any(row["type"] in {"ACCOUNT", "ORGANIZATION"} and row["status"] == "ACTIVE" for row in rows)


ACCOUNT: Final = Source(
    kind=Account,
    listing=Once(),
    level="account",
    id="arn:{partition}:iam::{account}:root",
    name="{account}",
    fields={"needs_trail": lambda _: True},
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
        ),
        Detail(
            call=AwsCall("iam", "GetAccountSummary"),
            fills={
                "root_password": root_password,
                "root_mfa": _present("AccountMFAEnabled"),
                "root_keys": _present("AccountAccessKeysPresent"),
            },
        ),
        Detail(
            call=AwsCall("iam", "GetAccountPasswordPolicy", absent=("NoSuchEntity",)),
            fills={"password_policy": password_policy},
        ),
        # CIS means roles: people take one on for the hour in which they need it.
        Detail(call=_entities("AWSSupportAccess"), fills={"support_roles": roles}),
        Detail(call=_entities("AWSCloudShellFullAccess"), fills={"shell_users": entities}),
        Detail(
            call=AwsCall(
                "iam", "ListVirtualMFADevices", "VirtualMFADevices", params={"AssignmentStatus": "Assigned"}
            ),
            fills={"root_mfa_virtual": root_mfa_virtual},
        ),
        # No other call knows when root was last used. The report is made where there is none of the last four hours.
        Detail(
            call=AwsCall("iam", "GenerateCredentialReport"),
            fills={"root_used": _being_made},
            then=Detail(call=AwsCall("iam", "GetCredentialReport"), fills={"root_used": root_used}),
        ),
        Detail(
            call=AwsCall(
                "account",
                "GetAlternateContact",
                params={"AlternateContactType": "SECURITY"},
                absent=("ResourceNotFoundException",),
            ),
            fills={
                "security_contact": lambda answer: answer is not None and bool(answer["AlternateContact"])
            },
        ),
    ],
    lacking=("os_login", "tags"),
)

REGION: Final = Source(
    kind=RegionSettings,
    listing=Once(),
    # AWS has no ARN for a region of an account.
    id="{partition}:{account}:{region}",
    name="{region}",
    details=[
        Detail(
            call=AwsCall("ec2", "GetEbsEncryptionByDefault"),
            fills={"volumes_encrypted": lambda answer: answer["EbsEncryptionByDefault"]},
        ),
        Detail(
            call=AwsCall("config", "DescribeConfigurationRecorderStatus", "ConfigurationRecordersStatus"),
            fills={"recorder_running": recorder_running},
        ),
        Detail(
            call=AwsCall("config", "DescribeConfigurationRecorders", "ConfigurationRecorders"),
            fills={"recorder_whole": recorder_whole},
        ),
        Detail(
            # Not switched on is what the service calls an invalid access.
            call=AwsCall(
                "securityhub", "DescribeHub", absent=("InvalidAccessException", "ResourceNotFoundException")
            ),
            fills={"findings_gathered": lambda answer: answer is not None and bool(answer["HubArn"])},
        ),
        Detail(call=AwsCall("backup", "DescribeRegionSettings"), fills={"backup_left_out": backup_left_out}),
        Detail(
            call=AwsCall("accessanalyzer", "ListAnalyzers", "analyzers", params={"maxResults": 100}),
            fills={"access_analyzed": access_analyzed},
        ),
    ],
    lacking=("tags",),
)

SOURCES: Final = (ACCOUNT, REGION)
