"""Where an organisation's events go: a receiver has an address and a secret, an event is told once.

    receivers = Receivers(ReceiverRow, EventRow, outbox, sealer, clock, entropy, dev_origins)
    receivers.emit(session, owner, "request.answered", {"request": row.id})     # in that commit
    handlers = {JOB: webhook_handler(http, receivers.delivery_of, clock=clock,
                                     on_gone=receivers.switch_off)}

An event is a row of the commit that made it, and a job for each receiver that wants it. It names
rows and states; no name and no claim. Receivers are told at least once (``service.webhooks``).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

import sqlalchemy
from sqlalchemy import LargeBinary, Select, bindparam, delete
from sqlmodel import Field, Session, SQLModel, col, select

from credentials.encoding import JsonObject
from credentials.errors import MalformedError, RejectedError
from service.clock import Clock
from service.columns import UtcTime
from service.jobs import Outbox, Work
from service.sealing import Sealer
from service.webhooks import (
    OVERLAP,
    Delivery,
    WebhookEndpoint,
    check_endpoint,
    new_secret,
    write_event,
)

JOB = "webhook"
"""Kind of the job that tells one receiver of one event."""

KEPT = timedelta(days=7)
"""Longer than the last attempt to tell an event."""

MAX_RECEIVERS = 20
"""Of one organisation."""


class ToldEvent(SQLModel):
    """Columns of a role's table of events; the role adds ``table=True``.

    Attributes:
        body: as ``service.webhooks.write_event`` wrote it: ids and states alone.
    """

    id: str = Field(primary_key=True)
    organisation_id: str = Field(foreign_key="organisation.id", index=True)
    kind: str
    body: bytes = Field(sa_type=LargeBinary)
    at: datetime = Field(sa_type=UtcTime, index=True)


@cache
def _active(table: type[WebhookEndpoint]) -> Select[str, list[str]]:
    """Put together once: it is asked with every step of every offer."""
    return sqlalchemy.select(col(table.id), col(table.events)).where(
        col(table.owner_id) == bindparam("owner"), col(table.active).is_(True)
    )


@dataclass(frozen=True, slots=True)
class Receivers:
    """The receivers of one service; every method but the last two works in the open transaction.

    Attributes:
        table: the role's receivers; events: what they are told.
        dev_origins: exact origins that a trial tells as well.
    """

    table: type[WebhookEndpoint]
    events: type[ToldEvent]
    outbox: Outbox
    sealer: Sealer
    clock: Clock
    entropy: Callable[[int], bytes]
    dev_origins: Mapping[str, str]

    def emit(
        self, session: Session, owner: str, kind: str, data: Mapping[str, str], *, at: datetime
    ) -> None:
        """Tell every receiver that wants it, once this transaction is committed."""
        wanting = [
            row
            for row in session.connection().execute(_active(self.table), {"owner": owner})
            if not row.events or kind in row.events
        ]
        if not wanting:
            return
        event = self.events
        old = select(event.id).where(event.at <= at - KEPT).with_for_update(skip_locked=True)
        session.connection().execute(delete(event).where(col(event.id).in_(old)))
        identifier = self.entropy(16).hex()
        body = write_event(kind, data, at=at)
        session.add(event(id=identifier, organisation_id=owner, kind=kind, body=body, at=at))
        session.flush()
        for row in wanting:
            self.outbox.enqueue(session, JOB, {"endpoint": row.id, "event": identifier})

    def of_owner(self, session: Session, owner: str) -> list[WebhookEndpoint]:
        """Where an organisation's events go, the oldest first."""
        found = session.exec(
            select(self.table)
            .where(self.table.owner_id == owner)
            .order_by(col(self.table.created_at), col(self.table.id))
        )
        return list(found)

    def add(
        self, session: Session, owner: str, url: str, *, wanted: Iterable[str], known: Iterable[str]
    ) -> tuple[WebhookEndpoint, str]:
        """Tell events to an address; the caller has the organisation's turn.

        Args:
            session: the open transaction.
            owner: whose events.
            url: where they go.
            wanted: kinds; none: all of them.
            known: the kinds that there are.

        Returns:
            Its row, and the secret that signs every message: it is shown this once.

        Raises:
            RejectedError: ``address_forbidden``; ``too_many_receivers``.
            MalformedError: ``event_unknown``.
        """
        kinds, possible = sorted(set(wanted)), [*known]
        if not set(kinds) <= set(possible):
            raise MalformedError("event_unknown", f"of {', '.join(possible)}")
        if len(self.of_owner(session, owner)) >= MAX_RECEIVERS:
            raise RejectedError("too_many_receivers", f"{MAX_RECEIVERS} at most")
        identifier, made = self.entropy(16).hex(), new_secret(self.entropy)
        row = self.table(
            id=identifier,
            owner_id=owner,
            url=check_endpoint(url, dev_origins=self.dev_origins),
            events=kinds,
            secret=self.sealer.seal(made.encode(), about=f"receiver {identifier}"),
            created_at=self.clock(),
        )
        session.add(row)
        return row, made

    def find(self, session: Session, receiver_id: str, owner: str) -> WebhookEndpoint:
        """A receiver of this organisation, to change it.

        Raises:
            RejectedError: ``not_found``, also where it is another organisation's.
        """
        row = session.get(self.table, receiver_id, with_for_update=True)
        if row is None or row.owner_id != owner:
            raise RejectedError("not_found", "no such receiver")
        return row

    def renew(self, session: Session, row: WebhookEndpoint) -> str:
        """A new secret; the old one signs along for a day."""
        made = new_secret(self.entropy)
        row.old_secret, row.old_until = row.secret, self.clock() + OVERLAP
        row.secret = self.sealer.seal(made.encode(), about=f"receiver {row.id}")
        row.active = True
        session.add(row)
        return made

    def delivery_of(self, work: Work) -> Delivery | None:
        """The message of one job; None where its receiver or its event is gone."""
        with self.outbox.database.reading() as session:
            row = session.get(self.table, work.text("endpoint"))
            event = session.get(self.events, work.text("event"))
        if row is None or event is None or not row.active:
            return None
        about = f"receiver {row.id}"
        sealed = [row.secret]
        if row.old_secret is not None and row.old_until is not None:
            sealed += [row.old_secret] if self.clock() < row.old_until else []
        secrets = [self.sealer.open(one, about=about).decode() for one in sealed]
        return Delivery(row.id, row.url, secrets, event.body)

    def switch_off(self, receiver_id: str) -> None:
        """A receiver said that nobody wants this any more."""
        with self.outbox.database.transaction() as session:
            row = session.get(self.table, receiver_id, with_for_update=True)
            if row is not None:
                row.active = False
                session.add(row)


def receiver_as_json(row: WebhookEndpoint) -> JsonObject:
    """A receiver, without its secret."""
    return {
        "id": row.id,
        "url": row.url,
        "events": [*row.events],
        "active": row.active,
        "created_at": row.created_at.isoformat(),
    }
