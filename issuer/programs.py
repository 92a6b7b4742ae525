"""Programs that act for an organisation: each has a key with scopes, kept as its hash."""

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlmodel import Session, col, select

from credentials.errors import MalformedError, RejectedError
from issuer.audit import OPERATOR, record
from issuer.installation import FIRST, MAX_NAME, Installation
from issuer.offers import fingerprint, secret
from issuer.ports import Ports
from issuer.tables import ApiKey
from issuer.turns import take_turn

PREFIX = "spk_"
"""At the front of each key, so that a scanner of leaked secrets knows it."""

MAX_KEYS = 50
"""Of one organisation: more programs than any has."""

_ID_BYTES = 8


class Scope(StrEnum):
    """What a key opens."""

    READ = "read"
    OFFERS = "offers"
    LISTS = "lists"
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
    words, wanted = name.strip(), frozenset(scopes)
    if not 1 <= len(words) <= MAX_NAME or not words.isprintable():
        raise MalformedError("api_key_invalid", f"name: 1 to {MAX_NAME} characters")
    if not wanted or not wanted <= set(Scope):
        raise MalformedError("api_key_invalid", f"scopes: of {', '.join(Scope)}")
    take_turn(session, ports.organisation_id)
    if len(keys(session, ports)) >= MAX_KEYS:
        raise RejectedError("too_many_keys", f"{MAX_KEYS} at most")
    identifier = ports.entropy(_ID_BYTES).hex()
    key = f"{PREFIX}{identifier}_{secret(ports.entropy)}"
    row = ApiKey(
        id=identifier,
        organisation_id=ports.organisation_id,
        name=words,
        key_hash=fingerprint(key),
        scopes=sorted(wanted),
        created_by=actor,
        created_at=at,
    )
    session.add(row)
    record(session, ports, "api_key_made", about=identifier, actor=actor)
    return row, key


def keys(session: Session, ports: Ports) -> list[ApiKey]:
    """The keys of this organisation that still open something, the oldest first."""
    found = session.exec(
        select(ApiKey)
        .where(ApiKey.organisation_id == ports.organisation_id, col(ApiKey.ended_at).is_(None))
        .order_by(col(ApiKey.created_at), col(ApiKey.id))
    )
    return list(found)


def end_key(session: Session, key_id: str, *, ports: Ports, actor: str, at: datetime) -> None:
    """Let a key open nothing any more.

    Raises:
        RejectedError: ``not_found``.
    """
    row = session.get(ApiKey, key_id, with_for_update=True)
    if row is None or row.organisation_id != ports.organisation_id or row.ended_at is not None:
        raise RejectedError("not_found", "no such key")
    row.ended_at = at
    session.add(row)
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
    if not key.startswith(PREFIX):
        raise RejectedError("unauthorized", "Authorization: Bearer <key>")
    with installation.database.reading() as session:
        row = session.exec(select(ApiKey).where(ApiKey.key_hash == fingerprint(key))).first()
    if row is None or row.ended_at is not None:
        raise RejectedError("unauthorized", "Authorization: Bearer <key>")
    scopes = frozenset(map(Scope, row.scopes))
    return Caller(row.id, scopes, installation.ports(row.organisation_id))
