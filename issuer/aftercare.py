"""Looking after what was given: one proof or many, withdrawn, paused, resumed, corrected, renewed.

A proof may have been fetched in several copies; what is said about it is said about each.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlmodel import Session, col, select

from credentials.errors import RejectedError
from issuer import delivery, offers, status
from issuer.offers import UNFETCHED
from issuer.ports import Ports
from issuer.tables import Issued, IssuedState, Offer, OfferState, StatusWord

ENDING_WITHIN = timedelta(days=120)
"""What ends within four months is listed: time for a new course."""

MAX_ENDING = 500
"""Rows of that list; the first to end come first."""


class Care(StrEnum):
    """What can be done to many offers at once."""

    REMIND = "remind"
    CANCEL = "cancel"
    SUSPEND = "suspended"
    RESUME = "valid"
    REVOKE = "revoked"


@dataclass(frozen=True, slots=True)
class Cared:
    """What came of it.

    Attributes:
        done: how many it was done to.
        left: how many it does not fit: fetched already, withdrawn before, of another organisation.
    """

    done: int
    left: int


def copies(session: Session, offer: Offer) -> list[Issued]:
    """Every copy of an offer's proof that a holder may have; what is said is said about all."""
    rows = session.exec(
        select(Issued)
        .where(Issued.offer_id == offer.id, Issued.state != IssuedState.SIGNING)
        .order_by(col(Issued.copy_number))
    )
    return list(rows)


def change_status(
    session: Session,
    offer_id: str,
    *,
    to: StatusWord,
    reason: str,
    ports: Ports,
    actor: str,
    at: datetime,
) -> None:
    """Withdraw, pause or resume the proof of an offer, in all its copies.

    Raises:
        RejectedError: ``not_found``; ``offer_open`` where nobody has fetched it; ``status_final``.
        MalformedError: ``status_reason_invalid``.
    """
    found = copies(session, offers.find_to_change(session, offer_id, ports=ports))
    if not found:
        raise RejectedError("offer_open", "nobody has fetched it")
    status.change(session, found[0].id, to=to, reason=reason, ports=ports, at=at, actor=actor)


def care(
    session: Session,
    offer_ids: Iterable[str],
    what: Care,
    *,
    reason: str,
    ports: Ports,
    actor: str,
    at: datetime,
) -> Cared:
    """Do the same to many offers, all in one transaction; what it does not fit is left as it is.

    Raises:
        MalformedError: ``status_reason_invalid``; then nothing is changed.
    """
    done = left = 0
    for offer_id in sorted(set(offer_ids)):  # in one order, or two would wait for each other
        try:
            if what is Care.REMIND:
                delivery.remind(session, offer_id, ports=ports, actor=actor, at=at)
            elif what is Care.CANCEL:
                offers.cancel(session, offer_id, ports=ports, at=at, actor=actor)
            else:
                change_status(
                    session,
                    offer_id,
                    to=StatusWord(what),
                    reason=reason,
                    ports=ports,
                    actor=actor,
                    at=at,
                )
            done += 1
        except RejectedError:
            left += 1
    return Cared(done, left)


def replace_by(
    session: Session, old_id: str, *, reason: str, ports: Ports, actor: str, at: datetime
) -> None:
    """Take back what a new offer corrects: cancelled while nobody has it, else withdrawn.

    Raises:
        RejectedError: ``not_found``.
        MalformedError: ``status_reason_invalid``.
    """
    row = offers.find_to_change(session, old_id, ports=ports)
    if row.state in UNFETCHED:
        offers.cancel(session, old_id, ports=ports, at=at, actor=actor)
    elif row.state != OfferState.CANCELLED:
        change_status(
            session,
            old_id,
            to=StatusWord.REVOKED,
            reason=reason,
            ports=ports,
            actor=actor,
            at=at,
        )


def ending(session: Session, *, ports: Ports, at: datetime) -> list[Offer]:
    """Proofs that somebody has and that end soon, the first to end first."""
    rows = session.exec(
        select(Offer)
        .where(
            Offer.organisation_id == ports.organisation_id,
            col(Offer.state).in_([OfferState.DELIVERED, OfferState.ACCEPTED]),
            col(Offer.ends_at) > at - ENDING_WITHIN,
            col(Offer.ends_at) <= at + ENDING_WITHIN,
        )
        .order_by(col(Offer.ends_at), col(Offer.id))
        .limit(MAX_ENDING)
    )
    return list(rows)
