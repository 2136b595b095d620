"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make all tables."""
    _runs()
    _scopes()
    _findings()


def _runs() -> None:
    op.create_table(
        "run",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("key", sa.String(64), nullable=False, unique=True),
        sa.Column("run", sa.String(32), nullable=False),
        sa.Column("started", sa.String(20), nullable=False, index=True),
        sa.Column("version", sa.String(64), nullable=False),
        sa.Column("complete", sa.Boolean, nullable=False),
        sa.Column("ruleset", sa.Integer, nullable=False),
        sa.Column("only", sa.Text),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("counts", "changes", "standing")),
        sa.Column("gaps", sa.Text),
        sa.Column("left_out", sa.Text, nullable=False),
        sa.Column("waivers", sa.Text),
    )
    op.create_table(
        "ruleset",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("digest", sa.String(64), nullable=False, unique=True),
        sa.Column("rules", sa.Text, nullable=False),
    )
    op.create_table(
        "rule",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(128), nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.UniqueConstraint("name", "kind"),
    )
    op.create_table(
        "message",
        sa.Column("run", sa.Integer, primary_key=True),
        sa.Column("target", sa.String(64), primary_key=True),
        sa.Column("sent", sa.String(20), nullable=False),
    )


def _scopes() -> None:
    op.create_table(
        "scope",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("cloud", sa.String(16), nullable=False),
        sa.Column("account", sa.String(256), nullable=False),
        sa.Column("region", sa.String(128), nullable=False),
        sa.Column("ruleset", sa.Integer),
        sa.UniqueConstraint("cloud", "account", "region"),
    )
    op.create_table(
        "account",
        sa.Column("cloud", sa.String(16), primary_key=True),
        sa.Column("account", sa.String(256), primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("environment", sa.Text, nullable=False),
        sa.Column("exposure", sa.Text),
        sa.Column("exposure_run", sa.Integer),
    )
    op.create_table(
        "look",
        sa.Column("scope", sa.Integer, primary_key=True),
        sa.Column("run", sa.Integer, primary_key=True, index=True),
        sa.Column("read_from", sa.String(20)),
        sa.Column("read_to", sa.String(20)),
    )
    op.create_table(
        "gap",
        sa.Column("scope", sa.Integer, primary_key=True),
        sa.Column("kind", sa.String(64), primary_key=True),
        sa.Column("permission", sa.String(256), primary_key=True),
        sa.Column("code", sa.String(16), nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("since_run", sa.Integer, nullable=False),
        sa.Column("blind", sa.Boolean, nullable=False),
    )


def _findings() -> None:
    op.create_table(
        "finding",
        sa.Column("fingerprint", sa.String(32), primary_key=True),
        sa.Column("rule", sa.Integer),
        sa.Column("scope", sa.Integer),
        sa.Column("resource", sa.Text),
        sa.Column("name", sa.Text),
        sa.Column("digest", sa.String(40)),
        sa.Column("severity", sa.SmallInteger),
        sa.Column("outcome", sa.String(8)),
        sa.Column("known", sa.String(8)),
        sa.Column("status", sa.String(12)),
        *(sa.Column(name, sa.Text) for name in ("messages", "unread", "waived", "owner", "location")),
        sa.Column("met_run", sa.Integer),
        sa.Column("met_outcome", sa.String(8)),
        sa.Column("first_run", sa.Integer),
        sa.Column("first_change", sa.String(16)),
        *(sa.Column(name, sa.Integer) for name in ("opened_run", "closed_run", "seen_run", "reopened")),
        sqlite_with_rowid=False,
    )
    told = sa.text("status != 'passing'")
    op.create_index(
        "finding_told", "finding", ["status", "severity"], sqlite_where=told, postgresql_where=told
    )
    op.create_table(
        "change",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
        sa.Column("run", sa.Integer, nullable=False, index=True),
        sa.Column("fingerprint", sa.String(32), nullable=False, index=True),
        sa.Column("step", sa.String(16), nullable=False),
        sa.Column("outcome", sa.String(8), nullable=False),
        sa.Column("severity", sa.SmallInteger, nullable=False),
        *(sa.Column(name, sa.Text) for name in ("why", "messages", "waived")),
        sa.Column("opened_run", sa.Integer),
    )
