"""An earlier run is read from what `-o jsonl` writes, and from nothing else."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest
from runs_made_up import HERE, SCOPES, gap, made, tuned, verdict

from scanner.engine import Outcome, Verdict
from scanner.inventory import ANY_KIND, Gap
from scanner.known import RunError, read_run, type_of
from scanner.report import Report
from scanner.report.known import as_past
from scanner.reporters import write

VERDICTS = [
    verdict(),
    verdict("arn:aws:s3:::b", Outcome.PASS),
    verdict("arn:aws:s3:::c", Outcome.UNKNOWN),
    verdict("arn:aws:s3:::d", Outcome.ERROR),
]


def report(verdicts: list[Verdict] = VERDICTS, gaps: tuple[Gap, ...] = (gap(),)) -> Report:
    return Report(
        version="1.2.3",
        run="r",
        started=datetime(2026, 11, 22, 1, 30, tzinfo=UTC),
        scopes=SCOPES,
        rules=tuned(made("bucket-public", revision=3)),
        verdicts=verdicts,
        gaps=gaps,
        options={
            "rules": {"bucket-public": {"days": 9, "names": ("a", "b")}},
            "only": {"tags": {"env": "dev"}},
        },
        waived={verdict().fingerprint: "the web site"},
    )


@pytest.mark.parametrize("name", ["run.jsonl", "run.jsonl.zst"])
def test_what_was_written_is_what_the_run_was(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    write(report(), "jsonl", path)
    assert type_of(path) == "run"
    past, whole = read_run(path), as_past(report())
    assert past.accounts == {("aws", "111122223333"), ("aws", "444455556666")}
    # A file does not tell a call from its words.
    shown = replace(past, gaps=[replace(one, text="", call="") for one in past.gaps], seen={})
    assert shown == replace(whole, gaps=[replace(one, text="", call="") for one in whole.gaps], seen={})
    assert [(*one[:1], one.verdict[:9], one.waived) for one in past.seen.values()] == [
        (*one[:1], one.verdict[:9], one.waived) for one in whole.seen.values()
    ]
    assert past.seen[VERDICTS[2].fingerprint].verdict.unread[0].why.permission == "s3:GetBucketPolicy"


def test_a_rule_that_was_renamed_keeps_its_findings_under_its_new_name(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    write(report(), "jsonl", path)
    past = read_run(path, tuned(made("bucket-open", formerly=["bucket-public"])))
    assert past.rules == {"bucket-open": 3}
    assert past.options.keys() == {"bucket-open"}
    [one] = {seen.verdict.rule for seen in past.seen.values()}
    assert one == "bucket-open"
    assert all(seen.verdict.fingerprint == seen.fingerprint for seen in past.seen.values())


def without_end(lines: list[bytes]) -> list[bytes]:
    return lines[:-1]


def broken_last(lines: list[bytes]) -> list[bytes]:
    return [*lines[:-1], lines[-1][:10]]


@pytest.mark.parametrize("cut", [without_end, broken_last])
def test_a_run_that_was_cut_short_has_a_gap_over_all_of_it(
    tmp_path: Path, cut: Callable[[list[bytes]], list[bytes]]
) -> None:
    path = tmp_path / "run.jsonl"
    write(report(), "jsonl", path)
    path.write_bytes(b"\n".join(cut(path.read_bytes().splitlines())))
    past = read_run(path)
    assert {one.scope for one in past.gaps if one.kind == ANY_KIND} == set(SCOPES)
    assert len(past.seen) == len(VERDICTS)


@pytest.mark.parametrize(
    ("number", "change", "said"),
    [
        (1, {"type": "inventory"}, "1: not a line of a run: its first line must have the type `run`"),
        (1, {"schema": 2}, "1: not a line of a run: schema 2 is newer than 1, .* written by surefoot 1.2.3"),
        (1, {"scopes": None}, "1: not the first line of a run"),
        (1, {"started": "soon"}, "1: not the first line of a run"),
        (2, {"outcome": "maybe"}, "2: not a line of a run: 'maybe'"),
        (2, {"provider": "ibm"}, "2: not a line of a run: 'ibm'"),
        (3, {"messages": None}, "3: not a line of a run"),
    ],
)
def test_other_files_are_refused_with_the_line(
    tmp_path: Path, number: int, change: dict[str, object], said: str
) -> None:
    path = tmp_path / "run.jsonl"
    write(report(), "jsonl", path)
    lines = path.read_bytes().splitlines()
    lines[number - 1] = orjson.dumps({**orjson.loads(lines[number - 1]), **change})
    path.write_bytes(b"\n".join(lines))
    with pytest.raises(RunError, match=f"^{path}:{said}"):
        read_run(path)


@pytest.mark.parametrize("text", [b"", b"{", b"[1]\n", b"text\nmore\n"])
def test_what_is_no_run_at_all(tmp_path: Path, text: bytes) -> None:
    path = tmp_path / "run.jsonl"
    path.write_bytes(text)
    assert type_of(path) == ""
    with pytest.raises(RunError):
        read_run(path)
    assert HERE.region
