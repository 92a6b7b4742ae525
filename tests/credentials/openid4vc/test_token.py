"""Token, nonce and notification messages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.errors import CredentialError
from credentials.openid4vc.authorization_details import read_details
from credentials.openid4vc.message import MAX_FORM_FIELDS, ProtocolError, write_form
from credentials.openid4vc.metadata import PRE_AUTHORIZED_GRANT
from credentials.openid4vc.nonce import parse_nonce_response
from credentials.openid4vc.notification import NotificationEvent, parse_notification
from credentials.openid4vc.token import (
    CodeRequest,
    PreAuthorizedRequest,
    RefreshRequest,
    create_code_request,
    create_refresh_request,
    create_token_request,
    parse_token_request,
    parse_token_response,
)


def test_a_token_request_survives_the_wire() -> None:
    request = parse_token_request(create_token_request("code&=+ é", tx_code="123456"))
    assert isinstance(request, PreAuthorizedRequest)
    assert request.pre_authorized_code == "code&=+ é"
    assert request.tx_code == "123456"
    assert "123456" not in repr(request)


def test_a_code_with_its_verifier_survives_the_wire() -> None:
    body = create_code_request(
        "c-1", redirect_uri="https://wallet.example/cb", code_verifier="v" * 43, client_id="w"
    )
    request = parse_token_request(body)
    assert isinstance(request, CodeRequest)
    assert (request.code, request.redirect_uri) == ("c-1", "https://wallet.example/cb")
    assert (request.code_verifier, request.client_id) == ("v" * 43, "w")
    assert "c-1" not in repr(request)
    assert "vvv" not in repr(request)


def test_a_refresh_token_survives_the_wire() -> None:
    request = parse_token_request(create_refresh_request("r-1", client_id="w"))
    assert isinstance(request, RefreshRequest)
    assert (request.refresh_token, request.client_id) == ("r-1", "w")
    assert "r-1" not in repr(request)


def test_details_in_a_token_request_are_read() -> None:
    details = '[{"type": "openid_credential", "credential_configuration_id": "a"}]'
    body = write_form(
        {
            "grant_type": PRE_AUTHORIZED_GRANT,
            "pre-authorized_code": "c",
            "authorization_details": details,
        }
    )
    (detail,) = parse_token_request(body).authorization_details or []
    assert detail.credential_configuration_id == "a"


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"", "invalid_request"),
        (b"grant_type=password&username=x", "unsupported_grant_type"),
        (b"grant_type=authorization_code", "invalid_request"),
        (b"grant_type=refresh_token&refresh_token=", "invalid_request"),
        (f"grant_type={PRE_AUTHORIZED_GRANT}".encode(), "invalid_request"),
        (f"grant_type={PRE_AUTHORIZED_GRANT}&pre-authorized_code=".encode(), "invalid_request"),
        (b"grant_type=a&grant_type=b", "invalid_request"),
        (b"\xff\xfe", "invalid_request"),
        (b"&".join(b"a%d=1" % n for n in range(MAX_FORM_FIELDS + 1)), "invalid_request"),
        (
            create_token_request("c") + b"&authorization_details=%5B%7B%7D%5D",
            "invalid_authorization_details",
        ),
        (
            create_token_request("c") + b"&authorization_details=%7B",
            "invalid_authorization_details",
        ),
    ],
)
def test_an_unsound_token_request_gets_the_registered_error(body: bytes, error: str) -> None:
    with pytest.raises(ProtocolError) as refusal:
        parse_token_request(body)
    assert refusal.value.error == error
    assert refusal.value.body()["error"] == error


def test_the_other_side_never_sees_the_detail() -> None:
    error = ProtocolError("invalid_request", "column 7 of the table", code="form_malformed")
    assert error.body() == {"error": "invalid_request", "error_description": "form_malformed"}
    assert "column" in str(error)


def test_a_token_response_is_read() -> None:
    response = parse_token_response(
        {"access_token": "t0ken", "token_type": "bearer", "expires_in": 600, "other": 1}
    )
    assert response.access_token == "t0ken"
    assert "t0ken" not in repr(response)


@pytest.mark.parametrize("token_type", ["DPoP", "dpop", "DPOP"])
def test_a_bound_token_is_read_where_a_proof_was_sent(token_type: str) -> None:
    response = parse_token_response({"access_token": "t", "token_type": token_type}, dpop=True)
    assert response.expires_in is None
    with pytest.raises(ProtocolError):
        parse_token_response({"access_token": "t", "token_type": "Bearer"}, dpop=True)


@pytest.mark.parametrize(
    "document",
    [{}, {"access_token": "", "token_type": "Bearer"}, {"access_token": "t", "token_type": "DPoP"}],
)
def test_a_token_response_without_bearer_token_is_refused(document: dict[str, str]) -> None:
    with pytest.raises(ProtocolError) as refusal:
        parse_token_response(dict(document))
    assert refusal.value.code == "token_response_invalid"


@pytest.mark.parametrize("value", [None, [], [{"type": "payment"}], [{}] * 51])
def test_details_of_another_kind_are_refused(value: list[dict[str, str]] | None) -> None:
    with pytest.raises(ProtocolError) as refusal:
        read_details(value)  # type: ignore[arg-type]  # wrong on purpose
    assert refusal.value.error == "invalid_authorization_details"


def test_a_nonce_is_read() -> None:
    assert parse_nonce_response({"c_nonce": "wKI4LT17ac15ES9bw8ac4"}).c_nonce.startswith("wKI4")


@pytest.mark.parametrize("document", [{}, {"c_nonce": ""}, {"c_nonce": 1}])
def test_an_answer_without_nonce_is_refused(document: dict[str, str]) -> None:
    with pytest.raises(ProtocolError):
        parse_nonce_response(dict(document))


def test_a_notification_is_read() -> None:
    request = parse_notification({"notification_id": "3fwe98js", "event": "credential_deleted"})
    assert request.event is NotificationEvent.DELETED


@pytest.mark.parametrize(
    "document",
    [
        {"notification_id": "a"},
        {"event": "credential_accepted"},
        {"notification_id": "a", "event": "Credential_Accepted"},
        {"notification_id": "a", "event": "credential_failure", "event_description": 'a"b'},
    ],
)
def test_an_unsound_notification_gets_the_registered_error(document: dict[str, str]) -> None:
    with pytest.raises(ProtocolError) as refusal:
        parse_notification(dict(document))
    assert refusal.value.error == "invalid_notification_request"


@given(st.binary(max_size=200))
def test_any_bytes_give_a_token_request_or_our_error(body: bytes) -> None:
    try:
        request = parse_token_request(body)
    except CredentialError:
        return
    assert request.grant_type
