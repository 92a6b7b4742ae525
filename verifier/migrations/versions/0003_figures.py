"""Counts of answers by quarter and outcome, where somebody chose to have figures."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step."""
    op.create_table(
        "tally",
        sa.Column("quarter", sa.String(), primary_key=True),
        sa.Column("outcome", sa.String(), primary_key=True),
        sa.Column("count", sa.Integer(), nullable=False),
    )


def downgrade() -> None:
    """Take it back; counts are lost, and nobody's work with them."""
    op.drop_table("tally")
