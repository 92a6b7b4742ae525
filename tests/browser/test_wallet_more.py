"""Answers with more than is needed: an optional set, and several proofs of one kind, by choice."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser.test_wallet_integrity import (
    LISTENING,
    SELECTIVE,
    VCA,
    again,
    asking,
    sent,
)
from tests.browser.wallet_person import Town, Worker, at_work

FORKLIFT: Mapping[str, Any] = {
    "id": "forklift",
    "format": "dc+sd-jwt",
    "meta": {"vct_values": ["https://skillspass.example/types/heftruck/1"]},
    "claims": [{"path": ["date_of_test"]}],
}


def beside() -> dict[str, Any]:
    """A question for a forklift certificate, and for one of safety if somebody likes."""
    (safety,) = asking(["valid_until"])["credentials"]
    sets = [{"options": [["forklift"]]}, {"options": [["safety"]], "required": False}]
    return {"credentials": [FORKLIFT, safety], "credential_sets": sets}


CASES = [(320, "nl"), (360, "nl"), (1280, "en")]


@pytest.fixture(params=CASES, ids=[f"{width}-{language}" for width, language in CASES])
def worker(
    browser: Browser, town: Town, pictures: Path | None, request: pytest.FixtureRequest
) -> Iterator[Worker]:
    """A worker with two forklift certificates and one of safety, of another form."""
    width, language = request.param
    with at_work(browser, town, pictures, width=width, language=language) as found:
        found.page.add_init_script(LISTENING)
        found.receives(town.offer())
        found.leaves()
        again(found, town.offer("vca-basis", SELECTIVE[0], **VCA))
        again(found, town.offer(date_of_test="2025-09-07"))
        yield found


def test_more_is_shown_only_where_the_worker_ticks_it(worker: Worker, town: Town) -> None:
    several = {"credentials": [{**FORKLIFT, "multiple": True}]}
    for wanted in (1, 2):
        request = town.ask(None, dcql_query=several)
        worker.follows(request["link"])
        worker.reads("flow.several.title")
        boxes = worker.stage.get_by_role("checkbox")
        assert [box.is_checked() for box in boxes.all()] == [False, False]
        worker.looks("more-several")
        worker.presses("web.next")
        worker.reads("flow.share.none")
        for box in boxes.all()[:wanted]:
            box.check()
        worker.presses("web.next")
        worker.reads("flow.seen.title")
        worker.presses("flow.ask.yes")
        worker.sees("flow.done.title")
        assert len(sent(worker)) == wanted
        assert len(town.state(request)["verdicts"]) == wanted
    for wanted in (1, 2):
        request = town.ask(None, dcql_query=beside())
        worker.follows(request["link"])
        worker.stage.get_by_role("radio").first.check()
        worker.presses("web.next")
        worker.reads("flow.more.title")
        (box,) = worker.stage.get_by_role("checkbox").all()
        assert not box.is_checked()
        worker.looks("more-optional")
        if wanted > 1:
            box.check()
        worker.presses("web.next")
        worker.reads("flow.seen.title")
        told = worker.stage.get_by_text(worker.says("flow.more.yours"), exact=True)
        assert told.count() == wanted - 1
        worker.looks(f"more-consent-{wanted}")
        worker.presses("flow.ask.yes")
        worker.sees("flow.done.title")
        assert len(sent(worker)) == wanted
        found = town.state(request)
        assert found["state"] == "answered"
        assert [one["verdict"] for one in found["verdicts"]] == ["passed"] * wanted
