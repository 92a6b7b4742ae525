"""What all cryptosuites share: a proof's options, and its two hashes (VC Data Integrity 1.0)."""

import hashlib
from dataclasses import dataclass
from typing import ClassVar, Protocol

from credentials.encoding import JsonObject, check_json, compact_json, multibase_decode
from credentials.errors import MalformedError, ProofInvalid
from credentials.jsonld.expansion import statements
from credentials.jsonld.rdf_canonical import canonicalize
from credentials.keys import PublicKey, Signer

PROOF_TYPE = "DataIntegrityProof"
"""The type of every proof whose suite is named by ``cryptosuite``."""

MAX_REMEMBERED = 64
"""Hashes of canonical documents that are kept, 32 octets each, the oldest dropped first."""

_REMEMBERED: dict[bytes, bytes] = {}


@dataclass(frozen=True, slots=True)
class ProofOptions:
    """What a proof says beside its signature (section 2.1).

    Attributes:
        verification_method: full DID URL of the key.
        purpose: ``assertionMethod`` or ``authentication``.
        created: dateTimeStamp, such as ``2026-11-23T12:00:00Z``.
        challenge: the nonce of a request.
        domain: who asked.
        expires: dateTimeStamp.
    """

    verification_method: str
    purpose: str
    created: str
    challenge: str | None = None
    domain: str | None = None
    expires: str | None = None

    def members(self) -> JsonObject:
        """The options as members of a proof, unset ones left out."""
        values = {
            "created": self.created,
            "verificationMethod": self.verification_method,
            "proofPurpose": self.purpose,
            "challenge": self.challenge,
            "domain": self.domain,
            "expires": self.expires,
        }
        return {name: value for name, value in values.items() if value is not None}


class Cryptosuite(Protocol):
    """One way to make and check the proof of a document.

    Attributes:
        name: the key in ``CRYPTOSUITES``: the value of ``cryptosuite``, or of ``type`` before it.
    """

    name: ClassVar[str]

    def sign(self, document: JsonObject, options: ProofOptions, signer: Signer) -> JsonObject:
        """The proof of ``document``, which carries none yet.

        Raises:
            UnsupportedError: ``cryptosuite_not_allowed`` when the key is of another algorithm.
        """
        ...

    def verify(self, document: JsonObject, proof: JsonObject, key: PublicKey) -> None:
        """The proof holds for ``document``, which carries at most the proofs it builds upon.

        Raises:
            ProofInvalid: ``proof_invalid``, or ``cryptosuite_not_allowed`` for another key type.
            CredentialError: the document or the proof cannot be turned into statements.
        """
        ...


def canonical_document(document: JsonObject) -> str:
    """Safe expansion and RDFC-1.0 with SHA-256: the canonical N-Quads of a document."""
    return canonicalize(statements(document)).nquads


def in_context(document: JsonObject, options: JsonObject) -> JsonObject:
    """A proof's options as a document of their own, in the context of what they prove.

    Raises:
        MalformedError: ``context_keyword_forbidden`` for a proof with a context of its own.
    """
    if "@context" in options:
        raise MalformedError("context_keyword_forbidden", "@context in a proof")
    return {**options, "@context": document.get("@context")}


def hash_data(document: JsonObject, configuration: JsonObject) -> bytes:
    """SHA-256 of the canonical proof configuration, then that of the document (64 octets).

    The hashes worked out last are remembered: the same options, and the same credential bare and
    inside a presentation, are met again within moments. Only hashes are kept, never a claim.
    """
    return _digest(configuration) + _digest(document)


def _digest(document: JsonObject) -> bytes:
    check_json(document)
    name = hashlib.sha256(compact_json(document)).digest()
    known = _REMEMBERED.get(name)
    if known is None:
        known = hashlib.sha256(canonical_document(document).encode()).digest()
        surplus = max(0, len(_REMEMBERED) - MAX_REMEMBERED + 1)
        for oldest in list(_REMEMBERED)[:surplus]:
            _REMEMBERED.pop(oldest, None)  # another thread may have dropped it
        _REMEMBERED[name] = known
    return known


def signature_of(proof: JsonObject) -> bytes:
    """The octets of ``proofValue``, which is base58btc.

    Raises:
        ProofInvalid: ``proof_invalid`` when it is missing or spelled otherwise.
    """
    value = proof.get("proofValue")
    if not isinstance(value, str) or not value.startswith("z"):
        raise ProofInvalid("proof_invalid", "member proofValue")
    try:
        return multibase_decode(value)
    except MalformedError as error:
        raise ProofInvalid("proof_invalid", "member proofValue") from error
