"""From a holder's proofs to delivered credentials, so that a crash or a retry makes no second ones.

holder's proofs -> indexes reserved and intents stored -> signed -> kept and delivered. The steps of
security.md, section 4; no transaction is open while the signer works. A holder may fetch several
copies at once, each for a key of its own: each is a credential with its own id and status.
"""

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, update
from sqlmodel import Session, col, select

from credentials.bbs_keys import IssuingSigner
from credentials.encoding import JsonObject, canonical_json, compact_json, parse_json
from credentials.errors import BindingInvalid, RejectedError, UndeterminedError
from credentials.formats.base import verify
from credentials.keys import PublicKey
from credentials.model import Credential, Wire
from issuer.authorization_grants import Grant
from issuer.events import emit
from issuer.formats import BBS, ISSUED_FORMATS, IssuedFormat
from issuer.key_ring import whole_hour
from issuer.offers import contents_of, fingerprint, lock, secret
from issuer.pairing_keys import pairing_signer
from issuer.ports import Ports
from issuer.sealing import Sealer
from issuer.status import Place, place_of, references, reserve
from issuer.tables import Issued, IssuedState, Nonce, Offer, OfferState
from issuer.templates import Template, validity

NONCE_LIFE = timedelta(minutes=5)
"""As long as the access token it is used with."""

NONCE_BYTES = 16
"""128 bits (security.md, section 2)."""

BATCH_SIZE = 20
"""Copies in one request: a worker shows one proof some twenty times in a year."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """What the holder gets.

    Attributes:
        wires: one for each key, in the order of the keys.
        notification_id: with it the holder tells what became of them.
    """

    wires: tuple[Wire, ...]
    notification_id: str


@dataclass(frozen=True, slots=True)
class Intent:
    """What is going to be signed for one key: durable before the signer is called."""

    issued: Issued
    credential: Credential
    holder: PublicKey


@dataclass(frozen=True, slots=True)
class Batch:
    """All that is going to be signed for one request."""

    intents: tuple[Intent, ...]
    template: Template
    format: IssuedFormat


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


def is_fresh(session: Session, nonce: str, *, grant_id: str, ports: Ports, at: datetime) -> bool:
    """Not used yet, or spent by this very grant: that is the same request once more."""
    row = session.get(Nonce, fingerprint(nonce))
    if row is None or row.organisation_id != ports.organisation_id:
        return False
    return at < row.expires_at and row.used_by in {None, grant_id}


def spend(
    session: Session, nonces: Sequence[str], *, grant_id: str, ports: Ports, at: datetime
) -> None:
    """Use up the nonces of one request; of many requests at once one wins each.

    Raises:
        BindingInvalid: ``invalid_nonce``: one was spent by another grant meanwhile.
    """
    for nonce in sorted(set(nonces)):
        spent = session.connection().execute(
            update(Nonce)
            .where(col(Nonce.nonce_hash) == fingerprint(nonce), col(Nonce.used_by).is_(None))
            .values(used_by=grant_id)
        )
        if spent.rowcount != 1 and not is_fresh(
            session, nonce, grant_id=grant_id, ports=ports, at=at
        ):
            raise BindingInvalid("invalid_nonce", "used, over or unknown")


def issue(
    ports: Ports,
    *,
    grant: Grant,
    keys: Sequence[PublicKey],
    nonces: Sequence[str],
    at: datetime,
) -> Delivered:
    """Make the credentials of a grant for these keys, once.

    The same grant with the same keys gets the same bytes again, however often and however parallel
    it asks.

    Args:
        ports: of the organisation.
        grant: what the access token opens.
        keys: of the holder's proofs, which were checked; one copy is made for each.
        nonces: of those proofs, to be used up; none where that was done before.
        at: the present moment.

    Raises:
        RejectedError: ``invalid_token``: its offer is closed; ``idempotency_conflict`` for other
            keys than before.
        BindingInvalid: ``invalid_nonce``.
    """
    with ports.database.transaction() as session:
        spend(session, nonces, grant_id=grant.id, ports=ports, at=at)
        found = _intend(session, ports, grant, keys, at)
    if not isinstance(found, Batch):
        return _delivered(found, grant)
    sealed = {
        intent.issued.id: _sealed(intent, _sign(intent, found, ports=ports, at=at), grant.sealer)
        for intent in found.intents
    }
    with ports.database.transaction() as session:
        _keep(session, grant, sealed=sealed, ports=ports, at=at)
        kept = _copies(session, grant)
    return _delivered(kept, grant)


def _delivered(rows: Sequence[Issued], grant: Grant) -> Delivered:
    """The very bytes that were signed first, for whoever holds a token of the grant."""
    if any(row.sealed is None for row in rows):
        raise RejectedError("invalid_token", "nothing is kept for it any more")
    wires = tuple(_opened(row, grant.sealer) for row in rows)
    return Delivered(wires, rows[0].notification_id)


_COPIES = (
    select(Issued)
    .where(
        col(Issued.offer_id) == bindparam("this_offer"),
        col(Issued.grant_id) == bindparam("this_grant"),
    )
    .order_by(col(Issued.copy_number))
)
"""Put together once: building a statement costs more than running it."""


def _copies(session: Session, grant: Grant) -> list[Issued]:
    asked = {"this_offer": grant.offer.id, "this_grant": grant.id}
    return list(session.exec(_COPIES, params=asked))


def _intend(
    session: Session, ports: Ports, grant: Grant, keys: Sequence[PublicKey], at: datetime
) -> Batch | list[Issued]:
    """Reserve places and store the intents; or what this grant was served before."""
    offer = lock(session, grant.offer.id)
    rows = _copies(session, grant)
    if rows:
        if [row.holder for row in rows] != [key.thumbprint for key in keys]:
            raise RejectedError("idempotency_conflict", "this grant served other keys")
        if rows[0].state != IssuedState.SIGNING:
            return rows
    if offer.contents is None or offer.state != OfferState.REDEEMED:
        raise RejectedError("invalid_token", f"its offer is {offer.state}")
    places: dict[str, Place] = {}
    if not rows:
        rows, places = _reserve_copies(session, offer, grant, keys, ports=ports, at=at)
    claims = contents_of(offer, ports).claims
    template = ports.template(offer.type_id, offer.template_version)
    intents, written = [], ISSUED_FORMATS[offer.format]
    for row, key in zip(rows, keys, strict=True):
        row.key_id = _key_id(row, written, ports)
        row.content_digest = content_digest(row.id, claims)
        session.add(row)
        credential = Credential(
            type=template.type.url,
            issuer=ports.did,
            claims=claims,
            issued_at=row.issued_at,
            validity=validity(claims, at=row.issued_at),
            status=references(places.get(row.id) or place_of(session, row.id, ports=ports)),
            credential_id=row.id,
        )
        intents.append(Intent(row, credential, key))
    return Batch(tuple(intents), template, written)


def _reserve_copies(
    session: Session,
    offer: Offer,
    grant: Grant,
    keys: Sequence[PublicKey],
    *,
    ports: Ports,
    at: datetime,
) -> tuple[list[Issued], dict[str, Place]]:
    """Take over what an earlier grant of this offer never got, and make what is missing.

    Returns:
        The rows, and by id the places of those that are new.
    """
    statement = select(Issued).where(Issued.offer_id == offer.id).order_by(col(Issued.copy_number))
    rows = list(session.exec(statement))[: len(keys)]
    places = dict[str, Place]()
    notification_id = secret(ports.entropy, NONCE_BYTES)
    moment = _issued_at(at, copies=len(keys))
    for number in range(len(rows), len(keys)):
        issued = Issued(
            id=uuid.UUID(bytes=ports.entropy(16), version=4).urn,
            organisation_id=ports.organisation_id,
            offer_id=offer.id,
            copy_number=number,
            grant_id=grant.id,
            holder="",
            key_id="",
            content_digest="",
            notification_id=notification_id,
            issued_at=moment,
        )
        places[issued.id] = reserve(
            session, kind=ISSUED_FORMATS[offer.format].status, issued_id=issued.id, ports=ports
        )
        rows.append(issued)
    for row, key in zip(rows, keys, strict=True):
        row.grant_id, row.holder, row.issued_at = grant.id, key.thumbprint, moment
        row.notification_id = notification_id
    return rows, places


def _issued_at(at: datetime, *, copies: int) -> datetime:
    """Now; for several copies the whole hour, so that their time does not tie them together.

    RFC 9901, section 10.1: whoever sees two copies must not know them by a moment they share.
    """
    return at.replace(microsecond=0) if copies == 1 else whole_hour(at)


def _key_id(row: Issued, written: IssuedFormat, ports: Ports) -> str:
    """The key for an intent: the one that it names, unless that was revoked."""
    if written.signer == BBS:
        return signer_of(ports, written, "").public.key_id or ""
    return ports.signers.kept(row.key_id, written.signer, row.issued_at)


def signer_of(ports: Ports, written: IssuedFormat, key_id: str) -> IssuingSigner:
    """Who signs in this format with the key of that id.

    Raises:
        RejectedError: ``key_unknown`` or ``key_revoked``.
        UndeterminedError: ``signer_unavailable``: bbs-2023 without its extra.
    """
    if written.signer != BBS:
        return ports.signers.by_id(key_id)
    signer = pairing_signer(ports)
    if signer is None:
        raise UndeterminedError("signer_unavailable", "the extra bbs is not installed")
    return signer


def content_digest(issued_id: str, claims: JsonObject) -> str:
    """What was signed, as a SHA-256 that cannot be guessed at without the credential's id."""
    return hashlib.sha256(issued_id.encode() + canonical_json(claims)).hexdigest()


def _sign(intent: Intent, batch: Batch, *, ports: Ports, at: datetime) -> Wire:
    """Sign, and read it back as a holder would: what we cannot verify never leaves."""
    written, signer = batch.format.written, signer_of(ports, batch.format, intent.issued.key_id)
    wire = written.issue(
        intent.credential,
        signer,
        holder=intent.holder,
        disclosable=batch.template.type.disclosable() if written.selective else frozenset(),
        entropy=ports.entropy,
    )
    verify(written, wire, lambda _: signer.public, at=max(at, intent.issued.issued_at))
    return wire


def _sealed(intent: Intent, wire: Wire, sealer: Sealer) -> bytes:
    return sealer.seal(compact_json(wire), about=intent.issued.id)


def _opened(row: Issued, sealer: Sealer) -> Wire:
    wire = parse_json(sealer.open(row.sealed or b"", about=row.id))
    if not isinstance(wire, str | dict):
        raise UndeterminedError("seal_broken", "neither text nor an object")
    return wire


def _keep(
    session: Session, grant: Grant, *, sealed: dict[str, bytes], ports: Ports, at: datetime
) -> None:
    """Keep the first signatures that come back; the claims leave the offer in the same step."""
    moved = session.connection().execute(
        update(Offer)
        .where(col(Offer.id) == grant.offer.id, col(Offer.state) == OfferState.REDEEMED)
        .values(state=OfferState.DELIVERED, contents=None, changed_at=at)
    )
    if moved.rowcount != 1:
        if any(row.state == IssuedState.SIGNING for row in _copies(session, grant)):
            raise RejectedError("invalid_token", "its offer was taken back meanwhile")
        return
    for issued_id, octets in sealed.items():
        kept = session.connection().execute(
            update(Issued)
            .where(col(Issued.id) == issued_id, col(Issued.grant_id) == grant.id)
            .values(state=IssuedState.DELIVERED, sealed=octets)
        )
        if kept.rowcount != 1:
            raise RejectedError("invalid_token", "its offer was given a new code meanwhile")
    first = next(iter(sealed), "")
    emit(
        session,
        "credential.delivered",
        ports=ports,
        at=at,
        offer=grant.offer.id,
        credential=first,
    )


def notify(
    session: Session,
    *,
    grant: Grant,
    notification_id: str,
    accepted: bool,
    ports: Ports,
    at: datetime,
) -> None:
    """The holder kept the proofs, or said that they are not theirs (section 11).

    Saying it twice is harmless. What was refused is dropped at once; what was kept can still be
    fetched again with the same token, for an answer may be lost after it was heard.

    Raises:
        RejectedError: ``invalid_notification_id`` of another proof.
    """
    offer = lock(session, grant.offer.id)
    rows = _copies(session, grant)
    if not rows or rows[0].notification_id != notification_id:
        raise RejectedError("invalid_notification_id", "not of this token")
    if rows[0].state != IssuedState.DELIVERED:
        return
    for row in rows:
        row.state = IssuedState.ACCEPTED if accepted else IssuedState.REFUSED
        row.sealed = row.sealed if accepted else None
        session.add(row)
    offer.state = OfferState.ACCEPTED if accepted else OfferState.REFUSED
    offer.changed_at = at
    session.add(offer)
    word = "credential.accepted" if accepted else "credential.refused"
    emit(session, word, ports=ports, at=at, offer=offer.id, credential=rows[0].id)
