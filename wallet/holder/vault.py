"""What a vault holds, read from its events: credentials with their keys, and what was shown.

A vault lives in memory; ``files`` seals it to disk. Nothing is changed but by appending an event.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from credentials.encoding import JsonObject, JsonValue, b64url_encode
from credentials.errors import RejectedError
from credentials.formats import FORMATS
from credentials.keys import SoftwareSigner
from credentials.model import Entropy, Unverified, Wire
from wallet.holder.events import Event, EventType, check_chain, new_device, next_event

HELD_ID_BYTES = 9
"""Names a credential inside one vault; 12 characters in an address."""


@dataclass(frozen=True, slots=True)
class Giver:
    """Who gave a credential, as the worker saw it when it was kept.

    Attributes:
        id: the issuer's DID.
        host: where the offer came from; for people.
        listed: whether the sector's trust list had it.
    """

    id: str
    name: str
    host: str
    listed: bool


@dataclass(frozen=True, slots=True)
class Copy:
    """One copy of a credential: the original bytes, and the key they are bound to."""

    wire: Wire = field(repr=False)
    key: JsonObject = field(repr=False)


@dataclass(frozen=True, slots=True)
class Held:
    """A credential in the vault: the original bytes and the key they are bound to.

    Attributes:
        others: more copies of the same, each bound to a key of its own.
    """

    id: str
    format: str
    wire: Wire = field(repr=False)
    key: JsonObject = field(repr=False)
    giver: Giver
    added_at: datetime
    others: tuple[Copy, ...] = field(default=(), repr=False)

    @property
    def copies(self) -> tuple[Copy, ...]:
        """All of them, the first one first."""
        return (Copy(self.wire, self.key), *self.others)

    def signer(self) -> SoftwareSigner:
        """The holder's key for this copy."""
        return SoftwareSigner.from_private_jwk(self.key)

    def parsed(self) -> Unverified:
        """Read again from the bytes; it was verified before it was kept."""
        return FORMATS[self.format].parse(self.wire)


@dataclass(frozen=True, slots=True)
class NewCredential:
    """What ``Vault.add`` keeps."""

    format: str
    wire: Wire = field(repr=False)
    signer: SoftwareSigner = field(repr=False)
    giver: Giver
    others: tuple[Copy, ...] = field(default=(), repr=False)


class Vault:
    """An open vault: its events, and what they amount to."""

    def __init__(
        self, events: Sequence[Event], *, clock: Callable[[], datetime], entropy: Entropy
    ) -> None:
        check_chain(events)
        self._events = list(events)
        self._clock = clock
        self._entropy = entropy
        self._device = events[-1].device if events else new_device(entropy)

    @property
    def events(self) -> tuple[Event, ...]:
        """Everything that happened, oldest first."""
        return tuple(self._events)

    def append(self, type_: EventType, data: JsonObject, *, ulid: str | None = None) -> Event:
        """Write down that something happened: now, or elsewhere at the moment of ``ulid``."""
        event = next_event(
            self._events,
            type_,
            data,
            device=self._device,
            at=self._clock(),
            entropy=self._entropy,
        )
        if ulid is not None:
            event = replace(event, ulid=ulid)
        self._events.append(event)
        return event

    def add(self, new: NewCredential) -> Held:
        """Keep a credential that was verified, with its key; more copies are shown in turn."""
        held_id = b64url_encode(self._entropy(HELD_ID_BYTES))
        key = new.signer.private_jwk()
        thumbprint = self._keep_key(key)
        others: list[JsonValue] = [
            {"wire": copy.wire, "key": self._keep_key(copy.key)} for copy in new.others
        ]
        giver: JsonObject = {
            "id": new.giver.id,
            "name": new.giver.name,
            "host": new.giver.host,
            "listed": new.giver.listed,
        }
        data: JsonObject = {
            "id": held_id,
            "format": new.format,
            "wire": new.wire,
            "key": thumbprint,
            "giver": giver,
        }
        if others:
            data["copies"] = others
        event = self.append(EventType.CREDENTIAL_ADDED, data)
        return Held(held_id, new.format, new.wire, key, new.giver, event.at, new.others)

    def _keep_key(self, jwk: JsonObject) -> str:
        thumbprint = SoftwareSigner.from_private_jwk(jwk).public.thumbprint
        self.append(EventType.KEY_MADE, {"thumbprint": thumbprint, "jwk": jwk})
        return thumbprint

    def remove(self, held_id: str) -> None:
        """Drop a credential; its events stay in the log.

        Raises:
            RejectedError: ``proof_not_found``.
        """
        self.find(held_id)
        self.append(EventType.CREDENTIAL_REMOVED, {"id": held_id})

    def held(self) -> tuple[Held, ...]:
        """The credentials that were added and not removed, oldest first."""
        return held_in(self._events)

    def find(self, held_id: str) -> Held:
        """One credential by its name in this vault.

        Raises:
            RejectedError: ``proof_not_found``.
        """
        for held in self.held():
            if held.id == held_id:
                return held
        raise RejectedError("proof_not_found", "no such credential in this vault")


def held_in(events: Sequence[Event]) -> tuple[Held, ...]:
    """The credentials that a log added and did not remove, oldest first."""
    keys: dict[str, JsonObject] = {}
    kept: dict[str, Held] = {}
    for event in events:
        if event.type is EventType.KEY_MADE:
            keys[_text(event.data["thumbprint"])] = _object(event.data["jwk"])
        elif event.type is EventType.CREDENTIAL_ADDED:
            kept[_text(event.data["id"])] = _held(event, keys)
        elif event.type is EventType.CREDENTIAL_REMOVED:
            kept.pop(_text(event.data["id"]), None)
    return tuple(kept.values())


def times_shown(events: Sequence[Event], held_id: str) -> int:
    """How often a credential was shown, in answers and on deelkaarten."""
    lists = (event.data.get(name) for event in events for name in ("credentials", "cards"))
    entries = (entry for each in lists if isinstance(each, list) for entry in each)
    return sum(1 for entry in entries if isinstance(entry, dict) and entry.get("id") == held_id)


def copy_of(held: Held, events: Sequence[Event]) -> Held:
    """The copy to show now: each once, then in turn.

    Readers who compare what they saw cannot tell that two copies are one person's.
    """
    copy = held.copies[times_shown(events, held.id) % len(held.copies)]
    return replace(held, wire=copy.wire, key=copy.key, others=())


def _held(event: Event, keys: dict[str, JsonObject]) -> Held:
    data = event.data
    giver = _object(data["giver"])
    wire = data["wire"]
    return Held(
        id=_text(data["id"]),
        format=_text(data["format"]),
        wire=wire if isinstance(wire, dict) else _text(wire),
        key=keys[_text(data["key"])],
        giver=Giver(
            id=_text(giver["id"]),
            name=_text(giver["name"]),
            host=_text(giver["host"]),
            listed=giver["listed"] is True,
        ),
        added_at=event.at,
        others=_others(data.get("copies"), keys),
    )


def _others(value: JsonValue, keys: dict[str, JsonObject]) -> tuple[Copy, ...]:
    entries = [_object(entry) for entry in value] if isinstance(value, list) else []
    found = []
    for entry in entries:
        wire = entry["wire"]
        kept = wire if isinstance(wire, dict) else _text(wire)
        found.append(Copy(kept, keys[_text(entry["key"])]))
    return tuple(found)


def _text(value: JsonValue) -> str:
    return value if isinstance(value, str) else ""


def _object(value: JsonValue) -> JsonObject:
    return value if isinstance(value, dict) else {}
