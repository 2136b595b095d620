"""Whose words a gate takes: those of the branch that a pull request is for, and not those that it brings along.

A pull request that could bring its own waivers, settings or rules would open the gate that it stands before. With
`--trust REF` they are read from that commit, and what the working tree has instead is listed, not applied.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

from scanner.errors import UserError

#: Nothing that a repository's own settings could make git run.
_HARMLESS: Final = (
    "-c",
    "core.fsmonitor=false",
    "-c",
    "core.hooksPath=/dev/null",
    "-c",
    "protocol.allow=never",
)
_FILE: Final = ("100644", "100755")


class TrustError(UserError):
    """The trusted commit, or something in it, cannot be read; exit code 2."""


class Trusted:
    """Files as a commit has them, taken out into a folder of their own when asked for. Raises TrustError."""

    def __init__(self, ref: str, here: Path | None = None) -> None:
        self.ref = ref
        here = (here or Path.cwd()).resolve()
        self.root = Path(_git(here, "rev-parse", "--show-toplevel").decode().strip()).resolve()
        found = _git(
            here, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}", may_fail=True
        )
        if not found:
            raise TrustError(f"--trust {ref}: git knows no such commit here; fetch it before the scan")
        self.commit = found.decode().strip()
        self.folder = Path(mkdtemp(prefix="surefoot-trust-")).resolve()

    def close(self) -> None:
        """Delete what was taken out."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def holds(self, path: Path) -> bool:
        """Tell whether a path lies in the repository."""
        return self._inside(path) is not None

    def working(self, path: Path) -> Path:
        """Return a path of the folder as it is in the working tree; every other path as it is."""
        return self.root / path.relative_to(self.folder) if path.is_relative_to(self.folder) else path

    def take(self, path: Path) -> Path | None:
        """Return a file or folder as the commit has it; None where it has none of that name.

        Symbolic links and submodules are left out: they could lead anywhere.
        """
        name = self._name(path)
        spec = ["--", name] if name != "." else []
        listed = _git(self.root, "ls-tree", "-r", "-z", "--full-tree", self.commit, *spec).split(b"\0")
        taken = False
        for entry in filter(None, listed):
            meta, _, file = entry.partition(b"\t")
            mode, _, blob = meta.decode().split(" ")[:3]
            if mode in _FILE:
                target = self.folder / os.fsdecode(file)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(_git(self.root, "cat-file", "blob", blob))
                taken = True
        return self.folder / name if taken else None

    def is_tracked(self, path: Path) -> bool:
        """Tell whether the working tree's own commit has a path: then the branch brings it."""
        return bool(_git(self.root, "ls-files", "-z", "--", self._name(path)))

    def changed(self, path: Path) -> Iterator[str]:
        """Yield the files at a path that are other than in the commit, or not there, or new."""
        name = self._name(path)
        differ = _git(
            self.root, "diff", "--no-ext-diff", "--no-textconv", "--name-only", "-z", self.commit, "--", name
        )
        new = _git(self.root, "ls-files", "-z", "--others", "--exclude-standard", "--", name)
        yield from sorted({os.fsdecode(file) for file in (*differ.split(b"\0"), *new.split(b"\0")) if file})

    def _name(self, path: Path) -> str:
        """Return a path as git names it: from the top of the repository, with `/`."""
        inside = self._inside(path)
        if inside is None:
            raise TrustError(f"{path}: not in the repository {self.root}")
        return inside.as_posix()

    def _inside(self, path: Path) -> Path | None:
        """Return a path relative to the repository, as it is written first: a link out of it is still in it."""
        for absolute in (Path(os.path.abspath(path)), path.resolve()):  # noqa: PTH100 - which does not follow links
            for root in (self.root, self.folder):
                if absolute.is_relative_to(root):
                    return absolute.relative_to(root)
        return None


def _git(folder: Path, *words: str, may_fail: bool = False) -> bytes:
    command = ["git", *_HARMLESS, "-C", str(folder), *words]
    environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "GIT_LITERAL_PATHSPECS": "1"}
    try:
        done = subprocess.run(command, capture_output=True, check=False, env=environment)  # noqa: S603 - our own words
    except FileNotFoundError:
        raise TrustError("--trust needs git, which is not installed") from None
    if done.returncode and not may_fail:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise TrustError(f"git {words[0]}: {said[-1] if said else done.returncode}")
    return b"" if done.returncode else done.stdout
