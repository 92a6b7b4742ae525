"""Rows of the organisations in one installation, and of the people who work for them."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from sqlalchemy import JSON, LargeBinary, UniqueConstraint
from sqlmodel import Field

from issuer.tables.base import IssuerTable, UtcTime
from service.logins import Login
from service.passkeys import Passkey, PasskeyChallenge


class Duty(StrEnum):
    """What a member may do; nobody has a duty that was not given."""

    ADMIN = "admin"
    ISSUER = "issuer"
    APPROVER = "approver"


class StatusHosting(StrEnum):
    """Where the status of this organisation's proofs is published."""

    OWN = "own"
    SHARED = "shared"


class Organisation(IssuerTable, table=True):
    """Who gives the proofs.

    Attributes:
        slug: its part of the address; empty for the first one, which has the host to itself.
        did: the issuer in what it signs.
        kvk: number in the trade register, eight digits.
        domain: the host of its own website, for domain linkage.
        roles: what it is, in the words of ``may_issue`` of the types.
        bulk_limit: a list with more people needs a second person.
        version: grows with every change of the organisation or its templates.
    """

    __tablename__: ClassVar[str] = "organisation"
    id: str = Field(primary_key=True)
    slug: str = Field(default="", unique=True)
    name: str
    did: str
    kvk: str | None = None
    domain: str | None = None
    roles: list[str] = Field(default_factory=list, sa_type=JSON)
    bulk_limit: int = 25
    status_hosting: str = StatusHosting.OWN
    version: int = 1


class Member(IssuerTable, table=True):
    """Someone who works for an organisation here.

    Attributes:
        name: sealed.
        email: sealed; for invitations and notices.
        duties: values of ``Duty``.
        active: False: cannot sign in, and stays in the audit log.
    """

    __tablename__: ClassVar[str] = "member"
    id: str = Field(primary_key=True)
    organisation_id: str = Field(foreign_key="organisation.id", index=True)
    name: bytes = Field(sa_type=LargeBinary)
    email: bytes | None = Field(default=None, sa_type=LargeBinary)
    duties: list[str] = Field(default_factory=list, sa_type=JSON)
    active: bool = True
    created_at: datetime = Field(sa_type=UtcTime)


class MemberLogin(Login, IssuerTable, table=True):
    """A browser in which a member is signed in."""

    __tablename__: ClassVar[str] = "login"


class MemberPasskey(Passkey, IssuerTable, table=True):
    """A passkey of a member."""

    __tablename__: ClassVar[str] = "passkey"


class MemberChallenge(PasskeyChallenge, IssuerTable, table=True):
    """A question to a browser about a passkey."""

    __tablename__: ClassVar[str] = "passkey_challenge"


class Invitation(IssuerTable, table=True):
    """A way in for a member without a passkey, as the hash of its secret; it works once."""

    __tablename__: ClassVar[str] = "invitation"
    __table_args__ = (UniqueConstraint("member_id"),)
    token_hash: str = Field(primary_key=True)
    member_id: str = Field(foreign_key="member.id")
    expires_at: datetime = Field(sa_type=UtcTime)
