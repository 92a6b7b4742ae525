"""Rows of the templates that an organisation made itself, with all their versions."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import LargeBinary
from sqlmodel import Field

from issuer.tables.base import IssuerTable, UtcTime


class OwnTemplate(IssuerTable, table=True):
    """A template of one's own, or one's own form of a ready one.

    Attributes:
        id: part of its address here; that of a ready template where it stands in its place.
        version: the number of the version in use.
        archived: no longer offered; what was given with it stays.
    """

    __tablename__: ClassVar[str] = "own_template"
    organisation_id: str = Field(primary_key=True, foreign_key="organisation.id")
    id: str = Field(primary_key=True)
    version: int
    archived: bool = False


class TemplateVersion(IssuerTable, table=True):
    """One version; rows are only added.

    Attributes:
        design: sealed, for fixed values may name a person.
        made_by: the member.
    """

    __tablename__: ClassVar[str] = "template_version"
    organisation_id: str = Field(primary_key=True, foreign_key="organisation.id")
    template_id: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    design: bytes = Field(sa_type=LargeBinary)
    made_by: str
    made_at: datetime = Field(sa_type=UtcTime)
