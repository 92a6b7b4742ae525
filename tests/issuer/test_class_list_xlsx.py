"""A class list as a workbook: what Excel keeps in cells, which sheet, and what is refused."""

import io
import tracemalloc
import zipfile
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.workbook.defined_name import DefinedName

from issuer import class_list_workbook
from issuer.class_list import ClassList, read_class_list, read_sheet
from issuer.class_list_file import MAX_COLUMNS, MAX_LINES
from issuer.class_list_workbook import MAX_PARTS, written
from tests.issuer.lists import ASKED, AT, GOOD, REFUSED, short
from tests.issuer.workbooks import SHEET, Value, class_book, part, saved, with_part, workbook

NUMBERS = {"Cursistnummer": 26001, "Cijfer": 7.2, "Niveau 1": 2}
DAY = date(2026, 6, 5)


def read(data: bytes) -> ClassList:
    return read_class_list(data, at=AT)


def refusal(data: bytes) -> tuple[str, str | None]:
    """Code and variant with which a workbook is refused; it has its sentences."""
    found = read(data)
    assert found.refused
    (fault,) = found.faults
    assert fault.sentence("nl") != fault.sentence("en")
    return fault.code, fault.variant


def test_a_workbook_gives_the_rows_of_the_same_csv() -> None:
    found = read(class_book({**NUMBERS, "Examendatum": DAY}))
    assert found.faults == ()
    (row,) = found.rows
    assert row.line == 2
    assert row.claims["date_of_result"] == "2026-06-05"
    assert row.claims["grade"] == 7.2
    assert row.claims["skills"]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (26001.0, "26001"),
        (12345678.0, "12345678"),
        (7.6, "7,6"),
        (7.1 + 0.5, "7,6"),
        (1e20, "1e+20"),
        (3, "3"),
        (True, "ja"),
        (False, "nee"),
        (date(2026, 11, 9), "09-11-2026"),
        (datetime(2026, 11, 9), "09-11-2026"),  # noqa: DTZ001 - a spreadsheet knows no zone
        (datetime(2026, 11, 9, 14, 30), "09-11-2026 14:30"),  # noqa: DTZ001 - as above
        ("tekst", "tekst"),
    ],
)
def test_a_cell_becomes_what_a_person_would_write(cell: object, text: str) -> None:
    assert written(cell) == text  # type: ignore[arg-type]  # every kind of cell


def test_a_day_that_excel_keeps_as_a_bare_number_is_asked() -> None:
    found = read(class_book({"Examendatum": 46098}))
    (fault,) = found.faults
    assert short(fault) == ("Examendatum", "date_is_number", *ASKED)
    assert fault.normalised_to == "17-03-2026"


def test_a_time_behind_a_day_is_left_off_and_told() -> None:
    found = read(class_book({"Examendatum": datetime(2026, 6, 5, 9, 30)}))  # noqa: DTZ001 - as above
    assert [fault.normalised_to for fault in found.faults] == ["05-06-2026"]
    assert len(found.rows) == 1


def test_lost_zeros_are_asked_where_other_numbers_kept_them() -> None:
    data = class_book(
        {"Cursistnummer": "00871", "Voornaam": "Ahmet", "E-mail privé": "a@thuis.example"},
        {"Cursistnummer": 872},
    )
    found = read(data)
    (fault,) = found.faults
    assert short(fault) == ("Cursistnummer", "zeros_lost", *ASKED)
    assert (fault.line, fault.normalised_to) == (3, "00872")
    assert [row.line for row in found.waiting] == [3]


def test_of_a_formula_only_its_last_result_is_read() -> None:
    data = class_book({"Voornaam": "Ria"})
    sheet = part(data).replace(
        b'<c r="B2" t="inlineStr"><is><t>Ria</t></is></c>',
        b'<c r="B2" t="str"><f>HYPERLINK("http://kwaad.example","Ria")</f><v>Ria</v></c>',
    )
    if b"HYPERLINK" not in sheet:
        strings = part(data, "xl/sharedStrings.xml")
        assert b"<t>Ria</t>" in strings
        at = strings.split(b"<si>")[1:].index(b"<t>Ria</t></si>")
        sheet = sheet.replace(
            b'<c r="B2" t="s"><v>%d</v></c>' % at,
            b'<c r="B2" t="str"><f>HYPERLINK("http://kwaad.example","Ria")</f><v>Ria</v></c>',
        )
    assert b"HYPERLINK" in sheet
    found = read(with_part(data, SHEET, sheet))
    assert [row.claims["given_name"] for row in found.rows] == ["Ria"]


@pytest.mark.parametrize("text", ["=1+1", "+SOM(A1)", "@SUM(1+1)"])
def test_a_text_that_looks_like_a_formula_is_refused(text: str) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(list(GOOD))
    sheet.append(list(GOOD.values()))
    sheet["B2"].value = text
    sheet["B2"].data_type = "s"
    (fault,) = read(saved(book)).faults
    assert short(fault) == ("Voornaam", "formula_injection", *REFUSED)


def test_a_formula_without_a_result_is_an_empty_cell() -> None:
    (fault,) = read(class_book({"Voornaam": "=A1"})).faults
    assert short(fault) == ("Voornaam", "value_missing", *REFUSED)


@pytest.mark.parametrize("text", ["#N/B", "#VERW!", "#N/A", "#REF!", "#####"])
def test_what_excel_shows_instead_of_a_value_is_refused(text: str) -> None:
    (fault,) = read(class_book({"Praktijkopleider": text})).faults
    assert short(fault) == ("Praktijkopleider", "cell_error", *REFUSED)


def test_lines_keep_their_number_and_rows_end_where_excel_stops() -> None:
    rows: list[list[Value]] = [[*GOOD], [], list[Value](GOOD.values())[:12], [None] * 30]
    found = read(workbook(rows))
    assert found.faults == ()
    assert [row.line for row in found.rows] == [3]


def test_something_beside_the_list_is_named() -> None:
    (fault,) = read(workbook([list(GOOD), [*GOOD.values(), "extra"]])).faults
    assert (fault.line, fault.code) == (2, "too_many_columns")
    assert fault.sentence("nl").endswith("Staat er een kolom te veel?")


def test_a_name_of_the_list_above_its_headings_is_passed_over() -> None:
    rows = [["Cursisten november 2026"], [], ["", "Groep 1"], list(GOOD), list(GOOD.values())]
    found = read(workbook(rows))
    assert found.faults == ()
    assert [row.line for row in found.rows] == [5]


def test_the_first_visible_sheet_with_something_in_it_is_read() -> None:
    book = Workbook()
    empty = book.active
    assert empty is not None
    hidden = book.create_sheet("verborgen")
    hidden.append(["geheim"])
    hidden.sheet_state = "hidden"
    for name, number in (("mei", "1"), ("juni", "2")):
        sheet = book.create_sheet(name)
        sheet.append(list(GOOD))
        sheet.append(list({**GOOD, "Cursistnummer": number}.values()))
    data = saved(book)
    found = read_sheet(data)
    assert (found.name, found.names) == ("mei", ("mei", "juni"))
    assert read_sheet(data, sheet="juni").records[0].cells[0] == "2"
    assert read_sheet(data, sheet="verborgen").name == "mei"


def test_a_workbook_without_anything_is_refused() -> None:
    assert refusal(workbook([])) == ("import_invalid", "empty")


def test_macros_links_and_names_are_not_even_copied() -> None:
    data = class_book({})
    for name in ("xl/vbaProject.bin", "xl/externalLinks/externalLink1.xml", "customXml/item1.xml"):
        data = with_part(data, name, b"\0" * 200)
    assert len(read(data).rows) == 1
    book = Workbook()
    assert book.active is not None
    book.active.append(list(GOOD))
    book.active.append(list(GOOD.values()))
    book.defined_names["boze"] = DefinedName("boze", attr_text="[1]Blad1!$A$1")
    assert len(read(saved(book)).rows) == 1


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500


@pytest.mark.parametrize(
    ("data", "variant"),
    [
        (OLE, "old_workbook"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
        (b"PK\x03\x04", "damaged"),
        (class_book({})[:-200], "damaged"),
        (with_part(class_book({}), SHEET, b"<worksheet><sheetData><row>"), "empty"),
        (with_part(class_book({}), "xl/workbook.xml", b"<workbook"), "damaged"),
    ],
    ids=["old", "encrypted", "short", "cut", "open", "broken"],
)
def test_what_is_no_workbook_of_ours_is_refused(data: bytes, variant: str) -> None:
    code, found = refusal(data)
    assert code == "import_invalid"
    assert found in {variant, "damaged"}


def test_another_office_document_is_refused() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as other:
        other.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    assert refusal(made.getvalue()) == ("import_invalid", "other_workbook")


def test_a_locked_part_is_refused() -> None:
    data = bytearray(class_book({}))
    at = data.find(b"PK\x01\x02")
    while at >= 0:
        data[at + 8] |= 1
        at = data.find(b"PK\x01\x02", at + 1)
    assert refusal(bytes(data)) == ("import_invalid", "encrypted")


def test_a_document_type_is_refused() -> None:
    bomb = b'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "aaaa">]>' + part(class_book({}))
    assert refusal(with_part(class_book({}), SHEET, bomb)) == ("import_invalid", "damaged")


def test_too_many_parts_are_refused() -> None:
    made = io.BytesIO(class_book({}))
    with zipfile.ZipFile(made, "a") as more:
        for number in range(MAX_PARTS):
            more.writestr(f"xl/media/{number}", b"")
    assert refusal(made.getvalue()) == ("too_large", "workbook")


def test_two_parts_of_one_name_are_refused() -> None:
    made = io.BytesIO(class_book({}))
    with zipfile.ZipFile(made, "a") as more:
        more.writestr(SHEET.upper(), b"<worksheet/>")
    assert refusal(made.getvalue()) == ("import_invalid", "damaged")


def peak(data: bytes) -> tuple[tuple[str, str | None], int]:
    """How a workbook is refused, and the most memory that took."""
    tracemalloc.start()
    try:
        return refusal(data), tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_part_that_unpacks_to_very_much_is_refused_unread() -> None:
    data = with_part(class_book({}), "xl/sharedStrings.xml", b" " * 60_000_000, level=9)
    found, memory = peak(data)
    assert found == ("too_large", "workbook")
    assert memory < 10_000_000


def test_a_part_that_lies_about_its_size_is_refused() -> None:
    data = bytearray(with_part(class_book({}), "xl/styles.xml", b" " * 30_000_000, level=9))
    at = data.rfind(b"xl/styles.xml") - 46
    assert data[at : at + 4] == b"PK\x01\x02"
    data[at + 24 : at + 28] = (1_000).to_bytes(4, "little")
    found, memory = peak(bytes(data))
    assert found == ("import_invalid", "damaged")
    assert memory < 10_000_000


@pytest.mark.parametrize(
    "place",
    [
        b'r="XFD1048576"',
        b'r="A1048576"',
        b'r="GS2"',
        b'r="A200001"',
        b"",
        b'r="&#88;FD9"',
        b'x="1" r="ZZZ9"',
        b"r='AAA1'",
        b"""x=' r="A2"' r="XFD9" """,
    ],
)
def test_a_cell_far_outside_the_list_is_refused(place: bytes) -> None:
    data = class_book({})
    sheet = part(data).replace(
        b"</sheetData>", b'<row r="9"><c %s><v>1</v></c></row></sheetData>' % place
    )
    assert refusal(with_part(data, SHEET, sheet)) == ("too_large", "cells")


def test_an_empty_cell_with_a_look_may_stand_anywhere() -> None:
    data = class_book({})
    sheet = part(data).replace(
        b"</sheetData>", b'<row r="1048576"><c r="XFD1048576" s="1"/></row></sheetData>'
    )
    assert len(read(with_part(data, SHEET, sheet)).rows) == 1


@pytest.mark.parametrize(
    ("rows", "variant"),
    [
        ([[*GOOD], *[[]] * (MAX_LINES - 5), ["x"]], None),
        ([[*GOOD, *[f"k{n}" for n in range(MAX_COLUMNS)]]], "cells"),
    ],
    ids=["long", "wide"],
)
def test_the_limits_of_a_sheet(rows: list[list[str]], variant: str | None) -> None:
    found = read(workbook(rows))
    assert (found.faults[0].variant if found.refused else None) == variant


def test_one_long_text_in_very_many_cells_is_refused() -> None:
    cells = b"".join(
        b'<row r="%d"><c r="A%d" t="s"><v>0</v></c></row>' % (n, n) for n in range(1, 10_001)
    )
    sheet = b"<worksheet><sheetData>" + cells + b"</sheetData></worksheet>"
    strings = b"<sst><si><t>" + b"ab" * 15_000 + b"</t></si></sst>"
    data = with_part(with_part(class_book({}), SHEET, sheet), "xl/sharedStrings.xml", strings)
    assert refusal(data) == ("too_large", "workbook")


@given(st.binary(max_size=200), st.integers(0, 6_000), st.integers(0, 40))
def test_any_damage_to_a_workbook_gives_faults_or_rows(junk: bytes, at: int, cut: int) -> None:
    data = class_book({})
    found = read(data[:at] + junk + data[at + cut :])
    for fault in found.faults:
        assert fault.as_json()["nl"]


def test_the_clock_of_a_workbook_is_that_of_the_list() -> None:
    found = read_class_list(
        class_book({"Examendatum": date(2026, 11, 24)}), at=datetime(2026, 11, 23, 12, tzinfo=UTC)
    )
    assert [fault.code for fault in found.faults] == ["date_in_future"]


LONG = with_part(
    with_part(
        class_book({}),
        SHEET,
        b"<worksheet><sheetData>"
        + b"".join(b'<row r="%d"><c r="A%d" t="s"><v>0</v></c></row>' % (n, n) for n in (1, 2, 3))
        + b"</sheetData></worksheet>",
    ),
    "xl/sharedStrings.xml",
    b"<sst><si><t>Voornaam</t></si></sst>",
)


@pytest.mark.parametrize(
    ("guard", "off", "on", "data"),
    [
        ("MAX_RATIO", 10_000, 1, LONG),
        ("MAX_UNPACKED", 10**9, 100, class_book({})),
        ("MAX_PARTS", 10**6, 1, class_book({})),
        ("MAX_SHARED", 10**9, 5, LONG),
        ("_SMALL", 10**6, 0, class_book({})),
    ],
    ids=["ratio", "size", "parts", "shared", "small"],
)
def test_each_limit_of_a_workbook_alone_refuses(
    monkeypatch: pytest.MonkeyPatch, guard: str, off: int, on: int, data: bytes
) -> None:
    monkeypatch.setattr(class_list_workbook, "_SMALL", 0)
    monkeypatch.setattr(class_list_workbook, "MAX_RATIO", 10_000)
    monkeypatch.setattr(class_list_workbook, guard, off)
    assert read(data).faults[:1] == () or read(data).faults[0].code != "too_large"
    monkeypatch.setattr(class_list_workbook, "MAX_RATIO", 1 if guard == "_SMALL" else 10_000)
    monkeypatch.setattr(class_list_workbook, guard, on)
    assert refusal(data) == ("too_large", "workbook")
