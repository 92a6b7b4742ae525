"""The page on which a person answers an app, and the tokens that come of it."""

from pathlib import Path

import pytest
from sqlmodel import select

from credentials.openid4vc.authorization import parse_response
from issuer import offers
from issuer.tables import AuthorizationCode, PushedRequest, RefreshToken, Token
from service.problems import explain
from tests.issuer.code_flow import BACK, FORM, HTML, Wallet, query_of, wires_of
from tests.issuer.office import Holder, Office, open_office

pytestmark = pytest.mark.usefixtures("on_both_databases")


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return open_office(tmp_path)


@pytest.fixture
def wallet(office: Office) -> Wallet:
    """A wallet that shows nothing of itself."""
    return Wallet(office)


def state_of(made: dict[str, str]) -> str:
    return made["offer_uri"].rpartition("/")[2]


def test_a_plain_wallet_gets_a_bearer_token(office: Office, wallet: Wallet) -> None:
    token = wallet.token(office.offer())
    assert token["token_type"] == "Bearer"
    assert wires_of(wallet.ask(token["access_token"]))


@pytest.mark.parametrize(
    ("language", "words"),
    [("nl", "wil je bewijs van Vakschool De Lasboog"), ("en", "wants to fetch your proof from")],
)
def test_the_page_says_who_asks_for_what(
    office: Office, wallet: Wallet, language: str, words: str
) -> None:
    uri = wallet.pushed(issuer_state=state_of(office.offer()))
    page = wallet.page(uri, lang=language)
    assert words in page.text
    assert "wallet.example" in page.text
    assert ("Heftruckcertificaat" if language == "nl" else "Forklift certificate") in page.text
    assert 'name="link"' not in page.text
    assert "<script" not in page.text
    policy = page.headers["content-security-policy"]
    assert "form-action 'self' https://wallet.example;" in policy
    assert page.headers["cache-control"] == "no-store"


def test_who_starts_in_the_app_gives_the_link_of_the_offer(office: Office, wallet: Wallet) -> None:
    made = office.offer()
    for link in (made["link"], made["offer_uri"], state_of(made)):
        uri = wallet.pushed()
        assert 'name="link"' in wallet.page(uri).text
        wrong = wallet.answer(uri, link=link, pin="000000" if made["tx_code"] != "000000" else "1")
        assert wrong.status_code == 400
    answer = wallet.answer(uri, link=made["link"], pin=made["tx_code"])
    code = query_of(answer.headers["location"])["code"]
    assert wallet.redeem(code).status_code == 200


@pytest.mark.parametrize("link", ["", "https://evil.example/offers/x", "x" * 500])
def test_a_link_of_nothing_is_told_so(wallet: Wallet, link: str) -> None:
    answer = wallet.answer(wallet.pushed(), link=link, pin="123456")
    assert answer.status_code == 400
    assert explain("code_unknown", "nl") in answer.text


def test_a_proof_of_another_kind_is_not_given_and_its_pin_not_asked(
    office: Office, wallet: Wallet
) -> None:
    made = office.offer(format="ldp_vc")
    answer = wallet.answer(wallet.pushed(issuer_state=state_of(made)), pin=made["tx_code"])
    assert explain("offer_other_type", "nl") in answer.text
    assert office.operator("GET", f"/offers/{made['id']}").json()["state"] == "offered"


def test_five_wrong_pins_on_the_page_lock_the_offer_for_every_flow(
    office: Office, wallet: Wallet
) -> None:
    made, holder = office.offer(), Holder(office)
    code = holder.read(made["offer_uri"]).pre_authorized_code
    wrong = f"{(int(made['tx_code']) + 1) % 1_000_000:06d}"
    uri = wallet.pushed(issuer_state=state_of(made))
    for left in (4, 3, 2, 1):
        page = wallet.answer(uri, pin=wrong)
        assert explain("pin_wrong", "nl") in page.text
        assert f"nog {left} keer" in page.text
    assert explain("code_locked", "nl") in wallet.answer(uri, pin=wrong).text
    assert explain("code_locked", "nl") in wallet.answer(uri, pin=made["tx_code"]).text
    assert holder.redeem(code, made["tx_code"]).json()["code"] == "code_locked"


def test_a_pin_may_be_typed_with_spaces(office: Office, wallet: Wallet) -> None:
    made = office.offer()
    pin = f"{made['tx_code'][:3]} {made['tx_code'][3:]}"
    answer = wallet.answer(wallet.pushed(issuer_state=state_of(made)), pin=pin)
    back = answer.headers["location"]
    assert parse_response(back, redirect_uri=BACK, state="s-1", issuer=office.ports.origin).code


def test_the_page_takes_no_answer_from_elsewhere(office: Office, wallet: Wallet) -> None:
    made = office.offer()
    uri = wallet.pushed(issuer_state=state_of(made))
    fields = {"client_id": wallet.client_id, "request_uri": uri, "pin": made["tx_code"]}
    answer = office.client.post("/authorize", data=fields, headers=HTML, follow_redirects=False)
    assert answer.status_code == 403
    assert office.operator("GET", f"/offers/{made['id']}").json()["state"] == "offered"


def test_an_offer_can_be_taken_once_by_either_flow(office: Office, wallet: Wallet) -> None:
    made, holder = office.offer(), Holder(office)
    code = holder.read(made["offer_uri"]).pre_authorized_code
    wallet.code(made)
    assert holder.redeem(code, made["tx_code"]).json()["code"] == "code_used"
    other = office.offer()
    uri = wallet.pushed(issuer_state=state_of(other))
    holder.token(other)
    assert explain("code_used", "nl") in wallet.answer(uri, pin=other["tx_code"]).text


def test_a_renewed_or_cancelled_offer_ends_code_and_tokens(office: Office, wallet: Wallet) -> None:
    made = office.offer()
    code = wallet.code(made)
    with office.ports.database.transaction() as session:
        offers.renew(session, made["id"], ports=office.ports, at=office.clock())
    assert wallet.redeem(code).json()["code"] == "code_unknown"


def test_only_known_scopes_and_configurations_are_taken(wallet: Wallet) -> None:
    assert wallet.push(scope="heftruck.dc+sd-jwt unknown").status_code == 201
    assert wallet.push(scope="unknown").json()["error"] == "invalid_scope"
    details = '[{"type":"openid_credential","credential_configuration_id":"unknown"}]'
    answer = wallet.push(authorization_details=details)
    assert answer.json()["error"] == "invalid_authorization_details"


def test_details_may_be_asked_with_the_pre_authorized_code_too(office: Office) -> None:
    made, holder = office.offer(), Holder(office)
    code = holder.read(made["offer_uri"]).pre_authorized_code or ""
    body = {
        "grant_type": "urn:ietf:params:oauth:grant-type:pre-authorized_code",
        "pre-authorized_code": code,
        "tx_code": made["tx_code"],
    }
    detail = '[{"type":"openid_credential","credential_configuration_id":"%s"}]'
    wrong = office.client.post(
        "/token", data={**body, "authorization_details": detail % "heftruck.ldp_vc"}, headers=FORM
    )
    assert wrong.json()["error"] == "invalid_authorization_details"
    right = office.client.post(
        "/token", data={**body, "authorization_details": detail % "heftruck.dc+sd-jwt"}
    )
    assert right.json()["authorization_details"][0]["credential_identifiers"]


def test_a_pre_authorized_token_can_be_bound_too(office: Office) -> None:
    made, wallet = office.offer(), Wallet(office, bound=True)
    code = Holder(office).read(made["offer_uri"]).pre_authorized_code or ""
    fields = {
        "grant_type": "urn:ietf:params:oauth:grant-type:pre-authorized_code",
        "pre-authorized_code": code,
        "tx_code": made["tx_code"],
    }
    granted = office.client.post("/token", data=fields, headers=wallet.dpop_headers("/token"))
    assert granted.json()["token_type"] == "DPoP"
    token = granted.json()["access_token"]
    assert wallet.other(bound=False).ask(token, wallet.proof(client_id=None)).status_code == 401
    assert wires_of(wallet.ask(token, wallet.proof(client_id=None)))


def test_each_organisation_has_endpoints_of_its_own(office: Office) -> None:
    organisations = office.app.state.installation.organisations()
    slug = next(one.identity.slug for one in organisations if one.identity.slug)
    known = office.client.get(f"/.well-known/openid-credential-issuer/o/{slug}")
    origin = known.json()["credential_issuer"]
    scope = next(iter(known.json()["credential_configurations_supported"]))
    other = Wallet(office, issuer=origin, audience=origin, prefix=f"/o/{slug}", bound=True)
    uri = other.pushed(scope=scope)
    assert other.page(uri).status_code == 200
    own = Wallet(office, bound=True)
    assert own.page(uri).status_code == 400  # not of the first organisation
    stranger = other.push(own.dpop_headers("/par"), scope=scope)
    assert stranger.json()["code"] == "dpop_url"
    wrong = other.page("urn:ietf:params:oauth:request_uri:none")
    assert (wrong.status_code, "text/html" in wrong.headers["content-type"]) == (400, True)
    made = office.offer()
    found = other.answer(uri, link=made["offer_uri"], pin=made["tx_code"])
    assert explain("code_unknown", "nl") in found.text  # an offer of another organisation


def test_scripts_of_any_origin_may_read_the_nonces(office: Office) -> None:
    answer = office.client.post("/nonce", headers={"Origin": "https://wallet.example"})
    exposed = answer.headers["access-control-expose-headers"]
    assert {"DPoP-Nonce", "Retry-After"} <= {name.strip() for name in exposed.split(",")}
    preflight = office.client.options("/par", headers={"Origin": "https://wallet.example"})
    assert "oauth-client-attestation-pop" in preflight.headers["access-control-allow-headers"]


def test_no_secret_of_the_flow_stands_in_the_database(office: Office, wallet: Wallet) -> None:
    made = office.offer()
    uri = wallet.pushed(issuer_state=state_of(made), state="a-state-of-the-wallet")
    location = wallet.answer(uri, pin=made["tx_code"]).headers["location"]
    code = query_of(location)["code"]
    token = wallet.redeem(code).json()
    secrets = [uri[-43:], code, token["access_token"], token["refresh_token"], "a-state-of"]
    with office.ports.database.reading() as session:
        rows = [
            repr(row.model_dump())
            for table in (PushedRequest, AuthorizationCode, Token, RefreshToken)
            for row in session.exec(select(table))
        ]
    assert len(rows) == 4
    assert [word for word in secrets if any(word in row for row in rows)] == []
