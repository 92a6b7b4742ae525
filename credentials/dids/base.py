"""A DID document (DID 1.0): which keys an identifier has, and what each may be used for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from credentials.bbs_keys import (
    BbsPublicKey,
    VerificationKey,
    signing_key,
    verification_key_from_multikey,
)
from credentials.encoding import JsonObject, JsonValue
from credentials.errors import MalformedError, ProofInvalid, UnsupportedError, Untrusted
from credentials.keys import PublicKey, public_key_from_jwk

PURPOSES = ("assertionMethod", "authentication")
"""The relationships that we use: making credentials, and answering or asking for oneself."""

MAX_METHODS = 64
"""Two keys a year for thirty years."""

_CURVES = frozenset(["P-256", "P-384", "Ed25519"])
_JWK_TYPES = frozenset(["JsonWebKey", "JsonWebKey2020"])
_MULTIBASE_TYPES = frozenset(["Multikey", "Ed25519VerificationKey2020"])


@dataclass(frozen=True, slots=True)
class DidDocument:
    """The keys of one identifier.

    Attributes:
        id: the DID.
        methods: verification method id (a full DID URL) to key, of either kind.
        relationships: purpose to the method ids that serve it.
        rotated: methods of this version that the newest one lacks, where the method keeps history.
        elsewhere: methods of other versions only; they were the identifier's at another moment.
    """

    id: str
    methods: Mapping[str, VerificationKey]
    relationships: Mapping[str, frozenset[str]]
    rotated: frozenset[str] = frozenset()
    elsewhere: frozenset[str] = frozenset()

    def key(self, key_id: str | None, purpose: str = "assertionMethod") -> PublicKey:
        """The key with that id, if it serves the purpose and signs messages of any kind.

        Raises:
            ProofInvalid: ``alg_key_mismatch`` for a BBS key; else as ``verification_key``.
            Untrusted: as ``verification_key``.
        """
        return signing_key(self.verification_key(key_id, purpose))

    def verification_key(
        self, key_id: str | None, purpose: str = "assertionMethod"
    ) -> VerificationKey:
        """The key with that id, of whatever kind, if it serves the purpose.

        For a proof that may be of BBS; whoever expects a signature over octets asks ``key``.

        Args:
            key_id: a full DID URL, or ``#`` and a fragment; None where a proof names no key: then
                exactly one key must serve the purpose.
            purpose: a verification relationship of DID 1.0, section 5.3.

        Raises:
            ProofInvalid: ``method_not_of_issuer``: no such key here, or several without a name;
                ``proof_purpose_mismatch``: the key is here for something else.
            Untrusted: ``key_not_valid_at_issuance``: a key of another moment in the history.
        """
        serving = self.relationships.get(purpose, frozenset())
        if key_id is None:
            if len(serving) != 1:
                raise ProofInvalid("method_not_of_issuer", f"{len(serving)} keys, none was named")
            (key_id,) = serving
        full = self.id + key_id if key_id.startswith("#") else key_id
        key = self.methods.get(full)
        if key is None and full in self.elsewhere:
            raise Untrusted("key_not_valid_at_issuance", f"not a method of {self.id} then")
        if key is None:
            raise ProofInvalid("method_not_of_issuer", f"not a method of {self.id}")
        if full not in serving:
            raise ProofInvalid("proof_purpose_mismatch", f"not for {purpose}")
        return key


def document_of(did: str, keys: Iterable[VerificationKey]) -> DidDocument:
    """A document whose keys, named by their ids, serve every purpose that they can."""
    methods = {key.key_id: key for key in keys if key.key_id is not None}
    serving = {
        purpose: frozenset(name for name, key in methods.items() if serves(key, purpose))
        for purpose in PURPOSES
    }
    return DidDocument(did, methods, serving)


def serves(key: VerificationKey, purpose: str) -> bool:
    """Whether a key of its kind can serve the purpose: BBS makes credentials and no answers."""
    return purpose == PURPOSES[0] or not isinstance(key, BbsPublicKey)


def read_members(did: str, document: JsonObject) -> DidDocument:
    """Read a document that was fetched for ``did``.

    Methods of a type or curve that we do not use are left out; a key that is broken refuses the
    whole.

    Raises:
        MalformedError: ``did_document_mismatch`` (another id, or a key that another controls),
            ``did_document_malformed``, ``key_invalid``.
    """
    if document.get("id") != did:
        raise MalformedError("did_document_mismatch", "the document is about another DID")
    methods: dict[str, VerificationKey] = {}
    for method in _list(document, "verificationMethod"):
        _read_method(did, method, methods)
    relationships: dict[str, frozenset[str]] = {}
    for purpose in PURPOSES:
        ids = {
            _read_method(did, entry, methods) if isinstance(entry, dict) else _full_id(did, entry)
            for entry in _list(document, purpose)
        }
        relationships[purpose] = frozenset(ids & methods.keys())
    return DidDocument(did, methods, relationships)


def _read_method(did: str, method: JsonValue, methods: dict[str, VerificationKey]) -> str:
    if not isinstance(method, dict):
        raise MalformedError("did_document_malformed", "a method that is no object")
    identifier = _full_id(did, method.get("id"))
    if method.get("controller") != did:
        raise MalformedError("did_document_mismatch", "a key that another controls")
    try:
        key = _read_key(method)
    except UnsupportedError:
        return identifier
    if key is None:
        return identifier
    if methods.get(identifier, key) != key:
        raise MalformedError("did_document_malformed", "two keys with one id")
    methods[identifier] = key.with_key_id(identifier)
    return identifier


def _read_key(method: JsonObject) -> VerificationKey | None:
    jwk, text = method.get("publicKeyJwk"), method.get("publicKeyMultibase")
    kind = str(method.get("type"))
    if kind in _JWK_TYPES and isinstance(jwk, dict) and text is None:
        return public_key_from_jwk(jwk) if str(jwk.get("crv")) in _CURVES else None
    if kind in _MULTIBASE_TYPES and isinstance(text, str) and jwk is None:
        return verification_key_from_multikey(text)
    return None


def _full_id(did: str, value: JsonValue) -> str:
    if not isinstance(value, str):
        raise MalformedError("did_document_malformed", "a method without an id")
    identifier = did + value if value.startswith("#") else value
    if not identifier.startswith(f"{did}#"):
        raise MalformedError("did_document_mismatch", "a method of another DID")
    return identifier


def _list(document: JsonObject, name: str) -> list[JsonValue]:
    value = document.get(name, [])
    if not isinstance(value, list) or len(value) > MAX_METHODS:
        raise MalformedError("did_document_malformed", f"{name} is no list, or too long")
    return value
