"""The institute's screens: choose, fill in, show the code, look after what was given."""

import re
from html import unescape
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from markupsafe import Markup

from credentials.encoding import JsonObject
from issuer.form_fields import read
from issuer.settings import DEMO_ORIGIN
from tests.issuer.office import FORKLIFT, Holder, Office, open_office

pytestmark = pytest.mark.usefixtures("on_both_databases")

FORM = {
    "given_name": "Jan",
    "family_name": "Bakker",
    "date_of_test": "2026-11-09",
    "skill.1": "heftruck",
    "level.1": "3",
}


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return open_office(tmp_path)


def post(office: Office, page: str, path: str, fields: dict[str, str]) -> Response:
    """Fill in a form as a browser does: open its page first, send its hidden field along."""
    opened = office.client.get(page, headers={"Accept": "text/html"})
    token = re.search(r'name="csrf_token" value="([^"]+)"', opened.text)
    assert token is not None
    return office.client.post(
        path,
        data={"csrf_token": token[1], **fields},
        headers={"Accept": "text/html"},
        follow_redirects=False,
    )


def made(office: Office, fields: dict[str, str] | None = None) -> str:
    """Make an offer through the form; the page of the offer."""
    page = "/templates/heftruck"
    answer = post(office, page, f"{page}/offers", FORM if fields is None else fields)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def text(client: TestClient, path: str) -> str:
    """What a person reads on a page."""
    answer = client.get(path, headers={"Accept": "text/html"})
    assert answer.status_code == 200
    body = re.sub(r"<(script|style|head).*?</\1>", " ", answer.text, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def pin_on(page: str) -> str:
    found = re.search(r"\b(\d{3}) (\d{3})\b", page)
    assert found is not None
    return found[1] + found[2]


def link_on(office: Office, path: str) -> str:
    found = re.search(r'href="([^"]*credential_offer_uri=[^"]+)"', office.client.get(path).text)
    assert found is not None
    return unescape(found[1])


@pytest.mark.parametrize(
    ("language", "words"),
    [("nl", ("Bewijs geven", "Heftruckcertificaat")), ("en", ("Give a proof", "Forklift"))],
)
def test_the_start_lists_the_templates_in_the_readers_language(
    office: Office, language: str, words: tuple[str, ...]
) -> None:
    page = text(office.client, f"/?lang={language}")
    for word in words:
        assert word in page


def test_no_page_shows_a_word_of_the_protocols_or_a_raw_identifier(office: Office) -> None:
    path = made(office)
    for page in ("/", "/templates/heftruck", "/templates/lascertificaat-mag", path, "/overview"):
        for language in ("nl", "en"):
            words = text(office.client, f"{page}?lang={language}").casefold()
            for forbidden in ("did:", "jwt", "issuer", "credential", "vct", "claim", "urn:"):
                assert forbidden not in words, (page, language, forbidden)


def test_a_filled_form_becomes_a_code_a_link_and_a_pin_apart(office: Office) -> None:
    path = made(office)
    page = text(office.client, path)
    pin, link = pin_on(page), link_on(office, path)
    assert "Jan Bakker" in page
    assert pin not in link
    assert path.rpartition("/")[2] not in link  # who has the link cannot open this page
    assert 'role="img"' in office.client.get(path).text  # the code
    offer_uri = f"{DEMO_ORIGIN}/offers/{link.rpartition('%2F')[2]}"
    done: dict[str, str] = {
        "offer_uri": offer_uri,
        "tx_code": pin,
        "type": "heftruck",
        "format": "dc+sd-jwt",
    }
    assert Holder(office).receive(done)["credentials"]
    assert "opgehaald" in text(office.client, path)


@pytest.mark.parametrize(
    ("wallet", "is_here"), [("http://localhost:8002", True), ("https://wallet.example", False)]
)
def test_only_a_code_for_this_machine_says_that_a_phone_cannot_open_it(
    tmp_path: Path, wallet: str, *, is_here: bool
) -> None:
    office = open_office(tmp_path, wallet_url=wallet)
    assert ("alleen op deze computer" in text(office.client, made(office))) == is_here


def test_a_form_with_faults_comes_back_with_what_was_typed(office: Office) -> None:
    fields = FORM | {"date_of_test": "", "skill.2": "heftruck", "level.2": ""}
    answer = post(office, "/templates/heftruck", "/templates/heftruck/offers", fields)
    assert answer.status_code == 422
    assert 'value="Bakker"' in answer.text
    assert "Vul dit in." in answer.text
    assert "Kies bij elke skill ook een niveau." in answer.text


def test_typed_values_become_claims_of_the_right_kind(office: Office) -> None:
    typed = {
        "given_name": "Ria",
        "position": "PA, PB ,PF",
        "process": "135",
        "thickness": " 3-12 ",
    }
    assert read(office.ports.templates["lascertificaat-mag"], typed) == {
        "given_name": "Ria",
        "position": ["PA", "PB", "PF"],
        "process": "135",
        "thickness": "3-12",
    }
    milling = {"level_nlqf": "3", "grade": "7,6", "hours": "veel"}
    assert read(office.ports.templates["cnc-frezen-vakcertificaat"], milling) == {
        "level_nlqf": 3,
        "grade": 7.6,
        "hours": "veel",
    }
    practice = {"period.from": "2025-01-01", "period.until": "", "work_processes": "W1: meten"}
    assert read(office.ports.templates["praktijkverklaring"], practice) == {
        "period": "2025-01-01/",
        "work_processes": [{"code": "W1", "name": "meten"}],
    }
    forklift = {"practical_test": "no"}
    assert read(office.ports.templates["heftruck"], forklift) == {"practical_test": False}


def test_a_number_that_may_be_a_bsn_is_asked_about_once(office: Office) -> None:
    fields = {
        "given_name": "Jan",
        "family_name": "Bakker",
        "date_of_exam": "2026-04-01",
        "document_number": "123456782",
    }
    page = "/templates/vca-basis"
    asked = post(office, page, f"{page}/offers", fields)
    assert asked.status_code == 422
    assert "numbers_confirmed" in asked.text
    sure = post(office, page, f"{page}/offers", fields | {"numbers_confirmed": "yes"})
    assert sure.status_code == 303


def test_pausing_resuming_and_withdrawing_by_the_page(office: Office) -> None:
    wish = office.offer()
    Holder(office).receive(wish)
    path = f"/made/{wish['id']}"
    seen = []
    for to, reason in (("suspended", "looking"), ("valid", "looked"), ("revoked", "mistake")):
        answer = post(office, path, f"{path}/status", {"to": to, "reason": reason})
        assert (answer.status_code, answer.headers["location"]) == (303, path)
        seen.append(office.operator("GET", f"/offers/{wish['id']}").json()["status"])
    assert seen == ["suspended", "valid", "revoked"]
    page = text(office.client, path)
    assert "Reden: er staat een fout in." in page
    assert "Trek dit bewijs in" not in page  # it is for good
    back = post(office, path, f"{path}/status", {"to": "valid", "reason": "looked"})
    assert (back.status_code, "status_final" in back.text) == (409, True)


def test_a_status_that_does_not_exist_is_refused(office: Office) -> None:
    wish = office.offer()
    Holder(office).receive(wish)
    path = f"/made/{wish['id']}"
    answer = post(office, path, f"{path}/status", {"to": "gone", "reason": "looking"})
    assert answer.status_code == 400
    assert "Kies: geldig" in answer.text


def test_stopping_a_code_and_making_a_new_one(office: Office) -> None:
    path = made(office)
    assert post(office, path, f"{path}/cancel", {}).status_code == 303
    assert "gestopt" in text(office.client, path)
    assert post(office, path, f"{path}/cancel", {}).status_code == 409
    late = made(office)
    first = link_on(office, late)
    office.clock.wait(minutes=11)
    assert "code verlopen" in text(office.client, late)
    assert post(office, late, f"{late}/renew", {}).status_code == 303
    assert link_on(office, late) != first


def test_the_overview_counts_and_filters(office: Office) -> None:
    Holder(office).receive(office.offer())
    office.offer(claims={**FORKLIFT, "given_name": "Sandra"})
    page = text(office.client, "/overview")
    assert "1 van 2 opgehaald" in page
    waiting = text(office.client, "/overview?show=warning")
    assert "Sandra" in waiting
    assert "Ahmet" not in waiting


def test_names_are_shown_as_text_whatever_they_hold(office: Office) -> None:
    name = "<script>alert(1)</script>"
    claims: JsonObject = {**FORKLIFT, "given_name": name}
    wish = office.offer(claims=claims)
    for path in ("/", "/overview", f"/made/{wish['id']}"):
        page = office.client.get(path, headers={"Accept": "text/html"}).text
        assert name not in page
        assert str(Markup.escape(name)) in page


def test_the_page_of_an_unknown_offer_is_not_found(office: Office) -> None:
    for path in ("/made/none", "/templates/none"):
        assert office.client.get(path, headers={"Accept": "text/html"}).status_code == 404


@pytest.mark.parametrize("path", ["/made/%00", "/lists/%00", "/offers/%00", "/o/%00/did.json"])
def test_nothing_is_found_under_a_name_with_a_nul(office: Office, path: str) -> None:
    """PostgreSQL keeps no such text, and would rather break than look for one."""
    assert office.client.get(path).status_code == 404
