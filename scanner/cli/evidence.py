"""evidence: what an auditor is given for a framework and a period."""

import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

from scanner.cli import options as o
from scanner.errors import UserError


def evidence(
    framework: Annotated[str, typer.Option("--framework", metavar="ID", help="Such as CIS-AWS-7.0.")],
    start: Annotated[str, typer.Option("--from", metavar="DATE", help="The first day (UTC).")],
    end: Annotated[str, typer.Option("--to", metavar="DATE", help="The last day (UTC).")],
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="DIR", help="A folder that is not there, or empty.")
    ] = Path("evidence"),
    history: o.History = None,
    rules: o.Rules = None,
    config: o.ConfigFile = None,
) -> None:
    """Write, for each control, the population with its passed and failed ids, read times, waivers, rule revisions.

    What no run looked at is said to be so. A manifest has the SHA-256 of every file.

    Example: surefoot evidence --framework CIS-AWS-7.0 --from 2026-10-01 --to 2026-12-31 -o evidence
    """
    from scanner import frameworks
    from scanner.cli.history import asked
    from scanner.history.evidence import Period, write

    settings = o.configuration(config)
    packs, tuned = o.rules_of(settings, rules, None, None)
    own = [frameworks.load_framework(path, known_rules=packs.known_ids) for path in settings.frameworks]
    known = {one.id: one for one in (*frameworks.frameworks(), *own)}
    if framework not in known:
        raise UserError(f"--framework {framework}: one of {', '.join(known)}")
    first, last = _day("--from", start), _day("--to", end)
    if first > last:
        raise UserError(f"--from {start}: is later than --to {end}")
    period = Period(f"{first}T00:00:00Z", f"{last}T23:59:59Z")
    if not output.parent.is_dir():
        raise UserError(f"-o {output}: the folder {output.parent} does not exist")
    with asked(config, history) as asking:
        runs = write(asking, known[framework], [one.rule for one in tuned], period, output, datetime.now(UTC))
    sys.stderr.write(f"{output}: {framework}, {runs:,} runs\n")


def _day(option: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UserError(f"{option} {text}: a day such as 2026-12-31") from None
