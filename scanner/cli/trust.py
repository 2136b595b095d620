"""--trust: takes the words that decide what a gate lets through from a commit."""

import atexit
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from scanner.errors import UserError

if TYPE_CHECKING:
    from scanner.config import Config
    from scanner.known import WaiverFile
    from scanner.runs.trust import Trusted


@dataclass(slots=True)
class Words:
    """The files that decide: as they were named, or as the trusted commit has them. `notes`: what was not applied."""

    config: Path | None = None
    waivers: Path | None = None
    baseline: Path | None = None
    rules: list[Path] | None = None
    only_state: list[Path] | None = None
    notes: list[str] = field(default_factory=list)
    trusted: "Trusted | None" = None

    def in_place(self, settings: "Config") -> "Config":
        """Return settings whose code and states are those of the working tree: they decide nothing."""
        if self.trusted is None:
            return settings
        states = tuple(
            one.model_copy(update={"file": self.working(one.file), "root": self.working(one.root)})
            for one in settings.iac.states
        )
        iac = settings.iac.model_copy(update={"dir": self.working(settings.iac.dir), "states": states})
        return settings.model_copy(update={"iac": iac})

    def working(self, path: Path | None) -> Path | None:
        """Return a path of the trusted folder as it is in the working tree."""
        return path if path is None or self.trusted is None else self.trusted.working(path)


def words(trust: str | None, named: Words) -> Words:
    """Return the files to read: as named, or with `trust` those of that commit. Raises UserError."""
    if trust is None:
        return named
    from scanner.runs.trust import Trusted

    trusted = Trusted(trust)
    atexit.register(trusted.close)
    return _taken(trusted, named)


def _taken(trusted: "Trusted", words: Words) -> Words:
    from scanner.config import FILE, load

    found = Words(trusted=trusted)
    named = words.config or Path(FILE)
    found.config = trusted.take(named) if trusted.holds(named) else words.config
    found.notes += _differing(trusted, named, "settings")
    if found.config is None:
        # No settings at the trusted commit: none, wherever the command runs.
        found.config = trusted.folder / "no-settings" / FILE
        found.config.parent.mkdir(exist_ok=True)
        found.config.touch()
    settings = load(found.config)
    for path in (*settings.packs, *settings.frameworks):
        _take(trusted, path, "the settings name it")
        found.notes += _differing(trusted, path, "rules")
    found.rules = [_one(trusted, path, found) for path in words.rules or ()]
    found.only_state = [_one(trusted, path, found) for path in words.only_state or ()]
    file = words.waivers or settings.waivers.file
    if file is not None:
        found.waivers = _waivers(trusted, file, found)
    found.baseline = _one(trusted, words.baseline, found) if words.baseline is not None else None
    return found


def _one(trusted: "Trusted", path: Path, found: Words) -> Path:
    """Return a file or folder: as the commit has it, or as it is where the branch cannot have brought it."""
    if not trusted.holds(path):
        return path
    found.notes += _differing(trusted, path, "files")
    taken = trusted.take(path)
    if taken is None and trusted.is_tracked(path):
        raise UserError(f"{path}: this branch adds it, and --trust {trusted.ref} takes what that commit has")
    return taken or path


def _take(trusted: "Trusted", path: Path, why: str) -> None:
    if trusted.holds(trusted.working(path)) and trusted.take(path) is None:
        raise UserError(f"{path}: not in {trusted.ref}, though {why}")


def _waivers(trusted: "Trusted", file: Path, found: Words) -> Path | None:
    """Return the waivers file of the commit, and note each waiver that the branch adds to it."""
    working = trusted.working(file)
    if not trusted.holds(working):
        return file
    taken = trusted.take(file)
    if not working.is_file():
        return taken
    ours = _subjects(taken)
    added = [one for one in _subjects(working) if one not in ours]
    found.notes += [f"not applied, for it is not in {trusted.ref}: {working.name}: {one}" for one in added]
    return taken


def _subjects(file: Path | None) -> list[str]:
    """Return each waiver of a file in words; a file that cannot be read says so in place of them."""
    if file is None:
        return []
    from scanner.known import WaiverError, load

    try:
        found: WaiverFile = load(file, datetime.now(UTC).date())
    except WaiverError as error:
        return [f"cannot be read: {error}"]
    return [f"{one.subject}, until {one.until}: {one.reason} ({one.owner})" for one in found.all]


def _differing(trusted: "Trusted", path: Path, what: str) -> Iterator[str]:
    working = trusted.working(path)
    if trusted.holds(working):
        for file in trusted.changed(path):
            yield f"not applied, {what} as in {trusted.ref} are taken instead: {file}"
