"""What release 0.1.0 had gets its organisation, and room for what an offer may now become.

Old access tokens end: they lived five minutes, and what they opened is now sealed otherwise. Who
had just typed a code asks the office for a new one. Old status lists are closed: that release kept
no mark on disk of what it drew, so nobody can tell whether this database is the last word on them.
"""

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

from credentials.errors import RejectedError
from service.migrations import NAMES

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_FREE = sa.text("issued_id IS NULL")

_DRAWN = "(SELECT count(*) FROM status_slot WHERE list_id = status_list.id)"

_LATER = {
    "another organisation": "SELECT 1 FROM organisation WHERE id <> 'own'",
    "several copies of a proof": "SELECT 1 FROM issued WHERE copy_number > 0",
    "a template of one's own": "SELECT 1 FROM offer WHERE template_version > 0",
    "a format that is new": "SELECT 1 FROM offer WHERE format NOT IN ('dc+sd-jwt', 'ldp_vc')",
}
"""What release 0.1.0 has no place for."""


def upgrade() -> None:
    """Add the columns, fill them for the rows that are there, and only then ask for them."""
    _organisations()
    _offers()
    _tokens()
    _issued()
    _status_lists()
    _status_slots()


def downgrade() -> None:
    """Drop the columns.

    Raises:
        RejectedError: ``config_database_back``: rows that release 0.1.0 would misread.
    """
    for what, query in _LATER.items():
        if op.get_bind().execute(sa.text(f"{query} LIMIT 1")).first() is not None:
            raise RejectedError("config_database_back", f"no place for {what}")
    _drop_status()
    _drop_issued()
    _drop_tokens()
    _drop_offers()
    _drop_organisations()


def _organisations() -> None:
    op.add_column("organisation", sa.Column("kvk", sa.String()))
    op.add_column("organisation", sa.Column("domain", sa.String()))
    op.add_column("organisation", sa.Column("slug", sa.String()))
    op.add_column("organisation", sa.Column("roles", sa.JSON()))
    op.add_column("organisation", sa.Column("bulk_limit", sa.Integer()))
    op.add_column("organisation", sa.Column("status_hosting", sa.String()))
    op.add_column("organisation", sa.Column("version", sa.Integer()))
    op.execute(
        "UPDATE organisation"
        " SET slug = '', roles = '[]', bulk_limit = 25, status_hosting = 'own', version = 1"
    )
    with op.batch_alter_table("organisation", naming_convention=NAMES) as table:
        for column in ("slug", "roles", "bulk_limit", "status_hosting", "version"):
            table.alter_column(column, nullable=False)
        table.create_unique_constraint("organisation_slug_key", ["slug"])


def _drop_organisations() -> None:
    with op.batch_alter_table("organisation", naming_convention=NAMES) as table:
        table.drop_constraint("organisation_slug_key", type_="unique")
        for column in ("slug", "kvk", "domain", "roles", "bulk_limit", "status_hosting", "version"):
            table.drop_column(column)


def _offers() -> None:
    """All were made with the ready templates; when their proofs end stands in what is sealed."""
    op.add_column("offer", sa.Column("template_version", sa.Integer()))
    op.add_column("offer", sa.Column("delivery", sa.String()))
    op.add_column("offer", sa.Column("address", sa.LargeBinary()))
    op.add_column("offer", sa.Column("sent_at", sa.DateTime()))
    op.add_column("offer", sa.Column("ends_at", sa.DateTime()))
    op.add_column("offer", sa.Column("reminded_at", sa.DateTime()))
    op.execute("UPDATE offer SET template_version = 0")
    with op.batch_alter_table("offer", naming_convention=NAMES) as table:
        table.alter_column("template_version", nullable=False)
        table.create_index("ix_offer_ends_at", ["ends_at"])


def _drop_offers() -> None:
    columns = ("template_version", "delivery", "address", "sent_at", "ends_at", "reminded_at")
    with op.batch_alter_table("offer", naming_convention=NAMES) as table:
        table.drop_index("ix_offer_ends_at")
        for column in columns:
            table.drop_column(column)


def _tokens() -> None:
    op.execute("DELETE FROM token")
    with op.batch_alter_table("token", naming_convention=NAMES) as table:
        table.add_column(sa.Column("grant_id", sa.String(), nullable=False))
        table.add_column(sa.Column("grant_key", sa.LargeBinary(), nullable=False))
        table.add_column(sa.Column("client_id", sa.String()))
        table.add_column(sa.Column("thumbprint", sa.String()))
        table.add_column(sa.Column("detailed", sa.Boolean(), nullable=False))
    op.add_column("nonce", sa.Column("organisation_id", sa.String()))
    op.execute("UPDATE nonce SET organisation_id = 'own'")
    with op.batch_alter_table("nonce", naming_convention=NAMES) as table:
        _belong(table, "nonce")


def _drop_tokens() -> None:
    with op.batch_alter_table("nonce", naming_convention=NAMES) as table:
        table.drop_constraint("nonce_organisation_id_fkey", type_="foreignkey")
        table.drop_column("organisation_id")
    op.execute("DELETE FROM token")
    with op.batch_alter_table("token", naming_convention=NAMES) as table:
        for column in ("grant_id", "grant_key", "client_id", "thumbprint", "detailed"):
            table.drop_column(column)


def _issued() -> None:
    """One token gave one proof; now a grant gives copies, and its tokens come and go."""
    op.add_column("issued", sa.Column("organisation_id", sa.String()))
    op.add_column("issued", sa.Column("copy_number", sa.Integer()))
    op.add_column("issued", sa.Column("grant_id", sa.String()))
    op.execute(
        "UPDATE issued SET copy_number = 0, grant_id = token_hash, organisation_id ="
        " (SELECT organisation_id FROM offer WHERE offer.id = issued.offer_id)"
    )
    with op.batch_alter_table("issued", naming_convention=NAMES) as table:
        table.drop_constraint("issued_notification_id_key", type_="unique")
        table.drop_constraint("issued_offer_id_key", type_="unique")
        table.drop_constraint("issued_token_hash_key", type_="unique")
        table.drop_column("token_hash")
        table.alter_column("copy_number", nullable=False)
        table.alter_column("grant_id", nullable=False)
        _belong(table, "issued")
        table.create_index("ix_issued_organisation_id", ["organisation_id"])
        table.create_unique_constraint(
            "issued_offer_id_copy_number_key", ["offer_id", "copy_number"]
        )


def _drop_issued() -> None:
    op.add_column("issued", sa.Column("token_hash", sa.String()))
    op.execute("UPDATE issued SET token_hash = id")  # of a token that nobody has
    with op.batch_alter_table("issued", naming_convention=NAMES) as table:
        table.drop_constraint("issued_organisation_id_fkey", type_="foreignkey")
        table.drop_constraint("issued_offer_id_copy_number_key", type_="unique")
        table.drop_index("ix_issued_organisation_id")
        for column in ("organisation_id", "copy_number", "grant_id"):
            table.drop_column(column)
        table.alter_column("token_hash", nullable=False)
        table.create_unique_constraint("issued_notification_id_key", ["notification_id"])
        table.create_unique_constraint("issued_offer_id_key", ["offer_id"])
        table.create_unique_constraint("issued_token_hash_key", ["token_hash"])


def _status_lists() -> None:
    op.add_column("status_list", sa.Column("organisation_id", sa.String()))
    op.add_column("status_list", sa.Column("draws", sa.Integer()))
    op.add_column("status_list", sa.Column("drawn", sa.Integer()))
    op.add_column("status_list", sa.Column("closed", sa.Boolean()))
    op.execute(
        f"UPDATE status_list SET organisation_id = 'own', closed = true,"  # noqa: S608 - our own words
        f" drawn = {_DRAWN}, draws = ({_DRAWN} + 255) / 256"
    )
    with op.batch_alter_table("status_list", naming_convention=NAMES) as table:
        for column in ("draws", "drawn", "closed"):
            table.alter_column(column, nullable=False)
        table.drop_constraint("status_list_kind_number_key", type_="unique")
        _belong(table, "status_list")
        table.create_unique_constraint(
            "status_list_organisation_id_kind_number_key", ["organisation_id", "kind", "number"]
        )


def _status_slots() -> None:
    """No run of the issuer is named by the empty word, so the places left over are never given."""
    op.add_column("status_slot", sa.Column("run", sa.String()))
    op.execute("UPDATE status_slot SET run = ''")
    with op.batch_alter_table("status_slot", naming_convention=NAMES) as table:
        table.alter_column("run", nullable=False)
        table.drop_index("ix_status_slot_list_id")
    op.create_index(
        "status_slot_free",
        "status_slot",
        ["run", "id"],
        sqlite_where=_FREE,
        postgresql_where=_FREE,
    )


def _drop_status() -> None:
    op.drop_index("status_slot_free", "status_slot")
    with op.batch_alter_table("status_slot", naming_convention=NAMES) as table:
        table.drop_column("run")
        table.create_index("ix_status_slot_list_id", ["list_id"])
    with op.batch_alter_table("status_list", naming_convention=NAMES) as table:
        table.drop_constraint("status_list_organisation_id_fkey", type_="foreignkey")
        table.drop_constraint("status_list_organisation_id_kind_number_key", type_="unique")
        for column in ("organisation_id", "draws", "drawn", "closed"):
            table.drop_column(column)
        table.create_unique_constraint("status_list_kind_number_key", ["kind", "number"])


def _belong(table: BatchOperations, name: str) -> None:
    """From now on every row has its organisation."""
    table.alter_column("organisation_id", nullable=False)
    table.create_foreign_key(
        f"{name}_organisation_id_fkey", "organisation", ["organisation_id"], ["id"]
    )
