"""Warehouses and the key that encrypts them."""

from scanner import CIS_GCP_5, Cloud, Problems, Severity, Warehouse, rule


@rule(
    "warehouse-without-own-key",
    severity=Severity.INFO,
    controls=[CIS_GCP_5["7.3"]],
    passes={"a key of one's own": Warehouse(key="projects/p/locations/l/keyRings/r/cryptoKeys/k")},
    fails={"the cloud's key": Warehouse(key=None)},
    fix={
        Cloud.AWS: "aws redshift modify-cluster --cluster-identifier {name} --encrypted --kms-key-id <key>",
        Cloud.GCP: "bq update --default_kms_key <key> <project>:{name}, then copy each table onto itself",
        Cloud.AZURE: "a Synapse workspace gets its key when it is made: az synapse workspace create "
        "--key-identifier <key>",
    },
    references=("https://cloud.google.com/bigquery/docs/customer-managed-encryption",),
)
def warehouse_without_own_key(warehouse: Warehouse) -> Problems:
    """Dataset encrypts new tables with a key that the cloud provides.

    Everything in BigQuery is encrypted, so this is a matter of control and not a hole. With a key of your own each use
    is logged, and taking the key away makes the tables unreadable at once. The dataset's key is for tables that are
    made from now on; those that are there keep theirs. Some standards ask for it; if yours does not, ignore this rule.
    """
    if warehouse.key is None:
        yield "new tables are encrypted with a key that the cloud provides"
