"""The issuer's rows. Rows do not validate; use cases do (architecture.md, section 8).

No column holds a readable claim: what names a person is sealed with the issuer's own key
(``issuer.sealing``), and the claims of an offer are dropped when its proof is delivered.
"""

from datetime import UTC, datetime
from enum import StrEnum
from typing import ClassVar

from sqlalchemy import DateTime, Dialect, LargeBinary, UniqueConstraint
from sqlalchemy.orm import registry
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel


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


class OfferState(StrEnum):
    """Where an offer stands; only ``issuer.offers`` and ``issuer.issuance`` move it on."""

    OFFERED = "offered"
    REDEEMED = "redeemed"
    DELIVERED = "delivered"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    LOCKED = "locked"
    CANCELLED = "cancelled"


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


class IssuerTable(SQLModel, registry=registry()):
    """Root of the issuer's tables: a registry of its own keeps the roles apart."""


class Organisation(IssuerTable, table=True):
    """Who gives the proofs."""

    __tablename__: ClassVar[str] = "organisation"
    id: str = Field(primary_key=True)
    name: str
    did: str


class Batch(IssuerTable, table=True):
    """One class list that was turned into offers.

    Attributes:
        digest: SHA-256 of the file, hex.
    """

    __tablename__: ClassVar[str] = "batch"
    id: str = Field(primary_key=True)
    organisation_id: str = Field(foreign_key="organisation.id", index=True)
    name: str
    digest: str
    created_at: datetime = Field(sa_type=UtcTime)
    offers: int


class Offer(IssuerTable, table=True):
    """One proof that waits for its holder, and afterwards the trace of it.

    Attributes:
        id: for the institute; never part of the link.
        link_id: the secret part of the offer's address.
        contents: sealed claims, code and PIN; None after delivery or cancelling.
        person: sealed name, so that the institute can find a proof to withdraw.
        attempts: wrong PINs so far.
    """

    __tablename__: ClassVar[str] = "offer"
    __table_args__ = (UniqueConstraint("link_id"), UniqueConstraint("code_hash"))
    id: str = Field(primary_key=True)
    organisation_id: str = Field(foreign_key="organisation.id", index=True)
    batch_id: str | None = Field(default=None, foreign_key="batch.id", index=True)
    line: int | None = None
    link_id: str
    code_hash: str
    type_id: str
    format: str
    state: str = OfferState.OFFERED
    attempts: int = 0
    contents: bytes | None = Field(default=None, sa_type=LargeBinary)
    person: bytes = Field(sa_type=LargeBinary)
    created_at: datetime = Field(sa_type=UtcTime, index=True)
    expires_at: datetime = Field(sa_type=UtcTime, index=True)
    changed_at: datetime = Field(sa_type=UtcTime)


class Token(IssuerTable, table=True):
    """An access token, as its hash."""

    __tablename__: ClassVar[str] = "token"
    token_hash: str = Field(primary_key=True)
    offer_id: str = Field(foreign_key="offer.id", unique=True)
    expires_at: datetime = Field(sa_type=UtcTime, index=True)


class Nonce(IssuerTable, table=True):
    """A nonce for a holder's proof, as its hash; ``used_by`` is the token it served, once."""

    __tablename__: ClassVar[str] = "nonce"
    nonce_hash: str = Field(primary_key=True)
    expires_at: datetime = Field(sa_type=UtcTime, index=True)
    used_by: str | None = None


class StatusList(IssuerTable, table=True):
    """One published list; ``version`` grows with every change of a status in it."""

    __tablename__: ClassVar[str] = "status_list"
    __table_args__ = (UniqueConstraint("kind", "number"),)
    id: int | None = Field(default=None, primary_key=True)
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


class AuditEntry(IssuerTable, table=True):
    """What was done to which offer or proof, and when; rows are only added."""

    __tablename__: ClassVar[str] = "audit_entry"
    id: int | None = Field(default=None, primary_key=True)
    organisation_id: str = Field(foreign_key="organisation.id", index=True)
    at: datetime = Field(sa_type=UtcTime)
    action: str
    about: str = Field(index=True)
    reason: str | None = None
