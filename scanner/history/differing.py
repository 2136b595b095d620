"""Lays a run's verdicts beside what is known, by set-based SQL: what was never met, what differs, what is missing."""

import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import and_, or_, select, text

from scanner.history import schema
from scanner.history.bulk import load
from scanner.history.deciding import ABSENT, Row
from scanner.history.places import Places
from scanner.known import Past, Seen

if TYPE_CHECKING:
    from sqlalchemy import Connection


class Different(NamedTuple):
    """Identities never met, rows whose verdict differs, and rows without a verdict that ought to have one.

    `seconds`: how long comparing took.
    """

    fresh: Mapping[str, Seen] = {}
    changed: Mapping[str, Row] = {}
    gone: Mapping[str, Row] = {}
    seconds: float = 0.0


def differences(
    connection: "Connection", past: Past, places: Places, tonight: Iterable[tuple[str, str, int, int]]
) -> Different:
    """Load this run's verdicts, in the order of their fingerprints, beside what is known; return how they differ.

    `tonight`: of each its fingerprint, its digest, and the numbers of its rule and its scope.
    """
    with passing_table(connection, schema.tonight), passing_table(connection, schema.looked):
        load(connection, schema.tonight, ("fingerprint", "digest", "rule", "scope"), tonight)
        ids = [(places.scopes[scope],) for scope in sorted(past.scopes)]
        load(connection, schema.looked, ("scope",), ids)
        if connection.dialect.name == "postgresql":
            # Joins of a million rows stay in memory; the setting ends with the transaction.
            connection.execute(text("SET LOCAL work_mem = '256MB'"))
            for table in ("tonight", "looked"):
                connection.execute(text(f"ANALYZE {table}"))
        began = time.perf_counter()
        found = _compared(connection, past, places)
        return found._replace(seconds=time.perf_counter() - began)


def _compared(connection: "Connection", past: Past, places: Places) -> Different:
    was, now = schema.finding, schema.tonight
    columns = [was.c[name] for name in schema.COLUMNS]
    rules = [id_ for (name, _), id_ in places.rules.items() if name in past.rules]
    same = now.c.fingerprint == was.c.fingerprint
    differs = or_(
        was.c.fingerprint.is_(None),
        now.c.digest != was.c.digest,
        # Whose it is can change: the name of a bucket is free again when the bucket is gone.
        now.c.scope != was.c.scope,
        now.c.rule != was.c.rule,
    )
    missing = and_(
        now.c.fingerprint.is_(None),
        was.c.outcome != ABSENT,
        was.c.rule.in_(rules),
        was.c.scope.in_(select(schema.looked.c.scope)),
    )
    both = select(now.c.fingerprint, *columns)
    if connection.dialect.name == "postgresql":
        # One join of both sides costs half of two; SQLite has it only since 3.39.
        queries = [both.select_from(now.outerjoin(was, same, full=True)).where(or_(differs, missing))]
    else:
        queries = [
            both.select_from(now.outerjoin(was, same)).where(differs),
            both.select_from(was.outerjoin(now, same)).where(missing),
        ]
    fresh: dict[str, Seen] = {}
    changed: dict[str, Row] = {}
    gone: dict[str, Row] = {}
    for fingerprint, *row in chain.from_iterable(map(connection.execute, queries)):
        if row[0] is None:
            fresh[fingerprint] = past.seen[fingerprint]
        elif fingerprint is None:
            gone[row[0]] = Row(*row)
        else:
            changed[fingerprint] = Row(*row)
    return Different(fresh, changed, gone)


@contextmanager
def passing_table(connection: "Connection", table: Any) -> Iterator[None]:
    """Make a table of this connection for a while."""
    table.create(connection, checkfirst=False)
    yield
    table.drop(connection, checkfirst=False)
