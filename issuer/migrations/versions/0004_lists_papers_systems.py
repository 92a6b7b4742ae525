"""Class lists, papers, welders, other systems, jobs, and the ledger of keys."""

import sqlalchemy as sa
from alembic import op

from credentials.errors import RejectedError
from service.migrations import refuse_rows

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_TABLES = (
    *("paper", "list_line", "list_draft", "given_proof", "column_memory", "welder"),
    *("event", "receiver", "kept_answer", "api_key", "job", "signing_key"),
)


def upgrade() -> None:
    """Make the tables."""
    _lists()
    _papers()
    _systems()
    _jobs()
    _keys()


def downgrade() -> None:
    """Drop them, indexes included; the first keys are found in their store again.

    Raises:
        RejectedError: ``config_database_back``.
    """
    refuse_rows("paper", "list_line", "list_draft", "welder", "receiver", "api_key", "job")
    changed = "SELECT 1 FROM signing_key WHERE used_until IS NOT NULL OR revoked_at IS NOT NULL"
    if op.get_bind().execute(sa.text(changed)).first() is not None:
        raise RejectedError("config_database_back", "the history of the keys would be lost")
    for table in _TABLES:
        op.drop_table(table)


def _lists() -> None:
    op.create_table(
        "list_draft",
        sa.Column("id", sa.String(), primary_key=True),
        _organisation(index=True),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("sheet", sa.LargeBinary(), nullable=False),
        sa.Column("answers", sa.LargeBinary(), nullable=False),
        sa.Column("ready", sa.Integer(), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.Column("delivery", sa.String()),
        sa.Column("format", sa.String()),
        sa.Column("asked_digest", sa.String()),
        sa.Column("approved_by", sa.String()),
        sa.Column("given_version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False, index=True),
    )
    op.create_table(
        "list_line",
        sa.Column("list_id", sa.String(), primary_key=True),
        sa.Column("line", sa.Integer(), primary_key=True, autoincrement=False),
        _organisation(index=True),
        sa.Column("batch_id", sa.String(), sa.ForeignKey("batch.id"), nullable=False, index=True),
        sa.Column("offer_id", sa.String(), sa.ForeignKey("offer.id"), nullable=False),
        sa.UniqueConstraint("offer_id"),
    )
    op.create_table(
        "given_proof",
        _organisation(primary_key=True),
        sa.Column("digest", sa.String(), primary_key=True),
        sa.Column("given_at", sa.DateTime(), nullable=False),
    )
    op.create_table(
        "column_memory",
        _organisation(primary_key=True),
        sa.Column("template_id", sa.String(), primary_key=True),
        sa.Column("fingerprint", sa.String(), primary_key=True),
        sa.Column("targets", sa.JSON(), nullable=False),
        sa.Column("nobody_has", sa.JSON(), nullable=False),
    )


def _papers() -> None:
    op.create_table(
        "paper",
        sa.Column("issued_id", sa.String(), sa.ForeignKey("issued.id"), primary_key=True),
        sa.Column("offer_id", sa.String(), sa.ForeignKey("offer.id"), nullable=False),
        _organisation(index=True),
        sa.Column("sealed", sa.LargeBinary()),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False, index=True),
        sa.UniqueConstraint("offer_id"),
    )
    op.create_table(
        "welder",
        sa.Column("id", sa.String(), primary_key=True),
        _organisation(index=True),
        sa.Column("details", sa.LargeBinary(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False, index=True),
        sa.Column("confirmed_on", sa.Date()),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
    )


def _systems() -> None:
    op.create_table(
        "api_key",
        sa.Column("id", sa.String(), primary_key=True),
        _organisation(index=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("key_hash", sa.String(), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime()),
        sa.UniqueConstraint("key_hash"),
    )
    op.create_table(
        "kept_answer",
        sa.Column("tenant", sa.String(), primary_key=True),
        sa.Column("key_hash", sa.String(), primary_key=True),
        sa.Column("request_hash", sa.String(), nullable=False),
        sa.Column("answer", sa.LargeBinary()),
        sa.Column("created_at", sa.DateTime(), nullable=False, index=True),
    )
    op.create_table(
        "receiver",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("owner_id", sa.String(), nullable=False, index=True),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("events", sa.JSON(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("old_secret", sa.LargeBinary()),
        sa.Column("old_until", sa.DateTime()),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
    )
    op.create_table(
        "event",
        sa.Column("id", sa.String(), primary_key=True),
        _organisation(index=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False, index=True),
    )


def _jobs() -> None:
    op.create_table(
        "job",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("kind", sa.String(), nullable=False, index=True),
        sa.Column("payload", sa.String(), nullable=False),
        sa.Column("key", sa.String()),
        sa.Column("state", sa.String(), nullable=False, index=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("run_at", sa.DateTime(), nullable=False, index=True),
        sa.Column("claim", sa.String()),
        sa.Column("claimed_until", sa.DateTime()),
        sa.Column("failure", sa.String()),
        sa.UniqueConstraint("key"),
    )


def _keys() -> None:
    op.create_table(
        "signing_key",
        sa.Column("id", sa.String(), primary_key=True),
        _organisation(index=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("jwk", sa.JSON(), nullable=False),
        sa.Column("published_at", sa.DateTime(), nullable=False),
        sa.Column("used_from", sa.DateTime()),
        sa.Column("used_until", sa.DateTime()),
        sa.Column("revoked_at", sa.DateTime()),
        sa.Column("reason", sa.String()),
        sa.UniqueConstraint("name"),
    )


def _organisation(*, index: bool = False, primary_key: bool = False) -> sa.Column[str]:
    reference = sa.ForeignKey("organisation.id")
    column: sa.Column[str] = sa.Column(
        "organisation_id",
        sa.String(),
        reference,
        nullable=False,
        index=index,
        primary_key=primary_key,
    )
    return column
