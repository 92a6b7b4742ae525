"""Carry what the log of an export tells into another vault: at its own moments, on our own chain.

The browser's ``portability/carrying.ts`` does the same; both run ``tests/cases/vaults.json``.
"""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet

from credentials.encoding import JsonObject, JsonValue
from wallet.holder.events import Event, EventType
from wallet.holder.vault import Vault

TOLD = frozenset(
    {
        EventType.CLAIM_WRITTEN,
        EventType.WISH_WRITTEN,
        EventType.FOREIGN_ADDED,
        EventType.CREDENTIAL_REFUSED,
        EventType.REQUEST_ANSWERED,
        EventType.REQUEST_REFUSED,
        EventType.SHARE_MADE,
        EventType.SHARE_STOPPED,
        EventType.DELETION_ASKED,
        EventType.EXPORT,
    }
)
"""What the worker wrote, and what they showed to whom; ways in and settings stay with a vault."""


def carry(vault: Vault, events: Sequence[Event], wanted: AbstractSet[str]) -> None:
    """Write down what another vault tells; nothing comes twice.

    Args:
        vault: takes it.
        events: the other log, whose chain held.
        wanted: the names of the credentials that come along, each with its keys.
    """
    here = {event.ulid for event in vault.events}
    keys = {name for event in events if _adds(event, wanted) for name in _keys_of(event.data)}
    for event in events:
        key = event.type is EventType.KEY_MADE and event.data.get("thumbprint") in keys
        if event.ulid not in here and (event.type in TOLD or key or _adds(event, wanted)):
            vault.append(event.type, _told(event), ulid=event.ulid)


def _told(event: Event) -> JsonObject:
    """Another service keeps what was shared from there, so no other can stop it or count views."""
    return event.data | {"elsewhere": True} if event.type is EventType.SHARE_MADE else event.data


def _adds(event: Event, wanted: AbstractSet[str]) -> bool:
    return event.type is EventType.CREDENTIAL_ADDED and event.data.get("id") in wanted


def _keys_of(data: JsonObject) -> Iterator[JsonValue]:
    """The thumbprints of a credential's keys: of its first copy, and of the others."""
    copies = data.get("copies")
    yield data.get("key")
    for copy in copies if isinstance(copies, list) else []:
        if isinstance(copy, dict):
            yield copy.get("key")
