"""Rows of class lists on their way to offers: sealed, checked, approved, and given once."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from sqlalchemy import JSON, LargeBinary
from sqlmodel import Field

from issuer.tables.base import IssuerTable, UtcTime


class ListState(StrEnum):
    """Where a list stands; only ``issuer.drafts`` and ``issuer.list_issuing`` move it on."""

    DRAFT = "draft"
    CHECKED = "checked"
    WAITING = "waiting_approval"
    APPROVED = "approved"
    ISSUED = "issued"


class Delivery(StrEnum):
    """How the people on a list get their offers."""

    MAIL = "mail"
    CARDS = "cards"
    SCREEN = "screen"


class ListDraft(IssuerTable, table=True):
    """A class list that somebody is working on.

    Attributes:
        made_by: the member who put it here, and may not approve it.
        version: grows with every change, so that a page of before changes nothing.
        digest: SHA-256 of the file, hex.
        sheet: sealed titles and cells, without what may be a citizen service number.
        answers: sealed name of the file, meaning of the columns, and what was mended since.
        ready: rows that can go on, at the last look.
        waiting: rows with something open, at the last look.
        delivery: a value of ``Delivery``, once chosen.
        format: the credential format, once chosen.
        asked_digest: SHA-256 of what waits for approval, hex: exactly that is approved.
        approved_by: the member who approved it last.
        given_version: the version that the last giving made; 0 before.
    """

    __tablename__: ClassVar[str] = "list_draft"
    id: str = Field(primary_key=True)
    organisation_id: str = Field(foreign_key="organisation.id", index=True)
    made_by: str
    state: str = ListState.DRAFT
    version: int = 1
    digest: str
    sheet: bytes = Field(sa_type=LargeBinary)
    answers: bytes = Field(sa_type=LargeBinary)
    ready: int = 0
    waiting: int = 0
    delivery: str | None = None
    format: str | None = None
    asked_digest: str | None = None
    approved_by: str | None = None
    given_version: int = 0
    created_at: datetime = Field(sa_type=UtcTime)
    changed_at: datetime = Field(sa_type=UtcTime, index=True)


class ListLine(IssuerTable, table=True):
    """A row of a list that became an offer: it never becomes a second one."""

    __tablename__: ClassVar[str] = "list_line"
    list_id: str = Field(primary_key=True)
    line: int = Field(primary_key=True)
    organisation_id: str = Field(foreign_key="organisation.id", index=True)
    batch_id: str = Field(foreign_key="batch.id", index=True)
    offer_id: str = Field(foreign_key="offer.id", unique=True)


class GivenProof(IssuerTable, table=True):
    """That a person got a type of proof of a day, known again by a keyed digest alone.

    Attributes:
        digest: HMAC-SHA-256 of name, type and day, hex.
    """

    __tablename__: ClassVar[str] = "given_proof"
    organisation_id: str = Field(primary_key=True, foreign_key="organisation.id")
    digest: str = Field(primary_key=True)
    given_at: datetime = Field(sa_type=UtcTime)


class ColumnMemory(IssuerTable, table=True):
    """What the columns under these headings were used for the last time.

    Attributes:
        template_id: empty where the course of each row chooses.
        fingerprint: of the headings (``issuer.class_list_headings``).
        targets: by position; nothing that a cell holds.
        nobody_has: headings of what these people do not have: a number, an address.
    """

    __tablename__: ClassVar[str] = "column_memory"
    organisation_id: str = Field(primary_key=True, foreign_key="organisation.id")
    template_id: str = Field(primary_key=True)
    fingerprint: str = Field(primary_key=True)
    targets: list[str | None] = Field(default_factory=list, sa_type=JSON)
    nobody_has: list[str] = Field(default_factory=list, sa_type=JSON)
