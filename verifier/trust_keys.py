"""The key of a sector list: in a file sealed by a passphrase, or in a hardware token (PKCS#11)."""

from pathlib import Path
from typing import Literal

import typer
from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from credentials.errors import RejectedError
from credentials.keys import Algorithm, Signer
from service.hsm import open_token
from service.keystore import SigningKeys, open_keystore, under_id
from verifier.publisher import KEY_NAME

MIN_PASSPHRASE = 12
"""Characters: Argon2id makes each guess cost a tenth of a second."""


class KeySettings(BaseSettings):
    """Where the key lives, from the environment (``TRUST_LIST_...``).

    Attributes:
        passphrase: opens the file; without it a terminal is asked.
        key_backend: a file, or a hardware token.
        pkcs11_module: the library of that token.
        pkcs11_token: its label.
        pkcs11_pin: of its user.
    """

    model_config = SettingsConfigDict(env_prefix="TRUST_LIST_", extra="ignore")

    passphrase: SecretStr | None = None
    key_backend: Literal["file", "pkcs11"] = "file"
    pkcs11_module: Path | None = None
    pkcs11_token: str | None = None
    pkcs11_pin: SecretStr | None = None


def make(file: Path) -> Signer:
    """Make the key of a new list.

    Raises:
        RejectedError: ``key_exists``, ``config_passphrase``, ``config_hsm``.
    """
    return _opened(file, new=True).create(KEY_NAME, Algorithm.ES256)


def open_key(file: Path, *, key_id: str | None = None) -> Signer:
    """The key of a list, or of a body under the id that the list has for it.

    Raises:
        RejectedError: ``key_unknown``, ``keystore_locked``, ``config_passphrase``, ``config_hsm``.
    """
    signer = _opened(file, new=False).signer(KEY_NAME)
    return signer if key_id is None else under_id(signer, key_id)


def _opened(file: Path, *, new: bool) -> SigningKeys:
    settings = KeySettings()
    if settings.key_backend == "pkcs11":
        return open_token(settings.pkcs11_module, settings.pkcs11_token, settings.pkcs11_pin)
    if not new and not file.is_file():
        raise RejectedError("key_unknown", f"no file {file.name}")
    secret = settings.passphrase
    passphrase = secret.get_secret_value() if secret is not None else _asked(new=new)
    if new and len(passphrase) < MIN_PASSPHRASE:
        raise RejectedError("config_passphrase", f"at least {MIN_PASSPHRASE} characters")
    return open_keystore(file, passphrase)


def _asked(*, new: bool) -> str:
    try:
        told: str = typer.prompt("Passphrase", hide_input=True, confirmation_prompt=new, err=True)
    except typer.Abort as error:
        raise RejectedError("config_passphrase", "TRUST_LIST_PASSPHRASE is not set") from error
    return told
