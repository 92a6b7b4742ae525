"""ecdsa-rdfc-2019 (Data Integrity ECDSA Cryptosuites 1.0, section 3.2)."""

from typing import ClassVar

from credentials.cryptosuites.base import (
    HASH_OF,
    PROOF_TYPE,
    ProofOptions,
    check_options,
    check_signature,
    hash_data,
    in_context,
    signature_of,
)
from credentials.encoding import JsonObject
from credentials.errors import ProofInvalid, UnsupportedError
from credentials.keys import Algorithm, PublicKey, Signer
from credentials.multibase import multibase_encode

CURVES = frozenset({Algorithm.ES256, Algorithm.ES384})
"""P-256 with SHA-256 and P-384 with SHA-384, also inside the canonicalization."""


class EcdsaRdfc2019:
    """ECDSA over canonical statements; the curve of the key chooses the hash."""

    name: ClassVar[str] = "ecdsa-rdfc-2019"

    def sign(self, document: JsonObject, options: ProofOptions, signer: Signer) -> JsonObject:
        """Create Proof (section 3.2.1).

        Raises:
            UnsupportedError: ``cryptosuite_not_allowed`` for a key of neither curve, or what
                ``statements`` raises.
        """
        if signer.public.algorithm not in CURVES:
            raise UnsupportedError("cryptosuite_not_allowed", "the key is on neither curve")
        proof: JsonObject = {"type": PROOF_TYPE, "cryptosuite": self.name, **options.members()}
        proof_config = proof_configuration(document, proof)  # (2)
        data = hash_data(document, proof_config, HASH_OF[signer.public.algorithm])  # (3), (4)
        proof["proofValue"] = multibase_encode(signer.sign(data))  # (5), (6)
        return proof  # (7)

    def verify(self, document: JsonObject, proof: JsonObject, key: PublicKey) -> None:
        """Verify Proof (section 3.2.2).

        Raises:
            ProofInvalid: ``proof_invalid``, or ``cryptosuite_not_allowed`` for another key type.
            CredentialError: what ``statements`` raises.
        """
        options = {name: value for name, value in proof.items() if name != "proofValue"}  # (2)
        signature = signature_of(proof)  # (3)
        if key.algorithm not in CURVES:
            raise ProofInvalid("cryptosuite_not_allowed", "the key is on neither curve")
        proof_config = proof_configuration(document, options)  # (5)
        data = hash_data(document, proof_config, HASH_OF[key.algorithm])  # (4), (6)
        check_signature(key, signature, data, suite=self.name)  # (7)


def proof_configuration(document: JsonObject, options: JsonObject) -> JsonObject:
    """Proof Configuration (section 3.2.5): a proof's options in the document's context.

    Raises:
        UnsupportedError: ``cryptosuite_not_allowed`` for another type or suite (step 2).
        MalformedError: ``context_keyword_forbidden``: a proof with a context of its own.
    """
    check_options(options, EcdsaRdfc2019.name)  # (2)
    return in_context(document, options)


ECDSA_RDFC_2019 = EcdsaRdfc2019()
"""The suite has no settings, so one is enough."""
