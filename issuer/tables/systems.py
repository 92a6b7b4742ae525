"""Rows about other systems: their keys, what they were answered, and where they want to be told."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import JSON, LargeBinary
from sqlmodel import Field

from issuer.tables.base import IssuerTable, UtcTime
from service.idempotency import IdempotencyKey
from service.webhooks import WebhookEndpoint


class ApiKey(IssuerTable, table=True):
    """A program that may act for an organisation, as the hash of its key.

    Attributes:
        id: stands in the audit log and at the front of the key.
        name: what people call the program.
        scopes: values of ``issuer.programs.Scope``.
        ended_at: from then on it opens nothing.
    """

    __tablename__: ClassVar[str] = "api_key"
    id: str = Field(primary_key=True)
    organisation_id: str = Field(foreign_key="organisation.id", index=True)
    name: str
    key_hash: str = Field(unique=True)
    scopes: list[str] = Field(default_factory=list, sa_type=JSON)
    created_by: str
    created_at: datetime = Field(sa_type=UtcTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcTime)


class KeptAnswer(IdempotencyKey, IssuerTable, table=True):
    """What a program was answered under an idempotency key."""

    __tablename__: ClassVar[str] = "kept_answer"


class Receiver(WebhookEndpoint, IssuerTable, table=True):
    """Where an organisation's events are sent."""

    __tablename__: ClassVar[str] = "receiver"


class Event(IssuerTable, table=True):
    """Something that happened, kept while it may still have to be told.

    Attributes:
        body: as ``service.webhooks.write_event`` wrote it: ids and states alone.
    """

    __tablename__: ClassVar[str] = "event"
    id: str = Field(primary_key=True)
    organisation_id: str = Field(foreign_key="organisation.id", index=True)
    kind: str
    body: bytes = Field(sa_type=LargeBinary)
    at: datetime = Field(sa_type=UtcTime, index=True)
