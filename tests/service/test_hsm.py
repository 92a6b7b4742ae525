"""Keys in a token: made in it, never shown, found again after the token was away."""

import ctypes
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from credentials.errors import CredentialError, RejectedError, UndeterminedError, UnsupportedError
from credentials.keys import Algorithm
from service.hsm import HardwareToken, open_token
from service.settings import RoleSettings
from tests.conftest import named
from tests.soft_token import MODULE, PIN, SoftToken, soft_token

MESSAGE = b"a message"


@pytest.fixture(scope="module")
def token(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SoftToken]:
    with soft_token(tmp_path_factory.mktemp("token")) as made:
        yield made


@pytest.fixture
def keys(token: SoftToken) -> Iterator[HardwareToken]:
    opened = open_token(MODULE, token.label, SecretStr(PIN))
    yield opened
    opened.close()


@pytest.mark.parametrize("algorithm", [Algorithm.ES256, Algorithm.EDDSA], ids=named)
def test_a_key_signs_as_its_public_half_says(keys: HardwareToken, algorithm: Algorithm) -> None:
    made = keys.create(f"signs {algorithm}", algorithm, key_id="did:web:issuer.example#1")
    signature = made.sign(MESSAGE)
    assert len(signature) == 64
    made.public.verify(signature, MESSAGE)
    assert made.public.key_id == "did:web:issuer.example#1"
    again = keys.signer(f"signs {algorithm}")
    assert again.public == made.public
    again.public.verify(again.sign(MESSAGE), MESSAGE)
    with pytest.raises(RejectedError, match="signature_invalid"):
        made.public.verify(signature, b"another message")


def test_a_key_is_made_once_and_listed(keys: HardwareToken) -> None:
    first = keys.ensure("listed", Algorithm.ES256)
    assert keys.ensure("listed", Algorithm.ES256).public == first.public
    assert "listed" in keys.names()
    with pytest.raises(RejectedError, match="key_exists"):
        keys.create("listed", Algorithm.EDDSA)
    with pytest.raises(RejectedError, match="key_unknown"):
        keys.signer("never made")
    with pytest.raises(UnsupportedError, match="key_unsupported"):
        keys.create("another curve", Algorithm.ES384)


def test_the_private_half_stays_in_the_token(keys: HardwareToken) -> None:
    import pkcs11  # noqa: PLC0415 - an extra

    keys.create("stays", Algorithm.ES256)
    session = keys._opened()
    key = session.get_key(object_class=pkcs11.ObjectClass.PRIVATE_KEY, label="stays")
    assert key[pkcs11.Attribute.SENSITIVE]
    assert not key[pkcs11.Attribute.EXTRACTABLE]
    with pytest.raises(pkcs11.PKCS11Error):
        key[pkcs11.Attribute.VALUE]


def test_neither_pin_nor_key_is_shown(keys: HardwareToken) -> None:
    signer = keys.ensure("shown", Algorithm.ES256)
    assert PIN not in repr(keys) + repr(signer)


def test_a_wrong_pin_opens_nothing(token: SoftToken) -> None:
    wrong = open_token(MODULE, token.label, SecretStr("0000"))
    with pytest.raises(RejectedError, match="keystore_locked"):
        wrong.names()


def test_many_threads_share_the_token(keys: HardwareToken) -> None:
    signer = keys.ensure("threads", Algorithm.ES256)
    faults: list[CredentialError] = []

    def sign(number: int) -> None:
        try:
            for turn in range(20):
                text = f"{number} {turn}".encode()
                signer.public.verify(signer.sign(text), text)
        except CredentialError as error:
            faults.append(error)

    threads = [threading.Thread(target=sign, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []


def test_two_roles_share_the_token(token: SoftToken) -> None:
    one, other = (open_token(MODULE, token.label, SecretStr(PIN)) for _ in range(2))
    first, second = one.ensure("shared", Algorithm.ES256), other.ensure("shared", Algorithm.ES256)
    assert first.public == second.public
    one.close()  # logs the whole process out
    second.public.verify(second.sign(MESSAGE), MESSAGE)
    first.public.verify(first.sign(MESSAGE), MESSAGE)
    one.close()
    other.close()


def test_a_session_that_died_is_opened_again(keys: HardwareToken) -> None:
    signer = keys.ensure("died", Algorithm.ES256)
    library = ctypes.CDLL(str(MODULE))
    slot = ctypes.c_ulong(keys._opened().token.slot.slot_id)
    assert library.C_CloseAllSessions(slot) == 0  # what taking a token out does (5.5)
    signer.public.verify(signer.sign(MESSAGE), MESSAGE)


def test_a_token_that_is_away_cannot_sign_and_can_when_it_is_back(tmp_path: Path) -> None:
    with soft_token(tmp_path) as token:
        keys = open_token(MODULE, token.label, SecretStr(PIN))
        signer = keys.ensure("away", Algorithm.ES256)
        keys.close()
        token.take_out()
        with pytest.raises(UndeterminedError, match="signer_unavailable"):
            signer.sign(MESSAGE)
        token.put_in()
        signer.public.verify(signer.sign(MESSAGE), MESSAGE)
        keys.close()


@pytest.mark.parametrize(
    ("module", "label", "pin"),
    [
        (None, "x", SecretStr("1")),
        (MODULE, None, SecretStr("1")),
        (MODULE, "x", None),
        (Path("/nowhere.so"), "x", SecretStr("1")),
    ],
    ids=["no module", "no token", "no pin", "no library"],
)
def test_settings_that_are_not_whole_are_refused(
    module: Path | None, label: str | None, pin: SecretStr | None
) -> None:
    with pytest.raises(RejectedError, match="config_hsm"):
        open_token(module, label, pin)


def test_a_role_keeps_its_keys_where_its_settings_say(token: SoftToken, tmp_path: Path) -> None:
    class Settings(RoleSettings):
        role = "office"

    given = {"pkcs11_module": MODULE, "pkcs11_token": token.label, "pkcs11_pin": PIN}
    chosen = Settings.model_validate({"var": tmp_path, "key_backend": "pkcs11", **given})
    made = chosen.keystore().ensure("a role's", Algorithm.ES256)
    assert chosen.keystore().signer("a role's").public == made.public
    assert not (tmp_path / "office").exists()
    assert PIN not in repr(chosen)
    in_file = Settings.model_validate({"var": tmp_path, **given}).keystore()
    assert "a role's" not in in_file.names()
