"""Rows of what was given on paper, so that it can be printed again for a while."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import LargeBinary
from sqlmodel import Field

from issuer.tables.base import IssuerTable, UtcTime

PAPER_GRANT = "paper"
"""Stands in an issuance in the place of a wallet's grant."""


class Paper(IssuerTable, table=True):
    """One proof that was given on paper.

    Attributes:
        sealed: the credential and its badge under the issuer's own key; None when the time to
            print it again is over.
        language: of the paper, ``nl`` or ``en``.
        made_by: the member who gave it.
    """

    __tablename__: ClassVar[str] = "paper"
    issued_id: str = Field(primary_key=True, foreign_key="issued.id")
    offer_id: str = Field(foreign_key="offer.id", unique=True)
    organisation_id: str = Field(foreign_key="organisation.id", index=True)
    sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    language: str
    made_by: str
    made_at: datetime = Field(sa_type=UtcTime, index=True)
