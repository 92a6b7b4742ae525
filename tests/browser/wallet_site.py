"""The web wallet on a real service, and a person who works with it."""

import os
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI, Response
from playwright.sync_api import Browser, BrowserContext, Frame, Locator, Page

from schemas.messages import sentence
from service.clock import Clock, system_clock
from service.serving import listen
from tests.browser.test_keeper import authenticator
from tests.in_memory import InMemoryHttp
from wallet.app import create_app
from wallet.settings import WalletSettings
from wallet.sites import DIST

PHONE = {"width": 320, "height": 740}
DESK = {"width": 1280, "height": 800}


@dataclass
class WalletSite:
    """The running service; its clock is the browser's."""

    app: FastAPI
    settings: WalletSettings

    @property
    def keeper(self) -> str:
        """The keeper's origin."""
        return self.settings.keeper_origin

    def answer_with(self, path: str, body: bytes, kind: str = "text/javascript") -> None:
        """From now on serve something else at an address, as a hostile operator would."""

        def other() -> Response:
            """What was put in its place."""
            return Response(body, media_type=kind)

        self.app.add_api_route(path, other, response_class=Response)
        self.app.router.routes.insert(0, self.app.router.routes.pop())

    def answer_again(self) -> None:
        """Serve what belongs there."""
        self.app.router.routes.pop(0)


@contextmanager
def serving_wallet(
    folder: Path, http: InMemoryHttp | None = None, clock: Clock = system_clock
) -> Iterator[WalletSite]:
    """Serve the three sites on a port of this machine."""
    if not (DIST / "integrity.json").is_file():
        reason = "the web wallet is not built: make web"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    listener = listen("127.0.0.1", 0)  # held, so that nobody else takes it
    port = listener.getsockname()[1]
    settings = WalletSettings(
        public_url=f"http://localhost:{port}", port=port, var=folder, demo=False, rate_limits=False
    )
    app = create_app(
        settings, fetch=http or InMemoryHttp({}), clock=clock, entropy=secrets.token_bytes
    )
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_config=None, lifespan="off"))
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield WalletSite(app, settings)
    server.should_exit = True
    thread.join()


@dataclass
class Worker:
    """One browser at the keeper's page.

    Attributes:
        faults: what the browser said of policies that were broken, and of errors.
    """

    page: Page
    language: str = "nl"
    faults: list[str] = field(default_factory=list)

    def t(self, key: str, **values: object) -> str:
        """A sentence of the page."""
        return sentence(f"web.{key}", self.language, **values)

    @property
    def step(self) -> Locator:
        """The step that the keeper draws."""
        return self.page.locator("#stage")

    @property
    def screens(self) -> Frame:
        """The screens' own frame."""
        self.page.frame_locator("#screens").locator("h1").first.wait_for(state="attached")
        return next(frame for frame in self.page.frames if frame != self.page.main_frame)

    def tell(self, kind: str, **fields: object) -> None:
        """Send a message as the screens do."""
        self.screens.evaluate("(m) => parent.postMessage(m, '*')", {"n": 1, "kind": kind, **fields})

    def ask(self, kind: str, **fields: object) -> dict[str, object]:
        """Send a message and wait for its answer."""
        script = """(message) => new Promise((done) => {
          const n = Math.floor(Math.random() * 1e9);
          addEventListener("message", function hear({ data }) {
            if (data.n !== n && data.n !== null) return; // null: no message of the list
            removeEventListener("message", hear);
            done(data);
          });
          parent.postMessage({ n, ...message }, "*");
        })"""
        found: dict[str, object] = self.screens.evaluate(script, {"kind": kind, **fields})
        return found

    def state(self) -> str:
        """New, locked or open."""
        ok = self.ask("state")["ok"]
        assert isinstance(ok, dict)
        return str(ok["state"])

    def press(self, key: str, **values: object) -> None:
        """Press the button with that text."""
        self.step.get_by_role("button", name=self.t(key, **values), exact=True).click()

    def sees(self, key: str, **values: object) -> None:
        """Wait until the step has that title."""
        title = self.step.get_by_role("heading", level=1, name=self.t(key, **values), exact=True)
        title.wait_for()

    def done(self) -> None:
        """Wait until the screens are back."""
        self.step.wait_for(state="hidden")

    def copy_card(self) -> str:
        """Write the card down, and type back what is asked; what stands on it."""
        self.sees("card.make")
        groups = [each.split()[-1] for each in self.step.locator(".sp-groups li").all_inner_texts()]
        self.press("card.have")
        self.sees("card.check")
        for box in self.step.locator("input").all():
            box.fill(groups[int(box.get_attribute("data-group") or 0) - 1].lower())
        self.press("next")
        return "-".join(groups)

    def sign_up(self, *, prf: bool = True) -> str:
        """Make an account, with a recovery card; what stands on it."""
        self.tell("safe")
        self.sees("making.title")
        self.press("making.yes")
        card = self.copy_card()
        if not prf:
            self.sees("card.make")  # the card was made before the vault; here a fresh one follows
            card = self.copy_card()
        self.sees("card.done")
        self.press("next")
        self.done()
        return card


def worker(
    browser: Browser, site: WalletSite, *, prf: bool = True, language: str = "nl", size: int = 320
) -> Worker:
    """A fresh browser at the keeper's page, with a device of its own."""
    context = browser.new_context(
        viewport={"width": size, "height": 740},
        locale={"nl": "nl-NL", "en": "en-GB"}[language],
    )
    return at_keeper(context, site, prf=prf, language=language)


def at_keeper(
    context: BrowserContext, site: WalletSite, *, prf: bool = True, language: str = "nl"
) -> Worker:
    """The keeper's page in that browser."""
    page = context.new_page()
    found = Worker(page, language)
    page.add_init_script(
        "addEventListener('securitypolicyviolation', (e) => console.error('violation', "
        "e.violatedDirective, e.blockedURI, e.sample))"
    )
    page.on("console", lambda said: _note(found, said.type, said.text))
    page.on("pageerror", lambda error: found.faults.append(str(error)))
    page.goto(site.keeper)
    authenticator(page, prf=prf)
    page.frame_locator("#screens").locator("h1").first.wait_for()
    return found


def _note(found: Worker, kind: str, text: str) -> None:
    if kind == "error" and ("violation" in text or "Trusted" in text or "Policy" in text):
        found.faults.append(text)
