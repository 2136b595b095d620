"""Terraform and OpenTofu: from the ids of a live resource, by state and sources, to the lines that own it."""

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from scanner.errors import UserError
from scanner.iac.addresses import Address, parse
from scanner.iac.choosing import Candidate, chosen
from scanner.iac.ids import Subject, cloud_of, is_unique, keys, names, state_keys, state_name
from scanner.iac.location import Location, Span
from scanner.iac.settings import Setting
from scanner.iac.sources import Resolved, Sources, Written, location
from scanner.iac.state import Instance, read_state
from scanner.models.resource import Cloud

if TYPE_CHECKING:
    from tree_sitter import Node


class RootError(UserError):
    """A folder that was given for a state is none of the code; exit code 2."""


@dataclass(frozen=True, slots=True)
class StateFile:
    """A state, the folder in which Terraform is run for it (None: to be found out), what its repository is called."""

    path: Path
    root: Path | None = None
    repository: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Owned:
    """One resource of one state; `root` is None where the folder of the state is not known."""

    instance: Instance
    root: PurePosixPath | None
    state: StateFile


class Terraform:
    """The states, indexed by what they manage, over the sources. `warnings` says what could not be told apart."""

    def __init__(self, sources: Sources | None, states: Sequence[StateFile]) -> None:
        self.sources = sources
        self.warnings: list[str] = []
        self.repositories = {state.repository for state in states}
        self.clouds: set[Cloud] = set()
        """Of which clouds the states manage anything."""
        self._own: dict[str, list[Owned]] = defaultdict(list)
        self._parts: dict[tuple[str, str, str], list[Owned]] = defaultdict(list)
        self._resolved: dict[tuple[PurePosixPath, Address], Resolved | None] = {}
        # Of what stands in several states, the one whose folder was given counts, whatever order they are given in.
        for state in sorted(states, key=lambda state: (state.root is None, str(state.path))):
            instances = read_state(state.path)
            root = self._root(state, instances) if sources is not None else None
            for instance in instances:
                self._index(Owned(instance, root, state))

    def _index(self, owned: Owned) -> None:
        instance = owned.instance
        self.clouds.add(cloud_of(instance.type))
        for key in dict.fromkeys(state_keys(instance.type, instance.ids)):
            self._own[key].append(owned)
        for attribute, values in instance.owners.items():
            for value in dict.fromkeys(values):
                self._parts[instance.type, attribute, state_name(instance.type, value)].append(owned)

    # -- which folder a state belongs to --------------------------------------------------------------------

    def _root(self, state: StateFile, instances: Sequence[Instance]) -> PurePosixPath | None:
        assert self.sources is not None  # noqa: S101 - asked only with sources
        if state.root is not None:
            return self._given(state, state.root)
        beside = self._beside(state.path)
        if beside is not None:
            return beside
        addresses = {parsed.block for one in instances if (parsed := parse(one.address)) is not None}
        scores = {
            root: sum(self._at(root, one) is not None for one in addresses) for root in self.sources.roots
        }
        best = max(scores.values(), default=0)
        found = [root for root, score in scores.items() if score == best]
        if best and len(found) == 1:
            return found[0]
        if best:
            fits = " and ".join(map(str, found))
            self.warnings.append(
                f"{state.path} fits the code in {fits} equally well: say which with --state FOLDER={state.path}"
            )
        return None

    def _given(self, state: StateFile, root: Path) -> PurePosixPath:
        assert self.sources is not None  # noqa: S101 - the same
        given = Path(os.path.relpath(root.resolve(), self.sources.repository)).as_posix()
        if PurePosixPath(given) not in self.sources.modules:
            known = ", ".join(map(str, self.sources.roots)) or "none"
            raise RootError(
                f"--state {root}={state.path}: no Terraform code in {root}; folders with some: {known}"
            )
        return PurePosixPath(given)

    def _beside(self, path: Path) -> PurePosixPath | None:
        """Return the folder of code in which a state lies: next to it, or above `terraform.tfstate.d/WORKSPACE/`."""
        assert self.sources is not None  # noqa: S101 - the same
        here = path.resolve().parent
        if here.parent.name == "terraform.tfstate.d":
            here = here.parent.parent
        if not here.is_relative_to(self.sources.repository):
            return None
        folder = PurePosixPath(here.relative_to(self.sources.repository).as_posix())
        return folder if folder in self.sources.modules else None

    def _at(self, root: PurePosixPath, address: Address) -> Resolved | None:
        assert self.sources is not None  # noqa: S101 - the same
        key = (root, address)
        if key not in self._resolved:
            self._resolved[key] = self.sources.resolve(root, address)
        return self._resolved[key]

    # -- which resource -------------------------------------------------------------------------------------

    def owners(self, subject: Subject, settings: Iterable[Setting]) -> list[Owned]:
        """Return what manages a resource: itself in a state, or a resource that it was made within (a root disk)."""
        found = list(dict.fromkeys(owned for key in keys(subject) for owned in self._own.get(key, ())))
        within = [one for one in settings if one.within]
        return found or [owned for setting in within for owned in self._of(subject, setting)]

    def parts(self, subject: Subject, settings: Iterable[Setting]) -> Iterator[tuple[Setting, list[Owned]]]:
        """Yield the resources of states that set something of a resource, in the order of the settings."""
        for setting in settings:
            if setting.owner:
                found = self._of(subject, setting)
                if found:
                    yield setting, found

    def _of(self, subject: Subject, setting: Setting) -> list[Owned]:
        """Return what says that it belongs to a resource: by an id, or by a name beside the resource itself.

        Names are given out anew in each region and account, and states of several may be at hand.
        """
        own = {owned.state for key in keys(subject) for owned in self._own.get(key, ())}
        for name in names(subject):
            found = self._parts.get((setting.type, setting.owner, name), ())
            same = [one for one in found if one.instance.project in ("", subject.scope.account)]
            if own and not is_unique(subject, name):
                same = [one for one in same if one.state in own]
            if same:
                return same
        return []

    # -- which line -----------------------------------------------------------------------------------------

    def locate(self, subject: Subject, settings: Sequence[Setting], words: Sequence[str]) -> Location | None:
        """Return where the settings of a resource are written, else where it is; None where no code is known."""
        for setting, parts in self.parts(subject, settings):
            whole = [(owned, found) for owned in parts if (found := self._resolve(owned)) is not None]
            if setting.many:
                candidates = [
                    Candidate(
                        _code(found),
                        (owned, found),
                        owned.instance.ids[0].rpartition("/")[2] if owned.instance.ids else "",
                    )
                    for owned, found in whole
                ]
                whole = chosen(candidates, words) if whole else []
            if whole:
                return _in(whole[0][0], _written(whole[0][1], _name(whole), [setting], words))
        for owned in self.owners(subject, settings):
            found = self._resolve(owned)
            if found is not None:
                own = [one for one in settings if one.type == owned.instance.type]
                return _in(owned, _written(found, owned.instance.address, own, words))
        return None

    def place(self, owned: Owned) -> Location | None:
        """Return where one resource of a state is written; None where its code is not here."""
        found = self._resolve(owned)
        return _in(owned, location(found, owned.instance.address)) if found is not None else None

    def _resolve(self, owned: Owned) -> Resolved | None:
        address = parse(owned.instance.address)
        if self.sources is None or owned.root is None or address is None:
            return None
        return self._at(owned.root, address.block) or self._at(owned.root, address)


def _in(owned: Owned, place: Location) -> Location:
    """Return a location in the repository that the configuration names for its state."""
    repository = owned.state.repository
    return replace(place, repository=repository) if repository else place


def _code(resolved: Resolved) -> str:
    return "\n".join(_text(one.block.body) for one in resolved.blocks)


def _text(node: "Node") -> str:
    return (node.text or b"").decode("utf-8", "replace")


def _name(found: Sequence[tuple[Owned, Resolved]]) -> str:
    """Return the address of what was found; without its keys where several were made by the same block."""
    first = found[0][0].instance.address
    if len(found) == 1 or found[1][1] is not found[0][1]:
        return first
    address = parse(first)
    return str(address._replace(key="")) if address is not None else first


def _written(resolved: Resolved, address: str, settings: Sequence[Setting], words: Sequence[str]) -> Location:
    """Return the location of the best written of some settings: whole paths before parts of one, else the block."""
    best: tuple[int, tuple[Written, Span]] | None = None
    for setting in settings:
        for written in resolved.blocks:
            depth, span = _depth(written, setting, words)
            whole = depth * 2 + (depth == len(setting.path))
            if depth and (best is None or whole > best[0]):
                best = (whole, (written, span))
    if resolved.inside:
        best = _argument(resolved, settings)
    return location(resolved, address, best[1] if best else None)


def _depth(written: Written, setting: Setting, words: Sequence[str]) -> tuple[int, Span]:
    block = written.block
    if not setting.path:
        return 0, block.header
    if setting.many:
        nodes = [Candidate(_text(node), node) for node in block.all(setting.path)]
        found = chosen(nodes, words) if nodes else []
        return (len(setting.path), block.span(found[0])) if found else (0, block.header)
    return block.find(setting.path)


def _argument(resolved: Resolved, settings: Sequence[Setting]) -> tuple[int, tuple[Written, Span]] | None:
    """Return the argument of a module's call that is named as the setting is: what people change is there."""
    call = resolved.chain[-1]
    for setting in settings:
        ends = (setting.path[0], setting.path[-1]) if setting.path else ()
        for name in dict.fromkeys(
            short for end in ends for short in (end, end.removesuffix("_configuration"))
        ):
            depth, span = call.block.find([name])
            if depth:
                return depth, (call, span)
    return None
