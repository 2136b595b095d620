"""Snapshots and everyone."""

from scanner import NOTHING_TO_FIX, Cloud, Problems, Severity, Snapshot, rule


@rule(
    "snapshot-public",
    severity=Severity.CRITICAL,
    passes={"private, or shared with accounts by name": Snapshot(public=False)},
    fails={"shared with everyone": Snapshot(public=True)},
    fix={
        Cloud.AWS: "aws ec2 modify-snapshot-attribute --snapshot-id {name} --attribute createVolumePermission "
        "--operation-type remove --group-names all",
        Cloud.GCP: "gcloud compute snapshots remove-iam-policy-binding {name} --member <public-member> --role <role>",
        Cloud.AZURE: NOTHING_TO_FIX,
    },
    references=("https://docs.aws.amazon.com/ebs/latest/userguide/ebs-modifying-snapshot-permissions.html",),
)
def snapshot_public(snapshot: Snapshot) -> Problems:
    """Snapshot is shared with everyone.

    Anyone with an account can make a volume from it, attach that to a machine of their own and search it at leisure:
    source code, passwords, keys, customers' data, also what was deleted before the snapshot was made. Public snapshots
    are listed by the cloud itself and copied by robots, so treat every secret on it as known.

    The snapshot's own permissions are judged. On AWS a region can be set to block all public sharing, which holds such
    a snapshot back for as long as the setting stays; the permission is still there and still has to go.
    """
    if snapshot.public:
        yield "every account may make a volume from it"
