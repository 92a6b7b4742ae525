"""Columns of a class list: what headings mean, what is only likely, what a person decides."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.errors import MalformedError
from issuer import class_list_headings as headings
from issuer.class_list import ClassList, check_sheet, read_class_list, read_sheet
from issuer.class_list_faults import Fault
from issuer.class_list_file import ListRefusedError
from issuer.class_list_headings import Confidence, fingerprint, recognise
from issuer.class_list_mapping import ColumnMapping, Proposal, checked, likely, propose, sure
from schemas.catalog import credential_type, credential_types
from tests.issuer.lists import ASKED, AT, GOOD, KEPT, REFUSED, short

TYPES = credential_types()


def text(titles: list[str], *rows: list[str]) -> bytes:
    return "\r\n".join(";".join(line) for line in (titles, *rows)).encode("utf-8-sig")


def with_titles(**titles: str) -> bytes:
    """The good row under other titles; see ``OWN`` for the names of the arguments."""
    own = {OWN[name]: title for name, title in titles.items()}
    return text([own.get(heading, heading) for heading in GOOD], list(GOOD.values()))


OWN = {
    "number": "Cursistnummer",
    "given": "Voornaam",
    "prefix": "Tussenvoegsel",
    "family": "Achternaam",
    "email": "E-mail privé",
    "course": "Opleiding",
    "date": "Examendatum",
    "result": "Resultaat",
    "grade": "Cijfer",
    "skill": "Skill 1",
    "level": "Niveau 1",
}


def read(data: bytes, mapping: ColumnMapping | None = None) -> ClassList:
    return check_sheet(read_sheet(data), at=AT, types=TYPES, mapping=mapping)


@pytest.mark.parametrize(
    "titles",
    [
        {"family": "Familienaam", "given": "Roepnaam", "prefix": "Tussenv."},
        {"family": "Surname", "given": "First name", "email": "Email address"},
        {"number": "Student ID", "course": "Course", "date": "Exam date", "result": "Result"},
        {"number": "Deelnemer-nr.", "date": "Datum examen", "grade": "Eindcijfer"},
        {"skill": "Vaardigheid 1", "level": "Skill level 1"},
        {"skill": "Skill", "level": "Niveau"},
        {"email": "E-mailadres (privé)"},
        {"email": "Mail", "result": "Uitslag", "family": "ACHTER NAAM"},
    ],
)
def test_other_words_for_a_column_are_known(titles: dict[str, str]) -> None:
    found = read(with_titles(**titles))
    assert found.faults == ()
    assert len(found.rows) == 1


def test_a_fault_names_the_column_as_the_file_does() -> None:
    data = with_titles(family="Familienaam").replace(b"Velden;", b"=Velden;")
    (fault,) = read(data).faults
    assert (fault.column, fault.position, fault.code) == ("Familienaam", 3, "formula_injection")


def test_a_fault_names_our_own_headings_as_we_spell_them() -> None:
    data = with_titles(email=" E-MAIL  prive").replace(b"ria.vander", b"ria@vander")
    (fault,) = read(data).faults
    assert (fault.column, fault.position) == ("E-mail privé", 4)


def found_in(titles: list[str], *rows: list[str]) -> tuple[Proposal, ...]:
    return propose(read_sheet(text(titles, *rows)), TYPES)


def test_what_is_only_likely_waits_for_a_person() -> None:
    data = with_titles(date="Datum")
    proposals = propose(read_sheet(data), [credential_type("cnc-frezen-vakcertificaat")])
    assert proposals[7].found.target == headings.EXAM_DATE
    assert proposals[7].found.confidence is Confidence.LIKELY
    refused = check_sheet(
        read_sheet(data), at=AT, types=(credential_type("cnc-frezen-vakcertificaat"),)
    )
    assert [fault.column for fault in refused.faults] == [headings.EXAM_DATE]
    assert len(read(data, likely(proposals)).rows) == 1


def test_what_a_proof_never_holds_is_left_out_with_a_reason() -> None:
    found = found_in(["Voornaam", "geb.datum", "Tel.nr", "e-mail werk", "Geslacht", "Lievelings"])
    assert [one.found.reason for one in found] == [
        *("ours", "birth", "contact", "work_mail", "personal", "unknown")
    ]
    assert [one.found.target for one in found[1:]] == [None] * 5


@pytest.mark.parametrize("title", ["BSN", "bsn cursist", "PGN", "Onderwijsnummer", "Sofi-nummer"])
def test_a_column_of_citizen_service_numbers_ends_the_list(title: str) -> None:
    (fault,) = read_class_list(text([*GOOD, title], [*GOOD.values(), "1"]), at=AT).faults
    assert fault.code == "bsn_column"


def test_two_columns_for_one_thing() -> None:
    ours = found_in(["E-mail", "E-mail privé"])
    assert [one.found.reason for one in ours] == ["other_column", "ours"]
    assert [one.found.reason for one in found_in(["Mail", "Email"])] == ["synonym", "twice"]
    (fault,) = read_class_list(text(["Mail", "Email"]), at=AT).faults
    assert fault.code == "heading_twice"


def test_columns_without_a_telling_title_are_known_by_what_they_hold() -> None:
    rows = [["a@thuis.example", "05-06-2026", "blauw"], ["b@thuis.example", "2026-06-05", ""]]
    found = found_in(["kolom a", "kolom b", "kolom c"], *rows)
    assert [one.found.target for one in found] == [headings.EMAIL, headings.EXAM_DATE, None]
    assert {one.found.confidence for one in found[:2]} == {Confidence.LIKELY}
    assert sure(found).targets == (None, None, None)


def test_examples_never_show_what_may_be_a_citizen_service_number() -> None:
    (one,) = found_in(["kolom"], ["111222333"], ["groen"])
    assert one.examples == ("groen",)


def test_a_remembered_mapping_is_proposed_for_the_same_headings() -> None:
    sheet = read_sheet(with_titles(date="Dag van de proef"))
    kept = ColumnMapping(
        (*sure(propose(sheet, TYPES)).targets[:7], headings.EXAM_DATE, *[None] * 8)
    )
    again = propose(sheet, TYPES, remembered=kept)
    assert {one.found.reason for one in again} == {"remembered"}
    assert sure(again) == kept
    shorter = propose(sheet, TYPES, remembered=ColumnMapping((None,)))
    assert shorter[0].found.reason == "ours"
    assert fingerprint(["E-mail privé"]) == fingerprint([" e-mail PRIVE "])
    assert fingerprint(["Mail"]) != fingerprint(["Naam"])


@pytest.mark.parametrize(
    "mapping",
    [
        ColumnMapping(("Voornaam",)),
        ColumnMapping(("Voornaam", "Lievelingskleur")),
        ColumnMapping(("claim:judgement", None)),
        ColumnMapping(("Skill 0", None)),
        ColumnMapping((None, None), {"Voornaam": "Jan"}),
        ColumnMapping((None, None), {headings.TRAINER: "x" * 201}),
    ],
    ids=["short", "unknown", "never", "zero", "constant", "long"],
)
def test_a_mapping_that_does_not_fit_is_refused(mapping: ColumnMapping) -> None:
    with pytest.raises(MalformedError, match="mapping_unknown"):
        checked(mapping, read_sheet(text(["a", "b"], ["1", "2"])), TYPES)


def test_a_mapping_with_two_columns_for_one_thing_is_refused() -> None:
    with pytest.raises(ListRefusedError):
        checked(ColumnMapping(("Voornaam", "Voornaam")), read_sheet(text(["a", "b"])), TYPES)


SHORT = ["Naam", "Examendatum"]


def one_value(**cells: str) -> ColumnMapping:
    constants = {headings.NUMBER: "", headings.EMAIL: "", headings.COURSE: "BHV"}
    constants |= {headings.RESULT: "behaald", **cells}
    return ColumnMapping((headings.FULL_NAME, headings.EXAM_DATE), constants)


def named(name: str) -> ClassList:
    return read(text(SHORT, [f'"{name}"', "05-06-2026"]), one_value())


def test_what_is_the_same_for_everyone_needs_no_column() -> None:
    found = named("Ria van der Velden")
    assert found.faults == ()
    (row,) = found.rows
    assert (row.type_id, row.email, row.name) == ("bhv", None, "Ria van der Velden")
    assert "document_number" not in row.claims


def test_a_course_for_everyone_must_exist() -> None:
    found = read(text(SHORT, ["Ria Bos", "05-06-2026"]), one_value(**{headings.COURSE: "Breien"}))
    assert [fault.code for fault in found.faults] == ["course_unknown"]


@pytest.mark.parametrize(
    ("written", "given_name", "family_name"),
    [
        ("Piet Jansen", "Piet", "Jansen"),
        ("Jansen, Piet", "Piet", "Jansen"),
        ("Velden, Ria van der", "Ria", "van der Velden"),
        ("Velden, van der, Ria", "Ria", "van der Velden"),
        ("van der Velden, Ria", "Ria", "van der Velden"),
        ("Jan Willem van den Berg", "Jan Willem", "van den Berg"),
        ("Bos-de Vries, Anna Maria", "Anna Maria", "Bos-de Vries"),
        ("Ahmet El Amrani", "Ahmet", "El Amrani"),
        ("Smit - de Boer, Joke", "Joke", "Smit - de Boer"),
    ],
)
def test_a_whole_name_is_taken_apart(written: str, given_name: str, family_name: str) -> None:
    found = named(written)
    assert found.faults == ()
    claims = found.rows[0].claims
    assert (claims["given_name"], claims["family_name"]) == (given_name, family_name)


def only(found: ClassList) -> Fault:
    (fault,) = found.faults
    return fault


def test_a_whole_name_with_two_readings_is_asked() -> None:
    found = named("Jan Willem Bos")
    assert short(only(found)) == ("Naam", "name_split", *ASKED)
    assert only(found).normalised_to == "Bos, Jan Willem"
    assert found.waiting[0].claims["family_name"] == "Bos"


@pytest.mark.parametrize("written", ["Jansen", "Jansen,", "a, b, c", "a,b,c,d", ", Piet"])
def test_half_a_name_is_refused(written: str) -> None:
    assert short(only(named(written))) == ("Naam", "name_incomplete", *REFUSED)


@pytest.mark.parametrize(
    ("prefix", "family", "whole"),
    [("", "Velden, van der", "van der Velden"), ("van der", "van der Velden", "van der Velden")],
)
def test_a_prefix_in_the_wrong_place_is_put_right_and_told(
    prefix: str, family: str, whole: str
) -> None:
    row = {**GOOD, "Tussenvoegsel": prefix, "Achternaam": family}
    found = read(text(list(row), list(row.values())))
    assert short(only(found)) == ("Achternaam", "name_order", *KEPT)
    assert found.rows[0].claims["family_name"] == whole


def test_a_column_may_fill_a_claim_of_its_own() -> None:
    row = {**GOOD, "Opleiding": "Heftruck", "Skill 1": "", "Niveau 1": "", "Hoogste last": "2500"}
    found = read(text(list(row), list(row.values())))
    assert found.faults == ()
    assert found.rows[0].claims["max_load_kg"] == 2500
    row["Hoogste last"] = "veel"
    fault = only(read(text(list(row), list(row.values()))))
    assert short(fault) == ("Hoogste last", "claim_unreadable", *REFUSED)


@given(st.lists(st.text(max_size=20), min_size=1, max_size=6))
def test_any_headings_are_proposed_or_refused(titles: list[str]) -> None:
    for title in titles:
        recognise(title, {})
    try:
        sheet = read_sheet(";".join(titles).encode("utf-8", "replace"))
    except ListRefusedError:
        return
    proposals = propose(sheet, TYPES)
    assert len(proposals) == len(sheet.titles)
    used = [target for target in likely(proposals).targets if target]
    assert len(used) == len(set(used))
