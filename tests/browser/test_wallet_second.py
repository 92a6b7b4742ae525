"""A passport moves to another installation: other hosts, another database, another party.

A union runs it beside the trial's own. What was exported at the first is brought there by a browser
that never was at the first; then it stands on its own.
"""

import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from service.fetch import Fetcher
from service.place import Place
from service.serving import free_ports, running, seat
from tests.browser.test_wallet_flows import town
from tests.browser.wallet_person import Town, Worker, at_work
from wallet.app import create_app
from wallet.settings import WalletSettings

__all__ = ["town"]

WORDS = "drie natte fietsen"
NAMES = ("kluis", "deel", "wallet")
SIZES = [(320, "nl"), (1280, "en")]
TITLE = {"nl": "Heftruckcertificaat", "en": "Forklift certificate"}


@dataclass(frozen=True)
class Union(Town):
    """The same issuers and recruiters, seen from the union's own sites.

    Attributes:
        settings: of the union's service.
    """

    settings: WalletSettings

    @property
    def keeper(self) -> str:
        """The union's keeper."""
        return self.settings.keeper_origin

    @property
    def links(self) -> str:
        """The union's site of links."""
        return self.settings.web_origin


@pytest.fixture(scope="module")
def union(town: Town, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Union]:
    """A second service of passports: its own port, hosts, files and keys."""
    var, (port,) = tmp_path_factory.mktemp("union"), free_ports(1)
    clock = town.services.apps["wallet"].state.doors.keeping.clock
    place = Place(town.services.var, town.services.ports, public=None, clock=clock)
    sites = {name: f"http://{name}.vakbond.localhost:{port}" for name in NAMES}
    told = place.settings("wallet") | {
        "port": port,
        "public_url": f"http://localhost:{port}",
        "identifier": f"http://localhost:{port}",
        "keeper_url": sites["kluis"],
        "share_url": sites["deel"],
        "web_url": sites["wallet"],
        "var": var,
        "demo": False,
    }
    settings = WalletSettings(**told)
    fetch = Fetcher(
        dev_origins=settings.dev_origins, own_addresses=settings.own_addresses, clock=clock
    )
    app = create_app(settings, fetch=fetch, clock=clock, entropy=secrets.token_bytes)
    with running([seat(app)]):
        yield Union(town.services, town.shift, settings)
    fetch.close()


def lives(worker: Worker) -> None:
    """Receive, show to a recruiter, and leave a share card open."""
    worker.receives(worker.town.offer())
    worker.leaves()
    worker.follows(worker.town.ask("forklift")["link"])
    worker.presses("flow.ask.yes")
    worker.sees("flow.done.title")
    worker.presses("flow.to_passport")
    worker.starts_sharing()
    worker.ticks(TITLE[worker.language])
    worker.presses("flow.share.look")
    worker.presses("flow.share.make")
    worker.sees("flow.share.scan")
    worker.ends_sharing()


def brings_first(worker: Worker, file: Path) -> None:
    """Begin with a file: a passport is made for what is in it."""
    worker.screens.get_by_role("link", name=worker.says("screens.start.paste")).click()
    worker.screens.get_by_role("button", name=worker.says("screens.add.file.do")).click()
    worker.opens()
    worker.sees("flow.import.title")
    worker.page.get_by_label(worker.says("flow.import.label")).set_input_files(file)
    worker.presses("web.next")
    worker.types_words(WORDS)
    worker.sees("flow.import.found")
    worker.reads("flow.real")
    worker.looks("second-found")
    worker.presses("flow.keep.yes")
    worker.sees("flow.import.done")
    worker.looks("second-done")
    worker.presses("flow.to_passport")


def entries(worker: Worker) -> list[str]:
    """The title of each entry of the log, newest first."""
    worker.goes_to("screens.tab.log")
    expect(worker.screens.locator("h1")).to_have_text(worker.says("screens.log.title"))
    found = worker.screens.locator(".sp-list > li strong")
    found.first.wait_for()  # the title comes first, and then all of them at once
    return found.all_inner_texts()


@pytest.mark.parametrize(("width", "language"), SIZES, ids=["320-nl", "1280-en"])
def test_what_was_taken_along_works_at_another_installation_on_its_own(
    browser: Browser,
    town: Town,
    union: Union,
    pictures: Path | None,
    tmp_path: Path,
    width: int,
    language: str,
) -> None:
    with at_work(browser, town, pictures, width=width, language=language) as first:
        lives(first)
        before = entries(first)
        file = first.exports(WORDS, tmp_path)
    with at_work(browser, union, pictures, width=width, language=language) as second:
        brings_first(second, file)
        second.goes_to("screens.tab.passport")
        second.screens.get_by_text(TITLE[language]).first.wait_for()
        after = entries(second)
        assert after[1:] == before[:-1]  # each has its own way in, and all else is the same
        stop = second.screens.get_by_role("button", name=second.says("screens.shares.stop"))
        second.goes_to("screens.tab.show")
        expect(stop).to_have_count(0)  # the first service keeps that card, this one cannot stop it
        request = union.ask("forklift")
        second.follows(request["link"])
        second.reads("flow.seen.title")
        second.presses("flow.ask.yes")
        second.sees("flow.done.title")
        digits = second.page.locator(".sp-match").inner_text()
        found = union.state(request)
        assert (found["state"], found["match_code"]) == ("answered", digits)
        second.presses("flow.to_passport")
        assert len(entries(second)) == len(after) + 1


def test_the_same_file_again_brings_nothing_twice(
    browser: Browser, town: Town, union: Union, tmp_path: Path
) -> None:
    with at_work(browser, town, None) as first:
        lives(first)
        file = first.exports(WORDS, tmp_path)
    with at_work(browser, union, None) as second:
        brings_first(second, file)
        once = entries(second)
        second.brings(file, WORDS)
        second.sees("flow.import.found")
        second.reads("flow.import.known")
        second.presses("flow.to_passport")
        assert entries(second) == once


def test_the_two_installations_keep_nothing_in_common(union: Union, town: Town) -> None:
    first = town.services.apps["wallet"].state.settings
    assert union.settings.directory != first.directory
    assert json.loads(str(union.settings.trust_anchor)) == json.loads(str(first.trust_anchor))
    assert union.settings.host_names.isdisjoint(
        first.host_names - {"localhost"}
    )  # the passkeys of one are unknown to the other
