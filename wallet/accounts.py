"""Accounts: a random id with passkeys, and nothing that says whose it is (wallet design, 4 and 5).

    options = accounts.begin(session, keeping, browser=...)
    token = accounts.finish(session, keeping, answer, visit)    # it exists now, and is open

The service learns a public key and when it is used. What opens the vault never comes here: the
results of WebAuthn's extensions are dropped before anything reads an answer.
"""

import hashlib
import hmac
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete
from sqlmodel import Session, SQLModel, col, select

from credentials.encoding import b64url_encode
from credentials.errors import RejectedError
from service.clock import Clock
from service.logins import Logins
from service.passkeys import JsonObject, Owner, Passkeys
from wallet.tables import (
    Account,
    AccountLogin,
    AccountPasskey,
    Confirmation,
    DeletionReceipt,
    Transfer,
    VaultVersion,
)

ACCOUNT_BYTES = 16
TOKEN_BYTES = 32

CONFIRMED = timedelta(minutes=2)
"""A fresh fingerprint serves the thing it was asked for, and that at once."""

NAME = "skillspass"
"""What a person's own device shows beside the passkey: nothing about the person."""


@dataclass(frozen=True, slots=True)
class Keeping:
    """What every use case of the blind service is handed."""

    logins: Logins
    passkeys: Passkeys
    clock: Clock
    entropy: Callable[[int], bytes]


@dataclass(frozen=True, slots=True)
class Visit:
    """The browser that asks.

    Attributes:
        browser: a secret that only this browser sends.
        device: browser and system in two words.
        login: the login cookie it had; empty where it had none.
    """

    browser: str
    device: str = ""
    login: str = ""


def begin(session: Session, keeping: Keeping, *, browser: str) -> JsonObject:
    """Ask a browser to make the first passkey of a new account."""
    owner = Owner(b64url_encode(keeping.entropy(ACCOUNT_BYTES)), NAME)
    return keeping.passkeys.begin_registration(session, owner, browser=browser)


def finish(session: Session, keeping: Keeping, answer: str, visit: Visit) -> str:
    """Keep the passkey; a new account begins with its first one.

    Returns:
        the login cookie.

    Raises:
        CredentialError: as ``Passkeys.finish_registration``.
    """
    row = keeping.passkeys.finish_registration(session, answer, browser=visit.browser)
    row.label = visit.device
    if session.get(Account, row.owner_id) is None:
        session.add(Account(id=row.owner_id, created_at=keeping.clock()))
    return keeping.logins.begin(session, row.owner_id, device=visit.device, old=visit.login)


def begin_another(
    session: Session, keeping: Keeping, account_id: str, *, browser: str
) -> JsonObject:
    """Ask a browser in which the account is open to make one more passkey.

    Raises:
        RejectedError: ``passkey_many``.
    """
    owner = Owner(account_id, NAME)
    return keeping.passkeys.begin_registration(session, owner, browser=browser)


def finish_another(
    session: Session, keeping: Keeping, answer: str, visit: Visit, *, login: AccountLogin
) -> str:
    """Keep one more passkey.

    Returns:
        a confirmation for the one thing that belongs to it, its slot: the person was verified
        just now, when it was made.

    Raises:
        CredentialError: as ``Passkeys.finish_registration``; ``passkey_unknown``: it was asked for
            another account.
    """
    row = keeping.passkeys.finish_registration(session, answer, browser=visit.browser)
    if row.owner_id != login.owner_id:
        raise RejectedError("passkey_unknown", "asked for another account")
    row.label = visit.device
    return grant(session, keeping, login.id)


def sign_in(session: Session, keeping: Keeping, answer: str, visit: Visit) -> str:
    """Open the account of the passkey that was used.

    Returns:
        the login cookie.

    Raises:
        CredentialError: as ``Passkeys.finish_use``.
    """
    row = keeping.passkeys.finish_use(session, answer, browser=visit.browser)
    return keeping.logins.begin(session, row.owner_id, device=visit.device, old=visit.login)


def confirm(
    session: Session, keeping: Keeping, answer: str, *, login: AccountLogin, browser: str
) -> str:
    """Note that the person is here now, for one thing.

    Returns:
        what proves it, once, to the call that follows.

    Raises:
        CredentialError: as ``Passkeys.finish_use``; ``passkey_unknown`` for somebody else's.
    """
    row = keeping.passkeys.finish_use(session, answer, browser=browser)
    if row.owner_id != login.owner_id:
        raise RejectedError("passkey_unknown", "of another account")
    return grant(session, keeping, login.id)


def use_confirmation(
    session: Session, keeping: Keeping, token: str, *, login: AccountLogin
) -> None:
    """Take a confirmation of this very login; it is gone with the transaction.

    Raises:
        RejectedError: ``confirmation_missing``.
    """
    row = session.get(Confirmation, _hash(token), with_for_update=True)
    if row is None or row.login_id != login.id or row.expires_at <= keeping.clock():
        raise RejectedError("confirmation_missing", "no fresh passkey for this")
    session.delete(row)


def remove_passkeys(
    session: Session, keeping: Keeping, passkey_ids: Iterable[str], *, login: AccountLogin
) -> None:
    """Let passkeys count no longer; the account is closed in every other browser.

    Raises:
        RejectedError: ``not_found``, ``passkey_last``.
    """
    for passkey_id in passkey_ids:
        keeping.passkeys.remove(session, passkey_id, owner_id=login.owner_id)
        session.flush()
    keeping.logins.end_all(session, login.owner_id, but=login.id)


def set_recovery(session: Session, account_id: str, *, locator_hash: str, auth_hash: str) -> None:
    """Let a new recovery card find and open the account; the old one does so no longer.

    Raises:
        RejectedError: ``recovery_known``: another account has that card.
    """
    found = _located(session, locator_hash)
    if found is not None and found.id != account_id:
        raise RejectedError("recovery_known", "the card of another account")
    account = session.get_one(Account, account_id, with_for_update=True)
    account.locator_hash, account.auth_hash = locator_hash, auth_hash
    session.add(account)


def recover(
    session: Session, keeping: Keeping, *, locator: bytes, auth: bytes, visit: Visit
) -> tuple[str, str]:
    """Open the account that a recovery card finds.

    Returns:
        the login cookie, and a confirmation: who has the card may add a passkey with it.

    Raises:
        RejectedError: ``recovery_unknown``: no such card, or the wrong half; nobody learns which.
    """
    account = _located(session, hashlib.sha256(locator).hexdigest())
    kept = (account and account.auth_hash) or "0" * 64
    fits = hmac.compare_digest(kept, hashlib.sha256(auth).hexdigest())
    if account is None or not fits:
        raise RejectedError("recovery_unknown", "no account of that card")
    return let_in(session, keeping, account.id, visit)


def let_in(session: Session, keeping: Keeping, account_id: str, visit: Visit) -> tuple[str, str]:
    """Open an account for who showed another right to it than a passkey.

    Returns:
        the login cookie, and a confirmation for one thing: a passkey of its own.
    """
    cookie = keeping.logins.begin(session, account_id, device=visit.device, old=visit.login)
    session.flush()
    login = keeping.logins.find(session, cookie)
    return cookie, grant(session, keeping, login.id if login else "")


def wipe(session: Session, keeping: Keeping, account_id: str) -> DeletionReceipt:
    """Delete everything of an account at once; shares were stopped by the keeper before."""
    mine: list[tuple[type[SQLModel], object]] = [
        (VaultVersion, col(VaultVersion.account_id) == account_id),
        (AccountPasskey, col(AccountPasskey.owner_id) == account_id),
        (AccountLogin, col(AccountLogin.owner_id) == account_id),
        (Transfer, col(Transfer.account_id) == account_id),
        (Account, col(Account.id) == account_id),
    ]
    for table, is_mine in mine:
        session.connection().execute(delete(table).where(is_mine))  # type: ignore[arg-type] # one condition each
    receipt = DeletionReceipt(
        id=b64url_encode(keeping.entropy(ACCOUNT_BYTES)), deleted_at=keeping.clock()
    )
    session.add(receipt)
    return receipt


def grant(session: Session, keeping: Keeping, login_id: str) -> str:
    """A confirmation for one thing that follows in that login."""
    now = keeping.clock()
    session.connection().execute(delete(Confirmation).where(col(Confirmation.expires_at) <= now))
    token = b64url_encode(keeping.entropy(TOKEN_BYTES))
    expires = now + CONFIRMED
    session.add(Confirmation(token_hash=_hash(token), login_id=login_id, expires_at=expires))
    return token


def _located(session: Session, locator_hash: str) -> Account | None:
    return session.exec(select(Account).where(Account.locator_hash == locator_hash)).first()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
