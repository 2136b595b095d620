"""API keys that stay the same."""

from datetime import datetime, timedelta
from typing import Annotated

from scanner import CIS_GCP_5, NOW, ApiKey, Cloud, Option, Problems, Severity, rule


@rule(
    "api-key-old",
    severity=Severity.LOW,
    controls=[CIS_GCP_5["1.16"]],
    passes={"made last month": ApiKey(created=NOW - timedelta(days=30))},
    fails={"made last spring": ApiKey(created=NOW - timedelta(days=300))},
    fix={
        Cloud.GCP: "gcloud services api-keys create --project <project> --api-target service=<service>, give the new "
        "key to its program, then gcloud services api-keys delete {id}",
    },
    references=("https://cloud.google.com/docs/authentication/api-keys-best-practices",),
)
def api_key_old(
    key: ApiKey,
    now: datetime,
    *,
    days: Annotated[float, Option("days after which a key has to be replaced", at_least=1)] = 90,
) -> Problems:
    """API key is old.

    A key that leaked works until somebody replaces it, and nobody hears of it before the bill. Replacing keys often
    makes copies worthless, and shows which programs still use one that nobody remembers.
    """
    age = now - key.created
    if age > timedelta(days=days):
        yield f"it is {age.days} days old"
