"""The key of the programs' interface: from the settings, else made once and kept in a file."""

import os
import secrets
from pathlib import Path

from verifier.settings import VerifierSettings

KEY_BYTES = 24
"""192 bits: nobody guesses it, and it still fits on one line."""


def api_key_file(settings: VerifierSettings) -> Path:
    """Where the key lies when the settings hold none."""
    return settings.directory / "api.key"


def api_key_of(settings: VerifierSettings) -> str:
    """The key, made at first use; only its owner may read the file."""
    if settings.api_key is not None:
        return settings.api_key.get_secret_value()
    file = api_key_file(settings)
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file.read_text("utf-8").strip()
    key = secrets.token_urlsafe(KEY_BYTES)
    with os.fdopen(descriptor, "w", encoding="utf-8") as target:
        target.write(f"{key}\n")
    return key
