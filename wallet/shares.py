"""Deelkaarten as the service sees them: ciphertext with an end, a limit and two hashes (design, 8).

Absent, stopped, expired, seen often enough and wrong gate all look the same: ``share_gone``. A view
counts once its gate was right, in one update, so that any number of readers at once never exceeds
the limit.
"""

import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, update
from sqlmodel import Session, col, select

from credentials.errors import MalformedError, RejectedError
from wallet.tables import Share, ShareView

MAX_SHARE_BYTES = 72 * 1024
"""64 KiB of plaintext, a nonce and a tag, and a little room."""

MAX_LIFE = timedelta(days=30)
MAX_VIEWS = 1_000
NAME_BYTES = 156
"""128 octets of a sealed name, with its nonce and tag: never more, never less."""

WRONG_CODES = 5
"""After so many wrong spoken codes a share closes."""

KEPT_AFTER = timedelta(days=30)
"""How long the worker can still read when a share was seen."""


@dataclass(frozen=True, slots=True)
class NewShare:
    """What the keeper hands over; hashes are SHA-256 in hex."""

    id: str
    octets: bytes = field(repr=False)
    expires_at: datetime
    coded: bool
    gate_hash: str
    stop_hash: str
    max_views: int | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """What the worker reads of a share.

    Attributes:
        views: moment and sealed name of each, oldest first.
        wrong: wrong spoken codes.
    """

    views: tuple[tuple[datetime, bytes | None], ...]
    wrong: int
    ended: bool


def gone() -> RejectedError:
    """The one answer to whoever may not see a share, for whatever reason."""
    return RejectedError("share_gone", "stopped, over, seen, or never there")


def make(session: Session, share: NewShare, *, at: datetime) -> None:
    """Keep a share.

    Raises:
        MalformedError: ``share_too_large``; ``share_malformed`` for an end or limit out of range.
        RejectedError: ``already_done``: that id is taken.
    """
    if not 0 < len(share.octets) <= MAX_SHARE_BYTES:
        raise MalformedError("share_too_large", f"{len(share.octets)} bytes")
    limit = share.max_views
    if not at < share.expires_at <= at + MAX_LIFE or (
        limit is not None and not 0 < limit <= MAX_VIEWS
    ):
        raise MalformedError("share_malformed", "an end or limit out of range")
    if session.get(Share, share.id) is not None:
        raise RejectedError("already_done", "that id is taken")
    _forget(session, at)
    session.add(
        Share(
            id=share.id,
            octets=share.octets,
            expires_at=share.expires_at,
            coded=share.coded,
            gate_hash=share.gate_hash,
            stop_hash=share.stop_hash,
            max_views=limit,
        )
    )


def open_share(session: Session, share_id: str, gate: bytes, *, at: datetime) -> Share | None:
    """Hand out the ciphertext and count the view; None where it may not be seen.

    The caller commits in either case: a wrong code counts as well.
    """
    row = session.get(Share, share_id, with_for_update=True)
    presented = hashlib.sha256(gate).hexdigest()
    fits = hmac.compare_digest(row.gate_hash if row else "0" * 64, presented)
    if row is not None and at >= row.expires_at:
        _end(session, row)
    if row is None or row.ended:
        return None
    if not fits:
        _count_wrong(session, row)
        return None
    counted = update(Share).where(
        col(Share.id) == share_id,
        col(Share.ended).is_(False),
        or_(col(Share.max_views).is_(None), col(Share.views) < col(Share.max_views)),
    )
    if session.connection().execute(counted.values(views=col(Share.views) + 1)).rowcount != 1:
        return None
    session.refresh(row)
    session.add(ShareView(share_id=share_id, number=row.views, seen_at=at))
    return row


def leave_name(session: Session, share_id: str, gate: bytes, number: int, *, name: bytes) -> bool:
    """Keep the sealed name of one visitor, once; says whether it could be."""
    row = session.get(Share, share_id, with_for_update=True)
    fits = row is not None and hmac.compare_digest(row.gate_hash, hashlib.sha256(gate).hexdigest())
    if row is None or not fits or row.ended or len(name) != NAME_BYTES:
        return False
    view = session.get(ShareView, (share_id, number))
    if view is None or view.name is not None:
        return False
    view.name = name
    session.add(view)
    return True


def seen(session: Session, share_id: str, stop: bytes) -> Seen:
    """When a share was seen, for who may stop it.

    Raises:
        RejectedError: ``share_gone``.
    """
    row = _own(session.get(Share, share_id), stop)
    statement = select(ShareView).where(ShareView.share_id == share_id)
    views = session.exec(statement.order_by(col(ShareView.number))).all()
    return Seen(tuple((view.seen_at, view.name) for view in views), row.wrong, row.ended)


def stop(session: Session, share_id: str, secret: bytes) -> None:
    """End a share: its ciphertext is deleted.

    Raises:
        RejectedError: ``share_gone``: none that this secret stops.
    """
    _end(session, _own(session.get(Share, share_id, with_for_update=True), secret))


def sweep(session: Session, *, at: datetime) -> None:
    """Delete the ciphertext of what is over, and every trace some time later."""
    over = update(Share).where(col(Share.expires_at) <= at, col(Share.ended).is_(False))
    session.connection().execute(over.values(ended=True, octets=b""))
    _forget(session, at)


def _own(row: Share | None, secret: bytes) -> Share:
    presented = hashlib.sha256(secret).hexdigest()
    if row is None or not hmac.compare_digest(row.stop_hash, presented):
        raise gone()
    return row


def _count_wrong(session: Session, row: Share) -> None:
    """Only a share with a spoken code can be guessed at, so only there wrong gates count."""
    if not row.coded:
        return
    row.wrong += 1
    session.add(row)
    if row.wrong >= WRONG_CODES:
        _end(session, row)


def _end(session: Session, row: Share) -> None:
    row.ended, row.octets = True, b""
    session.add(row)


def _forget(session: Session, at: datetime) -> None:
    past = col(Share.expires_at) <= at - KEPT_AFTER
    old = select(Share.id).where(past)
    session.connection().execute(delete(ShareView).where(col(ShareView.share_id).in_(old)))
    session.connection().execute(delete(Share).where(past))
