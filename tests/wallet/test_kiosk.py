"""The kiosk's pages, clicked through in both languages without a script."""

import re
from html import unescape
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from schemas.messages import messages, sentence
from tests.wallet.world import ISSUER, WALLET, World
from wallet.pages import way_of

pytestmark = pytest.mark.usefixtures("light_argon")

LANGUAGES = ("nl", "en")
FORBIDDEN = re.compile(
    r"\b(credential|verifier|issuer|holder|token|hash|DID|JWT|SD-JWT|VC|ldp_vc|undefined|None)\b"
)
"""Words of the standards that no worker's screen shows."""


def text_of(html: str) -> str:
    """What a person reads: no tags, no attributes, no host names."""
    body = html[html.index("<body") :]
    words = unescape(re.sub(r"<[^>]*>", " ", body))
    return re.sub(r"\S+\.example", "", " ".join(words.split()))


class Browser:
    """A person at the kiosk: follows links and sends the forms that are on the page."""

    def __init__(self, world: World, language: str = "nl") -> None:
        self.client: TestClient = world.browser()
        self.language = language
        self.html = ""
        self.status = 0
        self.url = ""

    def open(self, address: str) -> str:
        """Open a page."""
        joint = "&" if "?" in address else "?"
        return self._took("GET", f"{address}{joint}lang={self.language}")

    def send(self, action: str, **fields: str | list[str]) -> str:
        """Send a form of this page; where none has that action, as somebody who tampers would."""
        forms: list[str] = re.findall(r"<form.*?</form>", self.html, re.DOTALL)
        posts = [each for each in forms if 'method="post"' in each]
        form = next((each for each in posts if f'action="{action}"' in each), forms[0])
        hidden = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form))
        return self._took("POST", action, data=hidden | fields)

    def read(self) -> str:
        """What stands on the page."""
        return text_of(self.html)

    def _took(self, method: str, address: str, **rest: object) -> str:
        answer = self.client.request(method, address, headers={"Accept": "text/html"}, **rest)  # type: ignore[arg-type]  # data is a form
        self.html, self.status, self.url = answer.text, answer.status_code, str(answer.url)
        return self.read()

    def here(self) -> str:
        """The path of this page."""
        return self.url.split("?")[0].removeprefix(WALLET)


def receive(browser: Browser, offer: dict[str, str]) -> str:
    browser.open(offer["link"].removeprefix(WALLET))
    step = browser.here()
    browser.send(f"{step}/pin", pin=offer["tx_code"])
    browser.send(f"{step}/name", answer="yes")
    return browser.send(f"{step}/keep", answer="yes")


def t(key: str, language: str, **values: object) -> str:
    return sentence(f"wallet.{key}", language, **values)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_proof_is_received_step_by_step(world: World, language: str) -> None:
    browser = Browser(world, language)
    assert t("empty.title", language) in browser.open("/")
    assert t("trial", language) in browser.read()
    offer = dict(world.offer())
    seen = browser.open(offer["link"].removeprefix(WALLET))
    assert "Vakschool De Lasboog" in seen
    assert t("offer.pin", language) in seen
    assert "Bakker" not in seen, "nothing personal before the PIN"
    step = browser.here()
    wrong = "000000" if offer["tx_code"] != "000000" else "111111"
    assert t("fault.pin_wrong", language) in browser.send(f"{step}/pin", pin=wrong)
    seen = browser.send(f"{step}/pin", pin=offer["tx_code"])
    assert t("name.question", language, name="Jan Bakker") in seen
    assert t("keep.title", language) in browser.send(f"{step}/name", answer="yes")
    assert t("proof.new", language) in browser.send(f"{step}/keep", answer="yes")
    passport = browser.open("/")
    assert "Jan Bakker" in passport
    assert {"nl": "Heftruck rijden", "en": "Driving a forklift"}[language] in passport


def test_a_no_to_the_name_keeps_nothing_and_tells_the_giver(world: World) -> None:
    browser = Browser(world)
    offer = dict(world.offer())
    browser.open(offer["link"].removeprefix(WALLET))
    step = browser.here()
    browser.send(f"{step}/pin", pin=offer["tx_code"])
    assert t("dropped.not_me", "nl") in browser.send(f"{step}/name", answer="no")
    assert t("empty.title", "nl") in browser.open("/")
    found = world.clients[ISSUER].get(f"/api/offers/{offer['id']}", headers=world.issuer_key())
    assert found.json()["state"] == "refused"


def test_keeping_cannot_be_reached_around_the_name_question(world: World) -> None:
    browser = Browser(world)
    offer = dict(world.offer())
    browser.open(offer["link"].removeprefix(WALLET))
    step = browser.here()
    browser.send(f"{step}/pin", pin=offer["tx_code"])
    browser.send(f"{step}/keep", answer="yes")
    assert browser.status == 400
    assert t("empty.title", "nl") in browser.open("/")


def test_another_name_than_the_passports_is_pointed_out(world: World) -> None:
    browser = Browser(world)
    receive(browser, dict(world.offer()))
    offer = dict(world.offer(given_name="Piet", family_name="Klaassen"))
    browser.open(offer["link"].removeprefix(WALLET))
    seen = browser.send(f"{browser.here()}/pin", pin=offer["tx_code"])
    assert t("name.question", "nl", name="Piet Klaassen") in seen
    assert t("name.other", "nl", name="Jan Bakker") in seen


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_question_is_answered_with_one_skill_and_stands_in_the_history(
    world: World, language: str
) -> None:
    browser = Browser(world, language)
    receive(browser, dict(world.offer()))
    request = dict(world.ask("skills"))
    seen = browser.open(request["link"].removeprefix(WALLET))
    assert "Precisie Techniek Oost" in seen
    assert t("ask.unchecked", language) in seen
    assert t("pick.title", language) in seen
    assert not re.search(r"<input[^>]* checked", browser.html), "nothing is ticked beforehand"
    yes, no = re.findall(r'<button class="([^"]+)" name="answer"', browser.html)
    assert yes == no, "yes and no look the same"
    step = browser.here()
    assert sentence("error.choice_incomplete", language) in browser.send(step, answer="yes")
    place = re.search(r'name="line0" value="(\d+)"', browser.html)
    assert place is not None
    seen = browser.send(step, answer="yes", line0=[place[1]])
    assert t("done.title", language) in seen
    verdict = world.state(request)["verdict"]
    assert verdict["verdict"] == "passed"
    assert len(verdict["claims"]["skills"]) == 1
    assert not {"given_name", "family_name"} & verdict["claims"].keys()
    history = browser.open("/history")
    assert "Precisie Techniek Oost" in history
    assert {"nl": "Heftruck rijden", "en": "Driving a forklift"}[language] in history


def test_where_several_proofs_fit_one_is_chosen_and_none_beforehand(world: World) -> None:
    browser = Browser(world)
    receive(browser, dict(world.offer()))
    receive(browser, dict(world.offer(format_id="ldp_vc")))
    request = dict(world.ask("skills"))
    assert t("choose.title", "nl") in browser.open(request["link"].removeprefix(WALLET))
    assert 'type="radio"' in browser.html
    assert not re.search(r"<input[^>]* checked", browser.html)
    ids = re.findall(r'name="proof0" value="([^"]+)"', browser.html)
    seen = browser.open(f"{browser.here()}?proof0={ids[1]}")
    assert t("whole", "nl") in seen
    assert "Bakker" in seen, "a proof that is shown whole shows the name, and says so"
    browser.send(browser.here(), answer="yes")
    assert world.state(request)["verdict"]["verdict"] == "passed"


def test_a_no_is_delivered_and_written_down(world: World) -> None:
    browser = Browser(world)
    receive(browser, dict(world.offer()))
    request = dict(world.ask("skills"))
    browser.open(request["link"].removeprefix(WALLET))
    assert t("declined.title", "nl") in browser.send(browser.here(), answer="no")
    assert world.state(request)["state"] == "answered"
    assert t("history.no", "nl") in browser.open("/history")


def test_a_question_nobody_can_answer_says_so_and_can_be_refused(world: World) -> None:
    browser = Browser(world)
    request = dict(world.ask("vca"))
    assert t("nothing.title", "nl") in browser.open(request["link"].removeprefix(WALLET))
    assert t("declined.title", "nl") in browser.send(browser.here(), answer="no")


def test_a_withdrawn_proof_is_called_so_in_the_passport(world: World) -> None:
    browser = Browser(world)
    offer = dict(world.offer())
    receive(browser, offer)
    page = browser.here()
    assert sentence("common.status.valid", "nl") in browser.open("/")
    found = world.clients[ISSUER].get(f"/api/offers/{offer['id']}", headers=world.issuer_key())
    issued = found.json()["issued_id"]
    world.clients[ISSUER].post(
        f"/api/issued/{issued}/status",
        json={"status": "revoked", "reason": "mistake"},
        headers=world.issuer_key(),
    )
    world.clock.turn(minutes=1)
    assert sentence("common.status.revoked", "nl") in browser.open("/")
    assert sentence("issuer.reason.mistake", "nl") in browser.open(page)


def test_a_proof_can_be_taken_out(world: World) -> None:
    browser = Browser(world)
    receive(browser, dict(world.offer()))
    page = browser.here()
    browser.open(f"{page}/remove")
    browser.send(f"{page}/remove", answer="no")
    assert "Jan Bakker" in browser.open("/")
    browser.open(f"{page}/remove")
    browser.send(f"{page}/remove", answer="yes")
    assert t("empty.title", "nl") in browser.open("/")


def test_another_browser_cannot_go_on_with_my_journey(world: World) -> None:
    browser, stranger = Browser(world), Browser(world)
    browser.open(dict(world.offer())["link"].removeprefix(WALLET))
    stranger.open(browser.here())
    assert stranger.status == 400


def test_a_journey_is_forgotten_after_half_an_hour(world: World) -> None:
    browser = Browser(world)
    browser.open(dict(world.offer())["link"].removeprefix(WALLET))
    world.clock.turn(minutes=31)
    browser.open(browser.here())
    assert browser.status == 400


def test_a_form_from_elsewhere_is_refused(world: World) -> None:
    client = world.browser()
    answer = client.post("/add", data={"link": "x"}, headers={"Accept": "text/html"})
    assert answer.status_code == 403


def test_a_pasted_link_leads_to_its_page_and_nonsense_is_explained(world: World) -> None:
    browser = Browser(world)
    browser.open("/add")
    assert t("fault.link_unknown", "nl") in browser.send("/add", link="hallo daar")
    offer = dict(world.offer())
    assert "Heftruckcertificaat" in browser.send("/add", link=offer["link"])
    uri = offer["offer_uri"]
    assert way_of(uri) == f"/receive?credential_offer_uri={uri}"
    assert way_of(f"openid-credential-offer://?credential_offer_uri={uri}") == (
        f"/receive?credential_offer_uri={uri}"
    )
    assert str(way_of(dict(world.ask("skills"))["link"])).startswith("/present?client_id=")
    assert way_of("https://x.example/?request_uri=http://x.example/y&client_id=z") is None


def test_the_passport_outlives_the_service(world: World, tmp_path: Path) -> None:
    browser = Browser(world)
    receive(browser, dict(world.offer()))
    sealed = (tmp_path / "wallet" / "kiosk.vault").read_bytes()
    assert b"Bakker" not in sealed
    world.wallet.state.ports.kiosk.close()
    assert "Jan Bakker" in browser.open("/")


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_screen_shows_a_word_of_the_standards_or_a_raw_identifier(
    world: World, language: str
) -> None:
    browser = Browser(world, language)
    seen = [browser.open("/"), browser.open("/add"), browser.open("/history")]
    offer = dict(world.offer())
    seen.append(browser.open(offer["link"].removeprefix(WALLET)))
    step = browser.here()
    seen.append(browser.send(f"{step}/pin", pin=offer["tx_code"]))
    seen.append(browser.send(f"{step}/name", answer="yes"))
    seen.append(browser.send(f"{step}/keep", answer="yes"))
    seen.append(browser.open(dict(world.ask("skills"))["link"].removeprefix(WALLET)))
    seen.append(browser.open("/"))
    for page in seen:
        assert not FORBIDDEN.search(page), page
        assert "did:" not in page
        assert "https://" not in page


def test_no_sentence_of_the_wallet_is_longer_than_fifteen_words() -> None:
    for key, texts in messages().items():
        for text in texts.values() if key.startswith("wallet.") else ():
            for one in re.split(r"(?<=[.?:])\s", text):
                assert len(one.split()) <= 15, f"{key}: {one}"


def test_pages_need_no_script_and_carry_no_inline_style(world: World) -> None:
    browser = Browser(world)
    receive(browser, dict(world.offer()))
    for page in ("/", "/add", "/history", browser.here()):
        browser.open(page)
        assert "<script" not in browser.html
        assert " style=" not in browser.html
