"""Programs that act for an organisation: each has a key with scopes, kept as its hash.

    row, key = make_key(session, KeyRow, "Planbord", owner, scopes=["read"], known=Scope, ...)
    row = find_key(database, KeyRow, shown_key(request))         # 401 where it opens nothing

A key is shown once. Its row stays when it has ended, so that a log can still name it.
"""

import hashlib
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TypeVar

from fastapi import Request
from sqlalchemy import JSON
from sqlmodel import Field, Session, SQLModel, col, select

from credentials.encoding import b64url_encode
from credentials.errors import MalformedError, RejectedError
from service.columns import UtcTime
from service.database import Database

PREFIX = "spk_"
"""At the front of each key, so that a scanner of leaked secrets knows it."""

MAX_KEYS = 50
"""Of one organisation: more programs than any has."""

MAX_NAME = 120
"""Characters of what people call a program."""

_ID_BYTES, _SECRET_BYTES = 8, 32


class ProgramKey(SQLModel):
    """Columns of a role's table of keys; the role adds ``table=True``.

    Attributes:
        id: stands at the front of the key and in a log.
        name: what people call the program.
        scopes: the role's own words.
        ended_at: from then on it opens nothing.
    """

    id: str = Field(primary_key=True)
    organisation_id: str = Field(foreign_key="organisation.id", index=True)
    name: str
    key_hash: str = Field(unique=True)
    scopes: list[str] = Field(default_factory=list, sa_type=JSON)
    created_by: str
    created_at: datetime = Field(sa_type=UtcTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcTime)


Row = TypeVar("Row", bound=ProgramKey)


def make_key(  # noqa: PLR0913 - what a key is made of
    session: Session,
    table: type[Row],
    name: str,
    organisation_id: str,
    *,
    scopes: Iterable[str],
    known: Iterable[str],
    entropy: Callable[[int], bytes],
    actor: str,
    at: datetime,
) -> tuple[Row, str]:
    """Make a key for a program; the caller has the organisation's turn.

    Args:
        session: the open transaction.
        table: the role's own.
        name: what people call the program.
        organisation_id: for whom it acts.
        scopes: what it opens.
        known: the scopes that there are.
        entropy: for the key.
        actor: who lets it in.
        at: now.

    Returns:
        Its row, and the key itself: nobody can read it back.

    Raises:
        MalformedError: ``api_key_invalid``: no name, or a scope that does not exist.
        RejectedError: ``too_many_keys``.
    """
    words, wanted, possible = name.strip(), frozenset(scopes), sorted(known)
    if not 1 <= len(words) <= MAX_NAME or not words.isprintable():
        raise MalformedError("api_key_invalid", f"name: 1 to {MAX_NAME} characters")
    if not wanted or not wanted <= set(possible):
        raise MalformedError("api_key_invalid", f"scopes: of {', '.join(possible)}")
    if len(keys(session, table, organisation_id)) >= MAX_KEYS:
        raise RejectedError("too_many_keys", f"{MAX_KEYS} at most")
    identifier = entropy(_ID_BYTES).hex()
    key = f"{PREFIX}{identifier}_{b64url_encode(entropy(_SECRET_BYTES))}"
    row = table(
        id=identifier,
        organisation_id=organisation_id,
        name=words,
        key_hash=_hash(key),
        scopes=sorted(wanted),
        created_by=actor,
        created_at=at,
    )
    session.add(row)
    return row, key


def keys(session: Session, table: type[Row], organisation_id: str) -> list[Row]:
    """The keys of an organisation that still open something, the oldest first."""
    found = session.exec(
        select(table)
        .where(table.organisation_id == organisation_id, col(table.ended_at).is_(None))
        .order_by(col(table.created_at), col(table.id))
    )
    return list(found)


def end_key(
    session: Session, table: type[Row], key_id: str, organisation_id: str, *, at: datetime
) -> None:
    """Let a key open nothing any more.

    Raises:
        RejectedError: ``not_found``, also where it is another organisation's.
    """
    row = session.get(table, key_id, with_for_update=True)
    if row is None or row.organisation_id != organisation_id or row.ended_at is not None:
        raise RejectedError("not_found", "no such key")
    row.ended_at = at
    session.add(row)


def find_key(database: Database, table: type[Row], key: str) -> Row:
    """The row of a key that is shown.

    Raises:
        RejectedError: ``unauthorized``: no key, one that is unknown, or one that was ended.
    """
    row = None
    if key.startswith(PREFIX):
        with database.reading() as session:
            row = session.exec(select(table).where(table.key_hash == _hash(key))).first()
    if row is None or row.ended_at is not None:
        raise RejectedError("unauthorized", "Authorization: Bearer <key>")
    return row


def shown_key(request: Request) -> str:
    """The key in the ``Authorization`` header; empty where there is none."""
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    return key.strip() if scheme.lower() == "bearer" else ""


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
