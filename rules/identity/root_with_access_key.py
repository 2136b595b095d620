"""Access keys of the root user."""

from scanner import CIS_AWS_7, NOTHING_TO_FIX, Account, Cloud, Problems, Severity, rule


@rule(
    "root-with-access-key",
    severity=Severity.CRITICAL,
    controls=[CIS_AWS_7["2.4"]],
    passes={"none": Account(root_keys=False)},
    fails={"at least one": Account(root_keys=True)},
    fix={
        Cloud.AWS: "sign in as root and delete the access keys under Security credentials; give the program that used "
        "them a role",
        Cloud.GCP: NOTHING_TO_FIX,
        Cloud.AZURE: NOTHING_TO_FIX,
    },
    references=("https://docs.aws.amazon.com/IAM/latest/UserGuide/root-user-best-practices.html",),
)
def root_with_access_key(account: Account) -> Problems:
    """Root has an access key.

    It works without a second factor, from anywhere, and may do everything; no policy can take any of it away. One line
    in a forgotten script is then the whole account. No program needs root.
    """
    if account.root_keys:
        yield "root has an access key"
