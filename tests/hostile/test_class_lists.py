"""Hostile class lists: H093 (cells that calculate) and H094 (broken lists) of the corpus."""

import csv
import io
import time
from collections.abc import Iterable
from pathlib import Path

import pytest
from sqlmodel import select

from issuer.class_list import ClassList, read_class_list
from issuer.class_list_export import safe_csv
from issuer.class_list_file import MAX_BYTES, MAX_ROWS
from issuer.tables import Offer
from tests.databases import everything_in
from tests.issuer.class_lists import Desk, all_bytes
from tests.issuer.lists import AT, GOOD, csv_of, other
from tests.issuer.office import Office, open_office
from tests.issuer.workbooks import class_book

pytestmark = pytest.mark.usefixtures("on_both_databases")

PATIENCE = 90.0
"""Seconds for the largest list on a busy machine; alone it takes some eight."""


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return open_office(tmp_path)


def read(data: bytes) -> ClassList:
    return read_class_list(data, at=AT)


def nothing_offered(office: Office) -> bool:
    with office.ports.database.reading() as session:
        return session.exec(select(Offer)).first() is None


def refused(office: Office, data: bytes) -> list[tuple[int, str | None, str]]:
    """The faults with which the whole list is held back; nothing is half imported."""
    answer = office.operator("POST", "/lists", content=data)
    found = answer.json()
    assert (answer.status_code, found["code"], found["offers"]) == (422, "import_invalid", [])
    assert nothing_offered(office)
    assert all(one["nl"] and one["en"] for one in found["faults"])
    return [(one["line"], one["column"], one["code"]) for one in found["faults"]]


@pytest.mark.parametrize("cell", ["=CMD()", "@x", "+1", "-1", "=1+1", "＝A1"])  # noqa: RUF001 - full width
@pytest.mark.parametrize("column", ["Voornaam", "Tussenvoegsel", "Achternaam"])
def test_h093_no_name_is_a_formula(office: Office, cell: str, column: str) -> None:
    assert refused(office, csv_of({column: cell}).encode()) == [(2, column, "formula_injection")]


@pytest.mark.parametrize(
    "name",
    ["<script>", "Jan<b>", "{{7*7}}", "$HOME", "1", "!!", "a|b", "<script>alert(1)</script>"],
)
def test_h093_no_name_is_active_content(office: Office, name: str) -> None:
    assert refused(office, csv_of({"Voornaam": name}).encode()) == [
        (2, "Voornaam", "unsafe_content")
    ]


@pytest.mark.parametrize("cell", ["=CMD()", "+1", "-1", "@x", "\t=1", " =1", "'=1", "＝1", "%x"])  # noqa: RUF001 - full width
def test_h093_no_cell_calculates_once_it_is_exported(cell: str) -> None:
    ((shown,),) = csv.reader(io.StringIO(safe_csv([[cell]]).decode("utf-8-sig")), delimiter=";")
    assert shown == f"'{cell}"
    harmless = ["Ria", "7,5", "06-11-2026", "a@b", "x=1", ""]
    (again,) = csv.reader(io.StringIO(safe_csv([harmless]).decode("utf-8-sig")), delimiter=";")
    assert again == harmless


def test_h093_a_list_that_is_fetched_again_is_safe(office: Office) -> None:
    desk = Desk(office)
    desk.put_down(csv_of({"Opmerking": "-1", "Groep": "+31", "Voornaam": "=CMD()"}).encode())
    rows = list(
        csv.reader(
            io.StringIO(office.client.get(f"{desk.base}/list.csv").content.decode("utf-8-sig")),
            delimiter=";",
        )
    )
    assert not [cell for row in rows for cell in row if cell[:1] in "=+-@" and cell]
    assert "=CMD()" not in [cell for row in rows for cell in row]


def test_h093_a_name_of_a_file_is_shown_as_text(office: Office) -> None:
    desk = Desk(office)
    desk.put_down(csv_of({}).encode(), name="<script>alert(1)</script>.csv")
    assert "<script" not in desk.page
    desk.open("/lists")
    assert "<script" not in desk.page
    assert "script>.csv" in desk.words()


def test_h094_ten_megabytes_are_read_and_one_more_is_not(office: Office) -> None:
    data = csv_of({"Opmerking": "x" * 1_900}).encode()
    row = data.partition(b"\r\n")[2]
    full = data + row * ((MAX_BYTES - len(data)) // len(row))
    assert not read(full).refused
    over = full + b" " * (MAX_BYTES + 1 - len(full))
    (fault,) = read(over).faults
    assert (fault.line, fault.code, fault.variant) == (1, "too_large", "bytes")
    assert office.operator("POST", "/lists", content=over).status_code == 413
    desk = Desk(office)
    assert "groter dan 10 MB" in desk.put_down(over)
    assert nothing_offered(office)


def large(count: int) -> bytes:
    """So many people with short cells."""
    titles = [*list(GOOD)[:6], "Examendatum", "Resultaat"]
    rows = (
        ";".join(
            (
                *(str(100_000 + number), "Jo", "", f"V{letters(number)}"),
                *(f"a{number}@b.nl", "BHV", "05-06-2026", "behaald"),
            )
        )
        for number in range(count)
    )
    return "\r\n".join((";".join(titles), *rows)).encode()


def letters(number: int) -> str:
    return "".join("abcdefghij"[int(digit)] for digit in str(number))


def test_h094_a_hundred_thousand_rows_are_checked_and_one_more_is_not() -> None:
    started = time.monotonic()
    found = read(large(MAX_ROWS))
    assert time.monotonic() - started < PATIENCE
    assert (len(found.rows), found.faults) == (MAX_ROWS, ())
    (fault,) = read(large(MAX_ROWS + 1)).faults
    assert (fault.line, fault.code) == (MAX_ROWS + 2, "too_large")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_h094_every_encoding_of_excel_is_read(encoding: str) -> None:
    found = read(csv_of({"Achternaam": "Brûlé"}).encode(encoding))
    assert [row.claims["family_name"] for row in found.rows] == ["van der Brûlé"]


def test_h094_broken_utf_16_is_named(office: Office) -> None:
    assert refused(office, b"\xff\xfe" + csv_of({}).encode("utf-16-le")[:-1]) == [
        (1, None, "import_invalid")
    ]


@pytest.mark.parametrize(
    ("cells", "column", "code"),
    [
        ({"Achternaam": "van\0Dijk"}, "Achternaam", "control_character"),
        ({"Voornaam": "J\u202ean"}, "Voornaam", "bidi_control"),
        ({"Opmerking": "nummer 111222333"}, "Opmerking", "bsn_suspected"),
        ({"Groep": "111.222.333"}, "Groep", "bsn_suspected"),
    ],
    ids=["nul", "override", "bsn", "bsn-with-dots"],
)
def test_h094_a_broken_cell_is_named_by_row_and_column(
    office: Office, cells: dict[str, str], column: str, code: str
) -> None:
    data = csv_of(other("2"), cells)
    assert refused(office, data.encode()) == [(3, column, code)]
    assert refused(office, class_book(other("2"), cells) if "\0" not in data else data.encode())


def test_h094_doubles_are_named_and_make_one_proof(office: Office) -> None:
    found = read(csv_of({}, {}, {"Cijfer": "8,0"}).encode())
    assert [(fault.line, fault.code, fault.same_as_line) for fault in found.faults] == [
        (3, "duplicate_row", 2),
        (4, "duplicate_conflict", 2),
    ]
    assert found.rows == ()
    assert nothing_offered(office)


@pytest.mark.parametrize("heading", ["Voornaam", "E-mail privé", "Resultaat", "Examendatum"])
def test_h094_a_missing_column_is_named(office: Office, heading: str) -> None:
    data = csv_of({}).replace(heading, "Iets anders", 1).encode()
    assert refused(office, data) == [(1, heading, "heading_missing")]


def test_h094_a_suspected_number_is_nowhere_in_the_answer_or_on_disk(
    office: Office, tmp_path: Path
) -> None:
    spellings = ["111222333", "1112.22.333", "111 222 333"]
    for spelling in spellings:
        data = csv_of({"Opmerking": f"bsn {spelling}"}).encode()
        answer = office.operator("POST", "/lists", content=data)
        assert spelling not in answer.text
        desk = Desk(office)
        desk.put_down(data)
        assert spelling not in desk.page
    written = all_bytes(tmp_path) + everything_in(office.ports.database)
    assert not [one for one in spellings if one.encode() in written]


def test_h094_pages_say_what_is_wrong_with_a_broken_file(office: Office) -> None:
    desk = Desk(office)
    for data in broken():
        words = desk.put_down(data)
        assert desk.path in {"/lists/new", ""} or desk.path.startswith("/lists/")
        assert "misgegaan" not in words
    assert nothing_offered(office)


def broken() -> Iterable[bytes]:
    """Files that are no list."""
    yield b"\x89PNG\r\n\x1a\n\0\0\0"
    yield b"PK\x03\x04"
    yield b"\xff\xfe\x00"
    yield b'"'
    yield b";" * 1_000
    yield csv_of({}).encode() + b"\0" * 1_000
    yield b"\xef\xbb\xbf"
