"""H041 to H060 as cases with their guards: credentials and presentations with embedded proofs."""

import base64
import hashlib
import json
from collections.abc import Callable
from types import MappingProxyType

import cbor2

from credentials import cbor, data_model, encoding
from credentials.cryptosuites import ECDSA_RDFC_2019, EDDSA_JCS_2022, ProofOptions, proofs
from credentials.cryptosuites import base as suites
from credentials.cryptosuites.proofs import KeyOf
from credentials.dids import base as did_documents
from credentials.encoding import JsonObject, JsonValue
from credentials.errors import RejectedError
from credentials.formats import data_integrity, selection
from credentials.formats.base import verify
from credentials.jsonld import expansion, rdf_canonical
from credentials.model import Binding
from credentials.multibase import multibase_decode, multibase_encode
from schemas import contexts
from service import pages
from tests.formats.di_samples import (
    AT,
    BINDING,
    FORMAT,
    ISSUER,
    METHOD,
    STRANGER,
    changed,
    issue,
    issuer_key,
    present,
    resign,
)
from tests.hostile import test_selective_disclosure as partial
from tests.hostile.guards import Case, Named, Refusals

OPTIONS = ProofOptions(METHOD, "assertionMethod", "2026-11-23T12:00:00Z")
EVIL = "https://evil.example/ctx"
CHECK_PROOF = proofs._check_proof
ELSEWHERE: JsonObject = {"@context": {"evil": "https://evil.example/#"}}


def read(document: JsonObject) -> Callable[[], object]:
    """Check a credential under the issuer's key, whatever method it names."""
    return lambda: FORMAT.check_proof(FORMAT.parse(document), ISSUER.public, at=AT)


def made(change: Callable[[JsonObject], JsonObject]) -> Callable[[], object]:
    """The issuer himself signs what is wrong, and it is read."""

    def attempt() -> None:
        read(resign(change(issue())))()

    return attempt


def subject(**members: JsonValue) -> Callable[[], object]:
    """A subject with other members, signed by the issuer."""
    return made(lambda held: {**held, "credentialSubject": {**members}})


def plainly(**members: JsonValue) -> Callable[[], object]:
    """The same over plain JSON, so that no statement is made of it."""

    def attempt() -> None:
        document = {name: value for name, value in issue().items() if name != "proof"}
        document["credentialSubject"] = {**members}
        proof = EDDSA_JCS_2022.sign(document, OPTIONS, ISSUER)
        EDDSA_JCS_2022.verify(document, proof, ISSUER.public)

    return attempt


def with_context(extra: JsonValue) -> JsonObject:
    """One more entry behind the contexts of a signed credential."""
    held = issue()
    value = held["@context"]
    assert isinstance(value, list)
    return {**held, "@context": [*value, extra]}


def lent(url: str) -> JsonObject:
    """Whatever the address of the attacker answers."""
    return ELSEWHERE if url == EVIL else contexts._kept(url)


def clique(size: int) -> Callable[[], object]:
    """Nodes without names that are all alike."""
    nodes: list[JsonValue] = [
        {"id": f"_:n{i}", "skills": [{"id": f"_:n{j}"} for j in range(size) if j != i]}
        for i in range(size)
    ]
    return subject(skills=nodes)


def nested(levels: int) -> JsonObject:
    """Objects in one another."""
    value: JsonObject = {"a": 1}
    for _ in range(levels):
        value = {"a": value}
    return value


def altered_context() -> object:
    """A copy of a context with one other octet."""
    return contexts.read(
        data_model.V2_CONTEXT, lambda path: path.read_bytes().replace(b"schema.org", b"schema.orf")
    )


def related(held: JsonObject) -> JsonObject:
    """A related resource with a digest of something else."""
    wrong = "sha384-" + base64.b64encode(hashlib.sha384(b"").digest()).decode()
    return {**held, "relatedResource": {"id": data_model.V2_CONTEXT, "digestSRI": wrong}}


def foreign() -> object:
    """A good proof by a key that is not the issuer's."""
    method = "did:web:attacker.example#key"
    return verify(FORMAT, resign(issue(), STRANGER, verification_method=method), issuer_key, at=AT)


def foreign_suite() -> None:
    """A suite of one kind of key, used with another."""
    document = {name: value for name, value in issue().items() if name != "proof"}
    proof = ECDSA_RDFC_2019.sign(document, OPTIONS, ISSUER)
    ECDSA_RDFC_2019.verify(document, proof, ISSUER.public)


def two_proofs() -> JsonObject:
    """A good proof, then one that is not."""
    held = issue()
    good = held["proof"]
    assert isinstance(good, dict)
    value = str(good["proofValue"])
    false: JsonObject = {**good, "proofValue": value[:-1] + ("2" if value[-1] != "2" else "3")}
    return {**held, "proof": [good, false]}


def first_alone(document: JsonObject) -> list[JsonObject]:
    """What a careless reader takes for all proofs of a document."""
    value = document["proof"]
    assert isinstance(value, list)
    assert isinstance(value[0], dict)
    return [value[0]]


def unproved() -> object:
    """A credential that nobody signed."""
    bare = {name: value for name, value in issue().items() if name != "proof"}
    return proofs.check_proofs(bare, lambda _: ISSUER.public, purpose="assertionMethod", at=AT)


def other_request() -> None:
    """A presentation for another request."""
    wire = present(issue(), binding=Binding(BINDING.audience, "nonce-2"))
    FORMAT.check_binding(FORMAT.parse(wire), expected=BINDING, at=AT)


def hidden(member: str) -> Callable[[], object]:
    """A derived proof that leaves out what a verdict needs."""
    lenient = partial.base_with(*(name for name in partial.NEEDED if name != member))
    wire = partial.shown(partial.derived(lenient, "/credentialSubject"))
    return lambda: partial.SAMPLE.accepted(wire)


def base_proof() -> object:
    """What the holder alone should have, sent to a verifier."""
    return proofs.check_proofs(
        partial.UNSECURED | {"proof": partial.base_with(*partial.NEEDED)["proof"]},
        lambda _: partial.SAMPLE.issuer.public,
        purpose="assertionMethod",
        at=AT,
    )


def as_for_the_holder(signed: JsonObject, proof: JsonObject, key_of: KeyOf, **_: bool) -> object:
    """A reader who does not ask whether the holder himself reads."""
    return CHECK_PROOF(signed, proof, key_of, held=True)


def endless_cbor() -> object:
    """A proof value whose list says no length."""
    good = partial.derived(partial.base_with(*partial.NEEDED), "/credentialSubject")
    proof = good["proof"]
    assert isinstance(proof, dict)
    octets = multibase_decode(str(proof["proofValue"]))
    value = multibase_encode(octets[:3] + partial.endless(octets[3:]), "u")
    return partial.SAMPLE.verified({**good, "proof": {**proof, "proofValue": value}})


def as_markup() -> None:
    """Get a name that is markup onto a page as such."""
    environment = pages.Pages().environment
    page = environment.from_string("<p>{{ name }}</p>").render(name="<img src=x onerror=1>")
    if "<img" not in page:
        raise RejectedError("unsafe_content")


CONTEXTS = (
    Named(data_integrity, "check_contexts", lambda _: None),
    Named(expansion, "check_contexts", lambda _: None),
)

DOCUMENTS: MappingProxyType[str, Case] = MappingProxyType(
    {
        "H041": Case(
            read(changed(issue(), "foobar", value="evil")),
            "term_undefined",
            (Refusals(expansion, "term_undefined"),),
        ),
        "H042": Case(
            read(with_context({"foobar": "https://evil.example/#x"})), "context_inline", CONTEXTS
        ),
        "H043": Case(read(with_context(EVIL)), "context_unknown", (Named(contexts, "load", lent),)),
        "H044 a copy": Case(
            altered_context,
            "context_digest_mismatch",
            (Refusals(contexts, "context_digest_mismatch"),),
        ),
        "H044 a related resource": Case(
            made(related),
            "context_digest_mismatch",
            (Refusals(data_model, "context_digest_mismatch"),),
        ),
        "H045 in a context": Case(
            read(with_context({"@propagate": True})), "context_keyword_forbidden", CONTEXTS
        ),
        "H045 in the subject": Case(
            read(changed(issue(), "credentialSubject", "@nest", value={})),
            "context_keyword_forbidden",
            (Refusals(expansion, "context_keyword_forbidden"),),
        ),
        "H046": Case(clique(6), "too_complex", (Refusals(rdf_canonical, "too_complex"),)),
        "H047": Case(plainly(a=nested(40)), "too_deep", (Refusals(encoding, "too_deep"),)),
        "H048": Case(
            plainly(skills=[{"skill": "x"} for _ in range(5_001)]),
            "too_large",
            (Refusals(encoding, "too_large"),),
        ),
        "H049": Case(
            foreign,
            "method_not_of_issuer",
            (Named(did_documents.DidDocument, "verification_key", lambda *_: STRANGER.public),),
        ),
        "H050": Case(
            read(resign(issue(), purpose="authentication")),
            "proof_purpose_mismatch",
            (Refusals(proofs, "proof_purpose_mismatch"),),
        ),
        "H051": Case(
            read(resign(issue(), expires="2026-11-22T12:00:00Z")),
            "proof_date_invalid",
            (Refusals(proofs, "proof_date_invalid"),),
        ),
        "H052": Case(
            foreign_suite, "cryptosuite_not_allowed", (Refusals(suites, "cryptosuite_not_allowed"),)
        ),
        "H053": Case(
            read(two_proofs()), "proof_invalid", (Named(proofs, "proofs_of", first_alone),)
        ),
        "H054": Case(unproved, "no_proof", (Refusals(proofs, "no_proof"),)),
        "H055": Case(other_request, "nonce_invalid", (Refusals(data_integrity, "nonce_invalid"),)),
        "H056": Case(
            hidden("validUntil"),
            "mandatory_hidden",
            (Named(selection, "check_nothing_hidden", lambda _: None),),
        ),
        "H057": Case(
            base_proof,
            "base_proof_presented",
            (Named(proofs, "_check_proof", as_for_the_holder),),
        ),
        "H058": Case(endless_cbor, "cbor_invalid", (Named(cbor, "decode", cbor2.loads),)),
        "H059 a null": Case(
            read(changed(issue(), "credentialSubject", "given_name", value=["Jan", None])),
            "canonical_value",
            (Refusals(expansion, "canonical_value"),),
        ),
        "H059 a number": Case(
            lambda: FORMAT.parse(json.dumps(issue()).replace("2500", "1e400")),
            "json_malformed",
            (Refusals(encoding, "NumberRefusedError"),),
        ),
        "H060": Case(
            as_markup, "unsafe_content", (Named(pages, "select_autoescape", lambda **_: False),)
        ),
    }
)
"""By id; where one id has several faces, with words behind it."""
