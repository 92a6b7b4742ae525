"""Create Base Proof of bbs-2023 (section 3.5.1)."""

import hashlib
from collections.abc import Sequence

from credentials.bbs_keys import BbsSigner
from credentials.cryptosuites.base import (
    PROOF_TYPE,
    ProofOptions,
    check_options,
    document_hash,
    in_context,
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
    proof: JsonObject = {"type": PROOF_TYPE, "cryptosuite": NAME, **options.members()}  # (1)
    configuration = proof_configuration(document, proof)  # (2)
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


def proof_configuration(document: JsonObject, options: JsonObject) -> JsonObject:
    """Base Proof Configuration (section 3.5.4): a proof's options in the document's context.

    Raises:
        UnsupportedError: ``cryptosuite_not_allowed`` for another type or suite.
        MalformedError: ``context_keyword_forbidden``: a proof with a context of its own.
    """
    check_options(options, NAME)
    return in_context(document, options)


def transformed(document: JsonObject, mandatory: Sequence[str], hmac_key: bytes) -> Grouped:
    """Base Proof Transformation (section 3.5.2): the statements with shuffled labels, grouped."""
    return canonicalize_and_group(document, shuffled_labels(hmac_key), {"mandatory": mandatory})


def hashed(configuration: JsonObject, mandatory: Sequence[str]) -> bytes:
    """Base Proof Hashing (section 3.5.3): the BBS header, proofHash and mandatoryHash."""
    proof_hash = document_hash(configuration)
    return proof_hash + hashlib.sha256("".join(mandatory).encode()).digest()
