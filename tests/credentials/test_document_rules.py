"""Conforming documents: what the official inputs leave open, and the product's own strictness."""

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials import envelopes
from credentials.context_terms import MAX_CONTEXTS, check_members, terms_of
from credentials.document_rules import (
    MAX_EMBEDDED,
    check_credential,
    check_presentation,
    check_self_asserted,
    with_issuer,
)
from credentials.encoding import JsonObject, JsonValue
from credentials.errors import CredentialError

V1 = "https://www.w3.org/2018/credentials/v1"
V2 = "https://www.w3.org/ns/credentials/v2"
EXAMPLES = "https://www.w3.org/ns/credentials/examples/v2"
CREDENTIAL: JsonObject = {
    "@context": [V2],
    "type": ["VerifiableCredential"],
    "issuer": "did:web:school.example",
    "credentialSubject": {"name": "Sam"},
}
PRESENTATION: JsonObject = {
    "@context": [V2],
    "type": "VerifiablePresentation",
    "holder": "did:web:sam.example",
}


def with_member(document: JsonObject, name: str, value: JsonValue) -> JsonObject:
    return {**copy.deepcopy(document), name: value}


def code_of(document: JsonObject, *, inline: bool = False) -> str | None:
    kind = check_presentation if "VerifiablePresentation" in str(document) else check_credential
    try:
        kind(document, inline=inline)
    except CredentialError as error:
        return error.code
    return None


def test_a_credential_of_version_1_1_follows_its_own_members() -> None:
    old: JsonObject = {**CREDENTIAL, "@context": [V1], "issuanceDate": "2026-11-23T12:00:00Z"}
    assert code_of(old) is None
    assert code_of({**old, "expirationDate": "2025-11-23T12:00:00Z"}) == "date_invalid"
    del old["issuanceDate"]
    assert code_of(old) == "date_invalid"


@pytest.mark.parametrize(
    "context", [{}, {"@vocab": "https://x.example/#"}, {"x": "https://x.example/#x"}]
)
def test_a_context_in_the_document_is_refused_where_nobody_asks_for_it(context: JsonValue) -> None:
    document = with_member(CREDENTIAL, "@context", [V2, context])
    assert code_of(document) == "context_inline"
    assert code_of(document, inline=True) is None


@pytest.mark.parametrize(
    ("context", "code"),
    [
        ({"@import": V2}, "context_keyword_forbidden"),
        ({"@base": "https://x.example/"}, "context_keyword_forbidden"),
        ({"@vocab": "no address"}, "iri_malformed"),
        ({"x": 7}, "iri_malformed"),
        ({"x": {"@id": "no address"}}, "iri_malformed"),
        ({"issuer": {"@id": "https://x.example/#issuer"}}, None),  # scoped to the type: no clash
        ({"type": "https://x.example/#type"}, "context_redefines"),
        ({"type": "@type"}, None),
        ("https://x.example/context", "context_unknown"),
        (7, "context_malformed"),
        (None, "context_malformed"),
    ],
)
def test_a_context_that_is_wrong_is_refused(context: JsonValue, code: str | None) -> None:
    document = with_member(CREDENTIAL, "@context", [V2, context])
    assert code_of(document, inline=True) == code


def test_too_many_contexts_are_refused() -> None:
    terms_of([V2] * MAX_CONTEXTS)
    assert code_of(with_member(CREDENTIAL, "@context", [V2] * (MAX_CONTEXTS + 1))) == (
        "context_missing"
    )


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("evidence", "text", "object_invalid"),
        ("evidence", [{"type": "DocumentVerification"}], "term_undefined"),
        ("evidence", [{"type": "https://x.example/#Seen", "id": "here"}], "id_invalid"),
        ("evidence", [{"type": "https://x.example/#Seen"}], None),
        ("confidenceMethod", {"id": "urn:x"}, None),
        ("refreshService", {}, "type_missing"),
        ("proof", {"type": "DataIntegrityProof"}, None),
        ("proof", [{}], "type_missing"),
        ("name", 7, "text_invalid"),
        ("name", {"@value": "x", "@direction": "up"}, "text_invalid"),
        ("name", {"@value": "x", "@direction": "rtl"}, None),
        ("issuer", {"id": "did:web:x.example", "name": {"url": "x"}}, "text_invalid"),
        ("validUntil", "2026-11-23T12:00:00", "date_invalid"),
        ("credentialSubject", [], "subject_invalid"),
        ("credentialSubject", "text", "subject_invalid"),
        ("type", "DataIntegrityProof", "type_missing"),
    ],
)
def test_every_member_follows_its_rule(name: str, value: JsonValue, code: str | None) -> None:
    assert code_of(with_member(CREDENTIAL, name, value)) == code


def test_a_member_that_only_a_vocabulary_gives_meaning_can_be_told_apart() -> None:
    document = with_member(CREDENTIAL, "@context", [V2, EXAMPLES])
    terms = check_credential(document)
    check_members(document, terms)
    with pytest.raises(CredentialError) as refused:
        check_members({**document, "badExtension": {}}, terms)
    assert refused.value.code == "term_undefined"


def test_an_issuer_fills_in_its_own_name_and_keeps_the_rest() -> None:
    named = with_issuer({**CREDENTIAL, "issuer": {"name": "School"}}, "did:web:a.example")
    assert named["issuer"] == {"name": "School", "id": "did:web:a.example"}
    assert with_issuer(CREDENTIAL, "did:web:a.example")["issuer"] == "did:web:a.example"
    with pytest.raises(CredentialError) as refused:
        with_issuer({**CREDENTIAL, "issuer": "school"}, "did:web:a.example")
    assert refused.value.code == "issuer_invalid"


def test_an_envelope_is_opened_as_it_was_closed() -> None:
    document = envelopes.envelop("application/vc+jwt", "a.b.c")
    assert envelopes.is_envelope(document)
    assert envelopes.open_envelope(document) == envelopes.Envelope("application/vc+jwt", "a.b.c")
    assert code_of(with_member(PRESENTATION, "verifiableCredential", [document])) is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("@context", []),
        ("@context", EXAMPLES),
        ("type", "VerifiableCredential"),
        ("type", ["EnvelopedVerifiableCredential", "VerifiableCredential"]),
        ("type", "EnvelopedVerifiablePresentation"),
        ("type", None),
        ("id", "a.b.c"),
        ("id", "data:application/vc+jwt,"),
        ("id", "data:,x"),
        ("id", 7),
    ],
)
def test_an_envelope_that_is_none_is_refused(name: str, value: JsonValue) -> None:
    document = with_member(envelopes.envelop("application/vc+jwt", "a.b.c"), name, value)
    with pytest.raises(CredentialError) as refused:
        envelopes.open_envelope(document)
    assert refused.value.code == "envelope_invalid"
    assert code_of(with_member(PRESENTATION, "verifiableCredential", document)) is not None


def test_a_presentation_holds_a_bounded_number_of_credentials() -> None:
    assert code_of(with_member(PRESENTATION, "verifiableCredential", [CREDENTIAL] * 2)) is None
    many: list[JsonValue] = [CREDENTIAL] * (MAX_EMBEDDED + 1)
    assert code_of(with_member(PRESENTATION, "verifiableCredential", many)) == (
        "presentation_malformed"
    )


def test_a_secured_credential_needs_no_word_of_the_holder() -> None:
    secured: JsonObject = {**CREDENTIAL, "proof": {"type": "DataIntegrityProof"}}
    enveloped = envelopes.envelop("application/vc+jwt", "a.b.c")
    check_self_asserted({**PRESENTATION, "verifiableCredential": [secured, enveloped]})
    own: JsonObject = {**CREDENTIAL, "issuer": {"id": "did:web:sam.example"}}
    check_self_asserted({**PRESENTATION, "verifiableCredential": own})
    with pytest.raises(CredentialError) as refused:
        check_self_asserted({**PRESENTATION, "verifiableCredential": CREDENTIAL})
    assert refused.value.code == "issuer_not_holder"


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9) | st.just(V2),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=9,
)
NAMES = [*CREDENTIAL, *PRESENTATION, "proof", "evidence", "name", "verifiableCredential", "id"]


@given(members=st.dictionaries(st.sampled_from(NAMES), ANY_JSON))
def test_any_members_are_a_document_or_refused(members: JsonObject) -> None:
    code_of({**CREDENTIAL, **members}, inline=True)
    code_of({**PRESENTATION, **members}, inline=True)
