"""Sealed vaults as the service sees them: octets with a number that only goes up (design, 2).

It reads the header's number and its slots' names, and nothing else; the last thirty versions are
kept, thirty days at most.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy import delete
from sqlmodel import Session, col, select

from credentials.encoding import parse_json_object
from credentials.errors import CredentialError, MalformedError, RejectedError
from wallet.tables import Account, VaultVersion

MAX_VAULT_BYTES = 10 * 1024 * 1024
"""As sealed; some thousand credentials."""

MAX_VERSIONS = 30
MAX_AGE = timedelta(days=30)
"""Enough to go back after a mistake, and no archive."""

MAX_SLOTS = 32


class _SlotName(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)
    id: str = Field(max_length=64)


class _Front(BaseModel):
    """What the service reads of a vault."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)
    v: int
    ver: int = Field(ge=1, le=2**53 - 1)
    slots: list[_SlotName] = Field(min_length=1, max_length=MAX_SLOTS)


def newest(session: Session, account_id: str) -> VaultVersion | None:
    """The last version of an account's vault; None where it never had one."""
    statement = select(VaultVersion).where(VaultVersion.account_id == account_id)
    return session.exec(statement.order_by(col(VaultVersion.ver).desc()).limit(1)).first()


def versions(session: Session, account_id: str) -> list[tuple[int, datetime, int]]:
    """Number, moment and size of each kept version, newest first."""
    statement = select(VaultVersion).where(VaultVersion.account_id == account_id)
    rows = session.exec(statement.order_by(col(VaultVersion.ver).desc())).all()
    return [(row.ver, row.written_at, len(row.octets)) for row in rows]


def version(session: Session, account_id: str, ver: int) -> VaultVersion:
    """One kept version.

    Raises:
        RejectedError: ``not_found``.
    """
    row = session.get(VaultVersion, (account_id, ver))
    if row is None:
        raise RejectedError("not_found", "no such version")
    return row


def write(
    session: Session,
    account_id: str,
    data: bytes,
    *,
    expected: int | None,
    at: datetime,
    confirm: Callable[[], None],
    always: bool = False,
) -> int:
    """Keep the next version.

    Args:
        session: the caller's transaction.
        account_id: whose.
        data: the sealed vault.
        expected: the version that the writer has read; None: there is none yet.
        at: now.
        confirm: called where the write adds or removes a way to open the vault; raises where
            nobody showed a passkey for that.
        always: it is called for any write, since something else is changed with it.

    Returns:
        its number.

    Raises:
        MalformedError: ``too_large``; ``vault_malformed``: no vault, or not the next number.
        RejectedError: ``vault_conflict``: another device wrote first.
    """
    if len(data) > MAX_VAULT_BYTES:
        raise MalformedError("too_large", f"{len(data)} bytes")
    session.get_one(Account, account_id, with_for_update=True)  # one writer at a time
    last = newest(session, account_id)
    if (last.ver if last else None) != expected:
        raise RejectedError("vault_conflict", "another version was written meanwhile")
    front = _front(data)
    ver = front.ver
    if ver != (expected or 0) + 1:
        raise MalformedError("vault_malformed", f"version {ver}")
    if always or (last is not None and _front(last.octets).slots != front.slots):
        confirm()
    session.add(VaultVersion(account_id=account_id, ver=ver, octets=data, written_at=at))
    session.flush()
    old = delete(VaultVersion).where(
        col(VaultVersion.account_id) == account_id,
        (col(VaultVersion.ver) <= ver - MAX_VERSIONS)
        | ((col(VaultVersion.written_at) <= at - MAX_AGE) & (col(VaultVersion.ver) < ver)),
    )
    session.connection().execute(old)
    return ver


def _front(data: bytes) -> _Front:
    try:
        return _Front.model_validate(parse_json_object(data, max_bytes=MAX_VAULT_BYTES))
    except (ValidationError, CredentialError) as error:
        raise MalformedError("vault_malformed", "no sealed vault") from error
