"""Grants: what a code, a PIN or a refresh token opens, and the tokens that carry it.

RFC 6749, sections 4.1.3 and 6; OpenID4VCI 1.0, section 6. One grant belongs to one offer and gives
its proofs once. Its tokens change, the grant does not: what was signed for it is sealed with a key
that is wrapped under each of its tokens, so that the database alone cannot open it.
"""

import hashlib
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy
from sqlalchemy import Connection, Select, bindparam, update
from sqlmodel import Session, col, delete, select
from sqlmodel.sql.expression import SelectOfScalar

from credentials.encoding import b64url_encode
from credentials.errors import CredentialError, RejectedError
from credentials.openid4vc import pkce
from credentials.openid4vc.token import CodeRequest
from issuer.offers import (
    NOTIFICATION_LIFE,
    TOKEN_LIFE,
    Refused,
    fingerprint,
    lock,
    secret,
    take_by_code,
)
from issuer.ports import Ports
from issuer.sealing import token_sealer
from issuer.tables import AuthorizationCode, Hold, Offer, OfferState, RefreshToken, Token
from service.sealing import KEY_BYTES, Sealer

REFRESH_LIFE = timedelta(days=14)
"""As long as a mailed offer: so long may an approval take."""

_ID_BYTES = 16


@dataclass(frozen=True, slots=True)
class Client:
    """Who stands behind a request, as far as it was shown.

    Attributes:
        id: None for a wallet that names none.
        key: thumbprint of the attested wallet's own key; None where nothing was attested.
        thumbprint: of the key of its DPoP proof; None for a bearer token.
    """

    id: str | None = None
    key: str | None = None
    thumbprint: str | None = None


@dataclass(frozen=True, slots=True)
class Grant:
    """What an access token opens.

    Attributes:
        type_id: of the template of its offer.
        format: of its offer.
        sealer: seals what is signed for it.
        detailed: proofs are asked for by identifier.
        waits: its proof is not approved yet.
        denied: it will not be given.
    """

    id: str
    offer_id: str
    type_id: str
    format: str
    waits: bool
    denied: bool
    client_id: str | None
    thumbprint: str | None
    detailed: bool
    sealer: Sealer = field(repr=False)


@dataclass(frozen=True, slots=True)
class Granted:
    """Fresh tokens; shown once and kept as their hashes."""

    offer: Offer
    expires_in: timedelta
    bound: bool
    detailed: bool
    access_token: str = field(repr=False)
    refresh_token: str | None = field(default=None, repr=False)


def redeem(
    session: Session,
    *,
    code: str,
    tx_code: str,
    ports: Ports,
    at: datetime,
    client: Client | None = None,
    detailed: bool = False,
) -> Granted | Refused:
    """Exchange a pre-authorized code and its PIN for an access token, once."""
    offer = take_by_code(session, code, tx_code=tx_code, ports=ports, at=at)
    if isinstance(offer, Refused):
        return offer
    waits = session.get(Hold, offer.id) is not None
    return _grant(
        session,
        offer,
        client or Client(),
        detailed=detailed,
        refreshable=waits,
        ports=ports,
        at=at,
    )


def redeem_code(
    session: Session, asked: CodeRequest, *, client: Client, ports: Ports, at: datetime
) -> Granted | Refused:
    """Exchange an authorization code for tokens, once; a second time ends them.

    Returns:
        ``Refused`` with ``code_unknown``, ``code_used``, ``code_expired``, ``code_other_client``,
        ``code_other_redirect``, ``code_other_key``, ``code_verifier_invalid`` or
        ``code_verifier_mismatch``; it must be committed all the same.
    """
    of_offer = select(AuthorizationCode.offer_id).where(
        AuthorizationCode.code_hash == fingerprint(asked.code),
        AuthorizationCode.organisation_id == ports.organisation_id,
    )
    offer = _offer_of(session, of_offer)
    row = session.get(AuthorizationCode, fingerprint(asked.code), with_for_update=True)
    if offer is None or row is None:
        return Refused("code_unknown")
    fault = _misfit(row, asked, client)
    if fault is not None:
        return Refused(fault)
    used = session.connection().execute(
        update(AuthorizationCode)
        .where(col(AuthorizationCode.code_hash) == row.code_hash)
        .where(col(AuthorizationCode.used_at).is_(None))
        .values(used_at=at)
    )
    if used.rowcount != 1:  # RFC 6749, 4.1.2: what was given for it before is taken back
        _end_tokens(session, row.offer_id)
        return Refused("code_used")
    if at >= row.expires_at:
        return Refused("code_expired")
    if offer.state != OfferState.REDEEMED:
        return Refused("code_used")
    bound = replace(client, id=row.client_id, key=row.client_key)
    detailed = row.detailed or asked.authorization_details is not None
    return _grant(session, offer, bound, detailed=detailed, refreshable=True, ports=ports, at=at)


def _offer_of(session: Session, offer_id: SelectOfScalar[str]) -> Offer | None:
    """Take the offer before what hangs on it, as everybody does who ends its grants."""
    found = session.exec(offer_id).first()
    return None if found is None else lock(session, found)


def _misfit(row: AuthorizationCode, asked: CodeRequest, client: Client) -> str | None:
    """Why this client may not have this code, as our own word."""
    if client.id != row.client_id or client.key != row.client_key:
        return "code_other_client"
    if asked.redirect_uri != row.redirect_uri:
        return "code_other_redirect"
    if row.thumbprint is not None and client.thumbprint != row.thumbprint:
        return "code_other_key"
    try:
        pkce.check_verifier(asked.code_verifier, challenge=row.code_challenge)
    except CredentialError as error:
        return error.code
    return None


def _end_tokens(session: Session, offer_id: str) -> None:
    for table in (Token, RefreshToken):
        session.connection().execute(delete(table).where(col(table.offer_id) == offer_id))


def refresh(
    session: Session, refresh_token: str, *, client: Client, ports: Ports, at: datetime
) -> Granted | Refused:
    """Exchange a refresh token, which stays, for a new access token; the old one dies.

    Returns:
        ``Refused`` with ``refresh_unknown`` or ``refresh_other_client``.
    """
    of_offer = select(RefreshToken.offer_id).where(
        RefreshToken.token_hash == fingerprint(refresh_token),
        RefreshToken.organisation_id == ports.organisation_id,
    )
    offer = _offer_of(session, of_offer)
    row = session.get(RefreshToken, fingerprint(refresh_token), with_for_update=True)
    if offer is None or row is None or at >= row.expires_at:
        return Refused("refresh_unknown")
    if (client.key, client.thumbprint) != (row.client_key, row.thumbprint) or (
        row.client_id is not None and client.id != row.client_id
    ):
        return Refused("refresh_other_client")
    key = token_sealer(refresh_token, ports.entropy).open(row.grant_key, about=row.grant_id)
    session.connection().execute(delete(Token).where(col(Token.offer_id) == offer.id))
    access_token = secret(ports.entropy)
    session.add(
        Token(
            token_hash=fingerprint(access_token),
            offer_id=offer.id,
            grant_id=row.grant_id,
            grant_key=_wrapped(key, access_token, row.grant_id, ports),
            client_id=row.client_id,
            thumbprint=row.thumbprint,
            detailed=row.detailed,
            expires_at=at + TOKEN_LIFE,
        )
    )
    return Granted(offer, TOKEN_LIFE, row.thumbprint is not None, row.detailed, access_token)


_GRANT: Select[*tuple[Any, ...]] = (  # Any: more columns than are typed
    sqlalchemy.select(
        *(col(Token.grant_id), col(Token.grant_key), col(Token.client_id)),
        *(col(Token.thumbprint), col(Token.detailed), col(Token.expires_at)),
        *(col(Offer.id).label("offer_id"), col(Offer.type_id), col(Offer.format)),
        *(col(Hold.placed_at), col(Hold.released_at), col(Hold.denied_at)),
    )
    .join(Offer, col(Offer.id) == col(Token.offer_id))
    .join(Hold, col(Hold.offer_id) == col(Token.offer_id), isouter=True)
    .where(
        col(Token.token_hash) == bindparam("shown"),
        col(Offer.organisation_id) == bindparam("owner"),
    )
)
"""Put together once: it is asked with every request."""


def grant_of(connection: Connection, access_token: str, *, ports: Ports, at: datetime) -> Grant:
    """What an access token opens.

    Raises:
        RejectedError: ``invalid_token``: unknown, over, or of another organisation.
    """
    asked = {"shown": fingerprint(access_token), "owner": ports.organisation_id}
    found = connection.execute(_GRANT, asked).first()
    if found is None or at >= found.expires_at:
        raise RejectedError("invalid_token", "unknown or over")
    key = token_sealer(access_token, ports.entropy).open(found.grant_key, about=found.grant_id)
    return Grant(
        id=found.grant_id,
        offer_id=found.offer_id,
        type_id=found.type_id,
        format=found.format,
        waits=found.placed_at is not None and found.released_at is None,
        denied=found.denied_at is not None,
        client_id=found.client_id,
        thumbprint=found.thumbprint,
        detailed=found.detailed,
        sealer=Sealer(key, ports.entropy),
    )


def late_grant_of(
    connection: Connection, access_token: str, *, ports: Ports, at: datetime
) -> Grant:
    """The same up to an hour after the token's end: a person may think before saying no."""
    return grant_of(connection, access_token, ports=ports, at=at - NOTIFICATION_LIFE + TOKEN_LIFE)


def credential_identifier(offer_id: str) -> str:
    """The name of the one dataset that an offer holds; the same in every token response."""
    return b64url_encode(hashlib.sha256(b"dataset " + offer_id.encode()).digest()[:_ID_BYTES])


def _grant(
    session: Session,
    offer: Offer,
    client: Client,
    *,
    detailed: bool,
    refreshable: bool,
    ports: Ports,
    at: datetime,
) -> Granted:
    grant_id, key = secret(ports.entropy, _ID_BYTES), ports.entropy(KEY_BYTES)
    access_token = secret(ports.entropy)
    session.add(
        Token(
            token_hash=fingerprint(access_token),
            offer_id=offer.id,
            grant_id=grant_id,
            grant_key=_wrapped(key, access_token, grant_id, ports),
            client_id=client.id,
            thumbprint=client.thumbprint,
            detailed=detailed,
            expires_at=at + TOKEN_LIFE,
        )
    )
    bound = client.thumbprint is not None
    granted = Granted(offer, TOKEN_LIFE, bound, detailed, access_token)
    if not refreshable:
        return granted
    refresh_token = secret(ports.entropy)
    session.add(
        RefreshToken(
            token_hash=fingerprint(refresh_token),
            organisation_id=ports.organisation_id,
            offer_id=offer.id,
            grant_id=grant_id,
            grant_key=_wrapped(key, refresh_token, grant_id, ports),
            client_id=client.id,
            client_key=client.key,
            thumbprint=client.thumbprint,
            detailed=detailed,
            expires_at=at + REFRESH_LIFE,
        )
    )
    return replace(granted, refresh_token=refresh_token)


def _wrapped(key: bytes, token: str, grant_id: str, ports: Ports) -> bytes:
    return token_sealer(token, ports.entropy).seal(key, about=grant_id)
