"""Who answers for a resource: ordered rules on tags, accounts, organizational units and the code that made it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from scanner.config import OwnerRule, OwnersTable
from scanner.engine import Verdict
from scanner.known.patterns import matches
from scanner.known.waiver import Units
from scanner.models.resource import Cloud, Resource, Scope

UNOWNED: Final = ""
"""The owner of what no rule names: a group of its own, and never left out."""

_TAG: Final = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True, slots=True)
class AccountName:
    """What people call an account, what it is for (`production`, `staging`), and whose it is where no rule fits."""

    name: str = ""
    environment: str = ""
    owner: str = ""


@dataclass(slots=True)
class Owners:
    """The rules of `[owners]`, and the tags that they ask for of the resources of one run."""

    table: OwnersTable = field(default_factory=OwnersTable)
    named: Mapping[tuple[str, str], AccountName] = field(default_factory=dict)
    """(cloud, account) → what accounts.toml says of it."""
    _tags: dict[tuple[str, str], Mapping[str, str]] = field(default_factory=dict)

    @property
    def tag_names(self) -> frozenset[str]:
        """Every tag that some rule asks for, or takes the owner from."""
        asked = {name for rule in self.table.rules for name in rule.tag}
        return frozenset(asked | {name for rule in self.table.rules for name in _TAG.findall(rule.owner)})

    def meet(self, resource: Resource) -> None:
        """Note the tags of a resource that rules ask for."""
        names = self.tag_names
        if names and resource.known("tags"):
            tags = {name: resource.tags[name] for name in names if name in resource.tags}
            if tags:
                self._tags[resource.kind(), resource.id] = tags

    def owner(self, kind: str, resource: str, scope: Scope, path: str = "") -> str:
        """Return the owner by the first rule that fits; `path` is that of the code. UNOWNED where none does."""
        tags = self._tags.get((kind, resource), {})
        units = Units(self.table.ou)
        for rule in self.table.rules:
            if _fits(rule, scope, tags, path, units):
                named = _TAG.sub(lambda found: tags.get(found[1], ""), rule.owner).strip()
                if named:
                    return named
        account = self.named.get(_key(scope))
        return account.owner if account is not None else UNOWNED

    def of(self, verdicts: Iterable[Verdict], paths: Mapping[str, str]) -> dict[str, str]:
        """Return fingerprint → owner, for what has one. `paths`: fingerprint → the file of its code."""
        found: dict[str, str] = {}
        if not self.table.rules and not any(one.owner for one in self.named.values()):
            return found
        known: dict[tuple[str, str, str], str] = {}
        by_path = any(rule.path for rule in self.table.rules)
        for verdict in verdicts:
            path = paths.get(verdict.fingerprint, "") if by_path else ""
            key = (verdict.kind, verdict.resource, path)
            if key not in known:
                known[key] = self.owner(verdict.kind, verdict.resource, verdict.scope, path)
            if known[key]:
                found[verdict.fingerprint] = known[key]
        return found

    def accounts(self, scopes: Iterable[Scope]) -> dict[tuple[str, str], AccountName]:
        """Return (cloud, account) → what people call it, for the accounts that are named."""
        return {
            (scope.cloud.value, scope.account): self.named[_key(scope)]
            for scope in scopes
            if _key(scope) in self.named
        }


def _key(scope: Scope) -> tuple[str, str]:
    return scope.cloud.value, scope.account.lower() if scope.cloud is Cloud.AZURE else scope.account


def _fits(rule: OwnerRule, scope: Scope, tags: Mapping[str, str], path: str, units: Units) -> bool:
    both = (scope.account, f"{scope.cloud}:{scope.account}")
    return (
        (not rule.account or any(matches(rule.account, one) for one in both))
        and (not rule.ou or units.has(rule.ou, scope))
        and (not rule.path or (bool(path) and matches(rule.path, path)))
        and all(name in tags and matches(pattern, tags[name]) for name, pattern in rule.tag.items())
        and all(tags.get(name) for name in _TAG.findall(rule.owner))
    )
