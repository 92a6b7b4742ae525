"""The pages of a class list, without script: put down, columns said, mended in place."""

import zlib
from datetime import date
from pathlib import Path

import pytest

from tests.databases import everything_in
from tests.issuer.class_lists import Desk, all_bytes, draft_in, offers_in
from tests.issuer.lists import DEMO, csv_of, other
from tests.issuer.office import Office, open_office
from tests.issuer.workbooks import class_book

pytestmark = pytest.mark.usefixtures("on_both_databases")

MESSY = (DEMO / "trainees_messy.csv").read_bytes()


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return open_office(tmp_path)


@pytest.fixture
def desk(office: Office) -> Desk:
    return Desk(office)


def test_a_list_opens_with_what_is_ready(desk: Desk) -> None:
    words = desk.put_down(MESSY)
    assert "15 regels zijn klaar klas.csv, regels: 40" in words
    assert "Goed 15 Kijk even 3 Verbeter 21 Niet nodig 1" in words
    assert "24 regels wachten." in words
    assert "31-02-2026 bestaat niet" in desk.line(17)
    assert "Regel 22 zegt iets anders" in desk.line(6)
    assert "Regel 6 zegt iets anders" in desk.line(22)
    assert offers_in(desk.office) == []


def test_english_is_spoken_as_well(desk: Desk) -> None:
    desk.open("/lists?lang=en")
    assert "15 rows are ready" in desk.put_down(MESSY)
    assert "31-02-2026 does not exist" in desk.line(17)


def test_a_workbook_is_a_list_too(desk: Desk) -> None:
    words = desk.put_down(class_book({"Examendatum": date(2026, 6, 5)}), name="klas.xlsx")
    assert "1 regel is klaar" in words


def test_a_pasted_list_is_read(desk: Desk) -> None:
    desk.open("/lists/new")
    words = desk.press("/lists", pasted=csv_of({}, delimiter="\t"))
    assert "geplakte lijst, regels: 1" in words


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "Kies eerst een bestand of plak je lijst."),
        (b"\xd0\xcf\x11\xe0 old", "Dit is een oud soort Excel-bestand."),
        (csv_of({}).replace("Groep", "BSN").encode(), "Haal die kolom weg."),
    ],
    ids=["empty", "old", "bsn"],
)
def test_a_file_that_cannot_be_read_says_so_in_the_form(
    desk: Desk, data: bytes, words: str
) -> None:
    assert words in desk.put_down(data)


def test_a_cell_is_mended_in_its_place(desk: Desk) -> None:
    desk.put_down(MESSY)
    words = desk.row(17, do="save", c7="05-06-2026")
    assert "16 regels zijn klaar" in words
    assert desk.line(17).endswith("goed")
    assert "05-06-2026" in desk.line(17)


def test_a_cell_that_is_still_wrong_keeps_what_was_typed(desk: Desk) -> None:
    desk.put_down(MESSY)
    desk.row(17, do="save", c7="32-13-2026")
    assert "32-13-2026 bestaat niet" in desk.line(17)


def test_what_was_read_rightly_is_confirmed_with_one_press(desk: Desk) -> None:
    desk.put_down(MESSY)
    desk.row(20, do="confirm:date_is_number:7")
    assert desk.line(20).endswith("goed")


def test_a_confirmation_ends_when_the_row_changes(desk: Desk) -> None:
    desk.put_down(csv_of({"Examendatum": "46098"}).encode())
    desk.row(2, do="confirm:date_is_number:7")
    assert "1 regel is klaar" in desk.words()
    desk.row(2, do="save", c7="46097")
    assert "Is 16-03-2026 goed?" in desk.line(2)


def test_a_declared_number_is_confirmed_once_to_be_no_bsn(desk: Desk) -> None:
    desk.put_down(csv_of({"Cursistnummer": "111222333"}).encode())
    assert "Klopt, is geen BSN" in desk.line(2)
    assert "1 regel is klaar" in desk.row(2, do="confirm:number_confirm:0")


def test_of_two_rows_that_differ_one_is_chosen(desk: Desk) -> None:
    desk.put_down(MESSY)
    desk.row(22, do="this:6")
    assert "weggelaten" in desk.line(6)
    assert desk.line(22).endswith("goed")
    desk.row(6, do="back")
    assert "Kies welke regel klopt" in desk.line(22)


def test_a_row_that_was_cut_off_is_mended_as_a_whole(desk: Desk) -> None:
    desk.put_down(MESSY)
    page = desk.open(f"{desk.base}/rows/35")
    assert "Is de regel afgebroken?" in page
    cells = {"c7": "05-06-2026", "c8": "behaald", "c10": "", "c11": ""}
    names = {f"c{at}": "" for at in range(20)}
    kept = {"c0": "26035", "c1": "Oleksandr", "c3": "Kovalenko", "c5": "BHV"}
    desk.press(
        f"{desk.base}/rows/35",
        do="save",
        **names | kept | cells | {"c4": "oleksandr.kovalenko@mailbox.example"},
    )
    assert desk.line(35).endswith("goed")


def test_of_a_word_with_two_meanings_those_are_offered_first(desk: Desk) -> None:
    desk.put_down(MESSY)
    assert "Kies CNC-frezen Frezen op een gewone freesbank" in desk.line(29)
    desk.row(29, do="save", c10="CNC-frezen")
    assert desk.line(29).endswith("goed")


def test_rows_are_shown_by_group_and_by_page(desk: Desk) -> None:
    rows = [other(str(number)) for number in range(30_000, 30_120)]
    desk.put_down(csv_of(*rows, {"Cijfer": "99"}).encode())
    assert "Bladzijde 1 van 3" in desk.words()
    assert "Bladzijde 3 van 3" in desk.open(f"{desk.base}/rows?page=99")
    words = desk.open(f"{desk.base}/rows?show=negative")
    assert "Een 99 bestaat niet" in words
    assert "Bladzijde" not in words


def test_a_page_of_before_changes_nothing(desk: Desk) -> None:
    desk.put_down(MESSY)
    tab = Desk(desk.office)
    tab.open(desk.path)
    desk.row(17, do="save", c7="05-06-2026")
    words = tab.row(17, do="save", c7="06-06-2026")
    assert "Deze lijst is intussen veranderd." in words
    assert "05-06-2026" in tab.line(17)


def test_a_number_that_may_be_a_bsn_is_not_kept(desk: Desk, tmp_path: Path) -> None:
    desk.put_down(MESSY)
    assert "We hebben het nummer niet bewaard" in desk.line(32)
    ports, row = desk.office.ports, draft_in(desk.office)
    sheet = zlib.decompress(ports.sealer.open(row.sheet, about=f"list {row.id}"))
    assert b"26032" in sheet
    assert b"111222333" not in sheet
    desk.row(32, do="save", c19="toch nummer 111222333")
    assert "een burgerservicenummer kan zijn" in desk.line(32)
    assert "111222333" not in desk.page
    desk.row(32, do="save", c19="")
    assert desk.line(32).endswith("goed")
    written = all_bytes(tmp_path) + everything_in(ports.database)
    assert b"111222333" not in written
    assert b"Kevin" not in written


COLUMNS = (
    "Deelnemer;Mail;Opleiding;Datum;Geslaagd;geb.datum\r\n"
    "Piet Jansen;piet@thuis.example;BHV;05-06-2026;ja;01-01-1990\r\n"
)


def test_columns_that_are_only_likely_are_asked_and_remembered(desk: Desk) -> None:
    words = desk.put_down(COLUMNS.encode())
    assert desk.path.endswith("/columns")
    assert "een geboortedatum komt nooit in een bewijs" in words
    chosen = {"c0": "Naam", "c1": "E-mail privé", "c2": "Opleiding", "c3": "Examendatum"}
    words = desk.press(f"{desk.base}/columns", **chosen, c4="Resultaat")
    assert 'De kolom "Cursistnummer" ontbreekt.' in words
    words = desk.press(f"{desk.base}/columns", **chosen, c4="Resultaat", no_number="yes")
    assert "1 regel is klaar" in words
    assert "1 regel is klaar" in desk.put_down(COLUMNS.encode())
    assert "zo heb je het gekozen" in desk.open(f"{desk.base}/columns")


def test_two_columns_for_one_thing_are_refused_in_the_form(desk: Desk) -> None:
    desk.put_down(COLUMNS.encode())
    answer = desk.send(f"{desk.base}/columns", {"c0": "Naam", "c1": "Naam"})
    assert answer.status_code == 422
    assert "staat er twee keer" in answer.text
    answer = desk.send(f"{desk.base}/columns", {"c0": "Niets"})
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("nummer 111222333", "We hebben het nummer niet bewaard"),
        ("=1+1", "begint met een formule"),
        ("A.\u202e Bruin", "de leesrichting omdraait"),
    ],
    ids=["bsn", "formula", "override"],
)
def test_a_value_for_everybody_is_looked_at_like_a_cell(desk: Desk, typed: str, words: str) -> None:
    desk.put_down(COLUMNS.encode())
    answer = desk.send(f"{desk.base}/columns", {"c0": "Naam", "same_trainer": typed})
    assert answer.status_code == 422
    assert words in answer.text
    ports, row = desk.office.ports, draft_in(desk.office)
    assert row.version == 1
    answers = ports.sealer.open(row.answers, about=f"answers {row.id}")
    assert typed.encode() not in zlib.decompress(answers)


def test_what_is_the_same_for_everybody_is_filled_in_once(desk: Desk) -> None:
    desk.put_down(b"Naam;Mail\r\nPiet Jansen;piet@thuis.example\r\n", template="bhv")
    words = desk.press(
        f"{desk.base}/columns",
        template="bhv",
        c0="Naam",
        c1="E-mail privé",
        same_date="2026-06-05",
        passed="yes",
        no_number="yes",
    )
    assert "1 regel is klaar" in words


def test_who_may_only_look_changes_nothing(desk: Desk) -> None:
    desk.put_down(MESSY)
    path = desk.path
    desk.office.sign_in("demo-own-3")
    desk.open(path)
    assert desk.office.client.get("/lists/new").status_code == 403
    fields = {"do": "save", "c7": "05-06-2026"}
    assert desk.send(f"{desk.base}/rows/17", fields).status_code == 403
    for verb in ("give", "columns", "drop", "close"):
        assert desk.send(f"{desk.base}/{verb}", {"delivery": "cards"}).status_code == 403


def test_a_list_of_another_organisation_is_not_there(desk: Desk) -> None:
    desk.put_down(MESSY)
    path, base = desk.path, desk.base
    desk.office.sign_in("demo-brugman-1")
    for page in (path, base, f"{base}/columns", f"{base}/give", f"{base}/list.csv"):
        answer = desk.office.client.get(page, headers={"Accept": "text/html"})
        assert answer.status_code == 404, page
    assert "klas.csv" not in desk.open("/lists")
    answer = desk.send(f"{base}/rows/17", {"do": "leave", "version": "1"})
    assert answer.status_code == 404


def test_a_list_is_thrown_away(desk: Desk) -> None:
    desk.put_down(MESSY)
    assert "Er is nog geen lijst." in desk.press(f"{desk.base}/drop")


def test_a_list_that_nobody_touches_is_dropped(desk: Desk) -> None:
    desk.put_down(MESSY)
    desk.office.clock.wait(days=31)
    desk.office.sign_in()
    desk.put_down(csv_of({}).encode())
    assert draft_in(desk.office).ready == 1


def test_the_list_comes_back_mended_and_calculates_nothing(desk: Desk) -> None:
    desk.put_down(csv_of({"Cijfer": "99", "Opmerking": "+31 6 12345678"}).encode())
    desk.row(2, do="save", c9="7,5")
    again = desk.office.client.get(f"{desk.base}/list.csv")
    assert again.headers["content-disposition"] == 'attachment; filename="lijst.csv"'
    text = again.content.decode("utf-8-sig")
    assert ";7,5;" in text
    assert ";'+31 6 12345678" in text
    assert "1 regel is klaar" in desk.put_down(again.content)


def test_the_example_is_a_good_list(desk: Desk) -> None:
    example = desk.office.client.get("/lists/example.csv").content
    assert "1 regel is klaar" in desk.put_down(example)
