"""A worker at the real keeper of the running services: links, PINs, and what the other side has."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, FrameLocator, Locator, Page, expect

from credentials import share_card
from credentials.encoding import b64url_encode
from schemas.messages import sentence
from tests.browser.codes import code_on
from tests.browser.test_keeper import authenticator
from tests.browser.waiting import PATIENCE
from tests.conftest import NOW
from tests.services import Services
from tests.wallet.world import FORKLIFT

CLOCK = """
const Real = Date;
self.Date = class extends Real {
  constructor(...given) { given.length ? super(...given) : super(Real.now() + {shift}); }
  static now() { return Real.now() + {shift}; }
};
"""
"""The browser's clock, moved to where that of the services is."""

WORDS = 60
"""Of our own on one screen; what people wrote stands apart, as ``data-content``."""

OWN_WORDS = """() => {
  const copy = document.querySelector("#stage main").cloneNode(true);
  for (const each of copy.querySelectorAll("[data-content], input, svg")) each.remove();
  return copy.innerText.split(/\\s+/).filter((word) => /\\w/.test(word)).length;
}"""

STEPS_TO_A_BUTTON = 40
"""Presses of Tab after which a button counts as out of reach."""


@dataclass(frozen=True)
class Town:
    """The running services, their clock and their keys.

    Attributes:
        shift: milliseconds from this machine's clock to theirs.
    """

    services: Services
    shift: int

    @property
    def keeper(self) -> str:
        """The keeper's own site."""
        return f"http://kluis.localhost:{self.services.ports['wallet']}"

    @property
    def links(self) -> str:
        """The site that offers and questions lead to."""
        return f"http://wallet.localhost:{self.services.ports['wallet']}"

    def offer(
        self, type_id: str = "heftruck", form: str = "dc+sd-jwt", **claims: object
    ) -> Mapping[str, str]:
        """An offer of the listed institute, in one form; its link leads to the keeper."""
        given = (
            FORKLIFT if type_id == "heftruck" else {"given_name": "Jan", "family_name": "Bakker"}
        )
        return self._offer(type_id, {**given, **claims}, self._key("issuer"), form)

    def second_offer(self) -> Mapping[str, str]:
        """An offer of an institute that the sector's list does not name."""
        claims = {"given_name": "Jan", "family_name": "Bakker", "date_of_course": "2026-09-07"}
        return self._offer("bhv", claims, self.second_key)

    def ask(self, preset: str | None = "forklift", **more: object) -> Mapping[str, str]:
        """A question of the recruiter; its link leads to the keeper."""
        body = {**({"preset": preset} if preset else {}), **more}
        made = self.calls("verifier", "/api/requests", body)
        link = urlsplit(str(made["link"]))
        return {**made, "link": f"{self.links}/v#{link.query or link.fragment}"}

    def state(self, request: Mapping[str, str]) -> Any:  # noqa: ANN401 - JSON, read by key
        """Where the recruiter's question stands."""
        return self.calls("verifier", f"/api/requests/{request['id']}")

    def opens_share(self, link: str, code: str) -> int:
        """What the share's site answers to who has the link and the spoken code."""
        read = share_card.parse_link(link)
        gate = b64url_encode(share_card.gate(read, code=code))
        path = f"/s/{b64url_encode(read.share_id)}/open"
        host = f"deel.localhost:{self.services.ports['wallet']}"
        headers = {"Host": host, "Origin": f"http://{host}", "Sec-Fetch-Site": "same-origin"}
        return self._send("wallet", path, {"gate": gate}, headers)[0]

    @cached_property
    def second_key(self) -> str:
        """The key of a second institute's program, which the issuer takes in while it runs."""
        self._tells("organisation", "add", "elektro", "Opleider Elektro", "--admin", "Els")
        made = self._tells("programs", "add", "t", "--scope", "offers", "--organisation", "elektro")
        key: str = json.loads(made)["key"]
        return key

    def calls(self, label: str, path: str, body: object = None, key: str = "") -> Any:  # noqa: ANN401
        """Call one of the services as its organisation's own program."""
        headers = {"Authorization": f"Bearer {key or self._key(label)}"}
        status, told = self._send(label, path, body, headers)
        assert status < HTTPStatus.BAD_REQUEST, told
        return json.loads(told)

    def _offer(
        self, type_id: str, claims: object, key: str, form: str = "dc+sd-jwt"
    ) -> Mapping[str, str]:
        wanted = {"type": type_id, "format": form, "claims": claims}
        answer = self.calls("issuer", "/api/offers", wanted, key)
        return {**answer, "link": f"{self.links}/o#{answer['offer_uri']}"}

    def _key(self, label: str) -> str:
        return (self.services.var / label / "api.key").read_text("ascii").strip()

    def _send(
        self, label: str, path: str, body: object, headers: Mapping[str, str]
    ) -> tuple[int, bytes]:
        connection = HTTPConnection(
            "localhost", self.services.ports[label], timeout=PATIENCE / 1000
        )
        data = None if body is None else json.dumps(body).encode()
        method = "GET" if data is None else "POST"
        connection.request(method, path, data, {"Content-Type": "application/json", **headers})
        answer = connection.getresponse()
        told = answer.read()
        connection.close()
        return answer.status, told

    def _tells(self, *words: str) -> str:
        """Run one verb of the command line beside the services."""
        roles = ("--role", "training_provider") if words[0] == "organisation" else ()
        done = subprocess.run(  # noqa: S603 - our own command
            [Path(sys.executable).with_name("skillspass"), *words, *roles, "--json"],
            env={**os.environ, "SKILLSPASS_VAR": str(self.services.var)},
            capture_output=True,
            check=True,
            text=True,
        )
        return done.stdout


@dataclass(slots=True)
class Worker:
    """Somebody at the keeper's page.

    Attributes:
        pictures: where to keep screenshots; None keeps none.
    """

    page: Page
    town: Town
    language: str
    pictures: Path | None = None

    @property
    def screens(self) -> FrameLocator:
        """The worker's own screens, in their frame."""
        return self.page.frame_locator("#screens")

    @property
    def stage(self) -> Locator:
        """The step that the keeper draws."""
        return self.page.locator("#stage")

    def says(self, key: str, **values: object) -> str:
        """What the wallet says for a key, in the worker's language."""
        return sentence(key, self.language, **values)

    def follows(self, link: str) -> None:
        """Open a link as a camera would: another visit to the site."""
        self.page.goto("about:blank")
        self.page.goto(link)

    def presses(self, key: str) -> None:
        """Press a button of the step that is drawn."""
        self.stage.get_by_role("button", name=self.says(key), exact=True).click()

    def ticks(self, label: str) -> None:
        """Tick a box by what it says first."""
        self.stage.get_by_label(label).first.check()

    def sees(self, key: str, **values: object) -> None:
        """Wait for the step of that title; it has the focus, so that it is read aloud."""
        title = self.page.locator("#stage h1")
        expect(title).to_have_text(self.says(key, **values))
        expect(title).to_be_focused()

    def reads(self, key: str, **values: object) -> None:
        """Wait for a sentence in the step that is drawn."""
        text = self.says(key, **values)
        self.stage.get_by_text(text).first.wait_for()

    def looks(self, name: str) -> None:
        """No barrier, no scrolling sideways, few words; and a picture when somebody wants one."""
        page = self.page
        width = page.viewport_size["width"] if page.viewport_size else 0
        if self.pictures is not None:
            self.pictures.mkdir(parents=True, exist_ok=True)
            name_of_file = f"{name}-{width}-{self.language}.png"
            page.screenshot(path=self.pictures / name_of_file, full_page=True)
        assert page.locator("html").get_attribute("lang") == self.language
        assert page.title() == self.says("web.name"), page.title()
        assert page.locator("#stage h1").count() == 1
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), name
        assert page.evaluate(OWN_WORDS) <= WORDS, name
        found = Axe().run(page).response["violations"]
        barriers = [f"{one['id']}: {one['nodes'][0]['html']}" for one in found]
        assert not barriers, f"{name}: {barriers}"

    def receives(self, offer: Mapping[str, str]) -> None:
        """The whole way from a link to the passport."""
        self.follows(offer["link"])
        self.sees("flow.offer.title")
        self.types_pin(offer["tx_code"])
        self.sees("flow.name.question", name="Jan Bakker")
        self.presses("flow.name.yes")
        self.sees("flow.keep.title")
        self.presses("flow.keep.yes")
        self.opens()
        self.sees("flow.kept.title")

    def types_pin(self, pin: str) -> None:
        """Type a PIN and go on."""
        field = self.page.get_by_label(self.says("flow.pin.label"))
        field.fill(pin)
        field.press("Enter")

    def opens(self) -> None:
        """Make a passport."""
        self.sees("web.making.title")
        self.presses("web.making.yes")

    def leaves(self) -> None:
        """Go to the passport; the recovery card may wait. The screens then show the new proof."""
        self.presses("flow.to_passport")
        self.sees("web.card.make")
        self.presses("web.card.later")
        expect(self.stage).to_be_hidden()
        back = self.screens.get_by_role("link", name=self.says("screens.passport.back"))
        back.first.wait_for()

    def goes_to(self, tab: str) -> None:
        """Go to one of the four screens."""
        self.screens.get_by_role("link", name=self.says(tab), exact=True).click()

    def goes_to_settings(self) -> None:
        """Go to the settings; a page below them has a second way there."""
        name = self.says("screens.tab.settings")
        self.screens.get_by_role("navigation").get_by_role("link", name=name).click()

    def starts_sharing(self) -> None:
        """Begin a deelkaart."""
        self.goes_to("screens.tab.show")
        self.screens.get_by_role("button", name=self.says("screens.show.make")).click()
        self.sees("flow.share.title")

    def ends_sharing(self) -> None:
        """Go on from the code of a new deelkaart; the screens then show it as well."""
        self.presses("flow.to_passport")
        expect(self.screens.locator("h1")).to_have_text(self.says("screens.share.title"))

    def exports(self, words: str, folder: Path) -> Path:
        """Take everything along in a file that a passphrase opens."""
        self.goes_to_settings()
        self.screens.get_by_text(self.says("screens.door.take")).first.click()
        self.screens.get_by_role("button", name=self.says("screens.take.do")).click()
        self.sees("flow.secret.title")
        self.looks("flow-secret")
        self.presses("flow.secret.words")
        self.page.get_by_label(self.says("flow.secret.again")).fill(words)
        self.page.get_by_label(self.says("flow.secret.words_label"), exact=True).fill("kort")
        self.presses("web.next")
        self.reads("flow.secret.short", count=12)
        self.page.get_by_label(self.says("flow.secret.words_label"), exact=True).fill(words)
        self.presses("web.next")
        self.sees("flow.export.title")
        self.looks("flow-export")
        with self.page.expect_download() as given:
            self.stage.get_by_role("link", name=self.says("flow.export.save")).click()
        file = folder / given.value.suggested_filename
        given.value.save_as(file)
        self.presses("flow.to_passport")
        again = self.screens.get_by_role("button", name=self.says("screens.take.do"))
        expect(again).to_have_attribute("aria-busy", "false")
        return file

    def brings(self, file: Path, words: str) -> None:
        """Bring a file of another passport, with a passphrase."""
        self.goes_to_settings()
        self.screens.get_by_text(self.says("screens.door.take")).first.click()
        self.screens.get_by_role("button", name=self.says("screens.take.back")).click()
        self.sees("flow.import.title")
        self.page.get_by_label(self.says("flow.import.label")).set_input_files(file)
        self.presses("web.next")
        self.types_words(words)

    def types_words(self, words: str) -> None:
        """Open a file with a passphrase."""
        self.presses("flow.secret.words")
        self.page.get_by_label(self.says("flow.secret.words_label"), exact=True).fill(words)
        self.presses("web.next")

    def tabs_to(self, key: str) -> None:
        """Press Tab until what is focused has this name."""
        name = self.says(key)
        script = "(document.activeElement?.labels?.[0] ?? document.activeElement)?.innerText ?? ''"
        for _ in range(STEPS_TO_A_BUTTON):
            self.page.keyboard.press("Tab")
            if name in str(self.page.evaluate(script)):
                return
        raise AssertionError(f"no way to {name} by keyboard")

    def scans(self) -> str:
        """Read the one code on the page from a picture of it."""
        return code_on(self.page)


@contextmanager
def at_work(
    browser: Browser,
    town: Town,
    pictures: Path | None,
    *,
    width: int = 360,
    language: str = "nl",
    **options: Any,  # noqa: ANN401 - the browser's own
) -> Iterator[Worker]:
    """A worker with a fresh browser and a passkey; what a policy stopped is a failure."""
    wanted = {"viewport": {"width": width, "height": 800}, "locale": language, **options}
    context = browser.new_context(**wanted)
    context.add_init_script(CLOCK.replace("{shift}", str(town.shift)))
    page = context.new_page()
    stopped: list[str] = []

    def hear(text: str) -> None:
        if "Content Security" in text or "Trusted" in text:
            stopped.append(text)

    page.on("console", lambda said: hear(said.text))
    page.on("pageerror", lambda error: stopped.append(str(error)))
    page.goto(town.keeper)
    authenticator(page, prf=True)
    yield Worker(page, town, language, pictures)
    context.close()
    assert not stopped, stopped


def shift_to(started: float) -> int:
    """Milliseconds from this machine's clock to the trial's, which was NOW at ``started``."""
    return int((NOW.timestamp() - started) * 1000)
