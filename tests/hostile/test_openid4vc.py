"""Hostile messages of OpenID4VCI and OpenID4VP, by the ids of the hostile table."""

from collections.abc import Callable
from datetime import datetime

import pytest

from credentials import jose
from credentials.dids.web import write_document
from credentials.encoding import JsonObject, JsonValue, b64url_encode, compact_json
from credentials.errors import CredentialError, MalformedError, RejectedError
from credentials.keys import Algorithm, SoftwareSigner
from credentials.openid4vc.dcql import parse_query
from credentials.openid4vc.key_proof import ProofRules, create_proof, verify_proofs
from credentials.openid4vc.message import ProtocolError
from credentials.openid4vc.request import (
    MAX_REQUEST_BYTES,
    client_id_of,
    create_request,
    parse_request,
    parse_request_link,
    request_link,
)
from credentials.openid4vc.response import create_response, open_response

DID = "did:web:verifier.skillspass.example"
CLIENT_ID = client_id_of(DID)
HOST = "https://verifier.skillspass.example"
ISSUER = "https://issuer.skillspass.example"
SIGNER = SoftwareSigner.generate(Algorithm.ES256, f"{DID}#1")
QUERY: JsonObject = {"credentials": [{"id": "q", "format": "dc+sd-jwt", "meta": {}}]}


def _get(_url: str) -> bytes:
    return compact_json(write_document(DID, [SIGNER.public]))


def _request(at: datetime, *, response_uri: str, encryption_jwk: JsonObject) -> str:
    return create_request(
        SIGNER,
        client_id=CLIENT_ID,
        response_uri=response_uri,
        nonce="n-0S6_WzA2Mj",
        state="s-1",
        dcql_query=QUERY,
        encryption_jwk=encryption_jwk,
        at=at,
    )


def _never(_nonce: str) -> bool:
    return False


def _always(_nonce: str) -> bool:
    return True


@pytest.mark.parametrize(
    ("audience", "client_id", "nonce_known", "error"),
    [
        (ISSUER, None, _never, "invalid_nonce"),
        ("https://other.example", None, _always, "invalid_proof"),
        (ISSUER, "another-client", _always, "invalid_proof"),
    ],
)
def test_h079_a_proof_of_possession_abused(
    audience: str,
    client_id: str | None,
    nonce_known: Callable[[str], bool],
    error: str,
    now: datetime,
) -> None:
    holder = SoftwareSigner.generate(Algorithm.ES256)
    proof = create_proof(holder, audience=audience, nonce="n", at=now, client_id=client_id)
    with pytest.raises(ProtocolError) as refusal:
        verify_proofs([proof], rules=ProofRules(ISSUER), nonce_known=nonce_known, at=now)
    assert refusal.value.error == error


@pytest.mark.parametrize("algorithm", ["none", "HS256", "None"])
def test_h079_a_proof_with_an_algorithm_that_proves_nothing(algorithm: str, now: datetime) -> None:
    holder = SoftwareSigner.generate(Algorithm.ES256)
    header, payload, _ = create_proof(holder, audience=ISSUER, nonce="n", at=now).split(".")
    jwk = holder.public.jwk()
    changed: JsonObject = {"alg": algorithm, "typ": "openid4vci-proof+jwt", "jwk": jwk}
    forged = f"{b64url_encode(compact_json(changed))}.{payload}."
    assert forged.split(".", maxsplit=1)[0] != header
    with pytest.raises(ProtocolError) as refusal:
        verify_proofs([forged], rules=ProofRules(ISSUER), nonce_known=_always, at=now)
    assert refusal.value.error == "invalid_proof"
    assert "alg_not_allowed" in refusal.value.detail


@pytest.mark.parametrize(
    "response_uri",
    [
        "https://evil.example/oid4vp",
        "https://verifier.skillspass.example:8443/oid4vp",
        "https://verifier.skillspass.example.evil.example/oid4vp",
        "https://verifier.skillspass.example@evil.example/oid4vp",
        "https://evil.example\\@verifier.skillspass.example/oid4vp",
        "http://verifier.skillspass.example/oid4vp",
        "//verifier.skillspass.example/oid4vp",
    ],
)
def test_h082_a_response_address_that_is_not_of_the_client(
    response_uri: str, now: datetime
) -> None:
    key = jose.generate_encryption_key()
    sound = _request(now, response_uri=f"{HOST}/oid4vp", encryption_jwk=key)
    assert parse_request(sound, client_id=CLIENT_ID, get=_get, at=now).host == HOST
    token = _request(now, response_uri=response_uri, encryption_jwk=key)
    with pytest.raises(ProtocolError) as refusal:
        parse_request(token, client_id=CLIENT_ID, get=_get, at=now)
    assert refusal.value.code == "client_mismatch"


@pytest.mark.parametrize(
    "request_uri",
    [
        "http://verifier.skillspass.example/requests/1",
        "https://evil.example/requests/1",
        "https://verifier.skillspass.example@evil.example/1",
        "file:///etc/passwd",
    ],
)
def test_h083_a_request_uri_that_leads_elsewhere(request_uri: str) -> None:
    sound = parse_request_link(request_link("w:", CLIENT_ID, f"{HOST}/requests/1"))
    assert sound.client_id == CLIENT_ID
    with pytest.raises(ProtocolError) as refusal:
        parse_request_link(request_link("w:", CLIENT_ID, request_uri))
    assert refusal.value.code == "request_uri_invalid"


@pytest.mark.parametrize(
    "body", ["a." * MAX_REQUEST_BYTES, '{"client_id": "x"}', "<html>", "e30.e30"]
)
def test_h083_an_answer_that_is_no_signed_request(body: str, now: datetime) -> None:
    with pytest.raises(ProtocolError) as refusal:
        parse_request(body, client_id=CLIENT_ID, get=_get, at=now)
    assert refusal.value.code == "request_uri_invalid"


def test_h084_a_query_of_a_thousand_levels_or_ten_thousand_claim_sets() -> None:
    deep: JsonObject = {}
    for _ in range(1_000):
        deep = {"meta": deep}
    asked: JsonObject = {
        "id": "q",
        "format": "dc+sd-jwt",
        "meta": {},
        "claims": [{"id": "a", "path": ["a"]}],
        "claim_sets": [["a"]],
    }
    parse_query({"credentials": [asked]})
    many: list[JsonValue] = [["a"] for _ in range(10_000)]
    hostile: list[tuple[JsonObject, str]] = [
        ({"meta": deep}, "too_deep"),
        ({"claim_sets": many}, "too_large"),
    ]
    for change, code in hostile:
        with pytest.raises(MalformedError) as refusal:
            parse_query({"credentials": [asked | change]})
        assert refusal.value.code == code


def test_h087_an_answer_encrypted_to_an_old_key(now: datetime) -> None:
    old, fresh = jose.generate_encryption_key(), jose.generate_encryption_key()
    token = _request(now, response_uri=f"{HOST}/oid4vp", encryption_jwk=old)
    request = parse_request(token, client_id=CLIENT_ID, get=_get, at=now)
    jwe = create_response(request, {"q": ["a~"]})
    assert open_response(jwe, old).vp_token == {"q": ("a~",)}
    with pytest.raises(RejectedError) as refusal:
        open_response(jwe, fresh)
    assert refusal.value.code == "encryption_key_unknown"
    with pytest.raises(CredentialError):
        open_response(jwe, {**fresh, "kid": old["kid"]})
