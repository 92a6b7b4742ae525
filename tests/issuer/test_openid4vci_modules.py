"""The modules of the OpenID Foundation's plan for issuers, each as a test of our own.

Names are those of the plan without its prefix (the plain plan, August 2026); what a module asks is
told in our words. The official plan remains the certificate.
"""

from datetime import timedelta
from pathlib import Path

import pytest
from httpx2 import Response
from sqlmodel import select

from credentials import jose
from credentials.encoding import JsonObject
from credentials.formats import FORMATS
from credentials.keys import Algorithm, SoftwareSigner
from credentials.openid4vc.authorization import parse_response
from credentials.openid4vc.authorization_metadata import parse_authorization_metadata
from credentials.openid4vc.metadata import parse_issuer_metadata, verify_issuer_metadata
from issuer import status
from issuer.settings import DEMO_ORIGIN
from issuer.tables import StatusSlot, StatusWord
from tests.issuer.code_flow import (
    ATTESTERS,
    BACK,
    JSON,
    PROVIDER_KEY,
    Wallet,
    opened,
    wires_of,
)
from tests.issuer.office import Office, open_office

pytestmark = pytest.mark.usefixtures("on_both_databases")

METADATA = "/.well-known/openid-credential-issuer"


@pytest.fixture(params=[False, True], ids=["plain", "haip"])
def office(tmp_path: Path, request: pytest.FixtureRequest) -> Office:
    """Both plans: under HAIP wallets and keys are attested, and tokens bound."""
    return open_office(tmp_path, attesters=ATTESTERS, high_assurance=request.param)


@pytest.fixture
def wallet(office: Office) -> Wallet:
    keys = office.settings.high_assurance
    return Wallet(office, attested=True, bound=True, attested_keys=keys)


def refused(answer: Response, status: int, error: str, code: str | None = None) -> None:
    found = answer.json()
    assert (answer.status_code, found["error"]) == (status, error), found
    assert code in {None, found["code"]}, found


def test_metadata_test(office: Office) -> None:
    answer = office.client.get(METADATA)
    assert answer.headers["content-type"] == "application/json"
    found = parse_issuer_metadata(answer.json(), expected_issuer=DEMO_ORIGIN)
    for endpoint in ("credential", "deferred_credential", "nonce", "notification"):
        assert getattr(found, f"{endpoint}_endpoint") == f"{DEMO_ORIGIN}/{endpoint}"
    assert found.batch_credential_issuance is not None
    assert all(one.scope for one in found.credential_configurations_supported.values())
    document = office.client.get("/.well-known/oauth-authorization-server").json()
    server = parse_authorization_metadata(document, expected_issuer=found.authorization_server())
    assert server.response_types_supported == ["code"]
    assert server.pushed_authorization_request_endpoint == f"{DEMO_ORIGIN}/par"
    assert set(server.scopes_supported or ()) == set(found.credential_configurations_supported)
    assert "attest_jwt_client_auth" in (server.token_endpoint_auth_methods_supported or ())


def test_metadata_test_signed(office: Office) -> None:
    answer = office.client.get(METADATA, headers={"Accept": "application/jwt"})
    assert answer.headers["content-type"] == "application/jwt"
    keys = {one.public.key_id: one.public for one in office.ports.signers.values()}
    found = verify_issuer_metadata(
        answer.text,
        expected_issuer=DEMO_ORIGIN,
        key_of=lambda kid: keys[kid],
        at=office.clock(),
    )
    plain = office.client.get(
        METADATA, headers={"Accept": "application/jwt;q=0.5, application/json"}
    )
    assert parse_issuer_metadata(plain.json(), expected_issuer=DEMO_ORIGIN) == found


def test_happy_flow(office: Office, wallet: Wallet) -> None:
    made = office.offer()
    state = made["offer_uri"].rpartition("/")[2]
    answer = wallet.answer(wallet.pushed(issuer_state=state), pin=made["tx_code"])
    assert answer.status_code == 303
    back = parse_response(
        answer.headers["location"], redirect_uri=BACK, state="s-1", issuer=DEMO_ORIGIN
    )
    granted = wallet.redeem(back.code)
    assert granted.headers["cache-control"] == "no-store"
    token = granted.json()
    assert token["token_type"] == "DPoP"
    given = wallet.ask(token["access_token"])
    (wire,) = wires_of(given)
    assert FORMATS["dc+sd-jwt"].parse(wire).holder == wallet.key.public
    assert wallet.notify(token["access_token"], given.json()["notification_id"]).status_code == 204


def test_happy_flow_additional_requests(office: Office, wallet: Wallet) -> None:
    token = wallet.token(office.offer())["access_token"]
    first = wallet.ask(token)
    wallet.notify(token, first.json()["notification_id"])
    for accept in ("application/json;charset=utf-8", "application/json, */*"):
        shown = wallet.dpop_headers("/credential", token=token)
        again = wallet.ask(token, headers={**shown, "Accept": accept})
        assert again.content == first.content


def test_happy_flow_multiple_clients(office: Office, wallet: Wallet) -> None:
    second = wallet.other(
        client_id="https://second.example",
        key=SoftwareSigner.generate(Algorithm.ES256),
        dpop_key=SoftwareSigner.generate(Algorithm.ES256),
        instance=SoftwareSigner.generate(Algorithm.ES256),
    )
    made = office.offer(), office.offer()
    tokens = [one.token(each) for one, each in zip((wallet, second), made, strict=True)]
    wires = [
        *wires_of(wallet.ask(tokens[0]["access_token"])),
        *wires_of(second.ask(tokens[1]["access_token"])),
    ]
    assert len(set(wires)) == 2


def test_happy_flow_skip_notification(office: Office, wallet: Wallet) -> None:
    made = office.offer()
    assert wires_of(wallet.ask(wallet.token(made)["access_token"]))
    assert office.operator("GET", f"/offers/{made['id']}").json()["state"] == "delivered"


def test_batch_issuance(office: Office, wallet: Wallet) -> None:
    announced = office.client.get(METADATA).json()["batch_credential_issuance"]["batch_size"]
    keys = [SoftwareSigner.generate(Algorithm.ES256) for _ in range(announced)]
    token, nonce = wallet.token(office.offer())["access_token"], wallet.c_nonce()
    answer = wallet.ask(token, *(wallet.proof(nonce, key) for key in keys))
    copies = [FORMATS["dc+sd-jwt"].parse(wire) for wire in wires_of(answer)]
    assert [copy.holder for copy in copies] == [key.public for key in keys]
    assert len({copy.credential.status[0].index for copy in copies}) == announced
    moments = {copy.credential.issued_at for copy in copies}
    assert {(one.minute, one.second) for one in moments} == {(0, 0)}  # RFC 9901, 10.1
    with office.ports.database.reading() as session:
        taken = [slot for slot in session.exec(select(StatusSlot)) if slot.issued_id]
    assert len(taken) == announced
    with office.ports.database.transaction() as session:
        first = copies[0].credential.credential_id or ""
        status.change(
            session,
            first,
            to=StatusWord.REVOKED,
            reason="error",
            ports=office.ports,
            at=office.clock(),
        )
        changed = {slot.status for slot in session.exec(select(StatusSlot)) if slot.issued_id}
    assert changed == {1}  # every copy went along
    twice = [wallet.proof(nonce, keys[0]), wallet.proof(nonce, keys[0])]
    refused(wallet.ask(token, *twice), 400, "invalid_proof", "proof_key_repeated")
    more = [SoftwareSigner.generate(Algorithm.ES256) for _ in range(announced + 1)]
    many = [wallet.proof(nonce, key) for key in more]
    refused(wallet.ask(token, *many), 400, "invalid_proof", "proofs_too_many")


def test_fail_invalid_nonce(office: Office, wallet: Wallet) -> None:
    token = wallet.token(office.offer())["access_token"]
    refused(wallet.ask(token, wallet.proof("made-up")), 400, "invalid_nonce")
    assert wallet.ask(token).status_code == 200


def test_fail_invalid_jwt_proof_signature(office: Office, wallet: Wallet) -> None:
    token = wallet.token(office.offer())["access_token"]
    head, payload, _ = wallet.proof().split(".")
    other = wallet.proof(key=SoftwareSigner.generate(Algorithm.ES256)).rpartition(".")[2]
    refused(wallet.ask(token, f"{head}.{payload}.{other}"), 400, "invalid_proof")


def test_fail_missing_proof(office: Office, wallet: Wallet) -> None:
    token = wallet.token(office.offer())["access_token"]
    refused(wallet.ask(token, proofs=None), 400, "invalid_proof")


def test_fail_invalid_key_attestation_signature(office: Office, wallet: Wallet) -> None:
    token, nonce = wallet.token(office.offer())["access_token"], wallet.c_nonce()
    stranger = SoftwareSigner.generate(Algorithm.ES256)

    def attested(signer: SoftwareSigner) -> str:
        return wallet.key_attestation(wallet.key, nonce, by=signer)

    for forged in (
        wallet.ask(token, wallet.proof(nonce, key_attestation=attested(stranger))),
        wallet.ask(token, proofs={"attestation": [attested(stranger)]}),
    ):
        refused(forged, 400, "invalid_proof", "key_attestation_signature")
    sound = wallet.ask(token, wallet.proof(nonce, key_attestation=attested(PROVIDER_KEY)))
    assert wires_of(sound)
    assert wallet.ask(token, proofs={"attestation": [attested(PROVIDER_KEY)]}).content == (
        sound.content
    )


def test_fail_invalid_client_attestation_signature(wallet: Wallet) -> None:
    forged = wallet.other(provider=SoftwareSigner.generate(Algorithm.ES256))
    refused(forged.push(), 401, "invalid_client", "client_attestation_signature")


def test_fail_invalid_client_attestation_pop_signature(wallet: Wallet) -> None:
    shown = wallet.client_headers()
    other = wallet.client_headers()["OAuth-Client-Attestation-PoP"]
    head, payload, _ = shown["OAuth-Client-Attestation-PoP"].split(".")
    shown["OAuth-Client-Attestation-PoP"] = f"{head}.{payload}.{other.rpartition('.')[2]}"
    answer = wallet.push(shown | wallet.dpop_headers("/par"))
    refused(answer, 401, "invalid_client", "client_attestation_pop_signature")


def test_fail_client_attestation_exp_in_past(wallet: Wallet) -> None:
    old = wallet.other(attested_for=timedelta(minutes=-5))
    refused(old.push(), 401, "invalid_client", "client_attestation_expired")


def test_fail_client_attestation_no_sub(wallet: Wallet) -> None:
    shown = wallet.client_headers(sub=None) | wallet.dpop_headers("/par")
    refused(wallet.push(shown), 401, "invalid_client", "client_attestation_no_sub")


def test_fail_client_attestation_pop_wrong_aud(wallet: Wallet) -> None:
    astray = wallet.other(audience="https://other.example")
    refused(astray.push(), 401, "invalid_client", "client_attestation_pop_audience")


def test_fail_mismatched_client_attestation_pop_key(wallet: Wallet) -> None:
    other = wallet.other(possessor=SoftwareSigner.generate(Algorithm.EDDSA))
    refused(other.push(), 401, "invalid_client", "client_attestation_pop_key")
    same_kind = wallet.other(possessor=SoftwareSigner.generate(Algorithm.ES256))
    refused(same_kind.push(), 401, "invalid_client")


def test_fail_unsupported_encryption_algorithm(office: Office, wallet: Wallet) -> None:
    token = wallet.token(office.offer())["access_token"]
    private = jose.generate_encryption_key()
    public = jose.public_encryption_key(private)
    wishes: list[JsonObject] = [
        {"jwk": public | {"alg": "RSA-OAEP-256"}, "enc": "A128GCM"},
        {"jwk": public, "enc": "A128CBC-HS256"},
        {"jwk": public, "enc": "A128GCM", "zip": "DEF"},
    ]
    for wish in wishes:
        answer = wallet.ask_encrypted(token, wish)
        refused(answer, 400, "invalid_encryption_parameters")
        assert answer.headers["content-type"] == "application/json"  # errors are never encrypted
    sound: JsonObject = {"jwk": public, "enc": "A256GCM"}
    plain = wallet.ask(token, credential_response_encryption=sound)
    refused(plain, 400, "invalid_encryption_parameters", "encryption_request_plain")
    given = opened(wallet.ask_encrypted(token, sound), private)
    assert given["credentials"]


def test_fail_unknown_credential_configuration(office: Office, wallet: Wallet) -> None:
    token = wallet.token(office.offer())["access_token"]
    answer = wallet.ask(token, credential_configuration_id="unknown")
    refused(answer, 400, "unknown_credential_configuration")


def test_fail_unknown_credential_identifier(office: Office, wallet: Wallet) -> None:
    details = '[{"type":"openid_credential","credential_configuration_id":"heftruck.dc+sd-jwt"}]'
    token = wallet.token(office.offer(), scope=None, authorization_details=details)
    (identifier,) = token["authorization_details"][0]["credential_identifiers"]

    def ask(name: str) -> Response:
        return wallet.ask(
            token["access_token"], credential_configuration_id=None, credential_identifier=name
        )

    refused(ask("unknown"), 400, "unknown_credential_identifier")
    refused(wallet.ask(token["access_token"]), 400, "invalid_credential_request")
    assert wires_of(ask(identifier))


def test_fail_on_access_token_in_query(office: Office, wallet: Wallet) -> None:
    token = wallet.token(office.offer())["access_token"]
    document = {"credential_configuration_id": "heftruck.dc+sd-jwt"}
    answer = office.client.post(f"/credential?access_token={token}", json=document, headers=JSON)
    refused(answer, 401, "invalid_token")
    body = office.client.post("/credential", data={"access_token": token, **document})
    refused(body, 401, "invalid_token")
