"""Certificates of instances of clusters."""

from datetime import datetime, timedelta

from scanner import NOTHING_TO_FIX, NOW, Cloud, DatabaseMember, Problems, Severity, rule

from ._certificates import Days, ending


@rule(
    "database-member-certificate-expiring",
    severity=Severity.MEDIUM,
    passes={"for years": DatabaseMember(certificate_ends=NOW + timedelta(days=900))},
    fails={
        "next month": DatabaseMember(certificate_ends=NOW + timedelta(days=30)),
        "last month": DatabaseMember(certificate_ends=NOW - timedelta(days=30)),
    },
    fix={
        Cloud.AWS: "aws rds modify-db-instance --db-instance-identifier {name} --ca-certificate-identifier "
        "rds-ca-rsa2048-g1 --apply-immediately\n"
        "# first give every client the bundle with the new authority: "
        "https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem",
        Cloud.GCP: NOTHING_TO_FIX,
    },
    applies=lambda member: member.certificate_ends is not None,
    references=(
        "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/UsingWithRDS.SSL-certificate-rotation.html",
    ),
)
def database_member_certificate_expiring(
    member: DatabaseMember, now: datetime, *, days: Days = 60
) -> Problems:
    """Certificate of an instance of a cluster ends soon, or has ended.

    Each instance has a certificate of its own. From that day on every client that checks whom it talks to refuses to
    connect to this one, and after a failover to the whole cluster. The new certificate often comes from another
    authority, which clients have to be told of first: that takes weeks, not a night.
    """
    yield from ending(member.certificate_ends, now, days)
