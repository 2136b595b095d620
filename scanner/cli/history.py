"""history: which findings there are and were, since when, and what became of them."""

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scanner.cli import options as o
from scanner.errors import UserError

if TYPE_CHECKING:
    from scanner.history.asking import Asking, Wanted
    from scanner.reporters.page import Page

app = typer.Typer(
    help="Findings over time: since when, fixed when, reopened, not checked.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Status = Annotated[
    list[str] | None,
    typer.Option(
        "--status",
        metavar="STATUS",
        help="open, not_checked, fixed, gone, by_rule, unknown, passing, left, all. Repeatable. "
        "[default: open, not_checked]",
        show_default=False,
    ),
]
Rule = Annotated[str, typer.Option("--rule", metavar="PATTERN", help="Only findings of these rules.")]
Account = Annotated[str, typer.Option("--account", metavar="PATTERN", help="Only of these accounts.")]
Owner = Annotated[
    str | None,
    typer.Option("--owner", metavar="PATTERN", help="Only of these owners; '' for those of nobody."),
]
Severity = Annotated[
    str | None, typer.Option("--severity", metavar="SEVERITY", help="This bad, or worse.", show_default=False)
]
Output = Annotated[
    str, typer.Option("-o", "--output", metavar="FORMAT", help="table, or jsonl for programs.")
]


@contextmanager
def asked(config: Path | None, history: str | None) -> "Iterator[Asking]":
    """Open the history for reading. Raises UserError where none is named, HistoryError."""
    from sqlalchemy.exc import SQLAlchemyError

    from scanner.history.asking import Asking
    from scanner.history.opening import HistoryError, open_history

    where = o.history_of(o.configuration(config), history)
    if where is None:
        raise UserError("which history? Give --history FILE|URL, or [history] `url` in surefoot.toml")
    engine = open_history(where)
    try:
        with engine.connect() as connection:
            yield Asking(connection)
    except SQLAlchemyError as error:
        said = str(getattr(error, "orig", None) or error).splitlines()[0]
        raise HistoryError(f"the history could not be asked: {said}") from None
    finally:
        engine.dispose()


def _wanted(
    status: list[str] | None,
    severity: str | None,
    rule: str,
    account: str,
    owner: str | None,
    resource: str = "",
) -> "Wanted":
    from scanner.history.asking import Wanted
    from scanner.history.deciding import Status as States
    from scanner.rule import Severity as Levels

    for word in status or ():
        if word != "all" and word not in list(States):
            raise UserError(f"--status {word}: one of {', '.join(States)}, all")
    if severity is not None and severity not in list(Levels):
        raise UserError(f"--severity {severity}: one of {', '.join(Levels)}")
    chosen = () if "all" in (status or ()) else tuple(status or Wanted().statuses)
    return Wanted(chosen, Levels(severity) if severity else None, rule, resource, account, owner)


def _print(output: str, rows: Iterable[Mapping[str, Any]], text: "Callable[[Page], Iterable[str]]") -> None:
    from scanner.reporters import page_of
    from scanner.reporters.page import encoded
    from scanner.reporters.rows import dumps

    if output not in ("table", "jsonl"):
        raise UserError(f"-o {output}: FORMAT is one of table, jsonl")
    if output == "jsonl":
        sys.stdout.buffer.writelines(dumps(row) + b"\n" for row in rows)
    else:
        sys.stdout.buffer.writelines(encoded(text(page_of(sys.stdout, os.environ))))


@app.command("list")
def list_(
    status: Status = None,
    severity: Severity = None,
    rule: Rule = "",
    resource: Annotated[
        str, typer.Option("--resource", metavar="PATTERN", help="Only on these resources, by id.")
    ] = "",
    account: Account = "",
    owner: Owner = None,
    group_by: Annotated[
        str | None, typer.Option("--group-by", metavar="owner", help="A part for each owner.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="So many of each rule in the table.")] = 10,
    output: Output = "table",
    history: o.History = None,
    config: o.ConfigFile = None,
) -> None:
    """List findings with their lives: first seen, last seen, fixed when, how long that took, how often they came back.

    What a run could not look at stays as it was last known, and is listed as not checked.

    Examples:
      surefoot history list --severity high

      surefoot history list --status fixed --status gone -o jsonl
    """
    from scanner.reporters import lives

    if group_by not in (None, "owner"):
        raise UserError(f"--group-by {group_by}: it reads owner")
    with asked(config, history) as asking:
        found = list(asking.findings(_wanted(status, severity, rule, account, owner, resource)))

        def text(page: "Page") -> Iterator[str]:
            yield from lives.findings(found, page, limit, by_owner=group_by is not None)
            yield f"{len(found):,} findings\n" if len(found) != 1 else "1 finding\n"

        _print(output, (one.as_json() for one in found), text)


@app.command()
def show(
    fingerprint: Annotated[str, typer.Argument(help="Of a finding; its first digits are enough.")],
    output: Output = "table",
    history: o.History = None,
    config: o.ConfigFile = None,
) -> None:
    """Show one finding and every turn that it took, each with its night and its reason.

    Example: surefoot history show 3f2a9c
    """
    from scanner.reporters import lives

    if not fingerprint or set(fingerprint) - set("0123456789abcdef"):
        raise UserError(f"{fingerprint}: no fingerprint; `surefoot history list` shows them")
    with asked(config, history) as asking:
        one = asking.found(asking.one(fingerprint))
        turns = asking.turns(one.row.fingerprint)
        _print(output, [one.as_json(), *turns], lambda page: lives.turns(one, turns, page))


@app.command()
def trend(
    severity: Severity = None,
    rule: Rule = "",
    account: Account = "",
    owner: Owner = None,
    output: Output = "table",
    history: o.History = None,
    config: o.ConfigFile = None,
) -> None:
    """Show what was open after each run, what came and went, and how long fixes took.

    Example: surefoot history trend --severity high --account aws:111122223333
    """
    from dataclasses import asdict

    from scanner.history.asking import middle
    from scanner.reporters import lives

    with asked(config, history) as asking:
        chosen = severity or rule or account or owner is not None
        wanted = _wanted(["all"], severity, rule, account, owner) if chosen else None
        nights, days = asking.trend(wanted), middle(asking.days_to_fix(wanted))
        rows = [{"type": "night", **asdict(night)} for night in nights]
        rows.append({"type": "end", "runs": len(nights), "median_days_to_fix": days})
        _print(output, rows, lambda page: lives.trend(nights, days, page))


@app.command()
def runs(output: Output = "table", history: o.History = None, config: o.ConfigFile = None) -> None:
    """List the runs that are stored.

    Example: surefoot history runs
    """
    from scanner.reporters import lives

    with asked(config, history) as asking:
        found = asking.runs()
        _print(output, found, lambda page: lives.runs(found, page))


@app.command()
def add(
    files: Annotated[list[Path], typer.Argument(metavar="RUN...", help="Runs that -o jsonl wrote.")],
    history: o.History = None,
    rules: o.Rules = None,
    config: o.ConfigFile = None,
) -> None:
    """Store runs that were kept as files, the oldest first, whatever order they are named in.

    Example: surefoot history add nights/*.jsonl --history history.db
    """
    from scanner.history.keeping import keep
    from scanner.history.night import night_of_file
    from scanner.history.opening import open_history
    from scanner.known import read_run
    from scanner.known.past import started_of

    settings = o.configuration(config)
    where = o.history_of(settings, history)
    if where is None:
        raise UserError("which history? Give --history FILE|URL, or [history] `url` in surefoot.toml")
    _, tuned = o.rules_of(settings, rules, None, None)
    today = {one.rule.id: one for one in tuned}
    try:
        # The first lines of all of them, before anything is stored; and of the rest one at a time.
        ordered = sorted(files, key=started_of)
        engine = open_history(where, make=True)
        try:
            for path in ordered:
                kept = keep(engine, night_of_file(read_run(path, today)))
                said = "stored" if kept.stored else "was there already"
                sys.stderr.write(f"{path}: {said}\n")
        finally:
            engine.dispose()
    except OSError as error:
        raise UserError(f"{error.filename}: {error.strerror}") from None
