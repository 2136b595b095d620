"""Secrets that stay the same."""

from datetime import datetime, timedelta
from typing import Annotated

from scanner import NOTHING_TO_FIX, NOW, Cloud, Option, Problem, Problems, Secret, Severity, rule


@rule(
    "secret-without-rotation",
    severity=Severity.MEDIUM,
    passes={"it rotates": Secret(rotates=True, changed=NOW - timedelta(days=20))},
    fails={
        "new, and never to change": Secret(rotates=False, changed=NOW - timedelta(days=1)),
        "years old": Secret(rotates=False, changed=NOW - timedelta(days=800)),
        "its rotation is stuck": Secret(rotates=True, changed=NOW - timedelta(days=400)),
    },
    fix={
        Cloud.AWS: "aws secretsmanager rotate-secret --secret-id {id} --rotation-lambda-arn <function> "
        "--rotation-rules AutomaticallyAfterDays=30",
        Cloud.GCP: "gcloud secrets update {name} --next-rotation-time <time> --rotation-period 2592000s --topics "
        "<topic>",
        Cloud.AZURE: NOTHING_TO_FIX,
    },
    references=("https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotating-secrets.html",),
)
def secret_without_rotation(
    secret: Secret,
    now: datetime,
    *,
    days: Annotated[float, Option("days after which a secret has to have changed", at_least=1)] = 365,
) -> Problems:
    """Secret is not changed by itself.

    A password that never changes is known to everybody who ever worked on the system, stands in old backups and
    laptops, and cannot be changed in a hurry, because nobody knows what breaks. One that is rotated is worthless a
    month after it leaked, and the change is rehearsed every time.

    A secret that rotates, but has not changed for so many days, has a rotation that fails. One without rotation that
    was changed since is of low severity.
    """
    age = (now - secret.changed) / timedelta(days=1)
    if secret.rotates:
        if age > days:
            yield f"it rotates, but was last changed {age:.0f} days ago"
    elif age > days:
        yield f"it does not rotate, and was last changed {age:.0f} days ago"
    else:
        yield Problem("it does not rotate", Severity.LOW)
