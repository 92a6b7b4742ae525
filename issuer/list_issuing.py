"""From a checked class list to offers: asked, approved by a second person, given exactly once.

What is approved is named by a digest over everything that will be offered. If anything changes in
between, the digest does too, and nothing is given.
"""

import hashlib
from dataclasses import replace
from datetime import datetime

from sqlmodel import Session, col, select

from credentials.encoding import JsonObject, canonical_json
from credentials.errors import MalformedError, RejectedError
from issuer import delivery, given_proofs, offers
from issuer.audit import record
from issuer.batches import order_of
from issuer.class_list import ISSUED_BEFORE
from issuer.draft_changes import Change, take
from issuer.drafts import Look, count, keep, look, open_lines
from issuer.list_contents import Said, pack_sheet
from issuer.offers import LETTER_LIFE, SCREEN_LIFE, secret
from issuer.orders import FORMAT_IDS, Order, check_format
from issuer.ports import Ports
from issuer.tables import Batch, Delivery, ListDraft, ListLine, ListState, Offer
from issuer.turns import take_turn


def needs_second(ready: int, ports: Ports) -> bool:
    """Whether so many proofs ask for a second person."""
    return ready > ports.identity.bulk_limit


def orders_of(seen: Look, *, format_id: str, ports: Ports) -> list[Order]:
    """What would be offered now."""
    return [order_of(row, format_id, ports) for row in seen.found.rows]


def digest_of(seen: Look, *, ports: Ports) -> str:
    """SHA-256 of every proof that would be offered now, and to whom; hex."""
    orders = orders_of(seen, format_id=FORMAT_IDS[0], ports=ports)
    each: list[JsonObject] = [
        {
            "line": row.line,
            "template": wanted.type_id,
            "version": wanted.template_version,
            "claims": wanted.claims,
            "email": row.email,
        }
        for row, wanted in zip(seen.found.rows, orders, strict=True)
    ]
    return hashlib.sha256(canonical_json([*each])).hexdigest()


def submit(
    session: Session,
    change: Change,
    *,
    format_id: str,
    how: Delivery | None,
    ports: Ports,
    at: datetime,
) -> ListDraft:
    """Give the ready rows, or ask a second person where they are many.

    Raises:
        MalformedError: ``format_unknown``; ``delivery_unfit``: none, or mail without an address.
        RejectedError: ``list_changed``, ``list_not_open``; ``list_empty``: no row is ready.
        SchemaMismatch: a row does not fit its template after all; nothing is given.
    """
    row = take(session, change, ports=ports, at=at)
    check_format(format_id)
    if row.state != ListState.CHECKED:
        raise RejectedError("list_not_open", f"state {row.state}")
    seen = look(session, row.id, ports=ports, at=at)
    if not seen.found.rows or seen.needs_mapping:
        raise RejectedError("list_empty", "no row is ready")
    if how is None:
        raise MalformedError("delivery_unfit", f"one of {', '.join(Delivery)}")
    if how is Delivery.MAIL and any(one.email is None for one in seen.found.rows):
        raise MalformedError("delivery_unfit", "a row has no address")
    row.format, row.delivery = format_id, how
    row.asked_digest = digest_of(seen, ports=ports)
    row.ready = len(seen.found.rows)
    if needs_second(row.ready, ports):
        row.state = ListState.WAITING
        session.add(row)
        record(session, ports, "list_asked", about=row.id, actor=change.member_id)
        return row
    row.state = ListState.APPROVED
    return _issue(session, row, seen, actor=change.member_id, ports=ports)


def approve(session: Session, change: Change, *, ports: Ports, at: datetime) -> ListDraft:
    """Approve exactly what was asked, and give it.

    Raises:
        RejectedError: ``list_changed``; ``list_not_waiting``; ``list_own``: the one who made the
            list; ``list_differs``: what would be given is no longer what was asked.
    """
    row = take(session, change, ports=ports, at=at)
    if row.state != ListState.WAITING:
        raise RejectedError("list_not_waiting", f"state {row.state}")
    if row.made_by == change.member_id:
        raise RejectedError("list_own", "the maker of a list does not approve it")
    seen = look(session, row.id, ports=ports, at=at)
    now = digest_of(seen, ports=ports)
    if now != row.asked_digest:
        raise RejectedError("list_differs", "digest of what was asked and of what would be given")
    row.state, row.approved_by = ListState.APPROVED, change.member_id
    record(session, ports, "list_approved", about=row.id, actor=change.member_id)
    return _issue(session, row, seen, actor=change.member_id, ports=ports)


def send_back(session: Session, change: Change, *, ports: Ports, at: datetime) -> ListDraft:
    """Open a list that waits for approval again.

    Raises:
        RejectedError: ``list_changed``; ``list_not_waiting``.
    """
    row = take(session, change, ports=ports, at=at)
    if row.state != ListState.WAITING:
        raise RejectedError("list_not_waiting", f"state {row.state}")
    row.state, row.asked_digest = ListState.CHECKED, None
    session.add(row)
    record(session, ports, "list_sent_back", about=row.id, actor=change.member_id)
    return row


def close(session: Session, change: Change, *, ports: Ports, at: datetime) -> ListDraft:
    """End a list of which something was given; the rows that still wait are dropped.

    Raises:
        RejectedError: ``list_changed``; ``list_not_open``: nothing was given, or it waits.
    """
    row = take(session, change, ports=ports, at=at)
    seen = look(session, row.id, ports=ports, at=at)
    if row.state != ListState.CHECKED or not seen.given:
        raise RejectedError("list_not_open", f"state {row.state}")
    _finish(row, seen, ports)
    session.add(row)
    record(session, ports, "list_closed", about=row.id, actor=change.member_id)
    return row


def _issue(
    session: Session,
    row: ListDraft,
    seen: Look,
    *,
    actor: str,
    ports: Ports,
) -> ListDraft:
    """Make every offer in the one transaction that also says so."""
    at = row.changed_at
    life = SCREEN_LIFE if row.delivery == Delivery.SCREEN else LETTER_LIFE
    orders = orders_of(seen, format_id=row.format or "", ports=ports)
    offers.purge(session, at=at)
    batch = Batch(
        id=secret(ports.entropy, offers.ID_BYTES),
        organisation_id=ports.organisation_id,
        name=seen.said.name,
        digest=row.asked_digest or "",
        created_at=at,
        offers=len(orders),
    )
    session.add(batch)
    session.flush()
    made = [
        offers.offer(session, replace(one, batch_id=batch.id), ports=ports, at=at, life=life)
        for one in orders
    ]
    session.flush()
    for one, given in zip(seen.found.rows, made, strict=True):
        session.add(
            ListLine(
                list_id=row.id,
                line=one.line,
                organisation_id=ports.organisation_id,
                batch_id=batch.id,
                offer_id=given.id,
            )
        )
        if row.delivery == Delivery.MAIL and one.email is not None:
            delivery.by_mail(session, given.id, one.email, ports=ports)
        else:
            delivery.handed_over(
                session, given.id, Delivery(row.delivery or Delivery.CARDS), ports=ports
            )
    _remember(session, seen, ports=ports, at=at)
    row.given_version = row.version
    session.flush()
    rest = look(session, row.id, ports=ports, at=at)
    if open_lines(rest.found):
        row.state, row.asked_digest = ListState.CHECKED, None
        count(row, rest)
    else:
        _finish(row, rest, ports)
    session.add(row)
    record(session, ports, "list_given", about=batch.id, actor=actor)
    return row


def _remember(session: Session, seen: Look, *, ports: Ports, at: datetime) -> None:
    """Note what is given, unless another list gave somebody the same while we looked."""
    take_turn(session, ports.organisation_id)
    confirmed = seen.said.answers.confirmed
    settled = {line for line, code, _ in confirmed if code == ISSUED_BEFORE}
    if given_proofs.lines(session, seen.found.rows, ports=ports) - settled:
        raise RejectedError("list_changed", "another list gave one of these meanwhile")
    given_proofs.remember(session, seen.found.rows, ports=ports, at=at)


def offers_of(session: Session, row: ListDraft, *, ports: Ports) -> list[Offer]:
    """What was given from a list, in the order of its lines."""
    found = session.exec(
        select(Offer)
        .join(ListLine, col(ListLine.offer_id) == col(Offer.id))
        .where(ListLine.list_id == row.id, Offer.organisation_id == ports.organisation_id)
        .order_by(col(ListLine.line))
    )
    return list(found)


def _finish(row: ListDraft, seen: Look, ports: Ports) -> None:
    """The list is done: of its cells nothing is kept."""
    empty = replace(seen.sheet, titles=(), records=())
    row.state, row.ready, row.waiting = ListState.ISSUED, 0, 0
    row.sheet = ports.sealer.seal(pack_sheet(empty), about=f"list {row.id}")
    keep(row, Said(seen.said.name), ports)
