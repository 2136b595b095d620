"""The command line: reads words and calls; no logic of its own."""

import gc
import sys
from typing import Annotated

import typer

from scanner.errors import UserError

EXIT_CODES = """
Exit codes: 0 clean; 1 findings at or above --fail-on (default low; `never` turns it off); 2 wrong use,
configuration, or no working sign-in; 3 incomplete: something could not be read or judged (--allow-gaps accepts
it), or nothing was checked at all (--allow-empty means it); 130 Ctrl-C; 143 SIGTERM.
"""


def _version(wanted: bool) -> None:
    if wanted:
        from scanner.cli.inspect import version

        version()
        raise typer.Exit


app = typer.Typer(
    name="surefoot",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    epilog=EXIT_CODES,
    help="Says what is wrong in the AWS, Google Cloud and Azure accounts that a team really runs.",
)


@app.callback()
def surefoot(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and exit.", is_eager=True, callback=_version)
    ] = False,
) -> None:
    """Take what stands before the command."""


def said(words: list[str]) -> list[str]:
    """Return the words of the command line; `--organization` without a value is AWS's own."""
    found = []
    for number, word in enumerate(words):
        found.append(word)
        if word == "--organization" and (number + 1 == len(words) or words[number + 1].startswith("-")):
            found.append("aws")
    return found


def main() -> None:
    """Run a command; a mistake that a person can mend is one line on stderr and exit code 2."""
    # What is loaded stays: looking for garbage in it took a sixth of the time of `surefoot rules list`.
    gc.set_threshold(50_000, 20, 100)
    from scanner.cli import commands

    commands.register(app)
    try:
        app(said(sys.argv[1:]), prog_name="surefoot")
    except UserError as error:
        sys.stderr.write(f"surefoot: {error}\n")
        raise SystemExit(2) from None
    except BrokenPipeError:
        sys.stderr.close()
        raise SystemExit(141) from None
    except Exception:  # noqa: BLE001 - the interpreter would end with 1, which says that there are findings
        import traceback

        traceback.print_exc()
        sys.stderr.write(
            "surefoot: this is a mistake of Surefoot's own: nothing above is a result of this run\n"
        )
        raise SystemExit(3) from None
