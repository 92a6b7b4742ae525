"""Rows of the verifier; a registry of its own, so that roles may use the same table names.

No row holds a presentation or a claim: a request lives ten minutes, a result keeps the outcome, the
policy's version and the date for as long as was declared, and the last known public lists are kept
to notice a step back.
"""

from datetime import datetime
from typing import ClassVar

from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from service.columns import UtcTime
from service.idempotency import IdempotencyKey
from service.jobs import Job
from service.logins import Login
from service.passkeys import Passkey, PasskeyChallenge
from service.programs import ProgramKey
from service.receivers import ToldEvent
from service.webhooks import WebhookEndpoint


class VerifierTable(SQLModel, registry=registry()):
    """Base of the verifier's tables; times are whole seconds since 1970, UTC."""


class RequestRow(VerifierTable, table=True):
    """One question to one holder.

    Attributes:
        id: 128 random bits; the asker's handle. It never travels to the holder.
        reference: 128 random bits; names the request in the links that the holder's side sees.
        preset: the name of the question; its words stand under ``preset.<name>``.
        query: the DCQL query, as JSON.
        language: in which the purpose is told.
        state: a value of ``requests.State``.
        client_id: as whom we ask; the audience of every answer.
        correlation: the ``state`` of OpenID4VP, echoed inside the encrypted answer.
        encryption_jwk: private half of the key made for this request; empty once it is of no use,
            and where the answer comes unencrypted.
        encrypted: whether the answer must be.
        relation, purpose, legal_basis, retention_days: as declared to the holder.
        organisation_id: the firm that asked with its account; None for who has none.
        firm_name, firm_kvk: the firm that was checked; None where nobody was.
        vacancy: the vacancy or job that the answer is held beside; empty for none.
        confirms: digests of what a deelkaart showed and this answer must show again, with blanks
            between; empty once the question is over.
        session_hash: SHA-256 of the cookie of the browser that asked; None for a program.
        response_code_hash: SHA-256 of the code with which that browser may return; used once.
        match_code: four digits that the holder reads aloud; None before there is an answer.
        match_tries: how often other digits were typed.
        opened_at: when the result was opened to the browser that asked.
        kept_until: when all of this goes.
    """

    __tablename__ = "request"

    id: str = Field(primary_key=True)
    reference: str = Field(unique=True)
    preset: str
    query: str
    language: str
    state: str
    client_id: str
    nonce: str = Field(unique=True)
    correlation: str = Field(unique=True)
    encryption_jwk: str
    encrypted: bool = True
    relation: str
    purpose: str
    legal_basis: str
    retention_days: int
    organisation_id: str | None = Field(default=None, foreign_key="organisation.id", index=True)
    firm_name: str | None = None
    firm_kvk: str | None = None
    vacancy: str = ""
    confirms: str = ""
    session_hash: str | None = None
    response_code_hash: str | None = None
    match_code: str | None = None
    match_tries: int = 0
    opened_at: int | None = None
    created_at: int
    expires_at: int = Field(index=True)
    answered_at: int | None = None
    kept_until: int = Field(index=True)


class ResultRow(VerifierTable, table=True):
    """What a check of one presentation found.

    Attributes:
        position: among the presentations of one answer, from 0.
        query_id: which credential query it answers; empty where nothing was shown.
        findings: JSON list of part, check, outcome, code and facts; never a claim.
        holder: digest of the key that was shown, for this request alone; None where none was.
    """

    __tablename__ = "result"

    request_id: str = Field(primary_key=True, foreign_key="request.id")
    position: int = Field(primary_key=True, default=0)
    query_id: str = ""
    outcome: str
    policy_version: str
    checked_at: int
    findings: str
    holder: str | None = None


class DocumentRow(VerifierTable, table=True):
    """The newest public document seen at one address: status list, trust list or DID document.

    Attributes:
        issued_at: the document's own date (status lists); older ones are refused from then on.
        sequence: the document's own number (trust lists); lower ones are refused from then on.
    """

    __tablename__ = "document"

    url: str = Field(primary_key=True)
    body: bytes
    fetched_at: int
    issued_at: int | None = None
    sequence: int | None = None


class Tally(VerifierTable, table=True):
    """How many answers of a quarter had an outcome; kept where figures are wanted alone."""

    __tablename__: ClassVar[str] = "tally"

    quarter: str = Field(primary_key=True)
    outcome: str = Field(primary_key=True)
    count: int


class Organisation(VerifierTable, table=True):
    """A firm with an account here. No row names a person who works there.

    Attributes:
        kvk: number in the trade register, eight digits.
        domain: the host of its own website.
        checked_by: what whoever runs this looked up: ``domain`` or ``kvk``; None: not checked, and
            its requests say so.
        relation, purpose, legal_basis, retention_days: what its requests declare where nobody
            chooses.
    """

    __tablename__ = "organisation"

    id: str = Field(primary_key=True)
    name: str
    kvk: str | None = None
    domain: str | None = None
    checked_by: str | None = None
    checked_at: datetime | None = Field(default=None, sa_type=UtcTime)
    relation: str
    purpose: str
    legal_basis: str
    retention_days: int
    created_at: datetime = Field(sa_type=UtcTime)


class Invitation(VerifierTable, table=True):
    """A way in for a firm's next device, as the hash of its secret; it works once."""

    __tablename__ = "invitation"

    token_hash: str = Field(primary_key=True)
    organisation_id: str = Field(foreign_key="organisation.id", index=True)
    expires_at: datetime = Field(sa_type=UtcTime)


class OrganisationPasskey(Passkey, VerifierTable, table=True):
    """A passkey of a firm: one for each device."""

    __tablename__: ClassVar[str] = "passkey"


class OrganisationChallenge(PasskeyChallenge, VerifierTable, table=True):
    """A question to a browser about a passkey."""

    __tablename__: ClassVar[str] = "passkey_challenge"


class OrganisationLogin(Login, VerifierTable, table=True):
    """A browser in which a firm is signed in."""

    __tablename__: ClassVar[str] = "login"


class ApiKey(ProgramKey, VerifierTable, table=True):
    """A program that may act for a firm; ``scopes`` are ``verifier.programs.Scope``."""

    __tablename__: ClassVar[str] = "api_key"


class KeptAnswer(IdempotencyKey, VerifierTable, table=True):
    """What a program was answered under an idempotency key."""

    __tablename__: ClassVar[str] = "kept_answer"


class Receiver(WebhookEndpoint, VerifierTable, table=True):
    """Where a firm's events are sent."""

    __tablename__: ClassVar[str] = "receiver"


class Event(ToldEvent, VerifierTable, table=True):
    """Something that happened, kept while it may still have to be told."""

    __tablename__: ClassVar[str] = "event"


class JobRow(Job, VerifierTable, table=True):
    """What must happen after a commit."""

    __tablename__: ClassVar[str] = "job"
