"""Two scanners on one account: what each says of a resource, where they differ, and why.

Run as a program it takes our verdicts (`-o jsonl`) and the market leader's CSV of the same account, prints for each
pair of rules on how many resources the two agree, and every resource on which they do not, with the reason that
`reasons.toml` has for it. It ends with 1 when a difference has no reason. README.md beside it has the commands.
"""

import argparse
import csv
import json
import re
import sys
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

HERE = Path(__file__).parent

#: From the best to the worst, where several verdicts stand for one resource. `silent`: no verdict at all.
ORDER = ("silent", "pass", "unknown", "error", "fail")
THEIRS = {"PASS": "pass", "FAIL": "fail", "MANUAL": "unknown"}
COLUMNS = ("rule", "resource", "ours", "leader", "right", "why", "document")


class Said(NamedTuple):
    """What one scanner says of one resource: the outcome, and its words."""

    outcome: str = "silent"
    words: str = ""


Verdicts = Mapping[str, Mapping[str, Said]]
"""Rule → what it is compared by (as `key_of` makes it) → verdict."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Rules of ours, and the leader's checks that ask the same; it goes by the name of the first rule."""

    rules: tuple[str, ...]
    by: str
    checks: tuple[str, ...]

    @property
    def rule(self) -> str:
        """Return the name."""
        return self.rules[0]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why the two differ: on which rules, in which direction, by whose words; who is right, and by which document."""

    rules: tuple[str, ...]
    ours: str
    leader: str
    right: str
    why: str
    document: str
    said: str = ""
    theirs: str = ""
    resource: str = ""

    def explains(self, one: "Difference") -> bool:
        """Tell whether this is the reason for a difference."""
        return (
            (one.rule in self.rules or self.rules == ("*",))
            and self.ours in ("*", one.ours.outcome)
            and self.leader in ("*", one.leader.outcome)
            and bool(re.search(self.said, one.ours.words))
            and bool(re.search(self.theirs, one.leader.words))
            and bool(re.search(self.resource, one.resource))
        )


@dataclass(frozen=True, slots=True)
class Difference:
    """One resource on which the two say different things."""

    rule: str
    resource: str
    ours: Said
    leader: Said


Told = Sequence[tuple[Difference, Reason | None]]
"""Every difference, with its reason."""


def pairs() -> list[Pair]:
    """Return the table of pairs."""
    lines = [line for line in (HERE / "pairs.tsv").read_text().splitlines() if not line.startswith("#")]
    rows = csv.DictReader(lines, dialect=Tabs)
    return [Pair(tuple(row["rules"].split()), row["by"], tuple(row["checks"].split())) for row in rows]


def reasons() -> list[Reason]:
    """Return every known reason, in the file's order: the first that fits counts."""
    rows = tomllib.loads((HERE / "reasons.toml").read_text())["reason"]
    return [Reason(**{**row, "rules": tuple(row["rules"])}) for row in rows]


class Tabs(csv.Dialect):
    """Columns between tabs, and nothing quoted."""

    delimiter = "\t"
    quoting = csv.QUOTE_NONE
    lineterminator = "\n"


def key_of(by: str, resource: str, region: str) -> str:
    """Return what a verdict is compared by: one name for the resource, whoever gives it.

    An ARN loses its account (a snapshot's has none), the minute that is a part of an automatic snapshot's name, and the
    six signs that Secrets Manager draws for each secret, whose name alone is one of a kind.
    """
    if by == "account":
        return "account"
    if by == "region":
        return region
    parts = resource.split(":", 5)
    if len(parts) == 6:
        service = {"docdb": "rds", "neptune": "rds"}.get(parts[2], parts[2])
        resource = ":".join((service, parts[3] or "global", parts[5])).removesuffix("/inline-policies")
    if by == "user":
        resource = resource.partition("/access-key/")[0]
    if by == "load balancer":
        resource = re.sub(r":listener/((?:app|net|gwy)/[^/]+/[^/]+)/.*", r":loadbalancer/\1", resource)
        resource = re.sub(r"/listener/\d+$", "", resource)
    resource = re.sub(r"^(secretsmanager:.*)-[A-Za-z0-9]{6}$", r"\1", resource)
    return re.sub(r"-\d{4}(-\d\d){4}$", "-MINUTE", resource)


def worse(one: Said, other: Said) -> Said:
    """Return the worse of two verdicts, with the words of both where they are equally bad."""
    if one.outcome == other.outcome:
        return Said(one.outcome, "; ".join(filter(None, (one.words, other.words))))
    return max(one, other, key=lambda said: ORDER.index(said.outcome))


def _gathered(found: Iterable[tuple[str, str, Said]]) -> Verdicts:
    verdicts: dict[str, dict[str, Said]] = {}
    for rule, key, said in found:
        known = verdicts.setdefault(rule, {})
        known[key] = worse(known[key], said) if key in known else said
    return verdicts


def ours(lines: Iterable[str], table: Iterable[Pair]) -> Verdicts:
    """Return our verdicts from what `-o jsonl` writes. Raises ValueError for a file that is something else."""
    by = {rule: pair for pair in table for rule in pair.rules}

    def found() -> Iterator[tuple[str, str, Said]]:
        kinds = set()
        for line in map(json.loads, lines):
            kinds.add(line["type"])
            if line["type"] == "verdict" and line["provider"] == "aws" and line["rule"] in by:
                words = "; ".join([*line["messages"], *(one["why"] for one in line["unread"])])
                pair = by[line["rule"]]
                key = key_of(pair.by, line["resource"], line["region"])
                yield pair.rule, key, Said(line["outcome"], words)
        if not {"run", "end"} <= kinds:
            raise ValueError("our file is no whole run: write it with `surefoot scan aws -o jsonl=FILE`")

    return _gathered(found())


def leaders(lines: Iterable[str], table: Iterable[Pair]) -> Verdicts:
    """Return the leader's verdicts from its CSV. Raises KeyError for a file without its columns."""
    by = {check: pair for pair in table for check in pair.checks}
    csv.field_size_limit(2**30)

    def found() -> Iterator[tuple[str, str, Said]]:
        for row in csv.DictReader(lines, delimiter=";"):
            pair = by.get(row["CHECK_ID"])
            if pair is not None:
                key = key_of(pair.by, row["RESOURCE_UID"], row["REGION"])
                yield pair.rule, key, Said(THEIRS[row["STATUS"]], row["STATUS_EXTENDED"])

    return _gathered(found())


def differences(mine: Verdicts, theirs: Verdicts, table: Iterable[Pair]) -> Iterator[Difference]:
    """Yield every resource on which a pair differs; one of the two may be silent."""
    for pair in table:
        own, other = mine.get(pair.rule, {}), theirs.get(pair.rule, {})
        for key in sorted(own.keys() | other.keys()):
            one = Difference(pair.rule, key, own.get(key, Said()), other.get(key, Said()))
            if one.ours.outcome != one.leader.outcome:
                yield one


def explained(one: Difference, known: Iterable[Reason]) -> Reason | None:
    """Return the first reason that fits a difference."""
    return next((reason for reason in known if reason.explains(one)), None)


def row_of(one: Difference, reason: Reason | None) -> dict[str, str]:
    """Return a difference as a line of a recorded file."""
    told = (reason.right, reason.why, reason.document) if reason else ("", "", "")
    values = (one.rule, one.resource, one.ours.outcome, one.leader.outcome, *told)
    return dict(zip(COLUMNS, values, strict=True))


def read(file: Path) -> list[dict[str, Any]]:
    """Return the lines of a recorded file."""
    with file.open(newline="") as stream:
        return list(csv.DictReader(stream, dialect=Tabs))


def report(table: Iterable[Pair], own: Verdicts, other: Verdicts, told: Told) -> Iterator[str]:
    """Yield the lines of the comparison: a count for each pair, then every difference with its reason."""
    differ = Counter(one.rule for one, _ in told)
    for pair in table:
        both = own.get(pair.rule, {}).keys() | other.get(pair.rule, {}).keys()
        yield f"{pair.rule:44} {len(both) - differ[pair.rule]:4} agree  {differ[pair.rule]:4} differ"
    for one, reason in told:
        why = f"{reason.right} right: {reason.why}" if reason else "NO REASON KNOWN"
        yield f"{one.rule}: {one.resource}: ours {one.ours.outcome}, leader {one.leader.outcome}: {why}"
        if reason is None:
            yield f"    ours: {one.ours.words}"
            yield f"    leader: {one.leader.words}"


def record(file: Path, told: Told) -> None:
    """Write every difference to a file, each with its reason in one line."""
    with file.open("w", newline="") as stream:
        writer = csv.DictWriter(stream, COLUMNS, dialect=Tabs)
        writer.writeheader()
        writer.writerows(row_of(*one) for one in told)


def main(words: list[str]) -> int:
    """Compare two files, and say where they differ; 1 when a difference has no reason."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("ours", type=Path, help="what `surefoot scan aws -o jsonl=FILE` wrote")
    parser.add_argument("leader", type=Path, help="the leader's CSV of the same account and regions")
    parser.add_argument("--record", type=Path, help="write every difference, with its reason, to this file")
    given = parser.parse_args(words)
    table, known = pairs(), reasons()
    with given.ours.open() as mine, given.leader.open(newline="") as theirs:
        own, other = ours(mine, table), leaders(theirs, table)
    told = [(one, explained(one, known)) for one in differences(own, other, table)]
    sys.stdout.writelines(f"{line}\n" for line in report(table, own, other, told))
    if given.record:
        record(given.record, told)
    return 1 if any(reason is None for _, reason in told) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
