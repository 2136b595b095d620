"""The words that have a meaning to rules: a resource that happens to be called by one keeps its name."""

import ast
import inspect
import re
import sys
from collections.abc import Iterable, Iterator
from types import ModuleType
from typing import Final

from scanner.rule import Rule

_TOKEN: Final = re.compile(r"[A-Za-z0-9_.\-]+")
#: Arguments of `@rule` with examples, whose names are made up, and texts for people.
_MADE_UP: Final = ("passes", "fails", "fix", "references")
_OURS: Final = ("scanner.models.", "scanner.exposure.")


def words_of(rules: Iterable[Rule]) -> frozenset[str]:
    """Return, in lower case, the parts of every text without a space in the code of rules and of what they stand on.

    Texts for people (docstrings, messages, fixes) have spaces; what a fact is compared with has none.
    """
    texts = {text for module in _modules(rules) for text in _texts(module)}
    return frozenset(token.lower() for text in texts if " " not in text for token in _TOKEN.findall(text))


def _modules(rules: Iterable[Rule]) -> list[ModuleType]:
    """Return the modules of the rules, those beside them in their packages, and ours with the words of models."""
    packages = {rule.check.__module__.rpartition(".")[0] for rule in rules}
    names = {rule.check.__module__ for rule in rules}
    names |= {
        name
        for name in sys.modules
        if name.startswith(_OURS) or (name.rpartition(".")[0] in packages and "." in name)
    }
    return [sys.modules[name] for name in sorted(names) if name in sys.modules]


def _texts(module: ModuleType) -> Iterator[str]:
    try:
        tree = ast.parse(inspect.getsource(module))
    except (OSError, TypeError, SyntaxError):  # a module without source has no words
        return
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        if not (isinstance(node, ast.keyword) and node.arg in _MADE_UP):
            waiting += ast.iter_child_nodes(node)
