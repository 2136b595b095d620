"""diff, waive, where: what is known beside a run, and how a run is told of it."""

import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scanner.cli import options as o
from scanner.errors import UserError

if TYPE_CHECKING:
    from scanner.config import Config
    from scanner.engine import Tuned
    from scanner.iac import Ownership, StateFile
    from scanner.known import Comparison, Past, WaiverFile
    from scanner.report.known import Known

Day = Annotated[
    str,
    typer.Option(
        "--until", metavar="DATE", help="The last day on which it holds: 2027-01-31, or 90d from today."
    ),
]


def known_of(
    settings: "Config",
    tuned: "Sequence[Tuned]",
    *,
    waivers: Path | None = None,
    baseline: Path | None = None,
    iac: Path | None = None,
    states: Sequence[str] | None = None,
) -> "Known":
    """Read what the command line and surefoot.toml name beside the accounts. Raises UserError, OSError."""
    from scanner.known import WaiverFile
    from scanner.report.known import Known

    file = waivers or settings.waivers.file
    return Known(
        waivers=_waivers(settings, file) if file else WaiverFile(),
        ownership=ownership_of(settings, iac, states),
        baseline=past_of(settings, tuned, baseline) if baseline else None,
        today=datetime.now(UTC).date(),
    )


def _waivers(settings: "Config", file: Path) -> "WaiverFile":
    from scanner.known import load

    return load(file, datetime.now(UTC).date(), settings.waivers.max_days)


def ownership_of(settings: "Config", iac: Path | None, states: Sequence[str] | None) -> "Ownership | None":
    """Read the code and its states; None where none are given. Raises UserError."""
    from scanner.iac import Ownership, StateFile

    folder = iac or settings.iac.dir
    files = [_state(word) for word in states or ()]
    files = files or [StateFile(state.file, state.root, state.repository) for state in settings.iac.states]
    if folder is not None and not folder.is_dir():
        raise UserError(f"--iac {folder}: no such folder")
    return Ownership(folder, files) if folder is not None or files else None


def _state(word: str) -> "StateFile":
    from scanner.iac import StateFile

    folder, equals, file = word.partition("=")
    if not equals or Path(word).is_file():
        return StateFile(Path(word))
    if not Path(folder).is_dir():
        raise UserError(f"--state {word}: {folder} is no folder; write --state FILE or --state FOLDER=FILE")
    return StateFile(Path(file), Path(folder))


def past_of(settings: "Config", tuned: "Sequence[Tuned]", path: Path) -> "Past":
    """Read an earlier run: what `-o jsonl` wrote, or an inventory, judged by today's rules. Raises UserError."""
    from scanner.inventory import read
    from scanner.known import read_run, type_of
    from scanner.models.resource import Resource
    from scanner.report.known import as_past
    from scanner.run import Choice, Scan

    try:
        kind = type_of(path)
        if kind == "inventory":
            met = [entry for entry in read(path) if isinstance(entry, Resource)]
            present = frozenset((one.scope.cloud.value, one.canonical_id) for one in met)
            return as_past(Scan(settings, Choice(), tuned).saved(path), present)
        if kind == "run":
            return read_run(path, {one.rule.id: one for one in tuned})
    except OSError as error:
        raise UserError(f"{path}: {error.strerror}") from None
    raise UserError(f"{path}: neither a run that `-o jsonl` wrote nor an inventory")


def warn(lines: Iterable[str]) -> None:
    """Say on stderr what people ought to know beside the findings."""
    from scanner.reporters.text import clean

    for line in lines:
        sys.stderr.write(f"surefoot: {clean(line)}\n")


def diff(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="A run that -o jsonl wrote, or an inventory.")],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="A later one.")],
    output: Annotated[
        str, typer.Option("-o", "--output", metavar="FORMAT[=PATH]", help="table or jsonl.")
    ] = "table",
    rules: o.Rules = None,
    config: o.ConfigFile = None,
    fail_on: o.FailOn = None,
    allow_gaps: o.AllowGaps = False,
) -> None:
    """Say what became of each finding between two runs: new, changed, fixed, gone, not checked this time.

    Exits 1 for findings that are new, checked for the first time, or worse; 3 for what cannot be read any more.

    Example: surefoot diff yesterday.jsonl today.jsonl --fail-on high
    """
    from scanner.known import compare

    settings = o.configuration(config)
    _, tuned = o.rules_of(settings, rules, None, None)
    worst = o.severity_of(settings.fail_on if fail_on is None else fail_on)
    before, now = past_of(settings, tuned, old), past_of(settings, tuned, new)
    needs = {one.rule.id: {kind.kind() for kind in one.rule.needs} for one in tuned}
    comparison = compare(before, now, needs)
    _write(comparison, output)
    if worst is not None and any(one.seen.verdict.severity.rank >= worst.rank for one in comparison.gating):
        raise typer.Exit(1)
    unread = comparison.new_gaps or [seen for seen in comparison.newly_unknown if seen.waived is None]
    if unread and not allow_gaps:
        raise typer.Exit(3)


def _write(comparison: "Comparison", output: str) -> None:
    import os

    from scanner.files import whole_file
    from scanner.reporters import difference, page_of
    from scanner.reporters.page import Page

    name, equals, path = output.partition("=")
    formats = {"table": difference.table, "jsonl": difference.jsonl}
    if name not in formats or (equals and not path):
        raise UserError(f"-o {output}: FORMAT is one of {', '.join(formats)}, alone or as FORMAT=PATH")
    if path:
        with whole_file(Path(path)) as stream:
            for chunk in formats[name](comparison, Page()):
                stream.write(chunk)
    else:
        sys.stdout.buffer.writelines(formats[name](comparison, page_of(sys.stdout, os.environ)))


def waive(
    what: Annotated[
        str,
        typer.Argument(
            metavar="RULE|FINGERPRINT", help="A rule, then a resource; or a finding's fingerprint."
        ),
    ],
    resource: Annotated[
        str | None,
        typer.Argument(metavar="[RESOURCE]", help="Its id, or a pattern with * and ?.", show_default=False),
    ] = None,
    reason: Annotated[str, typer.Option("--reason", help="Why it is accepted.")] = "",
    owner: Annotated[str, typer.Option("--owner", help="Who answers for it.")] = "",
    until: Day = "",
    run: Annotated[
        Path | None,
        typer.Option(
            "--in", metavar="RUN", help="Where a fingerprint's rule and resource are looked up: -o jsonl."
        ),
    ] = None,
    account: Annotated[
        str | None, typer.Option("--account", metavar="ID", help="Only in this account.")
    ] = None,
    approved_by: Annotated[str | None, typer.Option("--approved-by", help="Who agreed.")] = None,
    ticket: Annotated[str | None, typer.Option("--ticket", help="Where it was discussed.")] = None,
    waivers: o.WaiversFile = None,
    rules: o.Rules = None,
    config: o.ConfigFile = None,
) -> None:
    """Accept a finding until a day: add a waiver to the waivers file, and leave the rest of the file as it is.

    Example: surefoot waive bucket-public arn:aws:s3:::www --reason "the web site" --owner web@example.com --until 90d
    """
    from scanner.known import parse, with_waiver

    settings = o.configuration(config)
    packs, tuned = o.rules_of(settings, rules, None, None)
    file = waivers or settings.waivers.file or Path("waivers.toml")
    values: dict[str, str | date | None] = {"rule": what, "resource": resource}
    if resource is None:
        values = _by_fingerprint(settings, tuned, what, run)
    elif "*" not in what and "?" not in what and packs.find(what) is None:
        raise UserError(f"{what}: no such rule; `surefoot rules list` shows them")
    values |= {
        "account": account,
        "reason": reason or None,
        "owner": owner or None,
        "until": _day(until),
        "approved_by": approved_by,
        "ticket": ticket,
    }
    missing = [f"--{name}" for name in ("reason", "owner", "until") if not values[name]]
    if missing:
        raise UserError(f"a waiver needs {', '.join(missing)}: why, who answers for it, and until when")
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    whole = with_waiver(text, str(file), values)
    waiver = parse(whole, str(file), datetime.now(UTC).date(), settings.waivers.max_days).waiver[-1]
    file.write_text(whole, encoding="utf-8", newline="\n")
    sys.stderr.write(f"{waiver.place}: {waiver.subject}, until {waiver.until}\n")
    if file != settings.waivers.file:
        sys.stderr.write(f"scans read it with `--waivers {file}`, or `[waivers]` `file` in surefoot.toml\n")


def _by_fingerprint(
    settings: "Config", tuned: "Sequence[Tuned]", what: str, run: Path | None
) -> "dict[str, str | date | None]":
    """Return what a waiver of one finding says: rule and resource where they can be looked up."""
    if any(char not in "0123456789abcdef" for char in what):
        raise UserError(
            f"{what}: no fingerprint; for a rule, name the resource too: surefoot waive RULE RESOURCE ..."
        )
    if run is None:
        if len(what) != 32:  # noqa: PLR2004 - a whole fingerprint
            raise UserError(f"{what}: give all 32 digits, or the run in which to look it up: --in run.jsonl")
        return {"fingerprint": what}
    seen = [one for one in past_of(settings, tuned, run).seen.values() if one.fingerprint.startswith(what)]
    if len(seen) != 1:
        raise UserError(f"{what}: {len(seen) or 'no'} verdicts of {run} have this fingerprint")
    return {"rule": seen[0].verdict.rule, "resource": seen[0].verdict.resource}


def _day(text: str) -> date | None:
    if text.endswith("d") and text[:-1].isdigit():
        return datetime.now(UTC).date() + timedelta(days=int(text[:-1]))
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise UserError(
            f"--until {text}: a day such as 2027-01-31, or a number of days such as 90d"
        ) from None


def where(
    resource: Annotated[
        str, typer.Argument(metavar="RESOURCE", help="Its id: an ARN, a full name, an ARM id.")
    ],
    iac: o.IacFolder = None,
    state: o.States = None,
    config: o.ConfigFile = None,
) -> None:
    """Show the code that owns a live resource, and the code that sets parts of it: file, line, address, module calls.

    Exits 3 when none of the code that was given owns it. Needs the extra: pip install 'surefoot[iac]'

    Example: surefoot where arn:aws:s3:::www --iac . --state prod.tfstate
    """
    from scanner.reporters.text import clean

    ownership = ownership_of(o.configuration(config), iac, state)
    if ownership is None:
        raise UserError("say where the code is: --iac DIR --state FILE, or [iac] in surefoot.toml")
    found = False
    for line in ownership.described(resource):
        found = True
        sys.stdout.write(clean(line) + "\n")
    warn(ownership.warnings)
    if not found:
        sys.stderr.write(f"surefoot: none of the code and states that were given owns {clean(resource)}\n")
        raise typer.Exit(3)
