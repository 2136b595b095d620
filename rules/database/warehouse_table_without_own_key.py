"""Tables and the key that encrypts them."""

from scanner import CIS_GCP_5, Cloud, Problems, Severity, WarehouseTable, rule


@rule(
    "warehouse-table-without-own-key",
    severity=Severity.INFO,
    controls=[CIS_GCP_5["7.2"]],
    passes={"a key of one's own": WarehouseTable(key="projects/p/locations/l/keyRings/r/cryptoKeys/k")},
    fails={"the cloud's key": WarehouseTable(key=None)},
    fix={
        Cloud.GCP: "bq cp -f --destination_kms_key <key> <dataset>.{name} <dataset>.{name}",
    },
    references=("https://cloud.google.com/bigquery/docs/customer-managed-encryption",),
)
def warehouse_table_without_own_key(table: WarehouseTable) -> Problems:
    """Table is encrypted with a key that the cloud provides.

    Everything in BigQuery is encrypted, so this is a matter of control and not a hole. With a key of your own each use
    is logged, and taking the key away makes the table unreadable at once. A table keeps the key with which it was made,
    whatever its dataset says today. Some standards ask for it; if yours does not, ignore this rule.
    """
    if table.key is None:
        yield "it is encrypted with a key that the cloud provides"
