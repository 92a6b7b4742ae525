"""The kiosk: what may be shown beside what is needed, and several proofs of one kind, by choice."""

import re

import pytest

from schemas.messages import sentence
from tests.wallet.test_kiosk import FORBIDDEN, LANGUAGES, Browser, receive, t
from tests.wallet.world import ISSUER, WALLET, World
from wallet.picking import LOOKED

pytestmark = pytest.mark.usefixtures("light_argon")

TYPES = "https://skillspass.example/types"


def query(name: str, type_id: str, claim: str, **more: object) -> dict[str, object]:
    """What a firm asks of one type."""
    meta = {"vct_values": [f"{TYPES}/{type_id}/1"]}
    claims = [{"path": [claim]}]
    return {"id": name, "format": "dc+sd-jwt", "meta": meta, "claims": claims, **more}


def safety(world: World, day: str = "2026-08-03") -> dict[str, str]:
    """The offer of a safety certificate."""
    claims = {"given_name": "Jan", "family_name": "Bakker", "date_of_exam": day}
    offer = {"type": "vca-basis", "format": "dc+sd-jwt", "claims": claims}
    answer = world.clients[ISSUER].post("/api/offers", json=offer, headers=world.issuer_key())
    assert answer.status_code == 201, answer.text
    made: dict[str, str] = answer.json()
    return made


FORKLIFT = query("forklift", "heftruck", "date_of_test")
SAFETY = query("safety", "vca-basis", "date_of_exam")
NEEDED = {"options": [["forklift"]]}
BESIDE = {"options": [["safety"]], "required": False}


@pytest.fixture(params=LANGUAGES)
def browser(world: World, request: pytest.FixtureRequest) -> Browser:
    """A person with a forklift certificate and one of safety."""
    found = Browser(world, request.param)
    receive(found, dict(world.offer()))
    receive(found, safety(world))
    return found


def asks(world: World, browser: Browser, *sets: object) -> dict[str, str]:
    """A firm's question, opened."""
    both = {"credentials": [FORKLIFT, SAFETY], "credential_sets": [*sets]}
    request = dict(world.ask(dcql_query=both))
    browser.open(request["link"].removeprefix(WALLET))
    return request


def goes_on(browser: Browser, *ticked: str) -> str:
    """Press Next on the page of choices."""
    assert not re.search(r"<input[^>]* checked", browser.html), "nothing is ticked beforehand"
    hidden = f"{LOOKED}=yes"
    return browser.open(f"{browser.here()}?{'&'.join([hidden, *ticked])}")


def types_of(world: World, request: dict[str, str]) -> list[str]:
    verdicts = world.state(request)["verdicts"]
    dates = {"date_of_test": "heftruck", "date_of_exam": "vca-basis"}
    return sorted(dates[name] for each in verdicts for name in each["claims"] if name in dates)


@pytest.mark.parametrize("more", [False, True], ids=["needed", "more"])
def test_an_optional_set_is_shown_only_where_it_is_ticked(
    world: World, browser: Browser, *, more: bool
) -> None:
    request = asks(world, browser, NEEDED, BESIDE)
    seen = browser.read()
    for key in ("flow.more.title", "flow.more.text"):
        assert sentence(key, browser.language) in seen
    assert not FORBIDDEN.search(seen)
    seen = goes_on(browser, *(["more0=yes"] if more else []))
    yours = sentence("flow.more.yours", browser.language)
    assert seen.count(yours) == (1 if more else 0)
    assert not FORBIDDEN.search(seen)
    assert t("done.title", browser.language) in browser.send(browser.here(), answer="yes")
    assert types_of(world, request) == ["heftruck", "vca-basis"][: 2 if more else 1]


def test_a_question_with_nothing_needed_waits_for_a_choice_or_a_no(
    world: World, browser: Browser
) -> None:
    request = asks(world, browser, BESIDE)
    seen = goes_on(browser)
    assert sentence("flow.share.none", browser.language) in seen
    assert t("ask.no", browser.language) in seen
    browser.send(browser.here(), answer="yes")
    assert browser.status == 400, "yes to nothing is no answer"
    browser.open(browser.here())
    goes_on(browser, "more0=yes")
    browser.send(browser.here(), answer="yes")
    assert types_of(world, request) == ["vca-basis"]


def test_nothing_needed_can_be_refused(world: World, browser: Browser) -> None:
    request = asks(world, browser, BESIDE)
    seen = browser.send(browser.here(), answer="no")
    assert t("declined.title", browser.language) in seen
    assert world.state(request)["state"] == "answered"


def test_of_an_optional_set_with_rivals_one_is_chosen_after_the_tick(world: World) -> None:
    browser = Browser(world)
    receive(browser, dict(world.offer()))
    for day in ("2026-08-03", "2026-08-04"):
        receive(browser, safety(world, day))
    request = asks(world, browser, NEEDED, BESIDE)
    assert t("choose.title", "nl") not in browser.read()
    seen = goes_on(browser, "more0=yes")
    assert t("choose.title", "nl") in seen
    assert re.search(r'name="more0" value="yes" checked', browser.html), "the tick stays"
    (first, _) = re.findall(r'name="proof1" value="([^"]+)"', browser.html)
    browser.open(f"{browser.here()}?{LOOKED}=yes&more0=yes&proof1={first}")
    browser.send(browser.here(), answer="yes")
    assert types_of(world, request) == ["heftruck", "vca-basis"]


@pytest.mark.parametrize("several", [True, False], ids=["several", "one"])
def test_several_of_one_kind_are_ticked_where_the_request_takes_them(
    world: World, *, several: bool
) -> None:
    browser = Browser(world)
    for day in ("2026-09-07", "2025-09-07"):
        receive(browser, dict(world.offer(date_of_test=day)))
    asked = query("forklift", "heftruck", "date_of_test", multiple=several)
    request = dict(world.ask(dcql_query={"credentials": [asked]}))
    seen = browser.open(request["link"].removeprefix(WALLET))
    assert (sentence("flow.several.title", "nl") in seen) is several
    ids = re.findall(r'name="proof0" value="([^"]+)"', browser.html)
    if several:
        assert sentence("flow.share.none", "nl") in goes_on(browser)
    browser.open(f"{browser.here()}?{LOOKED}=yes&" + "&".join(f"proof0={each}" for each in ids))
    shown = re.findall(r'name="proof0" value="([^"]+)"', browser.html)
    assert shown == (ids if several else ids[:1])
    browser.send(browser.here(), answer="yes", proof0=ids)
    assert len(types_of(world, request)) == (2 if several else 1)
