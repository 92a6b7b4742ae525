"""The file of a class list: encodings, signs between fields, headings, limits, and any bytes."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from issuer.class_list import MAX_FAULTS, ClassList, read_class_list
from issuer.class_list_file import MAX_BYTES, MAX_COLUMNS, MAX_ROWS
from schemas.messages import LANGUAGES
from tests.issuer.lists import AT, DEMO, GOOD, csv_of, other

BOM = b"\xef\xbb\xbf"


def read(data: bytes) -> ClassList:
    return read_class_list(data, at=AT)


def refusal(data: bytes) -> tuple[int, str | None, str]:
    """Line, column and code of the fault with which a whole list is refused."""
    found = read(data)
    assert found.refused
    assert found.rows == ()
    assert found.waiting == ()
    assert found.not_issued == ()
    (fault,) = found.faults
    for language in LANGUAGES:
        assert fault.sentence(language)
    return fault.line, fault.column, fault.code


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "windows-1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("line_end", ["\r\n", "\n", "\r"])
def test_what_spreadsheets_save_is_read(encoding: str, delimiter: str, line_end: str) -> None:
    text = csv_of({"Achternaam": "Brûlé, René"}, delimiter=delimiter).replace("\r\n", line_end)
    found = read(text.encode(encoding))
    assert found.faults == ()
    assert [row.claims["family_name"] for row in found.rows] == ["van der Brûlé, René"]


def test_columns_come_in_any_order() -> None:
    cells = dict(reversed(GOOD.items()))
    data = ";".join(cells) + "\n" + ";".join(cells.values())
    assert len(read(data.encode()).rows) == 1


def test_case_blanks_and_accents_of_headings_do_not_count() -> None:
    text = csv_of({}).replace("E-mail privé", " E-MAIL  prive ").replace("Skill 1", "skill1")
    text = text.replace("Voornaam", "VOORNAAM").replace("Cursistnummer", '"Cursist-nummer"')
    found = read(text.encode())
    assert found.faults == ()
    assert len(found.rows) == 1


def test_headings_that_were_read_wrongly_are_known() -> None:
    text = csv_of({}).encode("utf-8").decode("windows-1252")
    assert read(text.encode("utf-8")).faults == ()


def test_columns_without_a_meaning_are_passed_over_but_looked_at() -> None:
    text = csv_of({}).replace("Groep", "Telefoon").replace("CNC-26-2", "+31 6 12345678")
    assert read(text.encode()).faults == ()
    (fault,) = read(text.replace("+31 6 12345678", "111222333").encode()).faults
    assert (fault.column, fault.code) == ("Telefoon", "bsn_suspected")


def test_an_unknown_heading_is_never_repeated_where_it_may_hold_a_number() -> None:
    text = csv_of({}).replace("Groep", "lijst 111222333").replace("CNC-26-2", "=1")
    (fault,) = read(text.encode()).faults
    assert fault.column == "#7"


def test_empty_lines_are_passed_over_and_lines_keep_their_number() -> None:
    header, row = csv_of({}).splitlines()
    data = f"{header}\r\n\r\n{';' * (len(GOOD) - 1)}\r\n{row.replace('7,2', '7.2')}\r\n\r\n"
    found = read(data.encode())
    assert [fault.line for fault in found.faults] == [4]
    assert [row.line for row in found.rows] == [4]
    assert found.total == 1


def test_the_line_of_excel_that_names_the_separator_is_no_row() -> None:
    found = read(b"sep=;\r\n" + csv_of({}).encode())
    assert [row.line for row in found.rows] == [3]


def test_a_field_over_two_lines_keeps_the_line_numbers_of_the_file() -> None:
    found = read(
        csv_of({"Opmerking": "een\r\ntwee"}, {"Cursistnummer": "2", "Cijfer": "99"}).encode()
    )
    assert [row.line for row in found.rows] == [2]
    assert [fault.line for fault in found.faults] == [4]


@pytest.mark.parametrize(("delimiter", "word"), [(";", "puntkomma"), (",", "komma"), ("\t", "tab")])
def test_a_row_with_too_many_or_too_few_fields_is_refused(delimiter: str, word: str) -> None:
    header, row = csv_of({"Cijfer": "7"}, delimiter=delimiter).splitlines()
    data = "\r\n".join([header, row + delimiter, row.rpartition(delimiter)[0]])
    long, short = read(data.encode()).faults
    assert (long.line, long.code, long.column) == (2, "too_many_columns", None)
    assert long.sentence("nl").endswith(f"de kop heeft er 16. Staat er een {word} te veel?")
    assert (short.line, short.code) == (3, "too_few_columns")
    assert (
        short.sentence("en") == "This row has 15 columns, the header has 16. Was the row cut off?"
    )


def test_a_decimal_point_is_usual_where_a_comma_separates() -> None:
    found = read(csv_of({"Cijfer": "7.5"}, other("2"), delimiter=",").encode())
    assert found.faults == ()
    assert [row.claims["grade"] for row in found.rows] == [7.5, 7.2]


@pytest.mark.parametrize(
    "heading",
    [
        "Cursistnummer",
        "Voornaam",
        "Achternaam",
        "E-mail privé",
        "Opleiding",
        "Resultaat",
        "Examendatum",
        "Niveau 2",
        "Skill 2",
    ],
)
def test_a_missing_heading_is_named(heading: str) -> None:
    assert refusal(csv_of({}).replace(heading, "Iets anders", 1).encode()) == (
        *(1, heading),
        "heading_missing",
    )


def test_a_heading_that_no_proof_needs_may_be_missing() -> None:
    kept = [name for name in GOOD if name not in {"Tussenvoegsel", "Groep", "Cijfer", "Opmerking"}]
    data = ";".join(kept) + "\n" + ";".join(GOOD[name] for name in kept)
    (row,) = read(data.encode()).rows
    assert row.claims["family_name"] == "Velden"


@pytest.mark.parametrize("heading", ["BSN", "Burgerservicenummer", "sofi-nummer"])
def test_a_column_for_a_bsn_is_refused(heading: str) -> None:
    data = csv_of({"Groep": "111222333"}).replace("Groep", heading).encode()
    assert refusal(data) == (1, None, "bsn_column")
    assert "111222333" not in repr(read(data))


@pytest.mark.parametrize(
    ("data", "code", "variant"),
    [
        (b"", "import_invalid", "empty"),
        (BOM + b"\r\n\r\n", "import_invalid", "empty"),
        (b"PK\x03\x04rest of a workbook", "import_invalid", "damaged"),
        (b"\xd0\xcf\x11\xe0rest of an old workbook", "import_invalid", "old_workbook"),
        (b"\xff\xfe\x00", "import_invalid", "encoding"),
        (b"\xff\xfe\x00\xd8", "import_invalid", "encoding"),
        (b"kleur;maat\r\nrood;groot\r\n", "import_invalid", "headings"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "import_invalid", "headings"),
        (csv_of({}).replace("Groep", "Voornaam").encode(), "heading_twice", None),
        (csv_of({}).replace("Ria", '"Ria').encode(), "import_invalid", "quote"),
        (csv_of({}).replace("Ria", '"Ria" Anna').encode(), "import_invalid", "quote"),
        (csv_of({}).replace("Ria", "x" * 140_000).encode(), "import_invalid", "field"),
    ],
)
def test_what_is_no_class_list_is_refused_with_a_reason(
    data: bytes, code: str, variant: str | None
) -> None:
    assert refusal(data)[2] == code
    assert read(data).faults[0].variant == variant


def test_a_quote_that_does_not_close_names_its_line() -> None:
    data = csv_of({}, {"Cursistnummer": "2"}).replace("2;Ria", '2;"Ria')
    assert refusal(data.encode())[0] == 3


def test_a_quote_inside_a_field_is_text() -> None:
    assert read(csv_of({"Opmerking": 'noemt zich "Ria"'}).encode()).faults == ()
    assert read(csv_of({}).replace("Ria", 'Ria "R"').encode()).faults == ()


def test_a_file_over_ten_megabytes_is_refused() -> None:
    data = csv_of({"Opmerking": "x" * 1_900}).encode()
    row = data.partition(b"\r\n")[2]
    data += row * ((MAX_BYTES - len(data)) // len(row))
    assert len(read(data).rows) == 1
    assert refusal(data + b" " * (MAX_BYTES + 1 - len(data))) == (1, None, "too_large")


def test_a_file_of_empty_lines_is_refused() -> None:
    data = csv_of({}).encode()
    assert refusal(data + b"\n" * (MAX_BYTES - len(data)))[2] == "too_large"
    assert len(read(data + b"\n" * 1_000).rows) == 1


def test_a_list_over_the_number_of_rows_is_refused() -> None:
    header = csv_of().encode()
    assert refusal(header + b"x\n" * (MAX_ROWS + 1)) == (MAX_ROWS + 2, None, "too_large")


def test_a_list_with_endless_columns_is_refused() -> None:
    header, row = csv_of({}).splitlines()
    more = MAX_COLUMNS - len(GOOD)
    assert refusal(f"{header}{';' * (more + 1)}\n".encode())[2] == "too_large"
    assert len(read(f"{header}{';' * more}\n{row}{';' * more}".encode()).rows) == 1
    (fault,) = read(f"{header}\n{row}{';' * 100_000}".encode()).faults
    assert fault.code == "too_many_columns"


def test_a_hundred_thousand_brackets_are_only_text() -> None:
    found = read(csv_of({"Opmerking": "[" * 100_000}).encode())
    assert [fault.code for fault in found.faults] == ["text_too_long"]
    found = read(csv_of({"Voornaam": "{" * 100_000}).encode())
    assert [fault.code for fault in found.faults] == ["text_too_long"]
    assert refusal(b"[" * 100_000)[2] == "import_invalid"


def test_ten_megabytes_of_digits_are_looked_at_once() -> None:
    row = csv_of({"Opmerking": "1 " * 60_000}).encode()
    header, _, line = row.partition(b"\r\n")
    data = header + b"\r\n" + line * (MAX_BYTES // len(line) - 1)
    codes = {fault.code for fault in read(data).faults}
    assert codes == {"text_too_long", "duplicate_row"}


def test_endless_faults_end_the_list() -> None:
    data = csv_of().encode() + b"x\n" * (MAX_FAULTS + 100)
    found = read(data)
    assert [fault.code for fault in found.faults] == ["too_many_faults"]
    assert found.rows == ()


SAMPLE = (DEMO / "trainees_messy.csv").read_bytes()


def sound(found: ClassList) -> None:
    """Whatever was read, every fault has its sentences and its place."""
    for fault in found.faults:
        shown = fault.as_json()
        assert fault.line >= 1
        assert shown["nl"]
        assert shown["en"]
    assert all(row.confirm == () for row in found.rows)
    assert all(row.confirm for row in found.waiting)


@given(st.binary(max_size=300))
@example(b"\xff\xfe")
@example(b'"')
@example(b"\0")
def test_any_bytes_give_faults_or_rows(data: bytes) -> None:
    sound(read(data))


@given(st.binary(max_size=200), st.integers(0, len(SAMPLE)), st.integers(0, 40))
def test_any_damage_to_a_list_gives_faults_or_rows(junk: bytes, at: int, cut: int) -> None:
    sound(read(SAMPLE[:at] + junk + SAMPLE[at + cut :]))


@given(st.dictionaries(st.sampled_from(list(GOOD)), st.text(max_size=60), max_size=4))
def test_any_cells_give_faults_or_a_row(cells: dict[str, str]) -> None:
    text = csv_of(cells).encode("utf-8", "replace")
    found = read(text)
    sound(found)
    assert found.total <= 1
