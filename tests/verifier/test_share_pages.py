"""A deelkaart that a recruiter pastes: opened once, shown in four parts, and asked about live."""

import logging
import re
from pathlib import Path

import pytest

from schemas.messages import sentence
from tests.verifier.share_site import ShareSite
from tests.verifier.test_pages import token_of, visible
from tests.verifier.world import World


@pytest.fixture
def site(world: World, tmp_path: Path) -> ShareSite:
    return ShareSite.beside(world, tmp_path)


def paste(world: World, link: str, **fields: str) -> str:
    """The page that comes, and the address it has."""
    browser = world.browser()
    data = {"proof": link, "csrf_token": token_of(browser.get("/").text), **fields}
    answer = browser.post("/check", data=data)
    if answer.status_code == 303:
        answer = browser.get(answer.headers["location"])
    return str(answer.text)


def test_a_deelkaart_becomes_a_verdict_that_asks_for_confirmation(site: ShareSite) -> None:
    page = paste(site.world, site.shared())
    assert "<h1>Eén ding weten we nog niet</h1>" in page
    assert page.count('data-outcome="passed"') == 3
    assert 'data-part="holder" data-outcome="undetermined"' in page
    assert sentence("verifier.verdict.confirm", "nl") in page
    assert "CNC-frezen" in page
    assert "#" not in visible(page)


def test_looking_counts_as_one_view(site: ShareSite) -> None:
    link = site.shared(views=1)
    assert "Eén ding weten we nog niet" in paste(site.world, link)
    assert sentence("error.share_gone", "nl") in paste(site.world, link)


def test_several_cards_stand_under_one_answer(site: ShareSite) -> None:
    link = site.link()
    page = paste(site.world, site.publish(link, site.card(link), site.card(link)))
    assert page.count("<h1>") == 1
    assert page.count('class="sp-card sp-list sp-verdict"') == 2


def test_a_spoken_code_is_asked_first_and_opens_it(site: ShareSite) -> None:
    link = site.link(coded=True)
    text = site.publish(link, site.card(link), code="4711")
    asked = paste(site.world, text)
    assert sentence("verifier.code.title", "nl") in asked
    assert sentence("verifier.code.wrong", "nl") in paste(site.world, text, code="47")
    assert sentence("error.share_gone", "nl") in paste(site.world, text, code="4712")
    assert "Eén ding weten we nog niet" in paste(site.world, text, code="4711")


def test_confirmation_asks_for_the_same_proof_live(site: ShareSite) -> None:
    world, browser = site.world, site.world.browser()
    start = browser.get("/").text
    made = browser.post("/check", data={"proof": site.shared(), "csrf_token": token_of(start)})
    page = browser.get(made.headers["location"]).text
    result = re.search(r'name="result" value="([^"]+)"', page)
    assert result is not None
    asked = browser.post(
        "/requests",
        data={"result": result[1], "preset": "skills", "csrf_token": token_of(page)},
    )
    shown = browser.get(asked.headers["location"]).text
    assert sentence("preset.confirmation.title", "nl") in shown
    assert world.browser().get(made.headers["location"]).status_code == 400


@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_result_of_another_browser_is_gone_for_you(site: ShareSite, language: str) -> None:
    browser = site.world.browser()
    start = browser.get("/").text
    made = browser.post("/check", data={"proof": site.shared(), "csrf_token": token_of(start)})
    answer = site.world.browser().get(f"{made.headers['location']}?lang={language}")
    assert sentence("error.result_gone", language) in answer.text


def test_a_result_is_gone_after_half_an_hour(site: ShareSite) -> None:
    world, browser = site.world, site.world.browser()
    start = browser.get("/").text
    made = browser.post("/check", data={"proof": site.shared(), "csrf_token": token_of(start)})
    assert browser.get(made.headers["location"]).status_code == 200
    world.clock.turn(minutes=30)
    assert browser.get(made.headers["location"]).status_code == 400


@pytest.mark.parametrize(
    ("link", "code"),
    [
        ("https://deel.skillspass.example/s/short#x", "share_link_invalid"),
        (f"https://elsewhere.example/s/{'A' * 22}#{'A' * 43}", "fetch_failed"),
        (f"https://deel.skillspass.example/s/{'A' * 22}#{'A' * 43}", "share_gone"),
    ],
    ids=["malformed", "elsewhere", "absent"],
)
def test_a_link_that_leads_nowhere_is_told_in_words(site: ShareSite, link: str, code: str) -> None:
    assert sentence(f"error.{code}", "nl") in paste(site.world, link)


def test_no_log_holds_the_key_of_a_deelkaart(
    site: ShareSite, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        link = site.shared()
        paste(site.world, link)
    written = caplog.text + "".join(capfd.readouterr())
    assert link.partition("#")[2] not in written
    assert "Demir" not in written


def test_a_vacancy_stands_beside_it_with_one_word_a_requirement(site: ShareSite) -> None:
    page = paste(site.world, site.shared(), vacancy="vac-003")
    assert "CNC-frezer twee ploegen" in page
    assert 'data-fit="partly"' in page
    assert 'data-fit="met"' in page
    assert 'data-fit="not_shown"' in page
    assert sentence("skills.why.level_lower", "nl") in page
    assert re.search(r"\d+ ?%|score", visible(page)) is None


def test_an_unknown_vacancy_is_refused(site: ShareSite) -> None:
    page = paste(site.world, site.shared(), vacancy="vac-999")
    assert sentence("error.vacancy_unknown", "nl") in page


def test_rows_from_the_eighth_on_are_folded(site: ShareSite) -> None:
    page = paste(site.world, site.shared(), vacancy="lasser-mag")
    folded = page[page.index("<details") : page.index("</details>")]
    before = page[: page.index("<details")]
    assert before.count("data-fit=") == 7
    assert folded.count("data-fit=") >= 1
