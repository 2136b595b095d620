"""What the examples of rules on backups cannot show: what is unread, and what it may hide."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from shipped import RULES

from scanner.engine import Outcome, Tuned, Verdict, World, judge, run_case
from scanner.inventory import Gap
from scanner.models.backup import RecoveryPoint
from scanner.models.database import Database, DatabaseSnapshot
from scanner.models.file_system import FileSystem
from scanner.models.resource import EXAMPLE, Code, Resource, Scope, Why
from scanner.models.storage import Snapshot, Volume
from scanner.models.stores import Table
from scanner.rule import NOW, Case

DENIED = Why(code=Code.DENIED, permission="backup:ListRecoveryPointsByBackupVault")
OLD, NIGHT = NOW - timedelta(days=30), NOW - timedelta(hours=9)
SUBJECTS: dict[str, Resource] = {
    "volume-without-recent-backup": Volume(id="it", known_as="it", machines=(), created_at=OLD),
    "file-system-without-backup": FileSystem(id="it", backed_up=False, created_at=OLD),
    "table-without-point-in-time-recovery": Table(id="it", point_in_time=False),
    "database-backup-too-old": Database(
        id="it", known_as="it", replica_of=None, stopped=False, restorable_until=None, created_at=OLD
    ),
}


def point(**facts: object) -> RecoveryPoint:
    return RecoveryPoint.model_validate({"of": "it", "taken_at": NIGHT, "restorable": True, **facts})


def world(rule_id: str, *others: Resource, gap: str = "") -> Callable[[], Verdict]:
    def judged() -> Verdict:
        tuned = Tuned(RULES[rule_id])
        made = World([tuned])
        for other in others:
            made.hold(other)
        if gap:
            made.hold_gap(Gap(EXAMPLE, gap, Code.DENIED, DENIED.permission))
        found = judge(tuned, SUBJECTS[rule_id], made, NOW)
        assert found is not None
        return found

    return judged


@pytest.mark.parametrize("rule_id", SUBJECTS)
class TestEveryRule:
    def test_a_list_that_was_not_read_may_hold_the_backup(self, rule_id: str) -> None:
        found = world(rule_id, gap="RecoveryPoint")()
        assert found.outcome is Outcome.UNKNOWN
        assert found.unread[0].why.permission == DENIED.permission

    def test_what_was_not_read_is_no_matter_beside_a_recent_backup(self, rule_id: str) -> None:
        unread = RecoveryPoint(id="x", unread={"of": DENIED})
        assert world(rule_id, point(), unread, gap="RecoveryPoint")().outcome is Outcome.PASS

    def test_an_old_backup_does_not_make_up_for_what_was_not_read(self, rule_id: str) -> None:
        assert world(rule_id, point(taken_at=OLD), gap="RecoveryPoint")().outcome is Outcome.UNKNOWN

    def test_a_copy_in_another_region_counts(self, rule_id: str) -> None:
        far = Scope(EXAMPLE.cloud, EXAMPLE.account, "far-away-1")
        assert world(rule_id, point(scope=far))().outcome is Outcome.PASS

    def test_a_copy_that_may_not_be_whole_is_not_a_pass(self, rule_id: str) -> None:
        facts = {"of": "it", "taken_at": NIGHT, "unread": {"restorable": DENIED}}
        assert world(rule_id, RecoveryPoint.model_validate(facts))().outcome is Outcome.UNKNOWN

    def test_the_hours_are_an_option(self, rule_id: str) -> None:
        for hours, outcome in ((8, Outcome.FAIL), (10, Outcome.PASS)):
            found = run_case(RULES[rule_id], Case(SUBJECTS[rule_id], [point()]), hours=hours)
            assert found is not None
            assert found.outcome is outcome

    def test_a_copy_of_something_else_is_none(self, rule_id: str) -> None:
        assert world(rule_id, point(of="another"))().outcome is Outcome.FAIL


@pytest.mark.parametrize(
    ("rule_id", "in_doubt"),
    [
        ("volume-without-recent-backup", {"Snapshot", "RecoveryPoint"}),
        ("file-system-without-backup", {"FileSystemBackup", "RecoveryPoint"}),
        ("table-without-point-in-time-recovery", {"TableBackup", "RecoveryPoint"}),
        ("database-backup-too-old", {"DatabaseSnapshot", "RecoveryPoint"}),
    ],
)
def test_a_list_that_cannot_hold_its_backup_puts_nothing_in_doubt(rule_id: str, in_doubt: set[str]) -> None:
    lists = ("Snapshot", "DatabaseSnapshot", "TableBackup", "FileSystemBackup", "RecoveryPoint")
    unknown = {kind for kind in lists if world(rule_id, gap=kind)().outcome is Outcome.UNKNOWN}
    assert unknown == in_doubt


@pytest.mark.parametrize("rule_id", sorted(SUBJECTS.keys() - {"table-without-point-in-time-recovery"}))
def test_what_was_just_made_passes_whatever_was_not_read(rule_id: str) -> None:
    made = World([Tuned(RULES[rule_id])])
    made.hold_gap(Gap(EXAMPLE, "RecoveryPoint", Code.DENIED, DENIED.permission))
    young = SUBJECTS[rule_id].model_copy(update={"created_at": NIGHT})
    found = judge(Tuned(RULES[rule_id]), young, made, NOW)
    assert found is not None
    assert found.outcome is Outcome.PASS


@pytest.mark.parametrize("kind", ["Snapshot", "RecoveryPoint"])
def test_either_list_may_hold_the_backup_of_a_volume(kind: str) -> None:
    assert world("volume-without-recent-backup", gap=kind)().outcome is Outcome.UNKNOWN
    recent = (point(), Snapshot(volume="it", taken_at=NIGHT, restorable=True))
    assert world("volume-without-recent-backup", *recent, gap=kind)().outcome is Outcome.PASS


def test_a_snapshot_that_is_still_being_made_has_no_time() -> None:
    unfinished = DatabaseSnapshot(of="it", taken_at=None, restorable=False)
    assert world("database-backup-too-old", unfinished)().outcome is Outcome.FAIL


def test_stopped_databases_and_replicas_are_not_judged() -> None:
    for facts in ({"replica_of": "another"}, {"replica_of": None, "stopped": True}):
        subject = Database.model_validate({"id": "it", **facts})
        assert run_case(RULES["database-backup-too-old"], Case(subject)) is None


@pytest.mark.parametrize(
    ("hours", "words"), [(27, "27 hours"), (71, "71 hours"), (72, "3 days"), (24 * 45 + 5, "45 days")]
)
def test_how_old_it_is_in_words(hours: int, words: str) -> None:
    found = world("volume-without-recent-backup", point(taken_at=NOW - timedelta(hours=hours)))()
    assert found.messages == (f"its newest backup is {words} old, more than 26 hours",)
