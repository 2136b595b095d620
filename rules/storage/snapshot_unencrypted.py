"""Snapshots and encryption at rest."""

from scanner import NOTHING_TO_FIX, Cloud, Problems, Severity, Snapshot, rule


@rule(
    "snapshot-unencrypted",
    severity=Severity.MEDIUM,
    passes={"encrypted": Snapshot(encrypted=True)},
    fails={"plain": Snapshot(encrypted=False)},
    fix={
        Cloud.AWS: "aws ec2 copy-snapshot --source-region <region> --source-snapshot-id {name} --encrypted\n"
        "# when the copy is complete, and nothing names the plain one any more:\n"
        "aws ec2 delete-snapshot --snapshot-id {name}",
        Cloud.GCP: NOTHING_TO_FIX,
        Cloud.AZURE: NOTHING_TO_FIX,
    },
    references=("https://docs.aws.amazon.com/ebs/latest/userguide/ebs-copy-snapshot.html",),
)
def snapshot_unencrypted(snapshot: Snapshot) -> Problems:
    """Snapshot is not encrypted.

    It can be shared with any account, or with everyone, by one call, and no key stands in the way of whoever makes a
    volume from it. It is also easily forgotten: the volume may have been encrypted or deleted long since, while its old
    snapshots still hold the data in the clear.
    """
    if not snapshot.encrypted:
        yield "the data in the snapshot are not encrypted"
