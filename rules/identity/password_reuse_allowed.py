"""Passwords that come back."""

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


@rule(
    "password-reuse-allowed",
    severity=Severity.LOW,
    controls=[CIS_AWS_7["2.9"]],
    passes={"two dozen are remembered": Account(password_policy=PasswordPolicy(remembered=24))},
    fails={
        "none is remembered": Account(password_policy=PasswordPolicy(remembered=0)),
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
def password_reuse_allowed(
    account: Account,
    *,
    remembered: Annotated[
        int, Option("how many earlier passwords may not come back", at_least=1, at_most=24)
    ] = 24,
) -> Problems:
    """Users of the account may take an earlier password again.

    After a leak everybody is asked for a new password, and some go back to the old one, which is on the list that the
    attackers try first.
    """
    policy = account.password_policy
    if policy is None:
        yield "there is no password policy, so earlier passwords can be used again"
    elif policy.remembered < remembered:
        yield f"{policy.remembered} earlier passwords are remembered, fewer than {remembered}"
