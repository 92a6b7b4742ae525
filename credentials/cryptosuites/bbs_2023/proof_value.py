"""The two proof values of bbs-2023 (section 3.4): what the holder gets, and what others see."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from credentials import cbor
from credentials.cbor import CborValue
from credentials.encoding import JsonObject, b64url_decode
from credentials.errors import MalformedError, ProofInvalid, UnsupportedError
from credentials.multibase import multibase_encode

NAME = "bbs-2023"

BASE_HEADER = b"\xd9\x5d\x02"
DERIVED_HEADER = b"\xd9\x5d\x03"
"""Both of the baseline feature option."""

HMAC_KEY_OCTETS = 32

_FAMILY = b"\xd9\x5d"
_OTHER_OPTIONS = frozenset(range(4, 10))
"""Third octets of holder binding, pseudonyms and both, base and derived."""


@dataclass(frozen=True, slots=True)
class BaseProof:
    """For the holder alone: with the HMAC key, whoever sees it can link all that was derived.

    Attributes:
        signature: 80 octets of BBS.
        header: hash of the proof options, then that of the mandatory statements.
        key: the issuer's public key, 96 octets.
        hmac_key: 32 octets.
        mandatory: JSON pointers.
    """

    signature: bytes
    header: bytes
    key: bytes
    hmac_key: bytes
    mandatory: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DerivedProof:
    """For a verifier.

    Attributes:
        proof: of BBS.
        labels: canonical identifier of the shown document, such as ``c14n0``, to ``b`` and number.
        mandatory: places of the mandatory statements among those that are shown.
        selective: places of the other shown ones among all that are not mandatory.
        presentation_header: what the proof is bound to.
    """

    proof: bytes
    labels: Mapping[str, str]
    mandatory: tuple[int, ...]
    selective: tuple[int, ...]
    presentation_header: bytes


def write_base(proof: BaseProof) -> str:
    """SerializeBaseProofValue (section 3.4.1)."""
    components: list[CborValue] = [
        proof.signature,
        proof.header,
        proof.key,
        proof.hmac_key,
        [*proof.mandatory],
    ]
    return multibase_encode(BASE_HEADER + cbor.encode(components), "u")


def read_base(proof: JsonObject) -> BaseProof:
    """ParseBaseProofValue (section 3.4.2).

    Raises:
        ProofInvalid: ``proof_invalid``: another proof value; ``cbor_invalid``.
        UnsupportedError: ``proof_feature_unsupported`` for another feature option.
    """
    components = _components(_octets(proof), BASE_HEADER)
    signature, header, key, hmac_key = map(_bytes, components[:4])
    if len(hmac_key) != HMAC_KEY_OCTETS:
        raise ProofInvalid("proof_invalid", f"{len(hmac_key)} octets of HMAC key")
    pointers = components[4]
    if not isinstance(pointers, list):
        raise ProofInvalid("proof_invalid", "mandatory pointers")
    mandatory = tuple(pointer for pointer in pointers if isinstance(pointer, str))
    if len(mandatory) != len(pointers):
        raise ProofInvalid("proof_invalid", "mandatory pointers")
    return BaseProof(signature, header, key, hmac_key, mandatory)


def write_derived(proof: DerivedProof) -> str:
    """SerializeDerivedProofValue (section 3.4.6), labels compressed (3.4.4)."""
    labels: dict[int | bytes | str, CborValue] = {
        int(canonical.removeprefix("c14n")): int(label.removeprefix("b"))
        for canonical, label in proof.labels.items()
    }
    components: list[CborValue] = [
        proof.proof,
        labels,
        [*proof.mandatory],
        [*proof.selective],
        proof.presentation_header,
    ]
    return multibase_encode(DERIVED_HEADER + cbor.encode(components), "u")


def read_derived(proof: JsonObject) -> DerivedProof:
    """ParseDerivedProofValue (section 3.4.7), labels decompressed (3.4.5).

    Raises:
        ProofInvalid: ``base_proof_presented``, ``proof_invalid`` for another proof value,
            ``cbor_invalid``.
        UnsupportedError: ``proof_feature_unsupported`` for another feature option.
    """
    octets = _octets(proof)
    if octets.startswith(BASE_HEADER):
        raise ProofInvalid("base_proof_presented", "it holds the HMAC key and every claim")
    components = _components(octets, DERIVED_HEADER)
    labels = components[1]
    if not isinstance(labels, dict):
        raise ProofInvalid("proof_invalid", "label map")
    return DerivedProof(
        proof=_bytes(components[0]),
        labels={f"c14n{_place(key)}": f"b{_place(label)}" for key, label in labels.items()},
        mandatory=_places(components[2]),
        selective=_places(components[3]),
        presentation_header=_bytes(components[4]),
    )


def is_base(proof: JsonObject) -> bool:
    """Whether a proof is a base proof of the baseline, by its first octets."""
    try:
        return _octets(proof).startswith(BASE_HEADER)
    except (ProofInvalid, UnsupportedError):
        return False


def _octets(proof: JsonObject) -> bytes:
    text = proof.get("proofValue")
    if not isinstance(text, str) or not text.startswith("u"):
        raise ProofInvalid("proof_invalid", "member proofValue")
    try:
        octets = b64url_decode(text[1:])
    except MalformedError as error:
        raise ProofInvalid("proof_invalid", "member proofValue") from error
    if octets[:2] == _FAMILY and octets[2:3] and octets[2] in _OTHER_OPTIONS:
        raise UnsupportedError("proof_feature_unsupported", f"header octet {octets[2]:#04x}")
    return octets


def _components(octets: bytes, header: bytes) -> list[CborValue]:
    if not octets.startswith(header):
        raise ProofInvalid("proof_invalid", f"expected a proof value that starts {header.hex()}")
    try:
        components = cbor.decode(octets[len(header) :])
    except MalformedError as error:
        raise ProofInvalid(error.code, error.detail) from error
    if not isinstance(components, list) or len(components) != 5:  # noqa: PLR2004 - both have five
        raise ProofInvalid("proof_invalid", "expected five components")
    return components


def _bytes(value: CborValue) -> bytes:
    if not isinstance(value, bytes):
        raise ProofInvalid("proof_invalid", "a component that is no byte string")
    return value


def _place(value: CborValue) -> int:
    if not isinstance(value, int) or value < 0:
        raise ProofInvalid("proof_invalid", "an index that is no number")
    return value


def _places(value: CborValue) -> tuple[int, ...]:
    if not isinstance(value, list):
        raise ProofInvalid("proof_invalid", "a list of indexes")
    places = tuple(map(_place, value))
    if any(high <= low for low, high in pairwise(places)):
        raise ProofInvalid("proof_invalid", "indexes do not ascend")
    return places
