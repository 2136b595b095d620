"""Lists that could not be read when their scope was last looked at: since when, and whether they ever could be."""

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select

from scanner.history import schema
from scanner.history.bulk import load, storable
from scanner.history.places import Places
from scanner.inventory import ANY_KIND, Gap
from scanner.known import Past

if TYPE_CHECKING:
    from sqlalchemy import Connection

Key = tuple[int, str, str]
"""Scope, kind, permission."""


def gaps_kept(connection: "Connection", past: Past, places: Places, run: int) -> list[Gap]:
    """Put a run's gaps in the place of those of the scopes that it looked at; return the gaps that are new."""
    table = schema.gap
    looked = {places.scopes[scope] for scope in past.scopes} | {places.scopes[one.scope] for one in past.gaps}
    before = {tuple(row[:3]): tuple(row) for row in connection.execute(select(table)) if row[0] in looked}
    was: dict[Key, tuple[int, bool]] = {key: (row[5], row[6]) for key, row in before.items()}
    rows: dict[Key, tuple[Any, ...]] = {}
    new = []
    for gap in past.gaps:
        scope = places.scopes[gap.scope]
        key = (scope, gap.kind, storable(gap.permission)[:256])
        if not _covered(key, was):
            new.append(gap)
        blind = _blind(key, was) or places.rulesets[scope] is None
        since = was[key][0] if key in was else run
        rows[key] = (*key, gap.code.value, storable(gap.why), since, blind)
    # A list that was never read stays so while all of its scope is hidden.
    hidden = {key[0] for key in rows if key[1] == ANY_KIND}
    rows |= {key: row for key, row in before.items() if row[6] and key[0] in hidden and key not in rows}
    for scope in {key[0] for key in was}:
        connection.execute(delete(table).where(table.c.scope == scope))
    names = ("scope", "kind", "permission", "code", "why", "since_run", "blind")
    load(connection, table, names, list(rows.values()))
    return new


def _covered(key: Key, was: dict[Key, tuple[int, bool]]) -> bool:
    scope, kind, permission = key
    return any(
        one == scope and (of in (ANY_KIND, kind) and (of == ANY_KIND or missing == permission))
        for one, of, missing in was
    )


def _blind(key: Key, was: dict[Key, tuple[int, bool]]) -> bool:
    """Tell whether a list was never read: it, or everything of its scope, has been missing from the start."""
    scope, kind, _ = key
    return any(blind and one == scope and of in (ANY_KIND, kind) for (one, of, _), (_, blind) in was.items())
