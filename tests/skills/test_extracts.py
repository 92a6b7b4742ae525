"""What leaves of a person's skills: for one purpose, until one day, a name only if shown."""

from datetime import date, timedelta

import pytest

from skills.evidence import Grade, Status
from skills.extracts import (
    OWN_USE,
    ExtractRefused,
    Person,
    as_json,
    extract,
    person_of,
    standing,
)
from skills.validity import Standing, State
from tests.skills.extract_samples import TODAY, made, source, statements


def test_each_skill_is_told_once_by_its_strongest_statement() -> None:
    twice = [*statements(), *statements()]
    found = extract(twice, [source("one", "VCA")], purpose=OWN_USE, made_on=TODAY)
    assert [line.skill for line in found.skills] == [
        "las-mag",
        "pbm",
        "reachtruck",
        "=HYPERLINK(1)",
    ]
    first = found.skills[0]
    assert (first.level, first.labels["en"], first.until) == (
        3,
        "MIG/MAG welding",
        date(2035, 5, 1),
    )
    assert first.source == found.certificates[0]
    assert found.skills[2].source is None
    assert (found.skills[2].known, found.skills[3].known) == (True, False)


def test_a_name_stands_in_it_only_where_it_was_shown() -> None:
    assert as_json(made())["person"] == {
        "name": "Ria de Vries",
        "given_name": "Ria",
        "family_name": "de Vries",
    }
    assert "person" not in as_json(made(person=None))
    assert "Ria" not in str(as_json(made(person=None)))
    assert "Ria" not in made().name


def test_it_ends_as_soon_as_results_usually_do_and_within_a_year() -> None:
    assert made().ends_on == TODAY + timedelta(days=28)
    assert made(ends_on=TODAY).ends_on == TODAY
    assert made(ends_on=TODAY + timedelta(days=365)).ends_on == date(2027, 11, 23)
    for day in (TODAY - timedelta(days=1), TODAY + timedelta(days=366)):
        with pytest.raises(ExtractRefused) as refused:
            made(ends_on=day)
        assert refused.value.code == "extract_end"


def test_a_purpose_outside_the_list_is_refused() -> None:
    assert extract([], [], purpose="hiring", made_on=TODAY).purpose == "hiring"
    with pytest.raises(ExtractRefused) as refused:
        extract([], [], purpose="curiosity", made_on=TODAY)
    assert refused.value.code == "extract_purpose"


def test_what_the_givers_list_says_goes_before_the_dates() -> None:
    ended = Standing(State.ENDED, "expired")
    assert standing(Status.GOOD, ended) == "ended"
    assert standing(Status.WITHDRAWN, ended) == "withdrawn"
    assert standing(Status.UNKNOWN, Standing(State.VALID, "no_end")) == "unknown"


def test_the_own_word_is_never_more_than_that() -> None:
    document = as_json(made())
    assert isinstance(document["skills"], list)
    own = [one for one in document["skills"] if isinstance(one, dict) and one["source"] is None]
    assert [one["grade"] for one in own] == [Grade.SELF.word] * 2
    assert [one["giver"] for one in own] == [None, None]


def test_a_name_of_a_proof_is_taken_where_it_was_shown() -> None:
    assert person_of({"given_name": "Ria", "family_name": "de Vries"}) == Person(
        "Ria de Vries", "Ria", "de Vries"
    )
    assert person_of({"given_name": "Ria", "family_name": 3}) == Person("Ria", "Ria")
    assert person_of({"skills": []}) is None
