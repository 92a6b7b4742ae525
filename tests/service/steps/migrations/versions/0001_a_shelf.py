"""A shelf, and boxes that stand on it."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "shelf",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("place", sa.String(), nullable=False),
        sa.UniqueConstraint("place"),
    )
    op.create_table(
        "box",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("shelf_id", sa.Integer(), sa.ForeignKey("shelf.id"), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("box")
    op.drop_table("shelf")
