"""Sandra confirms for Ria from a link, beside what the employer says of her (P2)."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from schemas import catalog
from schemas.messages import sentence
from skills.evidence import Grade
from tests.browser.guest import label, says_skills, visiting
from tests.browser.persona_town import PersonaTown, leaks, persona_town, personas, takes
from tests.browser.test_personas import reads_cards
from tests.browser.test_share_page import reading
from tests.browser.test_wallet_confirm import asks
from tests.browser.test_wallet_confirm import takes as takes_over
from tests.browser.test_wallet_skills import Grower
from tests.browser.wallet_person import at_work


@pytest.fixture(scope="module")
def samples(vectors: Path) -> Path:
    """The folder with the scripts."""
    return vectors.parent / "samples"


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory, samples: Path) -> Iterator[PersonaTown]:
    """The town with everybody who gives Ria something."""
    with persona_town(tmp_path_factory.mktemp("var"), samples) as running:
        yield running


def test_p2_sandra_confirms_from_a_link_beside_what_the_employer_says(
    browser: Browser, town: PersonaTown, samples: Path
) -> None:
    script = personas(samples)["P2"]
    employer, _, colleague = script["holds"]
    ((skill, level),) = colleague["skills"].items()
    with at_work(browser, town, None) as worker:
        takes(worker, town.gives(script["name"], employer), script["name"], first=True)
        ria = Grower(worker)
        says_skills(ria, **{skill: level}, **script["own_claims"])
        worker.goes_to("screens.tab.skills")
        ria.sees("skills.title")
        link = asks(ria, skill, name=script["name"])
        with visiting(browser, town) as sandra:
            sandra.opens(link, "confirm.title", name=script["name"])
            sandra.seen(skill, level=level)
            sandra.fills("confirm.name", colleague["issuer"])
            sandra.signs()
            sent = [each.post_data or "" for each in sandra.reader.asked]
        assert colleague["issuer"] in takes_over(ria)
        worker.goes_to("screens.tab.skills")
        ria.sees("skills.title")
        row = worker.screens.locator(".card-row").filter(has_text=label("lagers"))
        expect(row.locator(".sp-grade--self")).to_be_visible()
        worker.starts_sharing()
        worker.ticks(label(skill))
        worker.ticks(catalog.credential_type(colleague["type"]).title("nl"))
        worker.presses("flow.share.look")
        worker.presses("flow.share.make")
        worker.sees("flow.share.scan")
        with reading(browser, town) as manager:
            told = reads_cards(manager, worker.scans(), 2)
            rows = manager.page.locator("li:has(.sp-grade)").filter(has_text=label(skill))
            marks = rows.locator(".sp-grade").all()
            found = {
                re.search(r"sp-grade--(\w+)", mark.get_attribute("class") or "") for mark in marks
            }
        grades = {Grade[match[1].upper()] for match in found if match}
        assert grades == {Grade.COLLEAGUE, Grade.MANAGER}
        assert max(grades).word == script["expect"]["grade_of"][skill]
        assert sentence("verdict.issuer.one_time_key", "nl") in told
        assert not leaks(colleague["issuer"], told, sent, town.octets_of("wallet", "verifier"))
