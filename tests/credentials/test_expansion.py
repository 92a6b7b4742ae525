"""Safe expansion: every member becomes a statement, or the document is refused."""

import copy
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyld import jsonld

from credentials.encoding import JsonObject, JsonValue
from credentials.errors import CredentialError
from credentials.jsonld.expansion import _load, statements
from credentials.jsonld.nquads import serialize
from credentials.jsonld.rdf_canonical import canonicalize
from schemas.contexts import SKILLS_CONTEXT

V2 = "https://www.w3.org/ns/credentials/v2"
DOCUMENT: JsonObject = {
    "@context": [V2, SKILLS_CONTEXT],
    "id": "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33",
    "type": ["VerifiableCredential", "https://skillspass.example/types/heftruck/1"],
    "issuer": {"id": "did:web:issuer.skillspass.example", "name": "Opleider"},
    "validFrom": "2026-11-23T12:00:00Z",
    "credentialSubject": {
        "id": "did:example:worker",
        "given_name": "Jan",
        "date_of_test": "2026-11-20",
        "max_load_kg": 2500,
        "grade": 7.5,
        "practical_test": True,
        "position": ["PA", "PB"],
        "skills": [{"skill": "las-mag", "label_nl": "MAG-lassen", "level": 2}],
    },
}


def changed(*path: str, value: JsonValue) -> JsonObject:
    document = copy.deepcopy(DOCUMENT)
    node: JsonValue = document
    for name in path[:-1]:
        assert isinstance(node, dict)
        node = node[name]
    assert isinstance(node, dict)
    node[path[-1]] = value
    return document


def code_of(document: JsonObject) -> str:
    with pytest.raises(CredentialError) as refused:
        statements(document)
    return refused.value.code


def test_statements_agree_with_those_of_pyld() -> None:
    text = jsonld.to_rdf(DOCUMENT, {"documentLoader": _load, "format": "application/n-quads"})
    ours = canonicalize(statements(DOCUMENT)).nquads
    theirs = jsonld.normalize(
        DOCUMENT,
        {"documentLoader": _load, "format": "application/n-quads", "algorithm": "URDNA2015"},
    )
    assert ours == theirs
    assert len(text.splitlines()) == len(ours.splitlines()) == 17


def test_every_value_is_written_in_its_canonical_form() -> None:
    text = serialize(statements(DOCUMENT))
    xsd = "http://www.w3.org/2001/XMLSchema#"
    for value in (
        '"Jan"',
        f'"2026-11-20"^^<{xsd}date>',
        f'"2500"^^<{xsd}integer>',
        f'"7.5E0"^^<{xsd}double>',
        f'"true"^^<{xsd}boolean>',
        '"MAG-lassen"@nl',
    ):
        assert f" {value} " in text


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        (("foobar",), "evil", "term_undefined"),
        (("credentialSubject", "foobar"), "evil", "term_undefined"),
        (("credentialSubject", "foobar"), {"skill": "las-mag"}, "term_undefined"),
        (("credentialSubject", "https://schema.org/givenName"), "Piet", "term_undefined"),
        (("credentialSubject", ""), "Piet", "term_undefined"),
        (("type",), ["VerifiableCredential", "Heftruck"], "term_undefined"),
        (("id",), "credentials/1", "iri_relative"),
        (("id",), "//evil.example/1", "iri_relative"),
        (("id",), "", "iri_relative"),
        (("credentialSubject", "id"), "urn:with space", "iri_malformed"),
        (("credentialSubject", "given_name"), None, "canonical_value"),
        (("credentialSubject", "position"), [], "canonical_value"),
        (("credentialSubject", "position"), [["PA"]], "canonical_value"),
        (("credentialSubject", "position"), ["PA", None], "canonical_value"),
        (("credentialSubject", "grade"), 0.30000000000000004, "canonical_value"),
        (
            ("credentialSubject", "given_name"),
            {"@value": "J", "@direction": "rtl"},
            "canonical_value",
        ),
        (("credentialSubject", "given_name"), {"@value": None}, "canonical_value"),
        (("credentialSubject", "@type"), "urn:x", "context_keyword_forbidden"),
        (("credentialSubject", "@id"), "urn:x", "context_keyword_forbidden"),
        (("@graph",), [], "context_keyword_forbidden"),
        (("@included",), [], "context_keyword_forbidden"),
        (("@reverse",), {}, "context_keyword_forbidden"),
        (("credentialSubject", "@nest"), {"given_name": "Piet"}, "context_keyword_forbidden"),
        (("credentialSubject", "@context"), None, "context_keyword_forbidden"),
        (("credentialSubject", "@context"), V2, "context_keyword_forbidden"),
        (("credentialSubject", "@unknown"), "x", "context_keyword_forbidden"),
        (("@context",), [V2, {"given_name": "urn:x"}], "context_inline"),
        (("@context",), [V2, {"@vocab": "urn:x#"}], "context_inline"),
        (("@context",), [V2, {"@import": V2}], "context_keyword_forbidden"),
        (("@context",), [V2, {"@base": "urn:x"}], "context_keyword_forbidden"),
        (("@context",), [V2, {"@propagate": False}], "context_keyword_forbidden"),
        (("@context",), [V2, {"@protected": False}], "context_keyword_forbidden"),
        (("@context",), [V2, None], "context_keyword_forbidden"),
        (("@context",), [V2, "https://evil.example/ctx"], "context_unknown"),
        (("@context",), [], "context_missing"),
        (("issuer",), {"id": 5}, "jsonld_malformed"),
    ],
)
def test_what_would_leave_no_statement_is_refused(
    path: tuple[str, ...], value: JsonValue, code: str
) -> None:
    assert code_of(changed(*path, value=value)) == code


def test_document_without_context_is_refused() -> None:
    assert code_of({"type": "VerifiableCredential"}) == "context_missing"


def test_members_moved_to_a_second_place_are_refused() -> None:
    moved = changed("issuer", value={"id": DOCUMENT["id"], "name": "Heftruckcertificaat"})
    assert code_of(moved) == "canonical_value"


def test_same_number_in_another_spelling_makes_the_same_statement() -> None:
    spelled = changed("credentialSubject", "max_load_kg", value=2500.0)
    assert serialize(statements(spelled)) == serialize(statements(DOCUMENT))


def test_language_of_a_value_is_signed() -> None:
    value: JsonObject = {"@value": "Jan", "@language": "nl"}
    assert '"Jan"@nl' in serialize(
        statements(changed("credentialSubject", "given_name", value=value))
    )


def test_embedded_credential_may_carry_its_own_context() -> None:
    presentation: JsonObject = {
        "@context": [V2],
        "type": ["VerifiablePresentation"],
        "verifiableCredential": [DOCUMENT],
    }
    assert '"Jan"' in serialize(statements(presentation))


def test_depth_and_size_are_limited() -> None:
    deep: JsonObject = {"skill": "x"}
    for _ in range(200):
        deep = {"skills": deep}
    assert code_of(changed("credentialSubject", value=deep)) == "too_deep"
    many: list[JsonValue] = [{"skill": "x"}] * 5_001
    assert code_of(changed("credentialSubject", "skills", value=many)) == "too_large"


def test_the_input_is_left_as_it_was() -> None:
    before = copy.deepcopy(DOCUMENT)
    statements(DOCUMENT)
    assert before == DOCUMENT


def test_pyld_is_imported_only_when_a_document_is_expanded() -> None:
    script = (
        "import sys; import credentials.formats.data_integrity; sys.exit('pyld' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], check=False)  # noqa: S603 - our own text
    assert done.returncode == 0


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-9, 9)
    | st.floats(allow_nan=False)
    | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["id", "type", "name", "skills", "@context", "@value", "proof", "x", "@id"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(["id", "type", "name", "skills", "issuer"]), JSON))
def test_any_document_becomes_statements_or_our_error(members: dict[str, JsonValue]) -> None:
    document: JsonObject = {**members, "@context": [V2, SKILLS_CONTEXT]}
    try:
        quads = statements(document)
    except CredentialError as error:
        assert error.code  # noqa: PT017 - both ways are right
    else:
        assert all(quad.line().endswith(" .\n") for quad in quads)
