"""The two demo lists, exactly; and what becomes of rows: ready, waiting, refused, not passed."""

import os
from collections import Counter
from pathlib import Path

import pytest
import yaml

from issuer.class_list import ClassList, NotIssued, read_class_list
from schemas.catalog import credential_type, json_schema
from schemas.completion import check_claims
from schemas.files import JsonObject
from tests.issuer.lists import AT, DATA, DEMO, GOOD, as_json, csv_of, other, read, short

SHARED = Path(os.environ.get("SKILLSPASS_SHARED", Path(__file__).parents[3] / "shared"))


def expected(name: str) -> dict[str, object]:
    loaded = yaml.safe_load((DATA / name).read_text("utf-8"))
    assert isinstance(loaded, dict)
    return loaded


def demo(name: str, *, type_id: str | None = None) -> ClassList:
    return read_class_list((DEMO / name).read_bytes(), at=AT, type_id=type_id)


@pytest.mark.parametrize(
    "name",
    [
        *("trainees.csv", "trainees_messy.csv"),
        *("trainees.expected.yaml", "trainees_messy.expected.yaml"),
    ],
)
def test_the_demo_data_is_the_given_sample(name: str) -> None:
    if not SHARED.exists() and os.environ.get("CI") != "true":
        pytest.skip("the samples are not beside this checkout")
    ours = (DEMO if name.endswith(".csv") else DATA) / name
    assert ours.read_bytes() == (SHARED / "samples" / name).read_bytes()


def test_the_clean_list_gives_what_was_agreed() -> None:
    found, wanted = demo("trainees.csv"), expected("trainees.expected.yaml")
    assert found.faults == ()
    assert found.waiting == ()
    assert found.total == wanted["rows"]
    assert len(found.rows) == wanted["issue"]
    not_issued = [{"line": n.line, "name": n.name, "reason": n.reason} for n in found.not_issued]
    assert not_issued == wanted["not_issued"]
    courses = Counter(credential_type(row.type_id).course_names[0] for row in found.rows)
    assert dict(courses) == wanted["issue_per_course"]
    skills = [item for row in found.rows if isinstance(item := row.claims.get("skills"), list)]
    assert sum(len(item) for item in skills) == wanted["skill_statements"]


def test_the_messy_list_gives_exactly_the_agreed_faults() -> None:
    found, wanted = demo("trainees_messy.csv"), expected("trainees_messy.expected.yaml")
    assert as_json(found) == wanted["expected"]
    assert Counter(fault.action.value for fault in found.faults) == wanted["actions"]
    assert Counter(fault.severity.value for fault in found.faults) == wanted["severities"]


def test_clean_rows_of_the_messy_list_go_on_and_the_others_wait() -> None:
    found = demo("trainees_messy.csv")
    ready = [line for line in range(2, 17) if line != 6]
    assert [row.line for row in found.rows] == [*ready, 36]
    assert {row.line: row.confirm for row in found.waiting} == {
        6: ("duplicate_conflict",),
        20: ("date_is_number",),
        22: ("duplicate_conflict",),
        23: ("email_missing",),
        25: ("email_not_private",),
        41: ("mojibake_suspected",),
    }


@pytest.mark.parametrize("name", ["trainees.csv", "trainees_messy.csv"])
def test_every_row_fits_the_schema_of_its_type(name: str) -> None:
    found = demo(name)
    for row in (*found.rows, *found.waiting):
        assert check_claims(credential_type(row.type_id), row.claims) == ()


def test_a_row_becomes_whole_claims() -> None:
    (row,) = read({}).rows
    assert row.type_id == "cnc-frezen-vakcertificaat"
    assert row.name == "Ria van der Velden"
    assert row.email == "ria.vandervelden@postbus.example"
    claims: JsonObject = dict(row.claims)
    skills = claims.pop("skills")
    assert claims == {
        "given_name": "Ria",
        "family_name": "van der Velden",
        "date_of_result": "2026-06-05",
        "level_nlqf": 3,
        "grade": 7.2,
    }
    assert isinstance(skills, list)
    assert len(skills) == 1
    properties = json_schema(row.type_id)["properties"]
    assert isinstance(properties, dict)
    assert set(row.claims) <= set(properties)


def test_computed_claims_come_with_the_row() -> None:
    (row,) = read({"Opleiding": "VCA VOL", "Examendatum": "29-02-2024"}).rows
    assert row.claims["valid_until"] == "2034-02-28"
    assert row.claims["document_number"] == "VV-27001"


def test_a_remark_never_enters_a_credential() -> None:
    (row,) = read({"Opmerking": "heeft eigen leesbril nodig"}).rows
    assert "leesbril" not in str(row)


def test_names_are_cleaned_of_blanks_and_dashes_for_nothing() -> None:
    (row,) = read(
        {"Voornaam": "  Jan  Willem ", "Tussenvoegsel": "-", "Achternaam": "Bos\u00a0"}
    ).rows
    assert (row.claims["given_name"], row.claims["family_name"]) == ("Jan Willem", "Bos")


@pytest.mark.parametrize("written", ["Niet behaald", " NIET  BEHAALD ", "niet behaald"])
def test_who_did_not_pass_gets_nothing_and_is_listed(written: str) -> None:
    found = read({"Resultaat": written, "E-mail privé": "", "Skill 1": "", "Niveau 1": ""})
    assert found.rows == ()
    assert found.faults == ()
    assert found.not_issued == (NotIssued(2, "Ria van der Velden", "result_not_passed"),)


@pytest.mark.parametrize("written", ["Behaald", " BEHAALD ", "behaald"])
def test_case_and_blanks_of_a_result_do_not_count(written: str) -> None:
    assert len(read({"Resultaat": written}).rows) == 1


def test_what_may_not_be_in_a_list_is_named_even_where_nothing_is_issued() -> None:
    found = read({"Resultaat": "niet behaald", "Opmerking": "bsn 111222333"})
    assert [short(fault) for fault in found.faults] == [
        ("Opmerking", "bsn_suspected", "error", "row_refused")
    ]
    assert len(found.not_issued) == 1


def test_the_same_trainee_with_another_course_is_no_conflict() -> None:
    found = read({}, {"Opleiding": "VCA Basis"})
    assert len(found.rows) == 2
    assert found.faults == ()


def test_equal_rows_make_one_proof() -> None:
    found = read({}, other("27002"), {}, {})
    assert [row.line for row in found.rows] == [2, 3]
    assert [(fault.line, fault.same_as_line, fault.code) for fault in found.faults] == [
        (4, 2, "duplicate_row"),
        (5, 2, "duplicate_row"),
    ]


def test_of_rows_that_differ_none_goes_on() -> None:
    found = read({}, {"Cijfer": "8,0"}, {"Examendatum": "06-06-2026"})
    assert found.rows == ()
    assert [row.line for row in found.waiting] == [2, 3, 4]
    assert [(fault.line, fault.column, fault.same_as_line) for fault in found.faults] == [
        (3, "Cijfer", 2),
        (4, "Examendatum", 2),
    ]


def test_a_row_with_several_faults_names_them_all_in_the_order_of_the_columns() -> None:
    found = read({"Niveau 1": "9", "E-mail privé": "geen", "Examendatum": "30-02-2026"})
    assert [fault.column for fault in found.faults] == ["E-mail privé", "Examendatum", "Niveau 1"]
    assert found.rows == found.waiting == ()


def test_one_type_passes_over_rows_of_other_courses() -> None:
    found = demo("trainees.csv", type_id="vca-basis")
    assert {row.type_id for row in found.rows} == {"vca-basis"}
    assert len(found.rows) == 8
    assert {passed.reason for passed in found.not_issued} == {"other_course"}
    assert found.faults == ()


def test_a_type_that_no_course_chooses_applies_to_every_row() -> None:
    (row,) = read(
        {"Opleiding": "Eigen opleiding", "Examendatum": ""}, type_id="praktijkverklaring"
    ).rows
    assert row.claims["practical_trainer"] == "A. de Bruin"
    assert "document_number" not in row.claims


def test_an_unknown_type_is_the_callers_error() -> None:
    with pytest.raises(KeyError):
        read({}, type_id="paardrijden")


def test_a_template_fault_is_named_before_any_row_is_read() -> None:
    fixed = dict(credential_type("lascertificaat-mag").fixed_for_demo)
    del fixed["process"], fixed["route"]
    data = csv_of({"Opleiding": "Lascertificaat MAG (ISO 9606-1)", "Niveau 1": "9"}).encode()
    found = read_class_list(data, at=AT, fixed={"lascertificaat-mag": fixed})
    assert found.refused
    assert found.rows == ()
    assert found.waiting == ()
    assert found.not_issued == ()
    assert [(fault.line, *short(fault)) for fault in found.faults] == [
        (1, None, "template_claim_missing", "error", "list_refused"),
        (1, None, "template_claim_missing", "error", "list_refused"),
    ]
    assert "lasproces" in found.faults[0].sentence("nl")
    assert "welding process" in found.faults[0].sentence("en")


def test_a_template_of_a_course_that_is_not_in_the_list_does_not_matter() -> None:
    found = read_class_list(csv_of({}).encode(), at=AT, fixed={"lascertificaat-mag": {}})
    assert len(found.rows) == 1


def test_the_given_row_is_good() -> None:
    assert set(GOOD) >= {"Cursistnummer", "E-mail privé", "Skill 1"}
    assert len(read({}).rows) == 1


def test_people_with_the_same_skill_at_the_same_level_share_its_description() -> None:
    one, two, higher = read(
        other("27001"), other("27002"), other("27003", **{"Niveau 1": "3"})
    ).rows
    described = [row.claims["skills"][0] for row in (one, two, higher)]  # type: ignore[index]  # a list
    assert described[0] is described[1]
    assert [item["level"] for item in described] == [2, 2, 3]  # type: ignore[index, call-overload]  # an object
