"""Rows of the audit log: a chain for each organisation, to which rows are only added."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import DDL, UniqueConstraint, event
from sqlmodel import Field

from issuer.tables.base import IssuerTable, UtcTime


class AuditEntry(IssuerTable, table=True):
    """What was done to which offer or proof, when, why and by whom.

    Attributes:
        sequence: from 1, without a gap, in each organisation.
        actor: who did it: an id, never a name.
        previous: digest of the entry before it, hex; zeros before the first.
        digest: SHA-256 over all of the above (``issuer.audit``), hex.
    """

    __tablename__: ClassVar[str] = "audit_entry"
    __table_args__ = (UniqueConstraint("organisation_id", "sequence"),)
    id: int | None = Field(default=None, primary_key=True)
    organisation_id: str = Field(foreign_key="organisation.id")
    sequence: int
    at: datetime = Field(sa_type=UtcTime)
    action: str
    about: str = Field(index=True)
    reason: str | None = None
    actor: str
    previous: str
    digest: str


_ABORT = "BEGIN SELECT RAISE(ABORT, 'audit entries are only added'); END"
_RAISE = "LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'audit entries are only added'; END $$"
_EACH = "ON audit_entry FOR EACH ROW EXECUTE FUNCTION audit_entry_guard()"
_ALL = "ON audit_entry FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_guard()"

AUDIT_GUARDS = {
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
"""By database: what makes it refuse to change or remove an entry, as the step 0006 also does."""


def _guard() -> None:
    table: Any = AuditEntry.__table__  # type: ignore[attr-defined]  # set by SQLModel, not declared
    for dialect, statements in AUDIT_GUARDS.items():
        for statement in statements:
            guard: DDL = DDL(statement)  # type: ignore[no-untyped-call]  # as SQLAlchemy has it
            event.listen(table, "after_create", guard.execute_if(dialect=dialect))


_guard()
