"""Proofs by Data Integrity in the worker's own passport: received, held, shown in part, and shared.

What goes to the verifier is read in the browser, as it is before it is encrypted.
"""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.browser.test_recruiter import asked_of, hiring
from tests.browser.test_share_page import reading
from tests.browser.test_wallet_bringing import brings
from tests.browser.test_wallet_standing import at_odds, opens_card, stands
from tests.browser.wallet_person import Town, Worker, at_work
from wallet.holder.archive import unpack
from wallet.holder.portability import Secret, open_export

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

WORDS = "drie natte fietsen"
"""What the export opens with."""

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


@pytest.fixture
def worker(browser: Browser, town: Town, pictures: Path | None) -> Iterator[Worker]:
    """A worker whose browser has nothing yet, and in which we listen."""
    with at_work(browser, town, pictures) as found:
        found.page.add_init_script(LISTENING)
        yield found


def asking(*paths: list[Any]) -> dict[str, Any]:
    """A question for claims of a safety certificate with an embedded proof."""
    claims = [{"path": ["credentialSubject", *path]} for path in paths]
    one = {"id": "safety", "format": "ldp_vc", "meta": {"type_values": [[TYPE]]}}
    return {"credentials": [{**one, "claims": claims}]}


def sent(worker: Worker) -> list[dict[str, Any]]:
    """The presentations of the last answer."""
    (text,) = worker.page.evaluate("self.sent")
    return [one for some in json.loads(text)["vp_token"].values() for one in some]


def words(text: str) -> str:
    """A presentation without its proofs and keys: any three letters may stand in those."""
    return re.sub(r"[\w-]{40,}", "", text)


def receives(worker: Worker, town: Town, form: str, **claims: object) -> None:
    """A certificate with an end, in one form."""
    worker.receives(town.offer("vca-basis", form, **{**VCA, **claims}))
    worker.leaves()


def again(worker: Worker, offer: Mapping[str, str]) -> None:
    """Receive one more, where a passport is open."""
    worker.follows(offer["link"])
    worker.types_pin(offer["tx_code"])
    worker.presses("flow.name.yes")
    worker.presses("flow.keep.yes")
    worker.sees("flow.kept.title")
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
    found = [each in words(json.dumps(shown)) for each in CANARIES]
    assert found == [form not in SELECTIVE] * len(CANARIES)
    if form in SELECTIVE:
        subject = credential["credentialSubject"]
        assert {*subject} == {"id", "date_of_exam", "valid_until", "skills"}
        assert [one["skill"] for one in subject["skills"]] == ["veilig-werken"]
    state = town.state(request)
    assert state["state"] == "answered"
    assert {*state["verdict"]["parts"].values()} == {"passed"}, state["verdict"]


def test_a_recruiter_reads_a_verdict_and_only_what_was_asked(
    browser: Browser, worker: Worker, town: Town
) -> None:
    receives(worker, town, SELECTIVE[0])
    with hiring(browser, town, None, "nl", 360) as recruiter:
        choice = recruiter.page.locator("form[action='/requests'] [value='vca']").first
        choice.click(no_wait_after=True)
        worker.follows(asked_of(recruiter, town))
        worker.reads("flow.seen.title")
        worker.presses("flow.ask.yes")
        worker.sees("flow.done.title")
        digits = worker.stage.locator(".sp-match code").inner_text()
        field = recruiter.page.locator("[name='digits']")
        field.wait_for()
        field.fill(digits)
        recruiter.presses("main form button")
        expect(recruiter.page.locator(".sp-verdict > li")).to_have_count(4)
        for part in recruiter.page.locator(".sp-verdict > li").all():
            assert part.get_attribute("data-outcome") == "passed"
        text = recruiter.page.locator("main").inner_text()
        assert not [each for each in CANARIES if each in text]


def test_a_deelkaart_shows_the_chosen_part_to_its_reader(
    browser: Browser, worker: Worker, town: Town
) -> None:
    receives(worker, town, SELECTIVE[0])
    worker.starts_sharing()
    worker.ticks("Veilig werken")
    worker.looks("integrity-share")
    worker.presses("flow.share.look")
    worker.presses("flow.share.make")
    worker.sees("flow.share.scan")
    link = worker.scans()
    with reading(browser, town) as reader:
        checked: list[str] = []
        reader.page.on("request", lambda one: checked.append(one.post_data or ""))
        reader.follows(link)
        reader.opens()
        parts = reader.page.locator(".sp-verdict > li")
        expect(parts).to_have_count(4)
        found = {
            one.get_attribute("data-part"): one.get_attribute("data-outcome") for one in parts.all()
        }
        assert found == dict.fromkeys(("authentic", "issuer", "valid"), "passed") | {
            "holder": "undetermined"
        }
        assert "Veilig werken" in reader.page.locator("main").inner_text()
        (presented,) = [one for one in checked if "verifiableCredential" in one]
        assert "veilig-werken" in presented
        assert not [each for each in CANARIES if each in words(presented)]


def test_without_the_frame_it_is_told_and_a_code_is_not_used_up(worker: Worker, town: Town) -> None:
    pattern = f"{town.links}/derive.*"

    def away(route: Route) -> None:
        """The site of links cannot be reached."""
        route.abort()

    worker.page.route(pattern, away)
    offer = town.offer("vca-basis", SELECTIVE[0], **VCA)
    worker.follows(offer["link"])
    worker.sees("flow.fault.derive_unreachable")
    worker.reads("error.derive_unreachable")
    worker.looks("integrity-away")
    worker.page.unroute(pattern)
    worker.presses("flow.again")
    worker.sees("flow.offer.title")
    worker.types_pin(offer["tx_code"])
    worker.sees("flow.name.question", name="Jan Bakker")
    worker.presses("flow.name.yes")
    worker.presses("flow.keep.yes")
    worker.opens()
    worker.sees("flow.kept.title")
    worker.leaves()
    worker.page.route(pattern, away)
    request = town.ask(None, dcql_query=asking(["date_of_exam"]))
    worker.follows(request["link"])
    worker.reads("flow.seen.title")
    worker.presses("flow.ask.yes")
    worker.sees("flow.fault.derive_unreachable")
    worker.page.unroute(pattern)
    assert town.state(request)["state"] == "retrieved"
    worker.presses("flow.again")
    worker.presses("flow.ask.yes")
    worker.sees("flow.done.title")
    assert town.state(request)["state"] == "answered"


@pytest.mark.parametrize("form", FORMS)
def test_a_changed_proof_is_told_and_never_kept(worker: Worker, town: Town, form: str) -> None:
    def meddle(route: Route) -> None:
        """Change one value in what the issuer gives."""
        answer = route.fetch()
        told = answer.json()
        told["credentials"][0]["credential"]["credentialSubject"]["valid_until"] = "2099-09-07"
        route.fulfill(response=answer, json=told)

    worker.page.route("**/credential", meddle)
    offer = town.offer("vca-basis", form, **VCA)
    worker.follows(offer["link"])
    worker.types_pin(offer["tx_code"])
    worker.sees("flow.refused.title")
    worker.reads("error.proof_invalid")
    worker.looks("integrity-refused")
    worker.presses("flow.to_passport")
    worker.screens.get_by_text(worker.says("screens.start.title")).wait_for()


def test_two_forms_stand_side_by_side_in_one_answer(worker: Worker, town: Town) -> None:
    receives(worker, town, SELECTIVE[0])
    again(worker, town.offer())
    both = asking(["valid_until"])
    forklift = "https://skillspass.example/types/heftruck/1"
    both["credentials"] = [
        *both["credentials"],
        {
            "id": "forklift",
            "format": "dc+sd-jwt",
            "meta": {"vct_values": [forklift]},
            "claims": [{"path": ["date_of_test"]}],
        },
    ]
    request = town.ask(None, dcql_query=both)
    worker.follows(request["link"])
    worker.reads("flow.seen.title")
    worker.looks("integrity-two-forms")
    worker.presses("flow.ask.yes")
    worker.sees("flow.done.title")
    assert sorted(type(one).__name__ for one in sent(worker)) == ["dict", "str"]
    state = town.state(request)
    assert [{*one["parts"].values()} for one in state["verdicts"]] == [{"passed"}, {"passed"}]


def test_it_stands_with_skills_and_status_and_comes_along_in_an_export(
    browser: Browser, worker: Worker, town: Town, pictures: Path | None, tmp_path: Path
) -> None:
    offer = town.offer("vca-basis", SELECTIVE[1], **VCA)
    worker.receives(offer)
    worker.leaves()
    worker.goes_to("screens.tab.passport")
    stands(worker, TITLE, "valid")
    opens_card(worker, TITLE)
    for text in ("Veilig werken", "VB-7531"):
        worker.screens.get_by_text(text).first.wait_for()
    worker.goes_to("screens.tab.skills")
    expect(worker.screens.locator(".card-row").first).to_contain_text(TITLE)
    file = worker.exports(WORDS, tmp_path)
    at_odds(town, offer, "revoked")
    with at_work(browser, town, pictures) as other:
        other.receives(town.offer("bhv", date_of_course="2026-09-07"))
        other.leaves()
        other.brings(file, WORDS)
        other.sees("flow.import.found")
        other.reads("flow.real")
        other.looks("integrity-brought")
        other.presses("flow.keep.yes")
        other.sees("flow.import.done")
        other.presses("flow.to_passport")
        other.goes_to("screens.tab.passport")
        stands(other, TITLE, "revoked")


def test_one_file_with_an_embedded_proof_is_checked_before_it_is_kept(
    browser: Browser, worker: Worker, town: Town, pictures: Path | None, tmp_path: Path
) -> None:
    worker.receives(town.offer("vca-basis", SELECTIVE[0], **VCA))
    worker.leaves()
    sealed = worker.exports(WORDS, tmp_path).read_text("ascii")
    held = unpack(open_export(sealed, Secret(passphrase=WORDS)))
    (document,) = [found for found in map(whole, held.values()) if found]
    changed = document | {"validUntil": "2036-01-01T00:00:00Z"}
    elsewhere = document | {"@context": [*document["@context"], "https://elsewhere.example/v1"]}
    with at_work(browser, town, pictures) as other:
        other.receives(town.offer("bhv", date_of_course="2026-09-07"))
        other.leaves()
        for file, word in ((changed, "refused"), (elsewhere, "unknown"), (document, "valid")):
            brings(other, "proof.json", json.dumps(file).encode())
            other.sees("flow.import.found")
            other.reads(f"flow.foreign.word.{word}")
            if word != "valid":
                other.presses("flow.to_passport" if word == "refused" else "flow.keep.no")
        other.reads("flow.foreign.not_yours")
        other.looks("integrity-file")
        other.presses("flow.keep.yes")
        other.sees("flow.foreign.done")


def whole(octets: bytes) -> Any:  # noqa: ANN401 - JSON, read by key
    """A credential with an embedded proof; None for every other file."""
    try:
        found = json.loads(octets)
    except ValueError:
        return None
    return found if isinstance(found, dict) and "proof" in found else None
