"""Suites over statements: eddsa-rdfc-2022 and ecdsa-rdfc-2019, step for step the same.

The steps carry the numbers of section 3.2 of the EdDSA and of the ECDSA Cryptosuites 1.0, which
are equal; what differs are the keys, and with P-384 the hash.
"""

from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class OverStatements:
    """A signature over the hashes of canonical N-Quads (RDFC-1.0).

    Attributes:
        name: the value of ``cryptosuite``.
        keys: the algorithms it is for; the key chooses the hash.
    """

    name: str
    keys: frozenset[Algorithm]

    def sign(self, document: JsonObject, options: ProofOptions, signer: Signer) -> JsonObject:
        """Create Proof (section 3.2.1).

        Raises:
            UnsupportedError: ``cryptosuite_not_allowed`` for a key that is not in ``keys``, or
                what ``statements`` raises.
        """
        algorithm = hash_for_signer(signer, self.keys)
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
        algorithm = hash_for_key(key, self.keys)
        proof_config = proof_configuration(document, options, self.name)  # (5)
        data = hash_data(document, proof_config, algorithm)  # (4), (6)
        check_signature(key, signature, data, suite=self.name)  # (7)
