"""Rules and resources without any cloud: verdicts a second on one core.

    python tests/bench/judging_mix.py [--rules 200] [--resources 100000]

Two mixes. `shapes`: ten shapes of rules as they are written in practice, on twenty kinds; a third of the verdicts are
findings. `built-in`: the rules that are shipped, on their own examples, each in an account of its own.
"""

import argparse
import dataclasses
import gc
import itertools
import json
import resource as usage
import sys
import time
import types
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from scanner import packs
from scanner.engine import Tuned
from scanner.judging import Judging, Only
from scanner.models.resource import UNREAD, Cloud, Facts, Resource, Scope
from scanner.rule import Problems, Rule, Severity, rule

KINDS = 20
NOW = datetime(2026, 1, 15, tzinfo=UTC)


class Part(Facts):
    """One of several parts of a resource."""

    port: int = UNREAD
    open: bool = UNREAD


class Thing(Resource):
    """A resource with the usual sorts of facts."""

    encrypted: bool = UNREAD
    days: int | None = UNREAD
    state: str = UNREAD
    size: float = UNREAD
    made: datetime = UNREAD
    key: str | None = UNREAD
    parts: tuple[Part, ...] = UNREAD


def _encrypted(thing: Thing) -> Problems:
    if not thing.encrypted:
        yield "it is not encrypted"


def _kept(thing: Thing, *, least: int = 7) -> Problems:
    if thing.days is None:
        yield "nothing is kept"
    elif thing.days < least:
        yield f"it is kept for {thing.days} days"


def _state(thing: Thing) -> Problems:
    if thing.state not in ("on", "starting"):
        yield f"it is {thing.state}"


def _part(thing: Thing) -> Problems:
    for one in thing.parts:
        if one.open and one.port == 22:
            yield f"port {one.port} is open"


def _ports(thing: Thing) -> Problems:
    several = sorted(one.port for one in thing.parts if one.open)
    if len(several) > 2:
        yield f"ports {', '.join(map(str, several))} are open"


def _size(thing: Thing) -> Problems:
    if thing.size > 66:
        yield f"it is {thing.size:.0f} GB"


def _owner(thing: Thing) -> Problems:
    if "team" not in thing.tags:
        yield "nobody owns it"


def _key(thing: Thing) -> Problems:
    if thing.key is None or not thing.key.startswith("arn:"):
        yield "it has no key of its own"


def _old(thing: Thing, now: datetime) -> Problems:
    if now - thing.made > timedelta(days=66):
        yield f"it was made on {thing.made:%Y-%m-%d}"


def _several(thing: Thing) -> Problems:
    if thing.state == "off" and thing.days is None and not thing.encrypted:
        yield "it is off, and nothing of it is kept"


_SHAPES = (_encrypted, _kept, _state, _part, _ports, _size, _owner, _key, _old, _several)


def _rules(kind: type[Thing]) -> Iterator[Rule]:
    """Ten rules about a kind; each fails on about a third of `_things`."""
    example = kind(tags={}, encrypted=True, days=1, state="on", size=1, made=NOW, key=None, parts=())
    for shape in _SHAPES:
        check = types.FunctionType(shape.__code__, globals())
        check.__kwdefaults__ = shape.__kwdefaults__
        check.__annotations__ = {**shape.__annotations__, "thing": kind}
        made = rule(
            f"{kind.kind().lower()}{shape.__name__.replace('_', '-')}",
            severity=Severity.LOW,
            passes={"so": example},
            fails={"otherwise": example},
            fix={},
        )
        yield made(check)


def _things(kinds: Sequence[type[Thing]], count: int) -> Iterator[Thing]:
    for i in range(count):
        kind = kinds[i % len(kinds)]
        n = i // len(kinds)
        yield kind(
            id=f"arn:aws:bench:eu-west-1:123456789012:{kind.kind()}/{n:06d}",
            name=f"thing-{n}",
            scope=Scope(Cloud.AWS, "123456789012", "eu-west-1"),
            tags={} if n % 3 == 0 else {"team": "shop", "Name": f"thing-{n}"},
            encrypted=n % 3 != 1,
            days=(None, 30, 14)[n % 3],
            state=("on", "off", "starting")[n % 3],
            size=float(n % 100),
            made=NOW - timedelta(days=n % 100),
            key=("arn:aws:kms:key", None, "arn:aws:kms:key")[n % 3],
            parts=tuple(Part(port=port, open=n % 3 == 0) for port in (22, 80, 443)),
        )


def shapes(rules: int, resources: int) -> tuple[list[Tuned], list[Resource]]:
    kinds = [types.new_class(f"Kind{n}", (Thing,), exec_body=_module) for n in range(KINDS)]
    made = [Tuned(one) for kind in kinds for one in _rules(kind)][:rules]
    return made, list(_things(kinds, resources))


def _module(body: dict[str, object]) -> None:
    body["__module__"] = __name__


def built_in(rules: int, resources: int) -> tuple[list[Tuned], list[Resource]]:
    shipped = list(packs.load([]).rules.values())
    tuned = [
        Tuned(dataclasses.replace(shipped[n % len(shipped)], id=f"{shipped[n % len(shipped)].id}-{n}"))
        for n in range(rules)
    ]
    cases = [case for one in shipped for case in (*one.passes.values(), *one.fails.values())]
    copies = (
        example.model_copy(update={"scope": example.scope._replace(account=f"{account:012}")})
        for account, case in enumerate(itertools.cycle(cases))
        for example in (case.subject, *case.others)
    )
    return tuned, list(itertools.islice(copies, resources))


def measure(mix: str, rules: int, resources: int) -> dict[str, float]:
    """Judge everything, with what rules look across held first; only that is timed."""
    tuned, things = {"shapes": shapes, "built-in": built_in}[mix](rules, resources)
    judging = Judging(tuned, NOW, Only())
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    began, cpu = time.perf_counter(), time.process_time()
    judging.judge_all(things)
    wall, cpu = time.perf_counter() - began, time.process_time() - cpu
    outcomes = {one.outcome for one in judging.verdicts}
    assert "error" not in outcomes
    peak = usage.getrusage(usage.RUSAGE_SELF).ru_maxrss / 1024
    failed = sum(one.outcome == "fail" for one in judging.verdicts)
    return {
        "wall": wall, "cpu": cpu, "peak": peak, "verdicts": len(judging.verdicts), "failed": failed,
        "resources": len(things),
    }  # fmt: skip


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--mix", choices=["shapes", "built-in"], default="shapes")
    words.add_argument("--rules", type=int, default=200)
    words.add_argument("--resources", type=int, default=100_000)
    chosen = words.parse_args()
    sys.stdout.write(json.dumps(measure(chosen.mix, chosen.rules, chosen.resources)) + "\n")


if __name__ == "__main__":
    main()
