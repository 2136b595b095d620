"""Machines that pass on what is not for them."""

from scanner import CIS_GCP_5, Cloud, Instance, Problems, Severity, rule


@rule(
    "instance-forwards-packets",
    severity=Severity.LOW,
    controls=[CIS_GCP_5["4.6"]],
    applies=lambda instance: "goog-gke-node" not in instance.tags,
    passes={"its own packets": Instance(forwards_packets=False, tags={})},
    fails={"packets of others": Instance(forwards_packets=True, tags={})},
    fix={
        Cloud.AWS: "aws ec2 modify-network-interface-attribute --network-interface-id <interface> --source-dest-check",
        Cloud.GCP: "gcloud compute instances export {name} --zone <zone> --destination machine.yaml, set canIpForward "
        "to false there, then gcloud compute instances update-from-file {name} --zone <zone> --source machine.yaml "
        "--most-disruptive-allowed-action RESTART",
        Cloud.AZURE: "az network nic update --name <interface> --resource-group <resource-group> --ip-forwarding false",
    },
    references=("https://cloud.google.com/vpc/docs/using-routes#canipforward",),
)
def instance_forwards_packets(instance: Instance) -> Problems:
    """Instance may send packets under addresses of others.

    The network normally drops what a machine sends under a foreign address, and what is not for it. With forwarding on
    a machine that was taken over can pretend to be another one, or read along what a route leads through it.

    A router, a firewall or a VPN gateway needs it: waive those by name. Nodes of GKE are set up so by the service, and
    are not judged.
    """
    if instance.forwards_packets:
        yield "IP forwarding is on"
