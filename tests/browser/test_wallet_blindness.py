"""The service reads nothing: after every journey in the browser no canary stands in what it kept.

Canaries are the names and skills of the worker. What is searched is all that the wallet's service
wrote or heard: database with its log, files, the log of the process, and each request as it came.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Request

from service.log import configure_log
from tests.browser.test_wallet_bringing import brings
from tests.browser.test_wallet_flows import town
from tests.browser.test_wallet_moving import another
from tests.browser.wallet_person import Town, Worker, at_work
from tests.wallet.test_blindness import spellings

__all__ = ["town"]

NAMES = {"given_name": "Kanariet", "family_name": "Vogelzang"}
SKILLS = ("Heftruck rijden", "Veilig werken", "heftruck", "veilig-werken")
CANARIES = (*NAMES.values(), *SKILLS, "Kanariebadge")
BADGE = b"""{"@context": ["https://www.w3.org/ns/credentials/v2"],
 "type": ["VerifiableCredential", "OpenBadgeCredential"], "issuer": "https://school.example",
 "credentialSubject": {"achievement": {"name": "Kanariebadge"}}}"""
WORDS = "drie natte fietsen"


def canaries_in(octets: bytes) -> set[str]:
    """The canaries that stand in octets, however they are spelled."""
    return {word for word in CANARIES if any(each in octets for each in spellings(word))}


@contextmanager
def heard(worker: Worker, town: Town) -> Iterator[list[bytes]]:
    """Each request that reached one of the wallet's own sites, as it was sent."""
    sites = f"localhost:{town.services.ports['wallet']}"
    requests: list[bytes] = []

    def note(request: Request) -> None:
        if sites in request.url.partition("#")[0]:
            address = request.url.partition("#")[0].encode()
            headers = repr(request.headers).encode()
            requests.append(address + headers + (request.post_data_buffer or b""))

    worker.page.context.on("request", note)
    yield requests


def lives(worker: Worker, browser: Browser, folder: Path) -> None:
    """Receive, show, share, stop, take along, bring, move: everything there is."""
    town = worker.town
    offer = town.offer(**NAMES)
    worker.follows(offer["link"])
    worker.types_pin(offer["tx_code"])
    worker.sees("flow.name.question", name="Kanariet Vogelzang")
    worker.presses("flow.name.yes")
    worker.presses("flow.keep.yes")
    worker.opens()
    worker.sees("flow.kept.title")
    worker.leaves()
    worker.follows(town.ask("forklift")["link"])
    worker.presses("flow.ask.yes")
    worker.sees("flow.done.title")
    worker.presses("flow.to_passport")
    worker.starts_sharing()
    worker.ticks("Heftruck rijden")
    worker.presses("flow.share.look")
    worker.presses("flow.share.make")
    worker.sees("flow.share.scan")
    link = worker.scans()
    with worker.page.context.expect_page() as opened:
        worker.page.evaluate("link => { self.open(link, '_blank', 'noopener') }", link)
    opened.value.wait_for_load_state()
    opened.value.close()
    worker.ends_sharing()
    brings(worker, "badge.json", BADGE)
    worker.presses("flow.keep.yes")
    worker.sees("flow.foreign.done")
    worker.presses("flow.to_passport")
    worker.exports(WORDS, folder)
    with another(browser, worker) as (new, code):
        worker.follows(code)
        worker.presses("flow.move.same")
        new.sees("flow.move.done")
        worker.sees("flow.move.done")


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the services' process writes in its log."""
    stream = io.StringIO()
    configure_log(stream)
    yield stream
    configure_log()


def test_after_every_journey_no_canary_is_found_and_a_planted_one_is(
    browser: Browser, town: Town, log: io.StringIO, tmp_path: Path
) -> None:
    with at_work(browser, town, None) as worker, heard(worker, town) as requests:
        lives(worker, browser, tmp_path)
    kept = town.services.var / "wallet"
    files = [path for path in sorted(kept.rglob("*")) if path.is_file()]
    assert any(path.name.startswith("wallet.db") for path in files)
    written = b"".join(path.read_bytes() for path in files)
    assert '"event": "request"' in log.getvalue()
    assert any(b"/api/vault" in each for each in requests)
    assert any(b"/api/shares" in each for each in requests)
    assert canaries_in(written) == set()
    assert canaries_in(log.getvalue().encode()) == set()
    assert canaries_in(b"".join(requests)) == set()
    planted = kept / "backup.planted"
    planted.write_bytes(b"x" + b"Vogelzang".hex().encode())
    try:
        again = b"".join(path.read_bytes() for path in kept.rglob("*") if path.is_file())
        assert canaries_in(again) == {"Vogelzang"}
    finally:
        planted.unlink()
