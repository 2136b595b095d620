"""Rules from entry points and from folders: one door for ours and for users'."""

import hashlib
import importlib
import importlib.machinery
import importlib.metadata
import importlib.util
import sys
import traceback
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Final

import scanner
from scanner.errors import UserError
from scanner.rule import Rule

ENTRY_POINTS: Final = "surefoot.rules"
BUILT_IN: Final = Path(__file__).resolve().parent.parent / "rules"


class PackError(UserError):
    """A pack that cannot be loaded. Names the file and the line; exit code 2."""


@dataclass(frozen=True, slots=True)
class Pack:
    """A folder of rules: what it is called, where it lies, whether it is ours."""

    name: str
    folder: Path


@dataclass(frozen=True, slots=True)
class Packs:
    """All rules that were loaded, by id, and where they came from."""

    rules: Mapping[str, Rule]
    packs: tuple[Pack, ...]

    @property
    def known_ids(self) -> frozenset[str]:
        """Every id that a rule has or had."""
        return frozenset(self.rules).union(*(rule.formerly for rule in self.rules.values()))

    @property
    def versions(self) -> Mapping[str, str]:
        """What a run's first line says of packs: ours by its version, the others by their folder's name."""
        return {
            pack.name: scanner.__version__ if pack.folder == BUILT_IN else pack.folder.name
            for pack in self.packs
        }

    def find(self, id_: str) -> Rule | None:
        """Return the rule that has, or formerly had, this id."""
        if id_ in self.rules:
            return self.rules[id_]
        return next((rule for rule in self.rules.values() if id_ in rule.formerly), None)

    def select(self, select: Sequence[str] = (), ignore: Sequence[str] = ()) -> tuple[Rule, ...]:
        """Return the chosen rules by id. A word is an id, an old id, `subject/`, a severity, or a glob of ids.

        Raises PackError for a word that chooses nothing.
        """
        chosen = {rule.id for word in select for rule in self._chosen(word)} if select else set(self.rules)
        chosen -= {rule.id for word in ignore for rule in self._chosen(word)}
        return tuple(self.rules[id_] for id_ in sorted(chosen))

    def _chosen(self, word: str) -> list[Rule]:
        from fnmatch import fnmatchcase

        found = self.find(word)
        if found is not None:
            return [found]
        chosen = [
            rule
            for rule in self.rules.values()
            if fnmatchcase(rule.id, word) or word == rule.severity or word.rstrip("/") == rule.folder
        ]
        if not chosen:
            near = get_close_matches(word, self.rules, n=3)
            hint = f"; did you mean {' or '.join(near)}?" if near else ""
            raise PackError(f"no rule is called {word!r}{hint} (`surefoot rules list` shows them all)")
        return chosen


def load(folders: Iterable[Path] = (), *, built_in: bool = True) -> Packs:
    """Load the packs of all entry points and folders. Raises PackError."""
    packs = [
        *(_installed() if built_in else ()),
        *(Pack(folder.name, folder.resolve()) for folder in folders),
    ]
    rules: dict[str, Rule] = {}
    for pack in packs:
        for rule in _rules_of(pack):
            taken = rules.get(rule.id)
            if taken is not None:
                raise PackError(
                    f"{_file_of(rule)}: the id {rule.id!r} is taken by {_file_of(taken)}: ids are unique over all packs"
                )
            rules[rule.id] = rule
    return Packs(MappingProxyType(dict(sorted(rules.items()))), tuple(packs))


def _file_of(rule: Rule) -> str:
    return rule.check.__code__.co_filename


def _installed() -> Iterator[Pack]:
    """Yield the packs that installed distributions declare; ours is found by its place, whatever else is installed."""
    yield Pack("surefoot", BUILT_IN)
    for entry in sorted(importlib.metadata.entry_points(group=ENTRY_POINTS)):
        if entry.name == "surefoot":
            continue
        try:
            module = importlib.import_module(entry.module)
        except ImportError as error:
            raise PackError(f"entry point {entry.name} = {entry.value}: {error}") from error
        if not module.__file__:
            raise PackError(f"entry point {entry.name} = {entry.value}: not a package with an __init__.py")
        yield Pack(entry.name, Path(module.__file__).resolve().parent)


def _rules_of(pack: Pack) -> Iterator[Rule]:
    if not pack.folder.is_dir():
        raise PackError(f"{pack.folder}: no such folder of rules")
    package = _package_of(pack)
    for file in sorted(pack.folder.rglob("*.py")):
        parts = file.relative_to(pack.folder).with_suffix("").parts
        if parts[-1] in ("__init__", "conftest") or any(
            part.startswith((".", "_", "test_")) for part in parts
        ):
            continue
        module = _import(file, package, parts)
        for value in vars(module).values():
            if isinstance(value, Rule) and value.check.__module__ == module.__name__:
                yield replace(value, pack=pack.name)


def _package_of(pack: Pack) -> str:
    """Return the name under which a pack's modules are imported.

    Ours are `rules`. Another distribution also installs a top-level `rules`, and a user's folder may be called so
    too: a folder's modules get a name of their own, made from its path, under which relative imports work.
    """
    if pack.folder == BUILT_IN:
        module = sys.modules.get("rules") or importlib.import_module("rules")
        if module.__file__ is None or Path(module.__file__).resolve().parent != BUILT_IN:
            _claim("rules", BUILT_IN)
        return "rules"
    name = f"surefoot_pack_{hashlib.sha256(str(pack.folder).encode()).hexdigest()[:12]}"
    if name not in sys.modules:
        _claim(name, pack.folder)
    return name


def _claim(name: str, folder: Path) -> None:
    """Make `name` the package that lies in `folder`, with or without an __init__.py."""
    for taken in [key for key in sys.modules if key == name or key.startswith(f"{name}.")]:
        del sys.modules[taken]
    spec = importlib.machinery.ModuleSpec(name, None, is_package=True)
    spec.submodule_search_locations = [str(folder)]
    sys.modules[name] = importlib.util.module_from_spec(spec)


def _import(file: Path, package: str, parts: Sequence[str]) -> ModuleType:
    for depth in range(1, len(parts)):
        name = ".".join((package, *parts[:depth]))
        if name not in sys.modules:
            try:
                importlib.import_module(name)
            except ModuleNotFoundError:
                _claim(name, file.parents[len(parts) - 1 - depth])
    try:
        return importlib.import_module(".".join((package, *parts)))
    except Exception as error:
        raise PackError(_why(file, error)) from error


def _why(file: Path, error: BaseException) -> str:
    """Say where in the rule's file the import stopped, and why."""
    if isinstance(error, SyntaxError) and error.filename:
        return f"{error.filename}:{error.lineno}: {error.msg}"
    lines = [
        frame.lineno for frame in traceback.extract_tb(error.__traceback__) if Path(frame.filename) == file
    ]
    said = error.args[0] if isinstance(error, KeyError) and error.args else error
    return f"{file}:{lines[-1] if lines else 1}: {type(error).__name__}: {said}"
