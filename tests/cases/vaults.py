"""Cases of the sealed vault: slots, bodies, versions, and the log (wallet design, section 2)."""

import json
from copy import deepcopy
from datetime import timedelta

from credentials.encoding import JsonObject, JsonValue, b64url_decode, b64url_encode
from credentials.errors import CredentialError
from tests.cases.case import Case
from tests.cases.keys import entropy
from tests.cases.vault_engine import ANSWERS, as_json, write, write_next
from tests.conftest import NOW
from wallet.holder.events import Event, EventType, next_event
from wallet.holder.sealed import header_digest, read_header

__all__ = ["ANSWERS", "cases"]

SECRETS: dict[str, bytes] = {
    "prf": entropy("prf")(32),
    "rec": entropy("rec")(20),
    "dev": entropy("dev")(32),
    "xfer": entropy("xfer")(32),
}


def events(count: int, *, device: str = "laptop", seed: str = "events") -> tuple[Event, ...]:
    """A log of that many events of one device."""
    return further((), count, device=device, seed=seed)


def further(
    log: tuple[Event, ...], count: int, *, device: str = "laptop", seed: str = "further"
) -> tuple[Event, ...]:
    """A log with more events of one device."""
    draw, made = entropy(seed), [*log]
    for number in range(count):
        data: JsonObject = {"note": f"{seed} {number}", "naïef": "Zoë 😀", "half": 0.5}
        made.append(next_event(made, EventType.SETTINGS, data, device=device, at=NOW, entropy=draw))
    return tuple(made)


def sealed(kinds: tuple[str, ...], log: tuple[Event, ...] = (), *, seed: str = "seal") -> str:
    """A vault at version 1."""
    given: JsonObject = {"seed": seed, "slots": slots(*kinds), "writes": 1, "events": as_json(log)}
    return str(write(given))


def slots(*kinds: str) -> list[JsonValue]:
    """Kinds and secrets of slots."""
    return [{"kind": kind, "secret": b64url_encode(SECRETS[kind])} for kind in kinds]


def opening(vault: str, kind: str = "rec", secret: bytes | None = None) -> JsonObject:
    """The input of a case that opens a vault."""
    return {"vault": vault, "kind": kind, "secret": b64url_encode(secret or SECRETS[kind])}


BOTH = sealed(("prf", "rec"), events(3))
OTHER = sealed(("rec",), seed="another")


Leaf = tuple[tuple[JsonValue, ...], str | int]
"""A path to a value, and the value."""


def leaves(node: JsonValue, path: tuple[JsonValue, ...] = ()) -> list[Leaf]:
    """Every value with its path."""
    if isinstance(node, dict):
        return [leaf for name, child in node.items() for leaf in leaves(child, (*path, name))]
    if isinstance(node, list):
        return [leaf for i, child in enumerate(node) for leaf in leaves(child, (*path, i))]
    assert isinstance(node, str | int)
    return [(path, node)]


def flipped(value: str | int) -> str | int:
    """The value with one bit turned, still of the same form."""
    if isinstance(value, int):
        return value ^ 1
    try:
        octets = bytearray(b64url_decode(value))
    except CredentialError:  # kinds and names are no base64
        return value[:-1] + chr(ord(value[-1]) ^ 1)
    octets[len(octets) // 2] ^= 1
    return b64url_encode(bytes(octets))


def injected() -> str:
    """The header with a slot that a server added."""
    document = json.loads(BOTH)
    stranger = deepcopy(document["slots"][0])
    stranger["id"] = b64url_encode(bytes(8))
    document["slots"].append(stranger)
    return json.dumps(document)


def seen(vault: str, **change: JsonValue) -> JsonObject:
    """What a device remembers of a vault."""
    header = read_header(vault.encode())
    found: JsonObject = {
        "wid": header.wid,
        "ver": header.ver,
        "hash": header_digest(vault.encode()),
    }
    return found | change


def second(vault: str) -> str:
    """The next version."""
    given: JsonObject = {**opening(vault), "seed": "second", "events": as_json(events(4))}
    return str(write_next(given))


LOG = events(3)
PHONE = further(LOG, 2, device="phone", seed="phone")
LAPTOP = further(LOG, 2, seed="laptop")
TOLD: tuple[tuple[EventType, JsonObject], ...] = (
    (EventType.SLOT_ADDED, {"kind": "rec"}),
    (EventType.KEY_MADE, {"thumbprint": "one", "jwk": {"kty": "EC"}}),
    (EventType.KEY_MADE, {"thumbprint": "more", "jwk": {"kty": "EC"}}),
    (
        EventType.CREDENTIAL_ADDED,
        {"id": "wanted", "key": "one", "copies": [{"wire": "x", "key": "more"}]},
    ),
    (EventType.KEY_MADE, {"thumbprint": "two", "jwk": {"kty": "EC"}}),
    (EventType.CREDENTIAL_ADDED, {"id": "left", "key": "two"}),
    (EventType.CREDENTIAL_REFUSED, {"type": "x"}),
    (EventType.CLAIM_WRITTEN, {"text": "ik kan lassen"}),
    (EventType.WISH_WRITTEN, {"text": "minder nachten"}),
    (EventType.FOREIGN_ADDED, {"id": "f", "ending": "json", "file": "e30"}),
    (EventType.REQUEST_ANSWERED, {"name": "Firma", "credentials": [{"id": "wanted"}]}),
    (EventType.REQUEST_REFUSED, {"name": "Firma"}),
    (EventType.SHARE_MADE, {"share": "s"}),
    (EventType.SHARE_STOPPED, {"share": "s"}),
    (EventType.DELETION_ASKED, {"name": "Firma"}),
    (EventType.ADVISER_OPENED, {"box": "b"}),
    (EventType.ADVISER_CLOSED, {"box": "b"}),
    (EventType.BOX_OPENED, {"box": "b"}),
    (EventType.BOX_ANSWERED, {"box": "b"}),
    (EventType.BOX_CLOSED, {"box": "b"}),
    (EventType.CREDENTIAL_REMOVED, {"id": "left"}),
    (EventType.SLOT_REMOVED, {"kind": "rec"}),
    (EventType.SETTINGS, {"language": "nl"}),
    (EventType.EXPORT, {}),
)


def elsewhere() -> tuple[Event, ...]:
    """The log of another passport, with an event of every kind."""
    draw, made = entropy("elsewhere"), [*events(0)]
    for hours, (type_, data) in enumerate(TOLD):
        at = NOW - timedelta(days=30) + timedelta(hours=hours)
        made.append(next_event(made, type_, data, device="elsewhere", at=at, entropy=draw))
    return tuple(made)


def _carry_cases() -> list[Case]:
    assert {type_ for type_, _ in TOLD} == set(EventType)
    given: JsonObject = {
        "events": as_json(PHONE),
        "device": PHONE[-1].device,
        "brought": as_json(elsewhere()),
        "wanted": ["wanted"],
        "seed": "carry",
    }
    half = as_json((*LOG, *elsewhere()))
    return [
        Case("carry a log and one credential", "carry", given),
        Case("carry a log alone", "carry", given | {"wanted": []}),
        Case(
            "carry what is here already", "carry", given | {"events": half, "device": "elsewhere"}
        ),
    ]


BENT: JsonObject = LOG[0].as_json() | {"data": {}}
TAB = further(LOG, 2, seed="tab")


def _vault_cases() -> list[Case]:
    found = [
        Case(
            f"seal {name}",
            "seal",
            {"seed": name, "slots": slots(*kinds), "writes": writes, "events": as_json(events(n))},
        )
        for name, kinds, writes, n in (
            ("prf", ("prf",), 1, 0),
            ("rec and dev", ("rec", "dev"), 1, 3),
            ("all, third version", ("prf", "rec", "dev", "xfer"), 3, 2),
            ("two steps", ("rec",), 1, 70),
        )
    ]
    found += [
        Case("open by rec", "open", opening(BOTH)),
        Case("open by prf", "open", opening(BOTH, "prf")),
        Case("open without such a slot", "open", opening(BOTH, "dev")),
        Case("H097 wrong PRF output", "open", opening(BOTH, "prf", bytes(32))),
        Case("H097 wrong recovery secret", "open", opening(BOTH, "rec", bytes(20))),
        Case("H097 slot of another wallet", "open", opening(BOTH, "rec", entropy("x")(20))),
        Case("H097 slot injected", "open", opening(injected())),
        Case("open no JSON", "open", opening("{")),
        Case("open empty", "open", opening("{}")),
    ]
    document = json.loads(BOTH)
    changes: list[JsonValue] = [[*path, flipped(value)] for path, value in leaves(document)]
    return [*found, Case("a bit in each field", "bent", {**opening(BOTH), "changes": changes})]


def cases() -> list[Case]:
    """Everything of this subject."""
    after = second(BOTH)
    mixed = json.loads(after) | {"ct": json.loads(BOTH)["ct"]}
    found = _vault_cases()
    write: JsonObject = {**opening(BOTH), "seed": "next", "events": as_json(events(4))}
    found += [
        Case("next version", "next", write),
        Case("H097 next, slot injected", "next", write | {"stored": injected()}),
        Case("next, slot removed", "next", write | {"remove": 0}),
        Case("next, slot added", "next", write | {"add": slots("dev")[0]}),
        Case("next, last slot removed", "next", write | opening(OTHER) | {"remove": 0}),
        Case("seen the same", "seen", {"vault": BOTH, "seen": seen(BOTH)}),
        Case("seen older", "seen", {"vault": after, "seen": seen(BOTH)}),
        Case("H096 put back", "seen", {"vault": BOTH, "seen": seen(after)}),
        Case(
            "H096 same version, other bytes", "seen", {"vault": BOTH, "seen": seen(BOTH, hash="x")}
        ),
        Case("seen of another vault", "seen", {"vault": BOTH, "seen": seen(OTHER, ver=9)}),
        Case("H096 header over another body", "open", opening(json.dumps(mixed))),
        Case("merge two devices", "merge", {"stored": as_json(PHONE), "mine": as_json(LAPTOP)}),
        Case("merge the other way", "merge", {"stored": as_json(LAPTOP), "mine": as_json(PHONE)}),
        Case("merge one device twice", "merge", {"stored": as_json(TAB), "mine": as_json(LAPTOP)}),
        Case("merge nothing new", "merge", {"stored": as_json(PHONE), "mine": as_json(LOG)}),
        Case("chain whole", "chain", {"events": as_json(PHONE)}),
        Case("chain with a gap", "chain", {"events": as_json((*LOG[:1], *LOG[2:]))}),
        Case(
            "chain changed",
            "chain",
            {"events": [LOG[0].as_json() | {"data": {}}, LOG[1].as_json()]},
        ),
        Case("chain of another kind", "chain", {"events": [LOG[0].as_json() | {"type": "x"}]}),
        Case("chain with more", "chain", {"events": [LOG[0].as_json() | {"x": 1}]}),
        Case("chain with less", "chain", {"events": [{"ulid": "x"}]}),
        Case(
            "event",
            "event",
            {
                "events": as_json(PHONE),
                "device": "laptop",
                "type": "export",
                "data": {"z": [1, 2.5, None, "é"]},
                "at": NOW.timestamp() + 0.5,
                "seed": "event",
            },
        ),
    ]
    return [*found, *_carry_cases()]
