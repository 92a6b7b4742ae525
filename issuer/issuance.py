"""From a holder's proof to a delivered credential, so that a crash or a retry makes no second one.

holder's proof -> index reserved and intent stored -> signed -> kept and delivered. The steps of
security.md, section 4; no transaction is open while the signer works.
"""

import hashlib
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from credentials.encoding import JsonObject, canonical_json, compact_json, parse_json
from credentials.errors import BindingInvalid, RejectedError, UndeterminedError
from credentials.formats import FORMATS
from credentials.formats.base import verify
from credentials.keys import PublicKey
from credentials.model import Credential, StatusKind, Wire
from credentials.openid4vc.key_proof import verify_proof
from issuer.offers import (
    NOTIFICATION_LIFE,
    TOKEN_LIFE,
    contents_of,
    fingerprint,
    secret,
)
from issuer.ports import Ports
from issuer.sealing import token_sealer
from issuer.status import place_of, references, reserve
from issuer.tables import Issued, IssuedState, Nonce, Offer, OfferState, Token
from issuer.templates import validity

NONCE_LIFE = timedelta(minutes=5)
"""As long as the access token it is used with."""

NONCE_BYTES = 16
"""128 bits (security.md, section 2)."""

KIND = {"dc+sd-jwt": StatusKind.TOKEN, "ldp_vc": StatusKind.BITSTRING}
"""Which status list a format points into."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """What the holder gets.

    Attributes:
        notification_id: with it the holder tells what became of the proof.
    """

    wire: Wire
    notification_id: str


@dataclass(frozen=True, slots=True)
class Intent:
    """What is going to be signed: durable before the signer is called."""

    issued: Issued
    credential: Credential
    type_id: str
    format: str


def make_nonce(session: Session, *, ports: Ports, at: datetime) -> str:
    """A nonce for one holder's proof (OpenID4VCI 1.0, section 7); those that are over go."""
    session.connection().execute(delete(Nonce).where(col(Nonce.expires_at) <= at))
    nonce = secret(ports.entropy, NONCE_BYTES)
    session.add(
        Nonce(
            nonce_hash=fingerprint(nonce),
            organisation_id=ports.organisation_id,
            expires_at=at + NONCE_LIFE,
        )
    )
    return nonce


def offer_of_token(session: Session, access_token: str, *, ports: Ports, at: datetime) -> Offer:
    """The offer that an access token opens.

    Raises:
        RejectedError: ``invalid_token``: unknown, over, or of another organisation.
    """
    found = session.exec(
        select(Token, Offer)
        .join(Offer, col(Offer.id) == col(Token.offer_id))
        .where(
            Token.token_hash == fingerprint(access_token),
            Offer.organisation_id == ports.organisation_id,
        )
    ).first()
    if found is None or at >= found[0].expires_at:
        raise RejectedError("invalid_token", "unknown or over")
    return found[1]


def issue(ports: Ports, *, access_token: str, proof: str, at: datetime) -> Delivered:
    """Make the credential of a token for the key that signed ``proof``, once.

    The same token with the same key gets the same bytes again, however often and however
    parallel it asks.

    Raises:
        RejectedError: ``invalid_token``; ``idempotency_conflict`` for another key.
        BindingInvalid: ``invalid_proof`` or ``invalid_nonce``.
    """
    token_hash = fingerprint(access_token)
    used: list[str] = []

    def nonce_known(nonce: str) -> bool:
        used.append(fingerprint(nonce))
        with ports.database.reading() as session:
            return _usable(session, used[-1], token_hash, ports, at)

    holder = verify_proof(proof, audience=ports.origin, nonce_known=nonce_known, at=at)
    with ports.database.transaction() as session:
        intent = _intend(session, ports, holder, token=access_token, nonce_hash=used[-1], at=at)
    if isinstance(intent, Issued):
        return _again(intent, access_token, ports)
    wire = _sign(intent, holder, ports=ports, at=at)
    sealed = token_sealer(access_token, ports.entropy).seal(
        compact_json(wire), about=intent.issued.id
    )
    with ports.database.transaction() as session:
        kept = _keep(session, intent.issued.id, sealed=sealed, token_hash=token_hash, at=at)
    return _again(kept, access_token, ports)


def _usable(session: Session, nonce_hash: str, token_hash: str, ports: Ports, at: datetime) -> bool:
    """Fresh, or spent by this very token: that is the same request once more."""
    row = session.get(Nonce, nonce_hash)
    if row is None or row.organisation_id != ports.organisation_id:
        return False
    return at < row.expires_at and row.used_by in {None, token_hash}


def _spend(session: Session, nonce_hash: str, token_hash: str, ports: Ports, at: datetime) -> None:
    spent = session.connection().execute(
        update(Nonce)
        .where(col(Nonce.nonce_hash) == nonce_hash, col(Nonce.used_by).is_(None))
        .values(used_by=token_hash)
    )
    if spent.rowcount != 1 and not _usable(session, nonce_hash, token_hash, ports, at):
        raise BindingInvalid("invalid_nonce", "used, over or unknown")


def _intend(
    session: Session, ports: Ports, holder: PublicKey, *, token: str, nonce_hash: str, at: datetime
) -> Intent | Issued:
    """Reserve an index and store the intent; or what this token got before."""
    token_hash = fingerprint(token)
    offer = offer_of_token(session, token, ports=ports, at=at)
    _spend(session, nonce_hash, token_hash, ports, at)
    found = session.exec(
        select(Issued).where(Issued.offer_id == offer.id).with_for_update()
    ).first()
    if found is not None and found.token_hash == token_hash:
        if found.holder != holder.thumbprint:
            raise RejectedError("idempotency_conflict", "this token served another key")
        if found.state != IssuedState.SIGNING:
            return found
    if offer.contents is None:
        raise RejectedError("invalid_token", f"its offer is {offer.state}")
    if found is None:
        found = _new_issued(session, offer, ports, at)
    found.token_hash, found.holder = token_hash, holder.thumbprint
    session.add(found)
    claims = contents_of(offer, ports).claims
    found.content_digest = content_digest(found.id, claims)
    credential = Credential(
        type=ports.templates[offer.type_id].type.url,
        issuer=ports.did,
        claims=claims,
        issued_at=found.issued_at,
        validity=validity(claims, at=found.issued_at),
        status=references(ports.origin, place_of(session, found.id)),
        credential_id=found.id,
    )
    return Intent(found, credential, offer.type_id, offer.format)


def _new_issued(session: Session, offer: Offer, ports: Ports, at: datetime) -> Issued:
    issued = Issued(
        id=uuid.UUID(bytes=ports.entropy(16), version=4).urn,
        organisation_id=ports.organisation_id,
        offer_id=offer.id,
        token_hash="",
        holder="",
        key_id=ports.signers[offer.format].public.key_id or "",
        content_digest="",
        notification_id=secret(ports.entropy, NONCE_BYTES),
        issued_at=at.replace(microsecond=0),
    )
    reserve(session, kind=KIND[offer.format], issued_id=issued.id, ports=ports)
    return issued


def content_digest(issued_id: str, claims: JsonObject) -> str:
    """What was signed, as a SHA-256 that cannot be guessed at without the credential's id."""
    return hashlib.sha256(issued_id.encode() + canonical_json(claims)).hexdigest()


def _sign(intent: Intent, holder: PublicKey, *, ports: Ports, at: datetime) -> Wire:
    """Sign, and read it back as a holder would: what we cannot verify never leaves."""
    credential_format, signer = FORMATS[intent.format], ports.signers[intent.format]
    paths = ports.templates[intent.type_id].type.disclosable()
    wire = credential_format.issue(
        intent.credential,
        signer,
        holder=holder,
        disclosable=paths if credential_format.selective else frozenset(),
        entropy=ports.entropy,
    )
    verify(credential_format, wire, lambda _: signer.public, at=max(at, intent.issued.issued_at))
    return wire


def _keep(
    session: Session, issued_id: str, *, sealed: bytes, token_hash: str, at: datetime
) -> Issued:
    """Keep the first signature that comes back; its claims leave the offer in the same step."""
    first = session.connection().execute(
        update(Issued)
        .where(
            col(Issued.id) == issued_id,
            col(Issued.state) == IssuedState.SIGNING,
            col(Issued.token_hash) == token_hash,
        )
        .values(state=IssuedState.DELIVERED, sealed=sealed)
    )
    issued = session.exec(select(Issued).where(Issued.id == issued_id)).one()
    if first.rowcount == 1:
        moved = session.connection().execute(
            update(Offer)
            .where(col(Offer.id) == issued.offer_id, col(Offer.state) == OfferState.REDEEMED)
            .values(state=OfferState.DELIVERED, contents=None, changed_at=at)
        )
        if moved.rowcount != 1:
            raise RejectedError("invalid_token", "its offer was taken back meanwhile")
    return issued


def _again(issued: Issued, access_token: str, ports: Ports) -> Delivered:
    """The very bytes that were signed first, for whoever holds the token."""
    if issued.sealed is None:
        raise RejectedError("invalid_token", f"already {issued.state}")
    sealer = token_sealer(access_token, ports.entropy)
    wire = parse_json(sealer.open(issued.sealed, about=issued.id))
    if not isinstance(wire, str | dict):
        raise UndeterminedError("seal_broken", "neither text nor an object")
    return Delivered(wire, issued.notification_id)


def notify(
    session: Session,
    *,
    access_token: str,
    ports: Ports,
    notification_id: str,
    accepted: bool,
    at: datetime,
) -> None:
    """The holder kept the proof, or said that it is not theirs (OpenID4VCI 1.0, section 11).

    Saying it twice is harmless. The bytes kept for a retry are dropped.

    Raises:
        RejectedError: ``invalid_token``, or ``invalid_notification_id`` of another proof.
    """
    earlier = at - NOTIFICATION_LIFE + TOKEN_LIFE
    offer = offer_of_token(session, access_token, ports=ports, at=earlier)
    issued = session.exec(select(Issued).where(Issued.offer_id == offer.id)).first()
    if issued is None or issued.notification_id != notification_id:
        raise RejectedError("invalid_notification_id", "not of this token")
    if issued.state != IssuedState.DELIVERED:
        return
    issued.state = IssuedState.ACCEPTED if accepted else IssuedState.REFUSED
    issued.sealed = None
    offer.state = OfferState.ACCEPTED if accepted else OfferState.REFUSED
    offer.changed_at = at
    session.add(issued)
    session.add(offer)
