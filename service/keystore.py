"""Signing keys in one encrypted file: Argon2id (RFC 9106) and AES-256-GCM.

A keystore never shows a private key: it signs, or it hands out a ``Signer``. Several processes
may share the file: each change starts from what is on disk, and a name that is not known yet is
looked up there again.
"""

import base64
import fcntl
import json
import os
import secrets
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Protocol, cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from credentials.errors import MalformedError, RejectedError
from credentials.keys import Algorithm, PublicKey, Signer, SoftwareSigner
from schemas.files import JsonObject

MAX_FILE_BYTES = 1024 * 1024
"""Some thousand keys; a role has a handful."""

_VERSION = 1
_SALT_BYTES, _NONCE_BYTES, _KEY_BYTES = 16, 12, 32


@dataclass(frozen=True, slots=True)
class Cost:
    """What one guess of the passphrase costs (RFC 9106, section 4).

    Attributes:
        memory_kib: working memory.
        iterations: passes over it.
        lanes: that may run side by side.
    """

    memory_kib: int = 64 * 1024
    iterations: int = 3
    lanes: int = 4


RECOMMENDED = Cost()
"""The second recommended option of RFC 9106: 64 MiB, some 0.1 s."""

MACHINE_MADE = Cost(memory_kib=1024, iterations=1, lanes=1)
"""For a passphrase of 256 random bits: no guessing finds it, however cheap a guess is."""

_SMALLEST_MEMORY = 8
_LARGEST = Cost(memory_kib=1024 * 1024, iterations=16, lanes=16)


class SigningKeys(Protocol):
    """Signing keys by name: ``Keystore``, or ``service.hsm.HardwareToken``."""

    def names(self) -> tuple[str, ...]:
        """The names of the keys."""
        ...

    def signer(self, name: str) -> Signer:
        """The signer of that name; ``key_unknown`` where there is none."""
        ...

    def create(self, name: str, algorithm: Algorithm, *, key_id: str | None = None) -> Signer:
        """Make a key and keep it; ``key_exists`` where the name is in use."""
        ...

    def ensure(self, name: str, algorithm: Algorithm, *, key_id: str | None = None) -> Signer:
        """The signer of that name, made at first use."""
        ...


@dataclass(frozen=True, slots=True)
class NamedSigner:
    """A kept key under the id by which documents name it."""

    public: PublicKey
    _kept: Signer = field(repr=False, compare=False)

    def sign(self, message: bytes) -> bytes:
        """The signature as ``PublicKey.verify`` reads it."""
        return self._kept.sign(message)


def under_id(kept: Signer, key_id: str) -> NamedSigner:
    """The same signer; its public half carries ``key_id``."""
    return NamedSigner(kept.public.with_key_id(key_id), kept)


class Keystore:
    """Named signing keys; every change is on disk before it is used."""

    def __init__(
        self, file: Path, keys: Mapping[str, JsonObject], *, key: bytes, kdf: JsonObject
    ) -> None:
        """Use ``open_keystore`` instead."""
        self._file, self._keys, self._key, self._kdf = file, dict(keys), key, kdf
        self._lock = Lock()

    def __repr__(self) -> str:
        return f"Keystore({self._file.name}, {len(self._keys)} keys)"

    def names(self) -> tuple[str, ...]:
        """The names of the keys."""
        self._read_again()
        return tuple(sorted(self._keys))

    def signer(self, name: str) -> SoftwareSigner:
        """The signer of that name.

        Raises:
            RejectedError: ``key_unknown``.
        """
        if name not in self._keys:
            self._read_again()
        if name not in self._keys:
            raise RejectedError("key_unknown", f"no key named {name}")
        return SoftwareSigner.from_private_jwk(self._keys[name])

    def create(
        self, name: str, algorithm: Algorithm, *, key_id: str | None = None
    ) -> SoftwareSigner:
        """Make a key and keep it.

        Args:
            name: not in use yet.
            algorithm: what it signs with, for ever.
            key_id: how documents will name it.

        Raises:
            RejectedError: ``key_exists``.
        """
        return self.keep(name, SoftwareSigner.generate(algorithm, key_id=key_id))

    def keep(self, name: str, signer: SoftwareSigner) -> SoftwareSigner:
        """Keep a key that was made elsewhere, under a name that is not in use yet.

        Raises:
            RejectedError: ``key_exists``.
        """
        with self._lock, _alone(self._file.parent):
            self._read_again()
            if name in self._keys:
                raise RejectedError("key_exists", f"there is a key named {name}")
            changed = {**self._keys, name: signer.private_jwk()}
            _write(self._file, _seal(changed, key=self._key, kdf=self._kdf))
            self._keys = changed
        return signer

    def ensure(
        self, name: str, algorithm: Algorithm, *, key_id: str | None = None
    ) -> SoftwareSigner:
        """The signer of that name, made at first use."""
        try:
            return self.signer(name)
        except RejectedError:
            return self.create(name, algorithm, key_id=key_id)

    def _read_again(self) -> None:
        """Take over what another process kept in the same file."""
        kdf, nonce, ciphertext = _parse(self._file)
        if kdf != self._kdf:
            raise RejectedError("keystore_locked", "the file was made anew")
        self._keys = _open(self._key, kdf, nonce, ciphertext)


def open_keystore(file: Path, passphrase: str, *, cost: Cost = RECOMMENDED) -> Keystore:
    """Open the file, or begin an empty one.

    Args:
        file: its directory is made where there is none.
        passphrase: of the file.
        cost: of a new file; an existing one names its own.

    Raises:
        RejectedError: ``keystore_locked``: another passphrase, or the file was changed.
        MalformedError: ``keystore_malformed``.
    """
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        with _alone(file.parent):
            if not file.exists():
                return _begin(file, passphrase, cost)
    kdf, nonce, ciphertext = _parse(file)
    key = _derive(passphrase, kdf)
    return Keystore(file, _open(key, kdf, nonce, ciphertext), key=key, kdf=kdf)


def _parse(file: Path) -> tuple[JsonObject, bytes, bytes]:
    try:
        sealed = json.loads(file.read_bytes()[:MAX_FILE_BYTES])
        version, kdf = sealed["version"], sealed["kdf"]
        if version != _VERSION or not isinstance(kdf, dict):
            raise MalformedError("keystore_malformed", f"version {version}")
        return kdf, _bytes(sealed["nonce"]), _bytes(sealed["ciphertext"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise MalformedError("keystore_malformed", "not a keystore file") from error


def _open(key: bytes, kdf: JsonObject, nonce: bytes, ciphertext: bytes) -> dict[str, JsonObject]:
    try:
        plain = AESGCM(key).decrypt(nonce, ciphertext, _header(kdf))
    except InvalidTag as error:
        raise RejectedError("keystore_locked", "wrong passphrase, or a changed file") from error
    except ValueError as error:
        raise MalformedError("keystore_malformed", "a nonce of another length") from error
    return cast("dict[str, JsonObject]", json.loads(plain))


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Let no other process change a file in the folder meanwhile."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _begin(file: Path, passphrase: str, cost: Cost) -> Keystore:
    kdf: JsonObject = {
        "name": "argon2id",
        "salt": _text(secrets.token_bytes(_SALT_BYTES)),
        "memory_kib": cost.memory_kib,
        "iterations": cost.iterations,
        "lanes": cost.lanes,
    }
    key = _derive(passphrase, kdf)
    _write(file, _seal({}, key=key, kdf=kdf))
    return Keystore(file, {}, key=key, kdf=kdf)


def _derive(passphrase: str, kdf: JsonObject) -> bytes:
    memory, iterations, lanes = (kdf.get(name) for name in ("memory_kib", "iterations", "lanes"))
    if kdf.get("name") != "argon2id" or not (
        isinstance(memory, int)
        and _SMALLEST_MEMORY <= memory <= _LARGEST.memory_kib
        and isinstance(iterations, int)
        and 1 <= iterations <= _LARGEST.iterations
        and isinstance(lanes, int)
        and 1 <= lanes <= _LARGEST.lanes
    ):
        raise MalformedError("keystore_malformed", "key derivation out of range")
    derivation = Argon2id(
        salt=_salt(kdf),
        length=_KEY_BYTES,
        iterations=iterations,
        lanes=lanes,
        memory_cost=memory,
    )
    return derivation.derive(passphrase.encode())


def _salt(kdf: JsonObject) -> bytes:
    try:
        return _bytes(str(kdf.get("salt")))
    except ValueError as error:
        raise MalformedError("keystore_malformed", "salt") from error


def _header(kdf: JsonObject) -> bytes:
    """What is sealed along: nobody can lower the cost of a guess unseen."""
    return json.dumps({"version": _VERSION, "kdf": kdf}, sort_keys=True).encode()


def _seal(keys: Mapping[str, JsonObject], *, key: bytes, kdf: JsonObject) -> bytes:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    ciphertext = AESGCM(key).encrypt(nonce, json.dumps(keys).encode(), _header(kdf))
    sealed = {"version": _VERSION, "kdf": kdf, "nonce": _text(nonce)}
    return json.dumps({**sealed, "ciphertext": _text(ciphertext)}, indent=1).encode()


def _write(file: Path, content: bytes) -> None:
    """Replace the file at once: a power cut leaves the old one or the new one."""
    descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=file.name)  # made with mode 0600
    with os.fdopen(descriptor, "wb") as target:
        target.write(content)
        target.flush()
        os.fsync(target.fileno())
    Path(name).replace(file)


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _bytes(value: str) -> bytes:
    return base64.b64decode(value, validate=True)
