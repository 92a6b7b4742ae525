"""Rows of what must happen after a commit."""

from typing import ClassVar

from issuer.tables.base import IssuerTable
from service.jobs import Job


class JobRow(Job, IssuerTable, table=True):
    """One job of the issuer."""

    __tablename__: ClassVar[str] = "job"
