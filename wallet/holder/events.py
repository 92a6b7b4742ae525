"""The append-only event log of a vault: everything that happened to it, in order.

Each event names the hash of the previous one of the same device, so a log from which something
was taken, or into which something was put, no longer fits.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum

from credentials.encoding import JsonObject, JsonValue, b64url_encode, canonical_json
from credentials.errors import MalformedError
from credentials.model import Entropy

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Base32 of a ULID: no letter that looks like a digit."""

ULID_CHARACTERS = 26
"""48 bits of milliseconds and 80 of chance, five bits a character."""

DEVICE_BYTES = 8
"""Enough that two devices of one worker never draw the same name."""


class EventType(StrEnum):
    """What can happen to a vault."""

    CREDENTIAL_ADDED = "credential_added"
    FOREIGN_ADDED = "foreign_added"
    CREDENTIAL_REFUSED = "credential_refused"
    CREDENTIAL_REMOVED = "credential_removed"
    KEY_MADE = "holder_key_made"
    CLAIM_WRITTEN = "claim_written"
    WISH_WRITTEN = "wish_written"
    SHARE_MADE = "share_made"
    SHARE_STOPPED = "share_stopped"
    REQUEST_ANSWERED = "request_answered"
    REQUEST_REFUSED = "request_refused"
    ADVISER_OPENED = "adviser_opened"
    ADVISER_CLOSED = "adviser_closed"
    BOX_OPENED = "box_opened"
    BOX_CLOSED = "box_closed"
    BOX_ANSWERED = "box_answered"
    SLOT_ADDED = "slot_added"
    SLOT_REMOVED = "slot_removed"
    EXPORT = "export"
    SETTINGS = "settings"
    DELETION_ASKED = "deletion_asked"


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened.

    Attributes:
        ulid: 26 characters: the time in milliseconds, then chance; sorts by time.
        device: random name of the device that wrote it.
        lamport: from 1; larger than any number this device had seen.
        prev: hash of the device's previous event; empty for its first.
    """

    ulid: str
    device: str
    lamport: int
    type: EventType
    data: JsonObject
    prev: str

    @property
    def at(self) -> datetime:
        """When it was written, by the clock of its device."""
        milliseconds = _number(self.ulid[:10])
        return datetime.fromtimestamp(milliseconds / 1000, UTC)

    def as_json(self) -> JsonObject:
        """The form that is sealed and hashed."""
        return {
            "ulid": self.ulid,
            "device": self.device,
            "lamport": self.lamport,
            "type": self.type.value,
            "data": self.data,
            "prev": self.prev,
        }

    def digest(self) -> str:
        """SHA-256 of the canonical JSON form (RFC 8785), base64url: the same in every language."""
        return b64url_encode(hashlib.sha256(canonical_json(self.as_json())).digest())


def new_device(entropy: Entropy) -> str:
    """A name for a device that never wrote before."""
    return b64url_encode(entropy(DEVICE_BYTES))


def next_event(
    log: Sequence[Event],
    type_: EventType,
    data: JsonObject,
    *,
    device: str,
    at: datetime,
    entropy: Entropy,
) -> Event:
    """The event that follows ``log`` on this device."""
    own = [event for event in log if event.device == device]
    return Event(
        ulid=_ulid(at, entropy),
        device=device,
        lamport=max((event.lamport for event in log), default=0) + 1,
        type=type_,
        data=data,
        prev=own[-1].digest() if own else "",
    )


def in_order(events: Iterable[Event]) -> tuple[Event, ...]:
    """Sorted by Lamport time, then device: the same on every device."""
    return tuple(sorted(events, key=lambda event: (event.lamport, event.device)))


def check_chain(events: Sequence[Event]) -> None:
    """Each device's events follow one another without a gap.

    Raises:
        MalformedError: ``vault_log_broken`` where one does not name its predecessor.
    """
    last: dict[str, str] = {}
    for event in in_order(events):
        if event.prev != last.get(event.device, ""):
            raise MalformedError("vault_log_broken", f"event {event.lamport}")
        last[event.device] = event.digest()


def merge(stored: Sequence[Event], mine: Sequence[Event]) -> tuple[Event, ...]:
    """What both logs hold, after another device wrote first; nothing is lost.

    An event of ours that no longer follows its predecessor, because our own device wrote
    elsewhere meanwhile, is put behind what is stored.

    Args:
        stored: the log of the newest version.
        mine: the log that could not be written.
    """
    merged = [*in_order(stored)]
    known = {event.digest() for event in merged}
    last = {event.device: event.digest() for event in merged}
    moved: set[str] = set()
    for event in in_order(mine):
        if event.digest() in known:
            continue
        if event.device in moved or event.prev != last.get(event.device, ""):
            moved.add(event.device)
            lamport = max((each.lamport for each in merged), default=0) + 1
            merged.append(replace(event, lamport=lamport, prev=last.get(event.device, "")))
        else:
            merged.append(event)
        last[event.device] = merged[-1].digest()
    return in_order(merged)


def parse_event(value: JsonValue) -> Event:
    """Read one event back.

    Raises:
        MalformedError: ``vault_log_broken`` where a field is missing, of another kind or unknown.
    """
    if not isinstance(value, dict) or len(value) != len(Event.__slots__):
        raise MalformedError("vault_log_broken", "an event with other fields")
    ulid, device, prev = value.get("ulid"), value.get("device"), value.get("prev")
    lamport, type_, data = value.get("lamport"), value.get("type"), value.get("data")
    if not (isinstance(ulid, str) and isinstance(device, str) and isinstance(prev, str)):
        raise MalformedError("vault_log_broken", "an event without its names")
    if not isinstance(lamport, int) or not isinstance(data, dict):
        raise MalformedError("vault_log_broken", "an event without number or data")
    if type_ not in set(EventType) or len(ulid) != ULID_CHARACTERS or set(ulid) - set(CROCKFORD):
        raise MalformedError("vault_log_broken", "an event of an unknown kind")
    return Event(ulid, device, lamport, EventType(str(type_)), data, prev)


def _ulid(at: datetime, entropy: Entropy) -> str:
    number = int(at.timestamp() * 1000) << 80 | int.from_bytes(entropy(10), "big")
    return "".join(CROCKFORD[number >> 5 * place & 31] for place in reversed(range(26)))


def _number(text: str) -> int:
    number = 0
    for character in text:
        number = number << 5 | CROCKFORD.index(character)
    return number
