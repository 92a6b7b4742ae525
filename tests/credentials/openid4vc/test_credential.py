"""Credential requests and responses, immediate and deferred."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.encoding import JsonObject
from credentials.openid4vc.credential import (
    MAX_BATCH,
    create_deferred_response,
    create_identifier_request,
    create_request,
    create_response,
    parse_deferred_request,
    parse_request,
    parse_response,
)
from credentials.openid4vc.message import ProtocolError, write_message


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


def test_a_request_by_identifier_survives_the_wire() -> None:
    request = parse_request(write_message(create_identifier_request("i-1", ["one", "two"])))
    assert (request.credential_identifier, request.credential_configuration_id) == ("i-1", None)
    assert request.jwt_proofs() == ["one", "two"]
    assert request.attestation() is None


@pytest.mark.parametrize("tokens", [["a", "b"], [{}]])
def test_a_proof_of_type_attestation_is_exactly_one_token(tokens: list[str]) -> None:
    document: JsonObject = {"credential_configuration_id": "a", "proofs": {"attestation": ["a"]}}
    assert parse_request(document).attestation() == "a"
    request = parse_request({**document, "proofs": {"attestation": [*tokens]}})
    with pytest.raises(ProtocolError, match="invalid_proof"):
        request.attestation()


def test_a_further_deferral_keeps_its_transaction() -> None:
    document = write_message(create_deferred_response("t-1", interval=60))
    assert parse_response(document, transaction_id="t-1").interval == 60
    with pytest.raises(ProtocolError) as refusal:
        parse_response(document, transaction_id="t-2")
    assert refusal.value.code == "credential_response_invalid"


@pytest.mark.parametrize(
    ("document", "error"),
    [
        ({}, "invalid_credential_request"),
        ({"transaction_id": ""}, "invalid_credential_request"),
        (
            {"transaction_id": "t", "credential_response_encryption": {"enc": "A128GCM"}},
            "invalid_encryption_parameters",
        ),
    ],
)
def test_an_unsound_deferred_request_is_refused(document: JsonObject, error: str) -> None:
    assert parse_deferred_request({"transaction_id": "t"}).transaction_id == "t"
    with pytest.raises(ProtocolError) as refusal:
        parse_deferred_request(document)
    assert refusal.value.error == error
