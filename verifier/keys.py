"""The verifier's key and secrets: what signs its requests, what opens its programs' interface."""

import os
import secrets
from dataclasses import replace
from pathlib import Path

from credentials.dids.web import did_web, method_id
from credentials.errors import RejectedError
from credentials.keys import Algorithm, Signer
from verifier.settings import VerifierSettings

SECRET_BYTES = 24
"""192 bits: nobody guesses it, and it still fits on one line."""


def open_signer(settings: VerifierSettings) -> Signer:
    """The P-256 key of the key file, made at first use; its id belongs to the settings' did:web.

    Raises:
        RejectedError: ``config_passphrase`` where production names none; ``keystore_locked``.
    """
    from service.keystore import open_keystore  # noqa: PLC0415 - the command line needs no key

    keystore = open_keystore(settings.directory / "keys.json", _passphrase(settings))
    kept = keystore.ensure("requests", Algorithm.ES256)
    key_id = method_id(did_web(settings.identifier), kept.public)
    return replace(kept, public=kept.public.with_key_id(key_id))


def api_key(settings: VerifierSettings) -> str:
    """What a firm's program must show: of the settings, else made at first use."""
    if settings.api_key is not None:
        return settings.api_key.get_secret_value()
    return _kept(settings.directory / "api.key")


def _passphrase(settings: VerifierSettings) -> str:
    if settings.passphrase is not None:
        return settings.passphrase.get_secret_value()
    if settings.production:
        raise RejectedError("config_passphrase", "VERIFIER_PASSPHRASE is not set")
    return _kept(settings.directory / "passphrase")


def _kept(file: Path) -> str:
    """A secret that outlives a restart, in a file that its owner alone reads."""
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file.read_text("ascii").strip()
    fresh = secrets.token_urlsafe(SECRET_BYTES)
    with os.fdopen(descriptor, "w", encoding="ascii") as target:
        target.write(f"{fresh}\n")
    return fresh
