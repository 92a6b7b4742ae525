"""Rows of the audit log."""

from datetime import datetime
from typing import ClassVar

from sqlmodel import Field

from issuer.tables.base import IssuerTable, UtcTime


class AuditEntry(IssuerTable, table=True):
    """What was done to which offer or proof, and when; rows are only added."""

    __tablename__: ClassVar[str] = "audit_entry"
    id: int | None = Field(default=None, primary_key=True)
    organisation_id: str = Field(foreign_key="organisation.id", index=True)
    at: datetime = Field(sa_type=UtcTime)
    action: str
    about: str = Field(index=True)
    reason: str | None = None
