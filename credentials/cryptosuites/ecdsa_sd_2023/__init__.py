"""ecdsa-sd-2023: selective disclosure with P-256 (ECDSA Cryptosuites 1.0, section 3.6).

Every statement that is not mandatory carries a signature of its own, by a key made for this one
proof; the issuer signs that key, the options and the mandatory statements. A holder passes on the
signatures of what he shows. Two presentations of one credential can be linked by those signatures:
bbs-2023 is the suite for whoever minds.
"""

from collections.abc import Sequence
from typing import ClassVar

from credentials.bbs_keys import IssuingSigner, VerificationKey
from credentials.cryptosuites.base import ProofOptions
from credentials.cryptosuites.ecdsa_sd_2023 import proof_value
from credentials.cryptosuites.ecdsa_sd_2023.derive import add_derived_proof
from credentials.cryptosuites.ecdsa_sd_2023.sign import NAME, create_base_proof
from credentials.cryptosuites.ecdsa_sd_2023.verify import verify_base_proof, verify_derived_proof
from credentials.encoding import JsonObject
from credentials.model import Entropy

__all__ = ["ECDSA_SD_2023", "EcdsaSd2023"]


class EcdsaSd2023:
    """The suite as ``SelectiveCryptosuite`` asks; each verb lives in its own module."""

    name: ClassVar[str] = NAME

    def sign(
        self,
        document: JsonObject,
        options: ProofOptions,
        signer: IssuingSigner,
        *,
        mandatory: Sequence[str],
        entropy: Entropy,
    ) -> JsonObject:
        """See ``create_base_proof``."""
        return create_base_proof(document, options, signer, mandatory=mandatory, entropy=entropy)

    def derive(
        self,
        document: JsonObject,
        proof: JsonObject,
        *,
        reveal: Sequence[str],
        entropy: Entropy,  # noqa: ARG002 - nothing in a derived proof is random
    ) -> JsonObject:
        """See ``add_derived_proof``."""
        return add_derived_proof(document, proof, reveal=reveal)

    def is_base(self, proof: JsonObject) -> bool:
        """See ``proof_value.is_base``."""
        return proof_value.is_base(proof)

    def mandatory(self, proof: JsonObject) -> tuple[str, ...]:
        """The JSON pointers of a base proof.

        Raises:
            CredentialError: as ``proof_value.parse_base``.
        """
        return proof_value.parse_base(proof).mandatory_pointers

    def verify_base(self, document: JsonObject, proof: JsonObject, key: VerificationKey) -> None:
        """See ``verify_base_proof``."""
        verify_base_proof(document, proof, key)

    def verify(
        self, document: JsonObject, proof: JsonObject, key: VerificationKey
    ) -> tuple[str, ...]:
        """See ``verify_derived_proof``."""
        return verify_derived_proof(document, proof, key)


ECDSA_SD_2023 = EcdsaSd2023()
"""The suite has no settings, so one is enough."""
