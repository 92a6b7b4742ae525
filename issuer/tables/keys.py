"""Rows of the key ledger: every key an organisation ever signed with, and when."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field

from issuer.tables.base import IssuerTable, UtcTime


class SigningKey(IssuerTable, table=True):
    """One signing key; where it stands follows from its moments (``issuer.key_ring.state_of``).

    Attributes:
        id: the full DID URL by which documents name it.
        name: of the key in its store.
        purpose: what it signs: a name in ``issuer.key_ring.PURPOSES``.
        jwk: the public half.
        published_at: from when the DID document shows it.
        used_from: from when it signs; None while it only waits.
        used_until: from when it signs no more.
        revoked_at: it got into wrong hands, or may have.
        reason: why it was revoked.
    """

    __tablename__: ClassVar[str] = "signing_key"
    __table_args__ = (UniqueConstraint("name"),)
    id: str = Field(primary_key=True)
    organisation_id: str = Field(foreign_key="organisation.id", index=True)
    name: str
    purpose: str
    jwk: dict[str, str] = Field(sa_type=JSON)
    published_at: datetime = Field(sa_type=UtcTime)
    used_from: datetime | None = Field(default=None, sa_type=UtcTime)
    used_until: datetime | None = Field(default=None, sa_type=UtcTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcTime)
    reason: str | None = None
