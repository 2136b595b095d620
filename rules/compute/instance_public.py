"""Machines with an address on the internet."""

from scanner import CIS_GCP_5, Cloud, Instance, Problems, Severity, rule


@rule(
    "instance-public",
    severity=Severity.LOW,
    controls=[CIS_GCP_5["4.9"]],
    passes={"private addresses alone": Instance(public_addresses=())},
    fails={
        "an address on the internet": Instance(public_addresses=("203.0.113.7",)),
        "one of each family": Instance(public_addresses=("203.0.113.7", "2001:db8::7")),
    },
    fix={
        Cloud.AWS: "aws ec2 modify-instance-attribute cannot take the address away: start the machine again from a "
        "launch template with AssociatePublicIpAddress=false in a private subnet, or aws ec2 disassociate-address "
        "--association-id <association-id> for an Elastic IP",
        Cloud.GCP: "gcloud compute instances delete-access-config {name} --access-config-name <name>",
        Cloud.AZURE: "az network nic ip-config update --nic-name <nic> --resource-group <resource-group> "
        "--name <ip-config> --remove publicIpAddress",
    },
    references=("https://docs.aws.amazon.com/vpc/latest/userguide/vpc-ip-addressing.html",),
)
def instance_public(instance: Instance) -> Problems:
    """Instance has an address on the internet.

    One wrong firewall rule, at any time, is then enough to open it. A machine behind a load balancer serves the same
    people without an address of its own, one that only fetches updates goes out through a NAT gateway, and people
    come in through Session Manager, Identity-Aware Proxy or Azure Bastion.

    The address alone is judged here, whatever firewalls say: whether something can be reached by it is the matter
    of the rules on open ports.
    """
    if instance.public_addresses:
        shown = ", ".join(instance.public_addresses[:3])
        more = len(instance.public_addresses) - 3
        yield f"it has the public address {shown}" + (f" and {more} more" if more > 0 else "")
