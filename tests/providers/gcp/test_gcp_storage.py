"""Cloud Storage, disks and Cloud SQL as the API gives them, mapped to the kinds that AWS fills too."""

from collections.abc import Mapping
from typing import Any

import pytest
from mapped import mapped

from scanner import packs
from scanner.engine import Outcome, Verdict, run_case
from scanner.models.account import Account
from scanner.models.database import Backup, Database
from scanner.models.resource import Cloud, Code, Resource, Scope
from scanner.models.storage import Bucket, PublicBlock, PublicGrant, Snapshot, Volume
from scanner.providers.gcp import database, storage
from scanner.providers.spec import Call, Detail, Once, Source
from scanner.rule import Case

SCOPE = Scope(Cloud.GCP, "demo-project", "us-central1")
POLICY = Call(service="storage", operation="getIamPolicy")
BUCKETS = Source(
    kind=Bucket,
    listing=Once(),
    id="//storage.googleapis.com/{name}",
    name="{name}",
    fields=storage.BUCKET,
    details=[Detail(call=POLICY, fills=storage.BUCKET_POLICY)],
    lacking=storage.BUCKET_LACKS,
)
SNAPSHOTS = Source(
    kind=Snapshot,
    listing=Once(),
    id="//compute.googleapis.com/{selfLink}",
    fields=storage.SNAPSHOT,
    details=[Detail(call=POLICY, fills=storage.SNAPSHOT_POLICY)],
)
DISKS = Source(kind=Volume, listing=Once(), id="{selfLink}", fields=storage.DISK, lacking=storage.DISK_LACKS)
INSTANCES = Source(
    kind=Database, listing=Once(), id="{name}", fields=database.INSTANCE, lacking=database.INSTANCE_LACKS
)

BUCKET: dict[str, Any] = {
    "kind": "storage#bucket",
    "selfLink": "https://www.googleapis.com/storage/v1/b/demo-orders",
    "id": "demo-orders",
    "name": "demo-orders",
    "projectNumber": "111111111111",
    "generation": "1772727489776892643",
    "metageneration": "6",
    "location": "US-CENTRAL1",
    "locationType": "region",
    "storageClass": "STANDARD",
    "etag": "CAY=",
    "timeCreated": "2026-03-05T16:18:10.042Z",
    "updated": "2026-03-05T16:18:44.692Z",
    "acl": [
        {
            "kind": "storage#bucketAccessControl",
            "id": "demo-orders/project-owners-111111111111",
            "bucket": "demo-orders",
            "entity": "project-owners-111111111111",
            "role": "OWNER",
            "etag": "CAY=",
            "projectTeam": {"projectNumber": "111111111111", "team": "owners"},
        },
        {
            "kind": "storage#bucketAccessControl",
            "id": "demo-orders/allUsers",
            "bucket": "demo-orders",
            "entity": "allUsers",
            "role": "READER",
            "etag": "CAY=",
        },
    ],
    "defaultObjectAcl": [
        {"kind": "storage#objectAccessControl", "entity": "allAuthenticatedUsers", "role": "READER"}
    ],
    "owner": {"entity": "project-owners-111111111111"},
    "labels": {"env": "test"},
    "versioning": {"enabled": True},
    "softDeletePolicy": {
        "retentionDurationSeconds": "604800",
        "effectiveTime": "2026-03-05T16:18:10.042Z",
    },
    "encryption": {"defaultKmsKeyName": "projects/p/locations/us-central1/keyRings/r/cryptoKeys/k"},
    "logging": {"logBucket": "demo-logs", "logObjectPrefix": "orders"},
    "iamConfiguration": {
        "bucketPolicyOnly": {"enabled": False},
        "uniformBucketLevelAccess": {"enabled": False},
        "publicAccessPrevention": "inherited",
    },
    "rpo": "DEFAULT",
}
BINDINGS = {
    "kind": "storage#policy",
    "resourceId": "projects/_/buckets/demo-orders",
    "version": 1,
    "etag": "CAY=",
    "bindings": [
        {"role": "roles/storage.legacyBucketOwner", "members": ["projectOwner:demo-project"]},
        {"role": "roles/storage.objectAdmin", "members": ["allAuthenticatedUsers", "user:a@example.com"]},
        {"role": "roles/cloudbuild.builds.builder", "members": ["allUsers"]},
    ],
}
INSTANCE: dict[str, Any] = {
    "kind": "sql#instance",
    "state": "RUNNABLE",
    "databaseVersion": "MYSQL_8_0",
    "instanceType": "CLOUD_SQL_INSTANCE",
    "backendType": "SECOND_GEN",
    "name": "orders",
    "project": "demo-project",
    "region": "us-central1",
    "gceZone": "us-central1-a",
    "connectionName": "demo-project:us-central1:orders",
    "selfLink": "https://sqladmin.googleapis.com/sql/v1beta4/projects/demo-project/instances/orders",
    "ipAddresses": [{"type": "PRIMARY", "ipAddress": "192.0.2.10"}],
    "settings": {
        "kind": "sql#settings",
        "tier": "db-f1-micro",
        "activationPolicy": "ALWAYS",
        "userLabels": {"team": "shop"},
        "ipConfiguration": {
            "ipv4Enabled": True,
            "authorizedNetworks": [],
            "sslMode": "ENCRYPTED_ONLY",
            "requireSsl": False,
        },
        "backupConfiguration": {
            "kind": "sql#backupConfiguration",
            "startTime": "15:00",
            "enabled": True,
            "backupRetentionSettings": {"retentionUnit": "COUNT", "retainedBackups": 7},
            "binaryLogEnabled": False,
            "transactionLogRetentionDays": 7,
            "backupTier": "STANDARD",
        },
    },
}


def bucket(policy: Mapping[str, Any] = BINDINGS, **changed: Any) -> Any:
    return mapped(BUCKETS, {**BUCKET, **changed}, scope=SCOPE, getIamPolicy=policy)


def instance(**backup: Any) -> Any:
    settings = {
        **INSTANCE["settings"],
        "backupConfiguration": {**INSTANCE["settings"]["backupConfiguration"], **backup},
    }
    return mapped(INSTANCES, {**INSTANCE, "settings": settings}, scope=SCOPE)


def verdict(rule_id: str, resource: Resource, *others: Resource) -> Verdict | None:
    return run_case(packs.load().rules[rule_id], Case(resource, others))


def filled(resource: Resource) -> set[str]:
    """The fields that were read or declared lacking; fails when one is neither."""
    assert {why.code for why in resource.unread.values()} <= {Code.LACKING}
    found = resource.model_fields_set & set(resource.fact_fields())
    assert found | set(resource.unread) == set(resource.fact_fields())
    return found


def test_bucket() -> None:
    one = bucket()
    assert set(Bucket.fact_fields()) - filled(one) == {"plain_http"}
    assert one.policy_grants == (
        PublicGrant(who="any account", may=("read", "list", "write"), said="roles/storage.objectAdmin"),
        PublicGrant(who="everyone", may=("other",), said="roles/cloudbuild.builds.builder"),
    )
    assert one.acl_grants == (
        PublicGrant(who="everyone", may=("list",), said="READER"),
        PublicGrant(who="any account", may=("read",), said="READER for new objects"),
    )
    assert (one.acls_disabled, one.public_block) == (False, None)
    assert (one.versioning, one.soft_delete_days) == ("on", 7)
    assert one.key == "projects/p/locations/us-central1/keyRings/r/cryptoKeys/k"
    assert (one.access_log, one.tags) == ("demo-logs", {"env": "test"})


def test_the_elements_that_the_api_leaves_out() -> None:
    bare = {name: value for name, value in BUCKET.items() if name in ("name", "location", "acl")}
    one = mapped(BUCKETS, bare, scope=SCOPE, getIamPolicy={"kind": "storage#policy"})
    assert isinstance(one, Bucket)
    filled(one)
    assert one.policy_grants == ()
    assert (one.public_block, one.versioning, one.soft_delete_days) == (None, "off", None)
    assert (one.key, one.access_log, one.tags) == (None, None, {})


def test_uniform_access_takes_the_effect_from_acls() -> None:
    uniform = {"uniformBucketLevelAccess": {"enabled": True}, "publicAccessPrevention": "inherited"}
    raw = {name: value for name, value in BUCKET.items() if name not in ("acl", "defaultObjectAcl")}
    one: Any = mapped(BUCKETS, {**raw, "iamConfiguration": uniform}, scope=SCOPE, getIamPolicy=BINDINGS)
    assert (one.acls_disabled, one.acl_grants) == (True, ())


def test_a_listing_without_acls_leaves_them_unread() -> None:
    raw = {name: value for name, value in BUCKET.items() if name != "acl"}
    assert mapped(BUCKETS, raw, scope=SCOPE).why("acl_grants").code is Code.MALFORMED


@pytest.mark.parametrize(
    ("said", "blocks"), [("enforced", True), ("inherited", False), ("unspecified", False)]
)
def test_public_access_prevention(said: str, blocks: bool) -> None:  # noqa: FBT001 - a parameter of the test
    one = bucket(iamConfiguration={"publicAccessPrevention": said})
    found = verdict("bucket-public", one, Account(public_block=None, scope=SCOPE))
    assert found is not None
    assert found.outcome is (Outcome.PASS if blocks else Outcome.FAIL)


def test_a_prevention_that_is_not_known_is_unread() -> None:
    one = bucket(iamConfiguration={"publicAccessPrevention": "perhaps"})
    assert one.why("public_block").code is Code.MALFORMED


@pytest.mark.parametrize(
    ("rules", "blocks"),
    [
        ([{"enforce": True}], True),
        ([{"enforce": False}], False),
        ([{"enforce": True, "condition": {"expression": "resource.matchTag('a', 'b')"}}], False),
        ([], False),
    ],
)
def test_organization_policy(rules: list[Any], blocks: bool) -> None:  # noqa: FBT001 - a parameter of the test
    answer = {"name": "projects/1/policies/storage.publicAccessPrevention", "spec": {"rules": rules}}
    block = storage.account_block(answer)
    assert block == (PublicBlock(policies=True, acls=True) if blocks else None)


def test_soft_delete_makes_the_finding_mild() -> None:
    found = verdict("bucket-without-versioning", bucket(versioning={"enabled": False}))
    assert found is not None
    assert (found.outcome, found.severity) == (Outcome.FAIL, "low")
    gone = bucket(versioning={"enabled": False}, softDeletePolicy={"retentionDurationSeconds": "0"})
    found = verdict("bucket-without-versioning", gone)
    assert found is not None
    assert (found.outcome, found.severity) == (Outcome.FAIL, "medium")


def test_no_verdict_where_the_cloud_has_no_such_thing() -> None:
    assert verdict("bucket-allows-plain-http", bucket()) is None
    disk = mapped(DISKS, {"selfLink": "disks/d", "sizeGb": "10", "status": "READY"}, scope=SCOPE)
    assert filled(disk) == {"tags"}
    assert verdict("volume-unencrypted", disk) is None
    assert verdict("database-unencrypted", instance()) is None


def test_snapshot() -> None:
    raw = {"name": "s", "selfLink": "projects/p/global/snapshots/s", "labels": {"env": "test"}}
    public = {"bindings": [{"role": "roles/compute.admin", "members": ["allAuthenticatedUsers"]}]}
    one: Any = mapped(SNAPSHOTS, raw, scope=SCOPE, getIamPolicy=public)
    filled(one)
    assert one.public
    one = mapped(SNAPSHOTS, raw, scope=SCOPE, getIamPolicy={"etag": "ACAB"})
    assert not one.public


def test_database() -> None:
    one = instance()
    assert set(Database.fact_fields()) - filled(one) == {"encrypted"}
    assert (one.backup, one.replica_of, one.members) == (Backup(retention_days=7), None, ())
    assert (one.public, one.tags) == (True, {"team": "shop"})


def test_backups_that_are_off() -> None:
    assert instance(enabled=False).backup is None
    bare: Any = mapped(
        INSTANCES, {**INSTANCE, "settings": {"ipConfiguration": {"ipv4Enabled": False}}}, scope=SCOPE
    )
    assert (bare.backup, bare.public) == (None, False)


@pytest.mark.parametrize(
    "said",
    [
        {"backupTier": "ENHANCED", "enabled": False},
        {"backupRetentionSettings": {"retentionUnit": "RETENTION_UNIT_UNSPECIFIED", "retainedBackups": 7}},
        {"backupRetentionSettings": {}},
    ],
)
def test_backups_that_are_not_understood(said: dict[str, Any]) -> None:
    assert instance(**said).why("backup").code is Code.MALFORMED


def test_a_replica_is_not_judged_for_its_backups() -> None:
    replica = {
        **INSTANCE,
        "instanceType": "READ_REPLICA_INSTANCE",
        "masterInstanceName": "demo-project:orders",
    }
    assert verdict("database-without-backup", mapped(INSTANCES, replica, scope=SCOPE)) is None
