"""The short numbers by which rows name scopes, rules and sets of rules, and what was looked at before."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import bindparam, func, insert, select, update

from scanner.history import schema
from scanner.history.bulk import load
from scanner.inventory import Gap
from scanner.models.resource import Cloud, Code, Scope

if TYPE_CHECKING:
    from sqlalchemy import Connection

Ruleset = Mapping[str, tuple[int, Any]]
"""Rule → its revision and its options."""


@dataclass(slots=True)
class Places:
    """What is known of scopes and rules. `rulesets` of a scope: what ever looked at all of it (None: nothing did)."""

    scopes: dict[Scope, int] = field(default_factory=dict)
    rules: dict[tuple[str, str], int] = field(default_factory=dict)
    rulesets: dict[int, int | None] = field(default_factory=dict)
    sets: dict[int, Ruleset] = field(default_factory=dict)
    last: dict[int, dict[int, int]] = field(default_factory=dict)
    """Scope → ruleset → the last run that looked at all of the scope by these rules."""
    scope_of: dict[int, Scope] = field(default_factory=dict)
    """Scopes by their numbers."""
    rule_of: dict[int, tuple[str, str]] = field(default_factory=dict)
    """Rules (id and kind) by their numbers."""

    @classmethod
    def read(cls, connection: "Connection") -> "Places":
        """Read all of them."""
        scope, rule, ruleset = schema.scope.c, schema.rule.c, schema.ruleset.c
        places = cls()
        for id_, cloud, account, region, of in connection.execute(
            select(scope.id, scope.cloud, scope.account, scope.region, scope.ruleset)
        ):
            places.scopes[Scope(Cloud(cloud), account, region)] = id_
            places.rulesets[id_] = of
        for id_, name, kind in connection.execute(select(rule.id, rule.name, rule.kind)):
            places.rules[name, kind] = id_
        for id_, text in connection.execute(select(ruleset.id, ruleset.rules)):
            places.sets[id_] = {name: (one[0], one[1]) for name, one in orjson.loads(text).items()}
        look, run = schema.look.c, schema.run.c
        for scope_id, of, last in connection.execute(
            select(look.scope, run.ruleset, func.max(run.id))
            .join_from(schema.look, schema.run, look.run == run.id)
            .where(run.only.is_(None))
            .group_by(look.scope, run.ruleset)
        ):
            places.last.setdefault(scope_id, {})[of] = last
        places._turn()
        return places

    def _turn(self) -> None:
        self.scope_of = {id_: scope for scope, id_ in self.scopes.items()}
        self.rule_of = {id_: rule for rule, id_ in self.rules.items()}

    def last_look(self, scope: int, rule: str) -> int | None:
        """Return the last run that looked at all of a scope by a rule."""
        return max(
            (last for of, last in self.last.get(scope, {}).items() if rule in self.sets[of]),
            default=None,
        )

    def meet(
        self, connection: "Connection", scopes: Iterable[Scope], rules: Iterable[tuple[str, str]]
    ) -> None:
        """Give numbers to scopes and rules that have none."""
        start = max(self.scopes.values(), default=0)
        fresh = {
            scope: start + number for number, scope in enumerate(sorted(set(scopes) - self.scopes.keys()), 1)
        }
        rows = [(id_, one.cloud.value, one.account, one.region) for one, id_ in fresh.items()]
        load(connection, schema.scope, ("id", "cloud", "account", "region"), rows)
        self.scopes |= fresh
        self.rulesets |= dict.fromkeys(fresh.values())
        start = max(self.rules.values(), default=0)
        named = {
            rule: start + number for number, rule in enumerate(sorted(set(rules) - self.rules.keys()), 1)
        }
        load(connection, schema.rule, ("id", "name", "kind"), [(id_, *rule) for rule, id_ in named.items()])
        self.rules |= named
        self._turn()

    def rename(self, connection: "Connection", renamed: Mapping[str, str]) -> None:
        """Give rules that have another id by now that one, in sets of rules too."""
        for (name, kind), id_ in list(self.rules.items()):
            now = renamed.get(name)
            if now is not None and (now, kind) not in self.rules:
                connection.execute(update(schema.rule).where(schema.rule.c.id == id_).values(name=now))
                self.rules[now, kind] = self.rules.pop((name, kind))
                self.rule_of[id_] = (now, kind)
        for id_, rules in self.sets.items():
            if not renamed.keys().isdisjoint(rules):
                self.sets[id_] = {renamed.get(name, name): one for name, one in rules.items()}

    def number(self, connection: "Connection", rules: Ruleset) -> int:
        """Return the number of a set of rules."""
        text = orjson.dumps(rules, option=orjson.OPT_SORT_KEYS)
        digest = hashlib.sha256(text).hexdigest()
        found = connection.scalar(select(schema.ruleset.c.id).where(schema.ruleset.c.digest == digest))
        if found is None:
            id_ = (connection.scalar(select(func.max(schema.ruleset.c.id))) or 0) + 1
            connection.execute(insert(schema.ruleset).values(id=id_, digest=digest, rules=text.decode()))
            found = id_
        self.sets[found] = rules
        return int(found)

    def looked(self, connection: "Connection", scopes: Iterable[Scope], rules: Ruleset) -> None:
        """Note that a run looked at all of these scopes by these rules."""
        merged: dict[int | None, int] = {}
        rows = []
        for scope in scopes:
            id_ = self.scopes[scope]
            of = self.rulesets[id_]
            if of not in merged:
                merged[of] = self.number(connection, {**(self.sets[of] if of is not None else {}), **rules})
            if merged[of] != of:
                rows.append({"of": id_, "to": merged[of]})
                self.rulesets[id_] = merged[of]
        if rows:
            table = schema.scope
            connection.execute(
                update(table).where(table.c.id == bindparam("of")).values(ruleset=bindparam("to")), rows
            )


def blind_gaps(connection: "Connection", places: Places) -> list[Gap]:
    """Return what could never be listed so far."""
    gap, scope_of = schema.gap.c, places.scope_of
    rows = connection.execute(select(gap.scope, gap.kind, gap.permission, gap.code, gap.why).where(gap.blind))
    return [
        Gap(scope_of[of], kind, Code(code), permission, text=why) for of, kind, permission, code, why in rows
    ]
