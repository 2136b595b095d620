"""Certificates of database servers."""

from datetime import datetime, timedelta

from scanner import NOTHING_TO_FIX, NOW, Cloud, Database, Problems, Severity, rule

from ._certificates import Days, ending


@rule(
    "database-certificate-expiring",
    severity=Severity.MEDIUM,
    passes={"for years": Database(certificate_ends=NOW + timedelta(days=900))},
    fails={
        "next month": Database(certificate_ends=NOW + timedelta(days=30)),
        "last month": Database(certificate_ends=NOW - timedelta(days=30)),
    },
    fix={
        Cloud.AWS: "aws rds modify-db-instance --db-instance-identifier {name} --ca-certificate-identifier "
        "rds-ca-rsa2048-g1 --apply-immediately\n"
        "# first give every client the bundle with the new authority: "
        "https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem",
        Cloud.GCP: "gcloud sql ssl server-ca-certs create --instance {name}\n"
        "# give every client the new certificate, then: gcloud sql ssl server-ca-certs rotate --instance {name}",
        Cloud.AZURE: NOTHING_TO_FIX,
    },
    applies=lambda database: database.certificate_ends is not None,
    references=(
        "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL-certificate-rotation.html",
    ),
)
def database_certificate_expiring(database: Database, now: datetime, *, days: Days = 60) -> Problems:
    """Certificate of a database ends soon, or has ended.

    From that day on every client that checks whom it talks to refuses to connect, all of them in the same minute. The
    new certificate often comes from another authority, which clients have to be told of first: that takes weeks, not a
    night.
    """
    yield from ending(database.certificate_ends, now, days)
