"""sarif check: what code scanning would refuse, ignore or take amiss."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from scanner.errors import UserError

app = typer.Typer(
    help="SARIF files: check them before an upload.", no_args_is_help=True, rich_markup_mode=None
)
_SHOWN = 50


@app.callback()
def sarif() -> None:
    """Keep `check` a word of its own, though it is the only one."""


@app.command("check")
def check(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="SARIF files, ours or any tool's.")],
) -> None:
    """Say what GitHub's code scanning would refuse, ignore or take amiss, which schemas do not say; exit 1 for errors.

    Example: surefoot sarif check out.sarif
    """
    from scanner.reporters.sarif_check import flaws
    from scanner.reporters.text import clean

    bad = False
    for file in files:
        try:
            found = list(flaws(file))
        except OSError as error:
            raise UserError(f"{file}: {error.strerror}") from None
        bad = bad or any(flaw.grave for flaw in found)
        for flaw in found[:_SHOWN]:
            word = "error" if flaw.grave else "warning"
            sys.stdout.write(clean(f"{file}: {word}: {flaw.where}: {flaw.text}") + "\n")
        if len(found) > _SHOWN:
            sys.stdout.write(f"{file}: and {len(found) - _SHOWN:,} more\n")
        if not found:
            sys.stdout.write(f"{file}: good\n")
    if bad:
        raise typer.Exit(1)
