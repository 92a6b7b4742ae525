"""The sealed file: opens with its passphrase alone, and every change to it is noticed."""

import json
import secrets
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.encoding import JsonObject, b64url_decode, b64url_encode
from credentials.errors import CredentialError, MalformedError, RejectedError, UndeterminedError
from wallet.holder import sealed, slots
from wallet.holder.events import Event, EventType, check_chain, next_event
from wallet.holder.files import open_file
from wallet.holder.sealed import PADDING, new_vault, open_vault, read_header, seal

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
PASSPHRASE = "drie natte fietsen"


pytestmark = pytest.mark.usefixtures("light_argon")


def log(size: int, *, filler: str = "x") -> tuple[Event, ...]:
    events: list[Event] = []
    for number in range(size):
        data: JsonObject = {"note": f"{filler}{number}"}
        events.append(
            next_event(
                events,
                EventType.SETTINGS,
                data,
                device="device",
                at=AT,
                entropy=secrets.token_bytes,
            )
        )
    return tuple(events)


def sealed_bytes(events: tuple[Event, ...] = ()) -> bytes:
    opened = new_vault(PASSPHRASE, entropy=secrets.token_bytes)
    return seal(opened, events, entropy=secrets.token_bytes)[0]


def test_a_sealed_vault_opens_with_its_passphrase_and_has_the_same_events() -> None:
    events = log(3)
    opened = open_vault(sealed_bytes(events), PASSPHRASE)
    assert opened.events == events
    assert opened.version == 1
    assert opened.events[0].at == AT


def test_the_real_cost_of_the_passphrase_is_64_mib_and_three_passes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.undo()
    assert (slots.ARGON2_MEMORY_KIB, slots.ARGON2_PASSES) == (65_536, 3)
    data = sealed_bytes(log(1))
    assert open_vault(data, PASSPHRASE).events[0].data == {"note": "x0"}


def test_another_passphrase_does_not_open_it() -> None:
    with pytest.raises(RejectedError, match="vault_slot_invalid"):
        open_vault(sealed_bytes(), "vier natte fietsen")


def test_nothing_of_the_events_can_be_read_in_the_file() -> None:
    data = sealed_bytes(log(1, filler="canary-"))
    assert b"canary" not in data
    ciphertext = b64url_decode(json.loads(data)["ct"])
    assert b"canary" not in ciphertext


def leaves(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:  # noqa: ANN401 - JSON
    if isinstance(node, dict):
        return [leaf for name, child in node.items() for leaf in leaves(child, (*path, name))]
    if isinstance(node, list):
        return [leaf for i, child in enumerate(node) for leaf in leaves(child, (*path, i))]
    return [path]


def flipped(value: str | int) -> str | int:
    if isinstance(value, int):
        return value ^ 1
    try:
        octets = bytearray(b64url_decode(value))
        octets[len(octets) // 2] ^= 1
        return b64url_encode(bytes(octets))
    except (CredentialError, IndexError):
        return value[:-1] + chr(ord(value[-1]) ^ 1)


FIELDS = leaves(
    json.loads(
        seal(new_vault("x", entropy=secrets.token_bytes), (), entropy=secrets.token_bytes)[0]
    )
)


@pytest.mark.parametrize("path", FIELDS, ids=lambda path: ".".join(map(str, path)))
def test_a_flipped_bit_in_any_field_is_noticed(path: tuple[Any, ...]) -> None:
    document = json.loads(sealed_bytes(log(2)))
    parent = document
    for step in path[:-1]:
        parent = parent[step]
    parent[path[-1]] = flipped(parent[path[-1]])
    with pytest.raises((RejectedError, MalformedError)) as caught:
        open_vault(json.dumps(document).encode(), PASSPHRASE)
    assert caught.value.code in {"vault_slot_invalid", "vault_malformed"}


def test_every_field_of_the_design_was_among_the_flipped_ones() -> None:
    names = {path[-1] for path in FIELDS}
    assert names >= {
        "v",
        "wid",
        "ver",
        "prf_salt",
        "enc",
        "iv",
        "ct",
        "id",
        "kind",
        "x",
        "y",
        "salt",
    }


def test_wrong_passphrase_and_damaged_body_look_the_same() -> None:
    document = json.loads(sealed_bytes())
    document["ct"] = flipped(document["ct"])
    codes = []
    for data, passphrase in (
        (sealed_bytes(), "other"),
        (json.dumps(document).encode(), PASSPHRASE),
    ):
        with pytest.raises(RejectedError) as caught:
            open_vault(data, passphrase)
        codes.append(caught.value.code)
    assert codes == ["vault_slot_invalid"] * 2


@pytest.mark.parametrize("count", [0, 1, 40, 400])
def test_bodies_come_in_steps_of_16_kib_only(count: int) -> None:
    ciphertext = b64url_decode(read_header(sealed_bytes(log(count))).ct)
    assert (len(ciphertext) - 16) % PADDING == 0


def test_one_credential_more_does_not_change_the_size() -> None:
    sizes = {len(b64url_decode(read_header(sealed_bytes(log(count))).ct)) for count in (0, 5, 20)}
    assert len(sizes) == 1


def test_each_write_takes_a_new_data_key_nonce_and_version() -> None:
    first, opened = seal(
        new_vault(PASSPHRASE, entropy=secrets.token_bytes), (), entropy=secrets.token_bytes
    )
    second, _ = seal(opened, (), entropy=secrets.token_bytes)
    one, two = read_header(first), read_header(second)
    assert one.iv != two.iv
    assert one.slots[0].dek != two.slots[0].dek
    assert one.slots[0].sk == two.slots[0].sk
    assert (one.ver, two.ver) == (1, 2)


def test_a_slot_that_the_ciphertext_does_not_list_stops_the_write() -> None:
    _, opened = seal(
        new_vault(PASSPHRASE, entropy=secrets.token_bytes), (), entropy=secrets.token_bytes
    )
    stranger = slots.make_pass_slot("hunter2", wid=opened.wid, entropy=secrets.token_bytes)
    injected = sealed.Opened(
        opened.wid,
        opened.version,
        opened.prf_salt,
        (*opened.slots, stranger),
        opened.listed,
        opened.events,
    )
    with pytest.raises(RejectedError, match="slot_injected"):
        seal(injected, (), entropy=secrets.token_bytes)


def test_an_oversized_log_is_refused_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealed, "MAX_VAULT_BYTES", 2 * PADDING)
    with pytest.raises(MalformedError, match="vault_too_large"):
        sealed_bytes(log(400))


@given(st.binary(max_size=300))
def test_any_bytes_are_a_vault_or_our_error(data: bytes) -> None:
    with pytest.raises(CredentialError):
        open_vault(data, PASSPHRASE)


def test_an_event_taken_out_breaks_the_chain() -> None:
    events = log(4)
    check_chain(events)
    with pytest.raises(MalformedError, match="vault_log_broken"):
        check_chain((*events[:1], *events[2:]))


def test_a_file_keeps_what_was_saved(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "cli.vault"
    with open_file(path, PASSPHRASE, clock=lambda: AT, entropy=secrets.token_bytes) as file:
        file.vault.append(EventType.SETTINGS, {"language": "nl"})
        file.save()
        file.save()  # nothing happened since: no new version
    with open_file(path, PASSPHRASE, clock=lambda: AT, entropy=secrets.token_bytes) as file:
        assert [event.data for event in file.vault.events] == [{"language": "nl"}]
    assert read_header(path.read_bytes()).ver == 1
    assert path.stat().st_mode & 0o077 == 0


def test_two_processes_do_not_open_one_file(tmp_path: Path) -> None:
    path = tmp_path / "cli.vault"
    with (
        open_file(path, PASSPHRASE, clock=lambda: AT, entropy=secrets.token_bytes),
        pytest.raises(UndeterminedError, match="vault_locked"),
        open_file(path, PASSPHRASE, clock=lambda: AT, entropy=secrets.token_bytes),
    ):
        pass


def three_versions(path: Path) -> list[bytes]:
    versions = []
    with open_file(path, PASSPHRASE, clock=lambda: AT, entropy=secrets.token_bytes) as file:
        for number in range(3):
            file.vault.append(EventType.SETTINGS, {"number": number})
            file.save()
            versions.append(path.read_bytes())
    return versions


def test_an_older_version_put_back_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "cli.vault"
    old = three_versions(path)[1]
    path.write_bytes(old)
    with (
        pytest.raises(RejectedError, match="vault_rollback"),
        open_file(path, PASSPHRASE, clock=lambda: AT, entropy=secrets.token_bytes),
    ):
        pass


def test_a_slot_put_into_the_file_while_it_is_open_stops_the_write(tmp_path: Path) -> None:
    path = tmp_path / "cli.vault"
    three_versions(path)
    with open_file(path, PASSPHRASE, clock=lambda: AT, entropy=secrets.token_bytes) as file:
        document = json.loads(path.read_bytes())
        stranger = deepcopy(document["slots"][0])
        stranger["id"] = b64url_encode(secrets.token_bytes(8))
        document["slots"].append(stranger)
        path.write_text(json.dumps(document))
        file.vault.append(EventType.SETTINGS, {})
        with pytest.raises(RejectedError, match="slot_injected"):
            file.save()
