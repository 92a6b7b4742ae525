"""Key rotation: a key is made, shown for a day, used, retired, and never forgotten.

A did:web document has no history, so the ledger is what the sector list tells about the past
(``history``). A key that got into wrong hands is revoked: nothing it signed counts any more, and
what it signed must be given anew (``affected``).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, select

from credentials.errors import MalformedError, RejectedError
from credentials.keys import PublicKey
from credentials.trust.listing import ListedKey
from issuer.audit import OPERATOR, record, sentence_of
from issuer.key_ring import PURPOSES, KeyState, public_of, state_of
from issuer.ports import Ports
from issuer.tables import Issued, IssuedState, Offer, SigningKey, StatusWord

LEAD = timedelta(hours=24)
"""How long a key is shown before it signs: copies of a DID document live a day."""

HANDOVER = timedelta(seconds=30)
"""From the decision until the next key signs: each process has looked at the ledger by then."""

STILL_SHOWN = timedelta(days=2)
"""How long a retired key is shown in any case: the status lists it signed live a day."""

_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Rotated:
    """A key that will sign.

    Attributes:
        used_from: the whole second at which it takes over.
        early: it was shown for less than ``LEAD``; who has an older copy of the DID document, and
            no sector list, cannot check it yet.
    """

    key: SigningKey
    used_from: datetime
    early: bool


@dataclass(frozen=True, slots=True)
class Revoked:
    """A key that signs nothing and checks nothing any more.

    Attributes:
        instead: the key that signs in its place; None where it did not sign.
        affected: how many proofs must be given anew.
    """

    key: SigningKey
    instead: SigningKey | None
    affected: int


def keys(session: Session, ports: Ports) -> Sequence[SigningKey]:
    """The whole ledger of the organisation, oldest first."""
    return session.exec(
        select(SigningKey)
        .where(SigningKey.organisation_id == ports.organisation_id)
        .order_by(col(SigningKey.published_at), col(SigningKey.id))
    ).all()


def history(session: Session, ports: Ports) -> tuple[ListedKey, ...]:
    """What the sector list must know for ever: each key and its time.

    A key counts from when it was shown, so that a list made before a rotation knows it already.
    """
    return tuple(
        ListedKey(public_of(row), row.published_at, row.used_until, row.revoked_at is not None)
        for row in keys(session, ports)
    )


def shown(session: Session, ports: Ports, *, at: datetime) -> list[PublicKey]:
    """The keys of the DID document: next, current, and retired ones that proofs still need."""
    return [public_of(row) for row in keys(session, ports) if _is_shown(session, row, at)]


def _is_shown(session: Session, row: SigningKey, at: datetime) -> bool:
    state = state_of(row, at)
    if state is not KeyState.RETIRED:
        return state is not KeyState.REVOKED
    if row.used_until is None or at < row.used_until + STILL_SHOWN:
        return True
    alive = select(Issued.id).where(*_alive(row.organisation_id, at), Issued.key_id == row.id)
    return session.exec(alive.limit(1)).first() is not None


def _alive(organisation_id: str, at: datetime) -> tuple[ColumnElement[bool], ...]:
    """What makes an issued proof count still: neither taken back nor over."""
    over = select(Offer.id).where(
        Offer.organisation_id == organisation_id, col(Offer.ends_at) <= at
    )
    return (
        col(Issued.organisation_id) == organisation_id,
        col(Issued.status) != StatusWord.REVOKED,
        col(Issued.offer_id).not_in(over),
    )


def prepare(ports: Ports, purpose: str, *, actor: str = OPERATOR) -> SigningKey:
    """Make the next key of a purpose and show it; it signs nothing yet.

    Raises:
        MalformedError: ``key_purpose_unknown``.
        RejectedError: ``key_next_exists``: one is waiting already.
        UndeterminedError: ``signer_unavailable``.
    """
    if purpose not in PURPOSES:
        raise MalformedError("key_purpose_unknown", f"one of {', '.join(PURPOSES)}")
    ports.signers.begin()
    with ports.database.reading() as session:
        _refuse_second(keys(session, ports), purpose)
    made = _make(ports, purpose)
    made.published_at = ports.clock().replace(microsecond=0)
    with ports.database.transaction() as session:
        _refuse_second(_held(session, ports), purpose)
        session.add(made)
        record(session, ports, "key_next", about=made.id, actor=actor)
    ports.signers.look_again()
    return made


def rotate(
    session: Session,
    ports: Ports,
    purpose: str,
    *,
    at: datetime,
    force: bool = False,
    actor: str = OPERATOR,
) -> Rotated:
    """Let the next key of a purpose take over, and retire the one that signs now.

    Raises:
        RejectedError: ``key_next_missing``; ``key_too_fresh``: it was not shown for ``LEAD`` yet,
            and ``force`` was not given.
    """
    mine = [row for row in _held(session, ports) if row.purpose == purpose]
    following = next((row for row in mine if _waits(row)), None)
    if following is None:
        raise RejectedError("key_next_missing", f"no key waits for {purpose}")
    early = at < following.published_at + LEAD
    if early and not force:
        ready = following.published_at + LEAD
        raise RejectedError("key_too_fresh", f"from {ready.isoformat()}")
    moment = (at + HANDOVER + _SECOND).replace(microsecond=0)
    for row in mine:
        if row.used_from is not None and row.used_until is None:
            row.used_until = moment
            session.add(row)
    following.used_from = moment
    session.add(following)
    record(session, ports, "key_rotated", about=following.id, actor=actor)
    ports.signers.look_again()
    return Rotated(following, moment, early)


def revoke(
    ports: Ports, key_id: str, *, reason: str, at: datetime, actor: str = OPERATOR
) -> Revoked:
    """Stop a key that got into wrong hands, at once, and let another sign in its place.

    Args:
        ports: of the organisation.
        key_id: its full id, or its name in the store.
        reason: one sentence.
        at: now.
        actor: who says so.

    Raises:
        MalformedError: ``status_reason_invalid``.
        RejectedError: ``key_unknown``, ``key_revoked``.
        UndeterminedError: ``signer_unavailable``: no key could be made in its place.
    """
    words = sentence_of(reason)
    with ports.database.reading() as session:
        found = _named(keys(session, ports), key_id)
        alone = _instead(keys(session, ports), found, at) is None
    signs = state_of(found, at) is KeyState.CURRENT
    spare = _make(ports, found.purpose) if signs and alone else None
    moment = at.replace(microsecond=0)
    with ports.database.transaction() as session:
        rows = _held(session, ports)
        row = _named(rows, key_id)
        row.revoked_at, row.reason = moment, words
        instead = (_instead(rows, row, at) or spare) if signs else None
        if instead is not None:
            instead.used_from = moment
            session.add(instead)
        session.add(row)
        session.flush()
        record(session, ports, "key_revoked", about=row.id, actor=actor, reason=words)
        count = session.exec(select(func.count()).where(*_affected(ports, at, row.id))).one()
    ports.signers.look_again()
    return Revoked(row, instead, count)


def affected(
    session: Session, ports: Ports, *, at: datetime, key_id: str | None = None
) -> Sequence[Issued]:
    """Proofs that a revoked key signed and that still matter: they must be given anew."""
    wanted = _affected(ports, at, key_id)
    return session.exec(
        select(Issued).where(*wanted).order_by(col(Issued.issued_at), col(Issued.id))
    ).all()


def _affected(ports: Ports, at: datetime, key_id: str | None) -> tuple[ColumnElement[bool], ...]:
    revoked = select(SigningKey.id).where(
        SigningKey.organisation_id == ports.organisation_id,
        col(SigningKey.revoked_at).is_not(None),
        *([] if key_id is None else [SigningKey.id == key_id]),
    )
    return (
        *_alive(ports.organisation_id, at),
        col(Issued.key_id).in_(revoked),
        col(Issued.state).in_([IssuedState.DELIVERED, IssuedState.ACCEPTED]),
    )


def _make(ports: Ports, purpose: str) -> SigningKey:
    """A key under a name that tells when it was made; the store may be slow."""
    moment = f"{ports.clock():%Y%m%dT%H%M%S}-{ports.entropy(2).hex()}"
    return ports.signers.create(purpose, f"{ports.signers.place.prefix}{purpose}/{moment}")


def _held(session: Session, ports: Ports) -> Sequence[SigningKey]:
    """The ledger, for who changes it: of two at once, one waits."""
    return session.exec(
        select(SigningKey)
        .where(SigningKey.organisation_id == ports.organisation_id)
        .order_by(col(SigningKey.published_at), col(SigningKey.id))
        .with_for_update()
    ).all()


def _waits(row: SigningKey) -> bool:
    return row.used_from is None and row.revoked_at is None


def _refuse_second(rows: Sequence[SigningKey], purpose: str) -> None:
    if any(row.purpose == purpose and _waits(row) for row in rows):
        raise RejectedError("key_next_exists", f"one waits for {purpose}")


def _instead(rows: Sequence[SigningKey], gone: SigningKey, at: datetime) -> SigningKey | None:
    """Another key of the purpose that may sign: one that waits, or one that was to take over."""
    return next(
        (
            row
            for row in rows
            if row.purpose == gone.purpose
            and row.id != gone.id
            and state_of(row, at) is KeyState.NEXT
        ),
        None,
    )


def _named(rows: Sequence[SigningKey], key_id: str) -> SigningKey:
    found = [row for row in rows if key_id in {row.id, row.name}]
    if not found:
        raise RejectedError("key_unknown", "not in the ledger")
    if found[0].revoked_at is not None:
        raise RejectedError("key_revoked", "already")
    return found[0]
