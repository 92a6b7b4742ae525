"""Pointers, selections, labels and groups: what both selective cryptosuites stand on."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.cryptosuites.selective import (
    Grouped,
    LabelFunction,
    canonicalize_and_group,
    fixed_labels,
    format_pointer,
    hmac_labels,
    parse_pointer,
    relabelled_statements,
    select,
    shuffled_labels,
    verifier_labels,
)
from credentials.encoding import JsonObject, JsonValue
from credentials.errors import CredentialError, MalformedError, UnsupportedError
from credentials.jsonld.canonical import Engine
from credentials.limits import MAX_POINTERS

V2 = "https://www.w3.org/ns/credentials/v2"
SKILLS = "https://skillspass.example/contexts/skills/v1"
KEY = bytes(range(32))
DOCUMENT: JsonObject = {
    "@context": [V2, SKILLS],
    "id": "urn:uuid:58172aac-d8ba-41ed-83dd-0b3aef56cc33",
    "type": ["VerifiableCredential", "https://skillspass.example/types/x"],
    "issuer": "did:web:school.example",
    "credentialSubject": {
        "given_name": "Sam",
        "allowed_work": ["mag", "tig", "elektrode"],
        "skills": [
            {"skill": "mag", "level": 2},
            {"skill": "tig", "level": 1},
            {"skill": "tig", "level": 3, "weld_details": {"process": "141", "joint": "BW"}},
        ],
    },
}


def code_of(document: JsonObject, *pointers: str) -> str:
    with pytest.raises(CredentialError) as refused:
        canonicalize_and_group(document, hmac_labels(KEY), {"chosen": pointers})
    return refused.value.code


def grouped(*pointers: str) -> Grouped:
    return canonicalize_and_group(DOCUMENT, hmac_labels(KEY), {"chosen": pointers})


def subject(**claims: JsonValue) -> JsonObject:
    return {**DOCUMENT, "credentialSubject": claims}


@pytest.mark.parametrize(
    ("pointers", "shown"),
    [
        (["/credentialSubject/given_name"], {"given_name": "Sam"}),
        (["/credentialSubject/skills/1"], {"skills": [{"skill": "tig", "level": 1}]}),
        (
            ["/credentialSubject/skills/2/weld_details/joint", "/credentialSubject/skills/0/level"],
            {"skills": [{"level": 2}, {"weld_details": {"joint": "BW"}}]},
        ),
        (
            ["/credentialSubject/skills/0/level", "/credentialSubject/skills/0"],
            {"skills": [{"skill": "mag", "level": 2}]},
        ),
        (["/credentialSubject/allowed_work/2"], {"allowed_work": ["elektrode"]}),
        (["/credentialSubject"], DOCUMENT["credentialSubject"]),
    ],
)
def test_pointers_choose_members_and_elements(pointers: list[str], shown: JsonObject) -> None:
    whole = {name: value for name, value in DOCUMENT.items() if name in {"@context", "id", "type"}}
    assert select(DOCUMENT, pointers) == {**whole, "credentialSubject": shown}


def test_no_pointer_chooses_nothing() -> None:
    assert select(DOCUMENT, []) is None
    assert grouped().groups["chosen"].matching == {}


def test_types_cannot_be_chosen_in_part() -> None:
    chosen = select(DOCUMENT, ["/type/1", "/@context/0"])
    assert chosen is not None
    assert chosen["type"] == DOCUMENT["type"]
    assert chosen["@context"] == DOCUMENT["@context"]


@pytest.mark.parametrize(
    "pointer", ["", "issuer", "#/issuer", "/credentialSubject/~2", "/credentialSubject/x~"]
)
def test_what_is_no_pointer_is_refused(pointer: str) -> None:
    assert code_of(DOCUMENT, pointer) == "pointer_invalid"


@pytest.mark.parametrize(
    "pointer",
    [
        "/absent",
        "/credentialSubject/skills/3",
        "/credentialSubject/skills/01",
        "/credentialSubject/skills/-1",
        "/credentialSubject/skills/-",
        "/credentialSubject/skills/\u0661",
        "/credentialSubject/given_name/0",
        "/credentialSubject/",
    ],
)
def test_a_pointer_to_nothing_is_refused(pointer: str) -> None:
    assert code_of(DOCUMENT, pointer) == "pointer_unmatched"


def test_a_text_with_a_language_is_chosen_whole_or_not_at_all() -> None:
    document = subject(name={"@value": "Las", "@language": "nl"})
    assert code_of(document, "/credentialSubject/name/@value") == "pointer_unmatched"
    chosen = select(document, ["/credentialSubject/name"])
    assert chosen is not None
    assert chosen["credentialSubject"] == document["credentialSubject"]


def test_more_pointers_than_the_limit_are_refused() -> None:
    assert select(DOCUMENT, ["/issuer"] * MAX_POINTERS) is not None
    assert code_of(DOCUMENT, *["/issuer"] * (MAX_POINTERS + 1)) == "too_large"


@given(st.lists(st.text(max_size=5) | st.integers(0, 99), min_size=1, max_size=4))
def test_a_path_survives_being_a_pointer(path: list[str | int]) -> None:
    assert parse_pointer(format_pointer(path)) == tuple(map(str, path))


@given(st.text(max_size=20))
def test_any_text_is_a_pointer_or_refused(text: str) -> None:
    try:
        tokens = parse_pointer(text)
    except MalformedError:
        return
    assert format_pointer(tokens) == text


def test_one_element_chooses_its_statements_and_the_way_to_it() -> None:
    chosen = grouped("/credentialSubject/skills/1").groups["chosen"]
    lines = "".join(chosen.matching.values())
    assert '"tig"' in lines
    assert '"1"' in lines
    assert all(word not in lines for word in ('"mag"', '"2"', "Sam", "141", "issuer"))
    assert len(chosen.matching) == 6  # two types, subject, skill, and its two members
    assert len(chosen.matching) + len(chosen.rest) == len(grouped().nquads)


POINTERS = [
    "/issuer",
    "/type/0",
    "/id",
    "/credentialSubject",
    "/credentialSubject/given_name",
    "/credentialSubject/allowed_work/1",
    "/credentialSubject/skills",
    "/credentialSubject/skills/0",
    "/credentialSubject/skills/1/level",
    "/credentialSubject/skills/2/weld_details",
    "/credentialSubject/skills/2/weld_details/joint",
]


@given(st.lists(st.sampled_from(POINTERS)), st.sampled_from([hmac_labels, shuffled_labels]))
def test_both_engines_choose_the_same(
    pointers: list[str], labels: Callable[[bytes], LabelFunction]
) -> None:
    groups = {"chosen": pointers, "none": []}
    fast, slow = (
        canonicalize_and_group(DOCUMENT, labels(KEY), groups, engine=engine)
        for engine in (Engine.COMPILED, Engine.REFERENCE)
    )
    assert fast.nquads == slow.nquads
    for name in groups:
        assert fast.groups[name].matching == slow.groups[name].matching
        assert fast.groups[name].rest == slow.groups[name].rest
    assert verifier_labels(fast.groups["chosen"].quads, fast.labels) == verifier_labels(
        slow.groups["chosen"].quads, slow.labels
    )


def test_equal_elements_are_told_apart_and_keep_their_labels() -> None:
    twins = subject(skills=[{"skill": "tig", "level": 1}, {"skill": "tig", "level": 1}])
    found = canonicalize_and_group(
        twins, hmac_labels(KEY), {str(i): [f"/credentialSubject/skills/{i}"] for i in range(2)}
    )
    first, second = (set(found.groups[name].matching) for name in "01")
    assert len(first - second) == len(second - first) == 3


def test_a_verifier_finds_the_signed_statements_again() -> None:
    pointers = ["/issuer", "/credentialSubject/skills/2/weld_details"]
    found = grouped(*pointers)
    chosen = found.groups["chosen"]
    shown = select(DOCUMENT, pointers)
    assert shown is not None
    labels = verifier_labels(chosen.quads, found.labels)
    assert relabelled_statements(shown, fixed_labels(labels)) == tuple(chosen.matching.values())


def test_mentions_of_one_nameless_node_stay_together() -> None:
    document = subject(
        skills=[{"id": "_:x", "skill": "mag"}, {"skill": "tig", "weld_details": {"id": "_:x"}}]
    )
    pointers = ["/credentialSubject/skills/0", "/credentialSubject/skills/1/weld_details"]
    found = canonicalize_and_group(document, hmac_labels(KEY), {"chosen": pointers})
    shown = select(document, pointers)
    assert shown is not None
    labels = verifier_labels(found.groups["chosen"].quads, found.labels)
    assert len(labels) == 3
    assert relabelled_statements(shown, fixed_labels(labels)) == tuple(
        found.groups["chosen"].matching.values()
    )


def test_labels_say_no_more_than_they_must() -> None:
    names = [f"c14n{i}" for i in range(12)]
    shuffled = shuffled_labels(KEY)(names)
    assert sorted(shuffled.values()) == sorted(f"b{i}" for i in range(12))
    assert [shuffled[name] for name in names] != [f"b{i}" for i in range(12)]
    assert shuffled == shuffled_labels(KEY)(names[::-1])
    assert shuffled != shuffled_labels(bytes(32))(names)
    secret = hmac_labels(KEY)(names)
    assert all(label.startswith("u") and len(label) == 44 for label in secret.values())
    assert secret["c14n0"] != hmac_labels(bytes(32))(names)["c14n0"]


@pytest.mark.parametrize(
    "known", [{}, {"c14n0": "b0"}, {"c14n0": "b0", "c14n1": "b0"}, {"c14n0": "b0", "c14n2": "b1"}]
)
def test_labels_that_do_not_fit_the_nodes_are_refused(known: dict[str, str]) -> None:
    good = {"c14n0": "b0", "c14n1": "b1"}
    assert fixed_labels(good)(["c14n1", "c14n0"]) == good
    with pytest.raises(MalformedError) as refused:
        fixed_labels(known)(["c14n0", "c14n1"])
    assert refused.value.code == "label_map_invalid"


def test_what_cannot_be_named_is_not_chosen() -> None:
    shown: JsonObject = {
        "@context": [V2],
        "type": ["VerifiablePresentation"],
        "verifiableCredential": [{"@context": [V2], "type": "VerifiableCredential", "name": "x"}],
    }
    canonicalize_and_group(shown, hmac_labels(KEY), {"chosen": ["/type"]})
    assert code_of(shown, "/verifiableCredential") == "selection_unsupported"
    schema: JsonObject = {
        "@context": [V2],
        "type": "VerifiableCredential",
        "credentialSubject": {"type": "JsonSchema", "jsonSchema": {"type": "object"}},
    }
    with pytest.raises(UnsupportedError) as refused:
        canonicalize_and_group(schema, hmac_labels(KEY), {})
    assert refused.value.code == "selection_unsupported"
