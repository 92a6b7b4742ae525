"""Linked data against its peers: canonical form and eddsa-rdfc-2022.

Peers: pyld with the same cryptography underneath, jsonld.js, and Digital Bazaar's suite. All hold
the same contexts in memory. Each result is checked before anything is timed.
"""

import copy
import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from statistics import median
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pyld import jsonld

from benchmarks.interleave import Contest, alone
from benchmarks.node import NodePeer
from credentials import dids
from credentials.cryptosuites import EDDSA_RDFC_2022, ProofOptions
from credentials.encoding import JsonObject, b64url_decode
from credentials.errors import ProofInvalid
from credentials.formats.base import verify
from credentials.formats.data_integrity import DataIntegrity
from credentials.jsonld.canonical import canonical
from credentials.keys import Algorithm, PublicKey, SoftwareSigner
from credentials.model import KeyReference
from credentials.multibase import multibase_decode, multibase_encode
from schemas import contexts
from tests.differential.badges import badge
from tests.differential.mutations import bases

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
CREATED = "2026-11-23T12:00:00Z"
DID = "did:web:issuer.skillspass.example"
METHOD = f"{DID}#ed25519"
SECRET_PREFIX = bytes([0x80, 0x26])  # multicodec ed25519-priv

DOCUMENTS: dict[str, tuple[JsonObject, float, float | None]] = {
    "an Open Badge, 46 statements": (badge(), 30.0, 12.0),
    "our welding certificate, 66 statements": (bases()[0], 30.0, 12.0),
    "an Open Badge with 600 skills": (badge(600), 20.0, None),
}
"""What is made canonical, with the goals against pyld and jsonld.js."""


def contests() -> Iterator[Contest]:
    """All contests, each checked before it is handed out.

    Raises:
        AssertionError: two sides do not agree, or one accepts what was tampered with.
        NotMeasured: Node is not here.
    """
    signer = SoftwareSigner.generate(Algorithm.EDDSA, METHOD)
    with _node(signer) as node:
        for name, (document, pyld_goal, node_goal) in DOCUMENTS.items():
            work = f"canonical form of {name}"
            ours = partial(canonical, document)
            theirs = partial(_pyld_canonical, document)
            in_node = node.work("canonize", document=document)
            _agree(ours().nquads == theirs() == in_node.call(), f"canonical forms differ: {name}")
            yield Contest(work, "pyld", ours, theirs, pyld_goal)
            yield Contest(work, "jsonld.js", ours, in_node.call, node_goal, in_node.time)
        yield from _eddsa(signer, node)


def profile() -> dict[str, float]:
    """Where one verification goes: medians in microseconds, with all checks and without peers."""
    signer = SoftwareSigner.generate(Algorithm.EDDSA, METHOD)
    document, message = badge(), bytes(64)
    signed, known = _issue(signer, document), dids.base.document_of(DID, [signer.public])
    proof = signed["proof"]
    options = dict(proof) if isinstance(proof, dict) else {}
    options.pop("proofValue")
    configuration: JsonObject = {"@context": document["@context"], **options}
    parts: dict[str, Callable[[], object]] = {
        "eddsa-rdfc-2022 verify, all checks": partial(_verify, known, signed),
        "canonical form of the document": partial(canonical, document),
        "canonical form of the proof configuration": partial(canonical, configuration),
        "the bare Ed25519 check": partial(signer.public.verify, signer.sign(message), message),
    }
    return {name: round(median(alone(work)), 1) for name, work in parts.items()}


def _eddsa(signer: SoftwareSigner, node: NodePeer) -> Iterator[Contest]:
    document = badge()
    pipeline = Pipeline(signer)
    issue, in_pyld = partial(_issue, signer, document), partial(pipeline.issue, document)
    in_node = node.work("issue", document=document, date=CREATED)
    signed = issue()
    for made in (in_pyld(), in_node.call()):
        _agree(made["proof"] == signed["proof"], "another proof of the same document")
    yield Contest("eddsa-rdfc-2022 issue", "pyld pipeline", issue, in_pyld, 20.0)
    yield Contest(
        "eddsa-rdfc-2022 issue", "Digital Bazaar", issue, in_node.call, 12.0, in_node.time
    )
    check = partial(_verify, dids.base.document_of(DID, [signer.public]))
    in_node = node.work("verify", document=signed, now=AT.isoformat())
    bent = copy.deepcopy(signed) | {"name": "Certificaat meesterverspaner"}
    _agree(in_node.call() == "verified", "the peer refuses our proof")
    _agree(
        node.work("verify", document=bent, now=AT.isoformat()).call() != "verified",
        "the peer accepts a tampered document",
    )
    for accepts in (check, pipeline.verify):
        accepts(signed)
        _refuses(partial(accepts, bent))
    yield Contest(
        "eddsa-rdfc-2022 verify",
        "pyld pipeline",
        partial(check, signed),
        partial(pipeline.verify, signed),
        15.0,
    )
    yield Contest(
        "eddsa-rdfc-2022 verify",
        "Digital Bazaar",
        partial(check, signed),
        in_node.call,
        10.0,
        in_node.time,
    )
    message = bytes(64)
    raw = partial(signer.public.verify, signer.sign(message), message)
    yield Contest(
        "eddsa-rdfc-2022 verify", "one bare Ed25519 check", partial(check, signed), raw, 0.8
    )


def _issue(signer: SoftwareSigner, document: JsonObject) -> JsonObject:
    options = ProofOptions(verification_method=METHOD, purpose="assertionMethod", created=CREATED)
    return {**document, "proof": EDDSA_RDFC_2022.sign(document, options, signer)}


def _verify(known: dids.base.DidDocument, signed: JsonObject) -> None:
    """With every check of the format; the DID document is at hand, as the peer's is."""

    def key_of(reference: KeyReference) -> PublicKey:
        return known.key(reference.key_id)

    verify(DataIntegrity(EDDSA_RDFC_2022), signed, key_of, at=AT)


@dataclass(frozen=True, slots=True)
class Pipeline:
    """eddsa-rdfc-2022 as one would write it over pyld, and no check beyond the signature."""

    signer: SoftwareSigner

    def issue(self, document: JsonObject) -> JsonObject:
        """Sign a document."""
        proof: JsonObject = {
            "type": "DataIntegrityProof",
            "cryptosuite": "eddsa-rdfc-2022",
            "created": CREATED,
            "verificationMethod": METHOD,
            "proofPurpose": "assertionMethod",
        }
        signature = self._key().sign(self._data(document, proof))
        return {**document, "proof": {**proof, "proofValue": multibase_encode(signature)}}

    def verify(self, signed: JsonObject) -> None:
        """Check the signature.

        Raises:
            InvalidSignature: it does not hold.
        """
        document, proof = dict(signed), signed["proof"]
        del document["proof"]
        options = dict(proof) if isinstance(proof, dict) else {}
        signature = multibase_decode(str(options.pop("proofValue")))
        self._key().public_key().verify(signature, self._data(document, options))

    def _key(self) -> Ed25519PrivateKey:
        key = self.signer._key  # noqa: SLF001 - the pipeline has its key at hand too
        if not isinstance(key, Ed25519PrivateKey):
            raise TypeError(key)
        return key

    def _data(self, document: JsonObject, options: JsonObject) -> bytes:
        configuration: JsonObject = {"@context": document["@context"], **options}
        return b"".join(
            hashlib.sha256(_pyld_canonical(part).encode()).digest()
            for part in (configuration, document)
        )


def _pyld_canonical(document: JsonObject) -> str:
    options = {
        "algorithm": "URDNA2015",
        "format": "application/n-quads",
        "documentLoader": _loaded,
    }
    return str(jsonld.normalize(document, options))


def _loaded(url: str, _options: object) -> dict[str, object]:
    return {
        "contextUrl": None,
        "documentUrl": url,
        "document": contexts.load(url),
        "contentType": "application/ld+json",
    }


@contextmanager
def _node(signer: SoftwareSigner) -> Iterator[NodePeer]:
    """The JavaScript peer, which holds our contexts, our key and our DID document."""
    seed = b64url_decode(str(signer.private_jwk()["d"]))
    public = {"id": METHOD, "controller": DID, "publicKeyMultibase": signer.public.multikey()}
    key: dict[str, Any] = {  # Any: JSON
        **public,
        "@context": "https://w3id.org/security/multikey/v1",
        "type": "Multikey",
        "secretKeyMultibase": multibase_encode(SECRET_PREFIX + seed),
    }
    known: dict[str, object] = {url: contexts.load(url) for url in contexts.manifest()}
    known[METHOD] = {name: value for name, value in key.items() if not name.startswith("secret")}
    known[DID] = {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
        "id": DID,
        "assertionMethod": [METHOD],
    }
    with NodePeer("linked_data.mjs") as node:
        node.ask(do="prepare", known=known, key=key)
        yield node


def _refuses(work: Callable[[], object]) -> None:
    try:
        work()
    except (ProofInvalid, InvalidSignature):
        return
    raise AssertionError("a tampered document is accepted")


def _agree(holds: bool, otherwise: str) -> None:  # noqa: FBT001 - a condition
    if not holds:
        raise AssertionError(otherwise)
