"""The root user, at work."""

from datetime import datetime, timedelta
from typing import Annotated

from scanner import CIS_AWS_7, NOTHING_TO_FIX, NOW, Account, Cloud, Option, Problems, Severity, rule


@rule(
    "root-used-recently",
    severity=Severity.MEDIUM,
    controls=[CIS_AWS_7["2.7"].partly()],
    passes={
        "long ago": Account(root_used=NOW - timedelta(days=200)),
        "never": Account(root_used=None),
    },
    fails={"yesterday": Account(root_used=NOW - timedelta(days=1))},
    fix={
        Cloud.AWS: "# see what root did, in each region:\n"
        "aws cloudtrail lookup-events --lookup-attributes AttributeKey=Username,AttributeValue=root\n"
        "# and give whoever did it a role of their own for it",
        Cloud.GCP: NOTHING_TO_FIX,
        Cloud.AZURE: NOTHING_TO_FIX,
    },
    references=(
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/root-user-tasks.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html",
    ),
)
def root_used_recently(
    account: Account,
    now: datetime,
    *,
    days: Annotated[
        int, Option("days for which root must not have been used", at_least=1, at_most=3650)
    ] = 30,
) -> Problems:
    """Root was used lately.

    Root may do everything and no policy holds it back; whoever works as root makes each slip, and each page that steals
    a password, a matter of the whole account. Few tasks need it, and none of them comes up every month. If nobody knows
    who it was, take it for a break-in.

    The time is that of the credential report, for the password and the access keys of root together. Whether a use was
    one of those few tasks a person has to see: waive it then, with an end.
    """
    if account.root_used is not None and account.root_used > now - timedelta(days=days):
        yield f"root was last used on {account.root_used:%Y-%m-%d at %H:%M} UTC"
