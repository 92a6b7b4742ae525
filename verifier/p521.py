"""P-521 keys (ES512), for the official jose-cose suite and nothing else.

The product's allow-list has no ES512; the suite signs a fifth of its inputs with it.
"""

from dataclasses import dataclass, field
from typing import ClassVar, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)

from credentials.encoding import JsonObject, b64url_decode
from credentials.errors import MalformedError, ProofInvalid

ALGORITHM = "ES512"
CURVE = "P-521"
_OCTETS = 66
_HASH = ec.ECDSA(hashes.SHA512())


@dataclass(frozen=True, slots=True)
class P521Key:
    """A key that checks ES512 signatures."""

    algorithm: ClassVar[str] = ALGORITHM
    _key: ec.EllipticCurvePublicKey = field(repr=False)

    @classmethod
    def from_jwk(cls, jwk: JsonObject) -> Self:
        """Read a public JWK.

        Raises:
            MalformedError: ``key_invalid``.
        """
        if jwk.get("kty") != "EC" or jwk.get("crv") != CURVE or "d" in jwk:
            raise MalformedError("key_invalid", f"no public {CURVE} key")
        numbers = ec.EllipticCurvePublicNumbers(
            _number(jwk, "x"), _number(jwk, "y"), ec.SECP521R1()
        )
        try:
            return cls(numbers.public_key())
        except ValueError as error:
            raise MalformedError("key_invalid", "not on the curve") from error

    def verify(self, signature: bytes, message: bytes) -> None:
        """Check r and s side by side, 66 octets each.

        Raises:
            ProofInvalid: ``signature_invalid``.
        """
        if len(signature) != 2 * _OCTETS:
            raise ProofInvalid("signature_invalid", f"{len(signature)} octets")
        r, s = (int.from_bytes(half, "big") for half in (signature[:_OCTETS], signature[_OCTETS:]))
        try:
            self._key.verify(encode_dss_signature(r, s), message, _HASH)
        except InvalidSignature as error:
            raise ProofInvalid("signature_invalid", ALGORITHM) from error


@dataclass(frozen=True, slots=True)
class P521Signer:
    """A key that makes ES512 signatures; its ``repr`` shows nothing of it."""

    public: P521Key
    _key: ec.EllipticCurvePrivateKey = field(repr=False)

    @classmethod
    def from_private_jwk(cls, jwk: JsonObject) -> Self:
        """Read a private JWK.

        Raises:
            MalformedError: ``key_invalid``, also when the two halves do not belong together.
        """
        public = P521Key.from_jwk({name: value for name, value in jwk.items() if name != "d"})
        try:
            key = ec.derive_private_key(_number(jwk, "d"), ec.SECP521R1())
        except ValueError as error:
            raise MalformedError("key_invalid", "member d") from error
        numbers = key.public_key().public_numbers()
        if (numbers.x, numbers.y) != (_number(jwk, "x"), _number(jwk, "y")):
            raise MalformedError("key_invalid", "d belongs to another key")
        return cls(public, key)

    def sign(self, message: bytes) -> bytes:
        """Sign: r and s side by side."""
        r, s = decode_dss_signature(self._key.sign(message, _HASH))
        return r.to_bytes(_OCTETS, "big") + s.to_bytes(_OCTETS, "big")


def _number(jwk: JsonObject, name: str) -> int:
    value = jwk.get(name)
    octets = b64url_decode(value) if isinstance(value, str) else b""
    if len(octets) != _OCTETS:
        raise MalformedError("key_invalid", f"member {name} has {len(octets)} octets")
    return int.from_bytes(octets, "big")
