"""What the institute sees of its offers: a name, a type and where it stands, in words."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from issuer.offers import UNFETCHED, find, person_of
from issuer.ports import Ports
from issuer.tables import PAPER_GRANT, Issued, Offer, OfferState, StatusWord

MAX_ROWS = 500
"""One page; the newest come first."""

_FIRST_COPY = col(Issued.copy_number) == 0


@dataclass(frozen=True, slots=True)
class Standing:
    """One offer as people see it.

    Attributes:
        word: ``waiting``, ``expired``, ``locked``, ``halfway``, ``fetched``, ``on_paper``,
            ``refused``, ``cancelled``, ``suspended`` or ``revoked``.
        since: when it came to stand so; for a waiting offer, until when it waits.
        reason: of the last change of status.
        issued_id: None while nobody has fetched it.
        status: what the issuer says about the proof; None while nobody has fetched it.
        can_renew: a new code can be made for the same contents.
    """

    id: str
    person: str
    type_id: str
    format: str
    word: str
    since: datetime
    reason: str | None
    issued_id: str | None
    status: str | None
    can_renew: bool


GROUP = {
    "fetched": "positive",
    "on_paper": "positive",
    "waiting": "warning",
    "halfway": "warning",
    "expired": "negative",
    "locked": "negative",
    "refused": "negative",
    "suspended": "negative",
    "revoked": "negative",
    "cancelled": "quiet",
}
"""Word to the group of the overview: fetched, waiting, look here, or none of these."""


def standing(offer: Offer, issued: Issued | None, *, ports: Ports, at: datetime) -> Standing:
    """How one offer stands now."""
    word, since = _word(offer, issued, at)
    delivered = issued is not None and offer.state not in UNFETCHED
    return Standing(
        id=offer.id,
        person=person_of(offer, ports),
        type_id=offer.type_id,
        format=offer.format,
        word=word,
        since=since,
        reason=issued.status_reason if issued else None,
        issued_id=issued.id if issued is not None and delivered else None,
        status=issued.status if issued is not None and delivered else None,
        can_renew=offer.contents is not None and word != "waiting",
    )


def _word(offer: Offer, issued: Issued | None, at: datetime) -> tuple[str, datetime]:
    if issued is not None and issued.status != StatusWord.VALID:
        return issued.status, issued.status_at or offer.changed_at
    if offer.state == OfferState.OFFERED:
        return ("expired" if at >= offer.expires_at else "waiting"), offer.expires_at
    if offer.state == OfferState.DELIVERED and issued and issued.grant_id == PAPER_GRANT:
        return "on_paper", offer.changed_at
    words = {
        OfferState.REDEEMED: "halfway",
        OfferState.DELIVERED: "fetched",
        OfferState.ACCEPTED: "fetched",
        OfferState.REFUSED: "refused",
        OfferState.LOCKED: "locked",
        OfferState.CANCELLED: "cancelled",
    }
    return words[OfferState(offer.state)], offer.changed_at


def standings(session: Session, *, ports: Ports, at: datetime) -> list[Standing]:
    """The newest ``MAX_ROWS`` offers of this organisation."""
    rows = session.exec(
        select(Offer, Issued)
        .join(Issued, (col(Issued.offer_id) == col(Offer.id)) & _FIRST_COPY, isouter=True)
        .where(Offer.organisation_id == ports.organisation_id)
        .order_by(col(Offer.created_at).desc(), col(Offer.line), col(Offer.id))
        .limit(MAX_ROWS)
    ).all()
    return [standing(offer, issued, ports=ports, at=at) for offer, issued in rows]


STATES = (*OfferState, "expired")
"""Where an offer can stand, apart from what is said about its proof."""


def page(session: Session, *, ports: Ports, after: str, limit: int, state: str = "") -> list[Offer]:
    """Offers of this organisation, the newest first, from behind the offer ``after`` on.

    Args:
        session: open for reading.
        ports: of the organisation.
        after: id of the last offer of the page before; empty for the first page.
        limit: how many at most.
        state: of ``STATES``; empty for all of them.

    Raises:
        RejectedError: ``not_found`` for an ``after`` that is none of theirs.
    """
    wanted = select(Offer).where(Offer.organisation_id == ports.organisation_id)
    if state:
        waits, over = Offer.state == OfferState.OFFERED, col(Offer.expires_at) <= ports.clock()
        others = {"expired": (waits, over), OfferState.OFFERED.value: (waits, ~over)}
        wanted = wanted.where(*others.get(state, (Offer.state == state,)))
    if after:
        last = find(session, after, ports=ports)
        older = (col(Offer.created_at) < last.created_at) | (
            (col(Offer.created_at) == last.created_at) & (col(Offer.id) > last.id)
        )
        wanted = wanted.where(older)
    order = (col(Offer.created_at).desc(), col(Offer.id))
    return list(session.exec(wanted.order_by(*order).limit(limit)))


def named(session: Session, name: str, *, ports: Ports) -> Offer:
    """An offer of this organisation by its id, or by that of a proof that came of it.

    Raises:
        RejectedError: ``not_found``.
    """
    issued = session.get(Issued, name) if name.startswith("urn:") else None
    return find(session, name if issued is None else issued.offer_id, ports=ports)


def one_standing(session: Session, offer: Offer, *, ports: Ports, at: datetime) -> Standing:
    """How this offer stands now."""
    issued = session.exec(select(Issued).where(Issued.offer_id == offer.id, _FIRST_COPY)).first()
    return standing(offer, issued, ports=ports, at=at)
