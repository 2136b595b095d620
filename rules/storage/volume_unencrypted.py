"""Volumes and encryption at rest."""

from scanner import NOTHING_TO_FIX, Cloud, Problems, Severity, Volume, rule


@rule(
    "volume-unencrypted",
    severity=Severity.MEDIUM,
    passes={"encrypted": Volume(encrypted=True)},
    fails={"plain": Volume(encrypted=False)},
    fix={
        Cloud.AWS: "aws ec2 create-snapshot --volume-id {name}\n"
        "aws ec2 create-volume --snapshot-id <snapshot-id> --encrypted --availability-zone <zone>\n"
        "# swap the volumes; and for all volumes to come:\n"
        "aws ec2 enable-ebs-encryption-by-default --region <region>",
        Cloud.GCP: NOTHING_TO_FIX,
        Cloud.AZURE: NOTHING_TO_FIX,
    },
    references=("https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption.html",),
)
def volume_unencrypted(volume: Volume) -> Problems:
    """Volume is not encrypted.

    Its snapshots are not encrypted either, and such a snapshot can be shared with any account, or with everyone, by one
    call: a copy of the disk then leaves without anybody needing a key. Encryption costs nothing and slows nothing down,
    but it can only be chosen when a volume is made.
    """
    if not volume.encrypted:
        yield "the data on the volume is not encrypted"
