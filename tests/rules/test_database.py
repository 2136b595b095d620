"""What the examples of rules on databases cannot show: members that are unread or gone, and options."""

from shipped import RULES

from scanner.engine import Outcome, Tuned, World, judge, run_case
from scanner.inventory import Gap
from scanner.models.database import Backup, Database, DatabaseMember
from scanner.models.resource import EXAMPLE, Code, Why
from scanner.rule import NOW, Case

DENIED = Why(code=Code.DENIED, permission="rds:DescribeDBInstances")
CLUSTER = Database(public=False, members=("writer", "reader"))


def test_a_public_instance_counts_though_another_is_unread() -> None:
    members = [
        DatabaseMember(id="writer", unread={"public": DENIED}),
        DatabaseMember(id="reader", public=True),
    ]
    verdict = run_case(RULES["database-public"], Case(CLUSTER, members))
    assert verdict is not None
    assert verdict.outcome is Outcome.FAIL
    assert verdict.messages == ("its instance reader has a public address",)


def test_an_unread_instance_is_not_a_pass() -> None:
    members = [
        DatabaseMember(id="writer", public=False),
        DatabaseMember(id="reader", unread={"public": DENIED}),
    ]
    verdict = run_case(RULES["database-public"], Case(CLUSTER, members))
    assert verdict is not None
    assert verdict.outcome is Outcome.UNKNOWN


def test_a_list_of_instances_that_was_not_read_is_not_a_pass() -> None:
    tuned = Tuned(RULES["database-public"])
    world = World([tuned])
    world.hold_gap(Gap(EXAMPLE, "DatabaseMember", Code.DENIED, "rds:DescribeDBInstances"))
    verdict = judge(tuned, CLUSTER, world, NOW)
    assert verdict is not None
    assert verdict.outcome is Outcome.UNKNOWN
    alone = judge(tuned, Database(public=False, members=()), world, NOW)
    assert alone is not None
    assert alone.outcome is Outcome.PASS


def test_an_instance_that_is_gone_by_now_is_none() -> None:
    verdict = run_case(RULES["database-public"], Case(CLUSTER, [DatabaseMember(id="writer", public=False)]))
    assert verdict is not None
    assert verdict.outcome is Outcome.PASS


def test_the_days_are_an_option() -> None:
    rule = RULES["database-without-backup"]
    database = Database(replica_of=None, backup=Backup(retention_days=7))
    for days, outcome in ((7, Outcome.PASS), (14, Outcome.FAIL)):
        verdict = run_case(rule, Case(database), days=days)
        assert verdict is not None
        assert verdict.outcome is outcome


def test_whether_it_is_a_replica_has_to_be_known() -> None:
    database = Database(backup=None, unread={"replica_of": DENIED})
    verdict = run_case(RULES["database-without-backup"], Case(database))
    assert verdict is not None
    assert verdict.outcome is Outcome.UNKNOWN
