"""Certificates that are about to end."""

from datetime import datetime, timedelta
from typing import Annotated

from scanner import (
    CIS_AWS_7,
    NOW,
    Certificate,
    Cloud,
    Option,
    Problem,
    Problems,
    Severity,
    rule,
)


@rule(
    "certificate-expiring",
    severity=Severity.HIGH,
    controls=[CIS_AWS_7["2.17"].partly()],
    applies=lambda certificate: certificate.expires is not None,
    passes={
        "two months left": Certificate(expires=NOW + timedelta(days=60)),
    },
    fails={
        "a week left": Certificate(expires=NOW + timedelta(days=7), in_use=True, renews=False),
        "ended yesterday": Certificate(expires=NOW - timedelta(days=1), in_use=None, renews=False),
        "its renewal is late": Certificate(expires=NOW + timedelta(days=20), in_use=True, renews=True),
        "nothing serves it": Certificate(expires=NOW + timedelta(days=7), in_use=False, renews=False),
    },
    fix={
        Cloud.AWS: "aws acm describe-certificate --certificate-arn {id} says why a renewal waits; aws acm "
        "import-certificate --certificate-arn {id} --certificate fileb://<file> --private-key fileb://<file> puts a "
        "new one in its place; aws iam delete-server-certificate --server-certificate-name {name} removes one of IAM",
        Cloud.GCP: "gcloud compute ssl-certificates create <new-name> --certificate <file> --private-key <file>, and "
        "gcloud compute target-https-proxies update <proxy> --ssl-certificates <new-name>",
        Cloud.AZURE: "az webapp config ssl upload --name <app> --resource-group <resource-group> "
        "--certificate-file <file> --certificate-password <password>",
    },
    references=("https://docs.aws.amazon.com/acm/latest/userguide/managed-renewal.html",),
)
def certificate_expiring(
    certificate: Certificate,
    now: datetime,
    *,
    days: Annotated[float, Option("days that must be left", at_least=0)] = 30,
) -> Problems:
    """Certificate ends soon, or has ended.

    From that second on every browser and every program refuses to connect, mostly on a weekend. A certificate that the
    cloud renews by itself is renewed long before (ACM: 60 days); one that still has less than a month then waits for
    somebody, as a rule for a DNS record that was deleted.

    A certificate that nothing serves is of low severity. Where the cloud does not say whether it is served, it is
    taken to be.
    """
    if certificate.expires is None or certificate.expires >= now + timedelta(days=days):
        return
    left = (certificate.expires - now) / timedelta(days=1)
    when = f"it ends in {left:.0f} days" if left >= 0 else f"it ended {-left:.0f} days ago"
    why = ", and its automatic renewal has not come" if certificate.renews else ""
    unused = certificate.in_use is False
    yield Problem(
        f"{when} ({certificate.expires:%Y-%m-%d}){why}" + (", and nothing serves it" if unused else ""),
        Severity.LOW if unused else Severity.HIGH,
    )
