"""Kinds of faults that the samples have once, in lists of other institutes and in other forms."""

import pytest

from issuer.class_list import ClassList, check_sheet, read_class_list, read_sheet
from issuer.class_list_faults import Fault
from issuer.class_list_reading import Answers
from schemas.catalog import credential_types
from tests.issuer.lists import ASKED, AT, GOOD, KEPT, REFUSED, csv_of, named, other, read, short

ENGLISH = (
    "Student no,First name,Surname,E-mail,Course,Exam date,Result,Grade,Skill 1,Level 1,Notes\r\n"
)
SEMICOLONS = "cursistnr;naam;mail;cursus;toetsdatum;geslaagd;skill;niveau;toelichting\r\n"
TABS = "Achternaam\tTV\tVoornaam\tE-mailadres\tOpleiding\tDatum examen\tUitslag\tLeerlingnr\r\n"


def found_in(text: str, encoding: str = "utf-8") -> ClassList:
    return read_class_list(text.encode(encoding), at=AT)


def places(found: ClassList) -> list[tuple[int, str | None, str, str]]:
    return [(one.line, one.column, one.code, one.action.value) for one in found.faults]


def test_a_list_in_english_with_commas() -> None:
    found = found_in(
        ENGLISH
        + "A-1,Anna,Green,anna@home.example,VCA Basis,2026-05-05,passed,7.5,CNC milling,2,\r\n"
        + "A-2,Bo,O'Neil,bo@@home.example,VCA Basis,05/06/2026,pass,eleven,x,5,see 111222333\r\n"
        + "A-3,Cy,Dee,cy@home.example,VCA Basis,05-06-2026,failed,,,,\r\n"
        + "A-1,Anna,Green,anna@home.example,VCA Basis,2026-05-06,passed,7.5,CNC milling,2,\r\n"
    )
    assert places(found) == [
        (2, "Exam date", "date_format", "row_kept"),
        (3, "E-mail", "email_invalid", "row_refused"),
        (3, "Exam date", "date_format", "row_refused"),
        (3, "Grade", "grade_not_a_number", "row_kept"),
        (3, "Skill 1", "skill_unknown", "row_refused"),
        (3, "Level 1", "level_out_of_range", "row_refused"),
        (3, "Notes", "bsn_suspected", "row_refused"),
        (5, "Exam date", "date_format", "row_kept"),
        (5, "Exam date", "duplicate_conflict", "both_rows_held"),
    ]
    assert [one.line for one in found.not_issued] == [4]


def test_a_list_of_another_institute_in_windows_1252() -> None:
    found = found_in(
        SEMICOLONS
        + "00871;Brûlé, René;rene@thuis.example;BHV;46098;ja;Frezen;3;\r\n"
        + "872;Jan Willem Bos;info@bos-bv.example;bhv;9 november 2026;waar;;;+31 6 12345678\r\n"
        + "00873;Jansen;jan@thuis.example;BHV;31 april 2026;nee;;;\r\n"
        + "00874;Piet Puk;piet@thuis.example;Breien;01-12-2026;misschien;;;=1\r\n"
        + "00875;Els Smit;;BHV;#N/B;ja;;2;-\r\n",
        "windows-1252",
    )
    assert places(found) == [
        (2, "toetsdatum", "date_is_number", "needs_confirmation"),
        (2, "skill", "skill_ambiguous", "row_held"),
        (3, "cursistnr", "zeros_lost", "needs_confirmation"),
        (3, "naam", "name_split", "needs_confirmation"),
        (3, "mail", "email_not_private", "needs_confirmation"),
        (3, "toetsdatum", "date_format", "row_kept"),
        (5, "cursus", "course_unknown", "row_held"),
        (5, "geslaagd", "result_unknown", "row_refused"),
        (5, "toelichting", "formula_injection", "row_refused"),
        (6, "mail", "email_missing", "row_held"),
        (6, "toetsdatum", "cell_error", "row_refused"),
        (6, "skill", "skill_missing", "row_refused"),
    ]
    assert [one.name for one in found.not_issued] == ["Jansen"]


def test_a_list_with_tabs_and_a_title_above_it() -> None:
    found = found_in(
        "Klas MAG 2026\r\n\r\n"
        + TABS
        + "Velden, van der\t\tRia\tria@thuis.example\tBHV\t05.06.2026\tbehaald\t1\r\n"
        + "Dijk\tvan\u200b\tPiet\tpiet@thuis.example\tBHV\t05-06-2026 09:30\tbehaald\t2\r\n"
        + "FernÃ¡ndez\t\tAna\tana@thuis.example\tBHV\tma 9 november 2026\tgeslaagd\t3.0\r\n"
        + "Bos\t\tJan\tana@thuis.example\tBHV\tNovember 9, 2026\tgezakt\t4\r\n"
        + "Bos\t\tEva\tria@thuis.example\tBHV\t09-11-2026\tbehaald\n",
        "utf-16",
    )
    assert places(found) == [
        (4, "Achternaam", "name_order", "row_kept"),
        (4, "Datum examen", "date_format", "row_kept"),
        (5, "TV", "control_character", "row_refused"),
        (5, "Datum examen", "date_format", "row_kept"),
        (6, "Achternaam", "mojibake_suspected", "needs_confirmation"),
        (6, "Datum examen", "date_format", "row_kept"),
        (6, "Leerlingnr", "number_decimal", "row_kept"),
        (8, None, "too_few_columns", "row_refused"),
    ]
    assert [one.line for one in found.not_issued] == [7]


@pytest.mark.parametrize(
    ("cells", "column", "code", "kind", "normalised"),
    [
        ({"Examendatum": "ma 9 november 2026"}, "Examendatum", "date_format", KEPT, "09-11-2026"),
        ({"Examendatum": "Nov 9 2026"}, "Examendatum", "date_format", KEPT, "09-11-2026"),
        ({"Examendatum": "09-11-2026 14:30"}, "Examendatum", "date_format", KEPT, "09-11-2026"),
        ({"Cursistnummer": "27001,0"}, "Cursistnummer", "number_decimal", KEPT, "27001"),
        ({"Achternaam": "Velden, van der", "Tussenvoegsel": ""}, "Achternaam", "name_order", KEPT,
         "van der Velden"),
        ({"Praktijkopleider": "#VERW!"}, "Praktijkopleider", "cell_error", REFUSED, None),
        ({"Voornaam": "Jan & Piet"}, "Voornaam", "unsafe_content", REFUSED, None),
        ({"Voornaam": "-"}, "Voornaam", "value_missing", REFUSED, None),
        ({"Voornaam": "…"}, "Voornaam", "unsafe_content", REFUSED, None),
    ],
    ids=["weekday", "american", "hour", "float", "order", "error", "two", "dash", "dots"],
)  # fmt: skip
def test_other_forms_of_a_fault(
    cells: dict[str, str],
    column: str,
    code: str,
    kind: tuple[str, str],
    normalised: str | None,
) -> None:
    (fault,) = read(cells).faults
    assert short(fault) == (column, code, *kind)
    assert fault.normalised_to == normalised


def test_the_same_person_under_another_number_is_asked() -> None:
    rows: tuple[dict[str, str], ...] = ({}, {"Cursistnummer": "27002"})
    assert read(*rows).faults == ()  # a program is not asked
    found = check(Answers(), *rows)
    fault = only(found)
    assert (fault.line, fault.column, fault.code) == (3, None, "duplicate_person")
    assert [row.line for row in found.rows] == [2]
    assert found.waiting[0].confirm == ("duplicate_person",)


def test_two_people_with_one_address_are_asked() -> None:
    rows: tuple[dict[str, str], ...] = ({}, other("2", email=GOOD["E-mail privé"].upper()))
    assert read(*rows).faults == ()
    fault = only(check(Answers(), *rows))
    assert short(fault) == ("E-mail privé", "email_shared", *ASKED)


def check(answers: Answers, *rows: dict[str, str]) -> ClassList:
    sheet = read_sheet(csv_of(*rows).encode())
    return check_sheet(sheet, at=AT, types=credential_types(), answers=answers)


def only(found: ClassList) -> Fault:
    (fault,) = found.faults
    return fault


def test_answers_mend_confirm_and_leave_out() -> None:
    rows = [named({"Examendatum": "46098"}), other("2", Cijfer="99"), other("3", Voornaam="=A1")]
    found = check(Answers(), *rows)
    assert [one.code for one in found.faults] == [
        *("date_is_number", "grade_out_of_range", "formula_injection")
    ]
    answers = Answers(
        mended={3: {9: "9,9"}},
        confirmed=frozenset({(2, "date_is_number", 7), (4, "formula_injection", 1)}),
        left_out=frozenset({4}),
    )
    found = check(answers, *rows)
    assert found.faults == ()
    assert [row.line for row in found.rows] == [2, 3]


def test_what_is_refused_cannot_be_confirmed_away() -> None:
    confirmed = frozenset({(2, "formula_injection", 1), (2, "bsn_suspected", 15)})
    found = check(Answers(confirmed=confirmed), {"Voornaam": "=A1", "Opmerking": "111222333"})
    assert [one.code for one in found.faults] == ["formula_injection", "bsn_suspected"]
    assert found.rows == found.waiting == ()


def test_a_confirmation_counts_for_its_own_cell_alone() -> None:
    answers = Answers(confirmed=frozenset({(2, "date_is_number", 0), (3, "date_is_number", 7)}))
    assert only(check(answers, {"Examendatum": "46098"})).code == "date_is_number"


def test_what_was_given_before_is_asked_and_can_be_confirmed() -> None:
    sheet = read_sheet(csv_of({}, other("2")).encode())
    types = credential_types()
    found = check_sheet(sheet, at=AT, types=types, given=lambda rows: [rows[0].line])
    assert (only(found).line, only(found).code) == (2, "issued_before")
    assert [row.confirm for row in found.waiting] == [("issued_before",)]
    again = Answers(confirmed=frozenset({(2, "issued_before", -1)}))
    found = check_sheet(sheet, at=AT, types=types, answers=again, given=lambda _: [2])
    assert len(found.rows) == 2


def test_a_typed_number_is_not_asked_about_its_zeros() -> None:
    rows = [other("0087"), {"Cursistnummer": "88"}]
    assert only(check(Answers(), *rows)).code == "zeros_lost"
    assert check(Answers(mended={3: {0: "88"}}), *rows).faults == ()
