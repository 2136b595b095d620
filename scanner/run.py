"""The whole scan in one page: sign in, collect, evaluate, report."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import scanner
from scanner.accounts import AwsAsked
from scanner.collect import Collection, Event, Progress, Unit, Whole
from scanner.config import Config
from scanner.engine import Tuned, Verdict
from scanner.errors import UserError
from scanner.frameworks import Framework
from scanner.inventory import (
    ANY_KIND,
    End,
    Gap,
    Header,
    Listing,
    Writer,
    once_each,
    read,
    tidy,
    to_line,
    writing,
)
from scanner.judging import Judging, Only
from scanner.models.resource import GLOBAL, Cloud, Code, Resource, Scope
from scanner.providers import provider_of
from scanner.providers.pace import Pace, PaceSettings
from scanner.providers.plan import Needs, Planned, calls_of, merge, plan
from scanner.providers.spec import Call, CallError, Session
from scanner.report import Report
from scanner.report.known import Known
from scanner.rule import Rule
from scanner.vantage import Vantage


class UsageError(UserError):
    """Something that the user asked for is not there. The text says what is; exit code 2."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What one run is to look at: the words of the command line over those of surefoot.toml.

    `within` names what holds accounts (organizations, folders, management groups), by the keys of surefoot.toml.
    """

    clouds: tuple[Cloud, ...] = ()
    accounts: Mapping[Cloud, tuple[str, ...]] = field(default_factory=dict)
    regions: Mapping[Cloud, tuple[str, ...]] = field(default_factory=dict)
    profiles: tuple[str, ...] = ()
    within: Mapping[Cloud, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    role: str | None = None
    external_id: str | None = None
    only: Only = field(default_factory=Only)

    def covers(self, scope: Scope) -> bool:
        """Tell whether what stands in a scope is to be looked at; what is global is, in a chosen account."""
        accounts, regions = self.accounts.get(scope.cloud), self.regions.get(scope.cloud)
        in_cloud = not self.clouds or scope.cloud in self.clouds
        return (
            in_cloud
            and (not accounts or scope.account in accounts)
            and (not regions or scope.region in (GLOBAL, *regions))
        )


Watch = Callable[[Progress], AbstractContextManager[object]]


def sign_in(config: Config, choice: Choice, run: str) -> list[Session]:
    """Sign in to every chosen account of every chosen cloud. Raises SignInError."""
    sessions: list[Session] = []
    for cloud in choice.clouds:
        settings = getattr(config, cloud.value)
        if cloud is Cloud.AWS:
            settings = AwsAsked(**dict(settings))
        update: dict[str, Any] = {}
        if choice.accounts.get(cloud):
            update["accounts"] = choice.accounts[cloud]
        if cloud is Cloud.AWS:
            said = {"profiles": choice.profiles, "role": choice.role, "external_id": choice.external_id}
            update |= {name: value for name, value in said.items() if value}
        for name, ids in choice.within.get(cloud, {}).items():
            update[name] = ids[0] if isinstance(getattr(settings, name), str) else ids
        sessions += provider_of(cloud).sign_in(settings.model_copy(update=update), run)
    return sessions


def plan_for(cloud: Cloud, needs: Needs) -> tuple[Planned, ...]:
    """Return what this cloud is asked for these needs."""
    return plan(provider_of(cloud).sources, needs)


def needs_of(rules: Iterable[Tuned], only: Only, *, tags: bool = False) -> Needs:
    """Return what the rules read, and the tags when resources are chosen by tag, or something else asks for them."""
    rules = list(rules)
    needs = [tuned.rule.needs for tuned in rules]
    if only.tags or tags:
        needs += [{kind: frozenset({"tags"})} for tuned in rules for kind in tuned.rule.subjects]
    return merge(needs)


def calls_for(cloud: Cloud, needs: Needs) -> tuple[Call, ...]:
    """Return every call that a scan for these needs may send, the session's own first."""
    return (*provider_of(cloud).session_calls, *calls_of(plan_for(cloud, needs)))


def units_of(
    sessions: Sequence[Session], config: Config, choice: Choice, pace: Pace
) -> tuple[list[Unit], list[Gap], list[str]]:
    """Return the accounts with their regions, gaps where regions could not be listed, and what was left out.

    Raises UsageError for a region that the account does not have.
    """
    units, gaps, left_out = [], [], []
    for session in sessions:
        cloud = session.cloud
        asked = choice.regions.get(cloud) or getattr(config, cloud.value).regions
        skipped = getattr(config, cloud.value).skip_regions
        try:
            known = _with_retries(session.regions, pace)
        except CallError as error:
            if error.fatal:
                raise
            known = asked or (session.home,)
            if not asked:
                scope = Scope(cloud, session.account)
                gaps.append(Gap(scope, ANY_KIND, error.code, error.permission, "regions", str(error)))
        unknown = [region for region in asked if region not in known and region != GLOBAL]
        if unknown:
            raise UsageError(
                f"--region {unknown[0]}: not an enabled region of {cloud} account {session.account}; "
                f"enabled: {', '.join(known)}"
            )
        regions = tuple(
            region for region in known if (not asked or region in asked) and region not in skipped
        )
        left_out += [f"{cloud}:{session.account}/{region}" for region in known if region in skipped]
        units.append(Unit(session, regions, None if asked else frozenset(skipped)))
    return units, gaps, left_out


def _with_retries(regions: Callable[[], Sequence[str]], pace: Pace) -> Sequence[str]:
    attempt = 1
    while True:
        try:
            return regions()
        except CallError as error:
            wait = pace.wait_before_retry(attempt, error)
            if wait is None:
                raise
            threading.Event().wait(wait)
            attempt += 1


@dataclass(slots=True)
class Scan:
    """One run: what was chosen, and what it came to. `stop` ends it early; what was read until then is kept.

    `reads` is collected beside what the rules need. `vantage` probes what is named, and what was read.
    """

    config: Config
    choice: Choice
    rules: Sequence[Tuned]
    frameworks: tuple[Framework, ...] = ()
    packs: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    not_selected: tuple[Rule, ...] = ()
    known: Known = field(default_factory=Known)
    reads: Needs = field(default_factory=dict)
    vantage: Vantage | None = None
    stop: threading.Event = field(default_factory=threading.Event)
    started: datetime = field(default_factory=lambda: datetime.now(UTC).replace(microsecond=0))

    @property
    def run(self) -> str:
        """The run's id: the time at which it started, so that nothing but times differs between two runs."""
        return self.started.strftime("%Y%m%dT%H%M%SZ")

    def live(self, save: Path | None = None, watch: Watch | None = None, judge: bool = True) -> Report:  # noqa: FBT001, FBT002
        """Collect from the chosen clouds, judge on the way, keep the inventory in `save`. Raises SignInError."""
        pace = Pace(PaceSettings(self.config.pace.share, self.config.pace.max_rate))
        sessions = sign_in(self.config, self.choice, self.run)
        units, gaps, left_out = units_of(sessions, self.config, self.choice, pace)
        vantage = self.vantage
        probed = vantage.reads if vantage else {}
        needs = merge([needs_of(self.rules, self.choice.only, tags=self.known.reads_tags), self.reads, probed])
        scopes = tuple(scope for unit in units for scope in unit.scopes)
        scopes += (vantage.scope,) if vantage else ()
        self.known.check(scopes)
        judging = self._judging(self.rules if judge else ())
        header = Header(_fields(needs), scopes, tuple(left_out), self.started, scanner.__version__)
        began = time.monotonic()
        with ExitStack() as stack:
            kept = stack.enter_context(_keeping(save, header)) if save else None
            collection = Collection(
                units,
                {cloud: plan_for(cloud, needs) for cloud in self.choice.clouds},
                pace=pace,
                stop=self.stop,
            )
            with watch(collection.progress) if watch else nullcontext():
                for event in collection.events():
                    gaps += _take(event, judging, kept)
                    if vantage:
                        vantage.take(event)
            for event in vantage.events(needs, self.stop) if vantage else ():
                gaps += _take(event, judging, kept)
            for unit in units:
                judging.ready(unit.session.account)
            if vantage:
                judging.ready(vantage.scope.account)
            judging.listings = once_each(judging.listings)
            gaps = tidy(gaps, judging.listings)
            if kept is not None:
                kept.finish(judging.listings, gaps, complete=not self.stop.is_set())
        calls = collection.progress.calls + (vantage.calls if vantage else 0)
        report = self._report(judging, gaps, header, calls=calls, complete=not self.stop.is_set())
        return replace(report, seconds=time.monotonic() - began)

    def saved(self, path: Path) -> Report:
        """Judge a saved inventory, streamed. Raises InventoryError, OSError."""
        judging = self._judging(self.rules)
        header, gaps, complete = Header(), [], True
        for entry in read(path, only=[kind.kind() for kind in judging.held_kinds]):
            match entry:
                case Header():
                    header = replace(entry, scopes=tuple(filter(self.choice.covers, entry.scopes)))
                    judging.started = entry.started or self.started
                    self.known.check(header.scopes)
                case Gap():
                    gaps.append(entry)
                case Resource():
                    judging.world.hold(entry)
                case Listing():
                    judging.listings.append(entry)
                case End():
                    complete = entry.complete
        gaps += self._not_collected(header)
        for gap in gaps:
            judging.world.hold_gap(gap)
        for entry in read(path):
            if isinstance(entry, Resource) and self.choice.covers(entry.scope):
                judging.judge(entry)
        return self._report(
            judging, [gap for gap in gaps if self.choice.covers(gap.scope)], header, complete=complete
        )

    def _judging(self, rules: Sequence[Tuned]) -> Judging:
        return Judging(rules, self.started, self.choice.only, self.known.meet)

    def _not_collected(self, header: Header) -> Iterator[Gap]:
        """A kind or field that this inventory was never asked for is a gap, and never a denial."""
        for kind, fields in sorted(
            needs_of(self.rules, self.choice.only).items(), key=lambda need: need[0].kind()
        ):
            missing = fields - set(header.kinds.get(kind.kind(), ()))
            if kind.kind() not in header.kinds:
                for scope in sorted({scope._replace(region=GLOBAL) for scope in header.scopes}):
                    if not any(source.kind is kind for source in provider_of(scope.cloud).sources):
                        continue  # this one has no such thing, whatever is asked
                    text = f"this inventory was collected without kind {kind.kind()}"
                    yield Gap(scope, kind.kind(), Code.NOT_ASKED, text=text)
            elif missing:
                continue  # each resource says so itself: its field is unread, not asked

    def _report(
        self, judging: Judging, gaps: Sequence[Gap], header: Header, *, calls: int = 0, complete: bool = True
    ) -> Report:
        only = {"only": self.choice.only.said} if self.choice.only.said else {}
        report = Report(
            version=scanner.__version__,
            run=self.run,
            started=header.started or self.started,
            scopes=header.scopes,
            rules={tuned.rule.id: tuned for tuned in self.rules},
            verdicts=sorted(judging.verdicts, key=_order),
            gaps=gaps,
            resources=judging.resources,
            listings=judging.listings,
            left_out=header.left_out,
            packs=self.packs,
            options={"rules": self.options, **only},
            frameworks=self.frameworks,
            not_selected=self.not_selected,
            complete=complete,
            calls=calls,
        )
        return self.known.applied_to(report)


def _order(verdict: Verdict) -> tuple[Any, ...]:
    return verdict.order


def _fields(needs: Needs) -> Mapping[str, tuple[str, ...]]:
    return {kind.kind(): tuple(sorted(needs[kind])) for kind in sorted(needs, key=lambda kind: kind.kind())}


def _take(event: Event, judging: Judging, kept: "_Kept | None") -> list[Gap]:
    """Judge and keep what an event brings; return its gap, if it is one."""
    match event:
        case list():
            judging.take(event)
            if kept is not None:
                kept.keep(event)
        case Listing():
            judging.listings.append(event)
        case Whole():
            pass
        case Gap():
            judging.world.hold_gap(event)
            return [event]
    return []


class _Kept:
    """Resources on their way to a file: as lines, sorted when all are there, so that two runs write the same."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._lines: list[tuple[Any, bytes]] = []

    def keep(self, resources: Iterable[Resource]) -> None:
        """Remember resources as lines."""
        self._lines += [((r.scope, r.kind(), r.id), to_line(r)) for r in resources]

    def finish(self, listings: Iterable[Listing], gaps: Iterable[Gap], *, complete: bool) -> None:
        """Write everything, in an order that does not depend on who answered first; the others come sorted."""
        for listing in listings:
            self._writer.write(listing)
        for _, line in sorted(self._lines, key=lambda pair: pair[0]):
            self._writer.write_line(line, "resources")
        for gap in gaps:
            self._writer.write(gap)
        self._writer.end(complete=complete)


class _keeping:  # noqa: N801 - used as a word of a with statement
    def __init__(self, path: Path, header: Header) -> None:
        self._file = writing(path)
        self._header = header

    def __enter__(self) -> _Kept:
        writer = self._file.__enter__()
        writer.write(self._header)
        return _Kept(writer)

    def __exit__(self, *error: object) -> bool | None:
        return self._file.__exit__(*error)  # type: ignore[arg-type]
