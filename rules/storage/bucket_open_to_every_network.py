"""Buckets and the networks that requests come from."""

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
    "bucket-open-to-every-network",
    severity=Severity.MEDIUM,
    controls=[CIS_AZURE_6["9.3.2.3"]],
    passes={
        "chosen networks": Bucket(networks=FROM_CHOSEN),
        "private endpoints alone": Bucket(networks=FROM_INSIDE),
    },
    fails={"every network": Bucket(networks=FROM_EVERYWHERE)},
    fix={
        Cloud.AWS: NOTHING_TO_FIX,
        Cloud.GCP: NOTHING_TO_FIX,
        Cloud.AZURE: "az storage account network-rule add --account-name {name} --resource-group <resource-group> "
        "--subnet <subnet-id>\n"
        "az storage account update --name {name} --resource-group <resource-group> --default-action Deny",
    },
    references=("https://learn.microsoft.com/azure/storage/common/storage-network-security",),
)
def bucket_open_to_every_network(bucket: Bucket) -> Problems:
    """Bucket takes requests from every network.

    Then a key or a signed link that leaks, in a log, a repository or a mail, works from anywhere in the world at once.
    Where only your own networks are let in, it is worth nothing outside of them, and you have time to change it. Find
    out who uses the account before you close it: functions, pipelines and people at home come from networks too.

    Judged is the default action of a storage account's firewall. Who is let in from the chosen networks, and by what
    key, is a matter of other rules.
    """
    if bucket.networks == FROM_EVERYWHERE:
        yield "requests are taken from every network"
    elif bucket.networks not in (FROM_CHOSEN, FROM_INSIDE):
        raise unknown_value(bucket, "networks", bucket.networks)
