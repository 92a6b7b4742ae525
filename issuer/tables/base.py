"""Root of the issuer's tables, and how they keep a moment."""

from datetime import UTC, datetime

from sqlalchemy import DateTime, Dialect
from sqlalchemy.orm import registry
from sqlalchemy.types import TypeDecorator
from sqlmodel import SQLModel


class UtcTime(TypeDecorator[datetime]):
    """Aware UTC in and out, also where the database forgets the zone."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store UTC without a zone."""
        del dialect
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Read it back as aware UTC."""
        del dialect
        return None if value is None else value.replace(tzinfo=UTC)


class IssuerTable(SQLModel, registry=registry()):
    """Root of the issuer's tables: a registry of its own keeps the roles apart."""
