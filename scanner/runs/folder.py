"""Where a run is kept while it goes on: what was asked, journals and results. Only its owner may read it."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Final

from scanner.errors import UserError
from scanner.files import whole_file
from scanner.models.resource import Cloud, read_at
from scanner.runs.frames import Frames, frames
from scanner.runs.result import Key

_HEAD: Final = "run"
_LOCK: Final = "lock"


class RunFolderError(UserError):
    """A run that cannot be gone on with. Says why; exit code 2."""


@dataclass(frozen=True, slots=True)
class Head:
    """What a run is: when it started, by which version, which accounts, what was asked of them, and in which words.

    `everyone` are the accounts of all shards, of which `accounts` are this one's.
    """

    started: datetime
    version: str
    accounts: tuple[Key, ...]
    everyone: tuple[Key, ...]
    asked: Mapping[str, Any]
    words: Mapping[str, Any]

    def differs(self, other: "Head") -> str:
        """Return in what another run asks something else, "" when it does not."""
        if self.version != other.version:
            return f"it was started by surefoot {self.version}, and this is {other.version}"
        if self.accounts != other.accounts:
            theirs, ours = set(self.accounts), set(other.accounts)
            named = ", ".join(map(str, sorted(theirs ^ ours)[:8]))
            return f"it looks at other accounts ({named})"
        if self.asked != other.asked:
            names = sorted(name for name in other.asked if other.asked[name] != self.asked.get(name))
            return f"it asks for other {' and '.join(names)}"
        return ""


@dataclass(slots=True)
class RunFolder:
    """One run's folder. `head` is None as long as nothing was written."""

    path: Path
    head: Head | None = None
    passing: bool = False
    """Whether the folder goes when the run has come to its end."""

    @property
    def results(self) -> list[Path]:
        """The files of the accounts that have been read."""
        kept = self.path / "accounts"
        return [path for path in sorted(kept.glob("*")) if not path.name.startswith(".")]

    @property
    def name(self) -> str:
        """What --resume calls it."""
        return self.path.name if self.passing else str(self.path)

    def begin(self, head: Head) -> None:
        """Write what the run is. Raises OSError; RunFolderError when the folder holds a run that is another one."""
        if self.head is not None:
            differs = self.head.differs(replace(head, words=self.head.words))
            if differs:
                raise RunFolderError(
                    f"--resume {self.name}: {differs}. Give it the words with which it was started, or none"
                )
            return
        said = {
            "type": "run",
            "started": read_at(head.started),
            "version": head.version,
            "accounts": [list(key) for key in head.accounts],
            "everyone": [list(key) for key in head.everyone],
            "asked": head.asked,
            "words": head.words,
        }
        with whole_file(self.path / _HEAD) as stream:
            Frames(stream).write(said)
        self.head = head

    def failed(self, error: OSError) -> RunFolderError:
        """Say how the run goes on when there is room again."""
        where = f"{error.filename}: " if error.filename else ""
        return RunFolderError(
            f"{where}{error.strerror or error}; what was read until then is kept: surefoot scan --resume {self.name}"
        )

    def came_to_nothing(self) -> None:
        """The run ended before anything of it was read: there is nothing to go on with."""
        if not self.results:
            self.over()

    def over(self) -> None:
        """The run has come to its end: what it was kept for is done."""
        if self.passing:
            shutil.rmtree(self.path, ignore_errors=True)


def home() -> Path:
    """Return the folder of runs that have no other: `$XDG_STATE_HOME/surefoot/runs`, or what stands for it."""
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    else:
        base = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    return base / "surefoot" / "runs"


def new(started: datetime, path: Path | None = None) -> RunFolder:
    """Make the folder of a new run: `path`, in which nothing may have begun, or one that passes with the run.

    Raises RunFolderError.
    """
    if path is not None:
        try:
            path.mkdir(parents=True, exist_ok=True, mode=0o700)
            if any(one.name != _LOCK and not one.name.startswith(f".{_HEAD}.") for one in path.iterdir()):
                raise RunFolderError(f"--run {path}: not empty; to go on with the run there: --resume {path}")
        except OSError as error:
            raise RunFolderError(f"--run {path}: {error.strerror}") from None
        return RunFolder(path)
    name = started.strftime("%Y%m%dT%H%M%SZ")
    try:
        home().mkdir(parents=True, exist_ok=True, mode=0o700)
        made = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=home()))
    except (OSError, RuntimeError):  # a machine where nobody has a home
        made = Path(tempfile.mkdtemp(prefix=f"surefoot-{name}-"))
    return RunFolder(made, passing=True)


def find(word: str) -> RunFolder:
    """Return the run that --resume names: a folder, or the name of one that was not finished. Raises RunFolderError."""
    kept = Path(word)
    passing = not (kept / _HEAD).exists() and os.sep not in word
    path = home() / word if passing else kept
    head = _head(path / _HEAD)
    if head is None:
        known = ", ".join(one.name for one in unfinished()) or "none"
        raise RunFolderError(f"--resume {word}: no run is kept there; runs that were not finished: {known}")
    return RunFolder(path, head, passing)


def unfinished() -> list[RunFolder]:
    """Return the runs that did not come to their end and were given no folder, oldest first."""
    found = []
    with suppress(OSError, RuntimeError):
        for path in sorted(home().iterdir()):
            head = _head(path / _HEAD)
            if head is not None:
                found.append(RunFolder(path, head, passing=True))
    return found


def _head(path: Path) -> Head | None:
    try:
        with path.open("rb") as stream:
            said = next((frame.said for frame in frames(stream)), None)
    except OSError:
        return None
    if said is None or said.get("type") != "run":
        return None
    accounts, everyone = (
        tuple(Key(Cloud(cloud), account) for cloud, account in said[name])
        for name in ("accounts", "everyone")
    )
    started = datetime.fromisoformat(said["started"])
    return Head(started, said["version"], accounts, everyone, said["asked"], said["words"])


@contextmanager
def held(folder: RunFolder) -> Iterator[None]:
    """Hold a run: nobody else goes on with it meanwhile. Raises RunFolderError."""
    with (folder.path / _LOCK).open("wb") as lock:
        _lock(lock, folder)
        yield


def _lock(lock: IO[bytes], folder: RunFolder) -> None:
    try:
        import fcntl
    except ImportError:  # Windows: a person has to look
        return
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise RunFolderError(f"the run {folder.name} is still going on in another process") from None
    except OSError:  # a file system without locks
        return
