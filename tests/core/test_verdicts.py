"""Many verdicts are what few are: in their order, with all that they say, wherever they are kept."""

import random

import pytest

from scanner.engine import Outcome, Unread, Verdict
from scanner.models.resource import Cloud, Code, Scope, Why
from scanner.rule import Severity
from scanner.runs.verdicts import Verdicts

WHY = Why(code=Code.DENIED, permission="s3:Get", call="s3:GetIt", text='it said "no"')


def verdict(number: int) -> Verdict:
    failed, unknown = number % 3 == 0, number % 3 == 1
    return Verdict(
        f"rule-{number % 5}",
        f"formerly-{number % 5}",
        Outcome.FAIL if failed else Outcome.UNKNOWN if unknown else Outcome.PASS,
        list(Severity)[number % 5],
        Scope(list(Cloud)[number % 3], f"account-{number % 4}", f"region-{number % 2}"),
        "Bucket",
        f"bucket-{number}",
        f"ünïcode {number}",
        ("one", "two") if failed else (),
        (Unread("Bucket.policy", WHY),) if unknown else (),
    )


ALL = [verdict(number) for number in range(200)]
SORTED = sorted(ALL, key=lambda one: one.order)


@pytest.mark.parametrize("most", [0, 1, 30, 1000], ids=lambda most: f"{most} in memory")
def test_the_same_whatever_is_in_memory(most: int) -> None:
    mixed = random.Random(8).sample(ALL, len(ALL))  # noqa: S311 - an order, no secret
    kept = Verdicts(most)
    for start in range(0, len(mixed), 7):
        kept.add(mixed[start : start + 7])
    assert list(kept) == SORTED
    assert list(kept) == SORTED
    assert len(kept) == len(ALL)
    assert [type(one.severity) for one in kept] == [Severity] * len(ALL)
    assert [one.fingerprint for one in kept] == [one.fingerprint for one in SORTED]
    assert (kept[0], kept[-1], kept[3:5]) == (SORTED[0], SORTED[-1], SORTED[3:5])
    with pytest.raises(IndexError):
        kept[len(ALL)]


def test_none_is_nothing() -> None:
    assert not Verdicts()
    assert list(Verdicts()) == []


def test_it_may_be_gone_through_twice_at_once() -> None:
    kept = Verdicts(0)
    kept.add(ALL)
    assert [one == other for one, other in zip(kept, kept, strict=True)] == [True] * len(ALL)
