"""What the Python engine makes of the cases of the sealed vault."""

import json

from credentials.encoding import JsonObject, JsonValue, b64url_decode, b64url_encode, compact_json
from credentials.errors import CredentialError
from tests.cases.keys import entropy
from tests.conftest import NOW
from wallet.holder.carrying import carry
from wallet.holder.events import Event, EventType, check_chain, merge, next_event, parse_event
from wallet.holder.files import check_seen
from wallet.holder.sealed import (
    Opened,
    begin_vault,
    check_slots,
    header_digest,
    open_vault_with,
    read_header,
    seal,
    with_slot,
    without_slot,
)
from wallet.holder.slots import make_slot
from wallet.holder.vault import Vault


def as_json(log: tuple[Event, ...]) -> list[JsonValue]:
    """A log as it is sealed."""
    return [event.as_json() for event in log]


def log_of(value: JsonValue) -> tuple[Event, ...]:
    """Read a log."""
    assert isinstance(value, list)
    return tuple(parse_event(event) for event in value)


def begun(given: JsonObject, opened: Opened) -> Opened:
    """The vault with the slots of a case."""
    listed = given["slots"]
    assert isinstance(listed, list)
    draw = entropy(f"{given['seed']} slots")
    for each in listed:
        assert isinstance(each, dict)
        secret = b64url_decode(str(each["secret"]))
        slot = make_slot(str(each["kind"]), secret, wid=opened.wid, entropy=draw)
        opened = with_slot(opened, slot)
    return opened


def write(given: JsonObject) -> JsonValue:
    """The bytes of a new vault after some writes."""
    draw = entropy(str(given["seed"]))
    opened, data = begun(given, begin_vault(entropy=draw)), b""
    for _ in range(int(str(given["writes"]))):
        data, opened = seal(opened, log_of(given["events"]), entropy=draw)
    return data.decode()


def opened_by(given: JsonObject) -> Opened:
    """The vault of a case, opened."""
    secret = b64url_decode(str(given["secret"]))
    return open_vault_with(str(given["vault"]).encode(), str(given["kind"]), secret)


def read(given: JsonObject) -> JsonValue:
    """What an opened vault holds."""
    opened = opened_by(given)
    return {
        "wid": b64url_encode(opened.wid),
        "version": opened.version,
        "prfSalt": b64url_encode(opened.prf_salt),
        "listed": [*opened.listed],
        "events": as_json(opened.events),
    }


def write_next(given: JsonObject) -> JsonValue:
    """The bytes of the next version, after a look at what the service has."""
    opened, draw = opened_by(given), entropy(str(given["seed"]))
    stored = read_header(str(given.get("stored", given["vault"])).encode())
    check_slots(stored.slots, listed=opened.listed)
    if "remove" in given:
        opened = without_slot(opened, opened.slots[int(str(given["remove"]))].id)
    if "add" in given:
        opened = begun({"seed": given["seed"], "slots": [given["add"]]}, opened)
    return seal(opened, log_of(given["events"]), entropy=draw)[0].decode()


def look(given: JsonObject) -> JsonValue:
    """What a device remembers after it saw a vault."""
    remembered, vault = given["seen"], str(given["vault"]).encode()
    assert isinstance(remembered, dict)
    check_seen(remembered, vault)
    return header_digest(vault)


def follow(given: JsonObject) -> JsonValue:
    """The digest of every event of a sound chain."""
    log = log_of(given["events"])
    check_chain(log)
    return [event.digest() for event in log]


def write_event(given: JsonObject) -> JsonValue:
    """One more event."""
    data = given["data"]
    assert isinstance(data, dict)
    return next_event(
        log_of(given["events"]),
        EventType(str(given["type"])),
        data,
        device=str(given["device"]),
        at=NOW.fromtimestamp(float(str(given["at"])), NOW.tzinfo),
        entropy=entropy(str(given["seed"])),
    ).as_json()


def join_logs(given: JsonObject) -> JsonValue:
    """Both logs in one, which is a sound chain."""
    merged = merge(log_of(given["stored"]), log_of(given["mine"]))
    check_chain(merged)
    return json.loads(compact_json(as_json(merged)))  # type: ignore[no-any-return] # JSON


def bring(given: JsonObject) -> JsonValue:
    """The log after another passport's was carried into it."""
    vault = Vault(log_of(given["events"]), clock=lambda: NOW, entropy=entropy(str(given["seed"])))
    wanted = given["wanted"]
    assert isinstance(wanted, list)
    carry(vault, log_of(given["brought"]), {str(name) for name in wanted})
    check_chain(vault.events)
    return as_json(vault.events)


def read_bent(given: JsonObject) -> JsonValue:
    """How each vault with one other value is refused."""
    changes, found = given["changes"], []
    assert isinstance(changes, list)
    for change in changes:
        assert isinstance(change, list)
        *path, value = change
        document = json.loads(str(given["vault"]))
        parent = document
        for step in path[:-1]:
            parent = parent[step]
        parent[path[-1]] = value
        bent: JsonObject = {**given, "vault": json.dumps(document)}
        try:
            read(bent)
            found.append("accepted")
        except CredentialError as error:
            found.append(error.code)
    return [*found]


ANSWERS = {
    "seal": write,
    "open": read,
    "bent": read_bent,
    "next": write_next,
    "seen": look,
    "merge": join_logs,
    "chain": follow,
    "event": write_event,
    "carry": bring,
}
