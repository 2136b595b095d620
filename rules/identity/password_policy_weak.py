"""Passwords that may be short."""

from typing import Annotated

from scanner import (
    CIS_AWS_7,
    NOTHING_TO_FIX,
    Account,
    Cloud,
    Option,
    PasswordPolicy,
    Problems,
    Severity,
    rule,
)

#: What IAM asks for when nobody set a policy.
BY_DEFAULT = 8


@rule(
    "password-policy-weak",
    severity=Severity.LOW,
    controls=[CIS_AWS_7["2.8"]],
    passes={"sixteen characters": Account(password_policy=PasswordPolicy(length=16))},
    fails={
        "eight characters": Account(password_policy=PasswordPolicy(length=8)),
        "no policy": Account(password_policy=None),
    },
    fix={
        Cloud.AWS: "aws iam update-account-password-policy --minimum-password-length 14 --password-reuse-prevention 24",
        Cloud.GCP: NOTHING_TO_FIX,
        Cloud.AZURE: NOTHING_TO_FIX,
    },
    references=(
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_passwords_account-policy.html",
    ),
)
def password_policy_weak(
    account: Account,
    *,
    length: Annotated[int, Option("the least number of characters", at_least=8, at_most=128)] = 14,
) -> Problems:
    """Passwords of the account's users may be short.

    Eight characters are soon tried out by whoever holds their hashes, and the common ones over the network too. Length
    is what makes a password strong. Better than any policy is that people sign in from your directory, and the account
    has no users with passwords.
    """
    if account.password_policy is None:
        if length > BY_DEFAULT:
            yield f"there is no password policy, so {BY_DEFAULT} characters are enough"
    elif account.password_policy.length < length:
        yield f"{account.password_policy.length} characters are enough, fewer than {length}"
