"""The audit log: one hash chain for each organisation, so that a change to the past shows.

Each entry holds the SHA-256 of the one before it. The database itself refuses to change or remove
entries; whoever gets around that must make the whole chain anew, and then its head differs from
the one that was kept elsewhere.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC
from enum import StrEnum

from sqlmodel import Session, col, select

from credentials.encoding import JsonObject, canonical_json
from credentials.errors import MalformedError
from issuer.ports import Ports
from issuer.tables import AuditEntry
from issuer.turns import take_turn
from service.database import before_commit

NOTHING = "0" * 64
"""What stands before the first entry."""

OPERATOR = "operator"
"""Who acts by the operator's key or from the command line."""

MAX_REASON = 200
"""Characters of a reason: one sentence."""

_PAGE = 1_000
"""Entries read at once."""

_NEAR = 16
"""How many entries may be gone before a moved one, for its own place to be found."""


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry of a chain: whoever kept it sees later whether the past was changed.

    Attributes:
        sequence: 0 where there is no entry yet.
    """

    sequence: int
    digest: str


class FaultKind(StrEnum):
    """What is wrong with an entry."""

    CHANGED = "changed"
    REMOVED = "removed"
    INSERTED = "inserted"
    MOVED = "moved"
    HEAD = "head"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a chain.

    Attributes:
        sequence: the place in the chain.
        entry_id: id of the row; None where it is gone.
        belongs: the place where a moved entry belongs.
    """

    kind: FaultKind
    sequence: int
    entry_id: int | None = None
    belongs: int | None = None


@dataclass(frozen=True, slots=True)
class Verified:
    """What was found in one chain."""

    entries: int
    head: Head
    faults: tuple[Fault, ...]


def record(
    session: Session,
    ports: Ports,
    action: str,
    *,
    about: str,
    actor: str,
    reason: str | None = None,
) -> None:
    """Add an entry to the organisation's chain, in the same commit as what it tells.

    It is written as the transaction's last step, so that nobody waits for a chain while holding
    another row: writers of one organisation queue only for the commit itself.

    Args:
        session: the open transaction.
        ports: of the organisation.
        action: what was done, in one word.
        about: id of the offer, proof, key or member that it was done to.
        actor: who did it: the id of a member or a program, never a name.
        reason: in their own words, where one was asked.
    """
    at, organisation_id = ports.clock(), ports.organisation_id

    def write(closing: Session) -> None:
        head = _head(closing, organisation_id, lock=True)
        entry = AuditEntry(
            organisation_id=organisation_id,
            sequence=head.sequence + 1,
            at=at,
            action=action,
            about=about,
            reason=reason,
            actor=actor,
            previous=head.digest,
            digest="",
        )
        entry.digest = digest_of(entry, sequence=entry.sequence)
        closing.add(entry)
        closing.flush()

    before_commit(session, write)


def sentence_of(reason: str) -> str:
    """A reason as a person typed it, without the blanks around it.

    Raises:
        MalformedError: ``status_reason_invalid`` for none, one that is too long, or several lines.
    """
    words = reason.strip()
    if not words or len(words) > MAX_REASON or not words.isprintable():
        raise MalformedError("status_reason_invalid", f"1 to {MAX_REASON} characters on one line")
    return words


def digest_of(entry: AuditEntry, *, sequence: int) -> str:
    """SHA-256 of an entry as if it stood at that place, hex; over its canonical JSON (RFC 8785)."""
    content: JsonObject = {
        "organisation": entry.organisation_id,
        "sequence": sequence,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "action": entry.action,
        "about": entry.about,
        "reason": entry.reason,
        "actor": entry.actor,
        "previous": entry.previous,
    }
    return hashlib.sha256(canonical_json(content)).hexdigest()


def _head(session: Session, organisation_id: str, *, lock: bool) -> Head:
    if lock:
        take_turn(session, organisation_id)
    last = session.exec(
        select(AuditEntry.sequence, AuditEntry.digest)
        .where(AuditEntry.organisation_id == organisation_id)
        .order_by(col(AuditEntry.sequence).desc())
        .limit(1)
    ).first()
    return Head(0, NOTHING) if last is None else Head(*last)


def verify(session: Session, ports: Ports, *, kept: Head | None = None) -> Verified:
    """Walk the whole chain and name every entry that was changed, removed, inserted or moved.

    Args:
        session: open for reading.
        ports: of the organisation.
        kept: a head that was kept elsewhere; it must still be in the chain.
    """
    chain = _Chain()
    while page := _page(session, ports, after=chain.last):
        for entry in page:
            chain.read(entry)
    faults = chain.faults()
    if kept is not None and kept.sequence and chain.places.get(kept.digest) != kept.sequence:
        faults.append(Fault(FaultKind.HEAD, kept.sequence))
    return Verified(chain.count, Head(chain.last, chain.digest), tuple(faults))


def _page(session: Session, ports: Ports, *, after: int) -> Sequence[AuditEntry]:
    return session.exec(
        select(AuditEntry)
        .where(
            AuditEntry.organisation_id == ports.organisation_id,
            AuditEntry.sequence > after,
        )
        .order_by(col(AuditEntry.sequence))
        .limit(_PAGE)
    ).all()


@dataclass(slots=True)
class _Chain:
    """A chain while it is read.

    Attributes:
        places: digest to the place at which it holds.
        sound: place to the id and digest of the entry that stands there and holds there.
        links: place to the digest that the entry there names as the one before it.
        strange: entries whose digest does not hold where they stand.
    """

    count: int = 0
    last: int = 0
    digest: str = NOTHING
    places: dict[str, int] = field(default_factory=lambda: {NOTHING: 0})
    sound: dict[int, tuple[int | None, str]] = field(default_factory=dict)
    links: dict[int, str] = field(default_factory=dict)
    strange: list[AuditEntry] = field(default_factory=list)

    def read(self, entry: AuditEntry) -> None:
        """Take the next entry in, in the order of places."""
        self.count, self.last, self.digest = self.count + 1, entry.sequence, entry.digest
        if digest_of(entry, sequence=entry.sequence) != entry.digest:
            self.strange.append(entry)
            return
        self.places[entry.digest] = entry.sequence
        self.sound[entry.sequence] = entry.id, entry.digest
        self.links[entry.sequence] = entry.previous

    def faults(self) -> list[Fault]:
        """What is wrong, once everything was read."""
        moved = self._moved()
        found = [
            Fault(FaultKind.MOVED, entry.sequence, entry.id, moved[entry.digest])
            if entry.digest in moved
            else Fault(FaultKind.CHANGED, entry.sequence, entry.id)
            for entry in self.strange
        ]
        belonging = set(moved.values())
        for place, (entry_id, digest) in self.sound.items():
            named = self.links.get(place + 1)
            if place in belonging:
                found.append(Fault(FaultKind.INSERTED, place, entry_id))
            elif named is not None and named != digest:
                found.append(Fault(FaultKind.CHANGED, place, entry_id))
        changed = {each.sequence for each in found if each.kind is FaultKind.CHANGED}
        present = belonging | changed | self.sound.keys()
        gone = set(range(1, max(present, default=0))) - present
        found += [Fault(FaultKind.REMOVED, place) for place in gone]
        return sorted(found, key=lambda each: each.sequence)

    def _moved(self) -> dict[str, int]:
        """By digest, where the strange entries belong that are whole but stand elsewhere."""
        moved: dict[str, int] = {}
        waiting, progress = self.strange, True
        while progress:
            progress, left = False, []
            for entry in waiting:
                place = self._place(entry)
                if place is None:
                    left.append(entry)
                    continue
                moved[entry.digest] = self.places[entry.digest] = place
                self.links[place] = entry.previous
                progress = True
            waiting = left
        return moved

    def _place(self, entry: AuditEntry) -> int | None:
        """Behind the entry that it names; where that is gone, a little further on."""
        before = self.places.get(entry.previous)
        near = range(entry.sequence + 1, entry.sequence + _NEAR)
        for place in near if before is None else [before + 1]:
            if digest_of(entry, sequence=place) == entry.digest:
                return place
        return None
