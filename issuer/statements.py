"""Statements of an employer: they count after a second person has agreed, or after a waiting day.

One person in a small firm can then still take back what was signed in a hurry or in anger; and
nobody gives themselves a past alone.
"""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from credentials.errors import RejectedError
from issuer import delivery, holds
from issuer.audit import OPERATOR, record
from issuer.installation import Installation
from issuer.offers import find_to_change
from issuer.ports import Ports
from issuer.tables import Hold, Offer
from service.jobs import Handler, Work

SLOW_TYPES = frozenset({"werkervaringsverklaring"})
"""Types whose giver is one employer alone (``may_issue`` of the catalogue)."""

SIGNED_TYPES = SLOW_TYPES | {"lasbevestiging", "nen-3140-aanwijzing-vop"}
"""Types that a firm signs with a passkey."""

WAITING_DAY = timedelta(days=1)

END_OF_WAIT = "hold_end"
"""Kind of the job that ends the waiting day."""


def hold_back(session: Session, offer: Offer, *, ports: Ports, actor: str, at: datetime) -> None:
    """Let a statement wait for a second person or a day."""
    holds.hold(session, offer.id, ports=ports, at=at, actor=actor)
    about = {"offer": offer.id, "organisation": offer.organisation_id}
    ports.outbox.enqueue(session, END_OF_WAIT, about, run_at=at + WAITING_DAY)


def waiting(session: Session, *, ports: Ports) -> list[tuple[Hold, Offer]]:
    """Statements that wait, the oldest first."""
    rows = session.exec(
        select(Hold, Offer)
        .where(
            Hold.organisation_id == ports.organisation_id,
            Offer.id == col(Hold.offer_id),
            col(Hold.released_at).is_(None),
            col(Hold.denied_at).is_(None),
        )
        .order_by(col(Hold.placed_at))
    )
    return [(hold, offer) for hold, offer in rows]


def answer(
    session: Session, offer_id: str, *, agreed: bool, ports: Ports, actor: str, at: datetime
) -> None:
    """A second person agrees, or not.

    Raises:
        RejectedError: ``not_found``; ``hold_ended``; ``second_person``: they made it themselves.
    """
    offer = find_to_change(session, offer_id, ports=ports)
    row = session.get(Hold, offer.id)
    if row is not None and row.placed_by == actor and agreed:
        raise RejectedError("second_person", "made by the same member")
    act = holds.release if agreed else holds.deny
    act(session, offer_id, ports=ports, at=at)
    if agreed:
        delivery.send_kept(session, offer_id, ports=ports)
    record(
        session, ports, "hold_released" if agreed else "hold_denied", about=offer_id, actor=actor
    )


def end_of_wait(installation: Installation) -> Handler:
    """What happens when the waiting day is over: whatever still waits may be given."""

    def run(work: Work) -> None:
        """Release it, unless somebody answered before."""
        ports = installation.ports(work.text("organisation"))
        with ports.database.transaction() as session:
            end_wait(session, work.text("offer"), ports=ports, at=ports.clock())

    return Handler(run)


def end_wait(session: Session, offer_id: str, *, ports: Ports, at: datetime) -> None:
    """Let a statement count by itself, unless somebody answered before.

    Raises:
        RejectedError: ``not_found``.
    """
    offer = find_to_change(session, offer_id, ports=ports)
    row = session.get(Hold, offer.id)
    if row is None or row.released_at is not None or row.denied_at is not None:
        return
    holds.release(session, offer_id, ports=ports, at=at)
    delivery.send_kept(session, offer_id, ports=ports)
    record(session, ports, "hold_released", about=offer_id, actor=OPERATOR)
