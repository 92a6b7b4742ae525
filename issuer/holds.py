"""Offers on hold: their proof is given when somebody has approved it (OpenID4VCI 1.0, section 9).

A holder may redeem such an offer and ask for the proof; it waits under a transaction id, bound to
the keys that were shown, and is signed when the holder comes back after the approval.
"""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlmodel import Session, select

from credentials.errors import RejectedError
from credentials.keys import PublicKey, public_key_from_jwk
from issuer.audit import OPERATOR
from issuer.authorization_grants import Grant
from issuer.issuance import Delivered, issue, spend
from issuer.offers import UNFETCHED, find_to_change, fingerprint, lock, secret
from issuer.ports import Ports
from issuer.tables import Deferral, Hold, Offer

INTERVAL = timedelta(minutes=1)
"""How soon a wallet may ask again; a person approves, so minutes are soon enough."""

_TRANSACTION = "transaction"


class Standing(StrEnum):
    """Whether the proof of an offer may be given."""

    OPEN = "open"
    WAITING = "waiting"
    DENIED = "denied"


@dataclass(frozen=True, slots=True)
class Deferred:
    """The proof comes later: ask again with this after ``INTERVAL``."""

    transaction_id: str


def hold(
    session: Session, offer_id: str, *, ports: Ports, at: datetime, actor: str = OPERATOR
) -> None:
    """Let the proof of an offer wait for an approval; saying it twice changes nothing.

    ``actor`` made the offer.

    Raises:
        RejectedError: ``not_found``, or ``offer_closed`` where it was fetched or taken back.
    """
    offer = find_to_change(session, offer_id, ports=ports)
    if offer.state not in UNFETCHED:
        raise RejectedError("offer_closed", f"state {offer.state}")
    if session.get(Hold, offer_id) is None:
        session.add(
            Hold(
                offer_id=offer_id,
                organisation_id=ports.organisation_id,
                placed_at=at,
                placed_by=actor,
            )
        )


def release(session: Session, offer_id: str, *, ports: Ports, at: datetime) -> None:
    """Approve it: the proof may be given.

    Raises:
        RejectedError: ``not_found``, or ``hold_ended`` where it was answered before.
    """
    _open(session, offer_id, ports).released_at = at


def deny(session: Session, offer_id: str, *, ports: Ports, at: datetime) -> None:
    """Refuse it: the proof will never be given, and the wallet is told so.

    Raises:
        RejectedError: as ``release``.
    """
    _open(session, offer_id, ports).denied_at = at


def _open(session: Session, offer_id: str, ports: Ports) -> Hold:
    row = session.get(Hold, offer_id, with_for_update=True)
    if row is None or row.organisation_id != ports.organisation_id:
        raise RejectedError("not_found", "no such hold")
    if row.released_at is not None or row.denied_at is not None:
        raise RejectedError("hold_ended", "it was answered before")
    session.add(row)
    return row


def standing_of(session: Session, offer: Offer) -> Standing:
    """Whether the proof of an offer may be given now."""
    row = session.get(Hold, offer.id)
    if row is None or row.released_at is not None:
        return Standing.OPEN
    return Standing.WAITING if row.denied_at is None else Standing.DENIED


def issue_or_defer(
    ports: Ports, *, grant: Grant, keys: Sequence[PublicKey], nonces: Sequence[str], at: datetime
) -> Delivered | Deferred:
    """Give the proofs of a grant now, or a handle to ask with later.

    Raises:
        RejectedError: ``credential_request_denied``; ``idempotency_conflict`` for other keys than
            before; as ``issue``.
    """
    if _may_give(grant):
        return issue(ports, grant=grant, keys=keys, nonces=nonces, at=at)
    with ports.database.transaction() as session:
        spend(session, nonces, grant_id=grant.id, ports=ports, at=at)
        return _defer(session, grant, keys, ports, at)


def issue_deferred(
    ports: Ports, *, grant: Grant, transaction_id: str, at: datetime
) -> Delivered | Deferred:
    """What became of a deferred request.

    Raises:
        RejectedError: ``invalid_transaction_id``: unknown, of another grant, or its proofs were
            obtained; ``credential_request_denied``; as ``issue``.
    """
    with ports.database.reading() as session:
        row = session.get(Deferral, fingerprint(transaction_id))
        if row is None or not hmac.compare_digest(row.grant_id, grant.id):
            raise RejectedError("invalid_transaction_id", "unknown or of another grant")
    if not _may_give(grant):
        return Deferred(transaction_id)
    keys = [public_key_from_jwk({**jwk}) for jwk in row.keys]
    try:
        made = issue(ports, grant=grant, keys=keys, nonces=(), at=at)
    except RejectedError as error:
        if error.code != "invalid_token":
            raise
        raise RejectedError("invalid_transaction_id", "its proofs were obtained") from error
    return made


def _may_give(grant: Grant) -> bool:
    """Whether the proof of a grant may be given now; False: it waits."""
    if grant.denied:
        raise RejectedError("credential_request_denied", "it was not approved")
    return not grant.waits


def _defer(
    session: Session, grant: Grant, keys: Sequence[PublicKey], ports: Ports, at: datetime
) -> Deferred:
    """One handle for each grant; the same keys get the same handle again."""
    wanted = [{name: str(value) for name, value in key.jwk().items()} for key in keys]
    lock(session, grant.offer_id)
    row = session.exec(select(Deferral).where(Deferral.offer_id == grant.offer_id)).first()
    if row is not None and row.keys != wanted:
        raise RejectedError("idempotency_conflict", "this grant asked with other keys")
    if row is not None:
        return Deferred(grant.sealer.open(row.transaction, about=_TRANSACTION).decode())
    transaction_id = secret(ports.entropy)
    session.add(
        Deferral(
            transaction_hash=fingerprint(transaction_id),
            organisation_id=ports.organisation_id,
            offer_id=grant.offer_id,
            grant_id=grant.id,
            transaction=grant.sealer.seal(transaction_id.encode(), about=_TRANSACTION),
            keys=wanted,
            created_at=at,
        )
    )
    return Deferred(transaction_id)
