"""The HAIP and FAPI 2.0 modules for issuers, each as a test of our own (standards list B).

What a wallet must not get away with in the authorization code flow, and what it may do. The issuer
asks attested wallets and bound tokens here (``high_assurance``).
"""

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest
from httpx2 import Response

from credentials import jose
from credentials.encoding import JsonObject
from credentials.keys import Algorithm, SoftwareSigner
from credentials.openid4vc import dpop, pkce
from issuer.authorization import CODE_LIFE, PUSHED_LIFE
from tests.issuer.code_flow import (
    ATTESTERS,
    BACK,
    HTML,
    Wallet,
    opened,
    query_of,
    wires_of,
)
from tests.issuer.office import Office, open_office

pytestmark = pytest.mark.usefixtures("on_both_databases")


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return open_office(tmp_path, attesters=ATTESTERS, high_assurance=True)


@pytest.fixture
def wallet(office: Office) -> Wallet:
    return Wallet(office, attested=True, bound=True, attested_keys=True)


def state_of(made: dict[str, str]) -> str:
    return made["offer_uri"].rpartition("/")[2]


def refused(answer: Response, error: str, code: str | None = None, status: int = 400) -> None:
    found = answer.json()
    assert (answer.status_code, found["error"]) == (status, error), found
    assert code in {None, found["code"]}, found


# --- encrypted, discovery


def test_encrypted_happy_flow(office: Office, wallet: Wallet) -> None:
    token = wallet.token(office.offer())["access_token"]
    private = jose.generate_encryption_key()
    wish: JsonObject = {"jwk": jose.public_encryption_key(private), "enc": "A128GCM"}
    answer = wallet.ask_encrypted(token, wish)
    assert opened(answer, private)["credentials"]


def test_encrypted_fail_unknown_credential_configuration(office: Office, wallet: Wallet) -> None:
    token = wallet.token(office.offer())["access_token"]
    answer = wallet.ask_encrypted(token, None, credential_configuration_id="unknown")
    refused(answer, "unknown_credential_configuration")


def test_discovery_endpoint_verification(office: Office) -> None:
    found = office.client.get("/.well-known/oauth-authorization-server").json()
    assert found["require_pushed_authorization_requests"] is True
    assert found["authorization_response_iss_parameter_supported"] is True
    assert found["code_challenge_methods_supported"] == ["S256"]
    assert "ES256" in found["dpop_signing_alg_values_supported"]
    assert "ES256" in found["client_attestation_signing_alg_values_supported"]
    assert "authorization_code" in found["grant_types_supported"]


# --- flow


def test_happy_flow(office: Office, wallet: Wallet) -> None:
    token = wallet.token(office.offer())["access_token"]
    bare = wallet.proof(key_attestation=None)
    refused(wallet.ask(token, bare), "invalid_proof", "key_attestation_missing")
    assert wires_of(wallet.ask(token))


def test_user_rejects(office: Office, wallet: Wallet) -> None:
    made = office.offer()
    answer = wallet.answer(wallet.pushed(issuer_state=state_of(made)), answer="no")
    found = query_of(answer.headers["location"])
    assert (found["error"], found["state"]) == ("access_denied", "s-1")
    assert found["iss"] == office.ports.origin
    assert office.operator("GET", f"/offers/{made['id']}").json()["state"] == "offered"


@pytest.mark.parametrize("length", [0, 128, 1_000])
def test_state_may_be_absent_or_long(office: Office, wallet: Wallet, length: int) -> None:
    made, state = office.offer(), "s" * length or None
    uri = wallet.pushed(issuer_state=state_of(made), state=state)
    location = wallet.answer(uri, pin=made["tx_code"]).headers["location"]
    assert query_of(location).get("state") == state


@pytest.mark.parametrize("inside", ["inside", None])
def test_a_state_outside_the_pushed_request_is_not_used(
    office: Office, wallet: Wallet, inside: str | None
) -> None:
    made = office.offer()
    uri = wallet.pushed(issuer_state=state_of(made), state=inside)
    outside = {"state": "outside", "redirect_uri": "https://evil.example/cb", "scope": "x"}
    assert wallet.page(uri, **outside).status_code == 200
    location = wallet.answer(uri, pin=made["tx_code"]).headers["location"]
    assert location.startswith(f"{BACK}?")
    assert query_of(location).get("state") == inside


def test_refresh_token(office: Office, wallet: Wallet) -> None:
    first = wallet.token(office.offer())
    given = wallet.ask(first["access_token"])
    second = wallet.refresh(first["refresh_token"])
    assert second.json()["token_type"] == "DPoP"
    fresh = second.json()["access_token"]
    assert wallet.ask(fresh).content == given.content
    refused(wallet.ask(first["access_token"]), "invalid_token", status=401)
    thief = wallet.other(dpop_key=SoftwareSigner.generate(Algorithm.ES256))
    refused(thief.refresh(first["refresh_token"]), "invalid_grant", "refresh_other_client")
    office.clock.wait(days=15)
    refused(wallet.refresh(first["refresh_token"]), "invalid_grant", "refresh_unknown")


def test_token_type_case(office: Office, wallet: Wallet) -> None:
    token = wallet.token(office.offer())["access_token"]
    proof = wallet.proof()
    for scheme in ("DPoP", "dpop", "DPOP"):
        shown = wallet.dpop_headers("/credential", token=token)
        shown["Authorization"] = f"{scheme} {token}"
        assert wallet.ask(token, proof, headers=shown).status_code == 200


def test_client_id_in_token_endpoint(office: Office, wallet: Wallet) -> None:
    code = wallet.code(office.offer())
    refused(wallet.redeem(code, client_id="other"), "invalid_client", status=401)
    assert wallet.redeem(code, client_id=None).status_code == 200  # the attestation names it


# --- DPoP


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"method": "GET"}, "dpop_method"),
        ({"url": "https://other.example/token"}, "dpop_url"),
        ({"nonce": None}, "use_dpop_nonce"),
        ({"nonce": "made-up"}, "use_dpop_nonce"),
        ({"jti": ""}, "dpop_malformed"),
    ],
)
def test_dpop_negative_tests_at_the_token_endpoint(
    office: Office, wallet: Wallet, change: dict[str, str | None], code: str
) -> None:
    grant = wallet.code(office.offer())
    shown = wallet.client_headers() | wallet.dpop_headers("/token", **change)
    answer = wallet.redeem(grant, shown)
    word = code if code == "use_dpop_nonce" else "invalid_dpop_proof"
    refused(answer, word, code)
    assert answer.headers["dpop-nonce"]
    assert wallet.redeem(grant).status_code == 200


def test_dpop_negative_tests_at_the_credential_endpoint(office: Office, wallet: Wallet) -> None:
    token = wallet.token(office.offer())["access_token"]
    thief = wallet.other(dpop_key=SoftwareSigner.generate(Algorithm.ES256))
    unbound = wallet.other(bound=False)
    refused(thief.ask(token), "invalid_dpop_proof", "dpop_key", 401)
    refused(unbound.ask(token), "invalid_token", status=401)
    shown = wallet.dpop_headers("/credential", token=token)
    assert wallet.ask(token, headers=shown).status_code == 200
    refused(wallet.ask(token, headers=shown), "invalid_dpop_proof", "dpop_replayed", 401)
    changes: list[tuple[dict[str, str | None], str | None]] = [
        ({"access_token": "other"}, "dpop_token"),
        ({"nonce": None}, None),
    ]
    for change, code in changes:
        answer = wallet.ask(token, headers=shown | _dpop(wallet, token, change))
        word = "use_dpop_nonce" if code is None else "invalid_dpop_proof"
        refused(answer, word, code, 401)
        assert f'error="{word}"' in answer.headers["www-authenticate"]


def _dpop(wallet: Wallet, token: str, change: dict[str, str | None]) -> dict[str, str]:
    return {"DPoP": wallet.dpop_headers("/credential", token=token, **change)["DPoP"]}


@pytest.mark.parametrize("seconds", [-10, 10])
def test_dpop_iat_ten_seconds_off_is_accepted(office: Office, wallet: Wallet, seconds: int) -> None:
    code = wallet.code(office.offer())
    moment = office.clock() + timedelta(seconds=seconds)
    shown = wallet.client_headers() | wallet.dpop_headers("/token", at=moment)
    assert wallet.redeem(code, shown).status_code == 200


def test_dpop_proof_nbf_exp(office: Office, wallet: Wallet) -> None:
    moment = int(office.clock().timestamp())
    for lives, status in ((120, 201), (-120, 400)):
        payload: JsonObject = {
            "htm": "POST",
            "htu": f"{office.ports.origin}/par",
            "iat": moment,
            "jti": f"j{lives}",
            "nonce": wallet.dpop_nonce(),
            "nbf": moment - 60,
            "exp": moment + lives,
        }
        header: JsonObject = {"typ": dpop.TYPE, "jwk": wallet.dpop_key.public.jwk()}
        proof = {"DPoP": jose.sign_compact(header, payload, wallet.dpop_key)}
        assert wallet.push(wallet.client_headers() | proof).status_code == status


def test_mismatched_dpop_jkt(wallet: Wallet) -> None:
    other = SoftwareSigner.generate(Algorithm.ES256).public.thumbprint
    refused(wallet.push(dpop_jkt=other), "invalid_dpop_proof", "dpop_key")


def test_token_endpoint_mismatched_proof_or_dpop_jkt(office: Office, wallet: Wallet) -> None:
    thief = wallet.other(dpop_key=SoftwareSigner.generate(Algorithm.ES256))
    by_proof = wallet.code(office.offer())
    refused(thief.redeem(by_proof), "invalid_grant", "code_other_key")
    silent = wallet.other(bound=False)
    by_thumbprint = silent.code(office.offer(), dpop_jkt=wallet.dpop_key.public.thumbprint)
    refused(thief.redeem(by_thumbprint), "invalid_grant", "code_other_key")
    assert wallet.redeem(by_thumbprint).status_code == 200


def test_holder_of_key_required(office: Office, wallet: Wallet) -> None:
    refused(wallet.other(bound=False).push(), "invalid_request", "dpop_missing")
    code = wallet.code(office.offer())
    refused(wallet.other(bound=False).redeem(code), "invalid_dpop_proof", "dpop_missing")


# --- redirect and response


def test_request_without_redirect_uri_fails(wallet: Wallet) -> None:
    refused(wallet.push(redirect_uri=None), "invalid_request")


def test_unregistered_redirect_uri_is_tolerated_under_par(office: Office, wallet: Wallet) -> None:
    elsewhere = "https://wallet.example/another?x=1"
    made = office.offer()
    uri = wallet.pushed(issuer_state=state_of(made), redirect_uri=elsewhere)
    answer = wallet.answer(uri, pin=made["tx_code"])
    assert answer.headers["location"].startswith(f"{elsewhere}&code=")
    code = query_of(answer.headers["location"])["code"]
    refused(wallet.redeem(code), "invalid_grant", "code_other_redirect")
    refused(wallet.redeem(code, redirect_uri=None), "invalid_grant", "code_other_redirect")
    assert wallet.redeem(code, redirect_uri=elsewhere).status_code == 200


@pytest.mark.parametrize("response_type", ["code id_token", "token"])
def test_other_response_types_fail(wallet: Wallet, response_type: str) -> None:
    refused(wallet.push(response_type=response_type), "unsupported_response_type")


# --- code


def test_code_is_bound_to_its_client(office: Office, wallet: Wallet) -> None:
    second = wallet.other(
        client_id="https://second.example", instance=SoftwareSigner.generate(Algorithm.ES256)
    )
    code = wallet.code(office.offer())
    refused(second.redeem(code), "invalid_grant", "code_other_client")
    same_name = wallet.other(instance=SoftwareSigner.generate(Algorithm.ES256))
    refused(same_name.redeem(code), "invalid_grant", "code_other_client")
    assert wallet.redeem(code).status_code == 200


def test_code_reuse_after_one_second_ends_its_tokens(office: Office, wallet: Wallet) -> None:
    code = wallet.code(office.offer())
    token = wallet.redeem(code).json()
    office.clock.wait(seconds=1)
    refused(wallet.redeem(code), "invalid_grant", "code_used")
    refused(wallet.ask(token["access_token"]), "invalid_token", status=401)
    refused(wallet.refresh(token["refresh_token"]), "invalid_grant", "refresh_unknown")


def test_expired_code(office: Office, wallet: Wallet) -> None:
    code = wallet.code(office.offer())
    office.clock.now += CODE_LIFE
    refused(wallet.redeem(code), "invalid_grant", "code_expired")


# --- PAR


def test_no_par_fails(office: Office, wallet: Wallet) -> None:
    answer = office.client.get(f"/authorize?{urlencode(wallet.request())}", headers=HTML)
    assert (answer.status_code, 'data-code="request_not_pushed"' in answer.text) == (400, True)
    assert "location" not in answer.headers


def test_request_uri_is_of_use_until_its_answer(office: Office, wallet: Wallet) -> None:
    made = office.offer()
    uri = wallet.pushed(issuer_state=state_of(made))
    for _ in range(3):
        assert wallet.page(uri).status_code == 200
    assert wallet.answer(uri, pin=made["tx_code"]).status_code == 303
    later = wallet.page(uri)
    assert (later.status_code, 'data-code="authorization_over"' in later.text) == (400, True)


def test_expired_request_uri(office: Office, wallet: Wallet) -> None:
    fresh, late = wallet.pushed(), wallet.pushed()
    assert wallet.page(fresh).status_code == 200
    office.clock.now += PUSHED_LIFE
    assert wallet.page(late).status_code == 400
    assert wallet.page(fresh).status_code == 200  # the person has the page before them
    office.clock.wait(minutes=10)
    assert wallet.page(fresh).status_code == 400


def test_request_uri_is_bound_to_its_client(wallet: Wallet) -> None:
    uri = wallet.pushed()
    assert wallet.other(client_id="https://second.example").page(uri).status_code == 400
    assert wallet.page("urn:ietf:params:oauth:request_uri:made-up").status_code == 400


def test_request_uri_inside_the_form_is_refused(wallet: Wallet) -> None:
    refused(wallet.push(request_uri="urn:x"), "invalid_request", "request_uri_inside")


def test_wrong_http_verb(office: Office) -> None:
    for path in ("/par", "/token", "/credential", "/nonce"):
        assert office.client.get(path).status_code == 405, path


def test_no_duplicate_parameters(wallet: Wallet) -> None:
    body = f"{urlencode(wallet.request())}&scope=x".encode()
    shown = wallet.client_headers() | wallet.dpop_headers("/par")
    answer = wallet.post(
        "/par", body, {"Content-Type": "application/x-www-form-urlencoded"} | shown
    )
    refused(answer, "invalid_request", "form_malformed")


# --- PKCE


def test_pkce_is_required_and_plain_refused(wallet: Wallet) -> None:
    refused(wallet.push(code_challenge=None), "invalid_request", "code_challenge_missing")
    plain = wallet.push(code_challenge=wallet.verifier, code_challenge_method="plain")
    refused(plain, "invalid_request", "code_challenge_method")


def test_pkce_verifier_is_required_and_must_fit(office: Office, wallet: Wallet) -> None:
    code = wallet.code(office.offer())
    missing = wallet.redeem(code, code_verifier=None)
    refused(missing, "invalid_grant", "code_verifier_invalid")
    wrong = wallet.redeem(code, code_verifier=pkce.create_verifier(lambda n: b"x" * n))
    refused(wrong, "invalid_grant", "code_verifier_mismatch")
    assert wallet.redeem(code).status_code == 200


def test_a_wallet_that_is_not_attested_is_refused(wallet: Wallet) -> None:
    bare = wallet.other(attested=False)
    refused(bare.push(), "invalid_client", "client_attestation_missing", 401)
    shown = wallet.client_headers() | wallet.dpop_headers("/par")
    assert wallet.push(shown).status_code == 201
    again = {**shown, **wallet.dpop_headers("/par")}
    refused(wallet.push(again), "invalid_client", "client_attestation_replayed", 401)
