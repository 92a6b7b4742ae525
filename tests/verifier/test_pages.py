"""The recruiter's screens, in both languages, without script and without identifiers."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
from fastapi.testclient import TestClient

from credentials.openid4vc.request import AuthorizationRequest
from credentials.openid4vc.response import create_error
from schemas.messages import sentence
from tests.verifier.world import STATUS_URI, World, fields_of

IDENTIFIERS = re.compile(
    r"did:(web|key|jwk)|eyJ|urn:uuid|https://skillspass\.example/types|metalektro"
)


@dataclass
class Asked:
    """One question of one browser."""

    browser: TestClient
    url: str
    request: AuthorizationRequest


def token_of(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def ask(world: World, preset: str = "skills", browser: TestClient | None = None) -> Asked:
    browser = browser or world.browser()
    start = browser.get("/").text
    made = browser.post("/requests", data={"preset": preset, "csrf_token": token_of(start)})
    assert made.status_code == 303, made.text
    url = made.headers["location"]
    link = re.search(r'class="sp-button" href="([^"]+)"', browser.get(url).text)
    assert link is not None
    uri = fields_of(link[1].replace("&amp;", "&"))["request_uri"]
    return Asked(browser, url, world.request(uri))


def check(world: World, proof: str, **files: tuple[str, bytes]) -> str:
    browser = world.browser()
    token = token_of(browser.get("/").text)
    data = {"proof": proof, "csrf_token": token}
    answer = browser.post("/check", data=data, files=files or {"file": ("", b"")})
    if answer.status_code == 303:
        answer = browser.get(answer.headers["location"])
    assert answer.status_code in {200, 400, 413}, answer.text
    return str(answer.text)


def answer(world: World, asked: Asked) -> str:
    """The person shows the proof on this very device; the address of the verdict."""
    posted = world.post(asked.request, world.show(world.issue(world.credential()), asked.request))
    back = urlsplit(posted.body["redirect_uri"])
    opened = asked.browser.get(f"{back.path}?{back.query}")
    assert opened.headers["location"] == asked.url
    return asked.url


def visible(page: str) -> str:
    """The words of a page's main part, without tags and without the link to copy."""
    main = page[page.index("<main") : page.index("</main>")]
    without_link = re.sub(r"<code.*?</code>", "", main, flags=re.DOTALL)
    return re.sub(r"<[^>]+>", " ", without_link)


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_first_page_offers_every_question_in_words(world: World, language: str) -> None:
    page = world.client.get(f"/?lang={language}").text
    assert sentence("verifier.ways.title", language) in page
    for preset in ("skills", "vca", "welding", "forklift"):
        assert sentence(f"preset.{preset}.title", language) in page
    assert page.index('value="skills"') < page.index('value="forklift"')


def test_asking_leads_to_a_code_to_scan(world: World) -> None:
    asked = ask(world)
    page = asked.browser.get(asked.url).text
    assert "refresh" not in page
    assert 'role="img"' in page
    assert "Vrager niet nagekeken" in page
    assert "<script" not in page
    assert "Een telefoon kan deze link nu niet openen." in page


def test_the_waiting_page_tells_that_the_question_is_read(world: World) -> None:
    asked = ask(world)
    assert sentence("verifier.request.reading", "nl") in asked.browser.get(asked.url).text


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_answer_turns_the_page_into_a_verdict_in_four_parts(
    world: World, language: str
) -> None:
    asked = ask(world)
    page = asked.browser.get(f"{answer(world, asked)}?lang={language}").text
    assert "http-equiv" not in page
    assert page.count('data-outcome="passed"') == 4
    for part in ("authentic", "issuer", "valid", "holder"):
        assert sentence(f"common.part.{part}", language) in page
    assert {"nl": "CNC-frezen", "en": "CNC milling"}[language] in page
    assert {"nl": "15 juni 2026", "en": "15 June 2026"}[language] in page
    assert sentence("common.grade.assessed", language) in page
    assert IDENTIFIERS.search(visible(page)) is None


def test_the_page_of_a_withdrawn_proof_says_so_first(world: World) -> None:
    world.statuses[7] = 1
    world.publish_statuses()
    asked = ask(world)
    page = asked.browser.get(answer(world, asked)).text
    assert "<h1>Dit bewijs is ingetrokken</h1>" in page
    assert 'data-tone="negative"' in page
    assert "Vraag om een nieuw bewijs" in page
    assert "Dit telt niet mee." in page
    assert "Wat deze persoon kan" not in page


def test_unknown_is_amber_and_never_green(world: World) -> None:
    del world.internet.pages[STATUS_URI]
    asked = ask(world)
    page = asked.browser.get(answer(world, asked)).text
    assert 'data-tone="warning"' in page
    assert 'data-part="valid" data-outcome="undetermined"' in page


def test_showing_nothing_is_told_without_a_verdict(world: World) -> None:
    asked = ask(world)
    path = urlsplit(asked.request.response_uri).path
    form = {"content-type": "application/x-www-form-urlencoded"}
    world.client.post(path, content=create_error(asked.request), headers=form)
    page = asked.browser.get(asked.url).text
    assert "De ander laat niets zien" in page
    assert "sp-verdict__answer" not in page


def test_a_question_that_is_over_can_be_asked_again(world: World) -> None:
    asked = ask(world, "vca")
    world.clock.turn(minutes=10)
    page = asked.browser.get(asked.url).text
    assert "Deze vraag is voorbij" in page
    assert 'name="preset" value="vca"' in page
    assert "http-equiv" not in page


def test_a_check_that_was_broken_off_offers_a_new_question(world: World) -> None:
    asked = ask(world)
    with world.app.state.ports.database.transaction() as session:
        from verifier import requests  # noqa: PLC0415 - a process that stops between two steps

        row = requests.find(session, asked.url.rpartition("/")[2])
        requests.answer(session, row, at=world.clock())
    assert "We kijken het bewijs na" in asked.browser.get(asked.url).text
    world.clock.turn(seconds=61)
    assert "Nakijken lukte niet" in asked.browser.get(asked.url).text


def test_another_browser_sees_neither_code_nor_verdict(world: World) -> None:
    asked = ask(world)
    answer = world.browser().get(asked.url)
    assert answer.status_code == 400
    assert sentence("error.session_mismatch", "nl") in answer.text


def test_the_asking_browser_returns_once_with_its_code(world: World) -> None:
    asked = ask(world)
    posted = world.post(asked.request, world.show(world.issue(world.credential()), asked.request))
    back = urlsplit(posted.body["redirect_uri"])
    path = f"{back.path}?{back.query}"
    elsewhere = world.browser().get(path)
    assert "Klaar, je kunt dit sluiten" in elsewhere.text
    assert "CNC" not in elsewhere.text
    first = asked.browser.get(path)
    assert (first.status_code, first.headers["location"]) == (303, asked.url)
    assert asked.browser.get(path).status_code == 400


def test_a_pasted_proof_is_checked_and_whose_it_is_was_not_asked(world: World) -> None:
    page = check(world, f"  {world.issue(world.credential())}\n")
    assert "<h1>Het bewijs klopt</h1>" in page
    assert 'data-tone="info"' in page
    assert 'data-part="holder" data-outcome="not_applicable"' in page
    assert sentence("verifier.result.short", "nl") in page
    assert "Demir" in page


def test_the_other_language_after_a_pasted_proof_begins_again(world: World) -> None:
    assert world.client.get("/check?lang=en").headers["location"] == "/"


def test_a_proof_in_a_file_is_checked(world: World) -> None:
    proof = str(world.issue(world.credential())).encode()
    assert "<h1>Het bewijs klopt</h1>" in check(world, "", file=("bewijs.txt", proof))


def test_rubbish_gets_a_verdict_in_words(world: World) -> None:
    page = check(world, "<b>hello</b>")
    assert "<h1>Dit bewijs klopt niet</h1>" in page
    assert "hello" not in page
    assert "We laten alleen de inhoud zien van een bewijs dat echt is." in page


def test_checking_nothing_asks_for_something(world: World) -> None:
    assert sentence("verifier.start.empty", "nl") in check(world, "")


def test_a_file_that_is_too_large_is_refused(world: World) -> None:
    page = check(world, "", file=("big.txt", b"x" * (512 * 1024 + 1)))
    assert sentence("error.too_large", "nl") in page


@pytest.mark.parametrize("path", ["/requests", "/check"])
def test_forms_of_others_are_refused(world: World, path: str) -> None:
    answer = world.browser().post(path, data={"preset": "skills", "proof": "x"})
    assert answer.status_code == 403


def test_the_short_link_leads_to_the_same_place(world: World) -> None:
    asked = ask(world)
    reference = asked.request.response_uri.rpartition("/")[2]
    target = world.browser().get(f"/r/{reference}").headers["location"]
    assert fields_of(target)["request_uri"].endswith(reference)


def test_pages_forbid_scripts_and_inline_styles(world: World) -> None:
    asked = ask(world)
    for path in ("/", "/many", asked.url):
        answer = asked.browser.get(path)
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        text = re.sub(r'<script src="/static/scan\.js[^"]*" defer></script>', "", answer.text)
        assert (text != answer.text) is (path == "/")  # the camera, and no other
        assert re.search(r"<script|\sstyle=|\son\w+=", text) is None
        assert answer.headers["cache-control"] == "no-store"
