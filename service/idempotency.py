"""The same request twice gives the same octets once (draft-ietf-httpapi-idempotency-key-header).

    answer = idempotency.once(session, tenant=organisation_id, key=key, request=body, make=create)

The row of the key and what ``make`` changes are one transaction: a second request with that key, at
the same time or weeks later, waits for the first and gets its answer, octet for octet. The same key
with other content is a mistake, and told as ``idempotency_conflict`` (409). Answers are sealed, for
they may hold the link of an offer.
"""

import hashlib
import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import LargeBinary, delete
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlmodel import Field, Session, SQLModel, col

from credentials.errors import MalformedError, RejectedError
from service.clock import Clock
from service.columns import UtcTime
from service.database import Database

LIFE = timedelta(days=30)
"""Longer than any offer lives: after that the same key is a new request."""

_KEY = re.compile(r'"?([!#-\[\]-~]{1,200})"?')
"""Printable ASCII without space, quote and backslash; the draft's quotes are optional here."""


class IdempotencyKey(SQLModel):
    """Columns of a role's table of keys; the role adds ``table=True``.

    Attributes:
        tenant: keys of one organisation say nothing to another.
        key_hash: SHA-256, hex: a caller may have put a name in its key.
        request_hash: of what was asked.
        answer: sealed; what was answered.
    """

    tenant: str = Field(primary_key=True)
    key_hash: str = Field(primary_key=True)
    request_hash: str
    answer: bytes | None = Field(default=None, sa_type=LargeBinary)
    created_at: datetime = Field(sa_type=UtcTime, index=True)


@dataclass(frozen=True, slots=True)
class Idempotency:
    """The keys of one service.

    Attributes:
        seal: octets and what they are about, to sealed octets; ``open`` is its way back.
    """

    database: Database
    table: type[IdempotencyKey]
    clock: Clock
    seal: Callable[[bytes, str], bytes]
    open: Callable[[bytes, str], bytes]

    def once(
        self,
        session: Session,
        *,
        tenant: str,
        key: str,
        request: bytes,
        make: Callable[[], bytes],
    ) -> bytes:
        """Do it, unless it was done under this key.

        Args:
            session: the transaction of the request.
            tenant: who asks.
            key: the header ``Idempotency-Key``.
            request: all that decides the answer: method, path and body.
            make: does it in this transaction, and returns the answer.

        Returns:
            The answer, fresh or kept.

        Raises:
            MalformedError: ``idempotency_key``: not 1 to 200 printable characters.
            RejectedError: ``idempotency_conflict``: the key was used for something else.
        """
        key_hash, request_hash = _hash(check_key(key).encode()), _hash(request)
        about = f"idempotency {tenant} {key_hash}"
        if self._claim(session, tenant, key_hash, request_hash):
            answer = make()
            row = session.get_one(self.table, (tenant, key_hash))
            row.answer = self.seal(answer, about)
            session.add(row)
            return answer
        row = session.get_one(self.table, (tenant, key_hash), with_for_update=True)
        if not hmac.compare_digest(row.request_hash, request_hash):
            raise RejectedError("idempotency_conflict", "the key was used for another request")
        return self.open(row.answer or b"", about)

    def _claim(self, session: Session, tenant: str, key_hash: str, request_hash: str) -> bool:
        """Enter the key; waits for a transaction that is entering the same one."""
        now = self.clock()
        old = delete(self.table).where(col(self.table.created_at) <= now - LIFE)
        session.connection().execute(old)
        insert = sqlite_insert if self.database.is_sqlite else postgresql_insert
        statement = (
            insert(self.table)
            .values(tenant=tenant, key_hash=key_hash, request_hash=request_hash, created_at=now)
            .on_conflict_do_nothing()
            .returning(col(self.table.tenant))
        )
        return session.connection().execute(statement).first() is not None


def check_key(header: str) -> str:
    """The key in a header ``Idempotency-Key``, with or without the draft's quotes.

    Raises:
        MalformedError: ``idempotency_key``.
    """
    found = _KEY.fullmatch(header)
    if found is None:
        raise MalformedError("idempotency_key", "1 to 200 printable characters without spaces")
    return found[1]


def _hash(octets: bytes) -> str:
    return hashlib.sha256(octets).hexdigest()
