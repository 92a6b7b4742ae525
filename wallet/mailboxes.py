"""Mailboxes: sealed messages between two devices that share a 128-bit id (design, 5 and 11).

For moving to a new phone, for an adviser's visit, and for the answer of a colleague or a manager:
both sides delete it, and its end does so anyway (decision 0057).
"""

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlmodel import Session, col, select

from credentials.errors import MalformedError, RejectedError
from wallet.tables import Mailbox, MailboxMessage

VISIT_LIFE = timedelta(hours=24)
"""An adviser's day; a transfer takes five minutes."""

MAX_LIFE = timedelta(days=14)
"""So long somebody may take to answer; such a box holds few and small messages."""

SKEW = timedelta(minutes=5)
"""A phone names the end, and its clock may run ahead."""

MAX_MESSAGES = 50
MAX_MESSAGE_BYTES = 64 * 1024
"""A snapshot of a passport for an adviser; a transfer needs one kilobyte."""

MAX_REPLIES = 12
MAX_REPLY_BYTES = 16 * 1024
"""The last messages of any box are small, and a box that lives longer than a visit begins there."""


def gone() -> RejectedError:
    """No such mailbox, or its end is over."""
    return RejectedError("mailbox_gone", "over, or never there")


def make(session: Session, mailbox_id: str, *, expires_at: datetime, at: datetime) -> None:
    """Put up a mailbox.

    Raises:
        MalformedError: ``mailbox_malformed`` for an end out of range.
        RejectedError: ``already_done``: that id is taken.
    """
    if not at < expires_at <= at + MAX_LIFE + SKEW:
        raise MalformedError("mailbox_malformed", "an end out of range")
    sweep(session, at=at)
    if session.get(Mailbox, mailbox_id) is not None:
        raise RejectedError("already_done", "that id is taken")
    taken = 0 if expires_at <= at + VISIT_LIFE + SKEW else MAX_MESSAGES - MAX_REPLIES
    session.add(Mailbox(id=mailbox_id, expires_at=expires_at, messages=taken))


def put(session: Session, mailbox_id: str, octets: bytes, *, at: datetime) -> int:
    """Leave a message.

    Returns:
        its number: from 1, in a box for answers from 39.

    Raises:
        RejectedError: ``mailbox_gone``.
        MalformedError: ``mailbox_full``: too large, or too many.
    """
    box = _open(session, mailbox_id, at)
    is_reply = box.messages >= MAX_MESSAGES - MAX_REPLIES
    most = MAX_REPLY_BYTES if is_reply else MAX_MESSAGE_BYTES
    if box.messages >= MAX_MESSAGES or not 0 < len(octets) <= most:
        raise MalformedError("mailbox_full", f"{box.messages} messages, {len(octets)} bytes")
    box.messages += 1
    session.add(box)
    session.add(MailboxMessage(mailbox_id=mailbox_id, number=box.messages, octets=octets))
    return box.messages


def messages(
    session: Session, mailbox_id: str, *, after: int, at: datetime
) -> list[tuple[int, bytes]]:
    """The messages behind a number.

    Raises:
        RejectedError: ``mailbox_gone``.
    """
    ends(session, mailbox_id, at=at)
    statement = select(MailboxMessage).where(
        MailboxMessage.mailbox_id == mailbox_id, col(MailboxMessage.number) > after
    )
    rows = session.exec(statement.order_by(col(MailboxMessage.number))).all()
    return [(row.number, row.octets) for row in rows]


def ends(session: Session, mailbox_id: str, *, at: datetime) -> datetime:
    """When a mailbox ends.

    Raises:
        RejectedError: ``mailbox_gone``.
    """
    box = session.get(Mailbox, mailbox_id)
    if box is None or at >= box.expires_at:
        raise gone()
    return box.expires_at


def first(session: Session, mailbox_id: str, *, at: datetime) -> tuple[bytes, datetime]:
    """What whoever put it up left in it, and its end: all that a guest is handed out.

    Raises:
        RejectedError: ``mailbox_gone``: also where nothing is in it yet.
    """
    end = ends(session, mailbox_id, at=at)
    statement = select(MailboxMessage).where(MailboxMessage.mailbox_id == mailbox_id)
    row = session.exec(statement.order_by(col(MailboxMessage.number)).limit(1)).first()
    if row is None:
        raise gone()
    return row.octets, end


def remove(session: Session, mailbox_id: str) -> None:
    """Take a mailbox down with all that is in it; whoever knows its id may."""
    mine = delete(MailboxMessage).where(col(MailboxMessage.mailbox_id) == mailbox_id)
    session.connection().execute(mine)
    session.connection().execute(delete(Mailbox).where(col(Mailbox.id) == mailbox_id))


def sweep(session: Session, *, at: datetime) -> None:
    """Take down what is over."""
    past = col(Mailbox.expires_at) <= at
    old = select(Mailbox.id).where(past)
    in_old = col(MailboxMessage.mailbox_id).in_(old)
    session.connection().execute(delete(MailboxMessage).where(in_old))
    session.connection().execute(delete(Mailbox).where(past))


def _open(session: Session, mailbox_id: str, at: datetime) -> Mailbox:
    box = session.get(Mailbox, mailbox_id, with_for_update=True)
    if box is None or at >= box.expires_at:
        raise gone()
    return box
