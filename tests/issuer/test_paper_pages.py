"""The office's pages for paper: one proof with its files, and the cards and PINs of a list."""

import io
from pathlib import Path

import pypdf
import pytest
from httpx2 import Response
from sqlmodel import select

from credentials.badge_images import read_image
from issuer import demo_office, holds
from issuer.documents.cards import MAX_CARDS
from issuer.pages.paper import MEDIA_TYPES
from issuer.tables import AuditEntry, Batch, Duty, Member
from schemas.messages import sentence
from service.certificate_files import read_certificate
from tests.issuer.office import Holder, Office, open_office
from tests.issuer.test_pages import post, text

pytestmark = pytest.mark.usefixtures("on_both_databases")


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return open_office(tmp_path)


def on_paper(office: Office, language: str = "nl") -> str:
    """Give an offer on paper, by hand; its page."""
    page = f"/made/{office.offer()['id']}/paper"
    answer = post(office, page, page, {"language": language})
    assert (answer.status_code, answer.headers["location"]) == (303, page)
    return page


def class_list(office: Office) -> str:
    """The trial's class, offered; the address of its list."""
    demo_office.fill(office.ports)
    with office.ports.database.reading() as session:
        return f"/batches/{session.exec(select(Batch)).one().id}"


def entries(office: Office) -> list[str]:
    with office.ports.database.reading() as session:
        return list(session.exec(select(AuditEntry.action)))


def take_duties(office: Office, *duties: Duty) -> None:
    """Leave the signed-in member these duties alone."""
    with office.ports.database.transaction() as session:
        row = session.get_one(Member, "demo-own-1")
        row.duties = [*duties]
        session.add(row)


@pytest.mark.parametrize("language", ["nl", "en"])
def test_giving_on_paper_offers_every_file(office: Office, language: str) -> None:
    page = on_paper(office, language)
    read = text(office.client, f"{page}?lang={language}")
    for key in ("title", "pdf", "png", "svg", "json", "mail"):
        assert sentence(f"issuer.paper.{key}", language) in read
    for name, media_type in MEDIA_TYPES.items():
        answer = office.client.get(f"{page}/{name}")
        assert answer.status_code == 200, name
        assert answer.headers["content-type"].startswith(media_type)
        assert answer.headers["cache-control"] == "no-store"
        assert answer.content


def test_the_files_hold_what_they_promise(office: Office) -> None:
    page = on_paper(office)

    def fetch(name: str) -> Response:
        return office.client.get(f"{page}/{name}")

    assert "Ahmet" in read_certificate(fetch("certificate.pdf").content)
    badge = fetch("badge.json").json()
    assert badge["type"] == ["VerifiableCredential", "OpenBadgeCredential"]
    assert read_image(fetch("badge.png").content) == badge
    assert read_image(fetch("badge.svg").content) == badge
    saved = fetch("certificate.pdf").headers["content-disposition"]
    assert saved.startswith('attachment; filename="certificaat-')
    assert "content-disposition" not in fetch("certificate.png").headers


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_overview_tells_paper_from_phone(office: Office, language: str) -> None:
    page = on_paper(office)
    words = sentence("issuer.standing.on_paper", language)
    assert words in text(office.client, f"/overview?lang={language}")
    made = text(office.client, page.removesuffix("/paper"))
    assert words in made
    assert sentence("issuer.made.withdraw", language) in made
    assert sentence("issuer.made.pause", language) in made


def test_an_open_offer_is_asked_about_first(office: Office) -> None:
    offer_id = office.offer()["id"]
    page = f"/made/{offer_id}"
    assert f'href="{page}/paper"' in office.client.get(page).text
    read = text(office.client, f"{page}/paper")
    assert sentence("issuer.paper.ends", "nl") in read
    assert sentence("issuer.paper.files", "nl") not in read


def test_what_a_phone_fetched_is_not_given_on_paper(office: Office) -> None:
    made = office.offer()
    Holder(office).receive(made)
    page = f"/made/{made['id']}/paper"
    assert sentence("issuer.paper.elsewhere", "nl") in text(office.client, page)
    assert post(office, "/", page, {"language": "nl"}).status_code == 409


def test_what_waits_for_an_approval_says_so(office: Office) -> None:
    offer_id = office.offer()["id"]
    with office.ports.database.transaction() as session:
        holds.hold(session, offer_id, ports=office.ports, at=office.clock())
    page = f"/made/{offer_id}/paper"
    assert sentence("issuer.paper.held", "nl") in text(office.client, page)
    assert post(office, "/", page, {"language": "nl"}).status_code == 409


def test_paper_that_is_no_longer_kept_says_so(office: Office) -> None:
    page = on_paper(office)
    office.clock.wait(days=31)
    office.sign_in()
    on_paper(office)
    assert sentence("issuer.paper.gone", "nl") in text(office.client, page)
    assert office.client.get(f"{page}/certificate.pdf").status_code == 410


@pytest.mark.parametrize("path", ["", *(f"/{name}" for name in MEDIA_TYPES), "/nothing.pdf"])
def test_paper_of_another_organisation_is_not_found(office: Office, path: str) -> None:
    """H091: a foreign id, for somebody with the same duty elsewhere."""
    page = on_paper(office)
    office.sign_in("demo-brugman-1")
    assert office.client.get(page + path).status_code == 404
    assert post(office, "/", page, {"language": "nl"}).status_code == 404


def test_only_who_gives_proofs_sees_paper_and_prints(office: Office) -> None:
    batch, page = class_list(office), on_paper(office)
    take_duties(office, Duty.ADMIN, Duty.APPROVER)
    for path in (page, f"{page}/certificate.pdf", f"{batch}/print"):
        assert office.client.get(path).status_code == 403, path
    for path in (page, f"{batch}/cards.pdf", f"{batch}/pins.pdf"):
        assert post(office, "/", path, {}).status_code == 403, path


def test_who_is_not_signed_in_gets_nothing(office: Office) -> None:
    batch, page = class_list(office), on_paper(office)
    office.client.cookies.clear()
    for path in (page, f"{page}/certificate.pdf", f"{batch}/print"):
        answer = office.client.get(path, follow_redirects=False)
        assert (answer.status_code, answer.content) == (303, b"") or answer.status_code == 303
    assert office.client.post(f"{batch}/pins.pdf").status_code in {303, 403}


def test_a_form_of_someone_else_prints_nothing(office: Office) -> None:
    batch = class_list(office)
    assert office.client.post(f"{batch}/pins.pdf", data={"language": "nl"}).status_code == 403


def test_a_list_is_printed_as_cards_and_as_pins(office: Office) -> None:
    batch = class_list(office)
    page = text(office.client, f"{batch}/print")
    assert sentence("issuer.print.do_cards", "nl") in page
    words = {}
    for what in ("cards", "pins"):
        answer = post(office, f"{batch}/print", f"{batch}/{what}.pdf", {"language": "nl"})
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == "application/pdf"
        assert answer.headers["cache-control"] == "no-store"
        pages = pypdf.PdfReader(io.BytesIO(answer.content)).pages
        words[what] = " ".join(" ".join(one.extract_text() for one in pages).split())
    assert "trainees, vel 1 van" in words["cards"]
    assert words["pins"].count("Pincode bij kaart") == words["cards"].count("Scan de code.") > 40
    assert [one for one in entries(office) if one.endswith("_printed")] == [
        "cards_printed",
        "pins_printed",
    ]


def test_what_was_fetched_is_not_printed_and_numbers_stay(office: Office) -> None:
    batch = class_list(office)
    before = _strips(office, batch)
    with office.ports.database.reading() as session:
        found = session.exec(select(Batch)).one()
    assert found.offers == len(before)
    office.clock.wait(days=13)
    assert _strips(office, batch) == before
    office.clock.wait(days=2)
    office.sign_in()
    answer = post(office, "/", f"{batch}/pins.pdf", {})
    assert answer.status_code == 409
    assert sentence("issuer.print.none", "nl") in text(office.client, f"{batch}/print")


def _strips(office: Office, batch: str) -> list[str]:
    office.sign_in()
    answer = post(office, f"{batch}/print", f"{batch}/pins.pdf", {"language": "nl"})
    pages = pypdf.PdfReader(io.BytesIO(answer.content)).pages
    whole = " ".join(one.extract_text() for one in pages)
    return [word.partition(".")[0] for word in whole.split("Pincode bij kaart ")[1:]]


def test_another_part_of_a_list_that_has_none_is_empty(office: Office) -> None:
    batch = class_list(office)
    answer = post(office, f"{batch}/print", f"{batch}/cards.pdf", {"part": "2"})
    assert answer.status_code == 409
    assert MAX_CARDS >= 100


def test_a_list_of_another_organisation_is_not_found(office: Office) -> None:
    """H091."""
    batch = class_list(office)
    office.sign_in("demo-brugman-1")
    assert office.client.get(f"{batch}/print").status_code == 404
    for what in ("cards", "pins", "other"):
        assert post(office, "/", f"{batch}/{what}.pdf", {}).status_code in {404, 422}
