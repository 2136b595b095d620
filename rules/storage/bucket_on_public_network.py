"""Buckets and public networks at all."""

from scanner import (
    CIS_AZURE_6,
    FROM_CHOSEN,
    FROM_EVERYWHERE,
    FROM_INSIDE,
    NOTHING_TO_FIX,
    Bucket,
    Cloud,
    Problems,
    Severity,
    rule,
    unknown_value,
)


@rule(
    "bucket-on-public-network",
    severity=Severity.LOW,
    controls=[CIS_AZURE_6["9.3.2.2"]],
    passes={"private endpoints alone": Bucket(networks=FROM_INSIDE)},
    fails={
        "every network": Bucket(networks=FROM_EVERYWHERE),
        "chosen networks": Bucket(networks=FROM_CHOSEN),
    },
    fix={
        Cloud.AWS: NOTHING_TO_FIX,
        Cloud.GCP: NOTHING_TO_FIX,
        Cloud.AZURE: "az network private-endpoint create --name <name> --resource-group <resource-group> "
        "--subnet <subnet-id> --private-connection-resource-id {id} --group-id blob --connection-name <name>\n"
        "az storage account update --name {name} --resource-group <resource-group> "
        "--public-network-access Disabled",
    },
    references=("https://learn.microsoft.com/azure/storage/common/storage-private-endpoints",),
)
def bucket_on_public_network(bucket: Bucket) -> Problems:
    """Bucket can be reached over public networks.

    A private endpoint gives the bucket an address in your own network, and nothing of it is left on the internet: no
    firewall rule that somebody widens for an afternoon, and no office address that belongs to somebody else next year.

    Chosen networks are much better than all of them, which is a finding of its own: this one is for data that deserve
    the stricter way.
    """
    if bucket.networks in (FROM_EVERYWHERE, FROM_CHOSEN):
        yield f"requests are taken over public networks, from {bucket.networks}"
    elif bucket.networks != FROM_INSIDE:
        raise unknown_value(bucket, "networks", bucket.networks)
