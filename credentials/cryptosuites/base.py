"""What all cryptosuites share: a proof's options, and its two hashes (VC Data Integrity 1.0)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar, Protocol, runtime_checkable

from credentials.bbs_keys import IssuingSigner, VerificationKey
from credentials.encoding import JsonObject, JsonValue, canonical_json, check_json
from credentials.errors import MalformedError, ProofInvalid, UnsupportedError
from credentials.jsonld.canonical import canonical
from credentials.jsonld.rdf_canonical import HASHES
from credentials.keys import Algorithm, PublicKey, Signer
from credentials.model import Entropy
from credentials.multibase import multibase_decode, multibase_encode

PROOF_TYPE = "DataIntegrityProof"
"""The type of every proof whose suite is named by ``cryptosuite``."""

HASH_OF: Mapping[Algorithm, str] = MappingProxyType(
    {Algorithm.EDDSA: "SHA-256", Algorithm.ES256: "SHA-256", Algorithm.ES384: "SHA-384"}
)
"""The hash that goes with a key, all through: canonicalization, both hashes, the signature."""


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
        proof_id: a name for other proofs to build upon, as an absolute URL.
        previous_proof: the names of the proofs that this one builds upon (section 2.1.2).
    """

    verification_method: str
    purpose: str
    created: str
    challenge: str | None = None
    domain: str | None = None
    expires: str | None = None
    proof_id: str | None = None
    previous_proof: str | tuple[str, ...] | None = None

    def members(self) -> JsonObject:
        """The options as members of a proof, unset ones left out."""
        previous = self.previous_proof
        values: dict[str, JsonValue] = {
            "id": self.proof_id,
            "created": self.created,
            "verificationMethod": self.verification_method,
            "proofPurpose": self.purpose,
            "challenge": self.challenge,
            "domain": self.domain,
            "expires": self.expires,
            "previousProof": [*previous] if isinstance(previous, tuple) else previous,
        }
        return {name: value for name, value in values.items() if value is not None}


class Cryptosuite(Protocol):
    """One way to make and check the proof of a document."""

    @property
    def name(self) -> str:
        """The key in ``CRYPTOSUITES``: the value of ``cryptosuite``, or of ``type`` before it."""
        ...

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


@runtime_checkable
class SelectiveCryptosuite(Protocol):
    """A suite whose holder shows a part: a base proof for him, derived proofs for others.

    Attributes:
        name: the value of ``cryptosuite``.
    """

    name: ClassVar[str]

    def sign(
        self,
        document: JsonObject,
        options: ProofOptions,
        signer: IssuingSigner,
        *,
        mandatory: Sequence[str],
        entropy: Entropy,
    ) -> JsonObject:
        """The base proof of ``document``, which carries none yet.

        Args:
            document: the whole credential.
            options: of the base proof, and so of every derived one.
            signer: the issuer's key.
            mandatory: JSON pointers to what every derived proof shows.
            entropy: for keys that live as long as the proof.

        Raises:
            UnsupportedError: ``cryptosuite_not_allowed`` when the key is of another algorithm,
                ``selection_unsupported``.
            MalformedError: ``pointer_invalid``, ``pointer_unmatched``.
        """
        ...

    def derive(
        self, document: JsonObject, proof: JsonObject, *, reveal: Sequence[str], entropy: Entropy
    ) -> JsonObject:
        """What is mandatory and what ``reveal`` points to, with a derived proof inside.

        Args:
            document: the whole one, without proofs.
            proof: its base proof.
            reveal: JSON pointers to what is shown beside the mandatory parts.
            entropy: for suites whose derived proofs are random.

        Raises:
            ProofInvalid: ``proof_invalid``, ``cbor_invalid``: this is no base proof.
            MalformedError: ``pointer_invalid``, ``pointer_unmatched``, ``nothing_selected``.
        """
        ...

    def is_base(self, proof: JsonObject) -> bool:
        """Whether the proof is a base proof: by its first octets, nothing is checked."""
        ...

    def mandatory(self, proof: JsonObject) -> tuple[str, ...]:
        """The JSON pointers of a base proof: what can never be left out.

        Raises:
            ProofInvalid: ``proof_invalid``, ``cbor_invalid``.
        """
        ...

    def verify_base(self, document: JsonObject, proof: JsonObject, key: VerificationKey) -> None:
        """A base proof holds, for its holder: the issuer's signature and every part of it.

        Raises:
            ProofInvalid: ``proof_invalid``, ``cbor_invalid``, ``cryptosuite_not_allowed``.
            CredentialError: the document or the proof cannot be turned into statements.
        """
        ...

    def verify(
        self, document: JsonObject, proof: JsonObject, key: VerificationKey
    ) -> tuple[str, ...]:
        """A derived proof holds for what ``document`` shows.

        Returns:
            The statements (canonical N-Quads) that the holder could have left out.

        Raises:
            ProofInvalid: ``proof_invalid``, ``cbor_invalid``, ``base_proof_presented``,
                ``cryptosuite_not_allowed`` for another key type.
            CredentialError: the document or the proof cannot be turned into statements.
        """
        ...


def canonical_document(document: JsonObject, algorithm: str = "SHA-256") -> str:
    """Safe expansion and RDFC-1.0: the canonical N-Quads of a document.

    Args:
        document: with its ``@context``.
        algorithm: the hash inside RDFC-1.0, ``SHA-256`` or ``SHA-384``.
    """
    return canonical(document, algorithm=algorithm).nquads


def check_options(options: JsonObject, name: str) -> None:
    """The options are those of the suite ``name`` (steps 1 and 2 of every Proof Configuration).

    Raises:
        UnsupportedError: ``cryptosuite_not_allowed`` for another type or suite.
    """
    if (options.get("type"), options.get("cryptosuite")) != (PROOF_TYPE, name):
        raise UnsupportedError("cryptosuite_not_allowed", f"expected {name}")


def hash_for_signer(signer: Signer, keys: frozenset[Algorithm]) -> str:
    """The name of the hash that goes with a signer's key.

    Args:
        signer: who makes a proof.
        keys: the algorithms that the suite is for.

    Raises:
        UnsupportedError: ``cryptosuite_not_allowed`` for a key of another algorithm.
    """
    if signer.public.algorithm not in keys:
        raise UnsupportedError("cryptosuite_not_allowed", f"a key for {signer.public.algorithm}")
    return HASH_OF[signer.public.algorithm]


def hash_for_key(key: PublicKey, keys: frozenset[Algorithm]) -> str:
    """The same for a key that checks a proof.

    Raises:
        ProofInvalid: ``cryptosuite_not_allowed`` for a key of another algorithm.
    """
    if key.algorithm not in keys:
        raise ProofInvalid("cryptosuite_not_allowed", f"a key for {key.algorithm}")
    return HASH_OF[key.algorithm]


def new_proof(name: str, options: ProofOptions) -> JsonObject:
    """A proof of the suite ``name`` that says everything but its value."""
    return {"type": PROOF_TYPE, "cryptosuite": name, **options.members()}


def options_of(proof: JsonObject) -> JsonObject:
    """A proof without its value: the options that it was made with."""
    return {name: value for name, value in proof.items() if name != "proofValue"}


def with_signature(proof: JsonObject, signature: bytes) -> JsonObject:
    """The proof with a signature as its value, in base58btc."""
    return {**proof, "proofValue": multibase_encode(signature)}


def proof_configuration(document: JsonObject, options: JsonObject, name: str) -> JsonObject:
    """Proof Configuration of the suites over statements: options in the document's context.

    Raises:
        UnsupportedError: ``cryptosuite_not_allowed`` for another type or suite (step 2).
        MalformedError: ``context_keyword_forbidden``: a proof with a context of its own.
    """
    check_options(options, name)  # (2)
    return in_context(document, options)


def in_context(document: JsonObject, options: JsonObject) -> JsonObject:
    """A proof's options as a document of their own, in the context of what they prove.

    Raises:
        MalformedError: ``context_keyword_forbidden`` for a proof with a context of its own.
    """
    if "@context" in options:
        raise MalformedError("context_keyword_forbidden", "@context in a proof")
    return {**options, "@context": document.get("@context")}


def hash_data(document: JsonObject, configuration: JsonObject, algorithm: str = "SHA-256") -> bytes:
    """The hash of the canonical proof configuration, then that of the document.

    Args:
        document: without the proof.
        configuration: the proof's options in the document's context.
        algorithm: ``SHA-256`` or ``SHA-384``, in RDFC-1.0 as well.

    Returns:
        64 octets, or 96 with SHA-384.
    """
    return document_hash(configuration, algorithm) + document_hash(document, algorithm)


def document_hash(document: JsonObject, algorithm: str = "SHA-256") -> bytes:
    """The hash of a document's canonical N-Quads: 32 octets, or 48 with SHA-384."""
    return HASHES[algorithm](canonical_document(document, algorithm).encode()).digest()


def json_hash_data(document: JsonObject, options: JsonObject, algorithm: str) -> bytes:
    """The hash of the proof configuration in canonical JSON (RFC 8785), then that of the document.

    Returns:
        64 octets, or 96 with SHA-384.
    """
    check_json(document)
    check_json(options)
    return b"".join(
        HASHES[algorithm](canonical_json(value)).digest() for value in (options, document)
    )


def with_context_of(document: JsonObject, options: JsonObject) -> JsonObject:
    """The document in the context that a JCS proof names, if it names one (3.3.2, step 4).

    Contexts added behind it, for another proof say, are no part of what was signed.

    Raises:
        ProofInvalid: ``proof_invalid`` when the document's contexts do not start with the proof's.
    """
    if "@context" not in options:
        return document
    own, signed = (
        value if isinstance(value, list) else [value]
        for value in (document.get("@context"), options["@context"])
    )
    if own[: len(signed)] != signed:
        raise ProofInvalid("proof_invalid", "the proof was made in another context")
    return {**document, "@context": options["@context"]}


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


def check_signature(key: PublicKey, signature: bytes, data: bytes, *, suite: str) -> None:
    """The signature over the hash data holds.

    Raises:
        ProofInvalid: ``proof_invalid``.
    """
    try:
        key.verify(signature, data)
    except ProofInvalid as error:
        raise ProofInvalid("proof_invalid", suite) from error
