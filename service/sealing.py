"""Sealing what a service must remember but nobody should read in its database."""

from collections.abc import Callable
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from credentials.errors import UndeterminedError

KEY_BYTES = 32
"""AES-256."""

NONCE_BYTES = 12
"""The one length AES-GCM takes without hashing it first (NIST SP 800-38D, section 8.2)."""


@dataclass(frozen=True, slots=True)
class Sealer:
    """AES-256-GCM under one key.

    Attributes:
        key: 32 octets; never shown.
        entropy: a fresh nonce for every seal.
    """

    key: bytes = field(repr=False)
    entropy: Callable[[int], bytes]

    def seal(self, plain: bytes, *, about: str) -> bytes:
        """Encrypt ``plain``; ``about`` names its row and column, so that it fits nowhere else."""
        nonce = self.entropy(NONCE_BYTES)
        return nonce + AESGCM(self.key).encrypt(nonce, plain, about.encode())

    def open(self, sealed: bytes, *, about: str) -> bytes:
        """Decrypt what ``seal`` made for the same ``about``.

        Raises:
            UndeterminedError: ``seal_broken``: another key, another row, or damaged bytes.
        """
        nonce, body = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
        try:
            return AESGCM(self.key).decrypt(nonce, body, about.encode())
        except InvalidTag as error:
            raise UndeterminedError("seal_broken", "the stored row does not open") from error
