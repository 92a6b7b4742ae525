"""Rows of offers: lists that became offers, and what waits for a holder."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from sqlalchemy import LargeBinary, UniqueConstraint
from sqlmodel import Field

from issuer.tables.base import IssuerTable, UtcTime


class OfferState(StrEnum):
    """Where an offer stands; only ``issuer.offers`` and ``issuer.issuance`` move it on."""

    OFFERED = "offered"
    REDEEMED = "redeemed"
    DELIVERED = "delivered"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    LOCKED = "locked"
    CANCELLED = "cancelled"


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
        type_id: of the template; a ready one has the id of its type.
        id: for the institute; never part of the link.
        link_id: the secret part of the offer's address.
        contents: sealed claims, code and PIN; None after delivery or cancelling.
        person: sealed name, so that the institute can find a proof to withdraw.
        attempts: wrong PINs so far.
        delivery: a value of ``Delivery``: how its link reaches the holder.
        address: sealed, where it goes by mail.
        ends_at: when its proof will end, where it does.
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
    template_version: int = 0
    format: str
    state: str = OfferState.OFFERED
    attempts: int = 0
    contents: bytes | None = Field(default=None, sa_type=LargeBinary)
    person: bytes = Field(sa_type=LargeBinary)
    delivery: str | None = None
    address: bytes | None = Field(default=None, sa_type=LargeBinary)
    sent_at: datetime | None = Field(default=None, sa_type=UtcTime)
    ends_at: datetime | None = Field(default=None, sa_type=UtcTime, index=True)
    reminded_at: datetime | None = Field(default=None, sa_type=UtcTime)
    created_at: datetime = Field(sa_type=UtcTime, index=True)
    expires_at: datetime = Field(sa_type=UtcTime, index=True)
    changed_at: datetime = Field(sa_type=UtcTime)
