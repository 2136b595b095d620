"""The Terraform code of a repository: its modules, what each of them holds, and where an address is written."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Final

from scanner.iac.addresses import Address, moved, parse
from scanner.iac.hcl import Block, blocks_of
from scanner.iac.location import Call, Location, Span

#: Folders that hold copies of others' code, or none.
SKIPPED: Final = frozenset({".terraform", ".terragrunt-cache", ".git", "node_modules"})
_ENDINGS: Final = (".tf", ".tofu", ".tf.json", ".tofu.json")
_LARGEST: Final = 4 << 20
_MOST_MOVES: Final = 20
_NAMED: Final = 2
"""A resource has two labels: its type and its name."""


@dataclass(frozen=True, slots=True)
class Written:
    """A block and its file, relative to its repository, which is named where it lies within another folder of code."""

    path: str
    block: Block
    repository: str = ""


@dataclass(slots=True)
class Module:
    """One folder of code. Of several blocks with one address, those of override files come first."""

    resources: dict[tuple[str, str], list[Written]] = field(default_factory=dict)
    calls: dict[str, Written] = field(default_factory=dict)
    moves: list[tuple[Address, Address]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Resolved:
    """Where an address is written: its blocks, or none where a module outside of the repository holds them."""

    blocks: tuple[Written, ...]
    chain: tuple[Written, ...]
    inside: str = ""


class Sources:
    """All code under a folder; paths in locations are relative to the repository around each file.

    A folder may hold several repositories, side by side: each is named by its folder.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self.repository = _repository(self.folder)
        self.modules: dict[PurePosixPath, Module] = {}
        self.files = 0
        self._looked: set[PurePosixPath] = set()
        self._within: dict[PurePosixPath, PurePosixPath] = {}
        for path in _files(self.folder):
            self._read(path)
        self._read_called()

    def _read(self, path: Path) -> None:
        relative = PurePosixPath(path.relative_to(self.repository).as_posix())
        module = self.modules.setdefault(relative.parent, Module())
        self.files += 1
        overrides = path.name.split(".")[0] == "override" or path.name.split(".")[0].endswith("_override")
        repository = self._nested(relative.parent)
        shown = str(relative.relative_to(repository))
        name = "" if repository == PurePosixPath() else str(repository)
        for block in blocks_of(path.read_bytes()):
            written = Written(shown, block, name)
            if block.type == "resource" and len(block.labels) == _NAMED:
                found = module.resources.setdefault((block.labels[0], block.labels[1]), [])
                found.insert(0 if overrides else len(found), written)
            elif block.type == "module" and block.labels:
                module.calls.setdefault(block.labels[0], written)
            elif block.type == "moved":
                source, target = parse(block.text("from")), parse(block.text("to"))
                if source is not None and target is not None:
                    module.moves.append((source, target))

    def _nested(self, folder: PurePosixPath) -> PurePosixPath:
        """Return the repository of a folder, relative to the outermost one."""
        if folder not in self._within:
            own = folder == PurePosixPath() or (self.repository / folder / ".git").exists()
            self._within[folder] = folder if own else self._nested(folder.parent)
        return self._within[folder]

    def _called(self) -> set[PurePosixPath]:
        return {
            target
            for folder, module in self.modules.items()
            for call in module.calls.values()
            if (target := _target(folder, call.block.text("source"))) is not None
        }

    def _read_called(self) -> None:
        """Read modules that stand in the repository, but not under the folder."""
        while missing := {target for target in self._called() - self._looked if target not in self.modules}:
            self._looked |= missing
            for target in sorted(missing):
                for path in _files_in(self.repository / target):
                    self._read(path)

    @property
    def repositories(self) -> set[str]:
        """The names of the repositories within the folder."""
        return {"" if one == PurePosixPath() else str(one) for one in self._within.values()}

    @property
    def roots(self) -> list[PurePosixPath]:
        """Folders of code that no other folder calls as a module: where Terraform is run."""
        called = self._called()
        return sorted(folder for folder in self.modules if folder not in called)

    def resolve(self, root: PurePosixPath, address: Address) -> Resolved | None:
        """Return where an address of a state is written, seen from the folder where Terraform is run."""
        for _ in range(_MOST_MOVES):
            found, folders = self._walk(root, address)
            if found is not None:
                return found
            next_ = self._moved(folders, address)
            if next_ is None:
                return None
            address = next_
        return None

    def _walk(self, root: PurePosixPath, address: Address) -> tuple[Resolved | None, list[PurePosixPath]]:
        """Follow the module calls; return also the folders that were entered, for their moves."""
        folders, chain = [root], []
        for step in address.modules:
            module = self.modules.get(folders[-1])
            call = module.calls.get(step.name) if module else None
            if call is None:
                return None, folders
            chain.append(call)
            source = call.block.text("source")
            target = _target(folders[-1], source)
            if target is None or target not in self.modules:
                return Resolved((), tuple(chain), source or "an unknown source"), folders
            folders.append(target)
        module = self.modules.get(folders[-1])
        blocks = module.resources.get((address.type, address.name)) if module else None
        return (Resolved(tuple(blocks), tuple(chain)) if blocks else None), folders

    def _moved(self, folders: list[PurePosixPath], address: Address) -> Address | None:
        for depth, folder in enumerate(folders):
            module = self.modules.get(folder)
            outer, inner = address.modules[:depth], address._replace(modules=address.modules[depth:])
            for source, target in module.moves if module else ():
                found = moved(inner, source, target)
                if found is not None and found != inner:
                    return found._replace(modules=(*outer, *found.modules))
        return None


def location(resolved: Resolved, address: str, at: tuple[Written, Span] | None = None) -> Location:
    """Return the location of a resolved address: of `at` within it, of its block, or of the call that leads outside."""
    calls = [
        Call(
            one.path,
            one.block.header.line,
            one.block.header.column,
            one.block.labels[0],
            one.block.text("source"),
        )
        for one in resolved.chain
    ]
    if resolved.inside:
        call = resolved.chain[-1]
        written, span = at or (call, call.block.header)
        calls = calls[:-1]
    else:
        written, span = at or (resolved.blocks[-1], resolved.blocks[-1].block.header)
    return Location(
        written.path,
        *span,
        address=address,
        chain=tuple(calls),
        inside=resolved.inside,
        repository=written.repository,
    )


def _target(folder: PurePosixPath, source: str) -> PurePosixPath | None:
    """Return the folder that a local source names; None for a registry's, and for one outside of the repository."""
    if not source.startswith(("./", "../")):
        return None
    path = os.path.normpath(folder / source).replace(os.sep, "/")
    return None if path.startswith("../") or path == ".." else PurePosixPath(path)


def _repository(folder: Path) -> Path:
    """Return the nearest folder upwards that is a git repository; the folder itself where none is."""
    return next((one for one in (folder, *folder.parents) if (one / ".git").exists()), folder)


def _files(folder: Path) -> Iterator[Path]:
    for here, folders, _ in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in SKIPPED and not name.startswith("."))
        yield from _files_in(Path(here))


def _files_in(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        for path in sorted(folder.iterdir()):
            if path.name.endswith(_ENDINGS) and path.is_file() and path.stat().st_size <= _LARGEST:
                yield path
