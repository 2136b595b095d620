"""Every rule of our pack: its examples, its house style, and that its reads are the fields of its examples."""

import dataclasses

import pytest
from kinds import Door, Lock
from shipped import RULES

from scanner.models.resource import Cloud
from scanner.providers import providers
from scanner.rule import Case, InRegion, Problems, Rule, Severity, rule
from scanner.testing import Example, examples, fields_read, fields_set, style_problems


@pytest.mark.parametrize(
    "example",
    [example for one in RULES.values() for example in examples(one)],
    ids=lambda example: example.id,
)
def test_example(example: Example) -> None:
    assert example.problem() is None


def clouds_with(kinds: tuple[type, ...]) -> dict[str, bool]:
    return {cloud: any(source.kind in kinds for source in one.sources) for cloud, one in providers().items()}


@pytest.mark.parametrize("one", RULES.values(), ids=lambda one: one.id)
def test_house_style(one: Rule) -> None:
    assert style_problems(one, clouds_with(one.subjects)) == []


@pytest.mark.parametrize("one", RULES.values(), ids=lambda one: one.id)
def test_messages_are_observed_facts(one: Rule) -> None:
    """Lower case, without the resource's name, without `should`."""
    from scanner.engine import run_case

    for case in one.fails.values():
        verdict = run_case(one, case)
        assert verdict is not None
        for message in verdict.messages:
            assert message
            assert message[0] == message[0].lower() or message[:2].isupper()
            assert not message.endswith(".")
            assert "should" not in message.split()


@pytest.mark.parametrize("one", RULES.values(), ids=lambda one: one.id)
def test_every_field_that_a_rule_needs_can_be_filled(one: Rule) -> None:
    for kind, fields in one.needs.items():
        sources = [
            source for provider in providers().values() for source in provider.sources if source.kind is kind
        ]
        assert sources, f"no source yields {kind.kind()}"
        for source in sources:
            lacking = fields - source.filled - set(source.lacking)
            assert not lacking or source.not_applicable, (
                f"{kind.kind()} of {source.id}: {lacking} neither filled nor lacking"
            )


class TestReads:
    """The check itself: it must fail where an example sets what nobody reads, or misses what somebody reads."""

    @staticmethod
    def made(example: Door | Case) -> Rule:
        @rule("some-rule", severity=Severity.LOW, passes={}, fails={"it": example}, fix={})
        def some_rule(door: Door, others: InRegion[Door]) -> Problems:
            """Some rule.

            A reason that is long enough to be one, for a person who is paged at night.
            """
            for other in others:
                if other.open and door.lock is not None and door.lock.pins < 3:
                    yield "weak"

        return some_rule

    def test_equal(self) -> None:
        made = self.made(Case(Door(open=True, lock=Lock(pins=1)), [Door(id="b", open=True)]))
        assert fields_read(made) == fields_set(made) == {"Door.open", "Door.lock", "Door.lock.pins"}

    def test_set_but_not_read(self) -> None:
        made = self.made(Door(open=True, height_cm=3, lock=Lock(pins=1, maker="x")))
        problems = style_problems(made)
        assert "Door.height_cm is set by an example but never read" in problems
        assert "Door.lock.maker is set by an example but never read" in problems

    def test_read_but_not_set(self) -> None:
        made = self.made(Door(open=True, lock=Lock()))
        assert any("Door.lock.pins is read but no example sets it" in one for one in style_problems(made))

    def test_the_other_checks_can_fail(self) -> None:
        made = dataclasses.replace(self.made(Door(open=False)), fix={})
        problems = " / ".join(style_problems(made, {Cloud.AWS: True}))
        assert "the file is called test_rules.py" in problems
        assert "at least one example" in problems
        assert "no fix for aws" in problems
        assert "expected fail, got" in problems
