"""anonymize: an inventory that can go with a bug report."""

import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scanner.cli import options as o
from scanner.errors import UserError

if TYPE_CHECKING:
    from scanner.config import Config
    from scanner.engine import Tuned


def anonymize(
    inventory: Annotated[
        Path, typer.Argument(metavar="INVENTORY", help="A file that collect or --save wrote.")
    ],
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE", help="Where to write it.")],
    rules: o.Rules = None,
    config: o.ConfigFile = None,
) -> None:
    """Write an inventory with other ids, names, tags and addresses, on which every rule comes to the same verdict.

    For bug reports. Look through it before it leaves the house: a name may stand where none is expected.

    Example: surefoot anonymize tonight.jsonl.zst -o report.jsonl
    """
    from scanner.runs.anonymize import anonymize
    from scanner.runs.vocabulary import words_of

    settings = o.configuration(config)
    _, tuned = o.rules_of(settings, rules, None, None)
    before = _outcomes(settings, tuned, inventory)
    try:
        anonymize(inventory, output, words_of(one.rule for one in tuned))
        after = _outcomes(settings, tuned, output)
    except OSError as error:
        raise UserError(f"{error.filename or output}: {error.strerror}") from None
    changed = sorted({rule for rule, *_ in ((before - after) + (after - before))})
    if changed:
        output.unlink()
        raise UserError(
            f"nothing was written: with other names these rules judge otherwise: {', '.join(changed)}"
        )
    sys.stderr.write(f"{output}: {sum(before.values())} verdicts, the same as before\n")


def _outcomes(settings: "Config", tuned: "Sequence[Tuned]", path: Path) -> "Counter[tuple[str, ...]]":
    from scanner.run import Choice, Scan

    verdicts = Scan(settings, Choice(), tuned).saved(path).verdicts
    return Counter(
        (one.rule, one.kind, one.scope.cloud, one.scope.region, one.outcome, one.severity) for one in verdicts
    )
