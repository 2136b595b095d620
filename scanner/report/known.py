"""What is known beside a run: the code, the waivers, an earlier run. Said of resources before, of the report after."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import chain
from typing import Any

import orjson

from scanner.engine import Verdict
from scanner.errors import UserError
from scanner.iac.ids import Subject
from scanner.iac.naming import Way, named
from scanner.iac.ownership import Ownership
from scanner.known.comparing import compare
from scanner.known.past import Past, Seen, place
from scanner.known.settling import Run, notes, settle
from scanner.known.waiver import WaiverFile
from scanner.models.network import Firewall
from scanner.models.resource import Cloud, Resource, Scope
from scanner.owners import Owners
from scanner.report import Report

_OLD_DAYS = 30


class BaselineError(UserError):
    """An earlier run that cannot be compared with this one; exit code 2."""


@dataclass(slots=True)
class Known:
    """What a run is told beside its accounts; `meet` is called with each resource, `applied_to` with the report."""

    waivers: WaiverFile = field(default_factory=WaiverFile)
    ownership: Ownership | None = None
    baseline: Past | None = None
    owners: Owners = field(default_factory=Owners)
    keeps: bool = False
    """Whether the run is going to be stored: what it met is remembered."""
    today: date | None = None
    """The day (UTC) on which waivers have to hold; None: that of the run."""
    _tags: dict[tuple[str, str], Mapping[str, str]] = field(default_factory=dict)
    _present: set[tuple[str, str]] = field(default_factory=set)
    _firewalls: dict[tuple[Cloud, str, str], set[Subject]] = field(default_factory=lambda: defaultdict(set))

    @property
    def reads_tags(self) -> bool:
        """Whether resources have to be read with their tags."""
        return bool(self.waivers.tag_names or self.owners.tag_names) or (
            self.ownership is not None and self.ownership.reads_tags
        )

    @property
    def present(self) -> frozenset[tuple[str, str]]:
        """(cloud, canonical id) of every resource that was met, where that was to be remembered."""
        return frozenset(self._present)

    def meet(self, resource: Resource) -> Resource:
        """Note of a resource what will be asked later; return it with what is known of it."""
        if isinstance(resource, Firewall) and resource.scope.cloud is not Cloud.AWS:
            cloud, account, _ = resource.scope
            subject = Subject(resource.scope, resource.kind(), resource.id)
            self._firewalls[cloud, account, resource.name.lower()].add(subject)
        wanted = self.waivers.tag_names if self.waivers.waiver else ()
        if wanted and resource.known("tags"):
            tags = {name: resource.tags[name] for name in wanted if name in resource.tags}
            if tags:
                self._tags[resource.kind(), resource.id] = tags
        self.owners.meet(resource)
        if self.baseline is not None or self.keeps:
            self._present.add((resource.scope.cloud.value, resource.canonical_id))
        return resource if self.ownership is None else self.ownership.marked(resource)

    def check(self, scopes: Iterable[Scope]) -> None:
        """Raise BaselineError for a baseline of other accounts, before anything is read."""
        if self.baseline is None:
            return
        accounts = {(scope.cloud.value, scope.account) for scope in scopes}
        if accounts and not accounts & self.baseline.accounts:
            theirs, ours = (
                ", ".join(sorted(f"{cloud}:{account}" for cloud, account in both))
                for both in (self.baseline.accounts, accounts)
            )
            raise BaselineError(
                f"the baseline is a run of {theirs or 'no account'}, and this is one of {ours}"
            )

    def applied_to(self, report: Report) -> Report:
        """Return the report with what is accepted, where its findings are written, and how it differs."""
        if self.waivers.all:
            run = Run(report.verdicts, report.gaps, report.rules, report.checked, self._tags)
            settled = settle(self.waivers, run, self.today or report.started.date())
            report = replace(
                report,
                waived={fingerprint: terms.reason for fingerprint, terms in settled.waived.items()},
                accepted_unknowns={
                    fingerprint: terms.reason for fingerprint, terms in settled.unknowns.items()
                },
                accepted_gaps={gap: terms.reason for gap, terms in settled.gaps.items()},
                waivers=settled.uses,
            )
        if self.baseline is not None:
            needs = {id_: {kind.kind() for kind in tuned.rule.needs} for id_, tuned in report.rules.items()}
            now = as_past(report, frozenset(self._present))
            report = replace(report, comparison=compare(self.baseline, now, needs))
        # Gone through, and never held: of many accounts there are more verdicts than fit into memory.
        carried = [seen.verdict for seen, _ in report.carried]
        if self.ownership is not None:
            places = self.ownership.locations(chain(report.verdicts, carried), report.tellable)
            report = replace(report, locations=places, repositories=self.ownership.repositories)
        report = replace(report, ways=self._ways(chain(report.verdicts, carried)))
        paths = {fingerprint: place.path for fingerprint, place in report.locations.items()}
        owners, accounts = self.owners.of(report.verdicts, paths), self.owners.accounts(report.checked)
        return replace(report, told=replace(report.told, owners=owners, accounts=accounts))

    def _ways(self, verdicts: Iterable[Verdict]) -> Mapping[str, tuple[Way, ...]]:
        """Return the fingerprint of each finding that names its way in → what it names, with the code of that."""
        code = self.ownership
        return {
            verdict.fingerprint: tuple(
                Way(one, code.way(one, verdict.messages) if code is not None else None) for one in subjects
            )
            for verdict in verdicts
            if (subjects := list(named(verdict, self._firewalls)))
        }

    def warnings(self, report: Report) -> Iterable[str]:
        """Yield what people ought to know of all this beside the findings."""
        yield from notes(report.waivers)
        yield from self.ownership.warnings if self.ownership is not None else ()
        before = self.baseline.started if self.baseline is not None else None
        if before is not None and (report.started - before).days > _OLD_DAYS:
            yield f"the baseline is {(report.started - before).days} days old: what is new since then may be long known"


def as_past(report: Report, present: frozenset[tuple[str, str]] = frozenset()) -> Past:
    """Return a report as a later run will see it; `present` is as in `Past`."""
    seen = [Seen(verdict.fingerprint, verdict, report.reason(verdict)) for verdict in report.verdicts]
    return Past(
        started=report.started,
        version=report.version,
        scopes=frozenset(report.scopes),
        rules={id_: tuned.rule.revision for id_, tuned in report.rules.items()},
        options=_as_written(report.rule_options),
        only=_as_written(report.options.get("only", {})),
        seen={one.fingerprint: one for one in seen},
        gaps=report.gaps,
        present=present | {place(verdict) for verdict in report.verdicts},
    )


def _as_written(options: Mapping[str, Any]) -> Any:
    """Return options as a file would give them back: lists for tuples, words for paths."""
    return orjson.loads(orjson.dumps(dict(options), default=str))
