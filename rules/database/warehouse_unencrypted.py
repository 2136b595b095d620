"""Warehouses and encryption at rest."""

from scanner import NOTHING_TO_FIX, Cloud, Problems, Severity, Warehouse, rule


@rule(
    "warehouse-unencrypted",
    severity=Severity.MEDIUM,
    passes={"encrypted": Warehouse(encrypted=True)},
    fails={"plain": Warehouse(encrypted=False)},
    fix={
        Cloud.AWS: "aws redshift modify-cluster --cluster-identifier {name} --encrypted --kms-key-id <key>",
        Cloud.GCP: NOTHING_TO_FIX,
        Cloud.AZURE: NOTHING_TO_FIX,
    },
    references=("https://docs.aws.amazon.com/redshift/latest/mgmt/working-with-db-encryption.html",),
)
def warehouse_unencrypted(warehouse: Warehouse) -> Problems:
    """Warehouse is not encrypted at rest.

    A warehouse is where the data of all other systems end up side by side. Its snapshots inherit what it is: shared
    with another account by mistake, an encrypted one is useless without the key. New clusters are always encrypted;
    this one is from before.
    """
    if not warehouse.encrypted:
        yield "the data in it, and in its snapshots, are not encrypted"
