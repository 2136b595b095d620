"""Machines, and what they start."""

from scanner import CIS_GCP_5, NOTHING_TO_FIX, Cloud, Instance, Problems, Severity, rule


@rule(
    "instance-without-verified-boot",
    severity=Severity.LOW,
    controls=[CIS_GCP_5["4.8"]],
    passes={"measured and compared": Instance(verified_boot=True)},
    fails={"started unseen": Instance(verified_boot=False)},
    fix={
        Cloud.AWS: NOTHING_TO_FIX,
        Cloud.GCP: "gcloud compute instances stop {name} --zone <zone> && gcloud compute instances update {name} "
        "--zone <zone> --shielded-vtpm --shielded-integrity-monitoring && gcloud compute instances start {name} "
        "--zone <zone>",
        Cloud.AZURE: "az vm deallocate --name {name} --resource-group <resource-group> && az vm update --name {name} "
        "--resource-group <resource-group> --security-type TrustedLaunch --enable-vtpm true",
    },
    references=("https://cloud.google.com/compute/shielded-vm/docs/shielded-vm",),
)
def instance_without_verified_boot(instance: Instance) -> Problems:
    """Instance starts without anybody looking at what it starts.

    Whoever was root on a machine once can change what runs before its operating system, and stay there through every
    update and scan. Where the start is measured, such a change shows the next time the machine comes up.

    It needs an image that can do it, as all current ones can; the machine has to be stopped once.
    """
    if not instance.verified_boot:
        yield "nothing compares what it starts with what it started before"
