"""Members of an organisation: who they are, what they may do, how they come in."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, or_
from sqlmodel import Session, col, select

from credentials.errors import MalformedError, RejectedError
from issuer.installation import MAX_NAME, Installation
from issuer.offers import ID_BYTES, fingerprint, secret
from issuer.ports import Ports
from issuer.tables import Duty, Invitation, Member
from issuer.turns import take_turn

INVITATION_LIFE = timedelta(days=3)
"""A weekend and a day."""


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


def change_member(
    session: Session,
    member_id: str,
    *,
    duties: Iterable[Duty] | None,
    active: bool,
    ports: Ports,
) -> Member:
    """Give a member other duties, or let them go; one active administrator always stays.

    Args:
        session: the open transaction.
        member_id: who.
        duties: None: as they are.
        active: False: they leave.
        ports: of the organisation.

    Raises:
        RejectedError: ``not_found``; ``last_admin``.
    """
    take_turn(session, ports.organisation_id)  # of two administrators who let each other go
    row = find_member(session, member_id, ports)
    session.refresh(row, with_for_update=True)
    row.duties = row.duties if duties is None else sorted(set(duties))
    row.active = active
    session.add(row)
    session.flush()
    everyone = members(session, ports)
    if not any(one.active and Duty.ADMIN in one.duties for one in everyone):
        raise RejectedError("last_admin", "nobody else is an active administrator")
    return row


def find_member(session: Session, member_id: str, ports: Ports) -> Member:
    """A member of this organisation.

    Raises:
        RejectedError: ``not_found``, also where they work for another one.
    """
    row = session.get(Member, member_id)
    if row is None or row.organisation_id != ports.organisation_id:
        raise RejectedError("not_found", "no such member")
    return row


def invite(session: Session, row: Member, *, ports: Ports, at: datetime) -> str:
    """A way in for a member: the secret of a link that makes one passkey within three days.

    An earlier link of theirs ends.

    Raises:
        RejectedError: ``forbidden`` for a member who has left.
    """
    session.refresh(row, with_for_update=True)
    if not row.active:
        raise RejectedError("forbidden", "not active")
    ended = or_(col(Invitation.member_id) == row.id, col(Invitation.expires_at) <= at)
    session.connection().execute(delete(Invitation).where(ended))
    token = secret(ports.entropy)
    expires_at = at + INVITATION_LIFE
    session.add(Invitation(token_hash=fingerprint(token), member_id=row.id, expires_at=expires_at))
    return token


def invited(session: Session, token: str, *, at: datetime) -> Member:
    """The member whom a link invites.

    Raises:
        RejectedError: ``gone``: used, over, or never sent.
    """
    found = session.get(Invitation, fingerprint(token))
    if found is None or at >= found.expires_at:
        raise RejectedError("gone", "no such invitation")
    row = session.get_one(Member, found.member_id)
    if not row.active:
        raise RejectedError("gone", "the member has left")
    return row


def use_invitation(session: Session, token: str) -> None:
    """End an invitation: its passkey was made.

    Raises:
        RejectedError: ``gone``: somebody else used it meanwhile.
    """
    ended = session.connection().execute(
        delete(Invitation).where(col(Invitation.token_hash) == fingerprint(token))
    )
    if ended.rowcount != 1:
        raise RejectedError("gone", "used meanwhile")


def member_by_id(installation: Installation, member_id: str) -> SignedIn | None:
    """The member with this id as they are now; None for whoever has left."""
    with installation.database.reading() as session:
        row = session.get(Member, member_id)
    if row is None or not row.active:
        return None
    ports = installation.ports(row.organisation_id)
    return SignedIn(row.id, name_of(row, ports), frozenset(map(Duty, row.duties)), ports)
