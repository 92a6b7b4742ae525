"""Ed25519Signature2020: what credentials of data model 1.1 carry (its 2020 draft, section 3).

The same steps as eddsa-rdfc-2022; the suite is named by ``type``, and there is no ``cryptosuite``.
"""

from typing import ClassVar

from credentials.cryptosuites.base import (
    ProofOptions,
    check_signature,
    hash_data,
    hash_for_key,
    hash_for_signer,
    in_context,
    options_of,
    signature_of,
    with_signature,
)
from credentials.encoding import JsonObject
from credentials.keys import Algorithm, PublicKey, Signer

KEYS = frozenset({Algorithm.EDDSA})
"""Ed25519 with SHA-256."""


class Ed25519Signature2020:
    """The legacy suite: we read it, and write it only where an old verifier asks."""

    name: ClassVar[str] = "Ed25519Signature2020"

    def sign(self, document: JsonObject, options: ProofOptions, signer: Signer) -> JsonObject:
        """Make a proof; the document's contexts must hold the suite's own.

        Raises:
            UnsupportedError: ``cryptosuite_not_allowed`` for a key other than Ed25519, or what
                ``statements`` raises.
        """
        algorithm = hash_for_signer(signer, KEYS)
        proof: JsonObject = {"type": self.name, **options.members()}
        data = hash_data(document, in_context(document, proof), algorithm)
        return with_signature(proof, signer.sign(data))

    def verify(self, document: JsonObject, proof: JsonObject, key: PublicKey) -> None:
        """Check a proof.

        Raises:
            ProofInvalid: ``proof_invalid``, or ``cryptosuite_not_allowed`` for another key type.
            CredentialError: what ``statements`` raises.
        """
        options, signature = options_of(proof), signature_of(proof)
        algorithm = hash_for_key(key, KEYS)
        data = hash_data(document, in_context(document, options), algorithm)
        check_signature(key, signature, data, suite=self.name)


ED25519_SIGNATURE_2020 = Ed25519Signature2020()
"""The suite has no settings, so one is enough."""
