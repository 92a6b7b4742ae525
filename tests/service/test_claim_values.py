"""Values of claims as a person reads them."""

import pytest

from schemas import catalog
from schemas.messages import LANGUAGES, known
from service.claim_values import shown_value

RELATION = "enum same_team|other_team|former"


@pytest.mark.parametrize("language", LANGUAGES)
def test_how_two_people_know_each_other_is_said_in_words(language: str) -> None:
    claims = catalog.credential_type("collega-bevestiging").claims
    assert RELATION in {claim.kind for claim in claims}
    for value in ("same_team", "other_team", "former"):
        assert known(f"common.value.{value}")
        assert shown_value(value, RELATION, language) != value


def test_a_choice_without_words_and_a_text_stay_as_they_are() -> None:
    assert shown_value("a", "enum a|b|c", "nl") == "a"
    assert shown_value("former", "text", "nl") == "former"


def test_years_are_said_from_and_until() -> None:
    assert "2019" in str(shown_value("2019/", "date range", "nl"))
    assert shown_value("2019/2024", "date range", "en") == "2019 \N{EN DASH} 2024"
