"""Ed25519Signature2020: what credentials of data model 1.1 carry (its 2020 draft, section 3).

The same steps as eddsa-rdfc-2022; the suite is named by ``type``, and there is no ``cryptosuite``.
"""

from typing import ClassVar

from credentials.cryptosuites.base import (
    ProofOptions,
    check_signature,
    hash_data,
    in_context,
    signature_of,
)
from credentials.encoding import JsonObject
from credentials.errors import ProofInvalid, UnsupportedError
from credentials.keys import Algorithm, PublicKey, Signer
from credentials.multibase import multibase_encode


class Ed25519Signature2020:
    """The legacy suite: we read it, and write it only where an old verifier asks."""

    name: ClassVar[str] = "Ed25519Signature2020"

    def sign(self, document: JsonObject, options: ProofOptions, signer: Signer) -> JsonObject:
        """Make a proof; the document's contexts must hold the suite's own.

        Raises:
            UnsupportedError: ``cryptosuite_not_allowed`` for a key other than Ed25519, or what
                ``statements`` raises.
        """
        if signer.public.algorithm is not Algorithm.EDDSA:
            raise UnsupportedError("cryptosuite_not_allowed", "the key is not Ed25519")
        proof: JsonObject = {"type": self.name, **options.members()}
        data = hash_data(document, in_context(document, proof))
        proof["proofValue"] = multibase_encode(signer.sign(data))
        return proof

    def verify(self, document: JsonObject, proof: JsonObject, key: PublicKey) -> None:
        """Check a proof.

        Raises:
            ProofInvalid: ``proof_invalid``, or ``cryptosuite_not_allowed`` for another key type.
            CredentialError: what ``statements`` raises.
        """
        options = {name: value for name, value in proof.items() if name != "proofValue"}
        signature = signature_of(proof)
        if key.algorithm is not Algorithm.EDDSA:
            raise ProofInvalid("cryptosuite_not_allowed", "the key is not Ed25519")
        data = hash_data(document, in_context(document, options))
        check_signature(key, signature, data, suite=self.name)


ED25519_SIGNATURE_2020 = Ed25519Signature2020()
"""The suite has no settings, so one is enough."""
