"""The demo's root user, its people and its programs: second factors, old keys, and permissions of single users.

moto makes everything today, so the keys of one program are recorded answers: fixtures/aws.
"""

import json
from typing import Any, Final

from scanner.demo.aws.account import NUMBER, Account

_ROOT: Final = f"arn:aws:iam::{NUMBER}:root"
_PASSWORD: Final = "made-up-for-the-Demo-1"  # noqa: S105 - it opens nothing


def furnish(account: Account) -> None:
    """Create users, their keys and what they may do, and a policy on passwords."""
    iam = account.client("iam")
    iam.update_account_password_policy(MinimumPasswordLength=16, PasswordReusePrevention=5)
    account.expect(
        _ROOT,
        good=["root-with-access-key", "root-used-recently", "password-policy-weak", "shell-with-full-access"],
        bad=[
            "root-without-mfa",
            "root-without-hardware-mfa",
            "password-reuse-allowed",
            "support-role-missing",
            "account-without-security-contact",
        ],
    )
    _policies(account)
    _people(account)
    _programs(account)


def furnish_roles(account: Account) -> None:
    """Give a role what stands in itself alone. Runs last: moto draws a number for it, on which later ids would hang."""
    account.client("iam").put_role_policy(
        RoleName="read-assets", PolicyName="for-now", PolicyDocument=_document(Action="*", Resource="*")
    )
    account.expect(
        f"arn:aws:iam::{NUMBER}:role/read-assets/inline-policies", bad=["policy-allows-everything"]
    )


def _policies(account: Account) -> None:
    """Create a role that may do everything, and one that may do what its task needs."""
    iam = account.client("iam")
    trust = _document(Principal={"Service": "ec2.amazonaws.com"}, Action="sts:AssumeRole")
    for name, action, resource in (
        ("break-glass", "*", "*"),
        ("read-assets", "s3:GetObject", "arn:aws:s3:::demo-shop-web-assets/*"),
    ):
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)
        document = _document(Action=action, Resource=resource)
        made = iam.create_policy(PolicyName=name, PolicyDocument=document)["Policy"]["Arn"]
        iam.attach_role_policy(RoleName=name, PolicyArn=made)
        account.expect(made, **{"bad" if action == "*" else "good": ["policy-allows-everything"]})
    # Nobody has it, so it does no harm yet.
    iam.create_policy(PolicyName="unused", PolicyDocument=_document(Action="*", Resource="*"))


def _document(**statement: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})


def _people(account: Account) -> None:
    iam = account.client("iam")
    user = _user(
        account,
        "anna",
        password=True,
        good=["user-without-mfa", "user-password-unused", "user-with-own-policy"],
    )
    device = iam.create_virtual_mfa_device(VirtualMFADeviceName=user)["VirtualMFADevice"]["SerialNumber"]
    iam.enable_mfa_device(
        UserName=user, SerialNumber=device, AuthenticationCode1="123456", AuthenticationCode2="654321"
    )
    user = _user(
        account,
        "intern-2024",
        password=True,
        good=["user-password-unused"],
        bad=["user-without-mfa", "user-with-own-policy"],
    )
    policy = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}'
    iam.put_user_policy(UserName=user, PolicyName="just-for-today", PolicyDocument=policy)
    account.expect(f"arn:aws:iam::{NUMBER}:user/{user}/inline-policies", good=["policy-allows-everything"])


def _programs(account: Account) -> None:
    """Create users that are programs, and sign in with keys alone."""
    _user(account, "metrics-export", good=["user-with-own-policy"])
    made = account.client("iam").create_access_key(UserName="metrics-export")["AccessKey"]
    account.expect(_key("metrics-export", made["AccessKeyId"]), good=["access-key-old", "access-key-unused"])
    # In use every night, and years old. Its second key is switched off, and not judged.
    _user(account, "ci-deploy", good=["user-with-own-policy"])
    account.expect(
        _key("ci-deploy", "AKIADEMOCIDEPLOYOLD1"), good=["access-key-unused"], bad=["access-key-old"]
    )


def _user(account: Account, name: str, *, password: bool = False, **verdicts: Any) -> str:
    iam = account.client("iam")
    iam.create_user(UserName=name, Tags=[{"Key": "team", "Value": "shop"}])
    if password:
        iam.create_login_profile(UserName=name, Password=_PASSWORD)
    account.expect(f"arn:aws:iam::{NUMBER}:user/{name}", **verdicts)
    return name


def _key(user: str, id: str) -> str:
    return f"arn:aws:iam::{NUMBER}:user/{user}/access-key/{id}"
