"""Access keys that nobody uses."""

from datetime import datetime, timedelta
from typing import Annotated

from scanner import CIS_AWS_7, NOTHING_TO_FIX, NOW, AccessKey, Cloud, Option, Problems, Severity, rule

LONG_AGO = NOW - timedelta(days=300)


@rule(
    "access-key-unused",
    severity=Severity.MEDIUM,
    controls=[CIS_AWS_7["2.11"].partly()],
    applies=lambda key: key.active,
    passes={
        "used yesterday": AccessKey(active=True, created=LONG_AGO, used=NOW - timedelta(days=1)),
        "new": AccessKey(active=True, created=NOW - timedelta(days=3), used=None),
    },
    fails={
        "used last summer": AccessKey(active=True, created=LONG_AGO, used=NOW - timedelta(days=200)),
        "never used": AccessKey(active=True, created=LONG_AGO, used=None),
    },
    fix={
        Cloud.AWS: "aws iam update-access-key --user-name <user> --access-key-id <key-id> --status Inactive",
        Cloud.GCP: NOTHING_TO_FIX,
        Cloud.AZURE: NOTHING_TO_FIX,
    },
    references=("https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",),
)
def access_key_unused(
    key: AccessKey,
    now: datetime,
    *,
    days: Annotated[float, Option("days without use after which a key has to go", at_least=1)] = 45,
) -> Problems:
    """Access key is not used.

    Nobody would miss it, so nobody notices either when somebody else begins to use it. Switch it off; it can be
    switched on again.
    """
    limit = now - timedelta(days=days)
    if key.used is None:
        if key.created < limit:
            yield f"it was made {(now - key.created).days} days ago and never used"
    elif key.used < limit:
        yield f"it was last used {(now - key.used).days} days ago"
