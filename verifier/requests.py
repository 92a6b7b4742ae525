"""Ask one holder one question: OpenID4VP 1.0, section 5, signed request by reference.

A request lives ten minutes and goes Requested -> Retrieved -> Answered, or Expired; Answered ->
Deleted where the holder asks for it. Nonce, state and encryption key are made for it alone and are
of no use afterwards (HAIP 1.0).
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from sqlmodel import Session, col, delete, select, update

from credentials.encoding import JsonValue, b64url_encode
from credentials.errors import RejectedError
from credentials.jose import generate_encryption_key
from credentials.model import Entropy
from credentials.openid4vc.request import request_link
from schemas.messages import LANGUAGES
from verifier.questions import Question, preset_question
from verifier.tables import RequestRow, ResultRow

REQUEST_LIFE = timedelta(minutes=10)
"""Long enough to find a phone, short enough that a photo of the code is worthless."""

RANDOM_BYTES = 16
"""128 bits: nonces, handles and codes cannot be guessed."""


class State(StrEnum):
    """Where a request is; ``_move`` tells which way it may go."""

    REQUESTED = "requested"
    RETRIEVED = "retrieved"
    ANSWERED = "answered"
    EXPIRED = "expired"
    DELETED = "deleted"


_OPEN = (State.REQUESTED, State.RETRIEVED)


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, in the words of the protocol.

    Attributes:
        client_id: what is asked under where nobody chooses; the audience of every answer.
        other_client_ids: the further names that we may ask under.
        origin: https origin of all protocol addresses.
        name: what the holder's side may show of us; nobody checked it.
        wallet_link: the address that opens the holder's passport.
        web_link: the same of the passport in the browser, which comes first; empty without one.
        x5c: our certificate and what stands above it, as requests carry it; empty without one.
    """

    client_id: str
    origin: str
    name: str
    wallet_link: str
    web_link: str = ""
    other_client_ids: tuple[str, ...] = ()
    x5c: tuple[JsonValue, ...] = ()

    @property
    def client_ids(self) -> tuple[str, ...]:
        """Every name that we ask under, the usual one first."""
        return (self.client_id, *self.other_client_ids)

    @property
    def deletion_uri(self) -> str:
        """Where a holder may ask to erase a result."""
        return f"{self.origin}/oid4vp/deletions"

    def named(self, prefix: str | None) -> str:
        """Our client id with that prefix; the usual one for None.

        Raises:
            RejectedError: ``client_id_prefix_unsupported``.
        """
        for client_id in self.client_ids:
            if prefix is None or client_id.startswith(f"{prefix}:"):
                return client_id
        raise RejectedError("client_id_prefix_unsupported", "we have no such name")

    def request_uri(self, reference: str) -> str:
        """Where the signed request can be fetched."""
        return f"{self.origin}/oid4vp/requests/{reference}"

    def response_uri(self, reference: str) -> str:
        """Where its one answer goes."""
        return f"{self.origin}/oid4vp/responses/{reference}"

    def link(self, reference: str, client_id: str | None = None) -> str:
        """What the code and the copyable link hold; behind the # it reaches no server."""
        if not self.web_link:
            return self._link(self.wallet_link, reference, client_id)
        return self._link(self.web_link, reference, client_id).replace("?", "#", 1)

    def kiosk_link(self, reference: str, client_id: str | None = None) -> str | None:
        """The trial passport beside the one in the browser; None where it comes first."""
        return self._link(self.wallet_link, reference, client_id) if self.web_link else None

    def _link(self, base: str, reference: str, client_id: str | None) -> str:
        named = client_id or self.client_id
        return request_link(base, named, self.request_uri(reference), post=True)


def token(entropy: Entropy) -> str:
    """A fresh handle, nonce or code: 128 bits, base64url."""
    return b64url_encode(entropy(RANDOM_BYTES))


def digest(secret: str) -> str:
    """What the database keeps of a cookie or code: enough to compare, useless to a thief."""
    return hashlib.sha256(secret.encode()).hexdigest()


def same_secret(secret: str | None, expected: str | None) -> bool:
    """Whether a secret is the one whose digest is kept, in constant time."""
    return bool(secret and expected) and hmac.compare_digest(digest(secret or ""), expected or "")


def ask(  # noqa: PLR0913 - what a question may come with
    session: Session,
    asked: str | Question,
    *,
    at: datetime,
    entropy: Entropy,
    asker: Asker,
    language: str = LANGUAGES[0],
    browser: str | None = None,
    prefix: str | None = None,
    encrypted: bool = True,
    organisation_id: str | None = None,
    vacancy: str = "",
) -> RequestRow:
    """Make one request for a question, or for a preset by its name.

    Args:
        session: the open transaction.
        asked: the question.
        at: now.
        entropy: makes nonce, state and handles.
        asker: as whom we ask.
        language: in which the purpose is told.
        browser: the secret of the asking browser; None for a program.
        prefix: of the client id; None for the usual one.
        encrypted: False only for wallets that cannot encrypt (``direct_post``).
        organisation_id: the firm that asks with its account.
        vacancy: what the answer is held beside.

    Raises:
        RejectedError: ``preset_unknown``, ``client_id_prefix_unsupported``, and as
            ``Question.check``.
        MalformedError: as ``Question.check``.
    """
    question = preset_question(asked) if isinstance(asked, str) else asked
    question.check()
    sweep(session, at=at)
    declared, now = question.declared, int(at.timestamp())
    row = RequestRow(
        id=token(entropy),
        reference=token(entropy),
        preset=question.name,
        query=json.dumps(question.query),
        language=language,
        state=State.REQUESTED,
        client_id=asker.named(prefix),
        nonce=token(entropy),
        correlation=token(entropy),
        encryption_jwk=json.dumps(generate_encryption_key()) if encrypted else "",
        encrypted=encrypted,
        relation=declared.relation,
        purpose=declared.purpose,
        legal_basis=declared.legal_basis,
        retention_days=declared.retention_days,
        organisation_id=organisation_id,
        vacancy=vacancy,
        firm_name=question.firm.name if question.firm else None,
        firm_kvk=question.firm.kvk if question.firm else None,
        confirms=" ".join(sorted(question.confirms)),
        session_hash=digest(browser) if browser else None,
        created_at=now,
        expires_at=int((at + REQUEST_LIFE).timestamp()),
        kept_until=_kept_until(at, declared.retention_days),
    )
    session.add(row)
    session.flush()
    return row


def moment(seconds: int) -> datetime:
    """A moment as the rows keep it: whole seconds since 1970."""
    return datetime.fromtimestamp(seconds, UTC)


def _kept_until(at: datetime, days: int) -> int:
    return int((at + timedelta(days=days)).timestamp())


def find(session: Session, request_id: str) -> RequestRow:
    """The request of an asker's handle.

    Raises:
        RejectedError: ``not_found``; ``result_deleted``: the holder had it erased.
    """
    row = session.get(RequestRow, request_id)
    if row is None:
        raise RejectedError("not_found", "no request with this handle")
    if row.state == State.DELETED:
        raise RejectedError("result_deleted", "erased at the holder's wish")
    return row


def find_asked(session: Session, request_id: str, *, organisation_id: str) -> RequestRow:
    """The request that a program of this firm made.

    Raises:
        RejectedError: ``not_found``, also where it is another firm's or a browser's;
            ``result_deleted``.
    """
    row = session.get(RequestRow, request_id)
    if row is None or row.organisation_id != organisation_id or row.session_hash is not None:
        raise RejectedError("not_found", "no request of this firm with this handle")
    return find(session, request_id)


def forget(session: Session, row: RequestRow) -> None:
    """Let go of a request and its results, at the wish of who asked; nobody can answer it then."""
    session.exec(delete(ResultRow).where(col(ResultRow.request_id) == row.id))
    session.exec(delete(RequestRow).where(col(RequestRow.id) == row.id))


def find_by_nonce(session: Session, nonce: str) -> RequestRow | None:
    """The request with that nonce, whatever its state; None where it is unknown or gone."""
    return session.exec(select(RequestRow).where(RequestRow.nonce == nonce)).one_or_none()


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
    if state in {State.ANSWERED, State.DELETED}:
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
    session: Session,
    row: RequestRow,
    *,
    at: datetime,
    return_code: str | None = None,
    match_code: str | None = None,
) -> None:
    """Requested or Retrieved -> Answered, once, whoever comes second; the key is forgotten.

    Args:
        session: the open transaction.
        row: the request.
        at: now; from here on the result is kept as long as was declared.
        return_code: lets the browser that asked come back; only its digest is kept.
        match_code: what the holder reads aloud to who asked in another browser.

    Raises:
        RejectedError: ``response_already_received``, also to the slower of two at once.
    """
    values = {
        "answered_at": int(at.timestamp()),
        "encryption_jwk": "",
        "confirms": "",
        "response_code_hash": digest(return_code) if return_code else None,
        "match_code": match_code,
        "kept_until": _kept_until(at, row.retention_days),
    }
    if not _move(session, row, _OPEN, to=State.ANSWERED, values=values):
        raise RejectedError("response_already_received", "this request has its answer")


def erase(session: Session, row: RequestRow) -> bool:
    """Answered -> Deleted: every result of the request goes; whether there was one."""
    gone = session.exec(delete(ResultRow).where(col(ResultRow.request_id) == row.id))
    values = {"response_code_hash": None, "match_code": None}
    _move(session, row, (State.ANSWERED,), to=State.DELETED, values=values)
    return gone.rowcount > 0


def sweep(session: Session, *, at: datetime) -> None:
    """Open -> Expired for every request whose time is over; what was kept long enough goes."""
    now = int(at.timestamp())
    session.exec(
        update(RequestRow)
        .where(col(RequestRow.state).in_(_OPEN), col(RequestRow.expires_at) <= now)
        .values(state=State.EXPIRED, encryption_jwk="", confirms="")
    )
    over = select(RequestRow.id).where(col(RequestRow.kept_until) < now)
    session.exec(delete(ResultRow).where(col(ResultRow.request_id).in_(over)))
    session.exec(delete(RequestRow).where(col(RequestRow.kept_until) < now))


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
