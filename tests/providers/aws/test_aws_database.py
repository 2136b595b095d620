"""RDS: from answers to facts, and from a real boto3 against moto to the same."""

from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from collecting import collected
from mapped import mapped
from scripted import ACCOUNT, HOME, Collected, Scripted, collect
from shipped import RULES

from scanner.engine import Outcome, Verdict, run_case
from scanner.models.database import Backup, Database, DatabaseMember
from scanner.models.resource import Code, Resource
from scanner.providers.aws.database import CLUSTERS, INSTANCES, MEMBERS, SOURCES
from scanner.providers.aws.database_tls import tls_required
from scanner.rule import Case

WHEN = datetime(2026, 1, 1, tzinfo=UTC)
ARN = f"arn:aws:rds:{HOME}:{ACCOUNT}"
INSTANCE: dict[str, Any] = {
    "DBInstanceIdentifier": "orders",
    "DBInstanceArn": f"{ARN}:db:orders",
    "DBInstanceClass": "db.t4g.medium",
    "DBInstanceStatus": "available",
    "Engine": "postgres",
    "EngineVersion": "17.4",
    "AllocatedStorage": 20,
    "BackupRetentionPeriod": 7,
    "LatestRestorableTime": WHEN,
    "MultiAZ": True,
    "PubliclyAccessible": False,
    "StorageEncrypted": True,
    "StorageEncryptionType": "sse-kms",
    "ReadReplicaDBInstanceIdentifiers": [],
    "DeletionProtection": True,
    "DbiResourceId": "db-ABCDEFGHIJKL",
    "InstanceCreateTime": WHEN,
    "DBParameterGroups": [{"DBParameterGroupName": "own", "ParameterApplyStatus": "in-sync"}],
    "TagList": [{"Key": "team", "Value": "shop"}],
}
MEMBER: dict[str, Any] = {
    **INSTANCE,
    "DBInstanceIdentifier": "ledger-1",
    "DBInstanceArn": f"{ARN}:db:ledger-1",
    "DBClusterIdentifier": "ledger",
    "Engine": "aurora-postgresql",
    "PubliclyAccessible": True,
}
CLUSTER: dict[str, Any] = {
    "DBClusterIdentifier": "ledger",
    "DBClusterArn": f"{ARN}:cluster:ledger",
    "Engine": "aurora-postgresql",
    "EngineMode": "provisioned",
    "Status": "available",
    "BackupRetentionPeriod": 1,
    "StorageEncrypted": False,
    "StorageEncryptionType": "sse-rds",
    "DBClusterMembers": [
        {"DBInstanceIdentifier": "ledger-1", "IsClusterWriter": True, "PromotionTier": 1},
        {"DBInstanceIdentifier": "ledger-2", "IsClusterWriter": False, "PromotionTier": 1},
    ],
    "EngineVersion": "17.4",
    "DbClusterResourceId": "cluster-ABCDEFGHIJKL",
    "ClusterCreateTime": WHEN,
    "MultiAZ": False,
    "DBClusterParameterGroup": "own-aurora",
    "TagList": [],
}
FORCED = {"ParameterName": "rds.force_ssl", "ParameterValue": "1", "Source": "user"}


def without(raw: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in raw.items() if name not in names}


def instance(**changed: Any) -> Any:
    return mapped(INSTANCES, {**INSTANCE, **changed})


def cluster(**changed: Any) -> Any:
    return mapped(CLUSTERS, {**CLUSTER, **changed})


def verdict(rule_id: str, resource: Resource, *others: Resource) -> Verdict | None:
    return run_case(RULES[rule_id], Case(resource, others))


def test_every_field_is_filled() -> None:
    session = Scripted(
        {
            "rds:DescribeDBInstances": {"DBInstances": [INSTANCE, MEMBER]},
            "rds:DescribeDBClusters": {"DBClusters": [CLUSTER]},
            "rds:DescribeDBParameters": {"Parameters": [FORCED]},
            "rds:DescribeDBClusterParameters": {"Parameters": [{**FORCED, "ParameterValue": "0"}]},
        }
    )
    found = collect(session, SOURCES)
    assert not found.gaps
    assert {resource.name: type(resource) for resource in found.resources.values()} == {
        "orders": Database,
        "ledger": Database,
        "ledger-1": DatabaseMember,
    }
    for resource in found.resources.values():
        assert {why.code for why in resource.unread.values()} <= {Code.LACKING, Code.NOT_APPLICABLE}
        assert set(type(resource).fact_fields()) <= resource.model_fields_set | set(resource.unread)
    one = found.one("orders")
    assert (one.id, one.scope.region) == (f"{ARN}:db:orders", HOME)
    assert (one.encrypted, one.backup, one.replica_of) == (True, Backup(retention_days=7), None)
    assert (one.public, one.members, one.tags) == (False, (), {"team": "shop"})
    assert session.asked("rds:DescribeDBClusters") == [{"MaxRecords": 100}]
    assert (one.tls_required, one.deletion_protected, one.zones, one.stopped) == (True, True, True, False)
    assert (one.known_as, one.created_at, one.restorable_until) == ("db-ABCDEFGHIJKL", WHEN, WHEN)
    one = found.one("ledger")
    assert (one.tls_required, one.deletion_protected, one.zones) == (False, False, False)
    assert (one.known_as, one.created_at, one.restorable_until) == ("cluster-ABCDEFGHIJKL", WHEN, None)
    [asked] = session.asked("rds:DescribeDBParameters")
    assert asked["DBParameterGroupName"] == "own"


def test_minor_versions_and_certificates() -> None:
    shown = {"CAIdentifier": "rds-ca-rsa2048-g1", "ValidTill": WHEN}
    one = mapped(INSTANCES, {**INSTANCE, "AutoMinorVersionUpgrade": True, "CertificateDetails": shown})
    assert isinstance(one, Database)
    assert (one.minor_upgrades, one.certificate_ends) == (True, WHEN)
    one = mapped(INSTANCES, without(INSTANCE, "AutoMinorVersionUpgrade", "CertificateDetails"))
    assert isinstance(one, Database)
    assert (one.minor_upgrades, one.certificate_ends) == (False, None)
    aurora = mapped(CLUSTERS, CLUSTER)
    assert {aurora.why(fact).code for fact in ("minor_upgrades", "certificate_ends")} == {Code.NOT_APPLICABLE}
    one = mapped(
        CLUSTERS, {**CLUSTER, "DBClusterInstanceClass": "db.m6gd.large", "CertificateDetails": shown}
    )
    assert isinstance(one, Database)
    assert (one.minor_upgrades, one.certificate_ends) == (False, WHEN)


@pytest.mark.parametrize(
    ("said", "encrypted"),
    [
        ({"StorageEncryptionType": "sse-kms", "StorageEncrypted": True}, True),
        ({"StorageEncryptionType": "sse-rds", "StorageEncrypted": False}, True),
        ({"StorageEncryptionType": "none", "StorageEncrypted": False}, False),
        ({"StorageEncrypted": True}, True),
        ({"StorageEncrypted": False}, False),
    ],
)
def test_the_type_of_encryption_goes_before_the_flag(said: dict[str, Any], encrypted: bool) -> None:  # noqa: FBT001
    bare = without(CLUSTER, "StorageEncrypted", "StorageEncryptionType")
    one = mapped(CLUSTERS, {**bare, **said})
    assert isinstance(one, Database)
    assert one.encrypted is encrypted
    found = verdict("database-unencrypted", one)
    assert found is not None
    assert found.outcome is (Outcome.PASS if encrypted else Outcome.FAIL)


def test_a_type_of_encryption_that_is_not_known_is_unread() -> None:
    one = instance(StorageEncryptionType="sse-moon")
    assert one.why("encrypted").code is Code.MALFORMED
    found = verdict("database-unencrypted", one)
    assert found is not None
    assert found.outcome is Outcome.UNKNOWN


def test_an_answer_without_the_facts_is_unread() -> None:
    names = ("StorageEncrypted", "StorageEncryptionType", "BackupRetentionPeriod")
    one = mapped(INSTANCES, without(INSTANCE, *names))
    said = {name: why.code for name, why in one.unread.items() if why.code is not Code.LACKING}
    assert said == {
        "encrypted": Code.MALFORMED,
        "backup": Code.MALFORMED,
    }


def test_no_days_are_no_backups() -> None:
    one = instance(BackupRetentionPeriod=0)
    assert one.backup is None
    found = verdict("database-without-backup", one)
    assert found is not None
    assert (found.outcome, found.severity) == (Outcome.FAIL, "high")


@pytest.mark.parametrize(
    "source",
    ["ReadReplicaSourceDBInstanceIdentifier", "ReadReplicaSourceDBClusterIdentifier"],
)
def test_a_replica_is_not_judged_for_its_backups(source: str) -> None:
    one = instance(BackupRetentionPeriod=0, **{source: "orders"})
    assert one.replica_of == "orders"
    assert verdict("database-without-backup", one) is None
    assert verdict("database-without-backup", cluster(ReplicationSourceIdentifier="x")) is None


def test_few_days_are_a_mild_finding() -> None:
    found = verdict("database-without-backup", cluster())
    assert found is not None
    assert (found.outcome, found.severity) == (Outcome.FAIL, "low")
    assert found.messages == ("backups are kept 1 day, fewer than 7",)


def test_the_address_of_a_cluster_is_that_of_its_instances() -> None:
    one = cluster()
    assert not one.public
    assert one.members == (f"{ARN}:db:ledger-1", f"{ARN}:db:ledger-2")
    public, private = (
        mapped(MEMBERS, {**MEMBER, "PubliclyAccessible": public}).model_copy(update={"scope": one.scope})
        for public in (True, False)
    )
    found = verdict("database-public", one, public)
    assert found is not None
    assert found.messages == ("its instance ledger-1 has a public address",)
    found = verdict("database-public", one, private)
    assert found is not None
    assert found.outcome is Outcome.PASS


@pytest.mark.parametrize("said", ["PubliclyAccessible", "InternetAccessGatewayEnabled"])
def test_a_cluster_can_have_an_address_of_its_own(said: str) -> None:
    assert cluster(**{said: True}).public
    assert not cluster(**{said: False}).public


def test_documentdb_and_neptune_are_databases_too() -> None:
    for engine in ("docdb", "neptune"):
        one = cluster(Engine=engine, StorageEncryptionType="none")
        found = verdict("database-unencrypted", one)
        assert found is not None
        assert found.outcome is Outcome.FAIL


@pytest.mark.parametrize(
    ("engine", "version", "parameter", "value", "required"),
    [
        ("postgres", "17.4", "rds.force_ssl", "1", True),
        ("postgres", "17.4", "rds.force_ssl", "0", False),
        ("postgres", "17.4", "rds.force_ssl", None, True),
        ("postgres", "14.9", "rds.force_ssl", None, False),
        ("aurora-postgresql", "15.3", "", None, True),
        ("sqlserver-se", "16.00.4165.4.v1", "rds.force_ssl", "1", True),
        ("mysql", "8.0.40", "require_secure_transport", "ON", True),
        ("mysql", "8.0.40", "require_secure_transport", None, False),
        ("mysql", "8.4.3", "require_secure_transport", None, False),
        ("aurora-mysql", "8.4.mysql_aurora.8.4.7", "require_secure_transport", None, True),
        ("aurora-mysql", "8.0.mysql_aurora.3.08.0", "require_secure_transport", None, False),
        ("aurora-mysql", "8.0.mysql_aurora.3.08.0", "require_secure_transport", "OFF", False),
        ("mariadb", "10.11.9", "require_secure_transport", "1", True),
        ("mariadb", "10.11.9", "require_secure_transport", None, False),
        ("mariadb", "11.4.3", "require_secure_transport", None, False),
        ("mariadb", "11.8.2", "require_secure_transport", None, True),
        ("sqlserver-se", "16.00.4165.4.v1", "rds.force_ssl", None, None),
        ("docdb", "5.0.0", "tls", "enabled", True),
        ("docdb", "5.0.0", "tls", "tls1.2+", True),
        ("docdb", "5.0.0", "tls", "disabled", False),
        ("docdb", "5.0.0", "", None, None),
        ("neptune", "1.4.0.0", "neptune_enforce_ssl", "1", True),
        ("oracle-ee", "19.0.0.0", "anything", "1", None),
        ("postgres", "17.4", "rds.force_ssl", "{perhaps}", None),
    ],
)
def test_which_parameter_forces_tls(
    engine: str,
    version: str,
    parameter: str,
    value: str | None,
    required: bool | None,  # noqa: FBT001 - a column of the table
) -> None:
    row = {"ParameterName": parameter, **({"ParameterValue": value} if value else {})}
    database = {"Engine": engine, "EngineVersion": version}
    if required is None:
        with pytest.raises(ValueError, match=r"not know|does not read"):
            tls_required([row], database)
    else:
        assert tls_required([row], database) is required


def test_through_the_real_sdk(moto: str) -> None:  # noqa: ARG001 - the server that it reads
    rds = boto3.client("rds")
    login = {"MasterUsername": "clerk", "MasterUserPassword": "Passw0rd1234"}
    small = {"DBInstanceClass": "db.t3.medium", "AllocatedStorage": 20, **login}
    rds.create_db_instance(
        DBInstanceIdentifier="open",
        Engine="postgres",
        BackupRetentionPeriod=0,
        PubliclyAccessible=True,
        **small,
    )
    rds.create_db_instance(
        DBInstanceIdentifier="shut",
        Engine="mysql",
        BackupRetentionPeriod=14,
        StorageEncrypted=True,
        Tags=[{"Key": "team", "Value": "shop"}],
        **small,
    )
    rds.create_db_instance_read_replica(DBInstanceIdentifier="copy", SourceDBInstanceIdentifier="shut")
    # moto does not have the groups that come with the service.
    rds.create_db_cluster_parameter_group(
        DBClusterParameterGroupName="own", DBParameterGroupFamily="aurora-postgresql17", Description="own"
    )
    rds.create_db_cluster(
        DBClusterIdentifier="ledger",
        Engine="aurora-postgresql",
        StorageEncrypted=True,
        DBClusterParameterGroupName="own",
        **login,
    )
    rds.create_db_instance(
        DBInstanceIdentifier="ledger-1",
        DBClusterIdentifier="ledger",
        Engine="aurora-postgresql",
        DBInstanceClass="db.r6g.large",
    )
    found = Collected(collected(SOURCES, HOME), [])
    codes = {why.code for one in found.resources.values() for why in one.unread.values()}
    assert codes <= {Code.LACKING, Code.NOT_APPLICABLE}
    assert {resource.name: type(resource) for resource in found.resources.values()} == {
        "open": Database,
        "shut": Database,
        "copy": Database,
        "ledger": Database,
        "ledger-1": DatabaseMember,
    }
    one = found.one("open")
    assert (one.encrypted, one.backup, one.public) == (False, None, True)
    one = found.one("shut")
    assert (one.encrypted, one.backup, one.tags) == (True, Backup(retention_days=14), {"team": "shop"})
    assert found.one("copy").replica_of == "shut"
    assert found.one("ledger").members == (found.one("ledger-1").id,)
    assert not found.one("ledger-1").public
