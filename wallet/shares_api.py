"""Doors of shares: the worker's at the keeper, the reader's at the share site.

Whoever shares is signed in, so that nobody fills the service with strangers' files; the row that is
kept names no account (wallet design, section 8).
"""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Response
from pydantic import Field

from credentials.encoding import b64url_encode
from service.passkeys import JsonObject
from service.rates import limited
from wallet import accounts, shares
from wallet.api import Confirmed
from wallet.doors import DoorsOf, LoginOf, at_keeper, at_share
from wallet.wire import Hash, Message, Name128, Octets, Seconds

SHARE = [Depends(limited("share"))]

worker = APIRouter(prefix="/api", dependencies=[Depends(at_keeper)])
reader = APIRouter(prefix="/s", dependencies=[Depends(at_share), *SHARE])


class MadeShare(Message):
    """A deelkaart as the keeper sealed it."""

    id: Name128
    sealed: Octets = Field(repr=False)
    expires: Seconds
    coded: bool
    gate: Hash
    stop: Hash
    views: Annotated[int, Field(ge=1)] | None = None


class Stop(Message):
    """What only the worker has."""

    stop: Octets = Field(repr=False)


class Gate(Message):
    """What the link opens the door with."""

    gate: Octets = Field(repr=False)


class Named(Gate):
    """And the visitor's name, sealed, for the view that was counted."""

    name: Octets = Field(repr=False)
    view: Annotated[int, Field(ge=1)]


@worker.post("/shares", status_code=201)
def make_share(made: MadeShare, doors: DoorsOf, login: LoginOf, confirmed: Confirmed = "") -> None:
    """Keep a deelkaart, after a fresh passkey."""
    share = shares.NewShare(
        id=made.id,
        octets=made.sealed,
        expires_at=datetime.fromtimestamp(made.expires, UTC),
        coded=made.coded,
        gate_hash=made.gate,
        stop_hash=made.stop,
        max_views=made.views,
    )
    with doors.database.transaction() as session:
        accounts.use_confirmation(session, doors.keeping, confirmed, login=login)
        shares.make(session, share, at=doors.keeping.clock())


@worker.post("/shares/{share_id}/seen", dependencies=SHARE)
def see_share(share_id: Name128, held: Stop, doors: DoorsOf) -> JsonObject:
    """When it was seen, and the sealed names of who looked."""
    with doors.database.reading() as session:
        found = shares.seen(session, share_id, held.stop)
    views: list[JsonObject] = [
        {"at": at.isoformat(), "name": b64url_encode(name) if name else None}
        for at, name in found.views
    ]
    return {"views": [*views], "wrong": found.wrong, "ended": found.ended}


@worker.post("/shares/{share_id}/stop", dependencies=SHARE, status_code=204)
def stop_share(share_id: Name128, held: Stop, doors: DoorsOf) -> None:
    """End it; its ciphertext is deleted."""
    with doors.database.transaction() as session:
        shares.stop(session, share_id, held.stop)


@reader.post("/{share_id}/open")
def open_share(share_id: Name128, shown: Gate, doors: DoorsOf, response: Response) -> JsonObject:
    """Hand out the ciphertext after a tap, and count the view."""
    with doors.database.transaction() as session:
        row = shares.open_share(session, share_id, shown.gate, at=doors.keeping.clock())
    if row is None:  # a wrong code is committed first, and counts
        raise shares.gone()
    response.headers["Cache-Control"] = "no-store"
    ends = int(row.expires_at.timestamp())
    return {"sealed": b64url_encode(row.octets), "expires": ends, "view": row.views}


@reader.post("/{share_id}/name", status_code=204)
def leave_name(share_id: Name128, shown: Named, doors: DoorsOf) -> None:
    """Leave a sealed name for the worker."""
    with doors.database.transaction() as session:
        kept = shares.leave_name(session, share_id, shown.gate, shown.view, name=shown.name)
    if not kept:
        raise shares.gone()
