"""Rows of the protocol: what was asked, the codes, tokens and nonces, and what waits.

Secrets stand here as their hash alone. What a holder may fetch again is sealed with a key that
the database does not hold: it is wrapped under the tokens that open it.
"""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import JSON, LargeBinary
from sqlmodel import Field

from issuer.tables.base import IssuerTable, UtcTime


class PushedRequest(IssuerTable, table=True):
    """An authorization request that waits for its person (RFC 9126).

    Attributes:
        client_id: who pushed it, and alone may use it.
        client_key: thumbprint of the attested wallet's key; None for a wallet that shows none.
        contents: sealed; the request as JSON.
        opened: the person has the page before them.
        ended_at: answered, with a code or with a refusal.
    """

    __tablename__: ClassVar[str] = "pushed_request"
    handle_hash: str = Field(primary_key=True)
    organisation_id: str = Field(foreign_key="organisation.id")
    client_id: str
    client_key: str | None = None
    contents: bytes = Field(sa_type=LargeBinary)
    opened: bool = False
    expires_at: datetime = Field(sa_type=UtcTime, index=True)
    ended_at: datetime | None = Field(default=None, sa_type=UtcTime)


class AuthorizationCode(IssuerTable, table=True):
    """A code that the person's browser carries to the wallet; of use once.

    Attributes:
        redirect_uri: compared as text with that of the token request.
        code_challenge: PKCE, S256.
        thumbprint: of the DPoP key that it is bound to; None for none.
        detailed: it was asked with ``authorization_details``.
    """

    __tablename__: ClassVar[str] = "authorization_code"
    code_hash: str = Field(primary_key=True)
    organisation_id: str = Field(foreign_key="organisation.id")
    offer_id: str = Field(foreign_key="offer.id", index=True)
    client_id: str
    client_key: str | None = None
    redirect_uri: str
    code_challenge: str
    thumbprint: str | None = None
    detailed: bool = False
    expires_at: datetime = Field(sa_type=UtcTime, index=True)
    used_at: datetime | None = Field(default=None, sa_type=UtcTime)


class Token(IssuerTable, table=True):
    """An access token, as its hash.

    Attributes:
        grant_id: what stays the same when the token is refreshed.
        grant_key: what the grant's proofs are sealed with, wrapped under this token.
        client_id: None where it was obtained anonymously.
        thumbprint: of the DPoP key that must come with it; None for a bearer token.
        detailed: proofs are asked for by identifier (OpenID4VCI 1.0, section 6.2).
    """

    __tablename__: ClassVar[str] = "token"
    token_hash: str = Field(primary_key=True)
    offer_id: str = Field(foreign_key="offer.id", unique=True)
    grant_id: str
    grant_key: bytes = Field(sa_type=LargeBinary)
    client_id: str | None = None
    thumbprint: str | None = None
    detailed: bool = False
    expires_at: datetime = Field(sa_type=UtcTime, index=True)


class RefreshToken(IssuerTable, table=True):
    """What gives a new access token for the same offer, as its hash; the rest as in ``Token``."""

    __tablename__: ClassVar[str] = "refresh_token"
    token_hash: str = Field(primary_key=True)
    organisation_id: str = Field(foreign_key="organisation.id")
    offer_id: str = Field(foreign_key="offer.id", unique=True)
    grant_id: str
    grant_key: bytes = Field(sa_type=LargeBinary)
    client_id: str | None = None
    client_key: str | None = None
    thumbprint: str | None = None
    detailed: bool = False
    expires_at: datetime = Field(sa_type=UtcTime, index=True)


class Nonce(IssuerTable, table=True):
    """A nonce for a holder's proof, as its hash; ``used_by`` is the grant it served, once."""

    __tablename__: ClassVar[str] = "nonce"
    nonce_hash: str = Field(primary_key=True)
    organisation_id: str = Field(foreign_key="organisation.id")
    expires_at: datetime = Field(sa_type=UtcTime, index=True)
    used_by: str | None = None


class SeenProof(IssuerTable, table=True):
    """The name of a proof that was made for one request: it is not taken a second time."""

    __tablename__: ClassVar[str] = "seen_proof"
    name_hash: str = Field(primary_key=True)
    expires_at: datetime = Field(sa_type=UtcTime, index=True)


class Hold(IssuerTable, table=True):
    """An offer whose proof waits until somebody approves it.

    Attributes:
        placed_by: who made the offer; they cannot approve it.
        released_at: approved.
        denied_at: it will never be given.
    """

    __tablename__: ClassVar[str] = "hold"
    offer_id: str = Field(primary_key=True, foreign_key="offer.id")
    organisation_id: str = Field(foreign_key="organisation.id")
    placed_at: datetime = Field(sa_type=UtcTime)
    placed_by: str
    released_at: datetime | None = Field(default=None, sa_type=UtcTime)
    denied_at: datetime | None = Field(default=None, sa_type=UtcTime)


class Deferral(IssuerTable, table=True):
    """A request for proofs that will be answered later (OpenID4VCI 1.0, section 9).

    Attributes:
        transaction_hash: of the handle that the wallet asks with.
        keys: public JWKs, one for each copy.
    """

    __tablename__: ClassVar[str] = "deferral"
    transaction_hash: str = Field(primary_key=True)
    organisation_id: str = Field(foreign_key="organisation.id")
    offer_id: str = Field(foreign_key="offer.id", unique=True)
    grant_id: str
    transaction: bytes = Field(sa_type=LargeBinary)
    keys: list[dict[str, str]] = Field(default_factory=list, sa_type=JSON)
    created_at: datetime = Field(sa_type=UtcTime)
