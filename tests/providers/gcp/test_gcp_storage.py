"""Cloud Storage, disks and Cloud SQL as the API gives them, mapped to the kinds that AWS fills too."""

from collections.abc import Mapping
from typing import Any

import pytest
from mapped import mapped
from shipped import RULES

from scanner.engine import Outcome, Verdict, run_case
from scanner.models.account import Account
from scanner.models.database import Backup, Database
from scanner.models.resource import Cloud, Code, Resource, Scope
from scanner.models.storage import Bucket, PublicBlock, PublicGrant, Volume
from scanner.providers.gcp import sources, storage
from scanner.rule import Case

SCOPE = Scope(Cloud.GCP, "demo-project", "us-central1")
BUCKETS, SNAPSHOTS, DISKS, INSTANCES = (
    sources.BUCKETS,
    sources.SNAPSHOTS,
    sources.DISKS,
    sources.SQL_INSTANCES,
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
    "createTime": "2026-03-26T15:17:25.664Z",
    "serverCaCert": {"kind": "sql#sslCert", "expirationTime": "2036-03-23T15:18:05.477Z"},
    "settings": {
        "kind": "sql#settings",
        "tier": "db-f1-micro",
        "activationPolicy": "ALWAYS",
        "availabilityType": "ZONAL",
        "deletionProtectionEnabled": True,
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
    return mapped(BUCKETS, {**BUCKET, **changed}, scope=SCOPE, **{"buckets.getIamPolicy": policy})


RUNS: Any = [
    {"instance": "orders", "status": "FAILED", "endTime": "2026-04-02T03:05:00Z"},
    {"instance": "orders", "status": "SUCCESSFUL", "endTime": "2026-04-01T03:05:00Z"},
    {"instance": "orders", "status": "SUCCESSFUL", "endTime": "2026-03-31T03:05:00Z"},
]


def instance(**backup: Any) -> Any:
    settings = {
        **INSTANCE["settings"],
        "backupConfiguration": {**INSTANCE["settings"]["backupConfiguration"], **backup},
    }
    return mapped(
        INSTANCES,
        {**INSTANCE, "settings": settings},
        scope=SCOPE,
        **dict[str, Any]({"backupRuns.list": RUNS}),
    )


def verdict(rule_id: str, resource: Resource, *others: Resource) -> Verdict | None:
    return run_case(RULES[rule_id], Case(resource, others))


def filled(resource: Resource) -> set[str]:
    """The fields that were read or declared lacking; fails when one is neither."""
    assert {why.code for why in resource.unread.values()} <= {Code.LACKING}
    found = resource.model_fields_set & set(resource.fact_fields())
    assert found | set(resource.unread) == set(resource.fact_fields())
    return found


def test_bucket() -> None:
    one = bucket()
    assert set(Bucket.fact_fields()) - filled(one) == {
        *storage.BUCKET_LACKS,
        "copied",
        "mfa_delete",
        "write_once",
    }
    assert not one.customer_keys_refused
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
    kept = ("name", "location", "locationType", "acl")
    bare = {name: value for name, value in BUCKET.items() if name in kept}
    one = mapped(
        BUCKETS, bare, scope=SCOPE, **{"buckets.getIamPolicy": {"kind": "storage#policy", "etag": "CAE="}}
    )
    assert isinstance(one, Bucket)
    filled(one)
    assert one.policy_grants == ()
    assert (one.public_block, one.versioning, one.soft_delete_days) == (None, "off", None)
    assert (one.key, one.access_log, one.tags) == (None, None, {})


def test_uniform_access_takes_the_effect_from_acls() -> None:
    uniform = {"uniformBucketLevelAccess": {"enabled": True}, "publicAccessPrevention": "inherited"}
    raw = {name: value for name, value in BUCKET.items() if name not in ("acl", "defaultObjectAcl")}
    one: Any = mapped(
        BUCKETS, {**raw, "iamConfiguration": uniform}, scope=SCOPE, **{"buckets.getIamPolicy": BINDINGS}
    )
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
    user = "https://www.googleapis.com/compute/v1/projects/demo-project/zones/us-central1-a/instances/i"
    disk: Any = mapped(DISKS, {**DISK, "users": [user]}, scope=SCOPE)
    assert set(Volume.fact_fields()) - filled(disk) == {"encrypted"}
    assert disk.machines == (user.replace("https://www", "//compute").replace("/compute/v1", ""),)
    assert verdict("volume-unencrypted", disk) is None
    assert verdict("database-unencrypted", instance()) is None


DISK: dict[str, Any] = {
    "kind": "compute#disk",
    "id": "7595388187556896112",
    "creationTimestamp": "2026-01-01T04:57:05.076-08:00",
    "name": "d",
    "sizeGb": "10",
    "status": "READY",
    "selfLink": "https://www.googleapis.com/compute/v1/projects/demo-project/zones/us-central1-a/disks/d",
}


def test_snapshot() -> None:
    raw = {
        "kind": "compute#snapshot",
        "name": "s",
        "selfLink": "https://www.googleapis.com/compute/v1/projects/demo-project/global/snapshots/s",
        "status": "READY",
        "creationTimestamp": "2026-01-02T04:57:05.076-08:00",
        "sourceDiskId": DISK["id"],
        "labels": {"env": "test"},
    }
    public = {
        "etag": "BwYCcnf5oMo=",
        "bindings": [{"role": "roles/compute.admin", "members": ["allAuthenticatedUsers"]}],
    }
    one: Any = mapped(SNAPSHOTS, raw, scope=SCOPE, **{"snapshots.getIamPolicy": public})
    filled(one)
    assert one.public
    assert (one.volume, one.restorable, one.taken_at.isoformat()) == (
        DISK["id"],
        True,
        "2026-01-02T04:57:05.076000-08:00",
    )
    one = mapped(SNAPSHOTS, raw, scope=SCOPE, **{"snapshots.getIamPolicy": {"etag": "ACAB"}})
    assert not one.public


def test_database() -> None:
    one = instance()
    assert set(Database.fact_fields()) - filled(one) == {"encrypted", "minor_upgrades", "open_to_cloud"}
    assert one.known_as == one.id == "//cloudsql.googleapis.com/projects/demo-project/instances/orders"
    assert (one.tls_required, one.deletion_protected, one.zones, one.stopped) == (True, True, False, False)
    assert one.restorable_until.isoformat() == "2026-04-01T03:05:00+00:00"
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


@pytest.mark.parametrize(
    ("said", "required"),
    [
        ({"sslMode": "ALLOW_UNENCRYPTED_AND_ENCRYPTED", "requireSsl": True}, False),
        ({"sslMode": "ENCRYPTED_ONLY", "requireSsl": False}, True),
        ({"sslMode": "TRUSTED_CLIENT_CERTIFICATE_REQUIRED"}, True),
        ({"sslMode": "SSL_MODE_UNSPECIFIED", "requireSsl": True}, True),
        ({"requireSsl": True}, True),
        ({}, False),
    ],
)
def test_the_mode_of_tls_goes_before_the_older_switch(said: dict[str, Any], required: bool) -> None:  # noqa: FBT001
    settings = {**INSTANCE["settings"], "ipConfiguration": {"ipv4Enabled": True, **said}}
    one: Any = mapped(INSTANCES, {**INSTANCE, "settings": settings}, scope=SCOPE)
    assert one.tls_required is required


def test_a_backup_run_is_of_its_instance() -> None:
    raw = {
        "kind": "sql#backupRun",
        "id": "1774539607722",
        "status": "SUCCESSFUL",
        "endTime": "2026-03-26T15:41:28.868Z",
        "instance": "orders",
        "location": "us",
        "selfLink": "https://sqladmin.googleapis.com/sql/v1beta4/projects/demo-project/instances/orders/backupRuns/1774539607722",
    }
    one: Any = mapped(sources.SQL_BACKUPS, raw, scope=SCOPE)
    assert one.id == f"{instance().id}/backupRuns/1774539607722"
    assert (one.of, one.restorable, one.scope.region) == (instance().known_as, True, "global")
    running = {**raw, "status": "RUNNING", "location": "us-central1"}
    del running["endTime"]
    one = mapped(sources.SQL_BACKUPS, running, scope=SCOPE)
    assert (one.taken_at, one.restorable, one.scope.region) == (None, False, "us-central1")
