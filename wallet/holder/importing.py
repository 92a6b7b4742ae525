"""Bring an export file of ours: opened, each credential checked again, then kept with its log.

What of it may be kept is as in the browser (``journeys/importing.ts``; wallet design, section 6).
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from credentials.encoding import JsonObject, JsonValue, b64url_decode
from credentials.errors import CredentialError, MalformedError
from credentials.findings import Outcome
from credentials.formats import FORMATS
from wallet.holder.archive import unpack
from wallet.holder.carrying import carry
from wallet.holder.checking import check_own
from wallet.holder.events import Event, EventType, check_chain, parse_event
from wallet.holder.outside import Outside
from wallet.holder.portability import Secret, open_export
from wallet.holder.vault import Held, Vault, held_in

ENDED = frozenset({"expired", "not_yet_valid", "revoked", "suspended"})
"""What ends a credential and forges nothing: it may be kept, and shows as ended."""

_OWN = frozenset({EventType.CLAIM_WRITTEN, EventType.WISH_WRITTEN, EventType.FOREIGN_ADDED})


@dataclass(frozen=True, slots=True)
class Brought:
    """One credential of a file.

    Attributes:
        problem: why it does not hold, as a code; None where it is right or cannot be asked now.
        keepable: what failed its check is told, and never kept.
        known: it is in this vault already.
    """

    held: Held
    problem: str | None
    keepable: bool
    known: bool

    @property
    def type(self) -> str:
        """The type's address; of a credential that cannot be read the format."""
        try:
            return self.held.parsed().credential.type
        except (KeyError, CredentialError):
            return self.held.format


@dataclass(frozen=True, slots=True)
class Import:
    """A file that was opened.

    Attributes:
        events: the log of that passport.
        own: claims, wishes and files of the worker that are not here yet.
    """

    brought: tuple[Brought, ...]
    events: tuple[Event, ...]
    own: tuple[Event, ...]

    def as_json(self) -> JsonObject:
        """What was found of each credential, for programs."""
        found: list[JsonValue] = [
            {
                "id": each.held.id,
                "type": each.type,
                "giver": each.held.giver.name,
                "problem": each.problem,
                "keepable": each.keepable,
                "known": each.known,
            }
            for each in self.brought
        ]
        return {"proofs": found}


def read_import(token: str, secret: Secret, vault: Vault, *, outside: Outside) -> Import:
    """Open an export and check what is in it; nothing is kept yet.

    Raises:
        MalformedError: ``export_invalid``, ``vault_log_broken``.
        RejectedError: ``export_not_opened``.
    """
    events = _events_in(unpack(open_export(token.strip(), secret)).get("log.json", b""))
    here = vault.held()
    ids, wires = {each.id for each in here}, [each.wire for each in here]
    brought = []
    for held in _held_in(events):
        problem, keepable = _judged(held, outside)
        known = held.id in ids or held.wire in wires
        brought.append(Brought(held, problem, keepable, known))
    written = {event.ulid for event in vault.events}
    own = tuple(each for each in events if each.type in _OWN and each.ulid not in written)
    return Import(tuple(brought), events, own)


def keep_import(found: Import, vault: Vault) -> None:
    """Keep what holds and is not here yet, with its keys, the worker's own words, and the log."""
    wanted = {each.held.id for each in found.brought if each.keepable and not each.known}
    carry(vault, found.events, wanted)


def _events_in(octets: bytes) -> tuple[Event, ...]:
    try:
        # Larger than a parser of foreign tokens allows; each event is read strictly.
        listed: JsonValue = json.loads(octets)
    except (ValueError, RecursionError) as error:
        raise MalformedError("export_invalid", "log.json") from error
    if not isinstance(listed, list):
        raise MalformedError("export_invalid", "log.json")
    events = tuple(parse_event(each) for each in listed)
    check_chain(events)
    return events


def _held_in(events: Sequence[Event]) -> tuple[Held, ...]:
    try:
        for event in events:
            if event.type is EventType.FOREIGN_ADDED:
                _check_foreign(event)
        return held_in(events)
    except (KeyError, CredentialError) as error:
        raise MalformedError("export_invalid", "an event without its fields") from error


def _check_foreign(event: Event) -> None:
    """A file of others is written into the next export under its name."""
    named = [str(event.data[name]) for name in ("id", "ending")]
    if not all(name.replace("-", "").replace("_", "").isalnum() for name in named):
        raise MalformedError("export_invalid", "the name of a file")
    b64url_decode(str(event.data["file"]))


def _judged(held: Held, outside: Outside) -> tuple[str | None, bool]:
    """Why a credential does not hold, and whether it may be kept."""
    if held.format not in FORMATS:
        return "format_unknown", False
    try:
        for copy in held.copies:
            replace(held, wire=copy.wire, key=copy.key, others=()).signer()
            FORMATS[held.format].parse(copy.wire)
    except CredentialError as error:
        return error.code, False
    checked = check_own(held.wire, held.format, outside=outside)
    failed = {each.code for each in checked.verdict.findings if each.outcome is Outcome.FAILED}
    return checked.problem, failed <= ENDED
