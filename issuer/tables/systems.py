"""Rows about other systems: their keys, what they were answered, and where they want to be told."""

from typing import ClassVar

from issuer.tables.base import IssuerTable
from service.idempotency import IdempotencyKey
from service.programs import ProgramKey
from service.receivers import ToldEvent
from service.webhooks import WebhookEndpoint


class ApiKey(ProgramKey, IssuerTable, table=True):
    """A program that may act for an organisation; ``scopes`` are ``issuer.programs.Scope``."""

    __tablename__: ClassVar[str] = "api_key"


class KeptAnswer(IdempotencyKey, IssuerTable, table=True):
    """What a program was answered under an idempotency key."""

    __tablename__: ClassVar[str] = "kept_answer"


class Receiver(WebhookEndpoint, IssuerTable, table=True):
    """Where an organisation's events are sent."""

    __tablename__: ClassVar[str] = "receiver"


class Event(ToldEvent, IssuerTable, table=True):
    """Something that happened, kept while it may still have to be told."""

    __tablename__: ClassVar[str] = "event"
