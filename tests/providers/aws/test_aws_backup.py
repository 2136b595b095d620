"""Recovery points and snapshots of databases: from answers to facts, and from moto to the same."""

from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import boto3
import pytest
from collecting import collected
from mapped import mapped
from scripted import ACCOUNT, HOME, Answer, Collected, Scripted, collect, denied

from scanner.models.backup import BackupPlan
from scanner.models.database import DatabaseSnapshot
from scanner.models.resource import Code
from scanner.providers.aws import backup, database, database_snapshot

WHEN = datetime(2026, 1, 1, tzinfo=UTC)
VAULT = {"BackupVaultName": "shop", "BackupVaultArn": f"arn:aws:backup:{HOME}:{ACCOUNT}:backup-vault:shop"}
TABLE = f"arn:aws:dynamodb:{HOME}:{ACCOUNT}:table/orders"
FILES = f"arn:aws:fsx:{HOME}:{ACCOUNT}:file-system/fs-1"
RDS = f"arn:aws:rds:{HOME}:{ACCOUNT}"


def point(**said: Any) -> dict[str, Any]:
    return {
        "RecoveryPointArn": f"arn:aws:backup:{HOME}:{ACCOUNT}:recovery-point:1",
        "ResourceArn": TABLE,
        "ResourceName": "orders",
        "Status": "COMPLETED",
        "CreationDate": WHEN,
        "IsEncrypted": True,
        **said,
    }


PLAN = {
    "BackupPlanArn": f"arn:aws:backup:{HOME}:{ACCOUNT}:backup-plan:1",
    "BackupPlanId": "1",
    "BackupPlanName": "nightly",
    "CreationDate": WHEN,
    "VersionId": "v",
}
POLICY = {"PolicyId": "policy-1", "Description": "x", "State": "ERROR", "Tags": {"team": "shop"}}
TAGGED = {
    "Policy": {
        "PolicyId": "policy-1",
        "State": "ERROR",
        "PolicyDetails": {
            "PolicyType": "EBS_SNAPSHOT_MANAGEMENT",
            "TargetTags": [{"Key": "env", "Value": "prod"}],
        },
    }
}


class TestPlans:
    def test_a_plan_is_for_what_its_selections_name(self) -> None:
        made = mapped(
            backup.PLANS, PLAN, ListBackupSelections=[{"SelectionId": "s", "SelectionName": "tagged"}]
        )
        assert isinstance(made, BackupPlan)
        assert (made.id, made.state, made.targets) == (PLAN["BackupPlanArn"], "on", ("tagged",))
        nothing = mapped(backup.PLANS, PLAN, ListBackupSelections=[])
        assert nothing.targets == ()  # type: ignore[attr-defined]

    def test_a_lifecycle_policy(self) -> None:
        made = mapped(backup.LIFECYCLE_POLICIES, POLICY, GetLifecyclePolicy=TAGGED)
        assert isinstance(made, BackupPlan)
        assert made.id.endswith(":policy/policy-1")
        assert (made.state, made.targets, made.tags) == ("failing", ("env=prod",), {"team": "shop"})
        strange = mapped(backup.LIFECYCLE_POLICIES, {**POLICY, "State": "RESTING"})
        assert strange.why("state").code is Code.MALFORMED

    @pytest.mark.parametrize(
        ("said", "targets"),
        [
            (
                {
                    "DefaultPolicy": True,
                    "PolicyDetails": {"PolicyLanguage": "SIMPLIFIED", "ResourceType": "VOLUME"},
                },
                ("every volume",),
            ),
            (
                {"PolicyDetails": {"PolicyType": "EVENT_BASED_POLICY"}},
                ("snapshots that are shared with the account",),
            ),
            ({"PolicyDetails": {"PolicyType": "IMAGE_MANAGEMENT"}}, ()),
        ],
    )
    def test_what_a_lifecycle_policy_is_for(self, said: dict[str, Any], targets: tuple[str, ...]) -> None:
        assert backup.policy_targets({"Policy": said}) == targets


class TestRecoveryPoints:
    ANSWERS: ClassVar[dict[str, Answer]] = {
        "backup:ListBackupPlans": {"BackupPlansList": [PLAN]},
        "backup:ListBackupSelections": {"BackupSelectionsList": []},
        "dlm:GetLifecyclePolicies": {"Policies": [POLICY]},
        "dlm:GetLifecyclePolicy": TAGGED,
        "backup:ListBackupVaults": {"BackupVaultList": [VAULT]},
        "backup:ListRecoveryPointsByBackupVault": {"RecoveryPoints": [point()]},
        "dynamodb:ListBackups": {
            "BackupSummaries": [
                {
                    "BackupArn": f"{TABLE}/backup/1",
                    "BackupName": "by-hand",
                    "TableArn": TABLE,
                    "BackupCreationDateTime": WHEN,
                    "BackupStatus": "AVAILABLE",
                    "BackupType": "USER",
                }
            ]
        },
        "fsx:DescribeBackups": {
            "Backups": [
                {
                    "BackupId": "backup-1",
                    "ResourceARN": f"arn:aws:fsx:{HOME}:{ACCOUNT}:backup/backup-1",
                    "Lifecycle": "CREATING",
                    "CreationTime": WHEN,
                    "FileSystem": {"FileSystemId": "fs-1", "ResourceARN": FILES},
                    "Tags": [],
                }
            ]
        },
    }

    def test_every_mechanism_gives_copies(self) -> None:
        session = Scripted(self.ANSWERS)
        found = collect(session, backup.SOURCES)
        assert not found.gaps
        kinds = {one.name: one.kind() for one in found.resources.values()}
        assert (kinds["orders"], kinds["by-hand"], kinds["backup-1"]) == (
            "RecoveryPoint",
            "TableBackup",
            "FileSystemBackup",
        )
        one = found.one("orders")
        assert (one.of, one.taken_at, one.restorable, one.encrypted) == (TABLE, WHEN, True, True)
        one = found.one("by-hand")
        assert (one.of, one.taken_at, one.restorable) == (TABLE, WHEN, True)
        one = found.one("backup-1")
        assert (one.of, one.taken_at, one.restorable) == (FILES, WHEN, False)
        assert session.asked("backup:ListRecoveryPointsByBackupVault") == [
            {"BackupVaultName": "shop", "MaxResults": 1000}
        ]
        assert session.asked("dynamodb:ListBackups") == [{"BackupType": "ALL", "Limit": 100}]

    @pytest.mark.parametrize(
        ("status", "restorable"),
        [
            ("COMPLETED", True),
            ("AVAILABLE", True),
            ("PARTIAL", False),
            ("EXPIRED", False),
            ("DELETING", False),
            ("STOPPED", False),
            ("CREATING", False),
        ],
    )
    def test_only_what_is_whole_can_be_restored_from(self, status: str, *, restorable: bool) -> None:
        assert mapped(backup.POINTS, point(Status=status)).restorable is restorable  # type: ignore[attr-defined]

    def test_a_vault_that_cannot_be_read_is_a_gap(self) -> None:
        permission = "backup:ListRecoveryPointsByBackupVault"
        found = collect(Scripted({**self.ANSWERS, permission: denied(permission)}), backup.SOURCES)
        assert [(gap.kind, gap.permission) for gap in found.gaps] == [("RecoveryPoint", permission)]

    def test_a_backup_of_a_volume_is_one_of_the_file_system_that_it_is_in(self) -> None:
        volume = {"FileSystemId": "fs-1", "ResourceARN": f"arn:aws:fsx:{HOME}:{ACCOUNT}:volume/fs-1/fsvol-1"}
        assert backup.file_system_of({"ResourceType": "VOLUME", "Volume": volume}) == FILES


class TestDatabaseSnapshots:
    INSTANCE: ClassVar[dict[str, Any]] = {
        "DBSnapshotIdentifier": "before",
        "DBSnapshotArn": f"{RDS}:snapshot:before",
        "DbiResourceId": "db-1",
        "SnapshotType": "manual",
        "Status": "available",
        "Encrypted": True,
        "SnapshotCreateTime": WHEN,
        "OriginalSnapshotCreateTime": WHEN - timedelta(days=1),
        "TagList": [{"Key": "team", "Value": "shop"}],
    }
    CLUSTER: ClassVar[dict[str, Any]] = {
        "DBClusterSnapshotIdentifier": "rds:ledger",
        "DBClusterSnapshotArn": f"{RDS}:cluster-snapshot:rds:ledger",
        "DbClusterResourceId": "cluster-1",
        "SnapshotType": "automated",
        "Status": "creating",
        "StorageEncrypted": False,
        "StorageEncryptionType": "sse-rds",
        "TagList": [],
    }

    def answers(self, *values: str) -> Scripted:
        attributes = [{"AttributeName": "restore", "AttributeValues": list(values)}]
        result = {"DBSnapshotIdentifier": "before", "DBSnapshotAttributes": attributes}
        return Scripted(
            {
                "rds:DescribeDBSnapshots": {"DBSnapshots": [self.INSTANCE]},
                "rds:DescribeDBClusterSnapshots": {"DBClusterSnapshots": [self.CLUSTER]},
                "rds:DescribeDBSnapshotAttributes": {"DBSnapshotAttributesResult": result},
            }
        )

    def test_a_copy_is_as_old_as_its_original(self) -> None:
        session = self.answers()
        one = collect(session, database_snapshot.SOURCES).one("before")
        assert not one.unread
        assert one.taken_at == WHEN - timedelta(days=1)
        assert (one.of, one.restorable, one.encrypted, one.public) == ("db-1", True, True, False)
        assert session.asked("rds:DescribeDBSnapshotAttributes") == [{"DBSnapshotIdentifier": "before"}]

    def test_automatic_ones_cannot_be_shared(self) -> None:
        session = self.answers()
        one = collect(session, database_snapshot.SOURCES).one("rds:ledger")
        assert one.why("public").code is Code.NOT_APPLICABLE
        assert not session.asked("rds:DescribeDBClusterSnapshotAttributes")
        assert (one.of, one.restorable, one.taken_at, one.encrypted) == ("cluster-1", False, None, True)

    @pytest.mark.parametrize(("values", "public"), [(["all"], True), (["999999999999"], False), ([], False)])
    def test_sharing(self, values: list[str], *, public: bool) -> None:
        assert collect(self.answers(*values), database_snapshot.SOURCES).one("before").public is public

    @pytest.mark.usefixtures("moto")
    def test_through_the_real_sdk(self) -> None:
        rds = boto3.client("rds")
        login = {"MasterUsername": "clerk", "MasterUserPassword": "Passw0rd1234"}
        small = {"DBInstanceClass": "db.t3.medium", "AllocatedStorage": 20, "Engine": "postgres", **login}
        rds.create_db_instance(DBInstanceIdentifier="orders", **small)
        for name, values in (("shared", ["all"]), ("kept", [])):
            rds.create_db_snapshot(DBSnapshotIdentifier=name, DBInstanceIdentifier="orders")
            if values:
                rds.modify_db_snapshot_attribute(
                    DBSnapshotIdentifier=name, AttributeName="restore", ValuesToAdd=values
                )
        sources = (database.INSTANCES, *database_snapshot.SOURCES)
        found = Collected(collected(sources, HOME), [])
        shared, kept, orders = map(found.one, ("shared", "kept", "orders"))
        assert (shared.public, kept.public) == (True, False)
        assert isinstance(kept, DatabaseSnapshot)
        assert kept.of == orders.known_as
        assert kept.restorable
        assert not kept.encrypted
