"""What a vault holds, read from its events: credentials with their keys, and what was shown.

A vault lives in memory; ``files`` seals it to disk. Nothing is changed but by appending an event.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
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
class Held:
    """A credential in the vault: the original bytes and the key they are bound to."""

    id: str
    format: str
    wire: Wire = field(repr=False)
    key: JsonObject = field(repr=False)
    giver: Giver
    added_at: datetime

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

    def append(self, type_: EventType, data: JsonObject) -> Event:
        """Write down that something happened, now."""
        event = next_event(
            self._events,
            type_,
            data,
            device=self._device,
            at=self._clock(),
            entropy=self._entropy,
        )
        self._events.append(event)
        return event

    def add(self, new: NewCredential) -> Held:
        """Keep a credential that was verified, with its key."""
        held_id = b64url_encode(self._entropy(HELD_ID_BYTES))
        thumbprint = new.signer.public.thumbprint
        key = new.signer.private_jwk()
        self.append(EventType.KEY_MADE, {"thumbprint": thumbprint, "jwk": key})
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
        event = self.append(EventType.CREDENTIAL_ADDED, data)
        return Held(held_id, new.format, new.wire, key, new.giver, event.at)

    def remove(self, held_id: str) -> None:
        """Drop a credential; its events stay in the log.

        Raises:
            RejectedError: ``proof_not_found``.
        """
        self.find(held_id)
        self.append(EventType.CREDENTIAL_REMOVED, {"id": held_id})

    def held(self) -> tuple[Held, ...]:
        """The credentials that were added and not removed, oldest first."""
        keys: dict[str, JsonObject] = {}
        kept: dict[str, Held] = {}
        for event in self._events:
            if event.type is EventType.KEY_MADE:
                keys[_text(event.data["thumbprint"])] = _object(event.data["jwk"])
            elif event.type is EventType.CREDENTIAL_ADDED:
                kept[_text(event.data["id"])] = _held(event, keys)
            elif event.type is EventType.CREDENTIAL_REMOVED:
                kept.pop(_text(event.data["id"]), None)
        return tuple(kept.values())

    def find(self, held_id: str) -> Held:
        """One credential by its name in this vault.

        Raises:
            RejectedError: ``proof_not_found``.
        """
        for held in self.held():
            if held.id == held_id:
                return held
        raise RejectedError("proof_not_found", "no such credential in this vault")


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
    )


def _text(value: JsonValue) -> str:
    return value if isinstance(value, str) else ""


def _object(value: JsonValue) -> JsonObject:
    return value if isinstance(value, dict) else {}
