"""What other systems are told of the issuer's work (``service.receivers``), and who did what."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlmodel import Session

from issuer.audit import record
from issuer.installation import Installation
from issuer.ports import Ports
from issuer.tables import Event, Receiver
from issuer.turns import take_turn
from service.receivers import Receivers
from service.webhooks import WebhookEndpoint

KINDS = (
    *("offer.made", "offer.cancelled", "offer.redeemed", "offer.locked"),
    *("credential.delivered", "credential.accepted", "credential.refused"),
    *("credential.revoked", "credential.suspended", "credential.valid"),
)
"""Everything that is told."""


def told(doors: Ports | Installation) -> Receivers:
    """The receivers of this service."""
    return Receivers(
        Receiver,
        Event,
        doors.outbox,
        doors.sealer,
        doors.clock,
        doors.entropy,
        doors.settings.dev_origins,
    )


def emit(
    session: Session, kind: str, *, ports: Ports, at: datetime, offer: str, credential: str = ""
) -> None:
    """Tell every receiver that wants it, once this transaction is committed."""
    data = {"offer": offer, **({"credential": credential} if credential else {})}
    told(ports).emit(session, ports.organisation_id, kind, data, at=at)


def receivers(session: Session, ports: Ports) -> Sequence[WebhookEndpoint]:
    """Where this organisation's events go, the oldest first."""
    return told(ports).of_owner(session, ports.organisation_id)


def add_receiver(
    session: Session, url: str, *, kinds: Iterable[str], ports: Ports, actor: str
) -> tuple[WebhookEndpoint, str]:
    """Tell events to an address.

    Returns:
        Its row, and the secret that signs every message: it is shown this once.

    Raises:
        RejectedError: ``address_forbidden``; ``too_many_receivers``.
        MalformedError: ``event_unknown``.
    """
    take_turn(session, ports.organisation_id)
    row, made = told(ports).add(session, ports.organisation_id, url, wanted=kinds, known=KINDS)
    record(session, ports, "receiver_added", about=row.id, actor=actor)
    return row, made


def find_receiver(session: Session, receiver_id: str, ports: Ports) -> WebhookEndpoint:
    """A receiver of this organisation, to change it.

    Raises:
        RejectedError: ``not_found``.
    """
    return told(ports).find(session, receiver_id, ports.organisation_id)


def renew_secret(session: Session, receiver_id: str, *, ports: Ports, actor: str) -> str:
    """A new secret; the old one signs along for a day.

    Raises:
        RejectedError: ``not_found``.
    """
    row = find_receiver(session, receiver_id, ports)
    made = told(ports).renew(session, row)
    record(session, ports, "receiver_renewed", about=row.id, actor=actor)
    return made


def remove_receiver(session: Session, receiver_id: str, *, ports: Ports, actor: str) -> None:
    """Tell this address nothing any more.

    Raises:
        RejectedError: ``not_found``.
    """
    session.delete(find_receiver(session, receiver_id, ports))
    record(session, ports, "receiver_removed", about=receiver_id, actor=actor)
