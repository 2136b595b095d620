"""Access keys that stay the same."""

from datetime import datetime, timedelta
from typing import Annotated

from scanner import (
    CIS_AWS_7,
    CIS_AZURE_6,
    CIS_GCP_5,
    NOW,
    AccessKey,
    Cloud,
    Option,
    Problems,
    Severity,
    rule,
)


@rule(
    "access-key-old",
    severity=Severity.MEDIUM,
    controls=[CIS_AWS_7["2.12"], CIS_GCP_5["1.8"], CIS_AZURE_6["9.3.1.2"]],
    applies=lambda key: key.active,
    passes={"made last month": AccessKey(active=True, created=NOW - timedelta(days=30))},
    fails={"made last spring": AccessKey(active=True, created=NOW - timedelta(days=300))},
    fix={
        Cloud.AWS: "aws iam create-access-key --user-name <user>, give the new key to its program, then "
        "aws iam update-access-key --user-name <user> --access-key-id <key-id> --status Inactive; better: a role",
        Cloud.GCP: "gcloud iam service-accounts keys create <file> --iam-account <service-account>, then "
        "gcloud iam service-accounts keys delete <key-id> --iam-account <service-account>",
        Cloud.AZURE: "az storage account keys renew --account-name <storage-account> "
        "--resource-group <resource-group> --key key1",
    },
    references=("https://docs.aws.amazon.com/IAM/latest/UserGuide/id-credentials-access-keys-update.html",),
)
def access_key_old(
    key: AccessKey,
    now: datetime,
    *,
    days: Annotated[float, Option("days after which a key has to be replaced", at_least=1)] = 90,
) -> Problems:
    """Access key is old.

    A key works from anywhere until somebody takes it away, and every year more laptops, build logs, images and former
    colleagues have a copy of it. Replacing it often makes the copies worthless, and keeps the replacing a routine
    instead of an outage. A program in the cloud needs no key at all: give it a role.
    """
    age = now - key.created
    if age > timedelta(days=days):
        yield f"it is {age.days} days old"
