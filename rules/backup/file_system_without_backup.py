"""File systems and their backups."""

from datetime import datetime, timedelta

from scanner import (
    NOW,
    Case,
    Cloud,
    FileSystem,
    FileSystemBackup,
    InAccount,
    Problem,
    Problems,
    RecoveryPoint,
    Severity,
    rule,
)

from ._newest import Hours, Times, age, fresh, newest, restorable

OLD = NOW - timedelta(days=30)
PLAIN = FileSystem(id="files", backed_up=False, created_at=OLD)


def _point(hours: int, *, whole: bool = True) -> RecoveryPoint:
    return RecoveryPoint(of="files", taken_at=NOW - timedelta(hours=hours), restorable=whole)


@rule(
    "file-system-without-backup",
    severity=Severity.HIGH,
    passes={
        "backed up last night": Case(PLAIN, others=[_point(9), _point(33)]),
        "backed up last night by its own service": Case(
            PLAIN,
            others=[FileSystemBackup(of="files", taken_at=NOW - timedelta(hours=9), restorable=True)],
        ),
        "made an hour ago": FileSystem(id="files", backed_up=True, created_at=NOW - timedelta(hours=1)),
    },
    fails={
        "never backed up": PLAIN,
        "never backed up, and of unknown age": FileSystem(id="files", backed_up=False, created_at=None),
        "last backed up a month ago": Case(PLAIN, others=[_point(30 * 24)]),
        "switched on, and nothing to show for it": Case(
            FileSystem(id="files", backed_up=True, created_at=OLD), others=[_point(3, whole=False)]
        ),
    },
    fix={
        Cloud.AWS: "aws efs put-backup-policy --file-system-id {name} --backup-policy Status=ENABLED\n"
        "# of FSx: aws fsx create-backup --file-system-id {name}; and AutomaticBackupRetentionDays=7 with\n"
        "# aws fsx update-file-system; where backups are on, look at: aws backup list-backup-jobs --by-state FAILED",
        Cloud.GCP: "gcloud filestore backups create <name> --instance {name} --file-share <share> --region <region> "
        "--instance-zone <zone>",
        Cloud.AZURE: "az backup protection enable-for-azurefileshare --resource-group <resource-group> "
        "--vault-name <vault> --policy-name <policy> --storage-account <storage-account> --azure-file-share {name}",
    },
    references=(
        "https://docs.aws.amazon.com/efs/latest/ug/awsbackup.html",
        "https://docs.aws.amazon.com/fsx/latest/WindowsGuide/using-backups.html",
    ),
)
def file_system_without_backup(
    system: FileSystem,
    points: InAccount[RecoveryPoint],
    backups: InAccount[FileSystemBackup],
    now: datetime,
    *,
    hours: Hours = 26,
) -> Problems:
    """File system has no recent backup.

    It is mounted by many machines at once, and each of them can delete or encrypt everything in it: one wrong script,
    or one machine that was broken into. What is not in a backup is then gone; a second copy in another zone repeats the
    deletion at once.

    What counts is the newest recovery point that can be restored, whoever made it and in whichever region it is. Where
    automatic backups are switched on but none has come of it lately, the finding is a milder one: look at the jobs that
    failed. Lustre's scratch file systems cannot be backed up and are not judged.
    """
    since = now - timedelta(hours=hours)
    copies: tuple[Times, ...] = (
        lambda: restorable(points.where("of", system.canonical_id)),
        lambda: restorable(backups.where("of", system.canonical_id)),
    )
    if fresh(since, *copies, lambda: (system.created_at,)):
        return
    found = newest(*copies)
    said = "there is none" if found is None else f"the newest is {age(found, now)} old"
    if system.backed_up:
        yield Problem(
            f"automatic backups are on, but of recovery points that can be restored {said}",
            severity=Severity.MEDIUM,
        )
    else:
        yield f"automatic backups are off, and of recovery points that can be restored {said}"
