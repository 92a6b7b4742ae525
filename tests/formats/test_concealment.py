"""What an issuer conceals, written straight as JSON: nothing slips through, nothing is changed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.claims import Paths
from credentials.encoding import JsonObject, JsonValue, b64url_decode, parse_json
from credentials.errors import MalformedError
from credentials.formats import concealment
from credentials.formats.concealment import conceal
from credentials.formats.sd_jwt import open_disclosures, split
from credentials.jose import peek
from credentials.keys import Algorithm, SoftwareSigner
from tests.formats.conftest import entropy

SIGNER = SoftwareSigner.generate(Algorithm.ES256, "did:web:issuer.example#1")
TYP = frozenset(["example+sd-jwt"])
MECHANISM = ("_sd", "_sd_alg", "...")


def sign(claims: JsonObject, registered: JsonObject, disclosable: Paths) -> str:
    return concealment.sign(
        claims,
        registered,
        {"typ": "example+sd-jwt"},
        SIGNER,
        disclosable=disclosable,
        entropy=entropy,
    )


@pytest.mark.parametrize("name", MECHANISM)
@pytest.mark.parametrize("path", [("list", None), ("list", 0, "deep"), ("other",)])
def test_a_name_of_the_mechanism_is_found_wherever_it_stands(
    name: str, path: tuple[str | int | None, ...]
) -> None:
    claims: JsonObject = {"list": [{"deep": [{name: "x"}]}], "other": 1}
    with pytest.raises(MalformedError, match="disclosure_name_reserved"):
        conceal(claims, frozenset([path]), entropy=entropy)


@pytest.mark.parametrize("name", MECHANISM)
def test_a_name_of_the_mechanism_may_stand_in_a_text(name: str) -> None:
    claims: JsonObject = {"text": f'"{name}":', "list": [f'"{name}"', name]}
    disclosable: Paths = frozenset([("text",), ("list", None)])
    concealed, disclosures = conceal(claims, disclosable, entropy=entropy)
    assert open_disclosures(concealed, disclosures).payload == claims


@given(st.text() | st.sampled_from(MECHANISM), st.text())
def test_any_text_and_name_comes_out_again_or_is_refused(name: str, text: str) -> None:
    claims: JsonObject = {name: text, "list": [text, {name: text}]}
    disclosable: Paths = frozenset([(name,), ("list", None)])
    if name in MECHANISM:
        with pytest.raises(MalformedError, match="disclosure_name_reserved"):
            conceal(claims, disclosable, entropy=entropy)
        return
    concealed, disclosures = conceal(claims, disclosable, entropy=entropy)
    assert open_disclosures(concealed, disclosures).payload == claims


@pytest.mark.parametrize("value", ["\ud800", float("nan"), float("inf"), ["\udfff"]])
@pytest.mark.parametrize("disclosable", [frozenset(), frozenset([("claim",)])])
def test_what_json_cannot_say_is_not_issued(value: JsonValue, disclosable: Paths) -> None:
    with pytest.raises(MalformedError, match="json_malformed"):
        conceal({"claim": value}, disclosable, entropy=entropy)


def test_a_token_holds_registered_claims_plain_and_the_others_hidden() -> None:
    claims: JsonObject = {"name": "Sam", "skills": [{"skill": "a"}, {"skill": "b"}]}
    text = sign(claims, {"iss": "x", "iat": 1}, frozenset([("name",), ("skills", None)]))
    parts = split(text)
    jws = peek(parts.issuer_jwt, typ=TYP)
    jws.verify(SIGNER.public)
    assert jws.header == {"alg": "ES256", "kid": SIGNER.public.key_id, "typ": "example+sd-jwt"}
    assert set(jws.payload) == {"iss", "iat", "_sd", "_sd_alg", "skills"}
    opened = open_disclosures(jws.payload, parts.disclosures).payload
    assert opened == claims | {"iss": "x", "iat": 1}
    salts = {str(parse_json(b64url_decode(each)))[2:26] for each in parts.disclosures}
    assert len(salts) == len(parts.disclosures) == 3


@pytest.mark.parametrize("claims", [{}, {"name": "Sam"}])
def test_a_token_that_hides_nothing_names_no_digests(claims: JsonObject) -> None:
    parts = split(sign(claims, {"iss": "x"}, frozenset()))
    assert parts.disclosures == ()
    assert peek(parts.issuer_jwt, typ=TYP).payload == claims | {"iss": "x"}


def test_a_claim_never_stands_beside_a_registered_one_of_its_name() -> None:
    with pytest.raises(MalformedError, match="claim_collision"):
        sign({"iss": "y"}, {"iss": "x"}, frozenset([("iss",)]))
