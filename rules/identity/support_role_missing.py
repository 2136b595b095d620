"""Somebody who may talk to support."""

from scanner import CIS_AWS_7, NOTHING_TO_FIX, Account, Cloud, Problems, Severity, rule


@rule(
    "support-role-missing",
    severity=Severity.LOW,
    controls=[CIS_AWS_7["2.15"]],
    passes={"a role": Account(support_roles=("incident-response",))},
    fails={"nobody": Account(support_roles=())},
    fix={
        Cloud.AWS: "aws iam attach-role-policy --role-name <role> --policy-arn "
        "arn:aws:iam::aws:policy/AWSSupportAccess",
        Cloud.GCP: NOTHING_TO_FIX,
        Cloud.AZURE: NOTHING_TO_FIX,
    },
    references=("https://docs.aws.amazon.com/awssupport/latest/user/accessing-support.html",),
)
def support_role_missing(account: Account) -> Problems:
    """No role has the right to open a support case.

    In the night in which an account is broken into, or locked, whoever is on duty has to talk to the provider. If only
    administrators may, the person on duty either waits for one, or is one all the time.
    """
    if not account.support_roles:
        yield "the policy AWSSupportAccess is attached to no role"
