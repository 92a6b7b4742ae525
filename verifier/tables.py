"""Rows of the verifier; a registry of its own, so that roles may use the same table names.

No row holds a presentation or a claim: a request lives ten minutes, a result keeps the outcome, the
policy's version and the date, and the last known public lists are kept to notice a step back.
"""

from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel


class VerifierTable(SQLModel, registry=registry()):
    """Base of the verifier's tables; times are whole seconds since 1970, UTC."""


class RequestRow(VerifierTable, table=True):
    """One question to one holder.

    Attributes:
        id: 128 random bits; the asker's handle. It never travels to the holder.
        reference: 128 random bits; names the request in the links that the holder's side sees.
        state: a value of ``requests.State``.
        language: in which the purpose is told.
        correlation: the ``state`` of OpenID4VP, echoed inside the encrypted answer.
        encryption_jwk: private half of the key made for this request; empty once it is of no use.
        session_hash: SHA-256 of the cookie of the browser that asked; None for a program.
        response_code_hash: SHA-256 of the code with which that browser may return; used once.
    """

    __tablename__ = "request"

    id: str = Field(primary_key=True)
    reference: str = Field(unique=True)
    preset: str
    language: str
    state: str
    nonce: str = Field(unique=True)
    correlation: str = Field(unique=True)
    encryption_jwk: str
    session_hash: str | None = None
    response_code_hash: str | None = None
    created_at: int
    expires_at: int = Field(index=True)
    answered_at: int | None = None


class ResultRow(VerifierTable, table=True):
    """What a check found.

    Attributes:
        findings: JSON list of part, check, outcome, code and facts; never a claim.
    """

    __tablename__ = "result"

    request_id: str = Field(primary_key=True, foreign_key="request.id")
    outcome: str
    policy_version: str
    checked_at: int
    findings: str


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
