"""The account, its regions, users and access keys: from AWS's answers, and through the real SDK against moto."""

import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import boto3
import pytest
from collecting import collected
from mapped import mapped, unfilled

from scanner.models.account import Account, PasswordPolicy
from scanner.models.identity import AccessKey, Policy, User
from scanner.models.resource import Code
from scanner.providers.aws import account, identity
from scanner.providers.aws.account import ACCOUNT, REGION, root_used
from scanner.providers.aws.identity import ACCESS_KEYS, POLICIES, USERS
from scanner.providers.spec import Source

MADE = datetime(2025, 3, 1, tzinfo=UTC)
USED = datetime(2025, 12, 1, tzinfo=UTC)
USER: dict[str, Any] = {
    "Path": "/",
    "UserName": "anna",
    "UserId": "AIDA1",
    "Arn": "arn:aws:iam::123456789012:user/anna",
    "CreateDate": MADE,
    "PasswordLastUsed": USED,
}
DETAILS: dict[str, Any] = {
    "UserName": "anna",
    "UserId": "AIDA1",
    "Arn": "arn:aws:iam::123456789012:user/anna",
    "GroupList": ["staff"],
    "UserPolicyList": [{"PolicyName": "today", "PolicyDocument": {"Version": "2012-10-17", "Statement": []}}],
    "AttachedManagedPolicies": [{"PolicyName": "a", "PolicyArn": "arn:aws:iam::aws:policy/a"}],
    "Tags": [{"Key": "team", "Value": "shop"}],
}
KEY = {"UserName": "anna", "AccessKeyId": "AKIA1", "Status": "Active", "CreateDate": MADE}


def test_every_field_is_filled() -> None:
    sources = (*account.SOURCES, *identity.SOURCES)
    assert [unfilled(source) for source in sources] == [set()] * 8


def summary(**numbers: int) -> dict[str, Any]:
    return {"SummaryMap": {"AccountMFAEnabled": 0, "AccountAccessKeysPresent": 0, "Users": 7, **numbers}}


@pytest.mark.parametrize(
    ("answer", "facts"),
    [
        (summary(AccountPasswordPresent=1, AccountMFAEnabled=1), (True, True, False)),
        (summary(AccountPasswordPresent=0, AccountAccessKeysPresent=1), (False, False, True)),
        # From before root could go without a password.
        (summary(), (True, False, False)),
    ],
)
def test_the_root_user(answer: dict[str, Any], facts: tuple[bool, ...]) -> None:
    made = mapped(ACCOUNT, {}, GetAccountSummary=answer)
    assert isinstance(made, Account)
    assert (made.root_password, made.root_mfa, made.root_keys) == facts


def test_what_the_summary_does_not_say_is_unread() -> None:
    made = mapped(ACCOUNT, {}, GetAccountSummary={"SummaryMap": {}})
    assert {made.why(fact).code for fact in ("root_mfa", "root_keys")} == {Code.MALFORMED}


def test_passwords_and_support() -> None:
    policy = {
        "PasswordPolicy": {"MinimumPasswordLength": 14, "RequireSymbols": True, "ExpirePasswords": False}
    }
    attached = {
        "PolicyUsers": [],
        "PolicyGroups": [{"GroupName": "ops"}],
        "PolicyRoles": [{"RoleName": "duty"}],
    }
    made = mapped(ACCOUNT, {}, GetAccountPasswordPolicy=policy, ListEntitiesForPolicy=attached)
    assert isinstance(made, Account)
    assert made.password_policy == PasswordPolicy(length=14, remembered=0)
    assert made.support_roles == ("duty",)
    assert mapped(ACCOUNT, {}, ListEntitiesForPolicy=attached).shell_users == ("ops", "duty")  # type: ignore[attr-defined]
    nothing = mapped(ACCOUNT, {}, GetAccountPasswordPolicy=None, ListEntitiesForPolicy=None)
    assert isinstance(nothing, Account)
    assert (nothing.password_policy, nothing.support_roles) == (None, ())


def recorder(**change: Any) -> dict[str, Any]:
    return {"name": "default", "recording": True, "lastStatus": "Success", **change}


def analyzer(**change: Any) -> dict[str, Any]:
    return {"arn": "x", "name": "x", "type": "ACCOUNT", "status": "ACTIVE", **change}


WHOLE = {"name": "default", "recordingGroup": {"allSupported": True}}
OF_A_SERVICE = {"servicePrincipal": "inspector2.amazonaws.com"}


@pytest.mark.parametrize(
    ("answers", "fact", "value"),
    [
        ({"DescribeConfigurationRecorderStatus": [recorder()]}, "recorder_running", True),
        ({"DescribeConfigurationRecorderStatus": [recorder(recording=False)]}, "recorder_running", False),
        (
            {"DescribeConfigurationRecorderStatus": [recorder(lastStatus="Failure")]},
            "recorder_running",
            False,
        ),
        ({"DescribeConfigurationRecorderStatus": [recorder(**OF_A_SERVICE)]}, "recorder_running", False),
        ({"DescribeConfigurationRecorders": [WHOLE]}, "recorder_whole", True),
        ({"DescribeConfigurationRecorders": [{**WHOLE, **OF_A_SERVICE}]}, "recorder_whole", False),
        ({"DescribeConfigurationRecorders": [{**WHOLE, "recordingGroup": {}}]}, "recorder_whole", False),
        ({"DescribeHub": None}, "findings_gathered", False),
        ({"DescribeHub": {"HubArn": "x", "SubscribedAt": "y"}}, "findings_gathered", True),
        ({"ListAnalyzers": [analyzer()]}, "access_analyzed", True),
        ({"ListAnalyzers": [analyzer(type="ACCOUNT_UNUSED_ACCESS")]}, "access_analyzed", False),
        ({"ListAnalyzers": [analyzer(status="FAILED")]}, "access_analyzed", False),
    ],
)
def test_settings_of_a_region(answers: dict[str, Any], fact: str, value: bool) -> None:  # noqa: FBT001 - a fact
    assert getattr(mapped(REGION, {}, **answers), fact) is value


def test_a_user() -> None:
    made = mapped(
        USERS,
        USER,
        GetLoginProfile={"LoginProfile": {"UserName": "anna", "CreateDate": MADE}},
        ListMFADevices=[{"UserName": "anna", "SerialNumber": "arn:x", "EnableDate": MADE}],
        GetAccountAuthorizationDetails=[identity.details_of("User")(DETAILS)],
    )
    assert isinstance(made, User)
    assert (made.password, made.mfa, made.created, made.password_used) == (True, True, MADE, USED)
    assert (made.attached_policies, made.inline_policies) == (("arn:aws:iam::aws:policy/a",), ("today",))
    assert made.tags == {"team": "shop"}
    never = {name: value for name, value in USER.items() if name != "PasswordLastUsed"}
    other = mapped(USERS, never, GetLoginProfile=None, ListMFADevices=[], GetAccountAuthorizationDetails=[])
    assert isinstance(other, User)
    assert (other.password, other.mfa, other.password_used) == (False, False, None)
    # Made since the details were listed.
    assert {other.why(name).code for name in ("attached_policies", "inline_policies", "tags")} == {
        Code.MALFORMED
    }


def test_an_access_key() -> None:
    used = {
        "UserName": "anna",
        "AccessKeyLastUsed": {"LastUsedDate": USED, "ServiceName": "s3", "Region": "x"},
    }
    made = mapped(ACCESS_KEYS, KEY, parent=USER, GetAccessKeyLastUsed=used)
    assert isinstance(made, AccessKey)
    assert made.id == "arn:aws:iam::123456789012:user/anna/access-key/AKIA1"
    assert (made.active, made.created, made.used) == (True, MADE, USED)
    never = {"UserName": "anna", "AccessKeyLastUsed": {"ServiceName": "N/A", "Region": "N/A"}}
    other = mapped(ACCESS_KEYS, {**KEY, "Status": "Inactive"}, parent=USER, GetAccessKeyLastUsed=never)
    assert isinstance(other, AccessKey)
    assert (other.active, other.used) == (False, None)
    strange = mapped(ACCESS_KEYS, {**KEY, "Status": "Resting"}, parent=USER)
    assert strange.why("active").code is Code.MALFORMED


def document(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"PolicyVersion": {"Document": {"Version": "2012-10-17", "Statement": list(statements)}}}


EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}
MANAGED = {
    "PolicyName": "admin",
    "Arn": "arn:aws:iam::123456789012:policy/admin",
    "DefaultVersionId": "v3",
    "AttachmentCount": 2,
}


@pytest.mark.parametrize(
    ("answer", "everything"),
    [
        (document(EVERYTHING), True),
        (
            document({**EVERYTHING, "Action": ["s3:GetObject", "*:*"], "Resource": ["arn:aws:s3:::b", "*"]}),
            True,
        ),
        ({"PolicyVersion": {"Document": {"Statement": EVERYTHING}}}, True),
        ({"PolicyVersion": {"Document": quote(json.dumps({"Statement": [EVERYTHING]}))}}, True),
        (document({**EVERYTHING, "Effect": "Deny"}), False),
        (document({**EVERYTHING, "Action": "s3:*"}), False),
        (document({**EVERYTHING, "Resource": "arn:aws:s3:::*"}), False),
        (document({**EVERYTHING, "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}), False),
        (document({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}), False),
        (document({**EVERYTHING, "Resource": "arn:aws:*:*:*:*"}), True),
        (document({**EVERYTHING, "Resource": "arn:aws:*:*:111122223333:*"}), False),
        # The two halves of everything stand in two statements.
        (
            document(
                {"Effect": "Allow", "NotAction": "IAM:*", "Resource": "*"}, {**EVERYTHING, "Action": "iam:*"}
            ),
            True,
        ),
        (
            document(
                {"Effect": "Allow", "NotAction": ["iam:*", "sts:*"], "Resource": "*"},
                {**EVERYTHING, "Action": ["iam:Get*", "sts:*"]},
            ),
            False,
        ),
        (document({**EVERYTHING, "Action": "s3:*"}, {**EVERYTHING, "Resource": "arn:aws:s3:::b"}), False),
    ],
)
def test_what_a_policy_allows(answer: dict[str, Any], everything: bool) -> None:  # noqa: FBT001 - a fact
    made = mapped(POLICIES, MANAGED, GetPolicyVersion=answer, ListPolicyTags=[])
    assert isinstance(made, Policy)
    assert (made.allows_everything, made.attached_to) == (everything, 2)
    assert "Statement" not in made.model_dump_json()


@pytest.mark.parametrize(
    ("kind", "source"),
    [("User", identity.OF_USERS), ("Group", identity.OF_GROUPS), ("Role", identity.OF_ROLES)],
)
def test_what_stands_in_one_itself_is_one_policy(kind: str, source: Source) -> None:
    def holder(*policies: tuple[str, dict[str, Any]]) -> Any:
        said = [{"PolicyName": name, "PolicyDocument": {"Statement": [one]}} for name, one in policies]
        arn = f"arn:aws:iam::123456789012:{kind.lower()}/x"
        return identity.details_of(kind)({"Arn": arn, f"{kind}Name": "x", f"{kind}PolicyList": said})

    made = mapped(source, holder(("a", {**EVERYTHING, "Action": "s3:*"}), ("b", EVERYTHING)))
    assert isinstance(made, Policy)
    assert made.id == f"arn:aws:iam::123456789012:{kind.lower()}/x/inline-policies"
    assert (made.name, made.allows_everything, made.attached_to) == ("x: a, b", True, 1)
    assert "Statement" not in made.model_dump_json()
    assert mapped(source, holder(("a", {**EVERYTHING, "Effect": "Deny"}))).allows_everything is False  # type: ignore[attr-defined]
    assert source.keep is not None
    assert not source.keep(identity.details_of(kind)({"Arn": "x", f"{kind}Name": "x"}))


@pytest.mark.usefixtures("moto")
def test_inline_policies_through_the_sdk() -> None:
    iam = boto3.client("iam")
    iam.create_user(UserName="anna")
    iam.create_group(GroupName="staff")
    everything = json.dumps({"Version": "2012-10-17", "Statement": [EVERYTHING]})
    iam.put_group_policy(GroupName="staff", PolicyName="all", PolicyDocument=everything)
    found = collected([identity.OF_USERS, identity.OF_GROUPS, identity.OF_ROLES])
    assert {one.name: one.allows_everything for one in found.values()} == {"staff: all": True}


def test_policies_of_aws_have_no_tags_of_ours() -> None:
    arn = "arn:aws:iam::aws:policy/AdministratorAccess"
    made = mapped(POLICIES, {**MANAGED, "Arn": arn}, GetPolicyVersion=document(EVERYTHING))
    assert made.why("tags").code is Code.NOT_APPLICABLE
    broken = mapped(POLICIES, MANAGED, GetPolicyVersion={"PolicyVersion": {"Document": "%7B"}})
    assert broken.why("allows_everything").code is Code.MALFORMED


ROOT_DEVICE = {"SerialNumber": "arn:x", "User": {"Arn": "arn:aws:iam::123456789012:root"}}
ANNAS_DEVICE = {"SerialNumber": "arn:y", "User": {"Arn": "arn:aws:iam::123456789012:user/anna"}}


@pytest.mark.parametrize(
    ("devices", "virtual"),
    [([ROOT_DEVICE], True), ([ANNAS_DEVICE], False), ([{"SerialNumber": "arn:z"}], False)],
)
def test_roots_second_factor(devices: list[dict[str, Any]], virtual: bool) -> None:  # noqa: FBT001 - a fact
    made = mapped(ACCOUNT, {}, ListVirtualMFADevices=devices)
    assert isinstance(made, Account)
    assert made.root_mfa_virtual is virtual


def report(**root: str) -> dict[str, Any]:
    """GetCredentialReport, of the columns that are read."""
    columns = ("password_last_used", "access_key_1_last_used_date", "access_key_2_last_used_date")
    rows = {"<root_account>": root, "anna": {"password_last_used": "2026-11-20T10:00:00+00:00"}}
    lines = [",".join((user, *(said.get(name, "N/A") for name in columns))) for user, said in rows.items()]
    return {"Content": "\n".join((",".join(("user", *columns)), *lines)).encode(), "ReportFormat": "text/csv"}


@pytest.mark.parametrize(
    ("answer", "used"),
    [
        (report(password_last_used="no_information"), None),
        (report(password_last_used="2026-01-02T03:04:05+00:00"), datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        (
            report(
                password_last_used="2026-01-02T03:04:05+00:00",
                access_key_2_last_used_date="2026-05-06T07:08:00+00:00",
            ),
            datetime(2026, 5, 6, 7, 8, tzinfo=UTC),
        ),
    ],
)
def test_when_root_was_used(answer: dict[str, Any], used: datetime | None) -> None:
    assert root_used(answer) == used


def test_a_report_without_root_says_nothing_of_it() -> None:
    with pytest.raises(ValueError, match="says nothing of <root_account>"):
        root_used({"Content": b"user,password_last_used\nanna,N/A"})


def test_who_is_told() -> None:
    said = {"AlternateContact": {"AlternateContactType": "SECURITY", "EmailAddress": "duty@example.com"}}
    assert mapped(ACCOUNT, {}, GetAlternateContact=said).security_contact is True  # type: ignore[attr-defined]
    assert mapped(ACCOUNT, {}, GetAlternateContact=None).security_contact is False  # type: ignore[attr-defined]


def test_what_backups_leave_out() -> None:
    said = {"ResourceTypeOptInPreference": {"S3": False, "EBS": True, "EFS": False}}
    assert mapped(REGION, {}, DescribeRegionSettings=said).backup_left_out == ("EFS", "S3")  # type: ignore[attr-defined]


@pytest.mark.usefixtures("moto")
def test_through_the_sdk() -> None:
    iam = boto3.client("iam")
    iam.create_user(UserName="anna", Tags=[{"Key": "team", "Value": "shop"}])
    iam.create_login_profile(UserName="anna", Password="made-up-for-the-Test-1")
    key = iam.create_access_key(UserName="anna")["AccessKey"]["AccessKeyId"]
    boto3.client("ec2", region_name="eu-west-1").enable_ebs_encryption_by_default()
    found = collected([ACCOUNT, REGION, USERS, ACCESS_KEYS])
    user = found["arn:aws:iam::123456789012:user/anna"]
    assert (user.password, user.mfa, user.tags, user.unread) == (True, False, {"team": "shop"}, {})
    access = found[f"arn:aws:iam::123456789012:user/anna/access-key/{key}"]
    assert (access.active, access.used, set(access.unread)) == (True, None, {"tags"})
    assert found["aws:123456789012:eu-west-1"].volumes_encrypted is True
    root = found["arn:aws:iam::123456789012:root"]
    assert (root.root_mfa, root.root_keys, root.password_policy) == (False, False, None)
    # moto's report leaves root out.
    assert set(root.unread) == {*ACCOUNT.lacking, "root_used"}
