"""Receive at the real issuer and show to the real verifier, from the keeper in a real browser."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route

from schemas.declarations import lists
from tests.browser.test_keeper import POLICY, Handler, run, serving
from tests.browser.waiting import becomes
from tests.conftest import NOW
from tests.wallet.world import ISSUER, VERIFIER, World

SECONDS = int(NOW.timestamp())
LISTS = {
    "relations": [*lists().relations],
    "purposes": [*lists().purposes],
    "legalBases": [*lists().legal_bases],
    "unchecked": [*lists().unchecked_claims],
}
"""As the page has them of the same file."""


class Outgoing(Handler):
    """The keeper's page as it is where issuers are called directly."""

    policy = POLICY.replace("connect-src 'self'", "connect-src 'self' https:")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Where the keeper is served."""
    with serving(Outgoing) as found:
        yield found


@pytest.fixture
def world(tmp_path: Path) -> World:
    """The issuer and the verifier, in memory."""
    return World(tmp_path)


@pytest.fixture
def page(browser: Browser, address: str, world: World) -> Iterator[Page]:
    """The keeper's page; what it asks of issuer and verifier reaches the real applications."""
    context = browser.new_context()
    opened = context.new_page()

    def answer(route: Route) -> None:
        """Hand a request to the application that it is for."""
        asked = route.request
        origin = "/".join(asked.url.split("/")[:3])
        answered = world.clients[origin].request(
            asked.method,
            asked.url.removeprefix(origin),
            headers=asked.headers,
            content=asked.post_data_buffer,
            follow_redirects=False,
        )
        route.fulfill(
            status=answered.status_code, headers=dict(answered.headers), body=answered.content
        )

    for origin in (ISSUER, VERIFIER):
        opened.route(f"{origin}/**", answer)
    opened.goto(address)
    becomes(opened, "self.ready")
    yield opened
    context.close()


RECEIVE = """
  self.log ??= { events: [], device: "browser", now: () => seconds, chance: k.seals.CHANCE };
  const preview = await k.receiving.readOffer(link);
  const attempt = async (pin) => {
    try { return await k.receiving.fetchCredential(preview, pin, seconds); }
    catch (error) { return error.code; }
  };
  const wrong = await attempt(pin === "000000" ? "000001" : "000000");
  const received = await attempt(pin);
  if (typeof received === "string") return { wrong, received };
  self.log = said
    ? await k.receiving.keep(received, preview, self.log)
    : await k.receiving.refuse(received, self.log);
  return { wrong, name: received.name, type: preview.configuration.type,
           host: new URL(preview.issuer.credentialIssuer).hostname,
           held: k.vault.heldIn(self.log.events).length };
"""

SHOW = """
  const question = await k.presenting.readQuestion(link, lists, seconds, async () => false);
  const asked = await k.presenting.findAnswers(question, self.log, () => undefined);
  if (!said) { self.log = await k.presenting.declineRequest(asked, self.log); return null; }
  const choices = asked.groups.map(([fit]) => ({
    fit, picked: new k.claims.Paths(fit.option.lines
      .filter(({ kind }) => kind === "pick").slice(0, 1).map(({ path }) => path)) }));
  const done = await k.presenting.answerRequest(asked, choices, self.log);
  self.log = done.log;
  return { match: done.match, groups: asked.groups.length,
           events: done.log.events.map(({ type }) => type) };
"""


def receive(page: Page, world: World, *, said: bool = True) -> Any:  # noqa: ANN401 - JSON
    """Receive what the institute offers."""
    offer = world.offer()
    given = {"link": offer["link"], "pin": offer["tx_code"], "seconds": SECONDS, "said": said}
    return run(page, RECEIVE, **given)


def show(page: Page, world: World, *, said: bool = True) -> tuple[Any, Any]:
    """Show what the recruiter asks; the keeper's answer and what the verifier knows."""
    request = world.ask("forklift")
    given = {"link": request["link"], "said": said, "seconds": SECONDS, "lists": LISTS}
    found = run(page, SHOW, **given)
    return found, world.state(request)


def test_a_worker_receives_after_a_wrong_pin_and_shows_it(page: Page, world: World) -> None:
    assert receive(page, world) == {
        "wrong": "pin_wrong",
        "name": "Jan Bakker",
        "type": "https://skillspass.example/types/heftruck/1",
        "host": "issuer.skillspass.example",
        "held": 1,
    }
    found, state = show(page, world)
    made = ["holder_key_made"] * 5
    assert found["events"] == [*made, "credential_added", "request_answered"]
    assert len(found["match"]) == 4
    assert state["state"] == "answered", state
    assert "Bakker" not in str(state)


def test_h081_no_drops_a_credential_and_keeps_nothing_of_it(page: Page, world: World) -> None:
    found = receive(page, world, said=False)
    assert (found["name"], found["held"]) == ("Jan Bakker", 0)
    written = page.evaluate("JSON.stringify(self.log.events)")
    assert "credential_refused" in written
    assert "Bakker" not in written


def test_saying_no_looks_like_having_nothing(page: Page, world: World) -> None:
    receive(page, world)
    _, refused = show(page, world, said=False)
    page.evaluate("self.log = { ...self.log, events: [] }")
    _, empty = show(page, world, said=False)
    assert {**refused, "id": ""}.keys() == {**empty, "id": ""}.keys()
    assert refused["state"] == empty["state"]
