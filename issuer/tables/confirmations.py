"""Rows of the welders whose work a firm confirms."""

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import LargeBinary
from sqlmodel import Field

from issuer.tables.base import IssuerTable, UtcTime


class Welder(IssuerTable, table=True):
    """One qualification of one welder (ISO 9606-1, section 9.2).

    Attributes:
        details: sealed: name, number of the qualification, process, address.
        due_on: the last day on which the next confirmation still counts.
        confirmed_on: the day of the last one made here.
        active: False: no longer welds here.
    """

    __tablename__: ClassVar[str] = "welder"
    id: str = Field(primary_key=True)
    organisation_id: str = Field(foreign_key="organisation.id", index=True)
    details: bytes = Field(sa_type=LargeBinary)
    due_on: date = Field(index=True)
    confirmed_on: date | None = None
    active: bool = True
    created_at: datetime = Field(sa_type=UtcTime)
