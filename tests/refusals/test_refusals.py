"""What could not be read is never a PASS: every declared call is refused in turn, in every way.

Generated from the specs, so a source that is added is covered without anyone asking: each of its calls must be read
by a rule that judges when the call is answered and is UNKNOWN (or whose listing is a gap) when it is not.
"""

import typing
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from replay import Recording, Replay
from shipped import RULES

import scanner.collect.details
import scanner.demo
from scanner.collect import Collection, Unit, Whole
from scanner.config import Config
from scanner.demo.aws.account import HOME, SECOND
from scanner.engine import Outcome, Tuned, Verdict
from scanner.inventory import ANY_KIND, Gap, Listing
from scanner.judging import Judging, Only
from scanner.mapping import Item
from scanner.models.resource import Cloud, Code, Resource, Why
from scanner.providers import provider_of
from scanner.providers.pace import Pace, PaceSettings
from scanner.providers.plan import Planned, calls_of, plan
from scanner.providers.spec import Call, CallError, Page
from scanner.run import needs_of
from scanner.runs.signing import Choice, sign_in

# Scans the whole demo, and judges it again for every call: half a minute.
pytestmark = pytest.mark.slow

TUNED = [Tuned(rule) for rule in RULES.values()]
NEEDS = needs_of(TUNED, Only())
#: The demo's backups are as old as they say now.
WHEN = datetime.now(UTC)
#: Where the demo account of AWS has what it was furnished with; in the other regions there is nothing to lose.
FURNISHED = {Cloud.AWS: (HOME, SECOND)}
CLOUDS = tuple(Cloud(cloud) for cloud in scanner.demo.CLOUDS)
PLANS = {cloud: plan(provider_of(cloud).sources, NEEDS) for cloud in CLOUDS}
CALLS = [call for cloud in CLOUDS for call in calls_of(PLANS[cloud])]
Verdicts = dict[tuple[str, str], Verdict]


def denied(call: Call) -> CallError:
    return CallError(Code.DENIED, "AccessDenied", f"not authorized to perform: {call.permission}")


def throttled(_: Call) -> CallError:
    return CallError(Code.THROTTLED, "Throttling", "Rate exceeded", again=True)


def unavailable(_: Call) -> CallError:
    return CallError(Code.UNAVAILABLE, "EndpointConnectionError", "not available in this region")


def broken(_: Call) -> CallError:
    return CallError(Code.MALFORMED, "ResponseParserError", "<html>")


def garbage(_: Call) -> Page:
    return Page({"surprise": {"deep": [1, 2, 3]}})


Refusal = Callable[[Call], CallError | Page]
REFUSALS: dict[Refusal, Code] = {
    denied: Code.DENIED,
    throttled: Code.THROTTLED,
    unavailable: Code.UNAVAILABLE,
    broken: Code.MALFORMED,
    garbage: Code.MALFORMED,
}


class Run:
    """One collection over recorded answers, judged."""

    def __init__(self, replay: Replay, planned: tuple[Planned, ...]) -> None:
        judging = Judging(TUNED, WHEN, Only())
        self.gaps: list[Gap] = []
        self.whys: list[Why] = []
        pace = Pace(PaceSettings(share=1.0, first_wait=0.0))
        unit = Unit(replay, tuple(replay.regions_))
        collection = Collection([unit], planned, pace=pace, workers=2)
        found: list[Resource] = []
        for event in collection.events():
            match event:
                case list():
                    found += event
                case Gap():
                    judging.world.hold_gap(event)
                    self.gaps.append(event)
                case Listing() | Whole():
                    pass
        self.whys += [why for resource in found for why in resource.unread.values()]
        judging.judge_all(found)
        self.verdicts: Verdicts = {(one.rule, one.resource): one for one in judging.verdicts}


@pytest.fixture(scope="module")
def replays() -> dict[Cloud, Replay]:
    """Scan the demo account of every cloud once for real, and keep the answers."""
    from scanner.demo import running

    found = {}
    with ExitStack() as stack:
        for cloud in stack.enter_context(running()):
            (session,) = sign_in(Config(), Choice(clouds=(Cloud(cloud),)), "test").values()
            recording = Recording(session)
            regions = FURNISHED.get(Cloud(cloud)) or tuple(session.regions())
            unit = Unit(recording, regions)
            list(Collection([unit], PLANS[Cloud(cloud)]).events())
            found[Cloud(cloud)] = Replay.of(recording, regions)
    return found


@pytest.fixture(scope="module")
def answered(replays: dict[Cloud, Replay]) -> dict[Cloud, Run]:
    """What comes of it when every call is answered."""
    return {cloud: Run(replay, PLANS[cloud]) for cloud, replay in replays.items()}


def cloud_of(call: Call) -> Cloud:
    return next(cloud for cloud in CLOUDS if any(one.name == call.name for one in calls_of(PLANS[cloud])))


def refused(replay: Replay, call: Call, refusal: Refusal, planned: tuple[Planned, ...]) -> Run:
    def refuse(sent: Call) -> Page | None:
        if sent.name != call.name:
            return None
        answer = refusal(sent)
        if isinstance(answer, CallError):
            raise answer
        return answer

    return Run(replace(replay, refuse=refuse), planned)


def wrongs(call: Call, code: Code, before: Run, after: Run) -> list[str]:
    """Return, in words, everything that a refused call must not do."""
    said = []
    unknown = [one for one in after.verdicts.values() if one.outcome is Outcome.UNKNOWN]
    if not unknown and not after.gaps:
        said.append("no verdict is UNKNOWN and there is no gap: nothing that was judged depends on this call")
    named = [why for one in unknown for _, why in one.unread] + [
        Why(code=gap.code, permission=gap.permission, call=gap.call) for gap in after.gaps
    ]
    if not any(why.code is code and call.name == why.call for why in named):
        said.append(f"no UNKNOWN and no gap names the call with the code {code}")
    if code is Code.DENIED and not any(why.permission == call.permission for why in named):
        said.append(f"{call.permission} is not named")
    hidden = {gap.kind for gap in after.gaps}
    for key, verdict in before.verdicts.items():
        now = after.verdicts.get(key)
        if now is None:
            if verdict.kind not in hidden and ANY_KIND not in hidden:
                said.append(f"{key} is gone, and no gap says so")
        elif now.outcome not in (verdict.outcome, Outcome.UNKNOWN):
            said.append(f"{key} was {verdict.outcome} and is {now.outcome}")
    said += [
        f"{key} is {one.outcome}, and was not there" for key, one in new(before, after) if not is_unknown(one)
    ]
    return said


def new(before: Run, after: Run) -> list[tuple[tuple[str, str], Verdict]]:
    return [(key, one) for key, one in after.verdicts.items() if key not in before.verdicts]


def is_unknown(verdict: Verdict) -> bool:
    return verdict.outcome is Outcome.UNKNOWN


def test_every_call_is_answered_and_judged_first(answered: dict[Cloud, Run]) -> None:
    for run in answered.values():
        assert not run.gaps
        assert {one.outcome for one in run.verdicts.values()} <= {Outcome.PASS, Outcome.FAIL}


@pytest.mark.parametrize(
    "refusal",
    [pytest.param(one, id=one.__name__) for one in REFUSALS],
)
@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.name)
def test_refused(
    call: Call, refusal: Refusal, replays: dict[Cloud, Replay], answered: dict[Cloud, Run]
) -> None:
    cloud = cloud_of(call)
    after = refused(replays[cloud], call, refusal, PLANS[cloud])
    assert wrongs(call, REFUSALS[refusal], answered[cloud], after) == []


class TestMutations:
    """The check must fail when a refusal is turned into the type's default, or into silence."""

    @pytest.mark.parametrize("call", CALLS, ids=lambda call: call.name)
    def test_a_default_in_place_of_unread(
        self,
        call: Call,
        replays: dict[Cloud, Replay],
        answered: dict[Cloud, Run],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        def default(item: Item, _: Why, wanted: Any) -> None:
            for fact in wanted:
                item.facts[fact] = default_of(item.source.kind, fact)

        monkeypatch.setattr(scanner.collect.details, "take_failure", default)
        monkeypatch.setattr(Collection, "_report", lambda *_: None)
        cloud = cloud_of(call)
        after = refused(replays[cloud], call, denied, PLANS[cloud])
        assert wrongs(call, Code.DENIED, answered[cloud], after)


def default_of(kind: type[Resource], fact: str) -> Any:
    """Return what a careless adapter would write: false, nothing, zero, none."""
    annotation = kind.model_fields[fact].annotation
    options = typing.get_args(annotation) if type(None) in typing.get_args(annotation) else (annotation,)
    if type(None) in options:
        return None
    plain = typing.get_origin(annotation) or annotation
    if plain is tuple:
        return ()
    if plain in (bool, int, float, str):
        return plain()
    if typing.get_origin(annotation) is typing.Literal:
        return typing.get_args(annotation)[0]
    return {}
