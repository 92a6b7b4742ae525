"""Signed requests and their links."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials import jose
from credentials.encoding import JsonObject, JsonValue
from credentials.errors import CredentialError, MalformedError, UndeterminedError, UnsupportedError
from credentials.keys import Algorithm, SoftwareSigner
from credentials.openid4vc.message import ProtocolError
from credentials.openid4vc.request import (
    MAX_REQUEST_BYTES,
    REQUEST_TYPE,
    AuthorizationRequest,
    client_id_of,
    create_request,
    parse_request,
    parse_request_link,
    request_link,
)
from tests.credentials.openid4vc.conftest import VERIFIER

Get = Callable[[str], bytes]
CLIENT_ID = client_id_of(VERIFIER)
HOST = "https://verifier.skillspass.example"
QUERY: JsonObject = {
    "credentials": [{"id": "q", "format": "dc+sd-jwt", "meta": {}, "claims": [{"path": ["a"]}]}]
}
ENCRYPTION = jose.generate_encryption_key()


def _signed(signer: SoftwareSigner, at: datetime, change: JsonObject | None = None) -> str:
    token = create_request(
        signer,
        client_id=CLIENT_ID,
        response_uri=f"{HOST}/oid4vp/responses/1",
        nonce="n-0S6_WzA2Mj",
        state="s-1",
        dcql_query=QUERY,
        encryption_jwk=ENCRYPTION,
        at=at,
        client_name="Metaal BV",
        purpose="Toegang tot de bouwplaats",
        relation="hirer",
    )
    if change is None:
        return token
    plain = jose.peek(token, typ=frozenset({REQUEST_TYPE}))
    payload = {name: value for name, value in (plain.payload | change).items() if value != "-"}
    return jose.sign_compact(plain.header, payload, signer)


def _parse(token: str, get: Get, at: datetime) -> AuthorizationRequest:
    return parse_request(token, client_id=CLIENT_ID, get=get, at=at)


def test_a_signed_request_tells_who_asks_and_what(
    verifier_key: SoftwareSigner, get: Get, now: datetime
) -> None:
    request = _parse(_signed(verifier_key, now), get, now)
    assert (request.client_id, request.host) == (CLIENT_ID, HOST)
    assert request.client_name == "Metaal BV"
    assert request.purpose == "Toegang tot de bouwplaats"
    assert request.relation == "hirer"
    assert request.query.credentials[0].id == "q"
    assert request.encryption_key == jose.public_encryption_key(ENCRYPTION)
    assert request.enc == "A256GCM"
    assert request.formats == {"dc+sd-jwt", "vc+sd-jwt", "ldp_vc", "jwt_vc_json"}
    assert request.expires == now + timedelta(minutes=10)


def test_the_private_half_of_the_encryption_key_is_never_sent(
    verifier_key: SoftwareSigner, now: datetime
) -> None:
    payload = jose.peek(_signed(verifier_key, now), typ=frozenset({REQUEST_TYPE})).payload
    assert str(ENCRYPTION["d"]) not in str(payload)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"response_uri": "https://evil.example/"}, "client_mismatch"),
        ({"response_uri": f"{HOST}:8443/oid4vp"}, "client_mismatch"),
        ({"response_uri": f"{HOST}.evil.example/"}, "client_mismatch"),
        ({"response_uri": "https://verifier.skillspass.example@evil.example/"}, "client_mismatch"),
        ({"response_uri": "http://verifier.skillspass.example/"}, "client_mismatch"),
        ({"response_uri": "-"}, "client_mismatch"),
        ({"client_id": client_id_of("did:web:evil.example")}, "client_mismatch"),
        ({"nonce": "-"}, "nonce_invalid"),
        ({"nonce": ""}, "nonce_invalid"),
        ({"nonce": "a b"}, "nonce_invalid"),
        ({"state": "a b"}, "request_invalid"),
        ({"aud": "https://wallet.example"}, "aud_mismatch"),
        ({"aud": "-"}, "aud_mismatch"),
        ({"dcql_query": "-"}, "request_invalid"),
        ({"dcql_query": "{}"}, "request_invalid"),
        ({"redirect_uri": f"{HOST}/cb"}, "redirect_uri_not_allowed"),
        ({"transaction_data": ["e30"]}, "transaction_data_unsupported"),
        ({"exp": 0}, "request_expired"),
        ({"exp": "-", "iat": "-"}, "date_invalid"),
        ({"exp": True}, "request_invalid"),
        ({"exp": 2**52}, "date_invalid"),
        ({"iat": 2_000_000_000}, "date_invalid"),
        ({"purpose": "x" * 301}, "request_invalid"),
    ],
)
def test_a_request_that_does_not_hold_is_refused(
    change: JsonObject, code: str, verifier_key: SoftwareSigner, get: Get, now: datetime
) -> None:
    with pytest.raises(ProtocolError) as refusal:
        _parse(_signed(verifier_key, now, change), get, now)
    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"response_mode": "direct_post"}, "response_mode_unsupported"),
        ({"response_mode": "fragment"}, "response_mode_unsupported"),
        ({"response_type": "code"}, "response_mode_unsupported"),
        ({"client_metadata": {}}, "response_encryption_unsupported"),
        (
            {"client_metadata": {"jwks": {"keys": [{"kty": "oct"}]}}},
            "response_encryption_unsupported",
        ),
        (
            {
                "client_metadata": {
                    "jwks": {"keys": [jose.public_encryption_key(ENCRYPTION)]},
                    "encrypted_response_enc_values_supported": ["A128CBC-HS256"],
                }
            },
            "response_encryption_unsupported",
        ),
    ],
)
def test_a_request_for_what_we_lack_names_the_feature(
    change: JsonObject, code: str, verifier_key: SoftwareSigner, get: Get, now: datetime
) -> None:
    with pytest.raises(UnsupportedError) as refusal:
        _parse(_signed(verifier_key, now, change), get, now)
    assert refusal.value.code == code


@pytest.mark.parametrize(
    "client_id",
    [
        "redirect_uri:https://verifier.skillspass.example/cb",
        "x509_san_dns:verifier.skillspass.example",
        "verifier_attestation:verifier.example",
        "openid_federation:https://verifier.skillspass.example",
        "origin:https://verifier.skillspass.example",
        "decentralized_identifier:did:jwk:e30",
        "verifier",
        VERIFIER,
    ],
)
def test_another_client_id_prefix_is_not_supported(
    client_id: str, verifier_key: SoftwareSigner, get: Get, now: datetime
) -> None:
    token = _signed(verifier_key, now, {"client_id": client_id})
    with pytest.raises(UnsupportedError) as refusal:
        parse_request(token, client_id=None, get=get, at=now)
    assert refusal.value.code == "client_id_prefix_unsupported"


def test_a_default_content_encryption_is_taken_where_none_is_named(
    verifier_key: SoftwareSigner, get: Get, now: datetime
) -> None:
    metadata: JsonObject = {"jwks": {"keys": [jose.public_encryption_key(ENCRYPTION)]}}
    request = _parse(_signed(verifier_key, now, {"client_metadata": metadata}), get, now)
    assert request.enc == "A128GCM"
    assert request.formats == frozenset()


def test_a_request_by_a_foreign_key_is_refused(get: Get, now: datetime) -> None:
    thief = SoftwareSigner.generate(Algorithm.ES256, f"{VERIFIER}#key-1")
    with pytest.raises(CredentialError) as refusal:
        _parse(_signed(thief, now), get, now)
    assert refusal.value.code == "signature_invalid"


@pytest.mark.parametrize("key_id", [f"{VERIFIER}#other", "did:web:evil.example#key-1", "key-1"])
def test_a_key_id_that_is_not_of_the_asker_is_refused(key_id: str, get: Get, now: datetime) -> None:
    thief = SoftwareSigner.generate(Algorithm.ES256, key_id)
    with pytest.raises(ProtocolError) as refusal:
        _parse(_signed(thief, now), get, now)
    assert refusal.value.code == "client_mismatch"


def test_a_request_that_names_no_key_is_refused(
    verifier_key: SoftwareSigner, get: Get, now: datetime
) -> None:
    plain = jose.peek(_signed(verifier_key, now), typ=frozenset({REQUEST_TYPE}))
    token = jose.sign_compact({"typ": REQUEST_TYPE}, plain.payload, verifier_key)
    with pytest.raises(ProtocolError) as refusal:
        _parse(token, get, now)
    assert refusal.value.code == "client_mismatch"


def test_a_request_of_another_client_than_the_link_named_is_refused(
    verifier_key: SoftwareSigner, get: Get, now: datetime
) -> None:
    token = _signed(verifier_key, now)
    assert parse_request(token, client_id=None, get=get, at=now).client_id == CLIENT_ID
    with pytest.raises(ProtocolError) as refusal:
        parse_request(token, client_id=f"{CLIENT_ID}:team", get=get, at=now)
    assert refusal.value.code == "client_mismatch"


def test_nothing_is_fetched_for_a_request_with_foreign_addresses(
    verifier_key: SoftwareSigner, now: datetime
) -> None:
    def never(url: str) -> bytes:
        raise AssertionError(url)

    token = _signed(verifier_key, now, {"response_uri": "https://evil.example/"})
    with pytest.raises(ProtocolError):
        _parse(token, never, now)


def test_a_document_that_cannot_be_had_leaves_the_request_undetermined(
    verifier_key: SoftwareSigner, now: datetime
) -> None:
    def offline(url: str) -> bytes:
        raise UndeterminedError("fetch_failed", url)

    with pytest.raises(UndeterminedError):
        _parse(_signed(verifier_key, now), offline, now)


@pytest.mark.parametrize("token", ["", "{}", '{"client_id": "x"}', "a.b", "x" * MAX_REQUEST_BYTES])
def test_what_is_no_signed_request_is_no_answer_of_a_request_uri(
    token: str, get: Get, now: datetime
) -> None:
    with pytest.raises(ProtocolError) as refusal:
        _parse(token, get, now)
    assert (refusal.value.code, refusal.value.error) == (
        "request_uri_invalid",
        "invalid_request_uri",
    )


def test_a_token_of_another_type_is_no_request(
    verifier_key: SoftwareSigner, get: Get, now: datetime
) -> None:
    header: JsonObject = {"typ": "JWT", "kid": verifier_key.public.key_id}
    with pytest.raises(CredentialError) as refusal:
        _parse(jose.sign_compact(header, {}, verifier_key), get, now)
    assert refusal.value.code == "typ_not_allowed"


def test_a_query_that_no_wallet_reads_is_not_signed(
    verifier_key: SoftwareSigner, now: datetime
) -> None:
    with pytest.raises(MalformedError):
        create_request(
            verifier_key,
            client_id=CLIENT_ID,
            response_uri=f"{HOST}/r",
            nonce="n",
            state="s",
            dcql_query={"credentials": []},
            encryption_jwk=ENCRYPTION,
            at=now,
        )


REQUEST_URI = f"{HOST}/oid4vp/requests/1"


@pytest.mark.parametrize("base", ["https://wallet.skillspass.example/present", "openid4vp://"])
def test_a_link_leads_to_the_request(base: str) -> None:
    found = parse_request_link(request_link(base, CLIENT_ID, REQUEST_URI))
    assert (found.client_id, found.request_uri) == (CLIENT_ID, REQUEST_URI)


@pytest.mark.parametrize(
    ("link", "code"),
    [
        ("", "request_uri_invalid"),
        (f"openid4vp://?client_id={CLIENT_ID}", "request_uri_invalid"),
        (
            request_link("w:", CLIENT_ID, "http://verifier.skillspass.example/1"),
            "request_uri_invalid",
        ),
        (request_link("w:", CLIENT_ID, "https://evil.example/1"), "request_uri_invalid"),
        (request_link("w:", CLIENT_ID, f"{HOST}:8443/1"), "request_uri_invalid"),
        (request_link("w:", CLIENT_ID, REQUEST_URI) + "&client_id=x", "request_uri_invalid"),
        (
            request_link("w:", CLIENT_ID, REQUEST_URI) + "&request_uri_method=put",
            "invalid_request_uri_method",
        ),
        (
            request_link("w:", "redirect_uri:https://a.example", "https://a.example/"),
            "client_id_prefix_unsupported",
        ),
    ],
)
def test_a_link_that_leads_elsewhere_is_refused(link: str, code: str) -> None:
    with pytest.raises(CredentialError) as refusal:
        parse_request_link(link)
    assert refusal.value.code == code


@given(st.text(max_size=120))
def test_any_text_is_a_link_or_our_error(text: str) -> None:
    with pytest.raises(CredentialError):
        parse_request_link(text)


@given(
    st.dictionaries(
        st.sampled_from(["client_id", "nonce", "exp", "iat", "client_metadata", "response_uri"]),
        st.none() | st.booleans() | st.integers() | st.text(max_size=9) | st.lists(st.text()),
        min_size=1,
    )
)
def test_any_change_of_a_request_gives_a_request_or_our_error(change: dict[str, JsonValue]) -> None:
    signer = SoftwareSigner.generate(Algorithm.ES256, f"{VERIFIER}#key-1")
    at = datetime.fromisoformat("2026-11-23T12:00:00+00:00")

    def offline(url: str) -> bytes:
        raise UndeterminedError("fetch_failed", url)

    with pytest.raises(CredentialError):
        parse_request(_signed(signer, at, change), client_id=None, get=offline, at=at)


def test_a_bare_address_must_be_the_askers_own(
    verifier_key: SoftwareSigner, get: Get, now: datetime
) -> None:
    request = _parse(_signed(verifier_key, now), get, now)
    own = parse_request_link(f"{HOST}/oid4vp/requests/7")
    assert own.client_id is None
    own.check_host(request.host)
    with pytest.raises(ProtocolError) as caught:
        parse_request_link("https://relay.example/oid4vp/requests/7").check_host(request.host)
    assert caught.value.code == "request_uri_invalid"
