"""Suites over plain JSON: eddsa-jcs-2022 and ecdsa-jcs-2019, step for step the same.

The steps carry the numbers of section 3.3 of the EdDSA and of the ECDSA Cryptosuites 1.0, which
are equal; what differs are the keys, and with P-384 the hash.
"""

from dataclasses import dataclass

from credentials.cryptosuites.base import (
    ProofOptions,
    check_options,
    check_signature,
    hash_for_key,
    hash_for_signer,
    json_hash_data,
    new_proof,
    options_of,
    signature_of,
    with_context_of,
    with_signature,
)
from credentials.encoding import JsonObject
from credentials.keys import Algorithm, PublicKey, Signer


@dataclass(frozen=True, slots=True)
class OverJson:
    """A signature over the hashes of canonical JSON (RFC 8785); needs no JSON-LD.

    Attributes:
        name: the value of ``cryptosuite``.
        keys: the algorithms it is for; the key chooses the hash.
    """

    name: str
    keys: frozenset[Algorithm]

    def sign(self, document: JsonObject, options: ProofOptions, signer: Signer) -> JsonObject:
        """Create Proof (section 3.3.1).

        Raises:
            UnsupportedError: ``cryptosuite_not_allowed`` for a key that is not in ``keys``, or
                what ``check_json`` raises.
        """
        algorithm = hash_for_signer(signer, self.keys)
        proof = new_proof(self.name, options)  # (1)
        if "@context" in document:  # (2)
            proof["@context"] = document["@context"]
        check_options(proof, self.name)  # (3)
        data = json_hash_data(document, proof, algorithm)  # (4), (5)
        return with_signature(proof, signer.sign(data))  # (6) to (8)

    def verify(self, document: JsonObject, proof: JsonObject, key: PublicKey) -> None:
        """Verify Proof (section 3.3.2).

        Raises:
            ProofInvalid: ``proof_invalid``, or ``cryptosuite_not_allowed`` for another key type.
            CredentialError: the document or the proof is no JSON within the limits.
        """
        options = options_of(proof)  # (2)
        signature = signature_of(proof)  # (3)
        algorithm = hash_for_key(key, self.keys)
        unsecured = with_context_of(document, options)  # (4)
        check_options(options, self.name)  # (6)
        data = json_hash_data(unsecured, options, algorithm)  # (5), (7)
        check_signature(key, signature, data, suite=self.name)  # (8)
