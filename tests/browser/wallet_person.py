"""A worker at the real keeper of the running services: links, PINs, and what the other side has."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import zxingcpp
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_keeper import authenticator
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


@dataclass(frozen=True, slots=True)
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

    def offer(self, type_id: str = "heftruck", **claims: object) -> Mapping[str, str]:
        """An offer of the institute; its link leads to the keeper."""
        wanted = {"type": type_id, "format": "dc+sd-jwt", "claims": FORKLIFT | claims}
        answer = self.calls("issuer", "/api/offers", wanted)
        (uri,) = parse_qs(urlsplit(answer["link"]).query)["credential_offer_uri"]
        return {**answer, "link": f"{self.links}/o#{uri}"}

    def ask(self, preset: str = "forklift", **more: object) -> Mapping[str, str]:
        """A question of the recruiter; its link leads to the keeper."""
        made = self.calls("verifier", "/api/requests", {"preset": preset, **more})
        return {**made, "link": f"{self.links}/v#{urlsplit(str(made['link'])).query}"}

    def state(self, request: Mapping[str, str]) -> Any:  # noqa: ANN401 - JSON, read by key
        """Where the recruiter's question stands."""
        return self.calls("verifier", f"/api/requests/{request['id']}")

    def calls(self, label: str, path: str, body: object = None) -> Any:  # noqa: ANN401 - JSON
        """Call one of the services as its organisation's own program."""
        key = (self.services.var / label / "api.key").read_text("ascii").strip()
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        connection = HTTPConnection("localhost", self.services.ports[label], timeout=20)
        data = None if body is None else json.dumps(body).encode()
        connection.request("GET" if data is None else "POST", path, data, headers)
        answer = connection.getresponse()
        told = answer.read()
        connection.close()
        assert answer.status < HTTPStatus.BAD_REQUEST, told
        return json.loads(told)


@dataclass(slots=True)
class Worker:
    """Somebody at the keeper's page.

    Attributes:
        pictures: where to keep screenshots; None keeps none.
    """

    page: Page
    town: Town
    pictures: Path | None = None

    @property
    def step(self) -> str:
        """The title of the step that is drawn."""
        return self.page.locator("#stage h1").inner_text()

    def follows(self, link: str) -> None:
        """Open a link as a camera would: another visit to the site."""
        self.page.goto("about:blank")
        self.page.goto(link)

    def presses(self, name: str) -> None:
        """Press the button or link of that name in the step that is drawn."""
        self.page.locator("#stage").get_by_role("button", name=name, exact=True).click()

    def sees(self, title: str) -> None:
        """Wait for the step of that title; it has the focus, so that it is read aloud."""
        expect(self.page.locator("#stage h1")).to_have_text(title, timeout=20_000)

    def looks(self, name: str) -> None:
        """No barrier, no scrolling sideways, few words; and a picture when somebody wants one."""
        page = self.page
        language = page.locator("html").get_attribute("lang")
        width = page.viewport_size["width"] if page.viewport_size else 0
        if self.pictures is not None:
            self.pictures.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=self.pictures / f"{name}-{width}-{language}.png", full_page=True)
        assert page.locator("#stage h1").count() == 1
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), name
        assert page.evaluate(OWN_WORDS) <= WORDS, name
        found = Axe().run(page).response["violations"]
        barriers = [f"{one['id']}: {one['nodes'][0]['html']}" for one in found]
        assert not barriers, f"{name}: {barriers}"

    def receives(self, offer: Mapping[str, str]) -> None:
        """The whole way from a link to the passport."""
        self.follows(offer["link"])
        self.sees("Bewijs voor jou")
        self.types_pin(offer["tx_code"])
        self.sees("Ben jij Jan Bakker?")
        self.presses("Ja, dat ben ik")
        self.sees("Wil je dit bewijs bewaren?")
        self.presses("Ja, bewaren")
        self.opens()
        self.sees("Je bewijs staat in je paspoort")

    def types_pin(self, pin: str) -> None:
        """Type a PIN and go on."""
        self.page.get_by_label("Je pincode").fill(pin)
        self.page.keyboard.press("Enter")

    def opens(self) -> None:
        """Make a passport where there is none yet."""
        stage = self.page.locator("#stage h1")
        expect(stage).not_to_have_text("Wil je dit bewijs bewaren?")
        if stage.inner_text() == "Bewaar je paspoort":
            self.presses("Bewaren")

    def scans(self) -> str:
        """Read the one code on the page from a picture of it."""
        image = Image.open(BytesIO(self.page.screenshot(full_page=True)))
        (code,) = zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))
        return str(code.text)


@contextmanager
def at_work(
    browser: Browser, town: Town, pictures: Path | None, *, width: int = 360, locale: str = "nl-NL"
) -> Iterator[Worker]:
    """A worker with a fresh browser and a passkey; what a policy stopped is a failure."""
    context = browser.new_context(viewport={"width": width, "height": 800}, locale=locale)
    context.add_init_script(CLOCK.replace("{shift}", str(town.shift)))
    page = context.new_page()
    stopped: list[str] = []
    page.on(
        "console",
        lambda said: stopped.append(said.text) if "Content Security" in said.text else None,
    )
    page.on("pageerror", lambda error: stopped.append(str(error)))
    page.goto(town.keeper)
    authenticator(page, prf=True)
    yield Worker(page, town, pictures)
    context.close()
    assert stopped == []


def shift_to(started: float) -> int:
    """Milliseconds from this machine's clock to the trial's, which was NOW at ``started``."""
    return int((NOW.timestamp() - started) * 1000)
