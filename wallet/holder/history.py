"""What did I show, to whom, when: read from the vault's own events, newest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from credentials.encoding import JsonObject, JsonValue
from wallet.holder.events import Event, EventType


@dataclass(frozen=True, slots=True)
class ShownCredential:
    """One credential of an answer.

    Attributes:
        type: the type URL.
        labels_nl: the lines that were seen, in Dutch; labels_en: the same in English.
        whole: whether it could only be shown whole.
    """

    type: str
    labels_nl: tuple[str, ...]
    labels_en: tuple[str, ...]
    whole: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """One question and how the worker answered it.

    Attributes:
        name: who asked, as they called themselves.
        host: their address.
        answered: False where the worker said no.
    """

    at: datetime
    name: str
    host: str
    answered: bool
    credentials: tuple[ShownCredential, ...]


def shown(events: Sequence[Event]) -> tuple[Shown, ...]:
    """Every question that was answered or refused, newest first."""
    kinds = {EventType.REQUEST_ANSWERED, EventType.REQUEST_REFUSED}
    return tuple(_shown(event) for event in reversed(events) if event.type in kinds)


def shown_credential_json(shown_credential: ShownCredential) -> JsonObject:
    """The form in the event log."""
    return {
        "type": shown_credential.type,
        "labels_nl": list(shown_credential.labels_nl),
        "labels_en": list(shown_credential.labels_en),
        "whole": shown_credential.whole,
    }


def _shown(event: Event) -> Shown:
    entries = event.data.get("credentials")
    listed = entries if isinstance(entries, list) else []
    return Shown(
        at=event.at,
        name=str(event.data.get("name", "")),
        host=str(event.data.get("host", "")),
        answered=event.type is EventType.REQUEST_ANSWERED,
        credentials=tuple(_credential(entry) for entry in listed if isinstance(entry, dict)),
    )


def _credential(entry: JsonObject) -> ShownCredential:
    return ShownCredential(
        type=str(entry.get("type", "")),
        labels_nl=_texts(entry.get("labels_nl")),
        labels_en=_texts(entry.get("labels_en")),
        whole=entry.get("whole") is True,
    )


def _texts(value: JsonValue) -> tuple[str, ...]:
    return tuple(str(item) for item in value) if isinstance(value, list) else ()
