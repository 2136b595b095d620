"""Reads one account after the other, many at once: from a sign-in to a result that is whole, or to a gap."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from scanner.collect import WORKERS, Collection, Sender, Unit, Whole
from scanner.config import RedactTable
from scanner.errors import UserError
from scanner.inventory import ANY_KIND, Gap
from scanner.models import kinds
from scanner.models.resource import GLOBAL, Cloud, Code, Scope, read_at
from scanner.providers import provider_of
from scanner.providers.pace import Pace, PaceSettings
from scanner.providers.patience import patiently
from scanner.providers.plan import Planned, plan
from scanner.providers.spec import CallError, Session, SignInError
from scanner.redact import redacted
from scanner.runs.journal import Journal
from scanner.runs.result import Key, Result, ResultError, Summary, write


class UsageError(UserError):
    """Something that the user asked for is not there. The text says what is; exit code 2."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of every account, in plain words: a worker on another machine has nothing else.

    `kinds` maps a kind to the fields that somebody will read. `regions`: only these, by account or by cloud; `skipped`
    are left out. `alone`: there is one account, and what is wrong with it is wrong with the run. `redact` names the tag
    values that are dropped before anything is kept.
    """

    kinds: Mapping[str, tuple[str, ...]]
    regions: Mapping[Key, tuple[str, ...]] = field(default_factory=dict)
    skipped: Mapping[Cloud, tuple[str, ...]] = field(default_factory=dict)
    started: datetime | None = None
    alone: bool = False
    redact: RedactTable = field(default_factory=RedactTable)

    def as_json(self, key: Key) -> dict[str, Any]:
        """What decides what an account is asked: a journal that was about something else is of no use."""
        return {
            "kinds": {kind: list(fields) for kind, fields in sorted(self.kinds.items())},
            "regions": list(self.regions.get(key, ())),
            "skipped": list(self.skipped.get(key.cloud, ())),
            "started": read_at(self.started) if self.started else None,
        }

    def plan(self, cloud: Cloud) -> tuple[Planned, ...]:
        """Return what this cloud is asked."""
        known = kinds()
        needs = {known[kind]: frozenset(fields) for kind, fields in self.kinds.items()}
        return plan(provider_of(cloud).sources, needs)


class Crew:
    """The one budget of a process: threads that send calls, the rates that they keep to, and how to stop."""

    def __init__(self, settings: PaceSettings, stop: threading.Event | None = None) -> None:
        self.pace = Pace(settings)
        self.sender = Sender(self.pace, WORKERS, stop or threading.Event())
        #: Held while the lines of an account are sorted: of one at a time they are in memory.
        self.sorting = threading.Lock()

    @property
    def stop(self) -> threading.Event:
        """Set it, and nothing further is asked."""
        return self.sender.stop

    def __enter__(self) -> Self:
        self.sender.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.sender.end()


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads accounts into a folder. Safe to share between threads, an account each."""

    asked: Asked
    sessions: Mapping[Key, Session]
    crew: Crew
    folder: Path

    def __post_init__(self) -> None:
        for name in ("journal", "accounts", "partial"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)

    def kept(self, key: Key) -> Result | None:
        """Return the result of an account that was read before; one that is not whole is deleted."""
        path = self.folder / "accounts" / key.file
        try:
            result = Result.at(path) if path.exists() else None
        except ResultError:
            path.unlink()
            return None
        return result if result and result.summary.started == self.asked.started else None

    def read(self, key: Key) -> Result:
        """Read an account, or what is missing of it. Raises UsageError, SignInError, OSError."""
        kept = self.kept(key)
        if kept is not None:
            return kept
        journal = Journal(self.folder / "journal" / key.file, self.asked.as_json(key))
        try:
            result = self._read(key, self.sessions[key], journal)
        except BaseException:
            journal.close()
            raise
        journal.close(delete=result.summary.complete)
        return result

    def _read(self, key: Key, session: Session, journal: Journal) -> Result:
        crew, read = self.crew, journal.read
        before = read.calls
        if read.scopes is None and not crew.stop.is_set():
            found = scopes_of(self.asked, key, session, crew.pace, crew.stop)
            if not crew.stop.is_set():
                journal.found(*found)
        if read.scopes:
            regions = tuple(scope.region for scope in read.scopes if scope.region != GLOBAL)
            skipped = (
                None if self.asked.regions.get(key) else frozenset(self.asked.skipped.get(key.cloud, ()))
            )
            collection = Collection(
                [Unit(session, regions, skipped)],
                self.asked.plan(key.cloud),
                sender=crew.sender,
                without=frozenset(read.whole),
            )
            for scope, event in collection.parts():
                if isinstance(event, list):
                    event = [redacted(resource, self.asked.redact) for resource in event]  # noqa: PLW2901
                # What failed when the run was stopped would count as answered, and never be asked again.
                if not (crew.stop.is_set() and isinstance(event, Whole)):
                    journal.take(scope, event, before + crew.sender.calls_of(session))
        complete = read.scopes is not None and read.whole.issuperset(read.scopes)
        return self._result(key, journal, complete=complete, calls=read.calls)

    def _result(self, key: Key, journal: Journal, *, complete: bool, calls: int) -> Result:
        read = journal.read
        scopes = read.scopes or (Scope(*key),)
        with self.crew.sorting:
            lines, listings, gaps = journal.entries()
            if read.scopes is None:
                text = "the scan was stopped before this account was reached"
                gaps.append(Gap(Scope(*key), ANY_KIND, Code.UNAVAILABLE, "", "", f"interrupted: {text}"))
            summary = Summary(
                key,
                scopes,
                read.left_out,
                tuple(gaps),
                tuple(listings),
                self.asked.kinds,
                calls=calls,
                complete=complete,
                started=self.asked.started,
            )
            path = self.folder / ("accounts" if complete else "partial") / key.file
            return Result(path, write(path, summary, lines))


def scopes_of(
    asked: Asked, key: Key, session: Session, pace: Pace, stop: threading.Event | None = None
) -> tuple[Sequence[Scope], Sequence[str], Sequence[Gap]]:
    """Return the scopes to read, what is left out, and gaps where regions could not be listed, or are not there.

    Raises UsageError for a region that the only account does not have, SignInError where it cannot be entered.
    """
    wanted = asked.regions.get(key, ())
    skipped = asked.skipped.get(key.cloud, ())
    gaps: list[Gap] = []
    try:
        known = tuple(patiently(session.regions, pace, stop))
    except CallError as error:
        if error.fatal and asked.alone:
            raise SignInError(f"{key}: {error.text or error}") from None
        known = () if error.fatal else wanted or (session.home,)
        if error.fatal or not wanted:
            call = "" if error.fatal else "regions"
            gaps.append(Gap(Scope(*key), ANY_KIND, error.code, error.permission, call, str(error)))
        if error.fatal:
            return (), (), gaps
    gaps += _unknown(asked, key, [region for region in wanted if region not in (*known, GLOBAL)], known)
    regions = [region for region in known if (not wanted or region in wanted) and region not in skipped]
    left_out = [f"{key}/{region}" for region in known if region in skipped]
    return [Scope(*key, region) for region in (GLOBAL, *regions)], left_out, gaps


def _unknown(asked: Asked, key: Key, regions: Sequence[str], known: Sequence[str]) -> Iterator[Gap]:
    for region in regions:
        text = f"not an enabled region of {key.cloud} account {key.account}"
        if asked.alone:
            raise UsageError(f"--region {region}: {text}; enabled: {', '.join(known)}")
        yield Gap(Scope(*key, region), ANY_KIND, Code.UNAVAILABLE, text=text)
