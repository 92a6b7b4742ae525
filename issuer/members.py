"""Members of an organisation: who they are, what they may do, and in which browser they are in."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlmodel import Session, col, select

from credentials.errors import MalformedError, RejectedError
from issuer.installation import MAX_NAME, Installation
from issuer.offers import ID_BYTES, fingerprint, secret
from issuer.ports import Ports
from issuer.tables import Duty, Login, Member

IDLE = timedelta(minutes=15)
"""After that long without a page, a member signs in again."""

LONGEST = timedelta(hours=12)
"""A working day; then a member signs in again, however busy."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The member behind a request, and the doors of the organisation they work for."""

    id: str
    name: str
    duties: frozenset[Duty]
    ports: Ports

    def may(self, *duties: Duty) -> bool:
        """Whether they have one of these duties."""
        return not self.duties.isdisjoint(duties)

    def require(self, *duties: Duty) -> None:
        """Refuse whoever has none of these duties.

        Raises:
            RejectedError: ``forbidden``.
        """
        if not self.may(*duties):
            raise RejectedError("forbidden", f"asks for: {', '.join(duties)}")


def add_member(
    session: Session,
    name: str,
    *,
    duties: Iterable[Duty],
    ports: Ports,
    at: datetime,
    member_id: str | None = None,
) -> Member:
    """Enter a member, who can sign in once they have a passkey.

    Raises:
        MalformedError: ``member_invalid``: no name, or one that is too long.
    """
    words = name.strip()
    if not 1 <= len(words) <= MAX_NAME or not words.isprintable():
        raise MalformedError("member_invalid", f"name: 1 to {MAX_NAME} characters")
    identifier = member_id or secret(ports.entropy, ID_BYTES)
    row = Member(
        id=identifier,
        organisation_id=ports.organisation_id,
        name=ports.sealer.seal(words.encode(), about=f"member {identifier}"),
        duties=sorted(set(duties)),
        created_at=at,
    )
    session.add(row)
    session.flush()
    return row


def name_of(row: Member, ports: Ports) -> str:
    """A member's name."""
    return ports.sealer.open(row.name, about=f"member {row.id}").decode()


def member_name(session: Session, member_id: str, ports: Ports) -> str:
    """The name of a member of this organisation; empty for whoever is none."""
    row = session.get(Member, member_id)
    if row is None or row.organisation_id != ports.organisation_id:
        return ""
    return name_of(row, ports)


def members(session: Session, ports: Ports) -> list[Member]:
    """The members of this organisation, the oldest first."""
    found = session.exec(
        select(Member)
        .where(Member.organisation_id == ports.organisation_id)
        .order_by(col(Member.created_at), col(Member.id))
    )
    return list(found)


def start_login(session: Session, row: Member, *, installation: Installation) -> str:
    """Sign a member in; the secret goes into a cookie and is kept as its hash.

    Raises:
        RejectedError: ``forbidden`` for a member who has left.
    """
    if not row.active:
        raise RejectedError("forbidden", "not active")
    at = installation.clock()
    session.connection().execute(delete(Login).where(col(Login.started_at) <= at - LONGEST))
    token = secret(installation.entropy)
    session.add(Login(token_hash=fingerprint(token), member_id=row.id, started_at=at, seen_at=at))
    return token


def end_login(session: Session, token: str) -> None:
    """Sign out this browser."""
    session.connection().execute(delete(Login).where(col(Login.token_hash) == fingerprint(token)))


def signed_in(installation: Installation, token: str) -> SignedIn | None:
    """Who is signed in with this cookie; None where nobody is, or not any more."""
    at = installation.clock()
    with installation.database.transaction() as session:
        login = session.get(Login, fingerprint(token))
        if login is None or at - login.seen_at >= IDLE or at - login.started_at >= LONGEST:
            return None
        login.seen_at = at
        session.add(login)
        row = session.get(Member, login.member_id)
    if row is None or not row.active:
        return None
    ports = installation.ports(row.organisation_id)
    return SignedIn(row.id, name_of(row, ports), frozenset(map(Duty, row.duties)), ports)
