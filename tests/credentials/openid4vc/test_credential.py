"""Credential requests, key proofs and responses."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials import jose
from credentials.encoding import JsonObject
from credentials.keys import Algorithm, SoftwareSigner
from credentials.openid4vc.credential import (
    MAX_BATCH,
    MAX_PROOF_AGE,
    PROOF_TYPE,
    create_proof,
    create_request,
    create_response,
    parse_request,
    parse_response,
    verify_proof,
)
from credentials.openid4vc.message import ProtocolError, write_message

ISSUER = "https://issuer.skillspass.example"
HOLDER = SoftwareSigner.generate(Algorithm.ES256)


def _known(nonce: str) -> bool:
    return nonce == "n-1"


@pytest.mark.parametrize("algorithm", list(Algorithm))
def test_a_proof_gives_the_key_of_the_holder(algorithm: Algorithm, now: datetime) -> None:
    holder = SoftwareSigner.generate(algorithm)
    proof = create_proof(holder, audience=ISSUER, nonce="n-1", at=now)
    assert verify_proof(proof, audience=ISSUER, nonce_known=_known, at=now) == holder.public


def test_a_proof_of_a_named_client_is_for_that_client(now: datetime) -> None:
    proof = create_proof(HOLDER, audience=ISSUER, nonce="n-1", at=now, client_id="kiosk")
    verify_proof(proof, audience=ISSUER, nonce_known=_known, at=now, client_id="kiosk")
    with pytest.raises(ProtocolError, match="invalid_proof"):
        verify_proof(proof, audience=ISSUER, nonce_known=_known, at=now)


def test_a_proof_with_an_unknown_nonce_asks_for_a_fresh_one(now: datetime) -> None:
    proof = create_proof(HOLDER, audience=ISSUER, nonce="n-2", at=now)
    with pytest.raises(ProtocolError) as refusal:
        verify_proof(proof, audience=ISSUER, nonce_known=_known, at=now)
    assert refusal.value.error == "invalid_nonce"


def test_a_forged_proof_uses_up_no_nonce(now: datetime) -> None:
    asked: list[str] = []

    def remember(nonce: str) -> bool:
        asked.append(nonce)
        return True

    proof = create_proof(HOLDER, audience=ISSUER, nonce="n-1", at=now)
    forged = proof[:-4] + ("AAAA" if not proof.endswith("AAAA") else "BBBB")
    with pytest.raises(ProtocolError, match="invalid_proof"):
        verify_proof(forged, audience=ISSUER, nonce_known=remember, at=now)
    assert asked == []


@pytest.mark.parametrize(
    "change",
    [
        {"aud": "https://other.example"},
        {"aud": [ISSUER]},
        {"aud": f"{ISSUER}/"},
        {"iat": None},
        {"iat": True},
        {"iat": "1795000000"},
        {"nonce": None},
        {"nonce": ""},
        {"nonce": 1},
        {"iss": "someone"},
    ],
)
def test_a_proof_for_something_else_is_refused(change: JsonObject, now: datetime) -> None:
    payload: JsonObject = {"aud": ISSUER, "iat": int(now.timestamp()), "nonce": "n-1"}
    payload |= change
    header: JsonObject = {"typ": PROOF_TYPE, "jwk": HOLDER.public.jwk()}
    proof = jose.sign_compact(header, payload, HOLDER)
    with pytest.raises(ProtocolError) as refusal:
        verify_proof(proof, audience=ISSUER, nonce_known=_known, at=now)
    assert refusal.value.error == "invalid_proof"


@pytest.mark.parametrize("age", [-timedelta(minutes=2), MAX_PROOF_AGE + timedelta(seconds=1)])
def test_a_proof_outside_its_window_is_refused(age: timedelta, now: datetime) -> None:
    proof = create_proof(HOLDER, audience=ISSUER, nonce="n-1", at=now - age)
    with pytest.raises(ProtocolError, match="iat"):
        verify_proof(proof, audience=ISSUER, nonce_known=_known, at=now)


@pytest.mark.parametrize(
    "header",
    [
        {"typ": "JWT", "jwk": HOLDER.public.jwk()},
        {"typ": PROOF_TYPE},
        {"typ": PROOF_TYPE, "kid": "did:example:1#1"},
        {"typ": PROOF_TYPE, "kid": "1", "jwk": HOLDER.public.jwk()},
        {"typ": PROOF_TYPE, "jwk": SoftwareSigner.generate(Algorithm.ES256).public.jwk()},
        {"typ": PROOF_TYPE, "jwk": HOLDER.private_jwk()},
    ],
)
def test_a_proof_by_no_single_public_key_is_refused(header: JsonObject, now: datetime) -> None:
    payload: JsonObject = {"aud": ISSUER, "iat": int(now.timestamp()), "nonce": "n-1"}
    with pytest.raises(ProtocolError) as refusal:
        verify_proof(
            jose.sign_compact(header, payload, HOLDER),
            audience=ISSUER,
            nonce_known=_known,
            at=now,
        )
    assert refusal.value.error == "invalid_proof"


@given(st.text(max_size=100))
def test_any_text_is_a_proof_or_our_error(text: str) -> None:
    at = datetime.fromisoformat("2026-11-23T12:00:00+00:00")
    with pytest.raises(ProtocolError):
        verify_proof(text, audience=ISSUER, nonce_known=_known, at=at)


def test_a_request_survives_the_wire() -> None:
    request = parse_request(write_message(create_request("a.ldp_vc", ["proof"])))
    assert request.credential_configuration_id == "a.ldp_vc"
    assert request.jwt_proofs() == ["proof"]


@pytest.mark.parametrize(
    ("document", "error"),
    [
        ({}, "invalid_credential_request"),
        (
            {"credential_configuration_id": "a", "credential_identifier": "b"},
            "invalid_credential_request",
        ),
        ({"credential_configuration_id": 1}, "invalid_credential_request"),
        (
            {"credential_configuration_id": "a", "proofs": {"jwt": ["p"], "di_vp": [{}]}},
            "invalid_credential_request",
        ),
        (
            {"credential_configuration_id": "a", "proofs": {"jwt": ["p"] * (MAX_BATCH + 1)}},
            "invalid_credential_request",
        ),
        (
            {"credential_configuration_id": "a", "credential_response_encryption": {}},
            "invalid_encryption_parameters",
        ),
    ],
)
def test_an_unsound_request_gets_the_registered_error(document: JsonObject, error: str) -> None:
    with pytest.raises(ProtocolError) as refusal:
        parse_request(document)
    assert refusal.value.error == error


@pytest.mark.parametrize("proofs", [None, {"di_vp": [{}]}, {"jwt": [{}]}])
def test_a_request_without_jwt_proof_is_refused(proofs: JsonObject | None) -> None:
    request = parse_request({"credential_configuration_id": "a", "proofs": proofs})
    with pytest.raises(ProtocolError) as refusal:
        request.jwt_proofs()
    assert refusal.value.error == "invalid_proof"


def test_a_response_carries_text_and_documents() -> None:
    response = create_response(["a~", {"type": "VerifiableCredential"}], notification_id="n")
    read = parse_response(write_message(response))
    assert read.wires() == ["a~", {"type": "VerifiableCredential"}]
    assert read.notification_id == "n"


def test_a_deferred_response_holds_no_credential() -> None:
    assert parse_response({"transaction_id": "t", "interval": 3600}).wires() == []


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"credentials": []},
        {"credentials": [{}]},
        {"credentials": [{"credential": 7}]},
        {"credentials": [{"credential": "a"}], "transaction_id": "t"},
        {"credentials": [{"credential": "a"}], "interval": 5},
        {"transaction_id": "t"},
        {"transaction_id": "t", "interval": 0},
        {"transaction_id": "t", "interval": 5, "notification_id": "n"},
    ],
)
def test_an_unsound_response_is_refused(document: JsonObject) -> None:
    with pytest.raises(ProtocolError) as refusal:
        parse_response(document)
    assert refusal.value.code == "credential_response_invalid"


@given(
    st.dictionaries(
        st.sampled_from(["credential_configuration_id", "credential_identifier", "proofs"]),
        st.none() | st.text(max_size=5) | st.dictionaries(st.text(max_size=4), st.lists(st.text())),
    )
)
def test_any_object_is_a_request_or_our_error(document: JsonObject) -> None:
    try:
        request = parse_request(document)
    except ProtocolError:
        return
    assert (request.credential_identifier is None) != (request.credential_configuration_id is None)
