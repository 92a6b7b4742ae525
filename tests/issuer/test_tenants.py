"""Several organisations in one installation: each at its address, none sees another's things."""

from pathlib import Path

import pytest

from credentials.dids.web import document_url, read_document
from credentials.errors import MalformedError, RejectedError
from credentials.openid4vc.metadata import issuer_metadata_url, parse_issuer_metadata
from issuer.demo_office import FIRM, FIRM_NAME
from issuer.installation import FIRST, keep_organisation
from issuer.pairing_keys import pairing_signer
from issuer.settings import DEMO_ORIGIN
from tests.issuer.office import Holder, Office, open_office

pytestmark = pytest.mark.usefixtures("on_both_databases")

FIRM_ORIGIN = f"{DEMO_ORIGIN}/o/{FIRM}"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return open_office(tmp_path)


def local(url: str) -> str:
    return url.removeprefix(DEMO_ORIGIN)


def test_each_organisation_has_its_own_identifier_and_keys(office: Office) -> None:
    firm = office.app.state.installation.ports(FIRM)
    assert (office.ports.origin, firm.origin) == (DEMO_ORIGIN, FIRM_ORIGIN)
    body = office.client.get(local(issuer_metadata_url(FIRM_ORIGIN))).json()
    metadata = parse_issuer_metadata(body, expected_issuer=FIRM_ORIGIN)
    assert metadata.credential_issuer == FIRM_ORIGIN
    assert metadata.display is not None
    assert metadata.display[0].name == FIRM_NAME
    document = read_document(firm.did, office.client.get(local(document_url(firm.did))).content)
    pairing = pairing_signer(firm)
    assert pairing is not None
    own = {signer.public.key_id for signer in firm.signers.values()}
    assert set(document.methods) == own | {pairing.public.key_id}
    mine = {signer.public.thumbprint for signer in office.ports.signers.values()}
    assert mine.isdisjoint(signer.public.thumbprint for signer in firm.signers.values())


def test_an_address_of_nobody_is_not_found(office: Office) -> None:
    answer = office.client.get("/o/nobody/did.json")
    assert answer.status_code == 404


def test_an_offer_opens_at_its_own_organisation_alone(office: Office) -> None:
    made = office.offer()
    path = local(made["offer_uri"])
    assert office.client.get(path).status_code == 200
    assert office.client.get(f"/o/{FIRM}{path}").status_code == 404


def test_a_token_and_a_nonce_serve_their_own_organisation_alone(office: Office) -> None:
    holder = Holder(office)
    token = holder.token(office.offer())
    asked = {"credential_configuration_id": "heftruck.dc+sd-jwt"}
    elsewhere = office.client.post(
        f"/o/{FIRM}/credential",
        json={**asked, "proofs": {"jwt": [holder.proof(audience=FIRM_ORIGIN)]}},
        headers={"Authorization": f"Bearer {token}"},
    )
    assert elsewhere.status_code == 401
    nonce = office.client.post(f"/o/{FIRM}/nonce").json()["c_nonce"]
    refused = holder.ask(token, holder.proof(nonce))
    assert refused.json()["error"] in {"invalid_nonce", "invalid_proof"}
    assert holder.ask(token, holder.proof()).status_code == 200


def test_a_member_sees_the_things_of_their_own_organisation_alone(office: Office) -> None:
    made = office.offer()
    assert office.client.get(f"/made/{made['id']}").status_code == 200
    office.sign_in("demo-brugman-1")
    assert office.client.get(f"/made/{made['id']}").status_code == 404
    assert FIRM_NAME in office.client.get("/", headers={"Accept": "text/html"}).text


@pytest.mark.parametrize(
    ("slug", "name", "kvk"),
    [
        ("Two Words", "Firm", None),
        ("firm", " ", None),
        ("firm", "x" * 121, None),
        ("firm", "Firm\n", None),
        ("firm", "Firm", "1234567"),
        ("firm", "Firm", "١٢٣٤٥٦٧٨"),
    ],
)
def test_an_organisation_of_another_form_is_refused(
    office: Office, slug: str, name: str, kvk: str | None
) -> None:
    installation = office.app.state.installation
    with (
        installation.database.transaction() as session,
        pytest.raises(MalformedError, match="organisation_invalid"),
    ):
        keep_organisation(
            session,
            installation.settings,
            organisation_id="new",
            slug=slug,
            name=name,
            roles=frozenset(),
            kvk=kvk,
        )
    with pytest.raises(RejectedError, match="not_found"):
        installation.ports("new")


def test_a_changed_name_shows_at_once(office: Office) -> None:
    installation = office.app.state.installation
    with installation.database.transaction() as session:
        keep_organisation(
            session,
            installation.settings,
            organisation_id=FIRST,
            slug="",
            name="Another name",
            roles=office.settings.roles,
        )
    assert installation.ports(FIRST).identity.name == "Another name"


def test_a_member_without_the_duty_cannot_give(office: Office) -> None:
    office.sign_in("demo-own-3")
    page = office.client.get("/templates/heftruck", headers={"Accept": "text/html"})
    token = page.text.split('name="csrf_token" value="')[1].split('"')[0]
    answer = office.client.post("/templates/heftruck/offers", data={"csrf_token": token})
    assert answer.status_code == 403
    assert answer.json()["code"] == "forbidden"


def test_a_login_ends_after_a_quarter_of_an_hour_without_a_page(office: Office) -> None:
    office.clock.wait(minutes=14)
    assert office.client.get("/", follow_redirects=False).status_code == 200
    office.clock.wait(minutes=15)
    assert office.client.get("/", follow_redirects=False).status_code == 303


@pytest.mark.parametrize("wish", ["https://evil.example", "//evil.example", "/\\evil", "", "/a\nb"])
def test_signing_in_leads_to_our_own_pages_alone(office: Office, wish: str) -> None:
    page = office.client.get("/sign-in", params={"next": wish})
    assert 'name="next" value="/"' in page.text
