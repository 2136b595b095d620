"""Machines, and the way in past every firewall."""

from scanner import CIS_GCP_5, NOTHING_TO_FIX, Cloud, Instance, Problems, Severity, rule


@rule(
    "instance-with-serial-console",
    severity=Severity.MEDIUM,
    controls=[CIS_GCP_5["4.5"]],
    passes={"closed": Instance(serial_console=False)},
    fails={"open": Instance(serial_console=True)},
    fix={
        Cloud.AWS: NOTHING_TO_FIX,
        Cloud.GCP: "gcloud compute instances add-metadata {name} --zone <zone> --metadata serial-port-enable=FALSE",
        Cloud.AZURE: NOTHING_TO_FIX,
    },
    references=(
        "https://cloud.google.com/compute/docs/troubleshooting/troubleshooting-using-serial-console",
    ),
)
def instance_with_serial_console(instance: Instance) -> Problems:
    """Instance takes connections to its serial console.

    The console is reached from anywhere on the internet with an SSH key of the machine or project: no firewall rule
    and no list of addresses stands before it. It is made for the hour in which a machine does not start; open for
    good, it is a login prompt for everybody that no diagram shows.
    """
    if instance.serial_console:
        yield "its serial console takes connections from everywhere"
