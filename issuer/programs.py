"""Programs that act for an organisation (``service.programs``), and what each key opens."""

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlmodel import Session

from credentials.errors import RejectedError
from issuer.audit import OPERATOR, record
from issuer.installation import FIRST, Installation
from issuer.ports import Ports
from issuer.tables import ApiKey
from issuer.turns import take_turn
from service import programs


class Scope(StrEnum):
    """What a key opens."""

    READ = "read"
    OFFERS = "offers"
    LISTS = "lists"
    LONG_LISTS = "long_lists"
    STATUS = "status"
    EVENTS = "events"


@dataclass(frozen=True, slots=True)
class Caller:
    """The program behind a request.

    Attributes:
        actor: who did it, in the audit log.
    """

    actor: str
    scopes: frozenset[Scope]
    ports: Ports

    def require(self, scope: Scope) -> None:
        """Refuse a key that does not open this.

        Raises:
            RejectedError: ``scope_missing``.
        """
        if scope not in self.scopes:
            raise RejectedError("scope_missing", f"the key lacks {scope}")


def make_key(
    session: Session,
    name: str,
    *,
    scopes: Iterable[str],
    ports: Ports,
    actor: str,
    at: datetime,
) -> tuple[ApiKey, str]:
    """Make a key for a program.

    Returns:
        Its row, and the key itself: nobody can read it back.

    Raises:
        MalformedError: ``api_key_invalid``: no name, or a scope that does not exist.
        RejectedError: ``too_many_keys``.
    """
    take_turn(session, ports.organisation_id)
    row, key = programs.make_key(
        session,
        ApiKey,
        name,
        ports.organisation_id,
        scopes=scopes,
        known=Scope,
        entropy=ports.entropy,
        actor=actor,
        at=at,
    )
    record(session, ports, "api_key_made", about=row.id, actor=actor)
    return row, key


def keys(session: Session, ports: Ports) -> list[ApiKey]:
    """The keys of this organisation that still open something, the oldest first."""
    return programs.keys(session, ApiKey, ports.organisation_id)


def end_key(session: Session, key_id: str, *, ports: Ports, actor: str, at: datetime) -> None:
    """Let a key open nothing any more.

    Raises:
        RejectedError: ``not_found``.
    """
    programs.end_key(session, ApiKey, key_id, ports.organisation_id, at=at)
    record(session, ports, "api_key_ended", about=key_id, actor=actor)


def caller(installation: Installation, key: str, *, operator_key: str) -> Caller:
    """Who shows this key.

    Args:
        installation: all organisations.
        key: from the header.
        operator_key: of the settings; it opens everything of the first organisation.

    Raises:
        RejectedError: ``unauthorized``: no key, one that is unknown, or one that was ended.
    """
    if key and hmac.compare_digest(key.encode(), operator_key.encode()):
        return Caller(OPERATOR, frozenset(Scope), installation.ports(FIRST))
    row = programs.find_key(installation.database, ApiKey, key)
    return Caller(
        row.id, frozenset(map(Scope, row.scopes)), installation.ports(row.organisation_id)
    )
