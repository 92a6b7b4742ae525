"""A DID document (DID 1.0): which keys an identifier has, and what each may be used for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from credentials.errors import ProofInvalid
from credentials.keys import PublicKey

PURPOSES = ("assertionMethod", "authentication")
"""The relationships that we use: making credentials, and answering or asking for oneself."""


@dataclass(frozen=True, slots=True)
class DidDocument:
    """The keys of one identifier.

    Attributes:
        id: the DID.
        methods: verification method id (a full DID URL) to key.
        relationships: purpose to the method ids that serve it.
    """

    id: str
    methods: Mapping[str, PublicKey]
    relationships: Mapping[str, frozenset[str]]

    def key(self, key_id: str | None, purpose: str = "assertionMethod") -> PublicKey:
        """The key with that id, if it serves the purpose.

        Args:
            key_id: a full DID URL, or ``#`` and a fragment; None where a proof names no key: then
                exactly one key must serve the purpose.
            purpose: a verification relationship of DID 1.0, section 5.3.

        Raises:
            ProofInvalid: ``method_not_of_issuer``: no such key here, or several without a name;
                ``proof_purpose_mismatch``: the key is here for something else.
        """
        serving = self.relationships.get(purpose, frozenset())
        if key_id is None:
            if len(serving) != 1:
                raise ProofInvalid("method_not_of_issuer", f"{len(serving)} keys, none was named")
            (key_id,) = serving
        full = self.id + key_id if key_id.startswith("#") else key_id
        key = self.methods.get(full)
        if key is None:
            raise ProofInvalid("method_not_of_issuer", f"not a method of {self.id}")
        if full not in serving:
            raise ProofInvalid("proof_purpose_mismatch", f"not for {purpose}")
        return key


def document_of(did: str, keys: Iterable[PublicKey]) -> DidDocument:
    """A document whose keys, named by their ids, serve every purpose that we use."""
    methods = {key.key_id: key for key in keys if key.key_id is not None}
    return DidDocument(did, methods, dict.fromkeys(PURPOSES, frozenset(methods)))
