"""Keys for signatures: JWK (RFC 7517), Multikey (Controlled Identifiers 1.0), and who signs."""

import hashlib
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import lru_cache
from typing import Protocol, Self, cast

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)

from credentials.encoding import JsonObject, b64url_decode, b64url_encode, canonical_json
from credentials.errors import MalformedError, ProofInvalid, UnsupportedError
from credentials.multibase import multibase_decode, multibase_encode, varint_decode, varint_encode

MAX_CACHED_KEYS = 1024
"""Parsed keys that are kept: more than the issuers and holders of one busy hour; about 1 MB."""


class Algorithm(StrEnum):
    """The signature algorithms that we know, by their JOSE names."""

    ES256 = "ES256"
    ES384 = "ES384"
    EDDSA = "EdDSA"


_VerifyingKey = ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey
_SigningKey = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey


@dataclass(frozen=True, slots=True)
class _Curve:
    name: str
    size: int  # octets of a coordinate
    codec: int  # multicodec
    curve: ec.EllipticCurve | None = None
    hashing: ec.ECDSA | None = None


_CURVES = {
    Algorithm.ES256: _Curve("P-256", 32, 0x1200, ec.SECP256R1(), ec.ECDSA(hashes.SHA256())),
    Algorithm.ES384: _Curve("P-384", 48, 0x1201, ec.SECP384R1(), ec.ECDSA(hashes.SHA384())),
    Algorithm.EDDSA: _Curve("Ed25519", 32, 0xED),
}
_BY_NAME = {curve.name: algorithm for algorithm, curve in _CURVES.items()}
_BY_CODEC = {curve.codec: algorithm for algorithm, curve in _CURVES.items()}
_UNUSED_NAMES = frozenset({"X25519", "X448", "Ed448", "P-521", "secp256k1"})
_UNUSED_CODECS = {
    0xE7: "secp256k1",
    0xEB: "BLS12-381 G2",
    0xEC: "X25519",
    0x1202: "P-521",
    0x1203: "Ed448",
    0x1204: "X448",
}
"""Known by name, but no key of these checks a signature here (multicodec table)."""

_ALG_NAMES = {
    Algorithm.ES256: ["ES256"],
    Algorithm.ES384: ["ES384"],
    Algorithm.EDDSA: ["EdDSA", "Ed25519"],
}

_P = 2**255 - 19
_D = -121665 * pow(121666, -1, _P) % _P
_SMALL_ORDER = {
    0,
    1,
    _P - 1,
    0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7,
    0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826,
}
"""Heights of the Ed25519 points under which one signature fits every message (RFC 8032, 5.1)."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key that checks signatures; equal to every other reading of the same key.

    Attributes:
        algorithm: fixed per key, never read from a message.
        thumbprint: RFC 7638 with SHA-256, base64url.
        key_id: the full DID URL or ``kid`` by which others name it; no part of equality.
    """

    thumbprint: str
    algorithm: Algorithm = field(compare=False)
    key_id: str | None = field(compare=False)
    _members: tuple[tuple[str, str], ...] = field(compare=False, repr=False)
    _key: _VerifyingKey = field(compare=False, repr=False)

    def jwk(self) -> JsonObject:
        """The public JWK with its required members alone."""
        return dict(self._members)

    def multikey(self) -> str:
        """The key as ``publicKeyMultibase``: multicodec, compressed point, base58btc."""
        if isinstance(self._key, ed25519.Ed25519PublicKey):
            octets = self._key.public_bytes_raw()
        else:
            octets = self._key.public_bytes(
                serialization.Encoding.X962, serialization.PublicFormat.CompressedPoint
            )
        return multibase_encode(varint_encode(_CURVES[self.algorithm].codec) + octets)

    def with_key_id(self, key_id: str | None) -> "PublicKey":
        """The same key under another name."""
        return replace(self, key_id=key_id)

    def verify(self, signature: bytes, message: bytes) -> None:
        """Check a signature: r and s side by side (RFC 7518, 3.4), or 64 octets of Ed25519.

        Raises:
            ProofInvalid: ``signature_invalid``.
        """
        curve = _CURVES[self.algorithm]
        if len(signature) != 2 * curve.size:
            raise ProofInvalid("signature_invalid", f"{len(signature)} octets")
        try:
            if curve.hashing is None:  # asking the curve is sooner than asking an abstract class
                cast("ed25519.Ed25519PublicKey", self._key).verify(signature, message)
            else:
                r = int.from_bytes(signature[: curve.size], "big")
                s = int.from_bytes(signature[curve.size :], "big")
                key = cast("ec.EllipticCurvePublicKey", self._key)
                key.verify(encode_dss_signature(r, s), message, curve.hashing)
        except InvalidSignature as error:
            raise ProofInvalid("signature_invalid", self.algorithm) from error


class VerifyingKey(Protocol):
    """What checks a signature: ``PublicKey``, or a key that only one caller knows."""

    @property
    def algorithm(self) -> str:
        """Its JOSE name; fixed per key."""
        ...

    def verify(self, signature: bytes, message: bytes) -> None:
        """Check r and s side by side, or 64 octets of Ed25519; raises ProofInvalid."""
        ...


class SigningKey(Protocol):
    """What makes a signature: ``Signer``, or a key that only one caller knows."""

    @property
    def public(self) -> VerifyingKey:
        """The key that checks these signatures."""
        ...

    def sign(self, message: bytes) -> bytes:
        """The signature as ``VerifyingKey.verify`` reads it."""
        ...


class Signer(Protocol):
    """Whoever holds a private key: a file here, a device elsewhere."""

    @property
    def public(self) -> PublicKey:
        """The key that checks these signatures, with the id that others know it by."""
        ...

    def sign(self, message: bytes) -> bytes:
        """The signature as ``PublicKey.verify`` reads it, never DER."""
        ...


@dataclass(frozen=True, slots=True)
class SoftwareSigner:
    """A signer that holds its key in memory; its ``repr`` shows the public half only."""

    public: PublicKey
    _key: _SigningKey = field(repr=False, compare=False)

    @classmethod
    def generate(cls, algorithm: Algorithm, key_id: str | None = None) -> Self:
        """A fresh key."""
        curve = _CURVES[algorithm].curve
        key: _SigningKey = (
            ed25519.Ed25519PrivateKey.generate()
            if curve is None
            else ec.generate_private_key(curve)
        )
        return cls._of(key, algorithm, key_id)

    @classmethod
    def from_private_jwk(cls, jwk: JsonObject) -> Self:
        """Read a private JWK (RFC 7518, 6.2.2; RFC 8037, 2); ``kid`` becomes the key id.

        Raises:
            MalformedError: ``key_invalid``, also when the two halves do not belong together.
        """
        secret = jwk.get("d")
        public = public_key_from_jwk(
            {name: value for name, value in jwk.items() if name not in {"d", "key_ops"}}
        )
        curve = _CURVES[public.algorithm]
        octets = _coordinate(secret, curve.size)
        try:
            key: _SigningKey = (
                ed25519.Ed25519PrivateKey.from_private_bytes(octets)
                if curve.curve is None
                else ec.derive_private_key(int.from_bytes(octets, "big"), curve.curve)
            )
        except ValueError as error:
            raise MalformedError("key_invalid", "member d") from error
        signer = cls._of(key, public.algorithm, public.key_id)
        if signer.public != public:
            raise MalformedError("key_invalid", "d belongs to another key")
        return signer

    @classmethod
    def _of(cls, key: _SigningKey, algorithm: Algorithm, key_id: str | None) -> Self:
        return cls(_public_key(key.public_key(), algorithm).with_key_id(key_id), key)

    def private_jwk(self) -> JsonObject:
        """The whole key as JWK, for an encrypted store and nowhere else."""
        if isinstance(self._key, ed25519.Ed25519PrivateKey):
            octets = self._key.private_bytes_raw()
        else:
            number = self._key.private_numbers().private_value
            octets = number.to_bytes(_CURVES[self.public.algorithm].size, "big")
        jwk = self.public.jwk() | {"d": b64url_encode(octets)}
        return jwk if self.public.key_id is None else jwk | {"kid": self.public.key_id}

    def sign(self, message: bytes) -> bytes:
        """Sign: r and s side by side, or 64 octets of Ed25519."""
        curve = _CURVES[self.public.algorithm]
        if curve.hashing is None:
            return cast("ed25519.Ed25519PrivateKey", self._key).sign(message)
        key = cast("ec.EllipticCurvePrivateKey", self._key)
        r, s = decode_dss_signature(key.sign(message, curve.hashing))
        return r.to_bytes(curve.size, "big") + s.to_bytes(curve.size, "big")


def public_key_from_jwk(jwk: JsonObject) -> PublicKey:
    """Read a public JWK for signatures; a ``kid`` becomes the key id.

    Raises:
        MalformedError: ``key_invalid`` for an unknown curve, a coordinate of another length or
            outside the curve, a private member, or ``alg``, ``use`` or ``key_ops`` that forbid it.
        UnsupportedError: ``key_unsupported`` for a curve that we know but do not use.
    """
    name = jwk.get("crv")
    if isinstance(name, str) and name in _UNUSED_NAMES:
        raise UnsupportedError("key_unsupported", name)
    algorithm = _BY_NAME.get(name) if isinstance(name, str) else None
    if algorithm is None or jwk.get("kty") != ("OKP" if name == "Ed25519" else "EC"):
        raise MalformedError("key_invalid", "kty and crv name no curve that we know")
    if "d" in jwk:
        raise MalformedError("key_invalid", "a private key where a public one belongs")
    operations = jwk.get("key_ops", ["verify"])
    allowed = isinstance(operations, list) and "verify" in operations
    if not allowed or jwk.get("use", "sig") != "sig":
        raise MalformedError("key_invalid", "not meant for checking signatures")
    if "alg" in jwk and jwk["alg"] not in _ALG_NAMES[algorithm]:
        raise MalformedError("key_invalid", "alg does not fit the curve")
    x, y = jwk.get("x"), "" if algorithm is Algorithm.EDDSA else jwk.get("y")
    if not isinstance(x, str) or not isinstance(y, str):
        raise MalformedError("key_invalid", "a coordinate is missing")
    key = _parsed(algorithm, x, y)
    key_id = jwk.get("kid")
    return key.with_key_id(key_id) if isinstance(key_id, str) else key


@lru_cache(maxsize=MAX_CACHED_KEYS)
def public_key_from_multikey(text: str) -> PublicKey:
    """Read ``publicKeyMultibase`` of type Multikey.

    Raises:
        MalformedError: ``key_invalid``.
        UnsupportedError: ``key_unsupported`` for a type that we know but do not use.
    """
    try:
        codec, octets = varint_decode(multibase_decode(text))
    except MalformedError as error:
        raise MalformedError("key_invalid", "not multibase") from error
    if codec in _UNUSED_CODECS and text.startswith("z"):
        raise UnsupportedError("key_unsupported", _UNUSED_CODECS[codec])
    algorithm = _BY_CODEC.get(codec)
    if algorithm is None or not text.startswith("z"):
        raise MalformedError("key_invalid", f"multicodec {codec:#x}")
    curve = _CURVES[algorithm]
    if curve.curve is None:
        return _public_key(_ed25519_key(octets), algorithm)
    if len(octets) != curve.size + 1:  # compressed only: one key, one text
        raise MalformedError("key_invalid", f"{len(octets)} octets")
    try:
        point = ec.EllipticCurvePublicKey.from_encoded_point(curve.curve, octets)
    except ValueError as error:
        raise MalformedError("key_invalid", "not on the curve") from error
    return _public_key(point, algorithm)


@lru_cache(maxsize=MAX_CACHED_KEYS)
def _parsed(algorithm: Algorithm, x: str, y: str) -> PublicKey:
    curve, size = _CURVES[algorithm].curve, _CURVES[algorithm].size
    if curve is None:
        return _public_key(_ed25519_key(_coordinate(x, size)), algorithm)
    first, second = (int.from_bytes(_coordinate(each, size), "big") for each in (x, y))
    try:
        numbers = ec.EllipticCurvePublicNumbers(first, second, curve)
        return _public_key(numbers.public_key(), algorithm)
    except ValueError as error:
        raise MalformedError("key_invalid", "not on the curve") from error


def _coordinate(value: object, size: int) -> bytes:
    if not isinstance(value, str):
        raise MalformedError("key_invalid", "a coordinate is missing")
    try:
        octets = b64url_decode(value)
    except MalformedError as error:
        raise MalformedError("key_invalid", "a coordinate is not base64url") from error
    if len(octets) != size:
        raise MalformedError("key_invalid", f"{len(octets)} octets, expected {size}")
    return octets


def _ed25519_key(octets: bytes) -> ed25519.Ed25519PublicKey:
    """Decode a point (RFC 8032, 5.1.3) and refuse those of small order."""
    if len(octets) != _CURVES[Algorithm.EDDSA].size:
        raise MalformedError("key_invalid", f"{len(octets)} octets, expected 32")
    height = int.from_bytes(octets, "little") & (1 << 255) - 1
    squared = height * height % _P
    ratio = (squared - 1) * (_D * squared + 1)  # a square exactly when the point exists
    if height >= _P or height in _SMALL_ORDER or pow(ratio, (_P - 1) // 2, _P) != 1:
        raise MalformedError("key_invalid", "not a point of the group")
    return ed25519.Ed25519PublicKey.from_public_bytes(octets)


def _public_key(key: object, algorithm: Algorithm) -> PublicKey:
    name = _CURVES[algorithm].name
    if isinstance(key, ed25519.Ed25519PublicKey):
        members = {"crv": name, "kty": "OKP", "x": b64url_encode(key.public_bytes_raw())}
    elif isinstance(key, ec.EllipticCurvePublicKey):
        size = _CURVES[algorithm].size
        numbers = key.public_numbers()
        x, y = (b64url_encode(number.to_bytes(size, "big")) for number in (numbers.x, numbers.y))
        members = {"crv": name, "kty": "EC", "x": x, "y": y}
    else:
        raise MalformedError("key_invalid", type(key).__name__)
    digest = hashlib.sha256(canonical_json({**members})).digest()
    return PublicKey(b64url_encode(digest), algorithm, None, tuple(members.items()), key)
