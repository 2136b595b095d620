"""Tables of BigQuery and clusters of Dataproc, of a whole project in one stream of Cloud Asset Inventory.

The APIs tell the key of a table to a call for each table, and list clusters region by region.
"""

from typing import Final

from scanner.models.analysis import DataCluster, WarehouseTable
from scanner.models.resource import GLOBAL
from scanner.providers.gcp.calls import inventory
from scanner.providers.gcp.pages import region_in
from scanner.providers.gcp.storage import labels
from scanner.providers.spec import Raw, Source

#: Where a row keeps the name that the inventory has for it.
NAMED: Final = "inventoryName"

#: What holds data itself: a view, or a link to data elsewhere, has no key.
_OF_DATA: Final = ("TABLE", "MATERIALIZED_VIEW", "SNAPSHOT")


def table_key(table: Raw) -> str | None:
    """Return the key of a table."""
    found = (table.get("encryptionConfiguration") or {}).get("kmsKeyName")
    return str(found) if found else None


def table_region(table: Raw) -> str:
    """Return where a table lies; what is kept in several regions is global."""
    location = str(table.get("location", "")).lower()
    return location if region_in(f"locations/{location}") else GLOBAL


def cluster_key(cluster: Raw) -> str | None:
    """Return the key of a cluster's disks, under its newer or its older name."""
    said = cluster["config"].get("encryptionConfig") or {}
    found = said.get("kmsKey") or said.get("gcePdKmsKeyName")
    return str(found) if found else None


TABLES: Final = Source(
    kind=WarehouseTable,
    listing=inventory("bigquery.googleapis.com/Table"),
    level="account",
    id="//bigquery.googleapis.com/projects/{tableReference.projectId}/datasets/{tableReference.datasetId}/tables/"
    "{tableReference.tableId}",
    name="{tableReference.tableId}",
    region=table_region,
    keep=lambda table: table["type"] in _OF_DATA,
    fields={"key": table_key, "tags": labels},
)

CLUSTERS: Final = Source(
    kind=DataCluster,
    listing=inventory(
        "dataproc.googleapis.com/Cluster",
        row=lambda found: {**found["resource"]["data"], NAMED: found["name"]},
    ),
    level="account",
    id=f"{{{NAMED}}}",
    name="{clusterName}",
    region=lambda cluster: region_in(cluster[NAMED]) or GLOBAL,
    # One that runs on a cluster of Kubernetes has that one's disks.
    keep=lambda cluster: "virtualClusterConfig" not in cluster,
    fields={"key": cluster_key, "tags": labels},
)

SOURCES: Final = (TABLES, CLUSTERS)
