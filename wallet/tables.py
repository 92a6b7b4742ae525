"""What the wallet's server keeps: ciphertext, hashes, sizes and times; no column can be read.

An account has no name and no address. A share and a mailbox belong to nobody here: who holds the
secret of one may change it.
"""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import LargeBinary
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from service.columns import UtcTime
from service.logins import Login
from service.passkeys import Passkey, PasskeyChallenge


class WalletTable(SQLModel, registry=registry()):
    """Base of all tables of this service."""


class Account(WalletTable, table=True):
    """A random id with passkeys.

    Attributes:
        locator_hash: SHA-256 of what the recovery card finds it by; hex.
        auth_hash: SHA-256 of what the card opens it with; hex.
    """

    __tablename__: ClassVar[str] = "account"
    id: str = Field(primary_key=True)
    created_at: datetime = Field(sa_type=UtcTime)
    locator_hash: str | None = Field(default=None, unique=True)
    auth_hash: str | None = None


class AccountPasskey(Passkey, WalletTable, table=True):
    """A passkey of an account."""

    __tablename__: ClassVar[str] = "passkey"


class AccountChallenge(PasskeyChallenge, WalletTable, table=True):
    """A question to a browser about a passkey."""

    __tablename__: ClassVar[str] = "passkey_challenge"


class AccountLogin(Login, WalletTable, table=True):
    """A browser in which an account is open."""

    __tablename__: ClassVar[str] = "login"


class Confirmation(WalletTable, table=True):
    """Somebody showed a passkey for one thing, a moment ago; it works once."""

    __tablename__: ClassVar[str] = "confirmation"
    token_hash: str = Field(primary_key=True)
    login_id: str = Field(index=True)
    expires_at: datetime = Field(sa_type=UtcTime, index=True)


class Transfer(WalletTable, table=True):
    """An account lets in one more device; it works once.

    Attributes:
        ticket_hash: SHA-256 of what only the two devices have; hex.
    """

    __tablename__: ClassVar[str] = "transfer"
    ticket_hash: str = Field(primary_key=True)
    account_id: str = Field(index=True)
    expires_at: datetime = Field(sa_type=UtcTime, index=True)


class VaultVersion(WalletTable, table=True):
    """One version of a sealed vault, as it was written."""

    __tablename__: ClassVar[str] = "vault_version"
    account_id: str = Field(primary_key=True)
    ver: int = Field(primary_key=True)
    octets: bytes = Field(sa_type=LargeBinary)
    written_at: datetime = Field(sa_type=UtcTime)


class Share(WalletTable, table=True):
    """A sealed deelkaart, of nobody.

    Attributes:
        octets: empty once it was stopped or is over.
        coded: a spoken code belongs to it, so wrong gates are counted.
        gate_hash: SHA-256 of what it is handed out on; hex.
        stop_hash: SHA-256 of what only the worker has; hex.
    """

    __tablename__: ClassVar[str] = "share"
    id: str = Field(primary_key=True)
    octets: bytes = Field(sa_type=LargeBinary)
    expires_at: datetime = Field(sa_type=UtcTime, index=True)
    coded: bool
    gate_hash: str
    stop_hash: str
    max_views: int | None = None
    views: int = 0
    wrong: int = 0
    ended: bool = False


class ShareView(WalletTable, table=True):
    """One look at a share.

    Attributes:
        name: what the visitor typed, sealed for the worker.
    """

    __tablename__: ClassVar[str] = "share_view"
    share_id: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    seen_at: datetime = Field(sa_type=UtcTime)
    name: bytes | None = Field(default=None, sa_type=LargeBinary)


class Mailbox(WalletTable, table=True):
    """A place for sealed messages between two devices; its id is all one needs to know."""

    __tablename__: ClassVar[str] = "mailbox"
    id: str = Field(primary_key=True)
    expires_at: datetime = Field(sa_type=UtcTime, index=True)
    messages: int = 0


class MailboxMessage(WalletTable, table=True):
    """One sealed message."""

    __tablename__: ClassVar[str] = "mailbox_message"
    mailbox_id: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    octets: bytes = Field(sa_type=LargeBinary)


class DeletionReceipt(WalletTable, table=True):
    """Somebody had everything deleted; it says when, and not who."""

    __tablename__: ClassVar[str] = "deletion_receipt"
    id: str = Field(primary_key=True)
    deleted_at: datetime = Field(sa_type=UtcTime)
