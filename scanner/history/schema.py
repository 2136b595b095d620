"""The tables of the history: runs, what each looked at, one row per finding identity, and every change of one.

No verdict is written twice. A row of `finding` says how an identity was met first and how it stands now, and `change`
has a row for each turn between the two; what a run found follows from them. Foreign keys are left out on purpose:
checking them doubles the time that a night of a million verdicts takes, and only `keeping` writes here.
"""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata: Final = MetaData()

#: One run. `run`, `started`: its id and UTC time, as reports write them. `key` tells it from every other one. `only`:
#: what chose among resources (JSON), null for a run that looked at all. `counts`, `changes`, `gaps`, `left_out` and
#: `waivers` are JSON; `standing` is what was open when it had been stored.
run: Final = Table(
    "run",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", String(64), nullable=False, unique=True),
    Column("run", String(32), nullable=False),
    Column("started", String(20), nullable=False, index=True),
    Column("version", String(64), nullable=False),
    Column("complete", Boolean, nullable=False),
    Column("ruleset", Integer, nullable=False),
    Column("only", Text),
    Column("counts", Text, nullable=False),
    Column("changes", Text, nullable=False),
    Column("standing", Text, nullable=False),
    Column("gaps", Text),
    Column("left_out", Text, nullable=False),
    Column("waivers", Text),
)

#: Rules that ran together: JSON of id → [revision, options].
ruleset: Final = Table(
    "ruleset",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("digest", String(64), nullable=False, unique=True),
    Column("rules", Text, nullable=False),
)

#: One region of one account. `ruleset`: every rule that ever looked at all of it; null where none did.
scope: Final = Table(
    "scope",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("cloud", String(16), nullable=False),
    Column("account", String(256), nullable=False),
    Column("region", String(128), nullable=False),
    Column("ruleset", Integer),
    UniqueConstraint("cloud", "account", "region"),
)

#: What people call an account.
account: Final = Table(
    "account",
    metadata,
    Column("cloud", String(16), primary_key=True),
    Column("account", String(256), primary_key=True),
    Column("name", Text, nullable=False),
    Column("environment", Text, nullable=False),
    Column("exposure", Text),
    Column("exposure_run", Integer),
)

#: That a run looked at a scope, and between which times it read there (UTC; null: not known).
look: Final = Table(
    "look",
    metadata,
    Column("scope", Integer, primary_key=True),
    Column("run", Integer, primary_key=True, index=True),
    Column("read_from", String(20)),
    Column("read_to", String(20)),
)

#: What could not be listed when its scope was last looked at. `blind`: it never could be, so far.
gap: Final = Table(
    "gap",
    metadata,
    Column("scope", Integer, primary_key=True),
    Column("kind", String(64), primary_key=True),
    Column("permission", String(256), primary_key=True),
    Column("code", String(16), nullable=False),
    Column("why", Text, nullable=False),
    Column("since_run", Integer, nullable=False),
    Column("blind", Boolean, nullable=False),
)

#: A rule's id, and the kind that it judges.
rule: Final = Table(
    "rule",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(128), nullable=False),
    Column("kind", String(64), nullable=False),
    UniqueConstraint("name", "kind"),
)

_FINDING: Final = (
    ("fingerprint", String(32)),
    ("rule", Integer),
    ("scope", Integer),
    ("resource", Text),
    ("name", Text),
    ("digest", String(40)),
    ("severity", SmallInteger),
    ("outcome", String(8)),
    ("known", String(8)),
    ("status", String(12)),
    ("messages", Text),
    ("unread", Text),
    ("waived", Text),
    ("owner", Text),
    ("location", Text),
    ("met_run", Integer),
    ("met_outcome", String(8)),
    ("first_run", Integer),
    ("first_change", String(16)),
    ("opened_run", Integer),
    ("closed_run", Integer),
    ("seen_run", Integer),
    ("reopened", Integer),
)
COLUMNS: Final = tuple(name for name, _ in _FINDING)


def _columns() -> list[Column[object]]:
    return [Column(name, type_, primary_key=name == "fingerprint") for name, type_ in _FINDING]


#: One row per identity. `outcome`: how it stood last (`absent`: no longer there; `unread`: hidden by a gap); `known`:
#: the last PASS or FAIL, null when there was none or the resource has gone since. `digest` changes with anything that
#: the row says of its verdict. `met_run`, `met_outcome`: when and how it was met first. `first_run`: the first FAIL,
#: and `first_change` what that was; `opened_run`, `closed_run`: the latest time that it was open. `seen_run`: the last
#: run that saw it, null while the last one that looked there did.
finding: Final = Table("finding", metadata, *_columns(), sqlite_with_rowid=False)
Index(
    "finding_told",
    finding.c.status,
    finding.c.severity,
    sqlite_where=finding.c.status != "passing",
    postgresql_where=finding.c.status != "passing",
)

#: Every turn of every finding, never changed, dropped only when it is older than what is to be kept.
change: Final = Table(
    "change",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("run", Integer, nullable=False, index=True),
    Column("fingerprint", String(32), nullable=False, index=True),
    Column("step", String(16), nullable=False),
    Column("outcome", String(8), nullable=False),
    Column("severity", SmallInteger, nullable=False),
    Column("why", Text),
    Column("messages", Text),
    Column("waived", Text),
    Column("opened_run", Integer),
)

#: Which message of which run went where (a checksum, for an address can be a secret), so that none goes twice.
message: Final = Table(
    "message",
    metadata,
    Column("run", Integer, primary_key=True),
    Column("target", String(64), primary_key=True),
    Column("sent", String(20), nullable=False),
)

_passing = MetaData()

#: Tables of one connection, for one run: its verdicts, and rows that take the place of others.
tonight: Final = Table(
    "tonight",
    _passing,
    Column("fingerprint", String(32), primary_key=True),
    Column("digest", String(40), nullable=False),
    Column("rule", Integer, nullable=False),
    Column("scope", Integer, nullable=False),
    prefixes=["TEMPORARY"],
    sqlite_with_rowid=False,
)
settled: Final = Table("settled", _passing, *_columns(), prefixes=["TEMPORARY"], sqlite_with_rowid=False)
looked: Final = Table("looked", _passing, Column("scope", Integer, primary_key=True), prefixes=["TEMPORARY"])
