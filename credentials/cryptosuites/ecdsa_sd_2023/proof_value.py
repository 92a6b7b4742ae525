"""The two proof values of ecdsa-sd-2023 (Data Integrity ECDSA Cryptosuites 1.0, section 3.5).

Three octets tell which it is; behind them stands a CBOR list of five.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from credentials import cbor
from credentials.cbor import CborValue
from credentials.encoding import JsonObject, b64url_decode, b64url_encode
from credentials.errors import MalformedError, ProofInvalid
from credentials.multibase import multibase_decode, multibase_encode

BASE_HEADER = b"\xd9\x5d\x00"
"""What a base proof starts with: it holds the HMAC key, and so belongs to the holder alone."""

DERIVED_HEADER = b"\xd9\x5d\x01"
"""What a derived proof starts with."""

SIGNATURE_OCTETS = 64
KEY_OCTETS = 35
HMAC_OCTETS = 32

_P256 = b"\x80\x24"  # multicodec p256-pub as a varint
_PARTS = 5


@dataclass(frozen=True, slots=True)
class BaseProof:
    """What an issuer hands to a holder.

    Attributes:
        base_signature: over the options, the statement key and all mandatory statements.
        public_key: the statement key as Multikey octets: codec and compressed point.
        hmac_key: names the blank nodes; secret between issuer and holder.
        signatures: one for each statement that is not mandatory, in their order.
        mandatory_pointers: JSON pointers to what cannot be left out.
    """

    base_signature: bytes
    public_key: bytes
    hmac_key: bytes = field(repr=False)
    signatures: tuple[bytes, ...]
    mandatory_pointers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DerivedProof:
    """What a holder hands to a verifier.

    Attributes:
        base_signature: as in ``BaseProof``.
        public_key: as in ``BaseProof``.
        signatures: one for each statement shown that is not mandatory, in their order.
        labels: canonical identifiers of what is shown to the labels that were signed.
        mandatory_indexes: places of the mandatory statements among those shown, ascending.
    """

    base_signature: bytes
    public_key: bytes
    signatures: tuple[bytes, ...]
    labels: Mapping[str, str]
    mandatory_indexes: tuple[int, ...]


def is_base(proof: JsonObject) -> bool:
    """Whether ``proofValue`` starts like a base proof."""
    value = proof.get("proofValue")
    return isinstance(value, str) and value.startswith("u2V0A")


def serialize_base(parts: BaseProof) -> str:
    """``serializeBaseProofValue`` (section 3.5.2)."""
    components: list[CborValue] = [
        parts.base_signature,
        parts.public_key,
        parts.hmac_key,
        [*parts.signatures],
        [*parts.mandatory_pointers],
    ]
    return multibase_encode(BASE_HEADER + cbor.encode(components), "u")


def parse_base(proof: JsonObject) -> BaseProof:
    """``parseBaseProofValue`` (section 3.5.3).

    Raises:
        ProofInvalid: ``proof_invalid``: no base proof of this suite.
        MalformedError: ``base64_not_strict``, ``cbor_invalid``.
    """
    signature, key, secret, signatures, pointers = _components(proof, BASE_HEADER)
    return BaseProof(
        _octets(signature, SIGNATURE_OCTETS),
        _key(key),
        _octets(secret, HMAC_OCTETS),
        tuple(_octets(each, SIGNATURE_OCTETS) for each in _list(signatures)),
        tuple(_text(pointer) for pointer in _list(pointers)),
    )


def serialize_derived(parts: DerivedProof) -> str:
    """``serializeDerivedProofValue`` and ``compressLabelMap`` (sections 3.5.7 and 3.5.5)."""
    labels: dict[int | bytes | str, CborValue] = {
        int(name.removeprefix("c14n")): multibase_decode(label)
        for name, label in parts.labels.items()
    }
    components: list[CborValue] = [
        parts.base_signature,
        parts.public_key,
        [*parts.signatures],
        labels,
        [*parts.mandatory_indexes],
    ]
    return multibase_encode(DERIVED_HEADER + cbor.encode(components), "u")


def parse_derived(proof: JsonObject) -> DerivedProof:
    """``parseDerivedProofValue`` and ``decompressLabelMap`` (sections 3.5.8 and 3.5.6).

    Raises:
        ProofInvalid: ``base_proof_presented``; ``proof_invalid``: no derived proof of this suite.
        MalformedError: ``base64_not_strict``, ``cbor_invalid``.
    """
    if is_base(proof):
        raise ProofInvalid("base_proof_presented", "it shows all and the holder's secret")
    signature, key, signatures, labels, indexes = _components(proof, DERIVED_HEADER)
    if not isinstance(labels, dict):
        raise MalformedError("cbor_invalid", "the label map")
    places = tuple(_index(index) for index in _list(indexes))
    if any(low >= high for low, high in pairwise(places)):
        raise MalformedError("cbor_invalid", "the mandatory indexes do not ascend")
    return DerivedProof(
        _octets(signature, SIGNATURE_OCTETS),
        _key(key),
        tuple(_octets(each, SIGNATURE_OCTETS) for each in _list(signatures)),
        {
            f"c14n{_index(name)}": "u" + b64url_encode(_octets(label, HMAC_OCTETS))
            for name, label in labels.items()
        },
        places,
    )


def _components(proof: JsonObject, header: bytes) -> list[CborValue]:
    value = proof.get("proofValue")
    if not isinstance(value, str) or not value.startswith("u"):
        raise ProofInvalid("proof_invalid", "member proofValue")
    octets = b64url_decode(value[1:])
    if not octets.startswith(header):
        raise ProofInvalid("proof_invalid", "another header")
    components = _list(cbor.decode(octets[len(header) :]))
    if len(components) != _PARTS:
        raise MalformedError("cbor_invalid", f"{len(components)} components")
    return components


def _list(value: CborValue) -> list[CborValue]:
    if not isinstance(value, list):
        raise MalformedError("cbor_invalid", "expected a list")
    return value


def _octets(value: CborValue, count: int) -> bytes:
    if not isinstance(value, bytes) or len(value) != count:
        raise MalformedError("cbor_invalid", f"expected {count} octets")
    return value


def _key(value: CborValue) -> bytes:
    octets = _octets(value, KEY_OCTETS)
    if not octets.startswith(_P256):
        raise MalformedError("cbor_invalid", "the statement key is not P-256")
    return octets


def _index(value: CborValue) -> int:
    if not isinstance(value, int) or value < 0:
        raise MalformedError("cbor_invalid", "expected an index")
    return value


def _text(value: CborValue) -> str:
    if not isinstance(value, str):
        raise MalformedError("cbor_invalid", "expected a pointer")
    return value
