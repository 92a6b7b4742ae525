"""Rows of a list that is signed ahead: the intents before signing, and what is kept after it.

The id of each row's offer follows from the list and the line, so no row is ever given twice.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, update
from sqlmodel import Session, col, select

from credentials.model import Credential
from issuer import given_proofs
from issuer.audit import OPERATOR
from issuer.bulk_signing import Task
from issuer.class_list import Row
from issuer.events import emit, receivers
from issuer.formats import ISSUED_FORMATS
from issuer.issuance import content_digest
from issuer.offers import ID_BYTES, fingerprint, secret
from issuer.orders import Order
from issuer.ports import Ports
from issuer.status import Place, places_of, references, reserve_many
from issuer.tables import PAPER_GRANT, Issued, IssuedState, Offer, OfferState, Paper
from issuer.templates import validity
from schemas.completion import valid_until


@dataclass(frozen=True, slots=True)
class Begun:
    """A list that is being signed.

    Attributes:
        id: of its batch; the same list, format and language have the same.
        language: of the paper, ``nl`` or ``en``.
    """

    id: str
    format: str
    language: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """A complete row that has no proof yet."""

    offer_id: str
    row: Row
    order: Order


@dataclass(frozen=True, slots=True)
class Intent:
    """What is going to be signed for one row: durable before the signer is called."""

    offer_id: str
    issued_id: str
    task: Task


@dataclass(frozen=True, slots=True)
class _Stored:
    """An issuance as it stands in its row."""

    id: str
    offer_id: str
    key_id: str
    issued_at: datetime


def intend(
    session: Session, ports: Ports, begun: Begun, wanted: Sequence[Wanted], at: datetime
) -> list[Intent]:
    """Store what is going to be signed; what an earlier run stored is taken over."""
    ids = [one.offer_id for one in wanted]
    found = session.exec(
        select(Issued, Offer)
        .join(Offer, col(Offer.id) == col(Issued.offer_id))
        .where(col(Issued.offer_id).in_(ids))
    ).all()
    orders = {one.offer_id: one.order for one in wanted}
    signer = ISSUED_FORMATS[begun.format].signer
    rows = list[_Stored]()
    for row, offer in found:
        if row.state != IssuedState.SIGNING or offer.state != OfferState.REDEEMED:
            continue
        order = orders[offer.id]
        row.key_id = ports.signers.kept(row.key_id, signer, row.issued_at)
        row.content_digest = content_digest(row.id, order.claims)
        offer.template_version, offer.ends_at = order.template_version, valid_until(order.claims)
        session.add_all((row, offer))
        rows.append(_Stored(row.id, row.offer_id, row.key_id, row.issued_at))
    places = places_of(session, [row.id for row in rows], ports=ports) if rows else {}
    known = {offer.id for _, offer in found}
    fresh = [one for one in wanted if one.offer_id not in known]
    made, drawn = _reserve(session, ports, begun, fresh, at) if fresh else ([], {})
    places |= drawn
    return [_intent(row, orders[row.offer_id], places[row.id], ports, at) for row in (*rows, *made)]


def _reserve(
    session: Session, ports: Ports, begun: Begun, fresh: Sequence[Wanted], at: datetime
) -> tuple[list[_Stored], dict[str, Place]]:
    """Enter offers and intents, and draw their places."""
    written, moment = ISSUED_FORMATS[begun.format], at.replace(microsecond=0)
    key_id = ports.signers.kept("", written.signer, moment)
    rows, intents = list[_Stored](), list[dict[str, object]]()
    for one in fresh:
        issued_id = uuid.UUID(bytes=ports.entropy(16), version=4).urn
        rows.append(_Stored(issued_id, one.offer_id, key_id, moment))
        intents.append(
            {
                "id": issued_id,
                "organisation_id": ports.organisation_id,
                "offer_id": one.offer_id,
                "grant_id": PAPER_GRANT,
                "holder": "",
                "key_id": key_id,
                "content_digest": content_digest(issued_id, one.order.claims),
                "notification_id": secret(ports.entropy, ID_BYTES),
                "issued_at": moment,
            }
        )
    offers = [_offer(one, begun, ports, at) for one in fresh]
    session.connection().execute(insert(Offer), offers)
    session.connection().execute(insert(Issued), intents)
    ids = [row.id for row in rows]
    places = reserve_many(session, kind=written.status, issued_ids=ids, ports=ports)
    given_proofs.remember(session, [one.row for one in fresh], ports=ports, at=at)
    return rows, places


def _offer(one: Wanted, begun: Begun, ports: Ports, at: datetime) -> dict[str, object]:
    """The row of an offer that nobody can fetch: its code and link are known to nobody."""
    person = ports.sealer.seal(one.order.person.encode(), about=f"person {one.offer_id}")
    return {
        "id": one.offer_id,
        "organisation_id": ports.organisation_id,
        "batch_id": begun.id,
        "line": one.row.line,
        "link_id": secret(ports.entropy, ID_BYTES),
        "code_hash": fingerprint(secret(ports.entropy)),
        "type_id": one.order.type_id,
        "template_version": one.order.template_version,
        "format": begun.format,
        "state": OfferState.REDEEMED,
        "attempts": 0,
        "person": person,
        "ends_at": valid_until(one.order.claims),
        "created_at": at,
        "expires_at": at,
        "changed_at": at,
    }


def _intent(row: _Stored, order: Order, place: Place, ports: Ports, at: datetime) -> Intent:
    template = ports.template(order.type_id, order.template_version)
    selective = ISSUED_FORMATS[order.format].written.selective
    credential = Credential(
        type=template.type.url,
        issuer=ports.did,
        claims=order.claims,
        issued_at=row.issued_at,
        validity=validity(order.claims, at=row.issued_at),
        status=references(place),
        credential_id=row.id,
    )
    task = Task(
        credential=credential,
        format=order.format,
        key_id=row.key_id,
        disclosable=template.type.disclosable() if selective else frozenset(),
        at=max(at, row.issued_at),
    )
    return Intent(row.offer_id, row.id, task)


def keep(
    session: Session,
    ports: Ports,
    begun: Begun,
    intents: Sequence[Intent],
    sealed: Sequence[bytes],
    at: datetime,
) -> int:
    """Keep the first signature that comes back for each; how many were kept."""
    open_now = set(
        session.exec(
            select(Issued.id)
            .join(Offer, col(Offer.id) == col(Issued.offer_id))
            .where(
                col(Issued.id).in_([one.issued_id for one in intents]),
                Issued.state == IssuedState.SIGNING,
                Offer.state == OfferState.REDEEMED,
            )
            .with_for_update()
        )
    )
    kept = [
        (one, octets)
        for one, octets in zip(intents, sealed, strict=True)
        if one.issued_id in open_now
    ]
    if not kept:
        return 0
    connection = session.connection()
    connection.execute(
        update(Offer)
        .where(col(Offer.id).in_([one.offer_id for one, _ in kept]))
        .values(state=OfferState.DELIVERED, changed_at=at)
    )
    connection.execute(
        update(Issued).where(col(Issued.id).in_(open_now)).values(state=IssuedState.DELIVERED)
    )
    papers = [
        {
            "issued_id": one.issued_id,
            "offer_id": one.offer_id,
            "organisation_id": ports.organisation_id,
            "sealed": octets,
            "language": begun.language,
            "made_by": OPERATOR,
            "made_at": at,
        }
        for one, octets in kept
    ]
    connection.execute(insert(Paper), papers)
    if receivers(session, ports):
        for one, _ in kept:
            word = "credential.delivered"
            emit(session, word, ports=ports, at=at, offer=one.offer_id, credential=one.issued_id)
    return len(kept)
