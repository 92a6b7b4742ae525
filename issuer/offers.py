"""Offers: a proof that waits for its holder behind a code and a PIN, each of use once.

OpenID4VCI 1.0, section 4.1.1: the pre-authorized code flow with a transaction code.
"""

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from credentials.encoding import JsonObject, b64url_encode, compact_json
from credentials.errors import RejectedError
from credentials.model import Entropy
from issuer.audit import OPERATOR, record
from issuer.events import emit
from issuer.orders import Order
from issuer.ports import Ports
from issuer.tables import (
    AuthorizationCode,
    Deferral,
    Issued,
    Offer,
    OfferState,
    Paper,
    RefreshToken,
    Token,
)
from schemas.completion import valid_until

SCREEN_LIFE = timedelta(minutes=10)
"""A code on a screen: the holder stands beside it."""

LETTER_LIFE = timedelta(days=14)
"""A code that was mailed or printed."""

MAX_WRONG_PINS = 5
"""A guesser has a chance of 5 in a million."""

TOKEN_LIFE = timedelta(minutes=5)
"""A wallet asks at once; a person who must think does that before typing the PIN."""

NOTIFICATION_LIFE = timedelta(hours=1)
"""The holder may take that long to say "this is not me"."""

CONTENTS_KEPT = timedelta(days=30)
"""Claims of an offer that nobody fetched are dropped that long after it ended."""

PAPER_KEPT = timedelta(days=30)
"""What was given on paper can be printed again that long: the post is slow, and paper gets lost."""

BYTES_KEPT = timedelta(hours=2)
"""What was signed can be fetched again that long, with its token; its time may be an hour early."""

CODES_KEPT = timedelta(minutes=10)
"""A code that comes a second time must still be known, so that its token can be ended."""

PIN_DIGITS = 6
"""What a person can read from a screen and type at once."""

SECRET_BYTES = 32
"""Codes and tokens: 256 bits."""

ID_BYTES = 16
"""Identifiers that give access: 128 bits."""

UNFETCHED = frozenset({OfferState.OFFERED, OfferState.LOCKED, OfferState.REDEEMED})
"""States in which no holder has the proof."""


@dataclass(frozen=True, slots=True)
class MadeOffer:
    """An offer and its two halves: the address for the link, and the PIN to give apart."""

    id: str
    type_id: str
    format: str
    offer_uri: str
    tx_code: str
    expires_at: datetime
    line: int | None


@dataclass(frozen=True, slots=True)
class Contents:
    """What an open offer holds, sealed in its row."""

    claims: JsonObject
    code: str
    tx_code: str


@dataclass(frozen=True, slots=True)
class Refused:
    """A code was not exchanged. Returned, not raised: the count of wrong PINs must be kept.

    Attributes:
        code: ``code_unknown``, ``code_used``, ``code_locked``, ``code_expired``, ``pin_wrong``.
        tries_left: after a wrong PIN.
    """

    code: str
    tries_left: int = 0


def fingerprint(secret: str) -> str:
    """How a code, token or nonce is stored: they are random, so a plain hash will do."""
    return hashlib.sha256(secret.encode()).hexdigest()


def secret(entropy: Entropy, count: int = SECRET_BYTES) -> str:
    """A fresh code, token or identifier of ``count`` octets, as base64url."""
    return b64url_encode(entropy(count))


def offer(
    session: Session, order: Order, *, ports: Ports, at: datetime, life: timedelta
) -> MadeOffer:
    """Make one offer; it dies ``life`` after ``at``, on use, or on the fifth wrong PIN."""
    entropy = ports.entropy
    contents = _fresh_contents(order.claims, entropy)
    row = Offer(
        id=entropy(ID_BYTES).hex(),  # no dash in front: it is typed on a command line
        organisation_id=ports.organisation_id,
        batch_id=order.batch_id,
        line=order.line,
        link_id=secret(entropy, ID_BYTES),
        code_hash=fingerprint(contents.code),
        type_id=order.type_id,
        template_version=order.template_version,
        format=order.format,
        person=b"",
        ends_at=valid_until(order.claims),
        created_at=at,
        expires_at=at + life,
        changed_at=at,
    )
    row.contents = _seal(row, contents, ports)
    row.person = ports.sealer.seal(order.person.encode(), about=f"person {row.id}")
    session.add(row)
    emit(session, "offer.made", ports=ports, at=at, offer=row.id)
    return _made(row, contents, ports)


def renew(session: Session, offer_id: str, *, ports: Ports, at: datetime) -> MadeOffer:
    """Give an offer that nobody fetched a new address, code, PIN and life; the old ones die.

    Also after a code that was used while its proof never arrived: its token dies with it.

    Raises:
        RejectedError: ``not_found``, or ``offer_closed`` where it was fetched or cancelled.
    """
    row = find_to_change(session, offer_id, ports=ports)
    if row.state not in UNFETCHED:
        raise RejectedError("offer_closed", f"state {row.state}")
    end_grants(session, row.id)
    contents = _fresh_contents(contents_of(row, ports).claims, ports.entropy)
    life = row.expires_at - row.created_at
    row.link_id, row.code_hash = secret(ports.entropy, ID_BYTES), fingerprint(contents.code)
    row.state, row.attempts = OfferState.OFFERED, 0
    row.created_at, row.expires_at, row.changed_at = at, at + life, at
    row.contents = _seal(row, contents, ports)
    session.add(row)
    return _made(row, contents, ports)


def cancel(
    session: Session, offer_id: str, *, ports: Ports, at: datetime, actor: str = OPERATOR
) -> None:
    """Take back an offer that nobody fetched; its claims are dropped. ``actor`` did it.

    Raises:
        RejectedError: ``not_found``, or ``offer_closed`` where it was fetched already.
    """
    row = find_to_change(session, offer_id, ports=ports)
    if row.state not in UNFETCHED:
        raise RejectedError("offer_closed", f"state {row.state}")
    row.state, row.contents, row.changed_at = OfferState.CANCELLED, None, at
    end_grants(session, row.id)
    session.add(row)
    record(session, ports, "cancelled", about=row.id, actor=actor)
    emit(session, "offer.cancelled", ports=ports, at=at, offer=row.id)


def find(session: Session, offer_id: str, *, ports: Ports) -> Offer:
    """The institute's own offer by its own id.

    Raises:
        RejectedError: ``not_found``, also where it is another organisation's.
    """
    row = session.get(Offer, offer_id)
    if row is None or row.organisation_id != ports.organisation_id:
        raise RejectedError("not_found", "no such offer")
    return row


def find_to_change(session: Session, offer_id: str, *, ports: Ports) -> Offer:
    """The same, as it stands now: nobody else changes it until the end of the transaction.

    Whoever changes an offer and what hangs on it takes the offer first, or two wait for each other.

    Raises:
        RejectedError: as ``find``.
    """
    return lock(session, find(session, offer_id, ports=ports).id)


def lock(session: Session, offer_id: str) -> Offer:
    """Take the row of an offer that is there, as it stands now."""
    return session.get_one(Offer, offer_id, with_for_update=True)


def find_by_link(session: Session, link_id: str, *, ports: Ports, at: datetime) -> Offer:
    """The open offer behind a link.

    Raises:
        RejectedError: ``not_found``: never made, used, locked, cancelled and expired look alike.
    """
    row = session.exec(
        select(Offer).where(
            Offer.link_id == link_id, Offer.organisation_id == ports.organisation_id
        )
    ).first()
    if row is None or row.state != OfferState.OFFERED or at >= row.expires_at:
        raise RejectedError("not_found", "no open offer")
    return row


def contents_of(row: Offer, ports: Ports) -> Contents:
    """Open what an offer holds.

    Raises:
        RejectedError: ``offer_closed`` where it holds nothing any more.
    """
    if row.contents is None:
        raise RejectedError("offer_closed", f"state {row.state}")
    return read_contents(row.contents, offer_id=row.id, ports=ports)


def read_contents(sealed: bytes, *, offer_id: str, ports: Ports) -> Contents:
    """Open the sealed contents of an offer's row."""
    plain = json.loads(ports.sealer.open(sealed, about=f"contents {offer_id}"))
    return Contents(plain["claims"], plain["code"], plain["tx_code"])


def person_of(row: Offer, ports: Ports) -> str:
    """The name under which the institute knows an offer."""
    return ports.sealer.open(row.person, about=f"person {row.id}").decode()


def take_by_code(
    session: Session, code: str, *, tx_code: str, ports: Ports, at: datetime
) -> Offer | Refused:
    """Take the offer of a pre-authorized code with its PIN, once.

    A wrong PIN does not use the code up; the fifth locks it. Of many that come at once, one wins.
    """
    found = Offer.code_hash == fingerprint(code)
    return _take(session, found, tx_code=tx_code, ports=ports, at=at)


def take_by_link(
    session: Session, link_id: str, *, tx_code: str, ports: Ports, at: datetime
) -> Offer | Refused:
    """The same by the secret part of the offer's address, for a person on a page of ours."""
    return _take(session, Offer.link_id == link_id, tx_code=tx_code, ports=ports, at=at)


def _take(
    session: Session,
    which: bool,  # noqa: FBT001 - a condition of SQL, by its type in the class
    *,
    tx_code: str,
    ports: Ports,
    at: datetime,
) -> Offer | Refused:
    own = Offer.organisation_id == ports.organisation_id
    statement = select(Offer).where(which, own).with_for_update()
    row = session.exec(statement.execution_options(populate_existing=True)).first()
    refused = _not_open(row, at)
    if row is None or refused is not None:
        return refused or Refused("code_unknown")
    if not hmac.compare_digest(contents_of(row, ports).tx_code.encode(), tx_code.encode()):
        counted = _count_wrong_pin(session, row.id, at)
        if counted.code == "code_locked":
            emit(session, "offer.locked", ports=ports, at=at, offer=row.id)
        return counted
    won = session.connection().execute(
        update(Offer)
        .where(col(Offer.id) == row.id, col(Offer.state) == OfferState.OFFERED)
        .values(state=OfferState.REDEEMED, changed_at=at)
    )
    if won.rowcount != 1:
        return Refused("code_used")
    emit(session, "offer.redeemed", ports=ports, at=at, offer=row.id)
    return row


def _not_open(row: Offer | None, at: datetime) -> Refused | None:
    if row is None:
        return Refused("code_unknown")
    if row.state == OfferState.LOCKED:
        return Refused("code_locked")
    if row.state != OfferState.OFFERED:
        return Refused("code_used")
    return Refused("code_expired") if at >= row.expires_at else None


def _count_wrong_pin(session: Session, offer_id: str, at: datetime) -> Refused:
    """Count in the database, not in memory: parallel guesses each count."""
    attempts: int = (
        session.connection()
        .execute(
            update(Offer)
            .where(col(Offer.id) == offer_id)
            .values(attempts=Offer.attempts + 1, changed_at=at)
            .returning(col(Offer.attempts))
        )
        .scalar_one()
    )
    if attempts < MAX_WRONG_PINS:
        return Refused("pin_wrong", MAX_WRONG_PINS - attempts)
    session.connection().execute(
        update(Offer)
        .where(col(Offer.id) == offer_id, col(Offer.state) == OfferState.OFFERED)
        .values(state=OfferState.LOCKED)
    )
    return Refused("code_locked")


def end_grants(session: Session, offer_id: str) -> None:
    """Let codes and tokens of an offer die, and what was promised for later with them."""
    for table in (Token, RefreshToken, AuthorizationCode, Deferral):
        session.connection().execute(delete(table).where(col(table.offer_id) == offer_id))


def purge(session: Session, *, at: datetime) -> None:
    """Drop what is over: tokens, bytes kept for a retry or a reprint, claims nobody came for."""
    connection = session.connection()
    connection.execute(delete(Token).where(col(Token.expires_at) <= at - NOTIFICATION_LIFE))
    connection.execute(delete(Deferral).where(col(Deferral.created_at) <= at - CONTENTS_KEPT))
    for table in (RefreshToken, AuthorizationCode):
        connection.execute(delete(table).where(col(table.expires_at) <= at - CODES_KEPT))
    connection.execute(
        update(Offer)
        .where(col(Offer.expires_at) <= at - CONTENTS_KEPT, col(Offer.contents).is_not(None))
        .values(contents=None)
    )
    connection.execute(
        update(Issued)
        .where(col(Issued.issued_at) <= at - BYTES_KEPT, col(Issued.sealed).is_not(None))
        .values(sealed=None)
    )
    connection.execute(
        update(Paper)
        .where(col(Paper.made_at) <= at - PAPER_KEPT, col(Paper.sealed).is_not(None))
        .values(sealed=None)
    )


def _fresh_contents(claims: JsonObject, entropy: Entropy) -> Contents:
    pin = f"{int.from_bytes(entropy(8)) % 10**PIN_DIGITS:0{PIN_DIGITS}d}"
    return Contents(claims, secret(entropy), pin)


def _seal(row: Offer, contents: Contents, ports: Ports) -> bytes:
    plain: JsonObject = {
        "claims": contents.claims,
        "code": contents.code,
        "tx_code": contents.tx_code,
    }
    return ports.sealer.seal(compact_json(plain), about=f"contents {row.id}")


def _made(row: Offer, contents: Contents, ports: Ports) -> MadeOffer:
    return MadeOffer(
        id=row.id,
        type_id=row.type_id,
        format=row.format,
        offer_uri=offer_uri(row, ports),
        tx_code=contents.tx_code,
        expires_at=row.expires_at,
        line=row.line,
    )


def offer_uri(row: Offer, ports: Ports) -> str:
    """The address of the offer; it stands in the link and never holds the PIN."""
    return f"{ports.origin}/offers/{row.link_id}"
