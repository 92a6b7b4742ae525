"""A place is unique in its hall alone: a constraint without a name goes, a column comes."""

import sqlalchemy as sa
from alembic import op

from service.migrations import NAMES

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("shelf", naming_convention=NAMES) as shelf:
        shelf.add_column(sa.Column("hall", sa.String(), nullable=False, server_default="north"))
        shelf.drop_constraint("shelf_place_key", type_="unique")
        shelf.create_unique_constraint("shelf_hall_place_key", ["hall", "place"])


def downgrade() -> None:
    with op.batch_alter_table("shelf", naming_convention=NAMES) as shelf:
        shelf.drop_constraint("shelf_hall_place_key", type_="unique")
        shelf.create_unique_constraint("shelf_place_key", ["place"])
        shelf.drop_column("hall")
