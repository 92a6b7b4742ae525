"""The issuer's HTTP: OpenID4VCI 1.0 as a wallet meets it, and the operator's interface."""

from pathlib import Path

import pytest
from sqlmodel import select

from credentials.dids.web import read_document
from credentials.encoding import JsonObject
from credentials.openid4vc.authorization_metadata import parse_authorization_metadata
from credentials.openid4vc.metadata import parse_issuer_metadata
from credentials.openid4vc.token import create_token_request
from issuer.settings import DEMO_ORIGIN
from issuer.tables import Offer
from tests.issuer.lists import DEMO
from tests.issuer.office import FORKLIFT, Holder, Office, open_office

pytestmark = pytest.mark.usefixtures("on_both_databases")


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return open_office(tmp_path)


def test_the_metadata_names_every_type_in_both_formats_and_both_languages(office: Office) -> None:
    document = office.client.get("/.well-known/openid-credential-issuer").json()
    found = parse_issuer_metadata(document, expected_issuer=DEMO_ORIGIN)
    forklift = found.credential_configurations_supported["heftruck.dc+sd-jwt"]
    assert forklift.vct == "https://skillspass.example/types/heftruck/1"
    assert "heftruck.ldp_vc" in found.credential_configurations_supported
    assert forklift.credential_metadata is not None
    names = [one.name for one in forklift.credential_metadata.display or []]
    assert names == ["Heftruckcertificaat", "Forklift certificate"]
    server = office.client.get("/.well-known/oauth-authorization-server").json()
    assert parse_authorization_metadata(server, expected_issuer=DEMO_ORIGIN).token_endpoint


def test_types_that_only_an_employer_may_give_are_not_offered(office: Office) -> None:
    document = office.client.get("/.well-known/openid-credential-issuer").json()
    known = document["credential_configurations_supported"]
    assert "werkervaringsverklaring.dc+sd-jwt" not in known
    answer = office.operator(
        "POST", "/offers", json={"type": "werkervaringsverklaring", "claims": {}}
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "type_unknown")


def test_the_did_document_holds_both_keys_under_their_ids(office: Office) -> None:
    document = read_document(office.ports.did, office.client.get("/.well-known/did.json").content)
    for signer in office.ports.signers.values():
        assert signer.public.key_id is not None
        assert document.key(signer.public.key_id) == signer.public


def test_the_whole_flow_from_offer_to_notification(office: Office) -> None:
    made = office.offer()
    holder = Holder(office)
    offer = holder.read(made["offer_uri"])
    assert offer.tx_code is not None
    assert offer.tx_code.length == 6
    assert made["tx_code"] not in str(
        office.client.get(made["offer_uri"].removeprefix(DEMO_ORIGIN)).json()
    )
    token = holder.token(made)
    answer = holder.ask(token, holder.proof())
    assert answer.headers["cache-control"] == "no-store"
    notification = answer.json()["notification_id"]
    assert holder.notify(token, notification, "credential_accepted").status_code == 204
    found = office.operator("GET", f"/offers/{made['id']}").json()
    assert (found["state"], found["status"]) == ("accepted", "valid")
    assert found["issued_id"].startswith("urn:uuid:")


def test_a_redeemed_offer_is_no_longer_behind_its_link(office: Office) -> None:
    made = office.offer()
    Holder(office).token(made)
    assert office.client.get(made["offer_uri"].removeprefix(DEMO_ORIGIN)).status_code == 404


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"", "invalid_request"),
        (b"grant_type=password&username=x", "unsupported_grant_type"),
        (b"grant_type=authorization_code&code=1", "invalid_request"),
        (create_token_request("no-such-code"), "invalid_request"),  # without a PIN
        (create_token_request("no-such-code", tx_code="123456"), "invalid_grant"),
    ],
)
def test_token_requests_that_are_refused_say_so_in_oauths_words(
    office: Office, body: bytes, error: str
) -> None:
    answer = office.client.post("/token", content=body)
    assert (answer.status_code, answer.json()["error"]) == (400, error)
    assert answer.headers["cache-control"] == "no-store"


def test_an_expired_token_gives_nothing(office: Office) -> None:
    holder = Holder(office)
    token = holder.token(office.offer())
    office.clock.wait(minutes=5)
    answer = holder.ask(token, holder.proof())
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_token")
    assert "Bearer" in answer.headers["www-authenticate"]


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"proofs": {"jwt": ["x"]}}, "invalid_credential_request"),
        ({"credential_configuration_id": "heftruck.dc+sd-jwt"}, "invalid_proof"),
        (
            {"credential_configuration_id": "heftruck.dc+sd-jwt", "proofs": {"jwt": ["x", "y"]}},
            "invalid_proof",
        ),
        (
            {"credential_configuration_id": "heftruck.dc+sd-jwt", "proofs": {"ldp_vp": ["x"]}},
            "invalid_proof",
        ),
        (
            {"credential_configuration_id": "none.dc+sd-jwt", "proofs": {"jwt": ["x"]}},
            "unknown_credential_configuration",
        ),
        (
            {"credential_configuration_id": "heftruck.ldp_vc", "proofs": {"jwt": ["x"]}},
            "invalid_credential_request",
        ),
        (
            {"credential_identifier": "one", "proofs": {"jwt": ["x"]}},
            "unknown_credential_identifier",
        ),
        (
            {"credential_configuration_id": "a", "credential_response_encryption": {}},
            "invalid_encryption_parameters",
        ),
    ],
)
def test_credential_requests_that_are_refused(office: Office, body: JsonObject, error: str) -> None:
    holder = Holder(office)
    token = holder.token(office.offer())
    answer = office.client.post(
        "/credential", json=body, headers={"Authorization": f"Bearer {token}"}
    )
    assert (answer.status_code, answer.json()["error"]) == (400, error)
    assert holder.ask(token, holder.proof()).status_code == 200  # the token is still good


def test_a_credential_request_that_is_no_json_is_refused(office: Office) -> None:
    token = Holder(office).token(office.offer())
    for body in (b"{", b"[]", b'{"a":1,"a":2}'):
        answer = office.client.post(
            "/credential", content=body, headers={"Authorization": f"Bearer {token}"}
        )
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_credential_request")


def test_a_notification_needs_the_right_id_and_a_known_event(office: Office) -> None:
    holder = Holder(office)
    token = holder.token(office.offer())
    answer = holder.ask(token, holder.proof()).json()
    wrong = holder.notify(token, "another", "credential_accepted")
    assert (wrong.status_code, wrong.json()["error"]) == (400, "invalid_notification_id")
    unknown = holder.notify(token, answer["notification_id"], "credential_framed")
    assert (unknown.status_code, unknown.json()["error"]) == (400, "invalid_notification_request")
    assert holder.notify(token, answer["notification_id"], "credential_accepted").is_success


def test_scripts_of_any_origin_may_call_the_protocol_and_no_page(office: Office) -> None:
    for path in ("/.well-known/openid-credential-issuer", "/offers/none", "/status/token/1"):
        answer = office.client.get(path, headers={"Origin": "https://wallet.example"})
        assert answer.headers["access-control-allow-origin"] == "*", path
    for path in ("/token", "/nonce", "/credential", "/notification"):
        answer = office.client.options(path, headers={"Origin": "https://wallet.example"})
        assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (204, "*")
    for path in ("/", "/overview", "/api/offers"):
        assert "access-control-allow-origin" not in office.client.get(path).headers


def test_the_operator_must_show_the_key(office: Office) -> None:
    for key in ("", "wrong"):
        answer = office.operator("POST", "/offers", json={}, key=key)
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized")


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({"given_name": "Jan"}, "claim_missing"),
        (FORKLIFT | {"date_of_test": "2026-02-31"}, "claim_malformed"),
        (FORKLIFT | {"birth_date": "2000-01-01"}, "claim_unknown"),
        (FORKLIFT | {"skills": [{"skill": "vliegen", "level": 2}]}, "skill_unknown"),
        (FORKLIFT | {"truck_type": "nummer 123456782"}, "number_suspected"),
    ],
)
def test_offers_with_wrong_claims_are_refused_without_repeating_them(
    office: Office, claims: JsonObject, code: str
) -> None:
    answer = office.operator("POST", "/offers", json={"type": "heftruck", "claims": claims})
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert answer.headers["content-type"] == "application/problem+json"
    for value in ("Jan", "2026-02-31", "2000-01-01", "123456782"):
        assert value not in answer.text


def test_a_claim_that_must_never_be_issued_is_refused(office: Office) -> None:
    claims = {"given_name": "Jan", "family_name": "B", "date_of_exam": "2026-04-01"}
    wish: JsonObject = {"type": "vca-basis", "claims": {**claims, "birth_date": "2000-01-01"}}
    answer = office.operator("POST", "/offers", json=wish)
    assert (answer.status_code, answer.json()["code"]) == (400, "claim_never_issued")


def test_a_number_that_could_be_a_bsn_waits_for_a_word(office: Office) -> None:
    claims: JsonObject = {
        "given_name": "Jan",
        "family_name": "B",
        "date_of_exam": "2026-04-01",
        "document_number": "123456782",
    }
    answer = office.operator("POST", "/offers", json={"type": "vca-basis", "claims": claims})
    assert answer.json()["code"] == "number_unconfirmed"
    assert office.offer(type="vca-basis", claims=claims, numbers_confirmed=True)["id"]


def test_a_class_list_becomes_offers_for_those_who_passed(office: Office) -> None:
    data = (DEMO / "trainees.csv").read_bytes()
    answer = office.operator("POST", "/lists", content=data)
    found = answer.json()
    assert (answer.status_code, len(found["offers"]), found["faults"]) == (200, 55, [])
    assert [one["line"] for one in found["not_issued"]] == [9, 20, 31, 42, 55]
    assert {one["reason"] for one in found["not_issued"]} == {"result_not_passed"}
    assert len({one["offer_uri"] for one in found["offers"]}) == 55
    wire = Holder(office).receive(found["offers"][0])["credentials"][0]["credential"]
    assert isinstance(wire, str)


def test_a_list_with_errors_makes_nothing_unless_ready_rows_may_go_on(office: Office) -> None:
    data = (DEMO / "trainees_messy.csv").read_bytes()
    held = office.operator("POST", "/lists", content=data)
    assert (held.status_code, held.json()["offers"]) == (422, [])
    assert len(held.json()["faults"]) == 25
    read = office.operator("POST", "/lists?check=true", content=data)
    assert (read.status_code, read.json()["offers"]) == (200, [])
    with office.ports.database.reading() as session:
        assert session.exec(select(Offer)).first() is None
    done = office.operator("POST", "/lists?ready_only=true", content=data)
    assert (done.status_code, len(done.json()["offers"])) == (200, done.json()["ready"])


def test_one_type_out_of_a_list(office: Office) -> None:
    data = (DEMO / "trainees.csv").read_bytes()
    found = office.operator("POST", "/lists?type=bhv&format=ldp_vc", content=data).json()
    assert {(one["type"], one["format"]) for one in found["offers"]} == {("bhv", "ldp_vc")}
    assert len(found["offers"]) == 9


def test_in_production_nobody_is_signed_in_with_one_click(tmp_path: Path) -> None:
    office = open_office(tmp_path, public_url="https://issuer.example", production=True)
    first = office.client.get("/overview?show=all", follow_redirects=False)
    assert first.status_code == 303
    assert first.headers["location"] == "/sign-in?next=%2Foverview%3Fshow%3Dall"
    assert "demo-own" not in office.client.get("/sign-in").text
    assert office.client.get("/.well-known/did.json").status_code == 200
