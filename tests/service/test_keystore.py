"""Keys on disk: sealed, named, never shown."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.errors import CredentialError, MalformedError, RejectedError
from credentials.keys import Algorithm, SoftwareSigner
from service.keystore import Cost, open_keystore

Factory = pytest.TempPathFactory
CHEAP = Cost(memory_kib=32, iterations=1, lanes=1)
MESSAGE = b"a message"


def test_a_key_signs_the_same_after_the_file_is_opened_again(tmp_path: Path) -> None:
    file = tmp_path / "var" / "keys.json"
    made = open_keystore(file, "geheim", cost=CHEAP).create(
        "signing", Algorithm.EDDSA, key_id="did:web:issuer.example#1"
    )
    again = open_keystore(file, "geheim").signer("signing")
    again.public.verify(made.sign(MESSAGE), MESSAGE)
    assert again.public.key_id == "did:web:issuer.example#1"
    assert again.sign(MESSAGE) == made.sign(MESSAGE)


def test_a_key_is_made_once_and_asked_for_after_that(tmp_path: Path) -> None:
    store = open_keystore(tmp_path / "keys", "geheim", cost=CHEAP)
    first = store.ensure("a", Algorithm.ES256)
    assert store.ensure("a", Algorithm.ES256).public == first.public
    store.keep("b", SoftwareSigner.generate(Algorithm.ES384))
    assert store.names() == ("a", "b")
    with pytest.raises(RejectedError, match="key_exists"):
        store.create("a", Algorithm.ES256)
    with pytest.raises(RejectedError, match="key_unknown"):
        store.signer("c")


def test_the_file_can_be_read_by_its_owner_only_and_shows_no_key(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    store = open_keystore(file, "geheim", cost=CHEAP)
    private = str(store.create("a", Algorithm.ES256).private_jwk()["d"])
    assert file.stat().st_mode & 0o077 == 0
    assert private not in file.read_text()
    assert private not in repr(store) + repr(store.signer("a"))
    assert [path.name for path in tmp_path.iterdir()] == ["keys"]


def test_another_passphrase_opens_nothing(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    open_keystore(file, "geheim", cost=CHEAP).create("a", Algorithm.ES256)
    for wrong in ("", "Geheim", "geheim "):
        with pytest.raises(RejectedError, match="keystore_locked"):
            open_keystore(file, wrong)


def test_a_changed_file_is_refused_member_by_member(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    open_keystore(file, "geheim", cost=CHEAP).create("a", Algorithm.ES256)
    good = json.loads(file.read_text())
    changes: list[dict[str, object]] = [
        {"version": 2},
        {"nonce": "AAAAAAAAAAAAAAAA"},
        {"nonce": "no base64!"},
        {"ciphertext": good["ciphertext"][:-8] + "AAAAAAA="},
        {"ciphertext": 7},
        {"kdf": good["kdf"] | {"iterations": 2}},
        {"kdf": good["kdf"] | {"memory_kib": 2**31}},
        {"kdf": good["kdf"] | {"lanes": 0}},
        {"kdf": good["kdf"] | {"name": "pbkdf2"}},
        {"kdf": None},
    ]
    for change in changes:
        file.write_text(json.dumps(good | change))
        with pytest.raises(CredentialError, match=r"keystore_(locked|malformed)"):
            open_keystore(file, "geheim")
    file.write_text("[]")
    with pytest.raises(MalformedError, match="keystore_malformed"):
        open_keystore(file, "geheim")
    file.write_text(json.dumps(good))
    assert open_keystore(file, "geheim").names() == ("a",)


def test_processes_that_share_a_file_keep_each_other_s_keys(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    one = open_keystore(file, "geheim", cost=CHEAP)
    other = open_keystore(file, "geheim")
    first, second = one.create("a", Algorithm.ES256), other.create("b", Algorithm.EDDSA)
    assert one.signer("b").public == second.public
    assert other.signer("a").public == first.public
    assert open_keystore(file, "geheim").names() == one.names() == ("a", "b")
    with pytest.raises(RejectedError, match="key_exists"):
        one.create("b", Algorithm.ES256)


def test_a_file_that_was_made_anew_is_not_written_over(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    old = open_keystore(file, "geheim", cost=CHEAP)
    file.unlink()
    kept = open_keystore(file, "geheim", cost=CHEAP).create("a", Algorithm.ES256)
    with pytest.raises(RejectedError, match="keystore_locked"):
        old.create("b", Algorithm.ES256)
    assert open_keystore(file, "geheim").signer("a").public == kept.public


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_any_bytes_are_a_keystore_or_our_error(tmp_path_factory: Factory, data: bytes) -> None:
    file = tmp_path_factory.mktemp("any") / "keys"
    file.write_bytes(data)
    with pytest.raises(CredentialError, match=r"keystore_(locked|malformed)"):
        open_keystore(file, "geheim")
