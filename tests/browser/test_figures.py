"""The page of figures, at an office that chose to have them (R33)."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.person import Person
from tests.browser.persona_town import Turned
from tests.browser.test_office import enters
from tests.issuer.office import FORKLIFT, Holder, open_office
from tests.services import Services, services_in

GIVEN = {"heftruck": 12, "cnc-frezen-vakcertificaat": 10, "bhv": 1}
"""Kind to how many people got it: of the last one only one did."""


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    """The running services in the quarter after that in which proofs were given."""
    var = tmp_path_factory.mktemp("var")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ISSUER_FIGURES", "true")
        office = open_office(var, figures=True)
        dates = {"heftruck": "date_of_test", "bhv": "date_of_course"}
        for kind, many in GIVEN.items():
            for number in range(many):
                claims = {
                    "given_name": "Jan",
                    "family_name": f"Bakker-{number}",
                    dates.get(kind, "date_of_result"): "2026-11-09",
                    **({} if kind == "bhv" else {"skills": FORKLIFT["skills"]}),
                }
                Holder(office).receive(office.offer(type=kind, claims=claims))
        office.ports.database.close()
        with services_in(var, clock=Turned(timedelta(days=45))) as running:
            yield running


@pytest.mark.parametrize(
    ("language", "width"), [("nl", 360), ("en", 1280)], ids=["nl-360", "en-1280"]
)
def test_an_administrator_reads_numbers_of_ten_people_or_more(
    browser: Browser, services: Services, pictures: Path | None, language: str, width: int
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800}, locale=language)
    person = Person(context.new_page(), language, pictures)
    enters(person, services, "demo-own-3")
    person.presses("a[href='/kinds']")
    person.presses("a[href='/figures']")
    person.looks("figures")
    numbers = person.page.locator("section:has(#q1) tbody tr").all_inner_texts()
    assert [each.split()[-1] for each in numbers] == ["12", "11", "23"]
    assert "Bakker" not in person.page.content()
    context.close()
