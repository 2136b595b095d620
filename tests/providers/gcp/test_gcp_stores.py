"""Filestore, Memorystore, Bigtable and BigQuery as the API gives them, mapped to the kinds that AWS fills too."""

from datetime import UTC, datetime
from typing import Any

import pytest
from mapped import mapped, unfilled
from shipped import RULES

from scanner.engine import Outcome, run_case
from scanner.models.backup import FileSystemBackup
from scanner.models.file_system import FileSystem
from scanner.models.resource import Cloud, Code, Scope
from scanner.models.storage import PublicGrant
from scanner.models.stores import Cache, Table, Warehouse
from scanner.providers.gcp import analysis, stores
from scanner.providers.gcp.holders import Holder
from scanner.providers.spec import Source
from scanner.rule import NOW, Case

SCOPE = Scope(Cloud.GCP, "demo-project", "us-central1")
PLACE = "projects/demo-project/locations/us-central1"


FILES, FILE_BACKUPS, CACHES = stores.FILESTORE, stores.FILESTORE_BACKUPS, stores.REDIS
TABLES, WAREHOUSES = stores.TABLES, stores.DATASETS
TABLE_BACKUPS = stores.TABLE_BACKUPS
TABLE = "projects.instances.tables.get"


FILESTORE: dict[str, Any] = {
    "name": f"{PLACE}/instances/media",
    "state": "READY",
    "createTime": "2026-02-03T10:11:12.345678901Z",
    "tier": "ENTERPRISE",
    "labels": {"team": "shop"},
    "fileShares": [{"name": "media", "capacityGb": "1024"}],
    "networks": [{"network": "default", "modes": ["MODE_IPV4"], "ipAddresses": ["10.0.0.2"]}],
    "etag": "abc",
}
BACKUP: dict[str, Any] = {
    "name": f"{PLACE}/backups/media-nightly",
    "state": "READY",
    "createTime": "2026-03-04T02:00:00Z",
    "capacityGb": "1024",
    "storageBytes": "123",
    "sourceInstance": f"{PLACE}/instances/media",
    "sourceFileShare": "media",
    "sourceInstanceTier": "ENTERPRISE",
}
REDIS: dict[str, Any] = {
    "name": f"{PLACE}/instances/sessions",
    "labels": {"env": "prod"},
    "locationId": "us-central1-c",
    "redisVersion": "REDIS_7_0",
    "host": "10.18.222.171",
    "port": 6379,
    "createTime": "2026-04-27T18:06:30.253765021Z",
    "state": "READY",
    "tier": "BASIC",
    "memorySizeGb": 1,
    "connectMode": "DIRECT_PEERING",
    "transitEncryptionMode": "DISABLED",
    "persistenceConfig": {"persistenceMode": "DISABLED"},
}
DATASET: dict[str, Any] = {
    "kind": "bigquery#dataset",
    "id": "demo-project:finance",
    "datasetReference": {"datasetId": "finance", "projectId": "demo-project"},
    "access": [
        {"role": "WRITER", "specialGroup": "projectWriters"},
        {"role": "OWNER", "specialGroup": "projectOwners"},
        {"role": "OWNER", "userByEmail": "clerk@example.com"},
        {"role": "READER", "specialGroup": "projectReaders"},
    ],
    "creationTime": "1677600419448",
    "location": "US",
    "type": "DEFAULT",
}


@pytest.mark.parametrize("one", [one for one in stores.SOURCES if one.kind is not Holder])
def test_every_field_is_filled_or_lacking(one: Source) -> None:
    assert not unfilled(one)


def test_a_filestore_instance_and_its_backup() -> None:
    system = mapped(FILES, FILESTORE, scope=SCOPE)
    point = mapped(FILE_BACKUPS, BACKUP, scope=SCOPE)
    assert isinstance(system, FileSystem)
    assert isinstance(point, FileSystemBackup)
    assert (system.backed_up, system.tags) == (False, {"team": "shop"})
    assert system.created_at is not None
    assert system.created_at.date().isoformat() == "2026-02-03"
    assert point.of == system.id == f"//file.googleapis.com/{PLACE}/instances/media"
    assert point.restorable
    rule = RULES["file-system-without-backup"]
    now = datetime(2026, 3, 4, 9, tzinfo=UTC)
    found = run_case(rule, Case(system, [point]), now=now)
    assert found is not None
    assert found.outcome is Outcome.PASS
    unfinished = mapped(FILE_BACKUPS, {**BACKUP, "state": "CREATING"}, scope=SCOPE)
    found = run_case(rule, Case(system, [unfinished]), now=now)
    assert found is not None
    assert found.outcome is Outcome.FAIL


def test_a_bigtable_table_is_judged_by_its_backups() -> None:
    name = "projects/demo-project/instances/events/tables/clicks"
    whole = {"name": name, "granularity": "MILLIS", "deletionProtection": True}
    table = mapped(TABLES, {"name": name}, scope=SCOPE, **{TABLE: whole})
    assert isinstance(table, Table)
    assert table.deletion_protected
    assert not table.point_in_time
    backup = {
        "name": "projects/demo-project/instances/events/clusters/c/backups/b",
        "sourceTable": name,
        "startTime": "2026-01-15T02:00:03.118291Z",
        "state": "READY",
    }
    rule = RULES["table-without-point-in-time-recovery"]
    for others, outcome in (
        ([], Outcome.FAIL),
        ([mapped(TABLE_BACKUPS, backup, scope=SCOPE)], Outcome.PASS),
        ([mapped(TABLE_BACKUPS, {**backup, "state": "CREATING"}, scope=SCOPE)], Outcome.FAIL),
    ):
        found = run_case(rule, Case(table, others), now=NOW)
        assert found is not None
        assert found.outcome is outcome
    open_ = mapped(TABLES, {"name": name}, scope=SCOPE, **{TABLE: {"name": name}})
    assert isinstance(open_, Table)
    assert not open_.deletion_protected


@pytest.mark.parametrize(
    ("said", "tls"),
    [
        ({"transitEncryptionMode": "DISABLED"}, "off"),
        ({"transitEncryptionMode": "SERVER_AUTHENTICATION"}, "required"),
        ({}, "off"),
    ],
)
def test_a_redis_instance(said: dict[str, str], tls: str) -> None:
    bare = {name: value for name, value in REDIS.items() if name != "transitEncryptionMode"}
    cache = mapped(CACHES, {**bare, **said}, scope=SCOPE)
    assert isinstance(cache, Cache)
    assert (cache.tls, cache.tags) == (tls, {"env": "prod"})
    assert cache.why("encrypted").code is Code.LACKING


def test_a_mode_that_is_not_known_is_unread() -> None:
    cache = mapped(CACHES, {**REDIS, "transitEncryptionMode": "CARRIER_PIGEON"}, scope=SCOPE)
    assert cache.why("tls").code is Code.MALFORMED


def test_a_dataset() -> None:
    warehouse = mapped(WAREHOUSES, DATASET, scope=SCOPE, **{"datasets.get": DATASET})
    assert isinstance(warehouse, Warehouse)
    assert (warehouse.public, warehouse.grants, warehouse.tags) == (False, (), {})
    assert warehouse.id == "//bigquery.googleapis.com/projects/demo-project/datasets/finance"
    access = [
        *DATASET["access"],
        {"role": "READER", "specialGroup": "allAuthenticatedUsers"},
        {"role": "roles/bigquery.dataViewer", "iamMember": "allUsers"},
        {"view": {"projectId": "other", "datasetId": "d", "tableId": "t"}},
    ]
    shared = mapped(WAREHOUSES, DATASET, scope=SCOPE, **{"datasets.get": {**DATASET, "access": access}})
    assert isinstance(shared, Warehouse)
    assert shared.grants == (
        PublicGrant(who="any account", may=("read", "list"), said="READER"),
        PublicGrant(who="everyone", may=("read", "list"), said="roles/bigquery.dataViewer"),
    )
    found = run_case(RULES["warehouse-public"], Case(shared))
    assert found is not None
    assert (found.outcome, found.severity) == (Outcome.FAIL, "critical")
    assert found.messages[0] == "any account may read and list (READER)"


def test_keys_of_tables_and_clusters() -> None:
    for source in analysis.SOURCES:
        assert not unfilled(source)
    table = {
        "tableReference": {"projectId": "p", "datasetId": "d", "tableId": "t"},
        "location": "europe-west1",
    }
    one: Any = mapped(analysis.TABLES, table, scope=SCOPE)
    assert (one.id, one.scope.region) == (
        "//bigquery.googleapis.com/projects/p/datasets/d/tables/t",
        "europe-west1",
    )
    assert one.key is None
    name = "//dataproc.googleapis.com/projects/p/regions/us-east1/clusters/c"
    cluster = {"clusterName": "c", analysis.NAMED: name}
    for said, key in (
        ({}, None),
        ({"gcePdKmsKeyName": "k"}, "k"),
        ({"kmsKey": "n", "gcePdKmsKeyName": "o"}, "n"),
    ):
        one = mapped(analysis.CLUSTERS, {**cluster, "config": {"encryptionConfig": said}}, scope=SCOPE)
        assert (one.id, one.scope.region, one.key) == (name, "us-east1", key)
    assert mapped(analysis.CLUSTERS, cluster, scope=SCOPE).why("key").code is Code.MALFORMED
