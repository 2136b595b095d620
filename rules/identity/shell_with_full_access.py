"""The cloud's own shell."""

from scanner import CIS_AWS_7, Account, Cloud, Problems, Severity, rule


@rule(
    "shell-with-full-access",
    severity=Severity.INFO,
    controls=[CIS_AWS_7["2.20"]],
    passes={"nobody": Account(shell_users=())},
    fails={"a group": Account(shell_users=("developers",))},
    fix={
        Cloud.AWS: "aws iam detach-group-policy --group-name <group> --policy-arn "
        "arn:aws:iam::aws:policy/AWSCloudShellFullAccess\n"
        "# and attach a policy of your own that leaves out cloudshell:GetFileDownloadUrls and GetFileUploadUrls",
        Cloud.GCP: "not judged: Cloud Shell of Google Cloud is switched off for the whole organization, in "
        "the admin console",
        Cloud.AZURE: "not judged: Cloud Shell of Azure acts with the rights of whoever opens it",
    },
    references=("https://docs.aws.amazon.com/cloudshell/latest/userguide/sec-auth-with-identities.html",),
)
def shell_with_full_access(account: Account) -> Problems:
    """Full access to the cloud's own shell is handed out.

    CloudShell is a machine with a way to the internet that stands outside of your networks and their logs. With full
    access, files go in and out of it: a good way to take data away that nobody watches.
    """
    if account.shell_users:
        yield f"the policy AWSCloudShellFullAccess is attached to {', '.join(account.shell_users)}"
