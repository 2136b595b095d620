"""Clusters and the key that encrypts their disks."""

from scanner import CIS_GCP_5, Cloud, DataCluster, Problems, Severity, rule


@rule(
    "data-cluster-without-own-key",
    severity=Severity.INFO,
    controls=[CIS_GCP_5["8.1"]],
    passes={"a key of one's own": DataCluster(key="projects/p/locations/l/keyRings/r/cryptoKeys/k")},
    fails={"the cloud's key": DataCluster(key=None)},
    fix={
        Cloud.GCP: "gcloud dataproc clusters create <name> --region <region> --gce-pd-kms-key <key>: "
        "the key is chosen when a cluster is made",
    },
    references=(
        "https://cloud.google.com/dataproc/docs/concepts/configuring-clusters/customer-managed-encryption",
    ),
)
def data_cluster_without_own_key(cluster: DataCluster) -> Problems:
    """Data cluster is encrypted with a key that the cloud provides.

    What a cluster keeps on its disks while it works is encrypted, so this is a matter of control and not a hole. With a
    key of your own each use is logged, and taking the key away makes the disks unreadable at once. Some standards ask
    for it; if yours does not, ignore this rule.
    """
    if cluster.key is None:
        yield "it is encrypted with a key that the cloud provides"
