"""Rows of the copies that one offer is given in, and of the nonces they cost.

Core statements, put together once: building a statement costs more than running it, and these run
with every request for a proof (``issuer.issuance``). They take the connection of the open
transaction, which a session looks for anew each time it is asked.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, or_, select, update
from sqlmodel import col

from issuer.tables import Issued, IssuedState, Nonce, Offer, OfferState


@dataclass(frozen=True, slots=True)
class Copy:
    """One issuance as it stands in its row; ``issuer.tables.Issued`` says what each part is."""

    id: str
    copy_number: int
    grant_id: str
    holder: str
    key_id: str
    state: str
    notification_id: str
    issued_at: datetime
    sealed: bytes | None = None


@dataclass(frozen=True, slots=True)
class LockedOffer:
    """What the giving of an offer needs of its row; nobody else changes that meanwhile."""

    state: str
    type_id: str
    template_version: int
    format: str
    contents: bytes | None


_SPEND = (
    update(Nonce)
    .where(
        col(Nonce.nonce_hash) == bindparam("shown"),
        col(Nonce.organisation_id) == bindparam("owner"),
        col(Nonce.expires_at) > bindparam("now"),
        or_(col(Nonce.used_by).is_(None), col(Nonce.used_by) == bindparam("user")),
    )
    .values(used_by=bindparam("user"))
)

_LOCK = (
    select(
        *(col(Offer.state), col(Offer.type_id), col(Offer.template_version)),
        *(col(Offer.format), col(Offer.contents)),
    )
    .where(col(Offer.id) == bindparam("this_offer"))
    .with_for_update()
)

_COPIES = (
    select(
        *(col(Issued.id), col(Issued.copy_number), col(Issued.grant_id), col(Issued.holder)),
        *(col(Issued.key_id), col(Issued.state), col(Issued.notification_id)),
        *(col(Issued.issued_at), col(Issued.sealed)),
    )
    .where(col(Issued.offer_id) == bindparam("this_offer"))
    .order_by(col(Issued.copy_number))
)

_STORE = insert(Issued)

_TAKE_OVER = (
    update(Issued)
    .where(col(Issued.id) == bindparam("this_copy"))
    .values(
        grant_id=bindparam("to_grant"),
        holder=bindparam("to_holder"),
        key_id=bindparam("to_key"),
        content_digest=bindparam("to_digest"),
        notification_id=bindparam("to_notification"),
        issued_at=bindparam("to_moment"),
    )
)

_DELIVER = (
    update(Offer)
    .where(col(Offer.id) == bindparam("this_offer"), col(Offer.state) == OfferState.REDEEMED)
    .values(state=OfferState.DELIVERED, contents=None, changed_at=bindparam("now"))
)

_KEEP = (
    update(Issued)
    .where(
        col(Issued.id) == bindparam("this_copy"), col(Issued.grant_id) == bindparam("this_grant")
    )
    .values(state=IssuedState.DELIVERED, sealed=bindparam("octets"))
)


def spend_nonce(
    connection: Connection, nonce_hash: str, *, owner: str, grant_id: str, at: datetime
) -> bool:
    """Use up a nonce; True also where this very grant did so before: the same request again."""
    asked = {"shown": nonce_hash, "owner": owner, "now": at, "user": grant_id}
    return connection.execute(_SPEND, asked).rowcount == 1


def lock_offer(connection: Connection, offer_id: str) -> LockedOffer:
    """Take the row of an offer that is there, as it stands now."""
    found = connection.execute(_LOCK, {"this_offer": offer_id}).one()
    return LockedOffer(*found)


def copies_of(connection: Connection, offer_id: str) -> list[Copy]:
    """What was stored for an offer, whichever grant it was for; the first copy first."""
    found = connection.execute(_COPIES, {"this_offer": offer_id})
    return [Copy(*row) for row in found]


def store(
    connection: Connection,
    copy: Copy,
    *,
    offer_id: str,
    owner: str,
    content_digest: str,
    is_new: bool,
) -> None:
    """Store an intent: a row of its own, or that of an earlier grant which never got it."""
    if not is_new:
        connection.execute(
            _TAKE_OVER,
            {
                "this_copy": copy.id,
                "to_grant": copy.grant_id,
                "to_holder": copy.holder,
                "to_key": copy.key_id,
                "to_digest": content_digest,
                "to_notification": copy.notification_id,
                "to_moment": copy.issued_at,
            },
        )
        return
    connection.execute(
        _STORE,
        {
            "id": copy.id,
            "organisation_id": owner,
            "offer_id": offer_id,
            "copy_number": copy.copy_number,
            "grant_id": copy.grant_id,
            "holder": copy.holder,
            "key_id": copy.key_id,
            "content_digest": content_digest,
            "state": copy.state,
            "notification_id": copy.notification_id,
            "issued_at": copy.issued_at,
        },
    )


def deliver(connection: Connection, offer_id: str, *, at: datetime) -> bool:
    """Close an offer that is redeemed and drop its claims; False where it no longer is."""
    moved = connection.execute(_DELIVER, {"this_offer": offer_id, "now": at})
    return moved.rowcount == 1


def keep(connection: Connection, grant_id: str, sealed: Sequence[tuple[str, bytes]]) -> bool:
    """Keep what was signed, by copy; False where one belongs to another grant by now."""
    asked = [
        {"this_copy": copy_id, "this_grant": grant_id, "octets": octets}
        for copy_id, octets in sealed
    ]
    return all(connection.execute(_KEEP, one).rowcount == 1 for one in asked)
