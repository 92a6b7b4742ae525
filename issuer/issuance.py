"""From a holder's proofs to delivered credentials, so that a crash or a retry makes no second ones.

holder's proofs -> indexes reserved and intents stored -> signed -> kept and delivered. The steps of
security.md, section 4; no transaction is open while the signer works. A holder may fetch several
copies at once, each for a key of its own: each is a credential with its own id and status.
"""

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlmodel import Session, col, select

from credentials.bbs_keys import IssuingSigner
from credentials.encoding import JsonObject, canonical_json, json_octets, parse_json
from credentials.errors import RejectedError, UndeterminedError
from credentials.formats.base import verify
from credentials.keys import PublicKey
from credentials.model import Credential, Wire
from credentials.openid4vc.message import ProtocolError
from issuer.authorization_grants import Grant
from issuer.copies import Copy, copies_of, deliver, keep, lock_offer, spend_nonce, store
from issuer.events import emit
from issuer.formats import BBS, ISSUED_FORMATS, IssuedFormat
from issuer.key_ring import whole_hour
from issuer.offers import fingerprint, lock, read_contents, secret
from issuer.pairing_keys import pairing_signer
from issuer.ports import Ports
from issuer.status import place_of, references, reserve
from issuer.tables import Issued, IssuedState, Nonce, OfferState
from issuer.templates import Template, validity
from service.sealing import Sealer

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

    copy: Copy
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


def spend(
    session: Session, nonces: Sequence[str], *, grant_id: str, ports: Ports, at: datetime
) -> None:
    """Use up the nonces of one request; of many requests at once one wins each.

    What this very grant spent before is the same request once more.

    Raises:
        ProtocolError: ``invalid_nonce``: not one of ours, over, or spent by another grant.
    """
    owner, connection = ports.organisation_id, session.connection()
    for nonce in sorted(set(nonces)):
        if not spend_nonce(connection, fingerprint(nonce), owner=owner, grant_id=grant_id, at=at):
            raise ProtocolError("invalid_nonce", "used, over or unknown")


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
        nonces: of those proofs, to be checked and used up; none where that was done before.
        at: the present moment.

    Raises:
        RejectedError: ``invalid_token``: its offer is closed; ``idempotency_conflict`` for other
            keys than before.
        ProtocolError: ``invalid_nonce``.
    """
    with ports.database.transaction() as session:
        spend(session, nonces, grant_id=grant.id, ports=ports, at=at)
        found = _intend(session, ports, grant, keys, at)
    if not isinstance(found, Batch):
        return _delivered(found, grant)
    wires = [_sign(intent, found, ports=ports, at=at) for intent in found.intents]
    sealed = [
        (intent.copy.id, _sealed(intent, wire, grant.sealer))
        for intent, wire in zip(found.intents, wires, strict=True)
    ]
    with ports.database.transaction() as session:
        kept = _keep(session, grant, sealed=sealed, ports=ports, at=at)
    if kept:
        return _delivered(kept, grant)
    return Delivered(tuple(wires), found.intents[0].copy.notification_id)


def _delivered(copies: Sequence[Copy], grant: Grant) -> Delivered:
    """The very bytes that were signed first, for whoever holds a token of the grant."""
    if any(copy.sealed is None for copy in copies):
        raise RejectedError("invalid_token", "nothing is kept for it any more")
    wires = tuple(_opened(copy, grant.sealer) for copy in copies)
    return Delivered(wires, copies[0].notification_id)


def _own_copies(session: Session, grant: Grant) -> list[Copy]:
    return [
        copy
        for copy in copies_of(session.connection(), grant.offer_id)
        if copy.grant_id == grant.id
    ]


def _intend(
    session: Session, ports: Ports, grant: Grant, keys: Sequence[PublicKey], at: datetime
) -> Batch | list[Copy]:
    """Reserve places and store the intents; or what this grant was served before."""
    connection = session.connection()
    offer, known = lock_offer(connection, grant.offer_id), copies_of(connection, grant.offer_id)
    served = [copy for copy in known if copy.grant_id == grant.id]
    if served:
        if [copy.holder for copy in served] != [key.thumbprint for key in keys]:
            raise RejectedError("idempotency_conflict", "this grant served other keys")
        if served[0].state != IssuedState.SIGNING:
            return served
    if offer.contents is None or offer.state != OfferState.REDEEMED:
        raise RejectedError("invalid_token", f"its offer is {offer.state}")
    written = ISSUED_FORMATS[offer.format]
    template = ports.template(offer.type_id, offer.template_version)
    claims = read_contents(offer.contents, offer_id=grant.offer_id, ports=ports).claims
    stored, intents = {copy.id for copy in known}, []
    for one, key in zip(served or _wanted(known, grant, keys, ports, at), keys, strict=True):
        copy = replace(one, key_id=_key_id(one, written, ports))
        store(
            connection,
            copy,
            offer_id=grant.offer_id,
            owner=ports.organisation_id,
            content_digest=content_digest(copy.id, claims),
            is_new=copy.id not in stored,
        )
        place = (
            place_of(session, copy.id, ports=ports)
            if copy.id in stored
            else reserve(session, kind=written.status, issued_id=copy.id, ports=ports)
        )
        credential = Credential(
            type=template.type.url,
            issuer=ports.did,
            claims=claims,
            issued_at=copy.issued_at,
            validity=validity(claims, at=copy.issued_at),
            status=references(place),
            credential_id=copy.id,
        )
        intents.append(Intent(copy, credential, key))
    return Batch(tuple(intents), template, written)


def _wanted(
    known: Sequence[Copy], grant: Grant, keys: Sequence[PublicKey], ports: Ports, at: datetime
) -> list[Copy]:
    """What a grant shall get: what an earlier one of its offer never got, and what is missing."""
    notification_id, moment = secret(ports.entropy, NONCE_BYTES), _issued_at(at, copies=len(keys))
    made = [(copy.id, copy.key_id) for copy in known[: len(keys)]]
    while len(made) < len(keys):
        made.append((uuid.UUID(bytes=ports.entropy(16), version=4).urn, ""))
    return [
        Copy(
            id=copy_id,
            copy_number=number,
            grant_id=grant.id,
            holder=key.thumbprint,
            key_id=key_id,
            state=IssuedState.SIGNING,
            notification_id=notification_id,
            issued_at=moment,
        )
        for number, ((copy_id, key_id), key) in enumerate(zip(made, keys, strict=True))
    ]


def _issued_at(at: datetime, *, copies: int) -> datetime:
    """Now; for several copies the whole hour, so that their time does not tie them together.

    RFC 9901, section 10.1: whoever sees two copies must not know them by a moment they share.
    """
    return at.replace(microsecond=0) if copies == 1 else whole_hour(at)


def _key_id(row: Copy, written: IssuedFormat, ports: Ports) -> str:
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
    written, signer = batch.format.written, signer_of(ports, batch.format, intent.copy.key_id)
    wire = written.issue(
        intent.credential,
        signer,
        holder=intent.holder,
        disclosable=batch.template.type.disclosable() if written.selective else frozenset(),
        entropy=ports.entropy,
    )
    verify(written, wire, lambda _: signer.public, at=max(at, intent.copy.issued_at))
    return wire


def _sealed(intent: Intent, wire: Wire, sealer: Sealer) -> bytes:
    """Members in the order in which they were answered: a retry gets the same bytes."""
    return sealer.seal(json_octets(wire), about=intent.copy.id)


def _opened(row: Copy, sealer: Sealer) -> Wire:
    wire = parse_json(sealer.open(row.sealed or b"", about=row.id))
    if not isinstance(wire, str | dict):
        raise UndeterminedError("seal_broken", "neither text nor an object")
    return wire


def _keep(
    session: Session,
    grant: Grant,
    *,
    sealed: Sequence[tuple[str, bytes]],
    ports: Ports,
    at: datetime,
) -> list[Copy]:
    """Keep the first signatures that come back; the claims leave the offer in the same step.

    Returns:
        What was kept before, and counts instead; nothing where these were the first.
    """
    connection = session.connection()
    if not deliver(connection, grant.offer_id, at=at):
        kept = _own_copies(session, grant)
        if not kept or any(copy.state == IssuedState.SIGNING for copy in kept):
            raise RejectedError("invalid_token", "its offer was taken back meanwhile")
        return kept
    if not keep(connection, grant.id, sealed):
        raise RejectedError("invalid_token", "its offer was given a new code meanwhile")
    first = sealed[0][0]
    word = "credential.delivered"
    emit(session, word, ports=ports, at=at, offer=grant.offer_id, credential=first)
    return []


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
    offer = lock(session, grant.offer_id)
    rows = session.exec(
        select(Issued)
        .where(Issued.offer_id == grant.offer_id, Issued.grant_id == grant.id)
        .order_by(col(Issued.copy_number))
    ).all()
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
