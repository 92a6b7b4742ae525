"""Hostile inputs of the issuer: H077-H080, H093 of the corpus, and H092 as a person sees it."""

import json
import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from markupsafe import escape
from sqlmodel import select

from credentials.encoding import JsonObject, b64url_encode, compact_json
from credentials.jose import sign_compact
from credentials.keys import Algorithm, SoftwareSigner
from credentials.openid4vc.key_proof import PROOF_TYPE
from issuer.settings import DEMO_ORIGIN
from issuer.tables import Issued, Offer, StatusSlot, Token
from tests.issuer.code_flow import Wallet
from tests.issuer.lists import csv_of
from tests.issuer.office import API_KEY, FORKLIFT, Holder, Office, open_office

pytestmark = pytest.mark.usefixtures("on_both_databases")

AT_ONCE = 50


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return open_office(tmp_path)


def wrong(pin: str) -> str:
    return f"{(int(pin) + 1) % 1_000_000:06d}"


def test_h077_one_code_redeemed_fifty_times_at_once_gives_one_token(office: Office) -> None:
    made = office.offer()
    holder = Holder(office)
    code = holder.read(made["offer_uri"]).pre_authorized_code
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: holder.redeem(code, made["tx_code"]), range(AT_ONCE)))
    assert Counter(one.status_code for one in answers) == {200: 1, 400: AT_ONCE - 1}
    assert {one.json()["error"] for one in answers if one.status_code == 400} == {"invalid_grant"}
    office.clock.wait(minutes=1)
    later = holder.redeem(code, made["tx_code"])
    assert (later.status_code, later.json()["error"]) == (400, "invalid_grant")
    with office.ports.database.reading() as session:
        assert len(session.exec(select(Token)).all()) == 1


def test_h078_five_wrong_pins_kill_the_code_and_one_does_not(office: Office) -> None:
    holder = Holder(office)
    guessed, mistyped = office.offer(), office.offer()
    code = holder.read(guessed["offer_uri"]).pre_authorized_code
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: holder.redeem(code, wrong(guessed["tx_code"])), range(5)))
    codes = Counter(one.json()["code"] for one in answers)
    assert codes == {"pin_wrong": 4, "code_locked": 1}  # each guess was counted
    dead = holder.redeem(code, guessed["tx_code"])
    assert (dead.status_code, dead.json()["error"]) == (400, "invalid_grant")
    code = holder.read(mistyped["offer_uri"]).pre_authorized_code
    assert holder.redeem(code, wrong(mistyped["tx_code"])).json()["error"] == "invalid_grant"
    assert holder.redeem(code, mistyped["tx_code"]).status_code == 200


def unsigned(holder: Holder, nonce: str) -> str:
    header: JsonObject = {"typ": PROOF_TYPE, "alg": "none", "jwk": holder.key.public.jwk()}
    payload: JsonObject = {"aud": DEMO_ORIGIN, "iat": 1795435200, "nonce": nonce}
    return ".".join([b64url_encode(compact_json(part)) for part in (header, payload)] + [""])


def without_time(holder: Holder, nonce: str) -> str:
    header: JsonObject = {"typ": PROOF_TYPE, "jwk": holder.key.public.jwk()}
    return sign_compact(header, {"aud": DEMO_ORIGIN, "nonce": nonce}, holder.key)


def test_h079_an_abused_proof_of_possession_is_refused(office: Office) -> None:
    holder = Holder(office)
    token, nonce = holder.token(office.offer()), holder.nonce()
    abused = {
        "another issuer": holder.proof(nonce, audience="https://other.example"),
        "another client": holder.proof(nonce, client_id="another-wallet"),
        "no iat": without_time(holder, nonce),
        "alg none": unsigned(holder, nonce),
    }
    for case, proof in abused.items():
        answer = holder.ask(token, proof)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_proof"), case
    assert holder.ask(token, holder.proof(nonce)).status_code == 200  # the nonce is still good


def test_h079_a_proof_made_for_another_client_is_refused_in_the_code_flow(office: Office) -> None:
    wallet = Wallet(office)
    token = wallet.token(office.offer())["access_token"]
    for client in (None, "https://other.example"):
        answer = wallet.ask(token, wallet.proof(client_id=client))
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_proof")
    assert wallet.ask(token).status_code == 200


def test_h079_a_nonce_serves_one_token(office: Office) -> None:
    holder = Holder(office)
    first, second = holder.token(office.offer()), holder.token(office.offer())
    nonce = holder.nonce()
    assert holder.ask(first, holder.proof(nonce)).status_code == 200
    used = holder.ask(second, holder.proof(nonce))
    assert (used.status_code, used.json()["error"]) == (400, "invalid_nonce")
    unknown = holder.ask(second, holder.proof("never-given-out"))
    assert unknown.json()["error"] == "invalid_nonce"
    late = holder.nonce()
    office.clock.wait(minutes=4)
    fresh = holder.token(office.offer())
    office.clock.wait(minutes=2)
    assert holder.ask(fresh, holder.proof(late)).json()["error"] == "invalid_nonce"


def test_h080_fifty_requests_at_once_get_one_credential(office: Office) -> None:
    holder, thief = Holder(office), Holder(office)
    token, proof = holder.token(office.offer()), holder.proof()
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: holder.ask(token, proof), range(AT_ONCE)))
    assert {one.status_code for one in answers} == {200}
    assert len({one.content for one in answers}) == 1
    with office.ports.database.reading() as session:
        issued = session.exec(select(Issued)).all()
        taken = [slot for slot in session.exec(select(StatusSlot)) if slot.issued_id]
    assert (len(issued), len(taken)) == (1, 1)
    other = thief.ask(token, thief.proof())
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_conflict")


def test_h080_fifty_requests_for_several_copies_get_each_copy_once(office: Office) -> None:
    wallet = Wallet(office)
    token, nonce = wallet.token(office.offer())["access_token"], wallet.c_nonce()
    keys = [SoftwareSigner.generate(Algorithm.ES256) for _ in range(3)]
    proofs = [wallet.proof(nonce, key) for key in keys]
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: wallet.ask(token, *proofs), range(AT_ONCE)))
    assert {one.status_code for one in answers} == {200}
    assert len({one.content for one in answers}) == 1
    with office.ports.database.reading() as session:
        issued = session.exec(select(Issued)).all()
        taken = [slot for slot in session.exec(select(StatusSlot)) if slot.issued_id]
    assert (len(issued), len({one.id for one in issued}), len(taken)) == (3, 3, 3)
    fewer = wallet.ask(token, *proofs[:2])
    assert (fewer.status_code, fewer.json()["code"]) == (409, "idempotency_conflict")


def test_h080_fifty_orders_under_one_idempotency_key_make_one_offer(office: Office) -> None:
    def ask(_: int) -> tuple[int, bytes]:
        answer = office.client.post(
            "/api/offers",
            json={"type": "heftruck", "claims": FORKLIFT},
            headers={"Authorization": f"Bearer {API_KEY}", "Idempotency-Key": "order-17"},
        )
        return answer.status_code, answer.content

    with ThreadPoolExecutor(16) as pool:
        answers = set(pool.map(ask, range(AT_ONCE)))
    ((status, content),) = answers
    assert status == 201
    with office.ports.database.reading() as session:
        (offer,) = session.exec(select(Offer)).all()
    assert json.loads(content)["id"] == offer.id


def test_h077_an_authorization_code_redeemed_fifty_times_gives_one_token(office: Office) -> None:
    wallet = Wallet(office)
    code = wallet.code(office.offer())
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: wallet.redeem(code), range(AT_ONCE)))
    assert Counter(one.status_code for one in answers) == {200: 1, 400: AT_ONCE - 1}
    assert {one.json()["error"] for one in answers if one.status_code == 400} == {"invalid_grant"}
    (token,) = [one.json()["access_token"] for one in answers if one.status_code == 200]
    assert wallet.ask(token).status_code == 401  # a code that came twice ends what it gave


def form_token(office: Office, page: str) -> str:
    found = re.search(
        r'name="csrf_token" value="([^"]+)"',
        office.client.get(page, headers={"Accept": "text/html"}).text,
    )
    assert found is not None
    return found[1]


FORM = {"given_name": "Jan", "family_name": "Bakker", "date_of_test": "2026-11-09"}


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
    ],
)
def test_h092_a_post_from_elsewhere_changes_nothing(
    office: Office, headers: dict[str, str]
) -> None:
    page = "/templates/heftruck"
    fields = {"csrf_token": form_token(office, page), **FORM}
    html = {"Accept": "text/html"}
    refused = office.client.post(f"{page}/offers", data=fields, headers=html | headers)
    assert refused.status_code == 403
    assert 'data-code="csrf"' in refused.text
    assert "Jan Bakker" not in office.client.get("/overview").text
    own = office.client.post(f"{page}/offers", data=fields, headers=html, follow_redirects=False)
    assert own.status_code == 303


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", '"><img src=x>', "{{ 7*7 }}"])
def test_h093_active_content_in_a_name_is_shown_as_text(office: Office, name: str) -> None:
    claims: JsonObject = {**FORKLIFT, "given_name": name}
    made = office.offer(claims=claims)
    for path in ("/", "/overview", f"/made/{made['id']}"):
        page = office.client.get(path, headers={"Accept": "text/html"})
        assert str(escape(name)) in page.text
        assert "<script" not in page.text
        assert "default-src 'none'" in page.headers["content-security-policy"]


@pytest.mark.parametrize("cell", ["=CMD()", "@x"])
def test_h093_a_formula_in_a_list_makes_no_offer(office: Office, cell: str) -> None:
    data = csv_of({"Voornaam": cell}).encode()
    answer = office.operator("POST", "/lists", content=data)
    assert (answer.status_code, answer.json()["offers"]) == (422, [])
    assert [fault["column"] for fault in answer.json()["faults"]] == ["Voornaam"]


def test_h093_a_name_with_hidden_or_turning_characters_is_refused(office: Office) -> None:
    for character in ("\u202e", "\u0000", "\n", "\u2028"):
        claims = json.loads(json.dumps({**FORKLIFT, "given_name": f"Jan{character}"}))
        answer = office.operator("POST", "/offers", json={"type": "heftruck", "claims": claims})
        assert (answer.status_code, answer.json()["code"]) == (400, "claim_malformed")
