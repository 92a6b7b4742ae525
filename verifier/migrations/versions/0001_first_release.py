"""The schema of release 0.1.0, which made its tables without keeping a note of it."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "request",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("preset", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("nonce", sa.String(), nullable=False),
        sa.Column("correlation", sa.String(), nullable=False),
        sa.Column("encryption_jwk", sa.String(), nullable=False),
        sa.Column("session_hash", sa.String()),
        sa.Column("response_code_hash", sa.String()),
        sa.Column("created_at", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.Integer(), nullable=False, index=True),
        sa.Column("answered_at", sa.Integer()),
        sa.UniqueConstraint("reference"),
        sa.UniqueConstraint("nonce"),
        sa.UniqueConstraint("correlation"),
    )
    op.create_table(
        "result",
        sa.Column("request_id", sa.String(), sa.ForeignKey("request.id"), primary_key=True),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("policy_version", sa.String(), nullable=False),
        sa.Column("checked_at", sa.Integer(), nullable=False),
        sa.Column("findings", sa.String(), nullable=False),
    )
    op.create_table(
        "document",
        sa.Column("url", sa.String(), primary_key=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("fetched_at", sa.Integer(), nullable=False),
        sa.Column("issued_at", sa.Integer()),
        sa.Column("sequence", sa.Integer()),
    )


def downgrade() -> None:
    """Drop them, indexes included."""
    for table in ("result", "request", "document"):
        op.drop_table(table)
