"""EBS volumes and the snapshots that the account owns; the buckets stand in a file of their own."""

from collections.abc import Sequence
from typing import Final

from scanner.models.storage import Snapshot, Volume
from scanner.providers.aws.bucket import BUCKETS
from scanner.providers.aws.calls import AwsCall
from scanner.providers.aws.reading import tags
from scanner.providers.spec import OPEN, Detail, Raw, Source


def perhaps_public(public_ones: Sequence[Raw]) -> object:
    """Tell that a snapshot is private when the list of public ones lacks it; else its own permissions have to say.

    EC2 lists exactly the public ones. Servers that imitate it list all, so a snapshot that is listed is looked at.
    """
    return OPEN if public_ones else False


def public(answer: Raw) -> bool:
    """Tell whether the snapshot's permissions name everyone."""
    return any(permission.get("Group") == "all" for permission in answer["CreateVolumePermissions"])


def restorable(raw: Raw) -> bool:
    """Tell whether a volume can be made from the snapshot now; one in the archive has to be brought back first."""
    return bool(raw["State"] == "completed") and raw.get("StorageTier", "standard") != "archive"


def machines(_volume: Raw) -> tuple[str, ...]:
    """Return nothing: a backup of a machine leaves a snapshot of each of its volumes, which is listed by itself."""
    return ()


VOLUMES: Final = Source(
    kind=Volume,
    listing=AwsCall("ec2", "DescribeVolumes", "Volumes", params={"MaxResults": 1000}),
    id="arn:{partition}:ec2:{region}:{account}:volume/{VolumeId}",
    name="{VolumeId}",
    fields={
        "encrypted": "Encrypted",
        "known_as": "VolumeId",
        "created_at": "CreateTime",
        "machines": machines,
        "tags": tags,
    },
    lacking=("key",),
)

_OWN: Final = {"OwnerIds": ["self"], "MaxResults": 1000}

SNAPSHOTS: Final = Source(
    kind=Snapshot,
    # Without an owner the call returns every public snapshot of the region.
    listing=AwsCall("ec2", "DescribeSnapshots", "Snapshots", params=_OWN),
    # A snapshot's ARN has no account: EC2 writes it so in its service authorization reference.
    id="arn:{partition}:ec2:{region}::snapshot/{SnapshotId}",
    name="{SnapshotId}",
    account="OwnerId",
    fields={
        "encrypted": "Encrypted",
        "volume": "VolumeId",
        "taken_at": "StartTime",
        "restorable": restorable,
        "tags": tags,
    },
    details=[
        Detail(
            call=AwsCall(
                "ec2", "DescribeSnapshots", "Snapshots", params={**_OWN, "RestorableByUserIds": ["all"]}
            ),
            per="scope",
            join=("SnapshotId", "{SnapshotId}"),
            fills={"public": perhaps_public},
            then=Detail(
                call=AwsCall(
                    "ec2",
                    "DescribeSnapshotAttribute",
                    given={"SnapshotId": "{SnapshotId}"},
                    params={"Attribute": "createVolumePermission"},
                ),
                fills={"public": public},
            ),
        )
    ],
)

SOURCES: Final = (BUCKETS, VOLUMES, SNAPSHOTS)
