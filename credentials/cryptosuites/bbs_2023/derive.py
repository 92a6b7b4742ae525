"""Add Derived Proof of bbs-2023 (section 3.5.6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from credentials.bbs import proof as bbs_proof
from credentials.bbs_keys import BbsPublicKey
from credentials.cryptosuites.base import check_options
from credentials.cryptosuites.bbs_2023.proof_value import (
    NAME,
    BaseProof,
    DerivedProof,
    read_base,
    write_derived,
)
from credentials.cryptosuites.selective import (
    Grouped,
    canonicalize_and_group,
    select,
    shuffled_labels,
    verifier_labels,
)
from credentials.encoding import JsonObject
from credentials.errors import MalformedError, ProofInvalid, UnsupportedError
from credentials.model import Entropy


@dataclass(frozen=True, slots=True)
class Indexes:
    """Which statements are shown, by place.

    Attributes:
        combined: among all.
        mandatory: among all that are shown.
        selective: among all that are not mandatory.
    """

    combined: tuple[int, ...]
    mandatory: tuple[int, ...]
    selective: tuple[int, ...]


def derived(
    document: JsonObject,
    proof: JsonObject,
    *,
    reveal: Sequence[str],
    entropy: Entropy,
    presentation_header: bytes,
) -> JsonObject:
    """Add Derived Proof (section 3.5.6): the shown part, with its proof inside.

    The issuer's signature is not checked here; a derived proof of a wrong one does not hold.

    Raises:
        ProofInvalid: ``proof_invalid``, ``cbor_invalid``: no base proof.
        UnsupportedError: ``proof_feature_unsupported``, ``cryptosuite_not_allowed``,
            ``selection_unsupported``; also for a proof that builds upon others, because they hold
            for the whole document only.
        MalformedError: ``pointer_invalid``, ``pointer_unmatched``; ``nothing_selected``: neither
            something mandatory nor something to reveal.
    """
    check_options(proof, NAME)
    if "previousProof" in proof:
        raise UnsupportedError("selection_unsupported", "the proof builds upon others")
    base = read_base(proof)
    shown = select(document, [*base.mandatory, *reveal])
    if shown is None:
        raise MalformedError("nothing_selected", "nothing to show")
    value = disclosure(
        document, base, reveal=reveal, entropy=entropy, presentation_header=presentation_header
    )
    return {**shown, "proof": {**proof, "proofValue": write_derived(value)}}


def disclosure(
    document: JsonObject,
    base: BaseProof,
    *,
    reveal: Sequence[str],
    entropy: Entropy,
    presentation_header: bytes,
) -> DerivedProof:
    """CreateDisclosureData (section 3.4.3), without the shown document."""
    grouped = grouped_for(document, base, reveal)  # (1) to (6)
    indexes = indexes_of(grouped)  # (7), (8)
    messages = [line.encode() for line in grouped.groups["mandatory"].rest.values()]  # (9)
    try:
        proof = bbs_proof.create(  # (10)
            BbsPublicKey(base.key),
            base.signature,
            header=base.header,
            presentation_header=presentation_header,
            messages=messages,
            disclosed=indexes.selective,
            entropy=entropy,
        )
    except (ProofInvalid, MalformedError) as error:
        raise ProofInvalid("proof_invalid", f"no base proof: {error.code}") from error
    chosen = (grouped.groups[name].quads for name in ("mandatory", "selective"))
    shown = dict.fromkeys(chain.from_iterable(chosen))
    labels = verifier_labels(shown, grouped.labels)  # (13) to (15)
    return DerivedProof(proof, labels, indexes.mandatory, indexes.selective, presentation_header)


def grouped_for(document: JsonObject, base: BaseProof, reveal: Sequence[str]) -> Grouped:
    """All statements, and which of them are mandatory or chosen (steps 1 to 6).

    What is combined follows from the two (``indexes_of``).
    """
    definitions = {"mandatory": base.mandatory, "selective": tuple(reveal)}
    return canonicalize_and_group(document, shuffled_labels(base.hmac_key), definitions)


def indexes_of(grouped: Grouped) -> Indexes:
    """Places that a verifier can count as well (steps 7 and 8).

    A statement that is mandatory and chosen counts as mandatory.
    """
    mandatory, chosen = grouped.groups["mandatory"], grouped.groups["selective"].matching
    combined = tuple(sorted(mandatory.matching.keys() | chosen.keys()))
    return Indexes(
        combined,
        tuple(i for i, place in enumerate(combined) if place in mandatory.matching),
        tuple(i for i, place in enumerate(mandatory.rest) if place in chosen),
    )
