"""Verify proofs: ecdsa-sd-2023, section 3.6.7 of the ECDSA Cryptosuites 1.0."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from credentials.bbs_keys import BbsPublicKey, VerificationKey
from credentials.cryptosuites.base import check_signature
from credentials.cryptosuites.ecdsa_sd_2023.proof_value import parse_base, parse_derived
from credentials.cryptosuites.ecdsa_sd_2023.sign import (
    NAME,
    hash_of_configuration,
    hash_of_mandatory,
)
from credentials.cryptosuites.selective import (
    canonicalize_and_group,
    fixed_labels,
    hmac_labels,
    relabelled_statements,
)
from credentials.encoding import JsonObject
from credentials.errors import MalformedError, ProofInvalid
from credentials.keys import Algorithm

_HASHING = ec.ECDSA(hashes.SHA256())
_CODEC_OCTETS = 2
_SCALAR_OCTETS = 32


@dataclass(frozen=True, slots=True)
class VerifyData:
    """What is left to check: signatures (section 3.5.9).

    Attributes:
        proof_hash: of the options, 32 octets.
        mandatory_hash: of the mandatory statements, 32 octets.
        statements: the ones that are not mandatory, in their order.
    """

    base_signature: bytes
    proof_hash: bytes
    public_key: bytes
    signatures: Sequence[bytes]
    statements: Sequence[str]
    mandatory_hash: bytes


def verify_derived_proof(
    document: JsonObject, proof: JsonObject, key: VerificationKey
) -> tuple[str, ...]:
    """Verify Derived Proof (section 3.6.7).

    Returns:
        The statements that the holder could have left out.

    Raises:
        ProofInvalid: ``proof_invalid``, ``base_proof_presented``; ``cryptosuite_not_allowed`` for
            a key other than P-256.
        MalformedError: ``cbor_invalid``.
        CredentialError: what ``statements`` raises.
    """
    data = verify_data(document, proof)
    _check(data, key)
    return tuple(data.statements)


def verify_base_proof(document: JsonObject, proof: JsonObject, key: VerificationKey) -> None:
    """A base proof holds for its holder: the base signature, and one for each other statement.

    The standard leaves this to the holder (section 3.6.6 presumes it). Whoever stores a credential
    whose statements are not all signed finds out when it is too late to ask for another.

    Raises:
        ProofInvalid: ``proof_invalid``; ``cryptosuite_not_allowed`` for a key other than P-256.
        MalformedError: ``cbor_invalid``, ``pointer_invalid``, ``pointer_unmatched``.
        CredentialError: what ``statements`` raises.
    """
    base = parse_base(proof)
    grouped = canonicalize_and_group(
        document, hmac_labels(base.hmac_key), {"mandatory": base.mandatory_pointers}
    )
    group = grouped.groups["mandatory"]
    data = VerifyData(
        base.base_signature,
        hash_of_configuration(document, _options(proof)),
        base.public_key,
        base.signatures,
        tuple(group.rest.values()),
        hash_of_mandatory(group.matching.values()),
    )
    _check(data, key)


def verify_data(document: JsonObject, proof: JsonObject) -> VerifyData:
    """``createVerifyData`` (section 3.5.9) of a derived proof.

    Raises:
        CredentialError: as ``verify_derived_proof``.
    """
    proof_hash = hash_of_configuration(document, _options(proof))  # (1)
    parts = parse_derived(proof)  # (2)
    try:
        nquads = relabelled_statements(document, fixed_labels(parts.labels))  # (3), (4)
    except MalformedError as error:
        if error.code != "label_map_invalid":
            raise
        raise ProofInvalid("proof_invalid", error.detail) from error
    mandatory = set(parts.mandatory_indexes)  # (5) to (7)
    if parts.mandatory_indexes and parts.mandatory_indexes[-1] >= len(nquads):
        raise ProofInvalid("proof_invalid", "an index beyond the statements")
    return VerifyData(  # (9)
        parts.base_signature,
        proof_hash,
        parts.public_key,
        parts.signatures,
        [line for index, line in enumerate(nquads) if index not in mandatory],
        hash_of_mandatory(nquads[index] for index in parts.mandatory_indexes),  # (8)
    )


def _check(data: VerifyData, key: VerificationKey) -> None:
    if isinstance(key, BbsPublicKey) or key.algorithm is not Algorithm.ES256:
        raise ProofInvalid("cryptosuite_not_allowed", "the key is not P-256")
    if len(data.signatures) != len(data.statements):  # (3)
        raise ProofInvalid("proof_invalid", "not one signature for each statement")
    to_verify = data.proof_hash + data.public_key + data.mandatory_hash  # (5)
    check_signature(key, data.base_signature, to_verify, suite=NAME)  # (6), (7)
    try:
        statement_key = ec.EllipticCurvePublicKey.from_encoded_point(
            ec.SECP256R1(), data.public_key[_CODEC_OCTETS:]
        )  # (4)
    except ValueError as error:
        raise ProofInvalid("proof_invalid", "the statement key is not on the curve") from error
    _check_statements(statement_key, zip(data.signatures, data.statements, strict=True))  # (8)


def _check_statements(key: ec.EllipticCurvePublicKey, signed: Iterable[tuple[bytes, str]]) -> None:
    try:
        for signature, statement in signed:
            r = int.from_bytes(signature[:_SCALAR_OCTETS], "big")
            s = int.from_bytes(signature[_SCALAR_OCTETS:], "big")
            key.verify(encode_dss_signature(r, s), statement.encode(), _HASHING)
    except InvalidSignature as error:
        raise ProofInvalid("proof_invalid", "a statement") from error


def _options(proof: JsonObject) -> JsonObject:
    return {name: value for name, value in proof.items() if name != "proofValue"}
