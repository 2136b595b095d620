"""Spanner's databases and backups, from its JSON to facts."""

from datetime import UTC, datetime
from typing import Any

import pytest
from mapped import mapped, unfilled

from scanner.models.database import Backup, Database, DatabaseSnapshot
from scanner.models.resource import GLOBAL, Cloud, Scope
from scanner.providers.gcp import spanner

SCOPE = Scope(Cloud.GCP, "shop", "us-central1")
INSTANCE = "projects/shop/instances/ledger"
HOLDER: dict[str, Any] = {
    "name": INSTANCE,
    "config": "projects/shop/instanceConfigs/regional-us-central1",
    "labels": {"env": "prod"},
}
NAME = f"{INSTANCE}/databases/bookings"
DATABASE: dict[str, Any] = {
    "name": NAME,
    "state": "READY",
    "createTime": "2026-01-12T12:52:31.500211Z",
    "enableDropProtection": True,
}


def backup(taken: str, *, of: str = NAME, state: str = "READY") -> dict[str, Any]:
    return {"name": f"{INSTANCE}/backups/b", "database": of, "versionTime": taken, "state": state}


def database(schedules: Any, backups: Any, raw: Any = DATABASE, instance: Any = HOLDER) -> Database:
    answers = {
        "projects.instances.databases.backupSchedules.list": schedules,
        "projects.instances.backups.list": backups,
    }
    made = mapped(spanner.DATABASES, raw, parent=instance, scope=SCOPE, **answers)
    assert isinstance(made, Database)
    return made


@pytest.mark.parametrize("one", [spanner.DATABASES, spanner.SNAPSHOTS])
def test_every_field_is_filled_or_lacking(one: Any) -> None:
    assert not unfilled(one)


def test_a_database_that_is_backed_up() -> None:
    schedules = [{"retentionDuration": "1209600s"}, {"retentionDuration": "86400s"}]
    backups = [
        backup("2026-01-14T02:00:00Z"),
        backup("2026-01-15T02:00:00Z"),
        backup("2026-01-15T09:00:00Z", state="CREATING"),
        backup("2026-01-15T09:00:00Z", of=f"{INSTANCE}/databases/drafts"),
    ]
    made = database(schedules, backups)
    assert made.backup == Backup(retention_days=14)
    assert made.restorable_until == datetime(2026, 1, 15, 2, tzinfo=UTC)
    assert (made.deletion_protected, made.zones, made.public) == (True, True, False)
    assert (made.scope.region, made.tags) == ("us-central1", {"env": "prod"})


def test_a_database_that_is_not() -> None:
    made = database([], [], {key: DATABASE[key] for key in ("name", "createTime")})
    assert (made.backup, made.restorable_until, made.deletion_protected) == (None, None, False)


def test_an_instance_in_several_regions_is_global() -> None:
    made = database([], [], instance={**HOLDER, "config": "projects/shop/instanceConfigs/nam3"})
    assert made.scope.region == GLOBAL


def test_a_backup_is_of_its_database() -> None:
    made = mapped(spanner.SNAPSHOTS, backup("2026-01-14T02:00:00Z"), parent=HOLDER, scope=SCOPE)
    assert isinstance(made, DatabaseSnapshot)
    assert made.of == database([], []).known_as
    assert (made.restorable, made.taken_at) == (True, datetime(2026, 1, 14, 2, tzinfo=UTC))
