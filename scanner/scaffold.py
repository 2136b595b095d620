"""Writes the skeleton of a rule: a file that fails its own style test until it is filled in."""

import re
from pathlib import Path
from typing import Final

from scanner.errors import UserError
from scanner.models import kinds

_SKELETON: Final = '''from scanner import NOTHING_TO_FIX, Cloud, {kind}, Problems, Severity, rule


@rule(
    "{id}",
    severity=Severity.MEDIUM,
    passes={{}},  # caption: {kind}(...) with just the fields that the rule reads
    fails={{}},
    fix={{
        Cloud.AWS: "",
        Cloud.GCP: NOTHING_TO_FIX,
        Cloud.AZURE: NOTHING_TO_FIX,
    }},
)
def {function}({subject}: {kind}) -> Problems:
    """What is wrong, in one sentence.

    Why it matters.
    """
    yield from ()
'''


def write_rule(id_: str, kind: str, folder: Path) -> Path:
    """Write the skeleton and return its path. Raises UserError for a bad id, an unknown kind, a file that exists."""
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)+", id_):
        raise UserError(
            f"{id_}: a rule's id is two or more lower case words joined by hyphens: bucket-public"
        )
    if kind not in kinds():
        raise UserError(f"--kind {kind}: one of {', '.join(kinds())}")
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{id_.replace('-', '_')}.py"
    subject = re.sub(r"(?<!^)(?=[A-Z])", "_", kind).lower()
    text = _SKELETON.format(id=id_, kind=kind, function=id_.replace("-", "_"), subject=subject)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise UserError(f"{path}: there already; nothing was written") from None
    return path
