"""Frameworks whose controls rules check: built-in catalogues, each read when asked for, and users' own."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from scanner.frameworks.catalogue import read
from scanner.frameworks.control import Control, Framework
from scanner.frameworks.table import FrameworkError

if TYPE_CHECKING:
    from collections.abc import Collection

    CIS_AWS_7: Framework
    CIS_GCP_5: Framework
    CIS_AZURE_6: Framework

__all__ = [
    "CIS_AWS_7",
    "CIS_AZURE_6",
    "CIS_GCP_5",
    "Control",
    "Framework",
    "FrameworkError",
    "frameworks",
    "load_framework",
]

_CATALOGUES = {
    "CIS_AWS_7": "cis_aws_7_0.toml",
    "CIS_GCP_5": "cis_gcp_5_0.toml",
    "CIS_AZURE_6": "cis_azure_6_0.toml",
}


def frameworks() -> tuple[Framework, ...]:
    """Return the built-in frameworks, always in the same order."""
    return tuple(_built_in(file) for file in _CATALOGUES.values())


def load_framework(path: str | Path, *, known_rules: Collection[str] | None = None) -> Framework:
    """Return a user's own framework, read from one TOML file whose controls name the rules that check them.

    With `known_rules`, the ids of all rules there are, a rule id that is not among them is refused. Raises
    FrameworkError, with file and line, for whatever is wrong with the file.
    """
    return read(Path(path), known_rules, taken={built_in.id for built_in in frameworks()})


@cache
def _built_in(file: str) -> Framework:
    return read(Path(__file__).with_name(file))


if not TYPE_CHECKING:  # To the type checker a misspelt name has to stay an error.

    def __getattr__(name: str) -> Framework:
        if name in _CATALOGUES:
            return _built_in(_CATALOGUES[name])
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
