"""Recovery points and encryption at rest."""

from scanner import NOTHING_TO_FIX, Cloud, Problems, RecoveryPoint, Severity, rule


@rule(
    "recovery-point-unencrypted",
    severity=Severity.MEDIUM,
    passes={"encrypted": RecoveryPoint(encrypted=True)},
    fails={"plain": RecoveryPoint(encrypted=False)},
    fix={
        Cloud.AWS: "aws backup start-copy-job --recovery-point-arn {id} --source-backup-vault-name <vault> "
        "--destination-backup-vault-arn <vault-with-a-key> --iam-role-arn <role>\n"
        "aws backup delete-recovery-point --backup-vault-name <vault> --recovery-point-arn {id}\n"
        "# and encrypt what it is a copy of: the next ones follow it",
        Cloud.GCP: NOTHING_TO_FIX,
        Cloud.AZURE: NOTHING_TO_FIX,
    },
    references=("https://docs.aws.amazon.com/aws-backup/latest/devguide/encryption.html",),
)
def recovery_point_unencrypted(point: RecoveryPoint) -> Problems:
    """Recovery point is not encrypted.

    A backup holds everything that its source held, for months, and is looked at by nobody. The vault has a key, but a
    copy of an unencrypted volume or database is kept as its own service made it: in the clear.
    """
    if not point.encrypted:
        yield "the data in the recovery point are not encrypted"
