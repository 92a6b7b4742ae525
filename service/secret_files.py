"""Secrets that a service makes for itself at first use and keeps in files of its own."""

import os
import secrets
from collections.abc import Callable
from pathlib import Path

from credentials.errors import RejectedError

SECRET_BYTES = 32
"""256 bits: nobody finds it by guessing."""


def kept_secret(file: Path, entropy: Callable[[int], bytes] = secrets.token_bytes) -> bytes:
    """32 octets that outlive a restart, in a file that its owner alone reads, as hex.

    Args:
        file: its folder is made where there is none.
        entropy: where a new secret comes from.

    Raises:
        RejectedError: ``config_secret``: the file does not hold 32 octets in hex.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _read_secret(file)
    fresh = entropy(SECRET_BYTES)
    with os.fdopen(descriptor, "w", encoding="ascii") as target:
        target.write(fresh.hex())
    return fresh


def _read_secret(file: Path) -> bytes:
    try:
        found = bytes.fromhex(file.read_text("ascii").strip())
    except ValueError as error:
        raise RejectedError("config_secret", f"{file.name} is no hex") from error
    if len(found) != SECRET_BYTES:
        raise RejectedError("config_secret", f"{file.name} holds {len(found)} octets")
    return found
