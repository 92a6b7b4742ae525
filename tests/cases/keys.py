"""Fixed keys and fixed chance, so that writing the cases twice gives the same files."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from credentials.encoding import JsonObject, b64url_encode
from credentials.keys import PublicKey, SoftwareSigner

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def entropy(seed: str) -> Callable[[int], bytes]:
    """Octets that look drawn by chance and are the same each time; the browser's test has it too.

    Each call gives the first octets of SHA-512 hashes of the seed, the call's number and a
    block number.
    """
    calls = count()

    def drawn(size: int) -> bytes:
        call = next(calls)
        blocks = (
            hashlib.sha512(f"{seed}|{call}|{block}".encode()).digest()
            for block in range(-(-size // 64))
        )
        return b"".join(blocks)[:size]

    return drawn


@dataclass(frozen=True, slots=True)
class FixedSigner:
    """Signs P-256 without chance (RFC 6979)."""

    public: PublicKey
    _key: ec.EllipticCurvePrivateKey

    def sign(self, message: bytes) -> bytes:
        """R and s side by side."""
        hashing = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)
        r, s = decode_dss_signature(self._key.sign(message, hashing))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    def private_jwk(self) -> JsonObject:
        """The whole key."""
        number = self._key.private_numbers().private_value
        return self.public.jwk() | {"d": b64url_encode(number.to_bytes(32, "big"))}


def p256(name: str, key_id: str | None = None) -> FixedSigner:
    """The P-256 key of that name."""
    number = int.from_bytes(entropy(name)(40), "big") % (ORDER - 1) + 1
    key = ec.derive_private_key(number, ec.SECP256R1())
    jwk: JsonObject = {
        "kty": "EC",
        "crv": "P-256",
        "d": b64url_encode(number.to_bytes(32, "big")),
    }
    numbers = key.public_key().public_numbers()
    jwk |= {
        name: b64url_encode(value.to_bytes(32, "big"))
        for name, value in (("x", numbers.x), ("y", numbers.y))
    }
    public = SoftwareSigner.from_private_jwk(jwk).public.with_key_id(key_id)
    return FixedSigner(public, key)


def p384(name: str, key_id: str | None = None) -> SoftwareSigner:
    """The P-384 key of that name; its signatures differ each time."""
    number = int.from_bytes(entropy(name)(48), "big")
    key = ec.derive_private_key(number, ec.SECP384R1())
    numbers = key.public_key().public_numbers()
    jwk: JsonObject = {"kty": "EC", "crv": "P-384", "d": b64url_encode(number.to_bytes(48, "big"))}
    jwk |= {
        name: b64url_encode(value.to_bytes(48, "big"))
        for name, value in (("x", numbers.x), ("y", numbers.y))
    }
    return SoftwareSigner.from_private_jwk(jwk if key_id is None else jwk | {"kid": key_id})


def ed25519_signer(name: str, key_id: str | None = None) -> SoftwareSigner:
    """The Ed25519 key of that name."""
    octets = entropy(name)(32)
    key = ed25519.Ed25519PrivateKey.from_private_bytes(octets)
    x = b64url_encode(key.public_key().public_bytes_raw())
    jwk: JsonObject = {"kty": "OKP", "crv": "Ed25519", "d": b64url_encode(octets), "x": x}
    return SoftwareSigner.from_private_jwk(jwk if key_id is None else jwk | {"kid": key_id})
