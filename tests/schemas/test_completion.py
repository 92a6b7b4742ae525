"""Completing claims: fixed, computed, missing, checked, and when a credential ends."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.catalog import credential_type
from schemas.completion import (
    ClaimFault,
    add_months,
    check_claims,
    complete,
    template_missing,
    valid_until,
)
from schemas.files import JsonObject
from skills.framework import statement

NAMES: JsonObject = {"given_name": "Ria", "family_name": "van der Velden"}


def test_a_type_completes_what_it_can_compute() -> None:
    vca = credential_type("vca-basis")
    done = complete(
        vca,
        {**NAMES, "date_of_exam": "2026-04-27"},
        fixed={"language": "nl"},
        columns={"Cursistnummer": "26003"},
    )
    assert done.missing == ()
    assert done.claims == {
        **NAMES,
        "date_of_exam": "2026-04-27",
        "valid_until": "2036-04-27",
        "document_number": "VB-26003",
        "language": "nl",
    }
    assert check_claims(vca, done.claims) == ()


def test_what_is_given_wins_over_fixed_and_computed() -> None:
    vca = credential_type("vca-basis")
    given = {**NAMES, "date_of_exam": "2026-04-27", "valid_until": "2030-01-01", "language": "en"}
    done = complete(vca, given, fixed={"language": "nl"}, columns={"Cursistnummer": "1"})
    assert done.claims["valid_until"] == "2030-01-01"
    assert done.claims["language"] == "en"


def test_missing_claims_are_named() -> None:
    welding = credential_type("lascertificaat-mag")
    done = complete(welding, NAMES, fixed=welding.fixed_for_demo)
    assert done.missing == ("document_number", "date_of_test")


def test_an_impossible_start_date_computes_nothing() -> None:
    vca = credential_type("vca-basis")
    done = complete(vca, {**NAMES, "date_of_exam": "2026-02-31"}, fixed={})
    assert done.missing == ("valid_until",)


def test_a_template_names_the_claim_that_no_row_can_fill() -> None:
    welding = credential_type("lascertificaat-mag")
    columns = ("Cursistnummer", "Voornaam", "Achternaam", "Examendatum", "Skill 1")
    fixed = dict(welding.fixed_for_demo)
    assert template_missing(welding, fixed=fixed, columns=columns) == ()
    del fixed["process"]
    assert template_missing(welding, fixed=fixed, columns=columns) == ("process",)
    vca = credential_type("vca-vol")
    without_date = tuple(column for column in columns if column != "Examendatum")
    assert template_missing(vca, fixed={}, columns=without_date) == ("date_of_exam", "valid_until")
    without_number = columns[1:]
    missing = template_missing(welding, fixed=welding.fixed_for_demo, columns=without_number)
    assert missing == ("document_number",)


def test_claims_that_do_not_fit_are_named_by_code() -> None:
    forklift = credential_type("heftruck")
    claims: JsonObject = {
        **NAMES,
        "date_of_test": "2026-02-30",
        "truck_type": "vorkheftruck",
        "skills": [statement("heftruck", 2), {"skill": "x"}],
        "bsn": "111222333",
    }
    assert check_claims(forklift, claims) == (
        ClaimFault("bsn", "claim_unknown"),
        ClaimFault("practical_test", "claim_missing"),
        ClaimFault("date_of_test", "claim_malformed"),
        ClaimFault("skills", "claim_malformed"),
    )


def test_a_claim_that_is_never_issued_is_unknown() -> None:
    claims: JsonObject = {**NAMES, "date_of_exam": "2026-01-01", "valid_until": "2036-01-01"}
    vca = credential_type("vca-basis")
    assert check_claims(vca, claims) == ()
    faults = check_claims(vca, {**claims, "birth_date": "1970-01-01"})
    assert faults == (ClaimFault("birth_date", "claim_unknown"),)


@pytest.mark.parametrize(
    ("last_day", "end"),
    [
        ("2036-04-27", datetime(2036, 4, 27, 22, tzinfo=UTC)),  # summer time
        ("2036-12-31", datetime(2036, 12, 31, 23, tzinfo=UTC)),  # winter time, next year
        ("2026-03-28", datetime(2026, 3, 28, 23, tzinfo=UTC)),  # the day before the clock turns
        ("2026-03-29", datetime(2026, 3, 29, 22, tzinfo=UTC)),  # the day of it
    ],
)
def test_a_credential_ends_when_the_day_after_begins_in_amsterdam(
    last_day: str, end: datetime
) -> None:
    assert valid_until({"valid_until": last_day}) == end


def test_without_an_end_date_a_credential_does_not_end() -> None:
    assert valid_until({"date_of_test": "2026-01-01"}) is None
    with pytest.raises(ValueError, match="isoformat"):
        valid_until({"valid_until": "ooit"})


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
    ],
)
def test_months_end_in_the_month_that_is_meant(start: date, months: int, end: date) -> None:
    assert add_months(start, months) == end


def test_a_year_beyond_the_calendar_is_an_error() -> None:
    with pytest.raises(OverflowError):
        add_months(date(9990, 1, 1), 120)


@given(st.dates(max_value=date(9000, 1, 1)), st.integers(0, 600))
def test_months_later_is_never_another_month(start: date, months: int) -> None:
    later = add_months(start, months)
    passed = (later.year - start.year) * 12 + later.month - start.month
    assert passed == months
    assert later.day == start.day or later.day < start.day
