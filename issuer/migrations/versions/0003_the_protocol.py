"""The code flow, refreshed tokens, proofs of possession, and what waits for approval."""

import sqlalchemy as sa
from alembic import op

from service.migrations import refuse_rows

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_TABLES = (
    *("deferral", "hold", "seen_proof"),
    *("refresh_token", "authorization_code", "pushed_request"),
)


def upgrade() -> None:
    """Make the tables."""
    _code_flow()
    _refreshed()
    _waiting()


def downgrade() -> None:
    """Drop them, indexes included; codes and tokens end, and are asked for again.

    Raises:
        RejectedError: ``config_database_back``.
    """
    refuse_rows("hold")
    for table in _TABLES:
        op.drop_table(table)


def _code_flow() -> None:
    op.create_table(
        "pushed_request",
        sa.Column("handle_hash", sa.String(), primary_key=True),
        _organisation(),
        sa.Column("client_id", sa.String(), nullable=False),
        sa.Column("client_key", sa.String()),
        sa.Column("contents", sa.LargeBinary(), nullable=False),
        sa.Column("opened", sa.Boolean(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False, index=True),
        sa.Column("ended_at", sa.DateTime()),
    )
    op.create_table(
        "authorization_code",
        sa.Column("code_hash", sa.String(), primary_key=True),
        _organisation(),
        sa.Column("offer_id", sa.String(), sa.ForeignKey("offer.id"), nullable=False, index=True),
        sa.Column("client_id", sa.String(), nullable=False),
        sa.Column("client_key", sa.String()),
        sa.Column("redirect_uri", sa.String(), nullable=False),
        sa.Column("code_challenge", sa.String(), nullable=False),
        sa.Column("thumbprint", sa.String()),
        sa.Column("detailed", sa.Boolean(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False, index=True),
        sa.Column("used_at", sa.DateTime()),
    )


def _refreshed() -> None:
    op.create_table(
        "refresh_token",
        sa.Column("token_hash", sa.String(), primary_key=True),
        _organisation(),
        sa.Column("offer_id", sa.String(), sa.ForeignKey("offer.id"), nullable=False),
        sa.Column("grant_id", sa.String(), nullable=False),
        sa.Column("grant_key", sa.LargeBinary(), nullable=False),
        sa.Column("client_id", sa.String()),
        sa.Column("client_key", sa.String()),
        sa.Column("thumbprint", sa.String()),
        sa.Column("detailed", sa.Boolean(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False, index=True),
        sa.UniqueConstraint("offer_id"),
    )
    op.create_table(
        "seen_proof",
        sa.Column("name_hash", sa.String(), primary_key=True),
        sa.Column("expires_at", sa.DateTime(), nullable=False, index=True),
    )


def _waiting() -> None:
    op.create_table(
        "hold",
        sa.Column("offer_id", sa.String(), sa.ForeignKey("offer.id"), primary_key=True),
        _organisation(),
        sa.Column("placed_at", sa.DateTime(), nullable=False),
        sa.Column("placed_by", sa.String(), nullable=False),
        sa.Column("released_at", sa.DateTime()),
        sa.Column("denied_at", sa.DateTime()),
    )
    op.create_table(
        "deferral",
        sa.Column("transaction_hash", sa.String(), primary_key=True),
        _organisation(),
        sa.Column("offer_id", sa.String(), sa.ForeignKey("offer.id"), nullable=False),
        sa.Column("grant_id", sa.String(), nullable=False),
        sa.Column("transaction", sa.LargeBinary(), nullable=False),
        sa.Column("keys", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.UniqueConstraint("offer_id"),
    )


def _organisation() -> sa.Column[str]:
    reference = sa.ForeignKey("organisation.id")
    return sa.Column("organisation_id", sa.String(), reference, nullable=False)
