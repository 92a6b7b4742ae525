"""A second device beside the first, at the real services: a code, two words, a way in."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.test_wallet_flows import town
from tests.browser.wallet_person import Town, Worker, at_work
from wallet.transfers import LIFE

__all__ = ["town"]

SIZES = [(320, "nl"), (1280, "en")]


@pytest.fixture
def worker(browser: Browser, town: Town, pictures: Path | None) -> Iterator[Worker]:
    """A worker with one credential."""
    with at_work(browser, town, pictures) as found:
        found.receives(town.offer())
        found.leaves()
        yield found


@contextmanager
def another(browser: Browser, like: Worker, width: int = 360) -> Iterator[tuple[Worker, str]]:
    """The same person at a device that has nothing yet, and the link that it shows."""
    kept, language = like.pictures, like.language
    with at_work(browser, like.town, kept, width=width, language=language) as new:
        new.screens.get_by_role("button", name=new.says("screens.start.have")).click()
        new.sees("web.open.title")
        new.looks("move-open")
        new.presses("flow.move.way")
        new.sees("flow.move.new")
        new.looks("move-code")
        yield new, new.scans()


def words_of(worker: Worker) -> str:
    """The two words on a device."""
    found = worker.page.locator("#transfer-words")
    found.wait_for()
    return found.inner_text()


@pytest.mark.parametrize(("width", "language"), SIZES, ids=["320-nl", "1280-en"])
def test_a_second_device_reads_the_code_and_gets_a_way_in_of_its_own(
    browser: Browser, town: Town, pictures: Path | None, width: int, language: str
) -> None:
    with at_work(browser, town, pictures, width=width, language=language) as old:
        old.receives(town.offer())
        old.leaves()
        with another(browser, old, width) as (new, link):
            assert re.fullmatch(re.escape(town.keeper) + r"/#t=[\w-]{48}", link)
            old.follows(link)
            old.sees("flow.move.words")
            old.looks("move-words")
            new.sees("flow.move.check")
            new.looks("move-check")
            assert words_of(old) == words_of(new)
            old.presses("flow.move.same")
            new.sees("flow.move.done")
            new.looks("move-done")
            new.presses("web.next")
            old.sees("flow.move.done")
            old.presses("flow.to_passport")
            title = "Heftruckcertificaat" if language == "nl" else "Forklift certificate"
            new.goes_to("screens.tab.passport")
            new.screens.get_by_text(title).first.wait_for()
            slots = [new.page.evaluate(SLOTS)]
            assert slots == [["prf", "prf"]]


SLOTS = """async () => (await (await fetch("/api/vault")).json()).slots.map(({kind}) => kind)"""
"""What the header of the vault says; the way in that was lent is gone."""


def test_a_code_is_typed_where_there_is_no_camera(browser: Browser, worker: Worker) -> None:
    with another(browser, worker) as (new, _):
        code = new.page.locator("#transfer-code").inner_text()
        worker.goes_to("screens.tab.settings")
        worker.screens.get_by_text(worker.says("screens.door.devices")).first.click()
        worker.screens.get_by_role("button", name=worker.says("screens.devices.do")).click()
        worker.sees("flow.move.title")
        worker.looks("move-ask")
        worker.page.get_by_label(worker.says("flow.move.code")).fill("no code")
        worker.presses("web.next")
        worker.reads("error.transfer_invalid")
        worker.page.get_by_label(worker.says("flow.move.code")).fill(code)
        worker.presses("web.next")
        worker.sees("flow.move.words")
        assert words_of(worker) == words_of(new)


def test_other_words_move_nothing(browser: Browser, worker: Worker) -> None:
    with another(browser, worker) as (new, link):
        worker.follows(link)
        worker.sees("flow.move.words")
        new.sees("flow.move.check")
        worker.presses("flow.move.differ")
        worker.sees("flow.move.nothing")
        worker.looks("move-nothing")
        new.sees("web.open.title")
        new.reads("error.mailbox_gone")
        assert worker.page.evaluate(SLOTS) == ["prf"]
        assert new.page.evaluate("async () => (await fetch('/api/vault')).status") == 401


def test_a_device_that_stops_leaves_no_way_in(browser: Browser, worker: Worker) -> None:
    with another(browser, worker) as (new, link):
        worker.follows(link)
        worker.sees("flow.move.words")
        new.page.route("**/api/transfers/open", lambda route: route.abort())
        worker.presses("flow.move.same")
        new.sees("web.open.title")
        worker.sees("flow.move.nothing")
        worker.looks("move-close")
        worker.presses("web.next")
        worker.reads("flow.move.late")
        assert worker.page.evaluate(SLOTS) == ["prf"]


def test_another_key_than_that_of_the_code_is_refused(browser: Browser, worker: Worker) -> None:
    """The service puts a key of its own in the second letter; the code names another."""
    with another(browser, worker) as (new, link):
        new.page.route(
            "**/api/mailboxes/*",
            lambda route: route.abort() if route.request.method == "POST" else route.continue_(),
        )
        mailbox = new.page.evaluate("code => code.slice(0, 22)", link.partition("#t=")[2])
        assert len(mailbox) == 22
        worker.page.add_init_script(OTHER_KEY)
        worker.follows(link)
        worker.sees("flow.move.nothing")
        worker.reads("error.transfer_other_key")
        assert worker.page.evaluate(SLOTS) == ["prf"]


OTHER_KEY = """
const asked = self.fetch;
self.fetch = async (address, options) => {
  const isReading = /mailboxes\\/[\\w-]{22}$/.test(address) && options.method === "GET";
  if (!isReading) return asked(address, options);
  const curve = {name: "ECDH", namedCurve: "P-256"};
  const pair = await crypto.subtle.generateKey(curve, true, ["deriveBits"]);
  const {kty, crv, x, y} = await crypto.subtle.exportKey("jwk", pair.publicKey);
  const letter = btoa(JSON.stringify({v: 1, pub: {crv, kty, x, y}}));
  const message = letter.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  return new Response(JSON.stringify([{number: 1, message}, {number: 2, message}]));
};
"""


def test_five_minutes_are_enough_and_no_more() -> None:
    assert timedelta(minutes=5) == LIFE
