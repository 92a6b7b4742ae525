"""A sealed vault in a file: locked while in use, written whole or not at all, never older.

Beside the vault lie two small files: ``.lock``, and ``.seen`` with the highest version this
device has seen. A vault that is older than that, or the same version with other bytes, was put
back by somebody and is refused.
"""

import fcntl
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from credentials.encoding import JsonObject, compact_json
from credentials.errors import RejectedError, UndeterminedError
from credentials.model import Entropy
from wallet.holder.sealed import (
    Header,
    Opened,
    check_slots,
    header_digest,
    new_vault,
    open_vault,
    read_header,
    seal,
)
from wallet.holder.vault import Vault

Clock = Callable[[], datetime]
"""The present moment, aware and in UTC."""


class VaultFile:
    """One sealed vault on disk, open and locked by this process.

    Attributes:
        vault: what is in it; changes are on disk only after ``save``.
    """

    def __init__(self, path: Path, opened: Opened, *, clock: Clock, entropy: Entropy) -> None:
        self._path = path
        self._opened = opened
        self._entropy = entropy
        self.vault = Vault(opened.events, clock=clock, entropy=entropy)

    def save(self) -> None:
        """Write the next version, if anything happened since the last.

        Raises:
            RejectedError: ``slot_injected`` or ``vault_rollback``: the file on disk is not the
                one that was opened.
        """
        if self._opened.version and self.vault.events == self._opened.events:
            return
        self._check_disk()
        data, after = seal(self._opened, self.vault.events, entropy=self._entropy)
        write_whole(self._path, data)
        _remember(self._path, data)
        self._opened = after

    def _check_disk(self) -> None:
        if not self._opened.version:
            return
        header = read_header(self._path.read_bytes())
        check_slots(header.slots, listed=self._opened.listed)
        if header.ver != self._opened.version:
            raise RejectedError("vault_rollback", f"version {header.ver} on disk")


@contextmanager
def open_file(
    path: Path, passphrase: str, *, clock: Clock, entropy: Entropy
) -> Iterator[VaultFile]:
    """Open the vault at ``path``, or begin one; locked until the block ends.

    Raises:
        RejectedError: ``vault_slot_invalid``: another passphrase, or damage. ``vault_rollback``:
            an older version was put back.
        UndeterminedError: ``vault_locked``: another process has it open.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with _locked(path):
        if path.exists():
            data = path.read_bytes()
            check_not_older(path, data)
            opened = open_vault(data, passphrase)
            _remember(path, data)
        else:
            opened = new_vault(passphrase, entropy=entropy)
        yield VaultFile(path, opened, clock=clock, entropy=entropy)


def check_not_older(path: Path, data: bytes) -> None:
    """The vault is not older than, nor different from, what this device has seen.

    Raises:
        RejectedError: ``vault_rollback``.
    """
    seen_path = _beside(path, ".seen")
    if seen_path.exists():
        check_seen(json.loads(seen_path.read_text()), data)


def check_seen(seen: JsonObject, data: bytes) -> None:
    """The vault is not older than, nor different from, what ``seen`` remembers of it.

    Args:
        seen: ``wid``, ``ver`` and ``hash`` of the highest version so far.
        data: the vault that was found.

    Raises:
        RejectedError: ``vault_rollback``.
    """
    header = read_header(data)
    highest = seen.get("ver")
    if seen.get("wid") != header.wid or not isinstance(highest, int):
        return
    if header.ver < highest or (header.ver == highest and seen.get("hash") != header_digest(data)):
        raise RejectedError("vault_rollback", f"version {header.ver}, seen {highest}")


def write_whole(path: Path, data: bytes) -> None:
    """Replace a file so that a crash leaves the old one or the new one, readable by its owner."""
    temporary = _beside(path, ".new")
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with _beside(path, ".lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise UndeterminedError("vault_locked", "another process has it open") from error
        yield


def _remember(path: Path, data: bytes) -> None:
    header: Header = read_header(data)
    note: JsonObject = {"wid": header.wid, "ver": header.ver, "hash": header_digest(data)}
    write_whole(_beside(path, ".seen"), compact_json(note))


def _beside(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)
