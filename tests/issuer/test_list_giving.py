"""Giving a class list on its pages: once, by two people where it is large, and then it is gone."""

from pathlib import Path

import pytest

from issuer.tables import ListState
from tests.issuer.class_lists import Desk, draft_in, lines_in, offers_in
from tests.issuer.lists import DEMO, csv_of, other
from tests.issuer.office import Office, open_office

pytestmark = pytest.mark.usefixtures("on_both_databases")

MESSY = (DEMO / "trainees_messy.csv").read_bytes()


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return open_office(tmp_path)


@pytest.fixture
def desk(office: Office) -> Desk:
    return Desk(office)


def test_ready_rows_are_given_and_the_others_wait(desk: Desk) -> None:
    desk.put_down(MESSY)
    words = desk.open(f"{desk.base}/give")
    assert "15 bewijzen geven" in words
    assert "Code van deze lijst" in words
    words = desk.press(f"{desk.base}/give", delivery="mail", format="dc+sd-jwt")
    assert "15 bewijzen staan klaar" in words
    assert "24 regels wachten nog" in words
    assert len(offers_in(desk.office)) == len(lines_in(desk.office)) == 15
    assert {one.delivery for one in offers_in(desk.office)} == {"mail"}
    words = desk.open(f"{desk.base}/rows")
    assert "Nog geen regel is klaar" in words
    desk.row(17, do="save", c7="05-06-2026")
    words = give(desk, "cards")
    assert "16 bewijzen staan klaar" in words
    assert len({one.batch_id for one in offers_in(desk.office)}) == 2
    desk.open(f"{desk.base}/rows")
    desk.press(f"{desk.base}/close")
    row = draft_in(desk.office)
    assert row.state == ListState.ISSUED
    sheet = desk.office.ports.sealer.open(row.sheet, about=f"list {row.id}")
    assert len(sheet) < 200


def give(desk: Desk, delivery: str) -> str:
    """Go on and give."""
    desk.open(f"{desk.base}/give")
    return desk.press(f"{desk.base}/give", delivery=delivery, format="dc+sd-jwt")


def test_the_button_pressed_twice_gives_once(desk: Desk) -> None:
    desk.put_down(MESSY)
    desk.open(f"{desk.base}/give")
    fields = {"delivery": "screen", "format": "dc+sd-jwt"}
    first = desk.send(f"{desk.base}/give", fields)
    second = desk.send(f"{desk.base}/give", fields)
    assert first.status_code == second.status_code == 303
    assert first.headers["location"] == second.headers["location"]
    assert len(offers_in(desk.office)) == 15


def test_a_page_of_before_gives_nothing_more(desk: Desk) -> None:
    desk.put_down(MESSY)
    give(desk, "screen")
    desk.open(f"{desk.base}/rows")
    desk.row(17, do="save", c7="05-06-2026")
    tab = Desk(desk.office)
    tab.open(f"{desk.base}/give")
    desk.row(18, do="save", c7="03-04-2026")
    words = tab.press(f"{tab.base}/give", delivery="screen", format="dc+sd-jwt")
    assert "Deze lijst is intussen veranderd." in words
    assert len(offers_in(desk.office)) == 15


def test_mail_needs_an_address_for_everyone(desk: Desk) -> None:
    desk.put_down(csv_of({"E-mail privé": ""}).encode())
    desk.row(2, do="confirm:email_missing:4")
    assert "Mensen zonder adres: 1." in desk.open(f"{desk.base}/give")
    answer = desk.send(f"{desk.base}/give", {"delivery": "mail", "format": "dc+sd-jwt"})
    assert answer.status_code == 400
    assert "Niet iedereen heeft een e-mailadres" in answer.text
    assert offers_in(desk.office) == []
    assert "1 bewijs staat klaar" in desk.press(
        f"{desk.base}/give", delivery="cards", format="dc+sd-jwt"
    )


def test_who_got_a_proof_before_is_asked_about(desk: Desk) -> None:
    desk.put_down(csv_of({}).encode())
    give(desk, "screen")
    desk.put_down(csv_of({"Cursistnummer": "99"}).encode())
    assert "kreeg dit bewijs al eerder" in desk.line(2)
    assert "1 regel is klaar" in desk.row(2, do="confirm:issued_before:-1")
    assert "1 bewijs staat klaar" in give(desk, "screen")


def many(count: int = 26) -> bytes:
    return csv_of(*(other(str(number)) for number in range(40_000, 40_000 + count))).encode()


def test_many_proofs_wait_for_a_second_person(desk: Desk) -> None:
    desk.put_down(many())
    words = give(desk, "cards")
    assert "Je hebt deze lijst zelf gemaakt" in words
    assert offers_in(desk.office) == []
    waiting = desk.path
    answer = desk.send(waiting, {"do": "approve"})
    assert answer.status_code == 403
    desk.office.sign_in("demo-own-2")
    words = desk.open(waiting)
    assert "Joke Veenstra heeft deze lijst gemaakt." in words
    words = desk.press(waiting, do="approve")
    assert "26 bewijzen staan klaar" in words
    assert len(offers_in(desk.office)) == 26
    assert draft_in(desk.office).approved_by == "demo-own-2"


def test_nobody_approves_their_own_list_whatever_their_duties(desk: Desk) -> None:
    desk.office.sign_in("demo-own-2")  # approver and issuer
    desk.put_down(many())
    give(desk, "cards")
    answer = desk.send(desk.path, {"do": "approve"})
    assert answer.status_code == 403
    assert "Je eigen lijst kun je niet goedkeuren" in answer.text
    assert offers_in(desk.office) == []


def test_a_list_that_waits_cannot_be_changed_and_can_be_sent_back(desk: Desk) -> None:
    desk.put_down(many())
    rows = desk.path
    give(desk, "cards")
    answer = desk.send(f"{desk.base}/rows/2", {"do": "leave"})
    assert answer.status_code == 409
    assert desk.open(rows)
    assert desk.path.endswith("/approval")
    words = desk.press(desk.path, do="back")
    assert "26 regels zijn klaar" in words


def test_only_what_was_asked_is_approved(desk: Desk) -> None:
    desk.put_down(many())
    give(desk, "cards")
    waiting = desk.path
    desk.office.clock.wait(days=-200)  # the exam is now in the future
    desk.office.sign_in("demo-own-2")
    desk.open(waiting)
    answer = desk.send(waiting, {"do": "approve"})
    assert answer.status_code == 409
    assert "Er is iets veranderd" in answer.text
    assert offers_in(desk.office) == []
