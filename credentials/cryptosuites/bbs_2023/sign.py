"""Create Base Proof of bbs-2023 (section 3.5.1)."""

import hashlib
from collections.abc import Sequence

from credentials.bbs_keys import BbsSigner
from credentials.cryptosuites.base import (
    ProofOptions,
    document_hash,
    new_proof,
    proof_configuration,
)
from credentials.cryptosuites.bbs_2023.proof_value import (
    HMAC_KEY_OCTETS,
    NAME,
    BaseProof,
    write_base,
)
from credentials.cryptosuites.selective import Grouped, canonicalize_and_group, shuffled_labels
from credentials.encoding import JsonObject
from credentials.model import Entropy


def base_proof(
    document: JsonObject,
    options: ProofOptions,
    signer: BbsSigner,
    *,
    mandatory: Sequence[str],
    entropy: Entropy,
) -> JsonObject:
    """Create Base Proof (section 3.5.1).

    Raises:
        MalformedError: ``pointer_invalid``, ``pointer_unmatched``, ``too_large``.
        UnsupportedError: ``selection_unsupported``.
        CredentialError: what ``statements`` raises.
    """
    proof = new_proof(NAME, options)  # (1)
    configuration = proof_configuration(document, proof, NAME)  # (2), section 3.5.4
    hmac_key = entropy(HMAC_KEY_OCTETS)
    grouped = transformed(document, mandatory, hmac_key)  # (3)
    header = hashed(configuration, [*grouped.groups["mandatory"].matching.values()])  # (4)
    messages = [line.encode() for line in grouped.groups["mandatory"].rest.values()]
    value = BaseProof(  # (5), section 3.5.5
        signature=signer.sign(header, messages),
        header=header,
        key=signer.public.octets,
        hmac_key=hmac_key,
        mandatory=tuple(mandatory),
    )
    return {**proof, "proofValue": write_base(value)}  # (6), (7)


def transformed(document: JsonObject, mandatory: Sequence[str], hmac_key: bytes) -> Grouped:
    """Base Proof Transformation (section 3.5.2): the statements with shuffled labels, grouped."""
    return canonicalize_and_group(document, shuffled_labels(hmac_key), {"mandatory": mandatory})


def hashed(configuration: JsonObject, mandatory: Sequence[str]) -> bytes:
    """Base Proof Hashing (section 3.5.3): the BBS header, proofHash and mandatoryHash."""
    proof_hash = document_hash(configuration)
    return proof_hash + hashlib.sha256("".join(mandatory).encode()).digest()
