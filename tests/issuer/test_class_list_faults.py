"""Faults in the cells of a class list: each rule with what it refuses and what it lets pass."""

import pytest

from issuer.class_list_faults import MAX_ECHO
from tests.issuer.lists import ASKED, GOOD, KEPT, REFUSED, one_row, only_fault, read, short


@pytest.mark.parametrize(
    ("cell", "sign"),
    [
        ("=1+1", "="),
        ("+SOM(A1)", "+"),
        ("-cmd|' /C calc'!A0", "-"),
        ("@SUM(1+1)", "@"),
        ("\tx", "tab"),
        (" =1+1", "="),
        ("'=1+1", "="),
        ("\uff1dA1", "="),
        ("=", "="),
        ("+A1", "+"),
        ("\n=A1", "="),
    ],
)
@pytest.mark.parametrize("column", ["Opmerking", "Praktijkopleider", "Groep"])
def test_a_formula_is_refused_in_any_text(cell: str, sign: str, column: str) -> None:
    fault = only_fault(**{column: cell})
    assert short(fault) == (column, "formula_injection", *REFUSED)
    assert fault.sentence("nl") == f"Dit veld begint met een formule ({sign}). Haal die weg."


@pytest.mark.parametrize("column", ["Voornaam", "Tussenvoegsel", "Achternaam"])
def test_a_formula_in_a_name_is_told_as_such(column: str) -> None:
    fault = only_fault(**{column: "=A1"})
    assert fault.sentence("nl") == "Dit veld begint met een formule (=). Dat mag niet in een naam."


@pytest.mark.parametrize("remark", ["-1", "+31 6 12345678", "-", "1+1=2", "a@b", "- 5,5"])
def test_a_signed_number_is_no_formula(remark: str) -> None:
    assert one_row(Opmerking=remark).confirm == ()


def test_an_address_that_is_a_formula_is_refused_as_one() -> None:
    assert only_fault(email="=cmd@thuis.example").code == "formula_injection"
    assert only_fault(email="@SUM(1+1)*cmd").code == "formula_injection"


@pytest.mark.parametrize(
    ("sign", "mark"),
    [
        ("\0", "NUL"),
        ("\u0007", "U+0007"),
        ("\u200b", "U+200B"),
        ("\u200d", "U+200D"),
        ("\ufeff", "U+FEFF"),
        ("\u00ad", "U+00AD"),
        ("\u2060", "U+2060"),
        ("\u009d", "U+009D"),
        ("\u2028", "U+2028"),
        ("\n", "U+000A"),
        ("\t", "U+0009"),
    ],
)
def test_an_invisible_character_in_a_name_is_refused(sign: str, mark: str) -> None:
    fault = only_fault(Achternaam=f"van{sign}Dijk")
    assert short(fault) == ("Achternaam", "control_character", *REFUSED)
    assert (
        fault.sentence("nl")
        == f"In deze naam zit een onzichtbaar teken ({mark}). Typ de naam opnieuw."
    )


def test_a_remark_may_have_lines_but_no_invisible_characters() -> None:
    assert one_row(Opmerking="eerste regel\ntweede regel").line == 2
    assert (
        only_fault(Opmerking="x\u200by")
        .sentence("nl")
        .startswith("In dit veld zit een onzichtbaar")
    )


@pytest.mark.parametrize(
    "sign", [*"\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c"]
)
@pytest.mark.parametrize("column", ["Voornaam", "Achternaam", "Opmerking"])
def test_a_character_that_turns_the_reading_direction_is_refused(sign: str, column: str) -> None:
    assert short(only_fault(**{column: f"Jans{sign}nes"})) == (column, "bidi_control", *REFUSED)


@pytest.mark.parametrize(
    "name",
    [
        "Wiśniewski",
        "Aït Ben Haddou",
        "D'Angelo",
        "Smit-de Boer",
        "Şahin",
        "O\u2019Brien",
        "Nguyễn",
        "Ødegård",
        "Müller",
        "Łukasz",
        "Шевченко",
        "محمد",
        "王",
    ],
)
def test_names_of_the_world_pass(name: str) -> None:
    assert one_row(Achternaam=name).claims["family_name"] == f"van der {name}"


@pytest.mark.parametrize(
    "name", ["Fernández López", "Müller", "Şahin", "René", "Wiśniewski", "María", "Łukasz"]
)
@pytest.mark.parametrize("times", [1, 2])
def test_a_name_that_was_read_wrongly_is_asked(name: str, times: int) -> None:
    broken = name
    for _ in range(times):
        octets = broken.encode("utf-8")
        broken = "".join(_windows(octet) for octet in octets)
    found = read({"Achternaam": broken})
    (fault,) = found.faults
    assert short(fault) == ("Achternaam", "mojibake_suspected", *ASKED)
    assert fault.normalised_to == name
    assert found.waiting[0].claims["family_name"] == f"van der {name}"


def _windows(octet: int) -> str:
    empty = {0x81, 0x8D, 0x8F, 0x90, 0x9D}
    return chr(octet) if octet in empty else bytes([octet]).decode("windows-1252")


def test_a_lost_letter_is_refused() -> None:
    assert short(only_fault(Voornaam="Ren\ufffd")) == ("Voornaam", "mojibake_suspected", *REFUSED)


@pytest.mark.parametrize("level", ["0", "-1", "5", "2.5", "2,5", "99", "+9"])
def test_a_level_off_the_scale_is_refused(level: str) -> None:
    fault = only_fault(Niveau_1=level)
    assert short(fault) == ("Niveau 1", "level_out_of_range", *REFUSED)
    assert fault.sentence("nl") == f"Niveau {level} bestaat niet. Kies 1, 2, 3 of 4."


@pytest.mark.parametrize("level", ["drie", "goed", "2?", "II", "1-2", "½", "\u0663"])
def test_a_level_that_is_no_number_is_refused(level: str) -> None:
    fault = only_fault(Niveau_1=level)
    assert short(fault) == ("Niveau 1", "level_not_a_number", *REFUSED)
    assert fault.sentence("en") == f'"{level}" is not a level. Choose 1, 2, 3 or 4.'


@pytest.mark.parametrize("level", ["1", " 4 ", "3,0", "2.0", "+2"])
def test_a_level_of_the_scale_passes(level: str) -> None:
    assert one_row(Niveau_1=level).line == 2


def test_skill_and_level_come_together() -> None:
    assert short(only_fault(Niveau_1="")) == ("Niveau 1", "level_missing", *REFUSED)
    assert short(only_fault(Niveau_2="3")) == ("Skill 2", "skill_missing", *REFUSED)
    fault = only_fault(Skill_2="CNC milling", Niveau_2="3")
    assert short(fault) == ("Skill 2", "skill_twice", *REFUSED)
    assert short(only_fault(Skill_1="", Niveau_1="")) == ("Skill 1", "skills_missing", *REFUSED)
    assert one_row(Opleiding="BHV", Skill_1="", Niveau_1="").claims.get("skills") is None


def test_an_unknown_skill_is_refused_and_a_long_one_is_cut_in_the_sentence() -> None:
    assert short(only_fault(Skill_2="Toveren", Niveau_2="1")) == (
        "Skill 2",
        "skill_unknown",
        *REFUSED,
    )
    fault = only_fault(Skill_2="x" * 500, Niveau_2="1")
    assert "x" * (MAX_ECHO - 1) + "…" in fault.sentence("nl")
    assert "x" * MAX_ECHO not in fault.sentence("nl")


def test_an_ambiguous_word_names_the_skills_to_choose_from() -> None:
    fault = only_fault(Skill_2="DRAAIEN", Niveau_2="1")
    assert short(fault) == ("Skill 2", "skill_ambiguous", "error", "row_held")
    assert fault.sentence("nl") == (
        '"DRAAIEN" kan twee skills zijn: '
        "CNC-draaien of Draaien op een gewone draaibank. Kies er één."
    )
    assert fault.sentence("en") == (
        '"DRAAIEN" can be two skills: CNC turning or manual turning. Choose one.'
    )
    assert read({"Skill 2": "DRAAIEN", "Niveau 2": "1"}).waiting == ()


@pytest.mark.parametrize("label", ["cnc-frezen", "CNC-FREZEN", "CNC milling", "bewerkingscentrum"])
def test_a_skill_is_known_by_label_or_everyday_word(label: str) -> None:
    skills = one_row(Skill_1=label).claims["skills"]
    assert isinstance(skills, list)
    assert isinstance(skills[0], dict)
    assert skills[0]["skill"] == "cnc-frezen"


@pytest.mark.parametrize("course", ["vca basis", " VCA  Basis ", "VCA Basisveiligheid"])
def test_a_course_is_known_by_name_or_title(course: str) -> None:
    assert one_row(Opleiding=course).type_id == "vca-basis"


def test_an_unknown_course_holds_the_row_and_an_empty_one_is_refused() -> None:
    assert short(only_fault(Opleiding="Breien")) == (
        "Opleiding",
        "course_unknown",
        "error",
        "row_held",
    )
    assert short(only_fault(Opleiding="")) == ("Opleiding", "value_missing", *REFUSED)


@pytest.mark.parametrize("result", ["", "zie mail", "voldoende", "ja", "niet", "behaald?"])
def test_a_result_that_is_neither_is_refused(result: str) -> None:
    assert short(only_fault(Resultaat=result)) == ("Resultaat", "result_unknown", *REFUSED)


@pytest.mark.parametrize("column", ["Cursistnummer", "Voornaam", "Achternaam", "Examendatum"])
def test_an_empty_cell_that_the_proof_needs_is_refused(column: str) -> None:
    assert short(only_fault(**{column: ""})) == (column, "value_missing", *REFUSED)


@pytest.mark.parametrize(("written", "grade"), [("7,6", 7.6), ("10", 10), ("1", 1), ("5,75", 5.75)])
def test_a_grade_becomes_a_number(written: str, grade: float) -> None:
    assert one_row(Cijfer=written).claims["grade"] == grade


def test_a_grade_is_no_must() -> None:
    assert "grade" not in one_row(Cijfer="").claims


def test_a_decimal_point_is_read_and_told() -> None:
    fault = only_fault(Cijfer="8.25")
    assert short(fault) == ("Cijfer", "decimal_point", *KEPT)
    assert fault.normalised_to == "8,25"
    assert read({"Cijfer": "8.25"}).rows[0].claims["grade"] == 8.25


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("11", "grade_out_of_range"),
        ("0", "grade_out_of_range"),
        ("goed", "grade_not_a_number"),
        ("-5", "grade_not_a_number"),
        ("7,6/10", "grade_not_a_number"),
    ],
)
def test_a_strange_grade_stops_only_a_proof_that_holds_it(written: str, code: str) -> None:
    assert short(only_fault(Cijfer=written)) == ("Cijfer", code, *REFUSED)
    assert short(only_fault(Cijfer=written, Opleiding="BHV")) == ("Cijfer", code, *KEPT)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("nummer 111222333 uit dossier", "We hebben het nummer niet bewaard."),
        ("x111222333y", "We hebben het nummer niet bewaard."),
        ("(1234 56 782)", "ook al staan er spaties in"),
        ("111\u00a0222\u00a0333", "ook al staan er spaties in"),
        ("111.222.333", "Er staan tekens tussen"),
        ("111-222-333", "Er staan tekens tussen"),
    ],
)
@pytest.mark.parametrize(
    "column",
    ["Opmerking", "Praktijkopleider", "Groep", "Achternaam", "Examendatum", "Skill 1", "Niveau 1"],
)
def test_a_number_that_may_be_a_bsn_is_refused_and_never_repeated(
    text: str, words: str, column: str
) -> None:
    fault = only_fault(**{column: text})
    assert short(fault) == (column, "bsn_suspected", *REFUSED)
    assert words in fault.sentence("nl")
    for digits in ("111", "222", "333", "1234", "782"):
        assert digits not in repr(fault) + fault.sentence("nl") + fault.sentence("en")


@pytest.mark.parametrize(
    "text",
    [
        "nummer 111222334",
        "KvK 12345678",
        "0612345678",
        "NL91ABNA0417164300",
        "09-11-2026",
        "000000000",
    ],
)
def test_other_numbers_in_free_text_pass(text: str) -> None:
    assert one_row(Opmerking=text).line == 2


def test_a_trainee_number_that_passes_the_elfproef_is_asked() -> None:
    found = read({"Cursistnummer": "111222333"})
    (fault,) = found.faults
    assert short(fault) == ("Cursistnummer", "number_confirm", *ASKED)
    assert "111222333" not in fault.sentence("nl") + repr(fault)
    assert [row.confirm for row in found.waiting] == [("number_confirm",)]
    assert one_row(Cursistnummer="111222334").line == 2


@pytest.mark.parametrize("number", ["27;001", "27/001/", "n°1", "x" * 41, "2,7E+04"])
def test_a_trainee_number_has_letters_digits_dots_and_dashes(number: str) -> None:
    assert short(only_fault(Cursistnummer=number)) == ("Cursistnummer", "number_invalid", *REFUSED)
    assert one_row(Cursistnummer="LB-2026.001").line == 2


@pytest.mark.parametrize("column", ["Voornaam", "Achternaam", "Praktijkopleider", "Opmerking"])
def test_endless_text_is_refused(column: str) -> None:
    assert short(only_fault(**{column: "x" * 2_001})) == (column, "text_too_long", *REFUSED)


def test_a_name_has_the_length_that_a_credential_can_hold() -> None:
    assert only_fault(Achternaam="x" * 195).code == "text_too_long"
    assert one_row(Achternaam="x" * 190, Tussenvoegsel=GOOD["Tussenvoegsel"]).line == 2
