"""The frame that derives, at the real sites' policies: it works, and it reads and calls nothing."""

import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route
from starlette.testclient import TestClient

from tests.browser.test_keeper import POLICY, Handler, serving
from tests.browser.waiting import becomes
from tests.cases.case import read
from tests.conftest import NOW
from tests.in_memory import InMemoryHttp
from wallet import sites
from wallet.app import create_app
from wallet.settings import WalletSettings

WEB = "https://wallet.skillspass.example"
SECONDS = int(NOW.timestamp())
SUITES = ("eddsa-rdfc-2022", "ecdsa-sd-2023", "bbs-2023")


class Framing(Handler):
    """The keeper's page, which may frame the site of links."""

    policy = f"{POLICY}; frame-src {WEB}"


@pytest.fixture
def page(browser: Browser, tmp_path: Path) -> Iterator[Page]:
    """The keeper's page beside the real site of links."""
    built = sites.read_built()
    if "/derive.js" not in built.files:
        pytest.fail("the frame is not built: make web")
    with serving(Framing) as address:
        settings = WalletSettings(
            var=tmp_path,
            demo=False,
            public_url=WEB,
            rate_limits=False,
            keeper_url=address,
        )
        app = create_app(
            settings, fetch=InMemoryHttp({}), clock=lambda: NOW, entropy=secrets.token_bytes
        )
        app.router.routes[:0] = sites.site_routes(settings, app.state.pages, built)
        client = TestClient(app, base_url=WEB)

        def answer(route: Route) -> None:
            found = client.get(urlsplit(route.request.url).path)
            route.fulfill(status=found.status_code, headers=dict(found.headers), body=found.content)

        context = browser.new_context()
        opened = context.new_page()
        opened.route(f"{WEB}/**", answer)
        opened.goto(address)
        becomes(opened, "self.ready")
        yield opened
        context.close()


def given(suite: str) -> Any:  # noqa: ANN401 - JSON
    (found,) = [case for name, _, case, _ in read("derivations") if name.endswith(suite)]
    return found


@pytest.mark.parametrize("suite", SUITES)
def test_the_frame_checks_and_derives_what_the_keeper_then_compares(page: Page, suite: str) -> None:
    case = given(suite)
    found = page.evaluate(
        """async ([origin, wire, method, choice, holder, seconds]) => {
          const door = await self.keeper.vault.loadSecured();
          const ask = door.askFrame(origin);
          const checked = await ask({ ask: "check", credential: JSON.parse(wire), method });
          const signer = await self.keeper.signing.signerOf(holder);
          const binding = { audience: "a", nonce: "n" };
          const shown = await door.show(wire, signer, binding, choice, seconds, ask);
          const frames = document.querySelectorAll("iframe").length;
          return { checked, frames, text: JSON.stringify(shown) };
        }""",
        [WEB, case["wire"], case["method"], case["choice"], case["holder"], SECONDS],
    )
    assert (found["checked"], found["frames"]) == (True, 0)
    assert ("Bakker" in found["text"]) is (suite == "eddsa-rdfc-2022")


def test_the_frame_has_no_origin_and_calls_nobody(page: Page) -> None:
    with page.expect_event("framenavigated") as navigated:
        page.evaluate(
            """(origin) => {
              const frame = document.createElement("iframe");
              frame.setAttribute("sandbox", "allow-scripts");
              frame.src = `${origin}/derive.html`;
              document.body.append(frame);
            }""",
            WEB,
        )
    frame = navigated.value
    frame.wait_for_load_state()
    assert frame.evaluate("self.origin") == "null"
    for action in (
        "fetch('/derive.js')",
        "indexedDB.open('x')",
        "parent.document.body",
        "localStorage.length",
    ):
        refused = (
            f"async () => {{ try {{ await {action}; return false; }} catch {{ return true; }} }}"
        )
        assert frame.evaluate(refused), action
