"""Rows of what was issued, and of the status lists that speak about it."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from sqlalchemy import LargeBinary, UniqueConstraint
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
    """One published list; ``version`` grows with every change of a status in it."""

    __tablename__: ClassVar[str] = "status_list"
    __table_args__ = (UniqueConstraint("organisation_id", "kind", "number"),)
    id: int | None = Field(default=None, primary_key=True)
    organisation_id: str = Field(foreign_key="organisation.id")
    kind: str
    number: int
    version: int = 0


class StatusSlot(IssuerTable, table=True):
    """One place in a list, drawn at random beforehand and taken once."""

    __tablename__: ClassVar[str] = "status_slot"
    __table_args__ = (UniqueConstraint("list_id", "position"), UniqueConstraint("issued_id"))
    id: int | None = Field(default=None, primary_key=True)
    list_id: int = Field(foreign_key="status_list.id", index=True)
    position: int
    issued_id: str | None = None
    status: int = 0


class Issued(IssuerTable, table=True):
    """One issuance: the intent, made durable before the signer is called, and what came of it.

    Attributes:
        id: ``urn:uuid``; the credential's own id.
        token_hash: one token gives one proof.
        holder: thumbprint of the key it is bound to.
        content_digest: SHA-256 of the claims, hex, salted with the id.
        sealed: what was signed, readable with the access token alone; for a retry.
    """

    __tablename__: ClassVar[str] = "issued"
    __table_args__ = (UniqueConstraint("offer_id"), UniqueConstraint("token_hash"))
    id: str = Field(primary_key=True)
    organisation_id: str = Field(foreign_key="organisation.id", index=True)
    offer_id: str = Field(foreign_key="offer.id")
    token_hash: str
    holder: str
    key_id: str
    content_digest: str
    state: str = IssuedState.SIGNING
    notification_id: str = Field(unique=True)
    sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    issued_at: datetime = Field(sa_type=UtcTime, index=True)
    status: str = StatusWord.VALID
    status_reason: str | None = None
    status_at: datetime | None = Field(default=None, sa_type=UtcTime)
