"""Volumes and their backups."""

from datetime import datetime, timedelta

from scanner import (
    NOW,
    Case,
    Cloud,
    InAccount,
    Problems,
    RecoveryPoint,
    Severity,
    Snapshot,
    Volume,
    each,
    rule,
)

from ._newest import Hours, Times, age, fresh, newest, restorable

OLD = NOW - timedelta(days=30)
VOLUME = Volume(id="the volume", known_as="vol-1", machines=(), created_at=OLD)


def _snapshot(*, hours: int, whole: bool = True) -> Snapshot:
    return Snapshot(volume="vol-1", taken_at=NOW - timedelta(hours=hours), restorable=whole)


@rule(
    "volume-without-recent-backup",
    severity=Severity.MEDIUM,
    passes={
        "a snapshot of last night": Case(VOLUME, others=[_snapshot(hours=9), _snapshot(hours=33)]),
        "a recovery point of last night": Case(
            VOLUME,
            others=[RecoveryPoint(of="the volume", taken_at=NOW - timedelta(hours=9), restorable=True)],
        ),
        "a backup of its machine": Case(
            VOLUME.model_copy(update={"machines": ("the machine",)}),
            others=[RecoveryPoint(of="the machine", taken_at=NOW - timedelta(hours=9), restorable=True)],
        ),
        "made an hour ago": VOLUME.model_copy(update={"created_at": NOW - timedelta(hours=1)}),
    },
    fails={
        "no backup": VOLUME,
        "a snapshot of last month": Case(VOLUME, others=[_snapshot(hours=30 * 24)]),
        "only an unfinished snapshot": Case(VOLUME, others=[_snapshot(hours=1, whole=False)]),
    },
    fix={
        Cloud.AWS: "aws ec2 create-snapshot --volume-id {name}\n"
        "# and every night from now on, for all volumes with a tag of your choice:\n"
        "aws dlm create-lifecycle-policy --description nightly --state ENABLED --execution-role-arn <role-arn> "
        "--policy-details 'PolicyType=EBS_SNAPSHOT_MANAGEMENT,ResourceTypes=VOLUME,"
        "TargetTags=[{Key=<key>,Value=<value>}],"
        "Schedules=[{Name=nightly,CreateRule={Interval=24,IntervalUnit=HOURS},RetainRule={Count=7}}]'",
        Cloud.GCP: "gcloud compute resource-policies create snapshot-schedule nightly --region <region> "
        "--daily-schedule --start-time 02:00 --max-retention-days 7\n"
        "gcloud compute disks add-resource-policies {name} --zone <zone> --resource-policies nightly",
        Cloud.AZURE: "az dataprotection backup-instance create --resource-group <resource-group> "
        "--vault-name <backup-vault> --backup-instance <backup-instance.json>",
    },
    references=(
        "https://docs.aws.amazon.com/ebs/latest/userguide/ebs-snapshots.html",
        "https://docs.aws.amazon.com/aws-backup/latest/devguide/whatisbackup.html",
    ),
)
def volume_without_recent_backup(
    volume: Volume,
    snapshots: InAccount[Snapshot],
    points: InAccount[RecoveryPoint],
    now: datetime,
    *,
    hours: Hours = 26,
) -> Problems:
    """Volume has no recent backup.

    A file system that breaks, a deleted directory or encrypted data are brought back from a copy of the disk, and all
    that was written since that copy is lost. A schedule that stopped working months ago looks like any other until the
    day on which it is needed, so what counts here is the newest copy that can be restored, and not the schedule.

    Every way to make one counts: a snapshot by hand, by a lifecycle policy, or a recovery point of a backup service, of
    the volume or of its machine, in any region. A copy that is unfinished, failed or archived does not count; nor does
    a volume that is younger than the age asked for. Waive volumes whose data can be made again.
    """
    since = now - timedelta(hours=hours)
    copies: tuple[Times, ...] = (
        lambda: restorable(snapshots.where("volume", volume.known_as)),
        lambda: each((volume.canonical_id, *volume.machines), lambda of: restorable(points.where("of", of))),
    )
    if fresh(since, *copies, lambda: (volume.created_at,)):
        return
    found = newest(*copies)
    if found is None:
        yield "there is no snapshot and no recovery point of it that can be restored"
    else:
        yield f"its newest backup is {age(found, now)} old, more than {hours} hours"
