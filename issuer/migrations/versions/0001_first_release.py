"""The schema of release 0.1.0, which made its tables without keeping a note of it."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_TABLES = (
    *("token", "issued", "offer", "status_slot", "batch", "audit_entry"),
    *("status_list", "organisation", "nonce"),
)
"""Those that refer to others first."""


def upgrade() -> None:
    """Make the tables."""
    _organisations()
    _offers()
    _tokens()
    _issued()
    _status()


def downgrade() -> None:
    """Drop them, indexes included."""
    for table in _TABLES:
        op.drop_table(table)


def _organisations() -> None:
    op.create_table(
        "organisation",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("did", sa.String(), nullable=False),
    )
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Integer(), primary_key=True),
        _organisation(),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=False, index=True),
        sa.Column("reason", sa.String()),
    )
    op.create_table(
        "batch",
        sa.Column("id", sa.String(), primary_key=True),
        _organisation(),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("offers", sa.Integer(), nullable=False),
    )


def _offers() -> None:
    op.create_table(
        "offer",
        sa.Column("id", sa.String(), primary_key=True),
        _organisation(),
        sa.Column("batch_id", sa.String(), sa.ForeignKey("batch.id"), index=True),
        sa.Column("line", sa.Integer()),
        sa.Column("link_id", sa.String(), nullable=False),
        sa.Column("code_hash", sa.String(), nullable=False),
        sa.Column("type_id", sa.String(), nullable=False),
        sa.Column("format", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("contents", sa.LargeBinary()),
        sa.Column("person", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False, index=True),
        sa.Column("expires_at", sa.DateTime(), nullable=False, index=True),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.UniqueConstraint("link_id"),
        sa.UniqueConstraint("code_hash"),
    )


def _tokens() -> None:
    op.create_table(
        "token",
        sa.Column("token_hash", sa.String(), primary_key=True),
        sa.Column("offer_id", sa.String(), sa.ForeignKey("offer.id"), nullable=False, unique=True),
        sa.Column("expires_at", sa.DateTime(), nullable=False, index=True),
    )
    op.create_table(
        "nonce",
        sa.Column("nonce_hash", sa.String(), primary_key=True),
        sa.Column("expires_at", sa.DateTime(), nullable=False, index=True),
        sa.Column("used_by", sa.String()),
    )


def _issued() -> None:
    op.create_table(
        "issued",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("offer_id", sa.String(), sa.ForeignKey("offer.id"), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("key_id", sa.String(), nullable=False),
        sa.Column("content_digest", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("notification_id", sa.String(), nullable=False, unique=True),
        sa.Column("sealed", sa.LargeBinary()),
        sa.Column("issued_at", sa.DateTime(), nullable=False, index=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("status_reason", sa.String()),
        sa.Column("status_at", sa.DateTime()),
        sa.UniqueConstraint("offer_id"),
        sa.UniqueConstraint("token_hash"),
    )


def _status() -> None:
    op.create_table(
        "status_list",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.UniqueConstraint("kind", "number"),
    )
    op.create_table(
        "status_slot",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column(
            "list_id", sa.Integer(), sa.ForeignKey("status_list.id"), nullable=False, index=True
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("issued_id", sa.String()),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.UniqueConstraint("list_id", "position"),
        sa.UniqueConstraint("issued_id"),
    )


def _organisation() -> sa.Column[str]:
    reference = sa.ForeignKey("organisation.id")
    return sa.Column("organisation_id", sa.String(), reference, nullable=False, index=True)
