"""At the gate: only what was fetched before, its age stated, and stale is never a yes."""

from datetime import timedelta

import pytest

from credentials.findings import Outcome, Part
from credentials.verification import Policy
from schemas.messages import sentence
from tests.verifier.test_pages import check, token_of
from tests.verifier.world import World
from verifier import checking
from verifier.gate import around_kept, kept, refresh
from verifier.pages.gate import in_words
from verifier.verdicts import Report


def at_the_gate(world: World) -> Report:
    at = world.clock()
    around = around_kept(world.app.state.ports, at=at)
    held = world.issue(world.credential())
    return checking.check_loose(held, policy=Policy.LISTED, around=around, at=at)


def test_without_any_list_nobody_is_known(world: World) -> None:
    world.internet.pages.clear()
    found = kept(world.app.state.ports, at=world.clock())
    assert (found.sector, found.statuses) == (None, 0)
    assert at_the_gate(world).verdict.part(Part.ISSUER) is Outcome.UNDETERMINED


def test_with_lists_of_before_it_answers_without_a_connection(world: World) -> None:
    check(world, str(world.issue(world.credential())))
    world.internet.pages.clear()
    world.clock.turn(minutes=10)
    report = at_the_gate(world)
    parts = [report.verdict.part(part) for part in (Part.AUTHENTIC, Part.ISSUER, Part.VALID)]
    assert parts == [Outcome.PASSED] * 3
    found = kept(world.app.state.ports, at=world.clock())
    assert found.sector is not None
    assert found.sector.age == timedelta(minutes=10)
    assert (found.statuses, found.oldest) == (1, timedelta(minutes=10))


@pytest.mark.parametrize(
    ("days", "part"), [(1, Part.VALID), (8, Part.ISSUER)], ids=["status", "sector"]
)
def test_a_list_past_its_end_is_unknown_and_never_yes(world: World, days: int, part: Part) -> None:
    check(world, str(world.issue(world.credential())))
    world.internet.pages.clear()
    world.clock.turn(days=days)
    assert at_the_gate(world).verdict.part(part) is Outcome.UNDETERMINED


def test_fetching_again_counts_what_did_not_come(world: World) -> None:
    check(world, str(world.issue(world.credential())))
    assert refresh(world.app.state.ports, at=world.clock()) == 0
    world.internet.pages.clear()
    world.clock.turn(days=1)
    assert refresh(world.app.state.ports, at=world.clock()) == 1


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_page_says_how_old_the_lists_are(world: World, language: str) -> None:
    check(world, str(world.issue(world.credential())))
    world.clock.turn(hours=3)
    page = world.client.get(f"/gate?lang={language}").text
    three = sentence("verifier.gate.hours", language, count=3)
    assert sentence("verifier.gate.age", language, age=three) in page
    world.clock.turn(days=8)
    assert sentence("verifier.gate.stale", language) in world.client.get("/gate").text


def test_nothing_brought_asks_for_something(world: World) -> None:
    browser = world.browser()
    answer = browser.post("/gate", data={"csrf_token": token_of(browser.get("/gate").text)})
    assert answer.status_code == 400
    assert sentence("verifier.start.empty", "nl") in answer.text


@pytest.mark.parametrize(
    ("age", "words"),
    [
        (timedelta(seconds=1), "1 min"),
        (timedelta(minutes=59), "59 min"),
        (timedelta(minutes=61), "2 uur"),
        (timedelta(days=1), "24 uur"),
        (timedelta(days=3, hours=1), "4 dagen"),
    ],
    ids=["second", "minutes", "hours", "day", "days"],
)
def test_an_age_is_rounded_upwards(age: timedelta, words: str) -> None:
    assert in_words(age, "nl") == words
