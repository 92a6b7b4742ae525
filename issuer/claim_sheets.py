"""Claim cards and PIN strips for a whole list: what still waits, as two apart documents.

Each of the two is printed on a request of its own, and the audit log tells who did.
"""

from datetime import datetime
from pathlib import PurePath

from sqlmodel import Session, col, func, select

from credentials.errors import RejectedError
from issuer.audit import record
from issuer.documents.cards import MAX_CARDS, ClaimCard, ClaimSheet
from issuer.links import wallet_link
from issuer.offers import contents_of, offer_uri, person_of
from issuer.ports import Ports
from issuer.tables import Batch, Offer, OfferState
from service.dates import in_words

PAPERS = ("cards", "pins")
"""The two documents of a list; a key of ``issuer.print.*`` each."""


def batch_of(session: Session, batch_id: str, *, ports: Ports) -> Batch:
    """A list of this organisation that became offers.

    Raises:
        RejectedError: ``not_found``, also where it is another organisation's.
    """
    batch = session.get(Batch, batch_id)
    if batch is None or batch.organisation_id != ports.organisation_id:
        raise RejectedError("not_found", "no such list")
    return batch


def waiting(session: Session, batch_id: str, *, ports: Ports, at: datetime) -> int:
    """How many offers of a list can still be printed."""
    count = select(func.count(col(Offer.id))).where(
        Offer.batch_id == batch_id,
        Offer.organisation_id == ports.organisation_id,
        Offer.state == OfferState.OFFERED,
        col(Offer.expires_at) > at,
    )
    return session.exec(count).one()


def claim_sheet(
    session: Session, batch_id: str, *, language: str, part: int = 1, ports: Ports, at: datetime
) -> ClaimSheet:
    """The cards of a list, in its order, without what was fetched, cancelled or is over.

    Args:
        session: the open transaction.
        batch_id: of the list.
        language: of the cards.
        part: at least 1; each holds ``MAX_CARDS``, counted over all that was ever on the list.
        ports: of the organisation.
        at: the present moment.

    Raises:
        RejectedError: ``not_found``, also for another organisation's list; ``nothing_to_print``.
    """
    batch = batch_of(session, batch_id, ports=ports)
    rows = session.exec(
        select(Offer)
        .where(Offer.batch_id == batch.id, Offer.organisation_id == ports.organisation_id)
        .order_by(col(Offer.line), col(Offer.id))
        .offset((part - 1) * MAX_CARDS)
        .limit(MAX_CARDS)
    ).all()
    cards = tuple(
        _card(row, number, language, ports)
        for number, row in enumerate(rows, (part - 1) * MAX_CARDS + 1)
        if row.state == OfferState.OFFERED and at < row.expires_at
    )
    if not cards:
        raise RejectedError("nothing_to_print", "every offer was fetched, or is over")
    return ClaimSheet(
        cards=cards,
        group=PurePath(batch.name).stem or in_words(batch.created_at, language),
        issuer=ports.identity.name,
        printed_at=at,
        language=language,
        sample=ports.settings.demo,
    )


def note_printed(session: Session, batch_id: str, *, what: str, actor: str, ports: Ports) -> None:
    """Tell the audit log that cards or PINs were printed; ``what`` is one of ``PAPERS``."""
    record(session, ports, f"{what}_printed", about=batch_id, actor=actor)


def _card(row: Offer, number: int, language: str, ports: Ports) -> ClaimCard:
    template = ports.template(row.type_id, row.template_version)
    return ClaimCard(
        number=number,
        person=person_of(row, ports),
        title=template.type.title(language),
        link=wallet_link(offer_uri(row, ports), ports.settings),
        pin=contents_of(row, ports).tx_code,
        until=row.expires_at,
    )
