"""The compiled engine against pyld and pyoxigraph; ``make fuzz`` does the same at full length."""

import copy
import json
import re
from collections import Counter

import pytest
from pyld import jsonld

from credentials.encoding import JsonObject, JsonValue
from credentials.errors import CredentialError, MalformedError
from credentials.jsonld import plans, written
from credentials.jsonld.canonical import Engine, canonical, placed_quads, quads
from credentials.jsonld.expansion import statements
from credentials.jsonld.plans import NotCompiled
from schemas.contexts import SKILLS_CONTEXT
from tests.differential.comparison import compare
from tests.differential.mutations import PROOF, V2, bases, documents

SEED = 20261123
BASES = bases()
CREDENTIAL = BASES[5]


def changed(name: str, value: JsonValue) -> JsonObject:
    return {**copy.deepcopy(CREDENTIAL), name: value}


def test_400_bent_documents_come_out_alike() -> None:
    outcomes = [compare(document) for document in documents(SEED, 400)]
    assert [outcome.differences for outcome in outcomes if outcome.differences] == []
    found = Counter(
        "refused" if outcome.refused else "compiled" if outcome.compiled else "reference"
        for outcome in outcomes
    )
    assert min(found["refused"], found["compiled"], found["reference"]) > 0
    assert found["compiled"] > 10 * found["reference"]


@pytest.mark.parametrize("document", BASES, ids=range(len(BASES)))
def test_every_document_of_ours_takes_the_fast_path(document: JsonObject) -> None:
    outcome = compare(document)
    assert (outcome.compiled, outcome.refused, outcome.differences) == (True, "", ())


def test_comparison_sees_one_missing_statement(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = written._lines
    monkeypatch.setattr(written, "_lines", lambda *given: lines(*given)[1:])
    assert compare(CREDENTIAL).differences == ("canonical N-Quads",)


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("proof", "urn:b"),  # a graph of an identifier alone: the edge leads to the graph
        ("proof", [PROOF, "urn:b"]),
        ("proof", {}),  # a node in no statement has no name
        ("proof", [{}, PROOF]),
        ("proof", {"id": "urn:x:proof"}),
        ("verifiableCredential", {"@context": [V2]}),
        ("proof", {"@value": "x", "@language": "nl"}),
        ("name", ["a", "b", "a"]),  # a repeated statement counts once
        ("evidence", [{"name": "x"}, {"name": "x"}]),  # alike, so N-degree
        ("evidence", [{}, {}]),
        ("name", {"@value": "Jan", "@language": "EN-gb"}),
        ("name", {"@value": "Jan", "@language": "no tag"}),
        ("name", "\u0000\u0007\u0008\u000c\u007f\u0085\u2028"),
        ("name", "\ud800"),
        ("issuer", "urn:\ud800"),
        ("issuer", "urn:\u00a0"),
        ("issuer", "relative-iri://nowhere/x"),
        ("id", "https://skillspass.example/a b"),
        ("type", ["VerifiableCredential", "VerifiableCredential"]),
        ("type", [True]),
        ("type", 0),
        ("type", False),
        ("evidence", {"name": "x", "type": 0}),
        ("type", [{}]),
        ("credentialStatus", {"type": ["DataIntegrityProof", "BitstringStatusListEntry"]}),
        ("validFrom", 1e21),
        ("validFrom", float("inf")),
        ("validFrom", 2**53),
        ("validFrom", True),
        ("issuer", 5),
        ("holder", {"id": "did:example:worker", "name": "x"}),  # described twice
    ],
)
def test_special_values_come_out_alike(member: str, value: JsonValue) -> None:
    assert compare(changed(member, value)).differences == ()


def test_prefix_that_a_type_brings_holds_for_the_identifier_too() -> None:
    document: JsonObject = {
        "@context": ["https://www.w3.org/2018/credentials/v1"],
        "id": "cred:x",
        "type": "VerifiableCredential",
        "issuer": "urn:x:issuer",
    }
    assert compare(document).differences == ()
    assert "<https://www.w3.org/2018/credentials#x>" in canonical(document).nquads


def test_two_credentials_with_the_same_blank_nodes_are_named_alike() -> None:
    presentation: JsonObject = {
        "@context": [V2],
        "type": ["VerifiablePresentation"],
        "verifiableCredential": [
            {**copy.deepcopy(CREDENTIAL), "id": f"urn:x:{number}"} for number in range(3)
        ],
    }
    outcome = compare(presentation)
    assert (outcome.refused, outcome.differences) == ("", ())


def test_comparison_reads_line_ends_of_any_script() -> None:
    skill: JsonObject = {"skill": "a\u0085b\u2028c\u2029d"}
    secured: JsonObject = {**copy.deepcopy(CREDENTIAL), "evidence": [{"name": "x"}, {"name": "x"}]}
    secured["credentialSubject"] = {"skills": [skill, copy.deepcopy(skill)]}
    document: JsonObject = {
        "@context": [V2],
        "type": ["VerifiablePresentation"],
        "verifiableCredential": [secured],
    }
    outcome = compare(document)
    assert (outcome.refused, outcome.differences) == ("", ())


def test_compiled_engine_alone_refuses_what_it_does_not_know() -> None:
    document = changed("relatedResource", {"id": "urn:x:a", "foobar": 1})
    with pytest.raises(NotCompiled):
        canonical(document, engine=Engine.COMPILED)
    with pytest.raises(NotCompiled):
        quads(document, engine=Engine.COMPILED)
    assert placed_quads(document) is None
    for engine in (Engine.AUTO, Engine.REFERENCE):
        with pytest.raises(CredentialError) as refused:
            canonical(document, engine=engine)
        assert refused.value.code == "term_undefined"


def test_sha_384_names_blank_nodes_by_its_own_hashes() -> None:
    both = [
        canonical(CREDENTIAL, algorithm="SHA-384", engine=engine).nquads
        for engine in (Engine.COMPILED, Engine.REFERENCE)
    ]
    assert both[0] == both[1]
    assert both[0] != canonical(CREDENTIAL).nquads


def test_warm_fast_path_never_calls_pyld(monkeypatch: pytest.MonkeyPatch) -> None:
    for document in BASES:
        canonical(document)

    def called(*_: object, **__: object) -> None:
        pytest.fail("pyld was called")

    for name in ("_process_context", "_expand_iri", "_expand", "expand", "_get_initial_context"):
        monkeypatch.setattr(jsonld.JsonLdProcessor, name, called)
    for document in BASES:
        canonical(document)
        quads(document)


def test_caches_stay_under_their_caps_whatever_a_sender_chooses() -> None:
    for number in range(plans.MAX_SHAPES + 50):
        canonical(changed("type", ["VerifiableCredential", f"urn:x:type:{number}"]))
    sizes = plans.cache_sizes()
    assert sizes["shapes"] == (plans.MAX_SHAPES, plans.MAX_SHAPES)
    assert all(kept <= most for kept, most in sizes.values())


def test_statements_know_the_place_they_come_from() -> None:
    placed = placed_quads(CREDENTIAL)
    assert placed is not None
    assert [entry.quad for entry in placed] == statements(CREDENTIAL)
    for entry in placed:
        found: JsonValue = CREDENTIAL
        for step in entry.path:
            assert isinstance(found, dict | list)
            found = found[step]  # type: ignore[index]  # a path fits its document
        assert not isinstance(found, list)
        if entry.quad.object.startswith('"') and isinstance(found, str):
            assert json.dumps(found, ensure_ascii=False) in entry.quad.object
    paths = [entry.path for entry in placed]
    assert ("credentialSubject", "skills", 2, "level") in paths
    assert ("credentialSubject", "skills", 2) in paths
    assert ("type", 1) in paths
    assert len(set(paths)) == len(paths)


def test_too_many_items_and_too_deep_nodes_are_left_to_the_reference_engine() -> None:
    many: list[JsonValue] = [{"name": str(number)} for number in range(3_000)]
    deep: JsonObject = {"name": "x"}
    for _ in range(40):
        deep = {"evidence": deep}
    for value, code in ((many, "too_large"), (deep, "too_deep")):
        with pytest.raises(NotCompiled):
            canonical(changed("evidence", value), engine=Engine.COMPILED)
        with pytest.raises(MalformedError) as refused:
            canonical(changed("evidence", value))
        assert refused.value.code == code


def test_own_context_is_for_embedded_credentials_alone() -> None:
    embedded: JsonObject = {**copy.deepcopy(CREDENTIAL), "@context": [V2, SKILLS_CONTEXT]}
    for member, accepted in (("verifiableCredential", True), ("evidence", False)):
        document: JsonObject = {"@context": [V2], "type": "VerifiablePresentation"}
        document[member] = embedded
        outcome = compare(document)
        assert (outcome.compiled, outcome.differences) == (accepted, ())


def test_identifiers_hold_no_blank_of_any_script() -> None:
    state = plans.outermost()
    assert state.is_iri("urn:x")
    blanks = [chr(point) for point in range(0x110000) if re.match(r"\s", chr(point))]
    assert len(blanks) > 20
    assert [blank for blank in blanks if state.is_iri(f"urn:{blank}")] == []
