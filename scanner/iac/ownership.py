"""Which code owns a live resource: said of each resource before it is judged, and of each finding after."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from scanner.engine import Outcome, Tuned, Verdict
from scanner.iac.cloudformation import LOGICAL_ID, STACK, Templates
from scanner.iac.ids import Subject
from scanner.iac.location import Location
from scanner.iac.settings import Setting, all_settings, makers, settings_of
from scanner.iac.sources import Sources
from scanner.iac.terraform import StateFile, Terraform
from scanner.models.resource import NO_CODE, Cloud, Code, Resource, Scope


def _scope(id_: str) -> Scope:
    """Return the scope that an id names, as far as it does."""
    if id_.startswith("//"):
        project = id_.partition("/projects/")[2].partition("/")[0]
        return Scope(Cloud.GCP, project)
    if id_.lower().startswith("/subscriptions/"):
        return Scope(Cloud.AZURE, id_.split("/")[2])
    parts = id_.split(":")
    return Scope(Cloud.AWS, parts[4] if len(parts) > 4 else "")  # noqa: PLR2004 - arn:partition:service:region:account


class Ownership:
    """The code of a repository and the states of what runs. Raises StateError, RootError, MissingExtraError."""

    def __init__(self, folder: Path | None, states: Sequence[StateFile] = ()) -> None:
        self.sources = Sources(folder) if folder is not None else None
        self.terraform = Terraform(self.sources, states)
        self.templates = Templates(folder, self.sources.repository) if folder and self.sources else None
        self._stacks: dict[str, tuple[str, str]] = {}

    @property
    def warnings(self) -> Sequence[str]:
        """What could not be told apart, in words."""
        return self.terraform.warnings

    @property
    def repositories(self) -> tuple[str, ...]:
        """What the repositories of the code are called; empty where there is only the one."""
        nested = self.sources.repositories if self.sources is not None else set()
        return tuple(sorted({*self.terraform.repositories, *nested} - {""}))

    @property
    def reads_tags(self) -> bool:
        """Whether resources are to be read with their tags: there are templates, and stacks leave their name there."""
        return self.templates is not None and bool(self.templates.templates)

    def marked(self, resource: Resource) -> Resource:
        """Return the resource with `managed_by`: the code that owns it, or None where none of what was given does.

        Of a cloud on which no state and no template says anything, nothing is known: it stays unread. So it does
        where a stack may own it, whose name is in tags that were not read.
        """
        owner = self.owner(resource)
        cloud = resource.scope.cloud
        if owner is None and cloud not in self.clouds:
            return resource
        if owner is None and cloud is Cloud.AWS and self.reads_tags and not resource.known("tags"):
            why = resource.why("tags")
            why = NO_CODE if why.code is Code.NOT_ASKED else why
            return resource.model_copy(update={"unread": {**resource.unread, "managed_by": why}})
        return resource.model_copy(update={"managed_by": owner})

    @property
    def clouds(self) -> frozenset[Cloud]:
        """The clouds of which the states, or the templates, say what is managed."""
        return frozenset(self.terraform.clouds | ({Cloud.AWS} if self.reads_tags else set()))

    def owner(self, resource: Resource) -> str | None:
        """Return `terraform ADDRESS`, `cloudformation STACK/LOGICAL-ID`, or None."""
        subject = Subject(resource.scope, resource.kind(), resource.id)
        owners = self.terraform.owners(subject, makers(subject.kind))
        if owners:
            return f"terraform {owners[0].instance.address}"
        tags: Mapping[str, str] = resource.tags if resource.known("tags") else {}
        if resource.scope.cloud is Cloud.AWS and STACK in tags and LOGICAL_ID in tags:
            stack = (tags[STACK], tags[LOGICAL_ID])
            self._stacks[resource.id] = stack
            return "cloudformation " + "/".join(stack)
        return None

    def locate(
        self, subject: Subject, settings: Sequence[Setting], words: Sequence[str] = ()
    ) -> Location | None:
        """Return the lines that own a resource, those of these settings where they are written."""
        found = self.terraform.locate(subject, settings, words)
        stack = self._stacks.get(subject.id)
        if found is None and stack is not None and self.templates is not None:
            found = self.templates.locate(*stack, settings, words)
        return found

    def described(self, id_: str) -> Iterator[str]:
        """Yield what owns a resource, then what sets parts of it, each with its lines: for `surefoot where`."""
        settings = all_settings()
        subject = Subject(_scope(id_), "", id_)
        own = self.terraform.owners(subject, settings)
        parts = [owned for _, found in self.terraform.parts(subject, settings) for owned in found]
        for owned in dict.fromkeys((*own, *parts)):
            place = self.terraform.place(owned)
            yield str(place) if place is not None else f"{owned.instance.address}: its code is not here"

    def locations(self, verdicts: Iterable[Verdict], rules: Mapping[str, Tuned]) -> dict[str, Location]:
        """Return the fingerprint of each finding whose code is known → its location."""
        settings = {
            (id_, kind.kind()): settings_of(kind.kind(), tuned.rule.needs[kind])
            for id_, tuned in rules.items()
            for kind in tuned.rule.subjects
        }
        found = {}
        for verdict in verdicts:
            known = settings.get((verdict.rule, verdict.kind))
            if verdict.outcome is Outcome.FAIL and known is not None:
                subject = Subject(verdict.scope, verdict.kind, verdict.resource)
                place = self.locate(subject, known, verdict.messages)
                if place is not None:
                    found[verdict.fingerprint] = place
        return found

    def way(self, subject: Subject, words: Sequence[str]) -> Location | None:
        """Return the code of what lets packets in; `words` are those of the finding that names it."""
        fields = {"RouteTable": ("routes",), "AccessList": ("rules",), "Firewall": ("rules",)}
        return self.locate(subject, settings_of(subject.kind, fields[subject.kind]), words)
