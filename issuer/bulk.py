"""Many proofs signed ahead for people without a wallet: a whole list, once, whatever happens.

A block of rows is completed, its places are reserved and its intents stored in one commit; it is
signed in other processes (``issuer.bulk_signing``), and kept in the commit that stores the intents
of a later block. What is begun again after a crash finds what was kept and goes on with the rest:
the id of each row's offer follows from the list and the line. Each proof is what ``issuer.paper``
gives for one person, so the pages print, withdraw and renew it as any other.
"""

import hashlib
import hmac
import json
import sys
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

from sqlmodel import col, select

from credentials.encoding import b64url_encode
from credentials.errors import MalformedError, RejectedError
from credentials.model import Wire
from issuer.audit import OPERATOR, record
from issuer.batches import order_of
from issuer.bulk_rows import Begun, Intent, Wanted, intend, keep
from issuer.bulk_signing import Sign
from issuer.class_list import Row
from issuer.offers import ID_BYTES
from issuer.ports import Ports
from issuer.tables import Batch, Offer, OfferState, Paper

FORMATS = ("dc+sd-jwt", "ldp_vc")
"""What can be read without a holder's key by whoever has the file."""

BLOCK = 500
"""Proofs in one commit: some tenths of a second in which others wait for their turn to write."""

PART = 125
"""Of a block, for one process: a kill costs no more work, and all have something to do."""

AHEAD = 2
"""Blocks that wait for their signatures while the next one is made."""

_READ_AT_ONCE = 200

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Count:
    """How far a list is.

    Attributes:
        made: signed and kept in this run.
        before: kept in an earlier run.
        taken_back: cancelled by somebody in between; they stay so.
    """

    made: int = 0
    before: int = 0
    taken_back: int = 0

    @property
    def done(self) -> int:
        """Rows that nothing more will happen to."""
        return self.made + self.before + self.taken_back


@dataclass(frozen=True, slots=True)
class _Waiting:
    intents: Sequence[Intent]
    parts: Sequence[Future[list[bytes]]]

    def sealed(self) -> list[bytes]:
        """What the signers made, in the order of the intents."""
        return [one for part in self.parts for one in part.result()]


def begin(
    ports: Ports, *, name: str, data: bytes, count: int, format_id: str, language: str = "nl"
) -> Begun:
    """Enter a list, or find it where it was begun before.

    Args:
        ports: of the organisation.
        name: of the file, for people.
        data: the file; its digest names the list.
        count: rows that are ready.
        format_id: one of ``FORMATS``.
        language: of the paper.

    Raises:
        MalformedError: ``format_unknown``.
    """
    if format_id not in FORMATS:
        raise MalformedError("format_unknown", f"without a holder's key: {', '.join(FORMATS)}")
    digest, at = hashlib.sha256(data).hexdigest(), ports.clock()
    batch_id = _names(ports)(f"list {ports.organisation_id} {digest} {format_id} {language}")
    with ports.database.transaction() as session:
        if session.get(Batch, batch_id) is None:
            session.add(
                Batch(
                    id=batch_id,
                    organisation_id=ports.organisation_id,
                    name=name,
                    digest=digest,
                    created_at=at,
                    offers=count,
                )
            )
            record(session, ports, "list_signed", about=batch_id, actor=OPERATOR)
    return Begun(batch_id, format_id, language)


def give(
    ports: Ports,
    begun: Begun,
    rows: Iterable[Row],
    *,
    sign: Sign,
    progress: Callable[[Count], None] = lambda _: None,
) -> Count:
    """Sign a proof for every row that has none yet, and keep it.

    Args:
        ports: of the organisation.
        begun: the list that the rows are of.
        rows: ready ones; read as they are needed.
        sign: of ``issuer.bulk_signing``.
        progress: told after every commit.

    Returns:
        How far the list is, which is all of it.

    Raises:
        SchemaMismatch: a row does not fit its type after all; what came before it is kept.
        UndeterminedError: ``signer_unavailable``; what was signed before is kept.
    """
    waiting: deque[_Waiting] = deque()
    ended, count, named = _ended(ports, begun), Count(), _names(ports)
    for block in _blocks(rows, BLOCK):
        states = Counter(ended[row.line] for row in block if row.line in ended)
        wanted = [
            Wanted(named(f"row {begun.id} {row.line}"), row, order_of(row, begun.format, ports))
            for row in block
            if row.line not in ended
        ]
        finished = waiting.popleft() if len(waiting) == AHEAD else None
        made, intents = _commit(ports, begun, finished, wanted)
        taken_back = states.pop(OfferState.CANCELLED, 0)
        meanwhile = len(wanted) - len(intents)  # ended by another run of the same list
        count = Count(
            count.made + made,
            count.before + states.total() + meanwhile,
            count.taken_back + taken_back,
        )
        parts = [sign([one.task for one in part]) for part in _blocks(intents, PART)]
        waiting.append(_Waiting(intents, parts))
        progress(count)
    for finished in waiting:
        made, _ = _commit(ports, begun, finished, ())
        count = Count(count.made + made, count.before, count.taken_back)
        progress(count)
    return count


def signed(ports: Ports, begun: Begun) -> Iterator[tuple[int, str, Wire]]:
    """What was signed for a list: line, id of the proof, and the proof; in the order of lines.

    Raises:
        RejectedError: ``gone``: it is kept no longer.
    """
    line = -1
    while True:
        with ports.database.reading() as session:
            page = session.exec(
                select(Offer, Paper)
                .join(Paper, col(Paper.offer_id) == col(Offer.id))
                .where(
                    Offer.batch_id == begun.id,
                    Offer.organisation_id == ports.organisation_id,
                    col(Offer.line) > line,
                )
                .order_by(col(Offer.line))
                .limit(_READ_AT_ONCE)
            ).all()
        for offer, paper in page:
            line = offer.line or 0
            yield line, paper.issued_id, _opened(ports, paper)
        if len(page) < _READ_AT_ONCE:
            return


def _opened(ports: Ports, paper: Paper) -> Wire:
    if paper.sealed is None:
        raise RejectedError("gone", "no longer kept")
    plain = ports.sealer.open(paper.sealed, about=f"paper {paper.issued_id}")
    wire: Wire = json.loads(plain)["credential"]
    return wire


def _blocks(items: Iterable[_T], size: int) -> Iterator[list[_T]]:
    reading = iter(items)
    while block := list(islice(reading, size)):
        yield block


def _names(ports: Ports) -> Callable[[str], str]:
    """Makes an id that follows from what it names, and that nobody else can work out."""
    key = hmac.digest(ports.sealer.key, b"skillspass issuer: signed lists", "sha256")
    return lambda about: b64url_encode(hmac.digest(key, about.encode(), "sha256")[:ID_BYTES])


def _ended(ports: Ports, begun: Begun) -> dict[int, str]:
    """What earlier runs of a list came to an end with: the state of each offer, by line."""
    with ports.database.asking() as connection:
        found = connection.execute(
            select(col(Offer.line), col(Offer.state)).where(
                Offer.batch_id == begun.id, Offer.state != OfferState.REDEEMED
            )
        )
        return {line: sys.intern(state) for line, state in found if line is not None}


def _commit(
    ports: Ports, begun: Begun, finished: _Waiting | None, wanted: Sequence[Wanted]
) -> tuple[int, list[Intent]]:
    """One commit: what was signed is kept, and what will be signed next is stored."""
    sealed = [] if finished is None else finished.sealed()
    at, made = ports.clock(), 0
    with ports.database.transaction() as session:
        held = select(Batch.id).where(Batch.id == begun.id)
        session.exec(held.with_for_update()).one()  # of two that sign one list, one waits
        if finished is not None:
            made = keep(session, ports, begun, finished.intents, sealed, at)
        return made, intend(session, ports, begun, wanted, at)
