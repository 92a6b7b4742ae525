"""What other systems are told: an event is a row of the commit that made it, sent by a job.

An event names rows and states; no name and no claim. Receivers are told at least once.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

import sqlalchemy
from sqlalchemy import bindparam, delete
from sqlmodel import Session, col, select

from credentials.errors import MalformedError, RejectedError
from issuer.audit import record
from issuer.installation import Installation
from issuer.ports import Ports
from issuer.tables import Event, Receiver
from issuer.turns import take_turn
from service.jobs import Work
from service.webhooks import OVERLAP, Delivery, check_endpoint, new_secret, write_event

JOB = "webhook"
"""Kind of the job that tells one receiver of one event."""

KINDS = (
    *("offer.made", "offer.cancelled", "offer.redeemed", "offer.locked"),
    *("credential.delivered", "credential.accepted", "credential.refused"),
    *("credential.revoked", "credential.suspended", "credential.valid"),
)
"""Everything that is told."""

KEPT = timedelta(days=7)
"""Longer than the last attempt to tell an event."""

MAX_RECEIVERS = 20
"""Of one organisation."""


_ACTIVE = sqlalchemy.select(col(Receiver.id), col(Receiver.events)).where(
    col(Receiver.owner_id) == bindparam("owner"), col(Receiver.active).is_(True)
)
"""Put together once: it is asked with every step of every offer."""


def emit(
    session: Session, kind: str, *, ports: Ports, at: datetime, offer: str, credential: str = ""
) -> None:
    """Tell every receiver that wants it, once this transaction is committed."""
    wanting = [
        row
        for row in session.connection().execute(_ACTIVE, {"owner": ports.organisation_id})
        if not row.events or kind in row.events
    ]
    if not wanting:
        return
    old = select(Event.id).where(Event.at <= at - KEPT).with_for_update(skip_locked=True)
    session.connection().execute(delete(Event).where(col(Event.id).in_(old)))
    identifier = ports.entropy(16).hex()
    data = {"offer": offer, **({"credential": credential} if credential else {})}
    session.add(
        Event(
            id=identifier,
            organisation_id=ports.organisation_id,
            kind=kind,
            body=write_event(kind, data, at=at),
            at=at,
        )
    )
    session.flush()
    for row in wanting:
        ports.outbox.enqueue(session, JOB, {"endpoint": row.id, "event": identifier})


def receivers(session: Session, ports: Ports) -> list[Receiver]:
    """Where this organisation's events go, the oldest first."""
    found = session.exec(
        select(Receiver)
        .where(Receiver.owner_id == ports.organisation_id)
        .order_by(col(Receiver.created_at), col(Receiver.id))
    )
    return list(found)


def add_receiver(
    session: Session, url: str, *, kinds: Iterable[str], ports: Ports, actor: str, at: datetime
) -> tuple[Receiver, str]:
    """Tell events to an address.

    Returns:
        Its row, and the secret that signs every message: it is shown this once.

    Raises:
        RejectedError: ``address_forbidden``; ``too_many_receivers``.
        MalformedError: ``event_unknown``.
    """
    wanted = sorted(set(kinds))
    if not set(wanted) <= set(KINDS):
        raise MalformedError("event_unknown", f"of {', '.join(KINDS)}")
    take_turn(session, ports.organisation_id)
    if len(receivers(session, ports)) >= MAX_RECEIVERS:
        raise RejectedError("too_many_receivers", f"{MAX_RECEIVERS} at most")
    identifier, made = ports.entropy(16).hex(), new_secret(ports.entropy)
    row = Receiver(
        id=identifier,
        owner_id=ports.organisation_id,
        url=check_endpoint(url, dev_origins=ports.settings.dev_origins),
        events=wanted,
        secret=ports.sealer.seal(made.encode(), about=f"receiver {identifier}"),
        created_at=at,
    )
    session.add(row)
    record(session, ports, "receiver_added", about=identifier, actor=actor)
    return row, made


def find_receiver(session: Session, receiver_id: str, ports: Ports) -> Receiver:
    """A receiver of this organisation, to change it.

    Raises:
        RejectedError: ``not_found``.
    """
    row = session.get(Receiver, receiver_id, with_for_update=True)
    if row is None or row.owner_id != ports.organisation_id:
        raise RejectedError("not_found", "no such receiver")
    return row


def renew_secret(
    session: Session, receiver_id: str, *, ports: Ports, actor: str, at: datetime
) -> str:
    """A new secret; the old one signs along for a day.

    Raises:
        RejectedError: ``not_found``.
    """
    row, made = find_receiver(session, receiver_id, ports), new_secret(ports.entropy)
    row.old_secret, row.old_until = row.secret, at + OVERLAP
    row.secret = ports.sealer.seal(made.encode(), about=f"receiver {row.id}")
    row.active = True
    session.add(row)
    record(session, ports, "receiver_renewed", about=row.id, actor=actor)
    return made


def remove_receiver(session: Session, receiver_id: str, *, ports: Ports, actor: str) -> None:
    """Tell this address nothing any more.

    Raises:
        RejectedError: ``not_found``.
    """
    session.delete(find_receiver(session, receiver_id, ports))
    record(session, ports, "receiver_removed", about=receiver_id, actor=actor)


def delivery_of(installation: Installation, work: Work) -> Delivery | None:
    """The message of one job; None where its receiver or its event is gone."""
    with installation.database.reading() as session:
        row = session.get(Receiver, work.text("endpoint"))
        event = session.get(Event, work.text("event"))
    if row is None or event is None or not row.active:
        return None
    ports = installation.ports(row.owner_id)
    about = f"receiver {row.id}"
    sealed = [row.secret]
    if row.old_secret is not None and row.old_until is not None:
        sealed += [row.old_secret] if ports.clock() < row.old_until else []
    secrets = [ports.sealer.open(one, about=about).decode() for one in sealed]
    return Delivery(row.id, row.url, secrets, event.body)


def switch_off(installation: Installation, receiver_id: str) -> None:
    """A receiver said that nobody wants this any more."""
    with installation.database.transaction() as session:
        row = session.get(Receiver, receiver_id, with_for_update=True)
        if row is not None:
            row.active = False
            session.add(row)
