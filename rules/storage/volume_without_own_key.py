"""Disks and the key that encrypts them."""

from scanner import CIS_GCP_5, Cloud, Problems, Severity, Volume, rule


@rule(
    "volume-without-own-key",
    severity=Severity.INFO,
    controls=[CIS_GCP_5["4.7"].partly()],
    passes={"a key of one's own": Volume(key="projects/p/locations/l/keyRings/r/cryptoKeys/k")},
    fails={"the cloud's key": Volume(key=None)},
    fix={
        Cloud.AWS: "aws ec2 create-volume --snapshot-id <snapshot> --availability-zone <zone> --encrypted "
        "--kms-key-id <key>",
        Cloud.GCP: "gcloud compute disks create <name> --source-snapshot <snapshot> --zone <zone> --kms-key <key>: the "
        "key is chosen when a disk is made",
        Cloud.AZURE: "az disk update --name {name} --resource-group <resource-group> "
        "--encryption-type EncryptionAtRestWithCustomerKey --disk-encryption-set <set>",
    },
    references=("https://cloud.google.com/compute/docs/disks/customer-managed-encryption",),
)
def volume_without_own_key(volume: Volume) -> Problems:
    """Disk is encrypted with a key that the cloud provides.

    Every disk of Google Cloud is encrypted, so this is a matter of control and not a hole. With a key of your own in
    Cloud KMS each use is logged, and taking the key away makes the data unreadable at once.

    CIS asks for keys that are sent along with each call (CSEK), for the disks of critical machines. Google no longer
    supports those and points to Cloud KMS, which counts here. Which machines are critical a person has to say; where
    no standard asks for it, ignore this rule.
    """
    if volume.key is None:
        yield "it is encrypted with a key that the cloud provides"
