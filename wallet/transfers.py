"""Tickets: an open account lets one more device in, once and for five minutes (wallet design, 5).

Both devices have the ticket from a secret of their own; the service sees its hash first, and the
ticket itself when it is used. It opens the account, and nothing of what is in the vault.
"""

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlmodel import Session, col

from credentials.errors import RejectedError
from wallet import accounts
from wallet.accounts import Keeping, Visit
from wallet.tables import AccountLogin, Transfer

LIFE = timedelta(minutes=5)
"""Both devices lie on the same table."""


def invite(
    session: Session, keeping: Keeping, *, ticket_hash: str, confirmed: str, login: AccountLogin
) -> str:
    """Let whoever has the ticket in, after a fresh passkey.

    Returns:
        a confirmation for the write of the slot that belongs to it: one finger for one act.

    Raises:
        RejectedError: ``confirmation_missing``; ``already_done``: that ticket is known.
    """
    accounts.use_confirmation(session, keeping, confirmed, login=login)
    sweep(session, at=keeping.clock())
    if session.get(Transfer, ticket_hash) is not None:
        raise RejectedError("already_done", "a ticket that is known")
    expires = keeping.clock() + LIFE
    session.add(Transfer(ticket_hash=ticket_hash, account_id=login.owner_id, expires_at=expires))
    return accounts.grant(session, keeping, login.id)


def come_in(session: Session, keeping: Keeping, *, ticket: bytes, visit: Visit) -> tuple[str, str]:
    """Open the account of a ticket, which is used with it.

    Returns:
        the login cookie, and a confirmation for a passkey of the new device.

    Raises:
        RejectedError: ``transfer_gone``: no such ticket, used, or over.
    """
    digest = hashlib.sha256(ticket).hexdigest()
    row = session.get(Transfer, digest, with_for_update=True)
    if row is None or row.expires_at <= keeping.clock():
        raise RejectedError("transfer_gone", "no ticket, or over")
    session.delete(row)
    return accounts.let_in(session, keeping, row.account_id, visit)


def sweep(session: Session, *, at: datetime) -> None:
    """Drop the tickets that are over."""
    session.connection().execute(delete(Transfer).where(col(Transfer.expires_at) <= at))
