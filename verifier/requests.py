"""Ask one holder one question: OpenID4VP 1.0, section 5, signed request by reference.

A request lives ten minutes and goes Requested -> Retrieved -> Answered, or Expired. Nonce, state
and encryption key are made for it alone and are of no use afterwards (HAIP 1.0).
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from sqlmodel import Session, col, delete, select, update

from credentials.encoding import b64url_encode, parse_json_object
from credentials.errors import RejectedError
from credentials.jose import generate_encryption_key, public_encryption_key
from credentials.keys import Signer
from credentials.model import Entropy
from credentials.openid4vc.request import create_request, request_link
from schemas import catalog
from schemas.messages import LANGUAGES, sentence
from verifier.tables import RequestRow, ResultRow

REQUEST_LIFE = timedelta(minutes=10)
"""Long enough to find a phone, short enough that a photo of the code is worthless."""

RESULT_LIFE = timedelta(weeks=4)
"""How long the outcome, policy and date of a check are kept (retention default of the domain)."""

RANDOM_BYTES = 16
"""128 bits: nonces, handles and codes cannot be guessed."""


class State(StrEnum):
    """Where a request is; ``_MOVES`` tells which way it may go."""

    REQUESTED = "requested"
    RETRIEVED = "retrieved"
    ANSWERED = "answered"
    EXPIRED = "expired"


_OPEN = (State.REQUESTED, State.RETRIEVED)


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, in the words of the protocol.

    Attributes:
        client_id: ``decentralized_identifier:`` and our DID; the audience of every answer.
        origin: https origin of all protocol addresses.
        name: what the holder's side may show of us; nobody checked it.
        wallet_link: the address that opens the holder's passport.
    """

    client_id: str
    origin: str
    name: str
    wallet_link: str

    def request_uri(self, reference: str) -> str:
        """Where the signed request can be fetched."""
        return f"{self.origin}/oid4vp/requests/{reference}"

    def response_uri(self, reference: str) -> str:
        """Where its one answer goes."""
        return f"{self.origin}/oid4vp/responses/{reference}"

    def link(self, reference: str) -> str:
        """What the code and the copyable link hold."""
        return request_link(self.wallet_link, self.client_id, self.request_uri(reference))


def token(entropy: Entropy) -> str:
    """A fresh handle, nonce or code: 128 bits, base64url."""
    return b64url_encode(entropy(RANDOM_BYTES))


def digest(secret: str) -> str:
    """What the database keeps of a cookie or code: enough to compare, useless to a thief."""
    return hashlib.sha256(secret.encode()).hexdigest()


def same_secret(secret: str | None, expected: str | None) -> bool:
    """Whether a secret is the one whose digest is kept, in constant time."""
    return bool(secret and expected) and hmac.compare_digest(digest(secret or ""), expected or "")


def ask(
    session: Session,
    preset: str,
    *,
    at: datetime,
    entropy: Entropy,
    language: str = LANGUAGES[0],
    browser: str | None = None,
) -> RequestRow:
    """Make one request for a named query; ``browser`` is the secret of the asking browser.

    Raises:
        RejectedError: ``preset_unknown``.
    """
    if preset not in catalog.query_names():
        raise RejectedError("preset_unknown", "no query of that name")
    sweep(session, at=at)
    row = RequestRow(
        id=token(entropy),
        reference=token(entropy),
        preset=preset,
        language=language,
        state=State.REQUESTED,
        nonce=token(entropy),
        correlation=token(entropy),
        encryption_jwk=json.dumps(generate_encryption_key()),
        session_hash=digest(browser) if browser else None,
        created_at=int(at.timestamp()),
        expires_at=int((at + REQUEST_LIFE).timestamp()),
    )
    session.add(row)
    session.flush()
    return row


def find(session: Session, request_id: str) -> RequestRow:
    """The request of an asker's handle.

    Raises:
        RejectedError: ``not_found``.
    """
    row = session.get(RequestRow, request_id)
    if row is None:
        raise RejectedError("not_found", "no request with this handle")
    return row


def find_by_reference(session: Session, reference: str) -> RequestRow:
    """The request behind a protocol address.

    Raises:
        RejectedError: ``not_found``.
    """
    row = session.exec(select(RequestRow).where(RequestRow.reference == reference)).one_or_none()
    if row is None:
        raise RejectedError("not_found", "no request with this reference")
    return row


def state_of(row: RequestRow, *, at: datetime) -> State:
    """The state as of now: an open request whose time is over is expired, swept or not."""
    state = State(row.state)
    if state in _OPEN and at.timestamp() >= row.expires_at:
        return State.EXPIRED
    return state


def require_open(row: RequestRow, *, at: datetime) -> None:
    """The request still waits for its answer.

    Raises:
        RejectedError: ``response_already_received`` or ``request_expired``.
    """
    state = state_of(row, at=at)
    if state is State.ANSWERED:
        raise RejectedError("response_already_received", "this request has its answer")
    if state is State.EXPIRED:
        raise RejectedError("request_expired", "this request lived ten minutes")


def retrieve(session: Session, reference: str, *, at: datetime) -> RequestRow:
    """Requested -> Retrieved: the holder's side fetches the request; it may do so again.

    Raises:
        RejectedError: as ``find_by_reference`` and ``require_open``.
    """
    row = find_by_reference(session, reference)
    require_open(row, at=at)
    _move(session, row, (State.REQUESTED,), to=State.RETRIEVED)
    session.refresh(row)
    return row


def answer(
    session: Session, row: RequestRow, *, at: datetime, return_code: str | None = None
) -> None:
    """Requested or Retrieved -> Answered, once, whoever comes second; the key is forgotten.

    ``return_code`` lets the browser that asked come back; only its digest is kept.

    Raises:
        RejectedError: ``response_already_received``, also to the slower of two at once.
    """
    values = {
        "answered_at": int(at.timestamp()),
        "encryption_jwk": "",
        "response_code_hash": digest(return_code) if return_code else None,
    }
    if not _move(session, row, _OPEN, to=State.ANSWERED, values=values):
        raise RejectedError("response_already_received", "this request has its answer")


def sweep(session: Session, *, at: datetime) -> None:
    """Open -> Expired for every request whose time is over; results past their life go."""
    now = int(at.timestamp())
    session.exec(
        update(RequestRow)
        .where(col(RequestRow.state).in_(_OPEN), col(RequestRow.expires_at) <= now)
        .values(state=State.EXPIRED, encryption_jwk="")
    )
    oldest = int((at - RESULT_LIFE).timestamp())
    session.exec(delete(ResultRow).where(col(ResultRow.checked_at) < oldest))
    kept = select(ResultRow.request_id)
    session.exec(
        delete(RequestRow).where(
            col(RequestRow.created_at) < oldest, col(RequestRow.id).not_in(kept)
        )
    )


def signed(row: RequestRow, *, asker: Asker, signer: Signer, at: datetime) -> str:
    """The request as the holder's side fetches it: a JWT signed under our DID."""
    return create_request(
        signer,
        client_id=asker.client_id,
        response_uri=asker.response_uri(row.reference),
        nonce=row.nonce,
        state=row.correlation,
        dcql_query=catalog.query(row.preset),
        encryption_jwk=public_encryption_key(parse_json_object(row.encryption_jwk)),
        client_name=asker.name,
        purpose=sentence(f"preset.{row.preset}.purpose", row.language),
        at=at,
    )


def come_back(session: Session, row: RequestRow, *, code: str, browser: str | None) -> None:
    """Use the code with which the asking browser returns; it works once, and for that browser only.

    Raises:
        RejectedError: ``session_mismatch``.
    """
    if not same_secret(browser, row.session_hash):
        raise RejectedError("session_mismatch", "another browser asked")
    used = session.exec(
        update(RequestRow)
        .where(
            col(RequestRow.id) == row.id,
            col(RequestRow.response_code_hash) == digest(code),
        )
        .values(response_code_hash=None)
    )
    if used.rowcount != 1:
        raise RejectedError("session_mismatch", "the code is unknown or was used")


def _move(
    session: Session,
    row: RequestRow,
    origin: tuple[State, ...],
    *,
    to: State,
    values: Mapping[str, object] = MappingProxyType({}),
) -> bool:
    """One conditional UPDATE, so that two workers cannot both make the same move."""
    moved = session.exec(
        update(RequestRow)
        .where(col(RequestRow.id) == row.id, col(RequestRow.state).in_(origin))
        .values(state=to, **values)
    )
    return moved.rowcount == 1
