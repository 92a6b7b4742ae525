"""Whether somebody got a proof before: known again by a keyed digest, for names are sealed."""

import hmac
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from credentials.encoding import canonical_json
from issuer.class_list import Row
from issuer.class_list_doubles import person_key
from issuer.ports import Ports
from issuer.tables import GivenProof
from issuer.turns import take_turn

_AT_ONCE = 500
"""Digests in one question to the database."""


@cache
def _key(sealing_key: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=b"skillspass issuer: given proof").derive(sealing_key)


def digest(row: Row, ports: Ports) -> str:
    """HMAC-SHA-256 of person, template and day under a key that the database does not hold."""
    about = canonical_json([ports.organisation_id, *person_key(row)])
    return hmac.new(_key(ports.sealer.key), about, "sha256").hexdigest()


def lines(session: Session, rows: Sequence[Row], *, ports: Ports) -> frozenset[int]:
    """The lines of the rows whose proof was given before."""
    by_line = {row.line: digest(row, ports) for row in rows}
    known = _known(session, by_line.values(), ports)
    return frozenset(line for line, one in by_line.items() if one in known)


def remember(session: Session, rows: Sequence[Row], *, ports: Ports, at: datetime) -> None:
    """Note that these proofs are given."""
    take_turn(session, ports.organisation_id)
    fresh = [
        {"organisation_id": ports.organisation_id, "digest": one, "given_at": at}
        for one in dict.fromkeys(digest(row, ports) for row in rows)
    ]
    insert = sqlite.insert if ports.database.is_sqlite else postgresql.insert
    if fresh:
        session.connection().execute(insert(GivenProof).on_conflict_do_nothing(), fresh)


def _known(session: Session, digests: Iterable[str], ports: Ports) -> set[str]:
    wanted, found = list(digests), set[str]()
    for start in range(0, len(wanted), _AT_ONCE):
        part = wanted[start : start + _AT_ONCE]
        found |= set(
            session.exec(
                select(GivenProof.digest).where(
                    GivenProof.organisation_id == ports.organisation_id,
                    col(GivenProof.digest).in_(part),
                )
            )
        )
    return found
