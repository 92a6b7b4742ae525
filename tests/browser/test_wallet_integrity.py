"""Proofs by Data Integrity in the worker's own passport: received, held, shown in part, and shared.

What goes to the verifier is read in the browser, as it is before it is encrypted.
"""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser.wallet_person import Town, Worker, at_work, shift_to
from tests.services import services_in

FORMS = ("ldp_vc", "ldp_vc.ecdsa-sd-2023", "ldp_vc.bbs-2023")
SELECTIVE = FORMS[1:]
TITLE = "VCA Basisveiligheid"
TYPE = "https://skillspass.example/types/vca-basis/1"
VCA = {
    "given_name": "Jan",
    "family_name": "Bakker",
    "date_of_exam": "2026-09-07",
    "valid_until": "2036-09-07",
    "document_number": "VB-7531",
    "skills": [{"skill": "veilig-werken", "level": 3}, {"skill": "pbm", "level": 2}],
}
CANARIES = ("Jan", "Bakker", "VB-7531", "pbm")
"""What must not be sent by who did not choose it."""

LISTENING = """
const encrypt = self.SubtleCrypto?.prototype.encrypt;
self.sent = [];
if (encrypt) SubtleCrypto.prototype.encrypt = function (algorithm, key, data) {
  const text = new TextDecoder().decode(data);
  if (text.includes('"vp_token"')) self.sent.push(text);
  return encrypt.call(this, algorithm, key, data);
};
"""
"""Keeps what is encrypted for a verifier; nothing else has that name."""


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """The running services."""
    started = time.time()
    with services_in(tmp_path_factory.mktemp("var")) as running:
        yield Town(running, shift_to(started))


@pytest.fixture
def worker(browser: Browser, town: Town, pictures: Path | None) -> Iterator[Worker]:
    """A worker whose browser has nothing yet, and in which we listen."""
    with at_work(browser, town, pictures) as found:
        found.page.add_init_script(LISTENING)
        yield found


def asking(*paths: list[object]) -> dict[str, object]:
    """A question for claims of a safety certificate with an embedded proof."""
    claims = [{"path": ["credentialSubject", *path]} for path in paths]
    one = {"id": "safety", "format": "ldp_vc", "meta": {"type_values": [[TYPE]]}}
    return {"credentials": [{**one, "claims": claims}]}


def sent(worker: Worker) -> list[dict[str, Any]]:
    """The presentations of the last answer."""
    (text,) = worker.page.evaluate("self.sent")
    return [one for some in json.loads(text)["vp_token"].values() for one in some]


def receives(worker: Worker, town: Town, form: str, **claims: object) -> None:
    """A certificate with an end, in one form."""
    worker.receives(town.offer("vca-basis", form, **{**VCA, **claims}))
    worker.leaves()


@pytest.mark.parametrize("form", FORMS)
def test_each_suite_goes_from_its_issuer_to_a_verdict(
    worker: Worker, town: Town, form: str
) -> None:
    receives(worker, town, form)
    worker.screens.get_by_text(TITLE).first.wait_for()
    request = town.ask(None, dcql_query=asking(["date_of_exam"], ["skills", None]))
    worker.follows(request["link"])
    worker.reads("flow.seen.title")
    worker.looks(f"integrity-consent-{form.rpartition('.')[2]}")
    boxes = worker.stage.locator("input[type='checkbox']")
    assert boxes.count() == (2 if form in SELECTIVE else 0)
    if form in SELECTIVE:
        boxes.first.check()
    worker.presses("flow.ask.yes")
    worker.sees("flow.done.title")
    (shown,) = sent(worker)
    assert shown["proof"]["cryptosuite"] == "ecdsa-jcs-2019"
    (credential,) = shown["verifiableCredential"]
    found = [each in json.dumps(shown) for each in CANARIES]
    assert found == [form not in SELECTIVE] * len(CANARIES)
    if form in SELECTIVE:
        subject = credential["credentialSubject"]
        assert {*subject} == {"id", "date_of_exam", "valid_until", "skills"}
        assert [one["skill"] for one in subject["skills"]] == ["veilig-werken"]
    state = town.state(request)
    assert state["state"] == "answered"
    assert {*state["verdict"]["parts"].values()} == {"passed"}, state["verdict"]
