"""The authorization request, pushed and in a query, and the answer to it."""

from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.encoding import JsonObject
from credentials.openid4vc import pkce
from credentials.openid4vc.authorization import (
    MAX_STATE,
    AuthorizationRequest,
    PushedReference,
    create_request,
    is_redirect_uri,
    parse_query,
    parse_response,
    redirect_with_code,
    redirect_with_error,
    reference_query,
    write_request,
)
from credentials.openid4vc.authorization_details import AuthorizationDetail
from credentials.openid4vc.message import ProtocolError, write_message
from credentials.openid4vc.pushed_authorization import (
    create_pushed_response,
    parse_pushed_request,
    parse_pushed_response,
)

BACK = "https://wallet.example/cb"
SERVER = "https://issuer.example"
CHALLENGE = pkce.challenge_of("v" * 43)
SOUND = {
    "response_type": "code",
    "client_id": "https://wallet.example",
    "redirect_uri": BACK,
    "scope": "heftruck.dc+sd-jwt",
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
    "state": "s-1",
}


def _form(**change: str | None) -> bytes:
    fields = {name: value for name, value in {**SOUND, **change}.items() if value is not None}
    return urlencode(fields).encode()


def test_a_request_survives_the_wire() -> None:
    request = create_request(
        "https://wallet.example",
        redirect_uri=f"{BACK}?lang=nl",
        code_challenge=CHALLENGE,
        scopes=["a.ldp_vc", "b.dc+sd-jwt"],
        details=[AuthorizationDetail(credential_configuration_id="a.ldp_vc")],
        state="s&=+ é",
        issuer_state="from-an-offer",
        dpop_jkt=CHALLENGE,
    )
    assert parse_pushed_request(write_request(request)) == request
    assert parse_query(write_request(request).decode()) == request
    assert request.scopes == ("a.ldp_vc", "b.dc+sd-jwt")
    assert "from-an-offer" not in repr(request)


def test_a_request_needs_no_state_and_may_have_a_long_one() -> None:
    assert parse_pushed_request(_form(state=None)).state is None
    assert parse_pushed_request(_form(state="s" * MAX_STATE)).state == "s" * MAX_STATE


@pytest.mark.parametrize(
    ("change", "error", "code"),
    [
        ({"response_type": None}, "invalid_request", "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type", "unsupported_response_type"),
        (
            {"response_type": "code id_token"},
            "unsupported_response_type",
            "unsupported_response_type",
        ),
        ({"response_mode": "fragment"}, "invalid_request", "response_mode_unsupported"),
        ({"code_challenge": None}, "invalid_request", "code_challenge_missing"),
        ({"code_challenge": "short"}, "invalid_request", "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request", "code_challenge_method"),
        ({"code_challenge_method": None}, "invalid_request", "code_challenge_method"),
        ({"client_id": None}, "invalid_request", "invalid_request"),
        ({"redirect_uri": None}, "invalid_request", "invalid_request"),
        ({"redirect_uri": "https://a.example/#x"}, "invalid_request", "invalid_request"),
        ({"scope": None}, "invalid_scope", "invalid_scope"),
        (
            {"authorization_details": "{"},
            "invalid_authorization_details",
            "invalid_authorization_details",
        ),
        (
            {"authorization_details": '[{"type":"payment"}]'},
            "invalid_authorization_details",
            "invalid_authorization_details",
        ),
        ({"state": "s" * (MAX_STATE + 1)}, "invalid_request", "invalid_request"),
        ({"dpop_jkt": "short"}, "invalid_request", "invalid_request"),
        ({"request": "eyJ"}, "request_not_supported", "request_not_supported"),
        ({"request_uri": "urn:x"}, "invalid_request", "request_uri_inside"),
    ],
)
def test_a_pushed_request_that_is_unsound_gets_the_registered_error(
    change: dict[str, str | None], error: str, code: str
) -> None:
    with pytest.raises(ProtocolError) as refusal:
        parse_pushed_request(_form(**change))
    assert (refusal.value.error, refusal.value.code) == (error, code)


def test_a_parameter_that_comes_twice_is_refused() -> None:
    for name in ("state", "redirect_uri", "scope"):
        with pytest.raises(ProtocolError) as refusal:
            parse_pushed_request(
                _form() + urlencode({f"&{name}": "x"}).replace("%26", "&").encode()
            )
        assert refusal.value.code == "form_malformed"


def test_beside_a_reference_nothing_else_counts() -> None:
    reference = PushedReference("https://wallet.example", "urn:ietf:params:oauth:request_uri:x")
    assert parse_query(reference_query(reference)) == reference
    outside = f"{reference_query(reference)}&state=outside&response_type=token"
    assert parse_query(outside) == reference
    for query in ("request_uri=urn:x", "request_uri=urn:x&client_id=a&request=eyJ"):
        with pytest.raises(ProtocolError) as refusal:
            parse_query(query)
        assert refusal.value.error == "invalid_request"


@pytest.mark.parametrize(
    ("address", "sound"),
    [
        (BACK, True),
        ("https://wallet.example:8443/cb?a=b", True),
        ("nl.skillspass.wallet:/cb", True),
        ("http://127.0.0.1:1234/cb", True),
        ("http://[::1]/cb", True),
        ("http://wallet.example/cb", False),
        ("http://localhost.evil.example/", False),
        ("https://user@wallet.example/", False),
        ("https://wallet.example\\@evil.example/", False),
        ("https://wallet.example/#", False),
        ("https:///cb", False),
        ("https://a.example:99999/", False),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("/cb", False),
        ("", False),
        ("https://wallet.example/ cb", False),
    ],
)
def test_a_browser_is_sent_to_absolute_safe_addresses_alone(address: str, *, sound: bool) -> None:
    assert is_redirect_uri(address) is sound


def test_an_answer_is_read_with_state_and_issuer() -> None:
    for back in (BACK, f"{BACK}?lang=nl", "nl.skillspass.wallet:/cb"):
        answer = redirect_with_code(back, code="c&1", state="s 1", issuer=SERVER)
        found = parse_response(answer, redirect_uri=back, state="s 1", issuer=SERVER)
        assert found.code == "c&1"
        assert "c&1" not in repr(found)


def test_a_refusal_is_told_in_the_servers_word() -> None:
    answer = redirect_with_error(BACK, error="access_denied", state=None, issuer=SERVER)
    with pytest.raises(ProtocolError) as refusal:
        parse_response(answer, redirect_uri=BACK, state=None, issuer=SERVER)
    assert (refusal.value.error, refusal.value.code) == ("access_denied", "authorization_refused")


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (
            "https://evil.example/cb?code=c&state=s&iss=https://issuer.example",
            "redirect_uri_mismatch",
        ),
        (f"{BACK}?code=c&iss={SERVER}", "state_mismatch"),
        (f"{BACK}?code=c&state=t&iss={SERVER}", "state_mismatch"),
        (f"{BACK}?code=c&state=s", "iss_mismatch"),
        (f"{BACK}?code=c&state=s&iss=https://evil.example", "iss_mismatch"),
        (f"{BACK}?error=access_denied&state=s&iss=https://evil.example", "iss_mismatch"),
        (f"{BACK}?state=s&iss={SERVER}", "authorization_response_invalid"),
        (f"{BACK}?code=c&code=d&state=s&iss={SERVER}", "authorization_response_invalid"),
        (BACK, "authorization_response_invalid"),
    ],
)
def test_an_answer_for_another_request_is_refused(answer: str, code: str) -> None:
    with pytest.raises(ProtocolError) as refusal:
        parse_response(answer, redirect_uri=BACK, state="s", issuer=SERVER)
    assert refusal.value.code == code


def test_an_issuer_that_is_there_must_be_right_even_where_none_was_promised() -> None:
    plain = f"{BACK}?code=c"
    found = parse_response(plain, redirect_uri=BACK, state=None, issuer=SERVER, iss_required=False)
    assert found.code == "c"
    with pytest.raises(ProtocolError, match="iss"):
        parse_response(
            f"{plain}&iss=https://evil.example",
            redirect_uri=BACK,
            state=None,
            issuer=SERVER,
            iss_required=False,
        )


def test_a_pushed_response_survives_the_wire() -> None:
    made = create_pushed_response("h-1", expires_in=60)
    assert parse_pushed_response(write_message(made)) == made
    assert "h-1" not in repr(made)
    unsound: list[JsonObject] = [{}, {"request_uri": "x"}, {"request_uri": "x", "expires_in": 0}]
    for document in unsound:
        with pytest.raises(ProtocolError):
            parse_pushed_response(document)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_pushed_request_or_our_error(body: bytes) -> None:
    with pytest.raises(ProtocolError):
        parse_pushed_request(body)


@given(st.dictionaries(st.sampled_from([*SOUND, "request_uri", "dpop_jkt"]), st.text(max_size=9)))
def test_any_change_of_a_query_is_a_request_or_our_error(change: dict[str, str]) -> None:
    try:
        found = parse_query(urlencode({**SOUND, **change}))
    except ProtocolError:
        return
    assert isinstance(found, AuthorizationRequest | PushedReference)


@given(st.text(max_size=200))
def test_any_text_is_an_answer_or_our_error(address: str) -> None:
    with pytest.raises(ProtocolError):
        parse_response(address, redirect_uri=BACK, state="s", issuer=SERVER)
