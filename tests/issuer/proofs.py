"""Rows of proofs as if they had been issued, for tests of what comes after."""

from datetime import datetime, timedelta

from sqlmodel import Session

from credentials.model import StatusKind
from issuer import status
from issuer.ports import Ports
from issuer.status import Place
from issuer.tables import Issued, IssuedState, Offer, OfferState


def add_proof(session: Session, ports: Ports, *, number: int, key_id: str, at: datetime) -> str:
    """Enter a delivered proof and the offer behind it; its id."""
    mine = f"{ports.organisation_id}-{number}"
    session.add(
        Offer(
            id=f"offer-{mine}",
            organisation_id=ports.organisation_id,
            link_id=f"link-{mine}",
            code_hash=f"code-{mine}",
            type_id="heftruck",
            format="dc+sd-jwt",
            state=OfferState.ACCEPTED,
            person=ports.sealer.seal(b"Jan Bakker", about=f"person offer-{mine}"),
            created_at=at,
            expires_at=at + timedelta(days=14),
            changed_at=at,
        )
    )
    session.flush()
    issued = Issued(
        id=f"urn:{mine}",
        organisation_id=ports.organisation_id,
        offer_id=f"offer-{mine}",
        grant_id=f"grant-{mine}",
        holder="holder",
        key_id=key_id,
        content_digest="",
        state=IssuedState.ACCEPTED,
        notification_id=f"notification-{mine}",
        issued_at=at,
    )
    session.add(issued)
    session.flush()
    return issued.id


def keep_proof(ports: Ports, *, number: int, key_id: str, at: datetime) -> str:
    """The same in a transaction of its own."""
    with ports.database.transaction() as session:
        return add_proof(session, ports, number=number, key_id=key_id, at=at)


def keep_proof_with_place(
    ports: Ports, *, number: int, kind: StatusKind = StatusKind.TOKEN
) -> tuple[str, Place]:
    """A proof with a place in a status list."""
    with ports.database.transaction() as session:
        issued_id = add_proof(session, ports, number=number, key_id="", at=ports.clock())
        return issued_id, status.reserve(session, kind=kind, issued_id=issued_id, ports=ports)
