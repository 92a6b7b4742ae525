"""Six-monthly confirmations of welders (ISO 9606-1, section 9.2): who is due, one tap each.

A firm keeps a list of the welders who weld there. A confirmation is a proof of its own, the type
``lasbevestiging``; whether the qualification still stands is computed from the chain of them.
"""

import json
from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from credentials.encoding import JsonObject, compact_json
from credentials.errors import MalformedError, RejectedError
from issuer import delivery, offers
from issuer.audit import record
from issuer.offers import ID_BYTES, LETTER_LIFE, MadeOffer, secret
from issuer.orders import order
from issuer.ports import Ports
from issuer.tables import Delivery, Welder
from issuer.templates import Template
from issuer.turns import take_turn
from schemas.completion import AMSTERDAM, add_months
from service.mail import check_address

TYPE = "lasbevestiging"

EVERY_MONTHS = 6
"""The longest gap between two confirmations."""

MAX_WELDERS = 2_000
"""Of one firm: more than the largest yard has."""


@dataclass(frozen=True, slots=True)
class Details:
    """Who welds, and under which qualification.

    Attributes:
        process: number of ISO 4063, such as ``135``.
        address: where the letter goes; empty: the code is shown on the screen.
    """

    given_name: str
    family_name: str
    document_number: str
    process: str
    address: str = ""

    @property
    def name(self) -> str:
        """The welder's name on one line."""
        return f"{self.given_name} {self.family_name}"


@dataclass(frozen=True, slots=True)
class Standing:
    """One welder as the list shows it.

    Attributes:
        word: ``late``, ``due`` within a month, or ``good``.
    """

    id: str
    details: Details
    due_on: date
    confirmed_on: date | None
    word: str


def template(ports: Ports) -> Template:
    """How this firm confirms welding.

    Raises:
        RejectedError: ``not_found``: it may not.
    """
    found = ports.templates.get(TYPE)
    if found is None:
        raise RejectedError("not_found", "this organisation confirms no welding")
    return found


def today(at: datetime) -> date:
    """The calendar day where the work is done."""
    return at.astimezone(AMSTERDAM).date()


def add_welder(
    session: Session,
    details: Details,
    *,
    last_on: date,
    numbers_confirmed: bool,
    ports: Ports,
    actor: str,
    at: datetime,
) -> Welder:
    """Enter a welder, with the day of the test or of the last confirmation.

    Raises:
        SchemaMismatch: a detail does not fit the type; ``number_unconfirmed``.
        MalformedError: ``mail_address``; ``welder_date``: a day to come, or too long ago.
        RejectedError: ``not_found``; ``too_many_welders``.
    """
    day = today(at)
    if not add_months(day, -EVERY_MONTHS) <= last_on <= day:
        raise MalformedError("welder_date", "between six months ago and today")
    order(template(ports), _claims(details, day), numbers_confirmed=numbers_confirmed)
    if details.address:
        check_address(details.address)
    take_turn(session, ports.organisation_id)
    count = len(session.exec(select(Welder.id).where(_own(ports))).all())
    if count >= MAX_WELDERS:
        raise RejectedError("too_many_welders", f"{MAX_WELDERS} at most")
    identifier = secret(ports.entropy, ID_BYTES)
    row = Welder(
        id=identifier,
        organisation_id=ports.organisation_id,
        details=ports.sealer.seal(compact_json(asdict(details)), about=f"welder {identifier}"),
        due_on=add_months(last_on, EVERY_MONTHS),
        created_at=at,
    )
    session.add(row)
    record(session, ports, "welder_added", about=identifier, actor=actor)
    return row


def welders(session: Session, *, ports: Ports, at: datetime) -> list[Standing]:
    """Who welds here, the first to be due first."""
    day = today(at)
    soon = add_months(day, 1)
    rows = session.exec(
        select(Welder)
        .where(_own(ports), col(Welder.active).is_(True))
        .order_by(col(Welder.due_on), col(Welder.id))
    )
    return [
        Standing(
            row.id,
            details_of(row, ports),
            row.due_on,
            row.confirmed_on,
            "late" if row.due_on < day else "due" if row.due_on <= soon else "good",
        )
        for row in rows
    ]


def find(session: Session, welder_id: str, *, ports: Ports) -> Welder:
    """A welder of this firm, to change the row.

    Raises:
        RejectedError: ``not_found``.
    """
    row = session.get(Welder, welder_id, with_for_update=True)
    if row is None or row.organisation_id != ports.organisation_id or not row.active:
        raise RejectedError("not_found", "no such welder")
    return row


def confirm(
    session: Session, welder_id: str, *, due_on: date, ports: Ports, actor: str, at: datetime
) -> MadeOffer:
    """Confirm that a welder has welded; makes the proof and, where it can, sends the letter.

    Args:
        session: the open transaction.
        welder_id: who.
        due_on: what the page showed: a second tap on it finds it changed.
        ports: the firm's.
        actor: who confirms.
        at: now.

    Raises:
        RejectedError: ``not_found``; ``already_done``: confirmed meanwhile.
    """
    row = find(session, welder_id, ports=ports)
    details, day = details_of(row, ports), today(at)
    if row.due_on != due_on or row.confirmed_on == day:
        raise RejectedError("already_done", "confirmed meanwhile")
    wanted = order(template(ports), _claims(details, day), numbers_confirmed=True)
    made = offers.offer(session, wanted, ports=ports, at=at, life=LETTER_LIFE)
    session.flush()
    if details.address:
        delivery.by_mail(session, made.id, details.address, ports=ports)
    else:
        delivery.handed_over(session, made.id, Delivery.SCREEN, ports=ports)
    row.confirmed_on, row.due_on = day, add_months(day, EVERY_MONTHS)
    session.add(row)
    record(session, ports, "welder_confirmed", about=row.id, actor=actor)
    return made


def leave(session: Session, welder_id: str, *, ports: Ports, actor: str) -> None:
    """Somebody no longer welds here; what was confirmed stays true.

    Raises:
        RejectedError: ``not_found``.
    """
    row = find(session, welder_id, ports=ports)
    row.active = False
    session.add(row)
    record(session, ports, "welder_left", about=row.id, actor=actor)


def details_of(row: Welder, ports: Ports) -> Details:
    """Who a row is about."""
    plain = json.loads(ports.sealer.open(row.details, about=f"welder {row.id}"))
    return Details(**plain)


def _claims(details: Details, day: date) -> JsonObject:
    return {
        "given_name": details.given_name,
        "family_name": details.family_name,
        "document_number": details.document_number,
        "process": details.process,
        "confirmed_on": day.isoformat(),
    }


def _own(ports: Ports) -> bool:
    return Welder.organisation_id == ports.organisation_id
