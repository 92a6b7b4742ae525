"""eddsa-jcs-2022 (Data Integrity EdDSA Cryptosuites 1.0, section 3.3)."""

from typing import ClassVar

from credentials.cryptosuites.base import (
    PROOF_TYPE,
    ProofOptions,
    check_options,
    check_signature,
    json_hash_data,
    signature_of,
    with_context_of,
)
from credentials.encoding import JsonObject
from credentials.errors import ProofInvalid, UnsupportedError
from credentials.keys import Algorithm, PublicKey, Signer
from credentials.multibase import multibase_encode


class EddsaJcs2022:
    """Ed25519 over canonical JSON: what did:webvh logs carry; needs no JSON-LD."""

    name: ClassVar[str] = "eddsa-jcs-2022"

    def sign(self, document: JsonObject, options: ProofOptions, signer: Signer) -> JsonObject:
        """Create Proof (section 3.3.1).

        Raises:
            UnsupportedError: ``cryptosuite_not_allowed`` for a key other than Ed25519, or what
                ``check_json`` raises.
        """
        if signer.public.algorithm is not Algorithm.EDDSA:
            raise UnsupportedError("cryptosuite_not_allowed", "the key is not Ed25519")
        proof: JsonObject = {"type": PROOF_TYPE, "cryptosuite": self.name, **options.members()}
        if "@context" in document:  # (2)
            proof["@context"] = document["@context"]
        check_options(proof, self.name)  # (3)
        data = json_hash_data(document, proof, "SHA-256")  # (4), (5)
        proof["proofValue"] = multibase_encode(signer.sign(data))  # (6), (7)
        return proof  # (8)

    def verify(self, document: JsonObject, proof: JsonObject, key: PublicKey) -> None:
        """Verify Proof (section 3.3.2).

        Raises:
            ProofInvalid: ``proof_invalid``, or ``cryptosuite_not_allowed`` for another key type.
            CredentialError: the document or the proof is no JSON within the limits.
        """
        options = {name: value for name, value in proof.items() if name != "proofValue"}  # (2)
        signature = signature_of(proof)  # (3)
        if key.algorithm is not Algorithm.EDDSA:
            raise ProofInvalid("cryptosuite_not_allowed", "the key is not Ed25519")
        unsecured = with_context_of(document, options)  # (4)
        check_options(options, self.name)  # (6)
        data = json_hash_data(unsecured, options, "SHA-256")  # (5), (7)
        check_signature(key, signature, data, suite=self.name)  # (8)


EDDSA_JCS_2022 = EddsaJcs2022()
"""The suite has no settings, so one is enough."""
