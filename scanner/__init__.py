"""Surefoot: says what is wrong in the cloud accounts that a team really runs.

The names here are what rule files and tests import. They are looked up when first used, so that a command which
needs none of them loads none.
"""

import importlib
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from scanner.frameworks import CIS_AWS_7, CIS_AZURE_6, CIS_GCP_5
    from scanner.models.account import Account, RegionSettings
    from scanner.models.resource import UNREAD, Cloud, Code, Facts, Resource, Scope, UnreadError, Why
    from scanner.rule import (
        NOTHING_TO_FIX,
        NOW,
        Case,
        InAccount,
        InRegion,
        Option,
        Problem,
        Problems,
        Severity,
        all_of,
        any_of,
        each,
        rule,
        unknown_value,
    )

# Module to the names that it gives; the block above says the same to the type checker, and a test compares them.
_NAMES = {
    "scanner.frameworks": ("CIS_AWS_7", "CIS_AZURE_6", "CIS_GCP_5"),
    "scanner.models.account": ("Account", "RegionSettings"),
    "scanner.models.resource": (
        "UNREAD",
        "Cloud",
        "Code",
        "Facts",
        "Resource",
        "Scope",
        "UnreadError",
        "Why",
    ),
    "scanner.rule": (
        "NOTHING_TO_FIX",
        "NOW",
        "Case",
        "InAccount",
        "InRegion",
        "Option",
        "Problem",
        "Problems",
        "Severity",
        "all_of",
        "any_of",
        "each",
        "rule",
        "unknown_value",
    ),
}
_MODULE_OF = {name: module for module, names in _NAMES.items() for name in names}

__all__ = [  # noqa: PLE0604 - computed, so that a name stands in one place
    "__version__",
    *_MODULE_OF,
]


def __getattr__(name: str) -> Any:
    module = _MODULE_OF.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(module), name)
    globals()[name] = value
    return value
