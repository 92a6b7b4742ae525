"""The encrypted answer."""

from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials import jose
from credentials.encoding import (
    JsonObject,
    JsonValue,
    b64url_decode,
    compact_json,
    parse_json_object,
)
from credentials.errors import CredentialError, RejectedError
from credentials.openid4vc.dcql import parse_query
from credentials.openid4vc.message import ProtocolError
from credentials.openid4vc.request import AuthorizationRequest
from credentials.openid4vc.response import (
    MAX_PRESENTATIONS,
    create_error,
    create_form,
    create_response,
    open_response,
    parse_form,
)

PRIVATE = jose.generate_encryption_key()
REQUEST = AuthorizationRequest(
    client_id="decentralized_identifier:did:web:verifier.skillspass.example",
    did="did:web:verifier.skillspass.example",
    host="https://verifier.skillspass.example",
    response_uri="https://verifier.skillspass.example/r",
    nonce="n-0S6_WzA2Mj",
    state="s-1",
    query=parse_query({"credentials": [{"id": "q", "format": "dc+sd-jwt", "meta": {}}]}),
    client_name=None,
    purpose=None,
    relation=None,
    encryption_key=jose.public_encryption_key(PRIVATE),
    enc="A256GCM",
    formats=frozenset(),
    expires=datetime.fromisoformat("2026-11-23T12:10:00+00:00"),
)


@pytest.mark.parametrize("enc", ["A128GCM", "A256GCM"])
def test_an_answer_opens_with_the_key_of_its_request(enc: str) -> None:
    jwe = create_response(replace(REQUEST, enc=enc), {"q": ["a~b~", {"type": "x"}]})
    answer = open_response(jwe, PRIVATE)
    assert answer.vp_token == {"q": ("a~b~", {"type": "x"})}
    assert answer.state == "s-1"
    assert "a~b~" not in repr(answer)


def test_the_header_names_key_and_request() -> None:
    header = parse_json_object(b64url_decode(create_response(REQUEST, {"q": ["a"]}).split(".")[0]))
    assert (header["alg"], header["enc"], header["kid"]) == ("ECDH-ES", "A256GCM", PRIVATE["kid"])
    assert b64url_decode(str(header["apv"])) == b"n-0S6_WzA2Mj"


def test_an_answer_to_another_request_does_not_open() -> None:
    jwe = create_response(REQUEST, {"q": ["a"]})
    with pytest.raises(RejectedError) as refusal:
        open_response(jwe, jose.generate_encryption_key())
    assert refusal.value.code == "encryption_key_unknown"


def _encrypted(payload: JsonObject) -> str:
    return jose.encrypt_compact(compact_json(payload), REQUEST.encryption_key)


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"vp_token": "a~"},
        {"vp_token": {}},
        {"vp_token": {"q": "a~"}},
        {"vp_token": {"q": []}},
        {"vp_token": {"q": [1]}},
        {"vp_token": {"q q": ["a"]}},
        {"vp_token": {"q": ["a"]}, "state": 1},
        {"vp_token": {"q": ["a"] * (MAX_PRESENTATIONS + 1)}},
    ],
)
def test_an_answer_of_another_shape_is_refused(payload: JsonObject) -> None:
    with pytest.raises(ProtocolError) as refusal:
        open_response(_encrypted(payload), PRIVATE)
    assert refusal.value.code == "vp_token_invalid"


def test_an_encrypted_refusal_holds_no_presentation() -> None:
    answer = open_response(_encrypted({"error": "access_denied", "state": "s-1"}), PRIVATE)
    assert (answer.error, dict(answer.vp_token)) == ("access_denied", {})


def test_the_posted_form_carries_the_answer() -> None:
    posted = parse_form(create_form("a.b.c.d.e"))
    assert (posted.jwe, posted.error) == ("a.b.c.d.e", None)


def test_a_refusal_carries_the_state_and_no_reason() -> None:
    posted = parse_form(create_error(REQUEST))
    assert (posted.jwe, posted.error, posted.state) == (None, "access_denied", "s-1")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"response=a&vp_token=a",
        b"response=a&error=b",
        b"response=a&response=b",
        b"error=%3Cscript%3E",
    ],
)
def test_a_form_with_neither_one_answer_nor_one_error_is_refused(body: bytes) -> None:
    with pytest.raises(ProtocolError) as refusal:
        parse_form(body)
    assert refusal.value.error == "invalid_request"


@given(st.text(max_size=100))
def test_any_text_is_an_answer_or_our_error(text: str) -> None:
    with pytest.raises(CredentialError):
        open_response(text, PRIVATE)


@given(
    st.recursive(
        st.none() | st.text(max_size=5) | st.integers(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
        max_leaves=8,
    )
)
def test_any_vp_token_is_an_answer_or_our_error(value: JsonValue) -> None:
    try:
        answer = open_response(_encrypted({"vp_token": value}), PRIVATE)
    except CredentialError:
        return
    assert all(answer.vp_token.values())


@given(st.binary(max_size=120))
def test_any_bytes_are_a_form_or_our_error(body: bytes) -> None:
    try:
        posted = parse_form(body)
    except CredentialError:
        return
    assert (posted.jwe is None) != (posted.error is None)
