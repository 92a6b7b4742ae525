"""From a base proof to a derived one: what a holder keeps, and what he passes on in part."""

import hashlib
from itertools import count

from credentials.claims import Paths
from credentials.cryptosuites import SelectiveCryptosuite, selective_cryptosuite_of
from credentials.cryptosuites.proofs import proofs_of
from credentials.encoding import JsonObject, compact_json
from credentials.formats import selection
from credentials.keys import Signer
from credentials.model import Binding, Entropy


def base_proof(secured: JsonObject) -> tuple[SelectiveCryptosuite, JsonObject] | None:
    """The first base proof of a credential with its suite; None where there is none.

    Raises:
        MalformedError: ``no_proof``, ``too_large``.
    """
    for proof in proofs_of(secured):
        suite = selective_cryptosuite_of(proof)
        if suite is not None and suite.is_base(proof):
            return suite, proof
    return None


def is_derived(secured: JsonObject) -> bool:
    """Whether a proof lets the credential be shown in part, and so it may be.

    Raises:
        MalformedError: ``no_proof``, ``too_large``.
    """
    return base_proof(secured) is None and any(
        selective_cryptosuite_of(proof) is not None for proof in proofs_of(secured)
    )


def disclosable(secured: JsonObject, *, names: Paths) -> Paths:
    """What a holder may leave out, by concrete paths: nothing where there is no base proof.

    Args:
        secured: the credential with its proofs.
        names: as ``selection.NAMES``.

    Raises:
        CredentialError: no proof, or a base proof that cannot be read.
    """
    base = base_proof(secured)
    if base is None:
        return frozenset()
    suite, proof = base
    return selection.disclosable_paths(secured, suite.mandatory(proof), names=names)


def derived(
    secured: JsonObject, holder: Signer, binding: Binding, *, disclose: Paths, names: Paths
) -> JsonObject:
    """What is mandatory and what was chosen, with a derived proof; all where no part can be shown.

    Args:
        secured: the credential with its proofs; those that hold for the whole are left behind.
        holder: his signatures are the source of randomness.
        binding: what this is derived for.
        disclose: paths into the claims.
        names: as ``selection.NAMES``.

    Raises:
        CredentialError: no proof, or a base proof that cannot be read or used.
    """
    base = base_proof(secured)
    if base is None:
        return secured
    suite, proof = base
    document = {name: value for name, value in secured.items() if name != "proof"}
    reveal = selection.revealing_pointers(document, disclose, names=names)
    inputs: JsonObject = {
        "audience": binding.audience,
        "nonce": binding.nonce,
        "proof": proof,
        "reveal": [*reveal],
    }
    return suite.derive(document, proof, reveal=reveal, entropy=entropy_of(holder, inputs))


def entropy_of(holder: Signer, inputs: JsonObject) -> Entropy:
    """Octets that only the holder could know, out of a signature that never leaves this call.

    A derived proof may need randomness (bbs-2023), and a kernel has none of its own. Everything
    that the proof depends on is signed, so that no octet serves two different proofs.
    """
    seed = holder.sign(b"skillspass derived proof\0" + compact_json(inputs))
    numbers = count()

    def draw(octets: int) -> bytes:
        return hashlib.shake_256(seed + next(numbers).to_bytes(4, "big")).digest(octets)

    return draw
