"""What an auditor is given: for each control of a framework, who was looked at, how, when, and what came of it.

Everything is taken from the history. How a verdict stood on a day follows from how it was met first and from its turns
until then. What no run looked at in the period is said to be so, and never counts as passed.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import orjson
from sqlalchemy import select

from scanner import __version__
from scanner.files import whole_file
from scanner.frameworks import Control, Framework
from scanner.history import schema
from scanner.history.asking import SEVERITIES, Asking
from scanner.history.opening import HistoryError
from scanner.inventory import scope_fields
from scanner.models.resource import read_at
from scanner.rule import Rule

_UNKNOWN: Final = frozenset({"unknown", "error", "unread"})

README: Final = """\
Evidence of Surefoot, from its history of runs.

controls.jsonl   every control of the framework in its order: what it came to, and how many verdicts say so
controls/        for each control that rules check, a line per verdict: the resource, how it stood at the beginning
                 and at the end of the period, every turn between, and how often it was looked at
runs.jsonl       every run of the period: when it read which account and region, with which revision of each rule,
                 what it could not list, what was left out by wish
waivers.jsonl    what was accepted, with the reason, the owner, who approved it and until when, as each run read it
manifest.json    framework, period, tool, and the SHA-256 of every other file
SHA256SUMS       the same checksums, and that of the manifest: check them by `sha256sum -c SHA256SUMS`

Outcomes: pass, fail, accepted (a fail that was waived), unknown (it could not be judged), absent (the resource was
not there), not_looked (no run looked at it in the period). A control that no rule checks is listed, and never passed.
"""


@dataclass(frozen=True, slots=True)
class Period:
    """From the beginning of one day to the end of another, in UTC, as reports write times."""

    start: str
    end: str


def write(
    asking: Asking, framework: Framework, rules: Iterable[Rule], period: Period, folder: Path, now: datetime
) -> int:
    """Write the files into an empty folder; return the number of runs. Raises HistoryError, OSError."""
    runs = [
        row
        for row in asking.connection.execute(select(schema.run).order_by(schema.run.c.id)).all()
        if period.start <= row.started <= period.end
    ]
    if not runs:
        raise HistoryError(f"no run was stored from {period.start[:10]} to {period.end[:10]}")
    folder.mkdir(mode=0o700, exist_ok=True)
    if any(folder.iterdir()):
        raise HistoryError(f"{folder}: not empty; evidence is written into a folder of its own")
    (folder / "controls").mkdir(mode=0o700)
    writing = _Writing(asking, framework, list(rules), period, folder, [row.id for row in runs])
    writing.write("README.txt", [README.encode()])
    writing.lines("runs.jsonl", (writing.run(row) for row in runs))
    writing.lines("waivers.jsonl", _waivers(runs))
    writing.lines("controls.jsonl", [writing.control(control) for control in framework.controls.values()])
    writing.manifest(now)
    return len(runs)


def _waivers(runs: Sequence[Any]) -> Iterator[Mapping[str, Any]]:
    for row in runs:
        for one in orjson.loads(row.waivers) if row.waivers else ():
            yield {"run": row.run, "started": row.started, **one}


class _Writing:
    def __init__(
        self,
        asking: Asking,
        framework: Framework,
        rules: list[Rule],
        period: Period,
        folder: Path,
        runs: list[int],
    ) -> None:
        self._asking, self._framework, self._rules = asking, framework, rules
        self._period, self._folder, self._runs = period, folder, runs
        self._sums: dict[str, str] = {}
        self._looks = self._all_looks()

    def _all_looks(self) -> dict[int, list[tuple[int, int]]]:
        """Scope → (run, set of rules) of each run of the period that looked there."""
        look, run = schema.look.c, schema.run.c
        found: dict[int, list[tuple[int, int]]] = {}
        for scope, of, rules in self._asking.connection.execute(
            select(look.scope, look.run, run.ruleset)
            .join_from(schema.look, schema.run, look.run == run.id)
            .where(look.run >= self._runs[0], look.run <= self._runs[-1], run.only.is_(None))
        ):
            found.setdefault(scope, []).append((of, rules))
        return found

    def run(self, row: Any) -> Mapping[str, Any]:
        """One run, with its times of reading."""
        places, look = self._asking.places, schema.look.c
        read = self._asking.connection.execute(
            select(look.scope, look.read_from, look.read_to).where(look.run == row.id).order_by(look.scope)
        )
        return {
            "run": row.run,
            "started": row.started,
            "version": row.version,
            "complete": row.complete,
            "chose": orjson.loads(row.only) if row.only else None,
            "read": [
                {**scope_fields(places.scope_of[scope]), "from": since, "to": until}
                for scope, since, until in read
            ],
            "rules": {
                name: {"revision": revision, "options": options}
                for name, (revision, options) in sorted(places.sets[row.ruleset].items())
            },
            "not_read": orjson.loads(row.gaps) if row.gaps else None,
            "left_out": orjson.loads(row.left_out),
            "counts": orjson.loads(row.counts),
        }

    def control(self, control: Control) -> Mapping[str, Any]:
        """One control; writes the file of its verdicts, where there is a rule."""
        names = sorted(rule.id for rule in self._rules if _checks(rule, control))
        counts: Counter[str] = Counter()
        said: dict[str, Any] = {
            "control": control.id,
            "number": control.number,
            "title": control.title,
            "automated": control.automated,
            "rules": names,
            "partly": bool(names) and not any(_wholly(rule, control) for rule in self._rules),
        }
        if names:
            path = f"controls/{re.sub(r'[^A-Za-z0-9.]+', '-', control.number)}.jsonl"
            self.lines(path, self._population(names, control.cloud, counts))
            said["file"] = path
        population = sum(counts[word] for word in ("pass", "fail", "accepted", "unknown"))
        return {**said, "state": _state(control, names, counts), "population": population, **counts}

    def _population(
        self, names: Sequence[str], cloud: str | None, counts: Counter[str]
    ) -> Iterator[Mapping[str, Any]]:
        """Yield a line for each verdict that was there in the period, and count how they stood at its end."""
        places = self._asking.places
        numbers = [id_ for (name, _), id_ in places.rules.items() if name in names]
        row, turn = schema.finding.c, schema.change.c
        turns: dict[str, list[Any]] = {}
        for one in self._asking.connection.execute(
            select(schema.change)
            .join_from(schema.change, schema.finding, turn.fingerprint == row.fingerprint)
            .where(row.rule.in_(numbers), turn.run <= self._runs[-1])
            .order_by(turn.id)
        ):
            turns.setdefault(one.fingerprint, []).append(one)
        scope_of, rule_of = places.scope_of, places.rule_of
        for one in self._asking.connection.execute(
            select(schema.finding)
            .where(row.rule.in_(numbers), row.met_run <= self._runs[-1])
            .order_by(row.rule, row.scope, row.resource)
        ):
            scope, (rule, kind) = scope_of[one.scope], rule_of[one.rule]
            if cloud is not None and scope.cloud != cloud:
                continue
            taken = turns.get(one.fingerprint, [])
            before = [each for each in taken if each.run < self._runs[0]]
            outcome, began = _outcome(one, taken), _outcome(one, before)
            if outcome == "absent" and began == "absent" and len(taken) == len(before):
                continue  # it was gone before the period began
            looks = [of for of, rules in self._looks.get(one.scope, ()) if rule in places.sets[rules]]
            outcome = outcome if looks or outcome == "absent" else "not_looked"
            counts[outcome] += 1
            failed = outcome == "fail" or any(each.outcome == "fail" for each in taken[len(before) :])
            counts["failed_in_period"] += failed or (began == "fail" and bool(looks))
            yield {
                "rule": rule,
                "kind": kind,
                **scope_fields(scope),
                "resource": one.resource,
                "name": one.name,
                "severity": SEVERITIES[one.severity],
                "at_start": began if one.met_run < self._runs[0] else "not_met",
                "at_end": outcome,
                "accepted": _accepted(taken) if outcome == "accepted" else None,
                "looks": len(looks),
                "turns": [
                    {
                        "started": self._asking.started.get(each.run),
                        "step": each.step,
                        "outcome": each.outcome,
                        "why": each.why,
                        "accepted": each.waived,
                    }
                    for each in taken[len(before) :]
                ],
                "fingerprint": one.fingerprint,
            }

    def lines(self, name: str, rows: Iterable[Mapping[str, Any]]) -> None:
        """Write a file of objects, one on a line."""
        self.write(name, (orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in rows))

    def write(self, name: str, chunks: Iterable[bytes]) -> None:
        """Write a file and note its checksum."""
        digest = hashlib.sha256()
        with whole_file(self._folder / name) as stream:
            for chunk in chunks:
                digest.update(chunk)
                stream.write(chunk)
        self._sums[name] = digest.hexdigest()

    def manifest(self, now: datetime) -> None:
        """Write the manifest and the checksums."""
        said = {
            "framework": self._framework.id,
            "name": f"{self._framework.name} {self._framework.version}",
            "from": self._period.start,
            "to": self._period.end,
            "made": read_at(now),
            "tool": "surefoot",
            "version": __version__,
            "runs": len(self._runs),
            "files": dict(sorted(self._sums.items())),
        }
        self.write("manifest.json", [orjson.dumps(said, option=orjson.OPT_INDENT_2)])
        lines = "".join(f"{digest}  {name}\n" for name, digest in sorted(self._sums.items()))
        with whole_file(self._folder / "SHA256SUMS") as stream:
            stream.write(lines.encode())


def _outcome(one: Any, turns: Sequence[Any]) -> str:
    """Return how a verdict stood after these turns."""
    outcome = turns[-1].outcome if turns else one.met_outcome
    if outcome == "fail" and (turns[-1].waived if turns else one.waived) is not None:
        return "accepted"
    return "unknown" if outcome in _UNKNOWN else str(outcome)


def _accepted(turns: Sequence[Any]) -> str | None:
    return turns[-1].waived if turns else None


def _checks(rule: Rule, control: Control) -> bool:
    return any(own.id == control.id for own in rule.controls) or not {rule.id, *rule.formerly}.isdisjoint(
        control.rules
    )


def _wholly(rule: Rule, control: Control) -> bool:
    return rule.id in control.rules or any(own.id == control.id and not own.part for own in rule.controls)


def _state(control: Control, names: Sequence[str], counts: Mapping[str, int]) -> str:
    """Return the worst that holds, in the words of the compliance report."""
    if not names:
        return "no rule" if control.automated else "manual"
    for word, state in (
        ("fail", "failed"),
        ("unknown", "unknown"),
        ("not_looked", "unknown"),
        ("accepted", "waived"),
    ):
        if counts.get(word):
            return state
    return "passed" if counts.get("pass") else "nothing in scope"
