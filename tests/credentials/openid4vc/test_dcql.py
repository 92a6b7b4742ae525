"""DCQL: reading, matching and checking again."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.certificates import authority_ids, write_chain
from credentials.claims import ClaimsPath
from credentials.encoding import JsonObject, JsonValue
from credentials.errors import (
    CredentialError,
    MalformedError,
    QueryUnsatisfied,
    UndeterminedError,
)
from credentials.jose import Jws
from credentials.keys import Algorithm, SoftwareSigner
from credentials.model import Credential, KeyReference, Unverified
from credentials.openid4vc.dcql import (
    authorities_of,
    check_answer,
    match,
    parse_query,
    satisfied,
)
from credentials.openid4vc.dcql_query import MAX_CLAIM_SETS, MAX_CLAIMS, MAX_QUERIES
from tests.credentials.authorities import Authority

HEFTRUCK = "https://skillspass.example/types/heftruck/1"
VCA = "https://skillspass.example/types/vca-basis/1"
HOLDER = SoftwareSigner.generate(Algorithm.ES256).public
CLAIMS: JsonObject = {
    "given_name": "Jan",
    "valid_until": "2031-05-12",
    "adult": True,
    "skills": [{"skill": "las-mag", "level": 2}, {"skill": "pbm", "level": 3}],
}


def _held(
    type_url: str = HEFTRUCK, format_id: str = "dc+sd-jwt", claims: JsonObject | None = None
) -> Unverified:
    credential = Credential(
        type=type_url,
        issuer="did:web:issuer.skillspass.example",
        claims=CLAIMS if claims is None else claims,
        issued_at=datetime(2026, 5, 12, tzinfo=UTC),
    )
    return Unverified(
        format=format_id,
        wire="wire",
        credential=credential,
        key=KeyReference(credential.issuer, None),
        holder=HOLDER,
        disclosable=frozenset(),
        presented=False,
    )


def _asked(query_id: str = "q", *paths: list[JsonValue], **more: JsonValue) -> JsonObject:
    query: JsonObject = {
        "id": query_id,
        "format": "dc+sd-jwt",
        "meta": {"vct_values": [HEFTRUCK]},
    }
    if paths:
        query["claims"] = [{"path": path} for path in paths]
    return query | more


def _choices(query: JsonObject, held: Unverified) -> list[set[ClaimsPath]]:
    found = match(parse_query({"credentials": [query]}), [held]).queries[0].candidates
    return [set(choice) for candidate in found for choice in candidate.choices]


def test_a_held_credential_of_the_asked_type_answers() -> None:
    query = parse_query({"credentials": [_asked("q", ["given_name"])]})
    found = match(query, [_held(VCA), _held()])
    (candidate,) = found.queries[0].candidates
    assert candidate.index == 1
    assert candidate.choices == (frozenset({("given_name",)}),)
    assert found.possible
    assert found.suggestion() == ("q",)


def test_a_query_that_nothing_answers_is_impossible() -> None:
    found = match(parse_query({"credentials": [_asked("q", ["family_name"])]}), [_held()])
    assert not found.possible
    assert [query.id for query in found.missing()] == ["q"]


def test_a_query_without_claims_asks_nothing_that_can_be_hidden() -> None:
    assert _choices(_asked(), _held()) == [set()]


def test_a_null_in_a_path_asks_each_element() -> None:
    asked = _asked("q", ["skills", None, "skill"])
    assert _choices(asked, _held()) == [{("skills", 0, "skill"), ("skills", 1, "skill")}]


def test_accepted_values_pick_the_elements_that_have_them() -> None:
    asked = _asked(claims=[{"path": ["skills", None, "skill"], "values": ["pbm"]}])
    assert _choices(asked, _held()) == [{("skills", 1, "skill")}]


@pytest.mark.parametrize("values", [["True"], [1], [False]])
def test_a_value_of_another_type_is_another_value(values: list[JsonValue]) -> None:
    assert _choices(_asked(claims=[{"path": ["adult"], "values": values}]), _held()) == []


def test_what_every_presentation_shows_is_nothing_to_disclose() -> None:
    assert _choices(_asked("q", ["vct"], ["iss"], ["given_name"]), _held()) == [{("given_name",)}]


def test_claim_sets_give_choices_in_the_order_of_the_asker() -> None:
    asked = _asked(
        claims=[
            {"id": "a", "path": ["given_name"]},
            {"id": "b", "path": ["valid_until"]},
            {"id": "c", "path": ["birth_date"]},
        ],
        claim_sets=[["a", "b", "c"], ["a", "b"], ["b"]],
    )
    query = parse_query({"credentials": [asked]})
    (candidate,) = match(query, [_held()]).queries[0].candidates
    assert candidate.choices == (
        frozenset({("given_name",), ("valid_until",)}),
        frozenset({("valid_until",)}),
    )
    assert candidate.smallest() == frozenset({("valid_until",)})
    assert {each.path: each.optional for each in candidate.asked()} == {
        ("given_name",): True,
        ("valid_until",): False,
    }
    assert candidate.choose(frozenset({("valid_until",)})) == frozenset({("valid_until",)})
    assert candidate.choose(frozenset({("given_name",)})) is None


def test_a_w3c_credential_is_asked_from_its_root() -> None:
    asked: JsonObject = {
        "id": "q",
        "format": "ldp_vc",
        "meta": {
            "type_values": [
                ["https://www.w3.org/2018/credentials#VerifiableCredential", HEFTRUCK],
            ]
        },
        "claims": [{"path": ["credentialSubject", "given_name"]}, {"path": ["issuer"]}],
    }
    assert _choices(asked, _held(format_id="ldp_vc")) == [{("given_name",)}]
    assert _choices(asked, _held(VCA, format_id="ldp_vc")) == []
    assert _choices(asked, _held(format_id="dc+sd-jwt")) == []


def test_a_credential_without_holder_key_answers_only_where_none_is_asked() -> None:
    loose = replace(_held(), holder=None)
    assert _choices(_asked(), loose) == []
    assert _choices(_asked(require_cryptographic_holder_binding=False), loose) == [set()]


def test_a_trusted_authority_that_we_cannot_show_matches_nothing() -> None:
    asked = _asked(trusted_authorities=[{"type": "aki", "values": ["s9tIpPmhxdiuNkHMEWNpYim8S8Y"]}])
    assert _choices(asked, _held()) == []


CHAIN = write_chain([Authority().certify(HOLDER, "School", host="school.example")])
(AKI,) = authority_ids(CHAIN)


def _certified() -> Unverified:
    return replace(_held(), tokens=(Jws({"x5c": CHAIN}, {}, b"", b""),))


def test_a_chain_in_the_credential_shows_its_authorities() -> None:
    one_of: JsonObject = {"type": "aki", "values": ["x", AKI]}
    asked = _asked(trusted_authorities=[{"type": "etsi_tl", "values": ["y"]}, one_of])
    assert _choices(asked, _certified()) == [set()]
    _satisfied(asked, _certified())
    other = _asked(trusted_authorities=[{"type": "aki", "values": ["x"]}])
    assert _choices(other, _certified()) == []


@pytest.mark.parametrize("kind", ["etsi_tl", "openid_federation"])
def test_an_authority_that_we_cannot_look_up_is_unknown_and_nothing_is_shown(kind: str) -> None:
    asked = _asked(trusted_authorities=[{"type": kind, "values": ["https://list.example"]}])
    assert _choices(asked, _certified()) == []
    with pytest.raises(UndeterminedError, match="authority_unknown"):
        _satisfied(asked, _certified())


def test_credential_sets_tell_what_may_be_left_out() -> None:
    query = parse_query(
        {
            "credentials": [_asked("a"), _asked("b", meta={"vct_values": [VCA]}), _asked("c")],
            "credential_sets": [
                {"options": [["b"], ["a"]]},
                {"options": [["c"]], "required": False},
            ],
        }
    )
    found = match(query, [_held()])
    assert [each.required for each in found.queries] == [False, False, False]
    assert found.possible
    assert found.suggestion() == ("a",)
    assert query.complete(frozenset({"b"}))
    assert not query.complete(frozenset({"c"}))


def test_a_query_in_every_option_is_required() -> None:
    query = parse_query(
        {
            "credentials": [_asked("a"), _asked("b"), _asked("c")],
            "credential_sets": [{"options": [["a", "b"], ["a", "c"]]}],
        }
    )
    found = match(query, [])
    assert [each.required for each in found.queries] == [True, False, False]
    assert not found.possible
    assert found.suggestion() == ()


def _query(**more: JsonValue) -> JsonObject:
    return {"credentials": [_asked(**more)]}  # type: ignore[arg-type]  # ** hides the first name


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"credentials": []},
        {"credentials": {}},
        {"credentials": [[]]},
        {"credentials": [_asked("a"), _asked("a")]},
        _query(id="a b"),
        _query(id=""),
        _query(format=7),
        _query(meta=None),
        _query(meta={"vct_values": []}),
        _query(meta={"vct_values": [1]}),
        _query(multiple="yes"),
        _query(claims=[]),
        _query(claims=[{"path": ["a"], "values": [1.5]}]),
        _query(claims=[{"path": ["a"], "values": []}]),
        _query(claims=[{"id": "a", "path": ["a"]}, {"id": "a", "path": ["b"]}]),
        _query(claim_sets=[["a"]]),
        _query(claims=[{"path": ["a"]}], claim_sets=[["a"]]),
        _query(claims=[{"id": "a", "path": ["a"]}], claim_sets=[["b"]]),
        _query(trusted_authorities=[{"type": "aki", "values": []}]),
        _query() | {"credential_sets": [{"options": [["x"]]}]},
        _query() | {"credential_sets": [{"options": [[]]}]},
        _query() | {"credential_sets": []},
    ],
)
def test_an_unsound_query_is_refused(document: JsonObject) -> None:
    with pytest.raises(MalformedError) as refusal:
        parse_query(document)
    assert refusal.value.code == "dcql_invalid"


@pytest.mark.parametrize("path", [[], ["a", -1], ["a", 1.5], ["a", True], "a", None])
def test_a_path_that_is_none_is_refused(path: JsonValue) -> None:
    with pytest.raises(MalformedError) as refusal:
        parse_query(_query(claims=[{"path": path}]))
    assert refusal.value.code == "claims_path_invalid"


@pytest.mark.parametrize(
    "document",
    [
        {"credentials": [_asked(f"q{n}") for n in range(MAX_QUERIES + 1)]},
        _query(claims=[{"path": ["a"]}] * (MAX_CLAIMS + 1)),
        _query(claims=[{"id": "a", "path": ["a"]}], claim_sets=[["a"]] * (MAX_CLAIM_SETS + 1)),
    ],
)
def test_a_query_over_a_limit_is_too_large(document: JsonObject) -> None:
    with pytest.raises(MalformedError) as refusal:
        parse_query(document)
    assert refusal.value.code == "too_large"


def test_unknown_properties_are_ignored() -> None:
    query = parse_query(_query(colour="blue") | {"extra": [1]})
    assert query.credentials[0].id == "q"


def _satisfied(asked: JsonObject, held: Unverified) -> None:
    (query,) = parse_query({"credentials": [asked]}).credentials
    satisfied(query, held.credential, held.format, authorities_of(held))


def test_an_answer_with_all_that_was_asked_satisfies() -> None:
    _satisfied(_asked("q", ["given_name"], ["skills", None, "level"]), _held())


def test_an_answer_satisfies_by_any_one_claim_set() -> None:
    asked = _asked(
        claims=[{"id": "a", "path": ["birth_date"]}, {"id": "b", "path": ["adult"]}],
        claim_sets=[["a"], ["b"]],
    )
    _satisfied(asked, _held())
    with pytest.raises(QueryUnsatisfied, match="birth_date; or adult"):
        _satisfied(asked, _held(claims={"given_name": "Jan"}))


@pytest.mark.parametrize(
    ("asked", "held"),
    [
        (_asked("q", ["family_name"]), _held()),
        (_asked(), _held(VCA)),
        (_asked(), _held(format_id="ldp_vc")),
        (_asked(claims=[{"path": ["given_name"], "values": ["Piet"]}]), _held()),
        (_asked(trusted_authorities=[{"type": "aki", "values": ["x"]}]), _held()),
    ],
)
def test_an_answer_that_breaks_a_constraint_is_refused(asked: JsonObject, held: Unverified) -> None:
    with pytest.raises(QueryUnsatisfied) as refusal:
        _satisfied(asked, held)
    assert refusal.value.code == "query_unsatisfied"
    assert "Jan" not in str(refusal.value)


def test_each_presentation_is_paired_with_its_query() -> None:
    query = parse_query({"credentials": [_asked("a"), _asked("b", multiple=True)]})
    pairs = check_answer(query, {"a": ["1"], "b": ["2", "3"]})
    assert [(asked.id, wire) for asked, wire in pairs] == [("a", "1"), ("b", "2"), ("b", "3")]


@pytest.mark.parametrize(
    "vp_token",
    [{}, {"a": ["1", "2"]}, {"a": []}, {"x": ["1"]}, {"a": ["1"], "x": ["2"]}],
)
def test_an_answer_of_another_shape_is_refused(vp_token: dict[str, list[str]]) -> None:
    query = parse_query({"credentials": [_asked("a")]})
    with pytest.raises(QueryUnsatisfied):
        check_answer(query, vp_token)


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["id", "format", "meta", "claims", "path", "values", "claim_sets", "options"]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=15,
)


@given(_json, _json)
def test_any_object_is_a_query_or_our_error(credentials: JsonValue, sets: JsonValue) -> None:
    try:
        query = parse_query({"credentials": credentials, "credential_sets": sets})
    except CredentialError:
        return
    assert query.credentials
