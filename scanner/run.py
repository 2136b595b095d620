"""The whole scan in one page: sign in, collect, evaluate, report."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import scanner
from scanner.accounts import Accounts
from scanner.collect import Progress
from scanner.config import Config
from scanner.engine import Tuned, World
from scanner.errors import UserError
from scanner.exposure import Exposures
from scanner.exposure.survey import exposed_by
from scanner.frameworks import Framework
from scanner.inventory import End, Gap, Header, Listing, once_each, read
from scanner.judging import Judging, Only
from scanner.models.resource import GLOBAL, Cloud, Code, Resource, Scope
from scanner.permissions import actions
from scanner.providers import provider_of
from scanner.providers.pace import PaceSettings
from scanner.providers.plan import Needs, Planned, calls_of, merge, plan
from scanner.providers.spec import Call, Session
from scanner.report import Report
from scanner.report.known import Known
from scanner.report.told import Told, exposure_rows
from scanner.rule import Rule
from scanner.runs import folder as run_folder
from scanner.runs.engines import read_all, threads
from scanner.runs.folder import Head, RunFolder
from scanner.runs.judged import judge_all
from scanner.runs.reading import Asked, Crew, Reader, UsageError
from scanner.runs.result import Key, Result, Summary, header_of, of_events
from scanner.runs.saving import all_gaps, save
from scanner.runs.shards import Shard, joined, not_collected, part_of
from scanner.runs.signing import Choice, sign_in, sign_out
from scanner.runs.verdicts import Verdicts
from scanner.tuning import options_of
from scanner.vantage import Vantage
from scanner.visit import Visit

__all__ = ["Choice", "Scan", "UsageError", "calls_for", "needs_of", "plan_for", "sign_in"]


Covers = Callable[[Scope], bool]
Watch = Callable[[Progress], AbstractContextManager[object]]


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


@dataclass(slots=True)
class Scan:
    """One run: what was chosen, and what it came to. `stop` ends it early; what was read until then is kept.

    `reads` is collected beside what the rules need. `beside` is asked after the accounts: a vantage point
    that probes, hosts that are visited. `accounts` is
    accounts.toml, and `elsewhere` the rules as its environments tune them. `kept` is where the run is kept on the way,
    with the `words` that it was started with; None: in a folder that goes with the run. `cluster` is the address of
    the Dask cluster that reads the accounts ("": this process does), and `store` where its workers leave them.
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
    beside: tuple[Vantage | Visit, ...] = ()
    accounts: Accounts | None = None
    elsewhere: Mapping[str, Sequence[Tuned]] = field(default_factory=dict)
    kept: RunFolder | None = None
    words: Mapping[str, Any] = field(default_factory=dict)
    maps: bool = False
    """Whether what the internet can reach is noted for reports."""
    shard: Shard | None = None
    cluster: str = ""
    store: str | None = None
    stop: threading.Event = field(default_factory=threading.Event)
    started: datetime = field(default_factory=lambda: datetime.now(UTC).replace(microsecond=0))
    _exposure: dict[tuple[str, str], Sequence[Mapping[str, Any]]] = field(default_factory=dict)

    @property
    def run(self) -> str:
        """The run's id: the time at which it started, so that nothing but times differs between two runs."""
        return self.started.strftime("%Y%m%dT%H%M%SZ")

    def live(self, save_to: Path | None = None, watch: Watch | None = None, judge: bool = True) -> Report:  # noqa: FBT001, FBT002
        """Collect from the chosen accounts, judge, keep the inventory in `save_to`.

        A run that was begun before goes on. Raises SignInError, UsageError, RunFolderError.
        """
        folder = self.kept or run_folder.new(self.started)
        begun = folder.head is not None
        if folder.head is not None:
            self.started = folder.head.started
        try:
            with run_folder.held(folder):
                report = self._live(folder, save_to, watch, self.rules if judge else ())
        except OSError as error:
            raise folder.failed(error) from error
        except UserError:
            if not begun:
                folder.came_to_nothing()
            raise
        if not self.stop.is_set():
            folder.over()
        return report

    def _live(
        self, folder: RunFolder, save_to: Path | None, watch: Watch | None, rules: Sequence[Tuned]
    ) -> Report:
        began = time.monotonic()
        before = folder.head.accounts if folder.head is not None else None
        sessions = sign_in(self.config, self.choice, self.run, self.accounts, before, self._actions)
        everyone = folder.head.everyone if folder.head is not None else tuple(sessions)
        if self.shard is not None:
            own = set(self.shard.own(everyone))
            sessions = {key: session for key, session in sessions.items() if key in own}
        scopes = [Scope(*key) for key in sessions]
        self.known.check([*scopes, *(one.scope for one in self.beside)])
        asked = self._asked(tuple(sessions))
        folder.begin(self._head(asked, tuple(sessions), everyone))
        settings = PaceSettings(self.config.pace.share, self.config.pace.max_rate)
        with Crew(settings, self.stop) as crew, watch(crew.sender.progress) if watch else nullcontext():
            results = sorted(self._read(asked, sessions, crew, folder), key=lambda result: result.summary.key)
        here = frozenset(sessions)
        sign_out(sessions)
        read = tuple(results)
        results += [self._asked_beside(one, read, asked, folder) for one in self.beside]
        report = self.judged(results, rules)
        if save_to is not None:
            header = header_of([result.summary for result in results], self.started, scanner.__version__)
            others = tuple((key.cloud.value, key.account) for key in everyone if key not in here)
            save(save_to, replace(header, others=others), results, report.gaps, complete=report.complete)
        return replace(report, seconds=time.monotonic() - began)

    def _read(
        self, asked: Asked, sessions: Mapping[Key, Session], crew: Crew, folder: RunFolder
    ) -> Iterator[Result]:
        keys, reader = tuple(sessions), Reader(asked, sessions, crew, folder.path)
        if not self.cluster:
            yield from read_all(keys, reader.read, threads(keys), self.stop.set)
            return
        from scanner.runs import cluster

        with cluster.workers(self.cluster) as (executor, count):
            order = cluster.Order(
                self.config,
                cluster.plain(self.choice),
                self.accounts,
                self._actions,
                asked,
                cluster.shared(crew.pace.settings, count),
                folder.path.name,
                f"{self.store.rstrip('/')}/{self.run}"
                if self.store
                else str(folder.path.resolve() / "accounts"),
            )
            yield from cluster.read_all(keys, order, executor, folder.path / "accounts", self.stop)

    @property
    def _needs(self) -> Needs:
        needs = needs_of(self.rules, self.choice.only, tags=self.known.reads_tags)
        return merge([needs, self.reads, *(one.reads for one in self.beside)])

    @property
    def _actions(self) -> tuple[str, ...]:
        """What a role that is taken on in an AWS account may do for this run."""
        return actions(calls_for(Cloud.AWS, self._needs)) if Cloud.AWS in self.choice.clouds else ()

    def _asked(self, keys: Sequence[Key]) -> Asked:
        listed = self.accounts.by_key if self.accounts else {}
        regions = {}
        for key in keys:
            own = listed[key].regions if key in listed else ()
            settings = getattr(self.config, key.cloud.value)
            regions[key] = self.choice.regions.get(key.cloud) or own or settings.regions
        skipped = {cloud: getattr(self.config, cloud.value).skip_regions for cloud in self.choice.clouds}
        return Asked(_fields(self._needs), regions, skipped, self.started, len(keys) == 1, self.config.redact)

    def _head(self, asked: Asked, keys: tuple[Key, ...], everyone: tuple[Key, ...]) -> Head:
        said = {
            "facts": {kind: list(fields) for kind, fields in asked.kinds.items()},
            "regions": [list(asked.regions[key]) for key in keys],
            "skipped regions": {cloud.value: list(regions) for cloud, regions in asked.skipped.items()},
        }
        return Head(self.started, scanner.__version__, keys, everyone, said, self.words)

    def _asked_beside(
        self, one: Vantage | Visit, results: Sequence[Result], asked: Asked, folder: RunFolder
    ) -> Result:
        """Probe what was read and what is named, or ask hosts: the place where this runs stands for an account."""
        wanted = {kind.kind() for kind in one.reads}
        for result in results:
            for gap in result.summary.gaps:
                one.take(gap)
            one.take(list(result.resources(wanted)))
        needs = needs_of(self.rules, self.choice.only, tags=self.known.reads_tags)
        events = list(one.events(merge([needs, one.reads]), self.stop))
        key = Key(one.scope.cloud, one.scope.account)
        summary = Summary(
            key,
            (one.scope,),
            kinds=asked.kinds,
            calls=one.calls,
            complete=not self.stop.is_set(),
            started=self.started,
        )
        return of_events(folder.path / "partial" / key.file, summary, events)

    def merged(self, paths: Sequence[Path], save_to: Path | None = None) -> Report:
        """Join what several runs read, and judge it. Raises UserError, OSError."""
        with TemporaryDirectory(prefix="surefoot-") as work:
            parts = []
            for number, path in enumerate(paths):
                (Path(work) / str(number)).mkdir()
                parts.append(part_of(path, Path(work) / str(number)))
            self.started = min((part.started for part in parts if part.started), default=self.started)
            needed = tuple(needs_of(self.rules, self.choice.only))
            results, gaps = joined(parts)
            results = [not_collected(result, needed) for result in results]
            scopes = [scope for result in results for scope in result.summary.scopes]
            self.known.check(filter(self.choice.covers, scopes))
            report = self.judged(results, gaps=gaps, covers=self.choice.covers)
            if save_to is not None:
                header = header_of([result.summary for result in results], self.started, scanner.__version__)
                save(save_to, header, results, report.gaps, complete=report.complete)
        return report

    def judged(
        self,
        results: Sequence[Result],
        rules: Sequence[Tuned] | None = None,
        gaps: Sequence[Gap] = (),
        covers: Covers = lambda _: True,
    ) -> Report:
        """Judge the results of accounts, in the order of their names. Raises ResultError, OSError.

        `gaps` are accounts of which there is no result; only what stands where `covers` says so is reported.
        """
        rules = self.rules if rules is None else rules
        judging, verdicts = self._judging(rules), Verdicts()
        summaries = [result.summary for result in results]
        if rules:
            judge_all(results, judging, verdicts, self._seen, covers)
        header = header_of(summaries, self.started, scanner.__version__)
        gaps = sorted([*all_gaps(results), *gaps], key=lambda gap: (gap.scope, gap.kind))
        return self._report(
            verdicts,
            [gap for gap in gaps if covers(gap.scope)],
            replace(header, scopes=tuple(filter(covers, header.scopes))),
            listings=once_each(one for summary in summaries for one in summary.listings),
            resources=judging.resources if rules else sum(summary.resources for summary in summaries),
            calls=sum(summary.calls for summary in summaries),
            complete=all(summary.complete for summary in summaries),
        )

    def saved(self, path: Path) -> Report:
        """Judge a saved inventory, streamed; several accounts as those of a run. Raises InventoryError, OSError."""
        if _holds_many(path):
            return self.merged([path])
        judging, verdicts = self._judging(self.rules), Verdicts()
        header, gaps, complete = Header(), [], True
        for entry in read(path, only=judging.world.kinds):
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
        for resource in _resources_of(path, self.choice.covers):
            judging.judge(resource)
            verdicts.add(judging.taken())
        self._seen(judging.world)
        return self._report(
            verdicts,
            [gap for gap in gaps if self.choice.covers(gap.scope)],
            header,
            listings=judging.listings,
            resources=judging.resources,
            complete=complete,
        )

    def _judging(self, rules: Sequence[Tuned]) -> Judging:
        elsewhere = {
            account.key: self.elsewhere[account.environment]
            for account in (self.accounts.account if self.accounts and rules else ())
            if account.environment in self.elsewhere
        }
        return Judging(rules, self.started, self.choice.only, self.known.meet, elsewhere)

    def _seen(self, world: World) -> None:
        """Note what the internet can reach of the accounts that were just judged."""
        exposures = world.seen(Exposures) if self.maps else None
        if exposures is not None:
            self._exposure |= exposure_rows(exposed_by(exposures))

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

    @property
    def _environments(self) -> Mapping[str, Any]:
        """What the first line of a run says of accounts.toml: what environments set, and what accounts are called."""
        if self.accounts is None:
            return {}
        rules = {name: options_of(tuned) for name, tuned in sorted(self.elsewhere.items())}
        named = {f"{one.cloud}:{one.id}": one.said for one in self.accounts.account if one.said}
        return {"environments": rules, "accounts": named}

    def _report(
        self,
        verdicts: Verdicts,
        gaps: Sequence[Gap],
        header: Header,
        *,
        listings: Sequence[Listing],
        resources: int,
        calls: int = 0,
        complete: bool = True,
    ) -> Report:
        only = {"only": self.choice.only.said} if self.choice.only.said else {}
        report = Report(
            version=scanner.__version__,
            run=self.run,
            started=header.started or self.started,
            scopes=header.scopes,
            rules={tuned.rule.id: tuned for tuned in self.rules},
            verdicts=verdicts,
            gaps=gaps,
            resources=resources,
            listings=listings,
            left_out=header.left_out,
            packs=self.packs,
            options={"rules": self.options, **self._environments, **only},
            frameworks=self.frameworks,
            not_selected=self.not_selected,
            complete=complete,
            calls=calls,
            told=Told(exposure=self._exposure, code_url=self.config.iac.url),
        )
        return self.known.applied_to(report)


def _resources_of(path: Path, covers: Covers) -> Iterator[Resource]:
    return (entry for entry in read(path) if isinstance(entry, Resource) and covers(entry.scope))


def _holds_many(path: Path) -> bool:
    """Tell whether an inventory is of several accounts. Raises InventoryError, OSError."""
    first = next(read(path, only=()))
    return isinstance(first, Header) and len({scope[:2] for scope in first.scopes}) > 1


def _fields(needs: Needs) -> Mapping[str, tuple[str, ...]]:
    return {kind.kind(): tuple(sorted(needs[kind])) for kind in sorted(needs, key=lambda kind: kind.kind())}
