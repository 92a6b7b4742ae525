"""Verify Derived Proof of bbs-2023 (section 3.5.7), and the holder's check of a base proof."""

import hmac
from dataclasses import dataclass

from credentials.bbs import proof as bbs_proof
from credentials.bbs import signature as bbs_signature
from credentials.bbs_keys import BbsPublicKey
from credentials.cryptosuites.base import options_of, proof_configuration
from credentials.cryptosuites.bbs_2023.proof_value import (
    NAME,
    DerivedProof,
    read_base,
    read_derived,
)
from credentials.cryptosuites.bbs_2023.sign import hashed, transformed
from credentials.cryptosuites.selective import fixed_labels, relabelled_statements
from credentials.encoding import JsonObject
from credentials.errors import MalformedError, ProofInvalid


@dataclass(frozen=True, slots=True)
class VerifyData:
    """What the BBS proof must hold for.

    Attributes:
        header: proofHash and mandatoryHash.
        mandatory: the statements that the issuer made mandatory.
        chosen: the other ones that are shown.
        value: the proof value.
    """

    header: bytes
    mandatory: tuple[str, ...]
    chosen: tuple[str, ...]
    value: DerivedProof


def derived(document: JsonObject, proof: JsonObject, key: BbsPublicKey) -> tuple[str, ...]:
    """Verify Derived Proof (section 3.5.7).

    Returns:
        The statements that the holder could have left out.

    Raises:
        ProofInvalid: ``proof_invalid``, ``cbor_invalid``, ``base_proof_presented``.
        UnsupportedError: ``proof_feature_unsupported``, ``cryptosuite_not_allowed``.
        CredentialError: the document or the proof cannot be turned into statements.
    """
    data = verify_data(document, proof)  # (5)
    try:
        bbs_proof.verify(  # (6) to (9)
            key,
            data.value.proof,
            header=data.header,
            presentation_header=data.value.presentation_header,
            messages=[line.encode() for line in data.chosen],
            disclosed=data.value.selective,
        )
    except (ProofInvalid, MalformedError) as error:
        raise ProofInvalid("proof_invalid", f"bbs-2023: {error.code}") from error
    return data.chosen


def verify_data(document: JsonObject, proof: JsonObject) -> VerifyData:
    """CreateVerifyData (section 3.4.8).

    Raises:
        CredentialError: as ``derived``.
    """
    configuration = proof_configuration(document, options_of(proof), NAME)
    value = read_derived(proof)  # (2)
    try:
        nquads = relabelled_statements(document, fixed_labels(value.labels))  # (3), (4)
    except MalformedError as error:
        if error.code != "label_map_invalid":
            raise
        raise ProofInvalid("proof_invalid", "label map") from error
    places = frozenset(value.mandatory)
    if not places <= frozenset(range(len(nquads))):
        raise ProofInvalid("proof_invalid", "a mandatory index outside the statements")
    mandatory = tuple(line for place, line in enumerate(nquads) if place in places)  # (5) to (7)
    chosen = tuple(line for place, line in enumerate(nquads) if place not in places)
    return VerifyData(hashed(configuration, mandatory), mandatory, chosen, value)  # (1), (8), (9)


def base(document: JsonObject, proof: JsonObject, key: BbsPublicKey) -> None:
    """A base proof holds: the BBS signature over every statement, and what it was made of.

    Raises:
        ProofInvalid: ``proof_invalid``, ``cbor_invalid``.
        UnsupportedError: ``proof_feature_unsupported``, ``cryptosuite_not_allowed``.
        CredentialError: the document or the proof cannot be turned into statements.
    """
    configuration = proof_configuration(document, options_of(proof), NAME)
    value = read_base(proof)
    mandatory = transformed(document, value.mandatory, value.hmac_key).groups["mandatory"]
    header = hashed(configuration, [*mandatory.matching.values()])
    if value.key != key.octets or not hmac.compare_digest(value.header, header):
        raise ProofInvalid("proof_invalid", "bbs-2023: another key, or another header")
    messages = [line.encode() for line in mandatory.rest.values()]
    try:
        bbs_signature.verify(key, value.signature, header, messages)
    except (ProofInvalid, MalformedError) as error:
        raise ProofInvalid("proof_invalid", f"bbs-2023: {error.code}") from error
