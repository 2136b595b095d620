"""Machines, and who could read their memory."""

from scanner import CIS_GCP_5, Cloud, Instance, Problems, Severity, rule


@rule(
    "instance-without-confidential-memory",
    severity=Severity.INFO,
    controls=[CIS_GCP_5["4.11"]],
    passes={"encrypted": Instance(confidential=True)},
    fails={"plain": Instance(confidential=False)},
    fix={
        Cloud.AWS: "aws ec2 run-instances --image-id <image> --instance-type <m6a, c6a, r6a ...> "
        "--cpu-options AmdSevSnp=enabled: it is chosen when a machine is made",
        Cloud.GCP: "gcloud compute instances create <name> --zone <zone> --machine-type <n2d, c2d, c3d ...> "
        "--confidential-compute-type SEV --maintenance-policy MIGRATE: it is chosen when a machine is made",
        Cloud.AZURE: "az vm create --name <name> --resource-group <resource-group> --image <image> "
        "--size <Standard_DC4as_v5 ...> --security-type ConfidentialVM --enable-vtpm true",
    },
    references=(
        "https://cloud.google.com/confidential-computing/confidential-vm/docs/confidential-vm-overview",
    ),
)
def instance_without_confidential_memory(instance: Instance) -> Problems:
    """Instance keeps its memory readable for the host.

    Disks and networks are always encrypted; memory is not. A Confidential VM encrypts it with a key inside the
    processor, so that neither the host nor another machine on it can read along. It is a matter of whom one trusts, and
    costs a little speed. Some standards ask for it; if yours does not, ignore this rule.
    """
    if not instance.confidential:
        yield "its memory is not encrypted"
