"""Rows of what was issued, and of the status lists that speak about it."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from sqlalchemy import Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field

from issuer.tables.base import IssuerTable, UtcTime


class IssuedState(StrEnum):
    """Steps of one issuance (security.md, section 4)."""

    SIGNING = "signing"
    DELIVERED = "delivered"
    ACCEPTED = "accepted"
    REFUSED = "refused"


class StatusWord(StrEnum):
    """What the issuer says about an issued proof; the number is that of the Token Status List."""

    VALID = "valid"
    REVOKED = "revoked"
    SUSPENDED = "suspended"


class StatusList(IssuerTable, table=True):
    """One list that an organisation publishes.

    Attributes:
        version: grows with every change of a status in it; the sequence of what is published.
        draws: how often places were drawn; never behind the mark on disk (``issuer.status_files``).
        drawn: how many places were drawn.
        closed: no places are drawn any more.
    """

    __tablename__: ClassVar[str] = "status_list"
    __table_args__ = (UniqueConstraint("organisation_id", "kind", "number"),)
    id: int | None = Field(default=None, primary_key=True)
    organisation_id: str = Field(foreign_key="organisation.id")
    kind: str
    number: int
    version: int = 0
    draws: int = 0
    drawn: int = 0
    closed: bool = False


_FREE = text("issued_id IS NULL")


class StatusSlot(IssuerTable, table=True):
    """One place in a list, drawn at random beforehand and taken once.

    Attributes:
        run: of the issuer's process that drew it, and alone may give it.
    """

    __tablename__: ClassVar[str] = "status_slot"
    __table_args__ = (
        UniqueConstraint("list_id", "position"),
        UniqueConstraint("issued_id"),
        Index("status_slot_free", "run", "id", sqlite_where=_FREE, postgresql_where=_FREE),
    )
    id: int | None = Field(default=None, primary_key=True)
    list_id: int = Field(foreign_key="status_list.id")
    position: int
    run: str
    issued_id: str | None = None
    status: int = 0


class Issued(IssuerTable, table=True):
    """One issuance: the intent, made durable before the signer is called, and what came of it.

    Attributes:
        id: ``urn:uuid``; the credential's own id.
        copy_number: from 0; a holder may fetch several copies, each for a key of its own.
        grant_id: one grant gives its copies once.
        holder: thumbprint of the key it is bound to.
        content_digest: SHA-256 of the claims, hex, salted with the id.
        notification_id: with it the holder tells what became of all copies.
        sealed: what was signed, readable with the grant's tokens alone; for a retry.
    """

    __tablename__: ClassVar[str] = "issued"
    __table_args__ = (UniqueConstraint("offer_id", "copy_number"),)
    id: str = Field(primary_key=True)
    organisation_id: str = Field(foreign_key="organisation.id", index=True)
    offer_id: str = Field(foreign_key="offer.id")
    copy_number: int = 0
    grant_id: str
    holder: str
    key_id: str
    content_digest: str
    state: str = IssuedState.SIGNING
    notification_id: str
    sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    issued_at: datetime = Field(sa_type=UtcTime, index=True)
    status: str = StatusWord.VALID
    status_reason: str | None = None
    status_at: datetime | None = Field(default=None, sa_type=UtcTime)
