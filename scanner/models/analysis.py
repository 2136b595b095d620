"""Where data are analysed: tables of warehouses, clusters that work on files."""

from typing import ClassVar

from scanner.models.resource import UNREAD, Resource


class WarehouseTable(Resource):
    """One table of a warehouse. GCP: a table of a BigQuery dataset, and nothing that is only a view of one."""

    title: ClassVar[str] = "warehouse table"

    key: str | None = UNREAD
    """The owner's own key that encrypts it; None: a key that the cloud provides. GCP `encryptionConfiguration`."""


class DataCluster(Resource):
    """Machines that work on data together. GCP: a Dataproc cluster that has machines of its own."""

    title: ClassVar[str] = "data cluster"

    key: str | None = UNREAD
    """The owner's own key that encrypts its disks; None: a key that the cloud provides. GCP
    `config.encryptionConfig`."""
