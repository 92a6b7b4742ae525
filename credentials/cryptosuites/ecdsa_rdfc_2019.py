"""ecdsa-rdfc-2019 (Data Integrity ECDSA Cryptosuites 1.0, section 3.2)."""

from typing import ClassVar

from credentials.cryptosuites.base import (
    ProofOptions,
    check_signature,
    hash_data,
    hash_for_key,
    hash_for_signer,
    new_proof,
    options_of,
    proof_configuration,
    signature_of,
    with_signature,
)
from credentials.encoding import JsonObject
from credentials.keys import Algorithm, PublicKey, Signer

KEYS = frozenset({Algorithm.ES256, Algorithm.ES384})
"""P-256 with SHA-256 and P-384 with SHA-384, also inside the canonicalization."""


class EcdsaRdfc2019:
    """ECDSA over canonical statements; the curve of the key chooses the hash."""

    name: ClassVar[str] = "ecdsa-rdfc-2019"

    def sign(self, document: JsonObject, options: ProofOptions, signer: Signer) -> JsonObject:
        """Create Proof (section 3.2.1).

        Raises:
            UnsupportedError: ``cryptosuite_not_allowed`` for a key that is not in ``KEYS``, or
                what ``statements`` raises.
        """
        algorithm = hash_for_signer(signer, KEYS)
        proof = new_proof(self.name, options)  # (1)
        proof_config = proof_configuration(document, proof, self.name)  # (2)
        data = hash_data(document, proof_config, algorithm)  # (3), (4)
        return with_signature(proof, signer.sign(data))  # (5) to (7)

    def verify(self, document: JsonObject, proof: JsonObject, key: PublicKey) -> None:
        """Verify Proof (section 3.2.2).

        Raises:
            ProofInvalid: ``proof_invalid``, or ``cryptosuite_not_allowed`` for another key type.
            CredentialError: what ``statements`` raises.
        """
        options = options_of(proof)  # (2)
        signature = signature_of(proof)  # (3)
        algorithm = hash_for_key(key, KEYS)
        proof_config = proof_configuration(document, options, self.name)  # (5)
        data = hash_data(document, proof_config, algorithm)  # (4), (6)
        check_signature(key, signature, data, suite=self.name)  # (7)


ECDSA_RDFC_2019 = EcdsaRdfc2019()
"""The suite has no settings, so one is enough."""
