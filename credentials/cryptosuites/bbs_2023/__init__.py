"""bbs-2023 (Data Integrity BBS Cryptosuites 1.0): show a part, and never the same proof twice.

Experimental: a candidate recommendation over a draft. Needs the extra ``bbs``; the curve is loaded
by the first signature, derivation or check. Of the feature options there is the baseline; holder
binding and pseudonyms rest on drafts without vectors that agree, and are refused.

A derived proof cannot be linked to another one of the same credential, but what is shown can:
an identifier of the subject, a status index, an issuer that signs one mandatory list per holder.
"""

from collections.abc import Sequence
from importlib.util import find_spec
from typing import ClassVar

from credentials.bbs_keys import IssuingSigner, PairingAlgorithm, VerificationKey
from credentials.cryptosuites.base import ProofOptions
from credentials.cryptosuites.bbs_2023 import proof_value
from credentials.encoding import JsonObject
from credentials.errors import ProofInvalid, UnsupportedError
from credentials.model import Entropy

_LIBRARY = "py_arkworks_bls12381"


class Bbs2023:
    """The suite with unlinkable derived proofs."""

    name: ClassVar[str] = proof_value.NAME

    def sign(
        self,
        document: JsonObject,
        options: ProofOptions,
        signer: IssuingSigner,
        *,
        mandatory: Sequence[str],
        entropy: Entropy,
    ) -> JsonObject:
        """Create Base Proof (section 3.5.1).

        Args:
            document: without a proof.
            options: what the proof says beside its value.
            signer: of a BBS key.
            mandatory: JSON pointers to what every derived proof shows.
            entropy: for the HMAC key that shuffles the nodes.

        Raises:
            UnsupportedError: ``cryptosuite_not_allowed`` for another kind of key, or without the
                extra; ``selection_unsupported``.
            MalformedError: ``pointer_invalid``, ``pointer_unmatched``, ``too_large``.
        """
        _check_installed()
        if signer.public.algorithm is not PairingAlgorithm.BBS:
            raise UnsupportedError("cryptosuite_not_allowed", "the key is no BBS key")
        from credentials.cryptosuites.bbs_2023 import sign  # noqa: PLC0415 - the curve is an extra

        return sign.base_proof(document, options, signer, mandatory=mandatory, entropy=entropy)

    def derive(
        self,
        document: JsonObject,
        proof: JsonObject,
        *,
        reveal: Sequence[str],
        entropy: Entropy,
        presentation_header: bytes = b"",
    ) -> JsonObject:
        """Add Derived Proof (section 3.5.6).

        Args:
            document: the whole one, without proofs.
            proof: its base proof.
            reveal: JSON pointers to what is shown beside the mandatory part.
            entropy: unpredictable and never the same twice; else the hidden statements leak.
            presentation_header: what this proof is bound to.

        Returns:
            The shown part, with a derived proof inside.

        Raises:
            ProofInvalid: ``proof_invalid``, ``cbor_invalid``: this is no base proof.
            UnsupportedError: ``cryptosuite_not_allowed`` without the extra, or for another suite;
                ``proof_feature_unsupported``.
            MalformedError: ``pointer_invalid``, ``pointer_unmatched``, ``nothing_selected``.
        """
        _check_installed()
        from credentials.cryptosuites.bbs_2023 import derive  # noqa: PLC0415 - as above

        return derive.derived(
            document,
            proof,
            reveal=reveal,
            entropy=entropy,
            presentation_header=presentation_header,
        )

    def is_base(self, proof: JsonObject) -> bool:
        """Whether the proof is a base proof: by its first octets, nothing is checked."""
        return proof_value.is_base(proof)

    def mandatory(self, proof: JsonObject) -> tuple[str, ...]:
        """The JSON pointers of a base proof: what can never be left out.

        Raises:
            ProofInvalid: ``proof_invalid``, ``cbor_invalid``.
            UnsupportedError: ``proof_feature_unsupported``.
        """
        return proof_value.read_base(proof).mandatory

    def verify_base(self, document: JsonObject, proof: JsonObject, key: VerificationKey) -> None:
        """A base proof holds, for its holder: the issuer's signature and every part of it.

        Raises:
            ProofInvalid: ``proof_invalid``, ``cbor_invalid``, ``cryptosuite_not_allowed``.
            UnsupportedError: ``proof_feature_unsupported``, or without the extra.
            CredentialError: the document or the proof cannot be turned into statements.
        """
        _check_installed()
        if key.algorithm is not PairingAlgorithm.BBS:
            raise ProofInvalid("cryptosuite_not_allowed", "the key is no BBS key")
        from credentials.cryptosuites.bbs_2023 import verify  # noqa: PLC0415 - as above

        verify.base(document, proof, key)

    def verify(
        self, document: JsonObject, proof: JsonObject, key: VerificationKey
    ) -> tuple[str, ...]:
        """Verify Derived Proof (section 3.5.7).

        Returns:
            The statements (canonical N-Quads) that the holder could have left out.

        Raises:
            ProofInvalid: ``proof_invalid``, ``cbor_invalid``, ``base_proof_presented``,
                ``cryptosuite_not_allowed`` for another kind of key.
            UnsupportedError: ``proof_feature_unsupported``, or without the extra.
            CredentialError: the document or the proof cannot be turned into statements.
        """
        _check_installed()
        if key.algorithm is not PairingAlgorithm.BBS:
            raise ProofInvalid("cryptosuite_not_allowed", "the key is no BBS key")
        from credentials.cryptosuites.bbs_2023 import verify  # noqa: PLC0415 - as above

        return verify.derived(document, proof, key)


def _check_installed() -> None:
    if find_spec(_LIBRARY) is None:
        raise UnsupportedError("cryptosuite_not_allowed", "bbs-2023 needs the extra bbs")


BBS_2023 = Bbs2023()
"""The suite has no settings, so one is enough."""
