"""The audit log becomes a hash chain for each organisation, and the database guards it.

Entries of release 0.1.0 were all made with the operator's key or at a screen without sign-in. They
enter the chain in the order in which they were written, as the operator's.
"""

import hashlib
from collections.abc import Iterator
from datetime import UTC

import sqlalchemy as sa
from alembic import op

from credentials.encoding import JsonObject, canonical_json
from credentials.errors import RejectedError
from service.migrations import NAMES

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_OPERATOR = "operator"

_ENTRIES = sa.table(
    "audit_entry",
    sa.column("id", sa.Integer()),
    sa.column("organisation_id", sa.String()),
    sa.column("at", sa.DateTime()),
    sa.column("action", sa.String()),
    sa.column("about", sa.String()),
    sa.column("reason", sa.String()),
    sa.column("sequence", sa.Integer()),
    sa.column("actor", sa.String()),
    sa.column("previous", sa.String()),
    sa.column("digest", sa.String()),
)

_ABORT = "BEGIN SELECT RAISE(ABORT, 'audit entries are only added'); END"
_RAISE = "LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'audit entries are only added'; END $$"
_EACH = "ON audit_entry FOR EACH ROW EXECUTE FUNCTION audit_entry_guard()"
_ALL = "ON audit_entry FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_guard()"

_GUARDS = {
    "sqlite": (
        f"CREATE TRIGGER audit_entry_update BEFORE UPDATE ON audit_entry {_ABORT}",
        f"CREATE TRIGGER audit_entry_delete BEFORE DELETE ON audit_entry {_ABORT}",
    ),
    "postgresql": (
        f"CREATE OR REPLACE FUNCTION audit_entry_guard() RETURNS trigger {_RAISE}",
        f"CREATE TRIGGER audit_entry_change BEFORE UPDATE OR DELETE {_EACH}",
        f"CREATE TRIGGER audit_entry_empty BEFORE TRUNCATE {_ALL}",
    ),
}

_NO_GUARDS = {
    "sqlite": ("DROP TRIGGER audit_entry_update", "DROP TRIGGER audit_entry_delete"),
    "postgresql": (
        "DROP TRIGGER audit_entry_change ON audit_entry",
        "DROP TRIGGER audit_entry_empty ON audit_entry",
        "DROP FUNCTION audit_entry_guard()",
    ),
}


def upgrade() -> None:
    """Chain what is there, and let nobody change it from then on."""
    op.add_column("audit_entry", sa.Column("sequence", sa.Integer()))
    for column in ("actor", "previous", "digest"):
        op.add_column("audit_entry", sa.Column(column, sa.String()))
    chained = list(_chained())
    if chained:
        place = sa.update(_ENTRIES).where(_ENTRIES.c.id == sa.bindparam("entry"))
        op.get_bind().execute(place, chained)
    with op.batch_alter_table("audit_entry", naming_convention=NAMES) as table:
        for column in ("sequence", "actor", "previous", "digest"):
            table.alter_column(column, nullable=False)
        table.drop_index("ix_audit_entry_organisation_id")
        table.create_unique_constraint(
            "audit_entry_organisation_id_sequence_key", ["organisation_id", "sequence"]
        )
    _run(_GUARDS)


def downgrade() -> None:
    """Take the chain away.

    Raises:
        RejectedError: ``config_database_back``: it names who did what, and that would be lost.
    """
    others = sa.select(_ENTRIES.c.id).where(_ENTRIES.c.actor != _OPERATOR).limit(1)
    if op.get_bind().execute(others).first() is not None:
        raise RejectedError("config_database_back", "no place for who did what")
    _run(_NO_GUARDS)
    with op.batch_alter_table("audit_entry", naming_convention=NAMES) as table:
        table.drop_constraint("audit_entry_organisation_id_sequence_key", type_="unique")
        for column in ("sequence", "actor", "previous", "digest"):
            table.drop_column(column)
        table.create_index("ix_audit_entry_organisation_id", ["organisation_id"])


def _run(statements: dict[str, tuple[str, ...]]) -> None:
    for statement in statements[op.get_bind().dialect.name]:
        op.execute(statement)


def _chained() -> Iterator[dict[str, object]]:
    """What each entry gets; the digest is over its canonical JSON (RFC 8785), as since then."""
    heads: dict[str, tuple[int, str]] = {}
    entries = sa.select(_ENTRIES).order_by(_ENTRIES.c.id)
    for row in op.get_bind().execute(entries).all():
        sequence, previous = heads.get(row.organisation_id, (0, "0" * 64))
        content: JsonObject = {
            "organisation": row.organisation_id,
            "sequence": sequence + 1,
            "at": row.at.replace(tzinfo=UTC).isoformat(timespec="microseconds"),
            "action": row.action,
            "about": row.about,
            "reason": row.reason,
            "actor": _OPERATOR,
            "previous": previous,
        }
        digest = hashlib.sha256(canonical_json(content)).hexdigest()
        heads[row.organisation_id] = sequence + 1, digest
        yield {
            "entry": row.id,
            "sequence": sequence + 1,
            "actor": _OPERATOR,
            "previous": previous,
            "digest": digest,
        }
