"""Add a derived proof: ecdsa-sd-2023, section 3.6.6 of the ECDSA Cryptosuites 1.0."""

from collections.abc import Sequence
from dataclasses import dataclass

from credentials.cryptosuites.ecdsa_sd_2023.proof_value import (
    BaseProof,
    DerivedProof,
    parse_base,
    serialize_derived,
)
from credentials.cryptosuites.selective import (
    canonicalize_and_group,
    hmac_labels,
    select,
    verifier_labels,
)
from credentials.encoding import JsonObject
from credentials.errors import MalformedError, ProofInvalid, UnsupportedError


@dataclass(frozen=True, slots=True)
class Disclosure:
    """What a holder shows, and its proof (section 3.5.4)."""

    document: JsonObject
    proof: DerivedProof


def add_derived_proof(
    document: JsonObject, proof: JsonObject, *, reveal: Sequence[str]
) -> JsonObject:
    """Add Derived Proof (section 3.6.6).

    Args:
        document: the whole credential without proofs.
        proof: its base proof.
        reveal: JSON pointers to what is shown beside the mandatory parts.

    Returns:
        What is shown, with its proof. It shares parts with ``document``.

    Raises:
        ProofInvalid: ``proof_invalid``: no base proof of this suite, or of another document.
        MalformedError: ``cbor_invalid``; ``pointer_invalid``, ``pointer_unmatched``;
            ``nothing_selected`` where nothing is mandatory and nothing revealed.
        UnsupportedError: ``selection_unsupported``; also for a proof that builds upon others,
            because they hold for the whole document only.
    """
    if "previousProof" in proof:
        raise UnsupportedError("selection_unsupported", "the proof builds upon others")
    disclosure = disclosure_data(document, parse_base(proof), reveal)  # (1)
    new_proof = {**proof, "proofValue": serialize_derived(disclosure.proof)}  # (2), (3)
    return {**disclosure.document, "proof": new_proof}  # (4), (5)


def disclosure_data(document: JsonObject, base: BaseProof, reveal: Sequence[str]) -> Disclosure:
    """``createDisclosureData`` (section 3.5.4).

    Args:
        document: the whole credential without proofs.
        base: what its base proof holds.
        reveal: JSON pointers.

    Raises:
        CredentialError: as ``add_derived_proof``.
    """
    pointers = [*base.mandatory_pointers, *reveal]  # (4)
    revealed = select(document, pointers)  # (12)
    if revealed is None:
        raise MalformedError("nothing_selected", "no pointer, and nothing is mandatory")
    grouped = canonicalize_and_group(  # (2), (3), (5), (6)
        document,
        hmac_labels(base.hmac_key),
        {"mandatory": base.mandatory_pointers, "selective": reveal},
    )
    mandatory, selective = grouped.groups["mandatory"], grouped.groups["selective"]
    if len(base.signatures) != len(mandatory.rest):
        raise ProofInvalid("proof_invalid", "not one signature for each statement")
    combined = sorted(mandatory.matching.keys() | selective.matching.keys())
    indexes = [  # (7) to (9)
        place for place, index in enumerate(combined) if index in mandatory.matching
    ]
    signatures = [  # (10), (11)
        signature
        for index, signature in zip(mandatory.rest, base.signatures, strict=True)
        if index in selective.matching
    ]
    shown = dict.fromkeys((*mandatory.quads, *selective.quads))
    labels = verifier_labels(shown, grouped.labels)  # (13), (14)
    proof = DerivedProof(
        base.base_signature, base.public_key, tuple(signatures), labels, tuple(indexes)
    )
    return Disclosure(revealed, proof)  # (15)
