"""Root of the issuer's tables, and how they keep a moment."""

from sqlalchemy.orm import registry
from sqlmodel import SQLModel

from service.columns import UtcTime

__all__ = ["IssuerTable", "UtcTime"]


class IssuerTable(SQLModel, registry=registry()):
    """Root of the issuer's tables: a registry of its own keeps the roles apart."""
