"""The root user without a second factor."""

from scanner import CIS_AWS_7, NOTHING_TO_FIX, Account, Cloud, Problems, Severity, rule


@rule(
    "root-without-mfa",
    severity=Severity.CRITICAL,
    controls=[CIS_AWS_7["2.5"]],
    applies=lambda account: account.root_password,
    passes={"a second factor": Account(root_password=True, root_mfa=True)},
    fails={"a password alone": Account(root_password=True, root_mfa=False)},
    fix={
        Cloud.AWS: "sign in as root and add a passkey under Security credentials, or take root's password away for "
        "the whole "
        "organization: aws iam enable-organizations-root-credentials-management",
        Cloud.GCP: NOTHING_TO_FIX,
        Cloud.AZURE: NOTHING_TO_FIX,
    },
    references=("https://docs.aws.amazon.com/IAM/latest/UserGuide/root-user-best-practices.html",),
)
def root_without_mfa(account: Account) -> Problems:
    """Root signs in with a password alone.

    Root may do everything, no policy can stop it, and it can close the account. Whoever reads the mailbox of that user
    resets the password; only a second factor then stands between them and all that you run.

    An account whose root user has no password (its organization took it away) has nothing to protect, and is not
    judged.
    """
    if not account.root_mfa:
        yield "no second factor is registered for root"
