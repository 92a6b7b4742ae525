"""The worker's page on a real service: ways in, ways back, and what a hostile hand cannot do."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Route

from schemas.messages import sentence
from tests.browser.waiting import becomes
from tests.browser.wallet_site import WalletSite, Worker, serving_wallet, worker


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WalletSite]:
    """The running service."""
    with serving_wallet(tmp_path_factory.mktemp("var")) as running:
        yield running


@pytest.fixture
def phone(browser: Browser, site: WalletSite) -> Iterator[Worker]:
    """A phone whose passkey has PRF; no policy was broken at the end."""
    found = worker(browser, site)
    yield found
    assert found.faults == []
    found.page.context.close()


def test_sign_up_lock_and_open_again_with_prf(phone: Worker) -> None:
    assert phone.state() == "new"
    phone.sign_up()
    assert phone.state() == "open"
    ways = phone.ask("slots")["ok"]
    assert isinstance(ways, dict)
    assert [each["kind"] for each in ways["slots"]] == ["prf", "rec"]
    phone.ask("lock")
    assert phone.state() == "locked"
    phone.page.reload()
    phone.tell("unlock")
    phone.press("open.passkey")
    phone.done()
    assert phone.state() == "open"


def test_without_prf_the_card_comes_first_and_the_device_opens(
    browser: Browser, site: WalletSite
) -> None:
    phone = worker(browser, site, prf=False)
    phone.sign_up(prf=False)
    ways = phone.ask("slots")["ok"]
    assert isinstance(ways, dict)
    assert [each["kind"] for each in ways["slots"]] == ["dev", "rec"]
    phone.ask("lock")
    phone.tell("unlock")
    phone.press("open.passkey")
    phone.done()
    assert phone.state() == "open"
    phone.page.context.close()


COUNTING = """self.fingers = 0;
for (const name of ["create", "get"]) {
  const real = navigator.credentials[name].bind(navigator.credentials);
  navigator.credentials[name] = (options) => (self.fingers++, real(options));
}
0"""
"""How often a person is asked for a finger."""

FINGERS = 2
"""For a new passkey, and before the old phone is shut out."""


def test_a_write_that_fails_after_the_new_passkey_is_done_again_with_that_passkey(
    phone: Worker, browser: Browser, site: WalletSite
) -> None:
    card = phone.sign_up()
    new = worker(browser, site)
    new.tell("unlock")
    new.press("open.card")
    new.step.locator("input").fill(card)
    new.press("next")
    new.sees("found.title")
    failed: list[str] = []

    def fail(route: Route) -> None:
        """The first write does not arrive."""
        if route.request.method == "PUT" and not failed:
            failed.append(route.request.url)
            route.abort()
        else:
            route.fallback()

    new.page.route("**/api/vault", fail)
    new.press("found.both")
    new.step.get_by_role("alert").wait_for()
    new.press("found.both")
    new.sees("found.done")
    new.press("next")
    new.done()
    ways = new.ask("slots")["ok"]
    assert isinstance(ways, dict)
    assert [each["kind"] for each in ways["slots"]] == ["prf", "rec", "prf"]
    assert len(ways["passkeys"]) == 2  # the phone's, and one of this browser: not two
    new.page.context.close()


def test_a_lost_phone_comes_back_in_five_steps_and_the_old_one_is_shut_out(
    phone: Worker, browser: Browser, site: WalletSite
) -> None:
    card = phone.sign_up()
    new = worker(browser, site)
    new.page.evaluate(COUNTING)
    new.tell("unlock")
    new.press("open.card")  # 1
    new.sees("card.title")
    new.step.locator("input").fill(card)
    new.press("next")  # 2
    new.sees("found.title")
    new.press("found.alone")  # 3, and the new passkey
    new.sees("found.done")
    new.press("next")  # 4
    new.done()
    ways = new.ask("slots")["ok"]
    assert isinstance(ways, dict)
    assert [each["kind"] for each in ways["slots"]] == ["rec", "prf"]
    assert len(ways["passkeys"]) == 1
    assert new.page.evaluate("fingers") <= FINGERS
    assert new.faults == []
    phone.ask("lock")
    phone.tell("unlock")
    phone.press("open.passkey")
    known = sentence("error.passkey_unknown", "nl")
    phone.step.get_by_role("alert").get_by_text(known).wait_for()
    new.page.context.close()


def test_a_wrong_card_is_told_by_its_group(
    phone: Worker, browser: Browser, site: WalletSite
) -> None:
    card = phone.sign_up()
    groups = card.split("-")
    wrong = "ABCD" if groups[2] != "ABCD" else "ABCE"
    other = worker(browser, site)
    other.tell("unlock")
    other.press("open.card")
    box = other.step.locator("input")
    for typed, told in [
        ("", other.t("card.empty")),
        ("-".join([*groups[:2], wrong[:3] + "U", *groups[3:]]), other.t("card.group", groups="3")),
        ("-".join(groups[:8]), sentence("error.recovery_checksum", "nl")),
        ("0000-" * 8 + "0000", sentence("error.recovery_checksum", "nl")),
    ]:
        box.fill(typed)
        other.press("next")
        other.step.get_by_role("alert").get_by_text(told).wait_for()
        box = other.step.locator("input")
    other.page.context.close()


def hand_out(found: Worker, body: str) -> None:
    """From now on the service hands out this vault, as an operator who means harm would."""

    def answer(route: Route) -> None:
        """Reading gets the other vault; writing goes on."""
        if route.request.method == "GET":
            route.fulfill(body=body, headers={"ETag": '"1"'})
        else:
            route.continue_()

    found.page.unroute("**/api/vault")
    found.page.route("**/api/vault", answer)


def test_a_tampered_and_an_older_vault_are_not_opened(phone: Worker) -> None:
    phone.sign_up()
    stored = phone.page.evaluate("fetch('/api/vault').then((a) => a.text())")
    phone.tell("safe")
    phone.copy_card()
    phone.press("next")
    phone.done()
    phone.ask("lock")
    for body in (stored, stored.replace('"ct":"', '"ct":"AAAA', 1)):
        hand_out(phone, body)
        phone.tell("unlock")
        phone.press("open.passkey")
        told = sentence("error.vault_rollback", "nl")
        phone.step.get_by_role("alert").get_by_text(told).wait_for()
        phone.press("stop")
        phone.done()
        assert phone.state() == "locked"


def test_a_tampered_vault_does_not_open_on_a_new_phone(
    phone: Worker, browser: Browser, site: WalletSite
) -> None:
    card = phone.sign_up()
    stored = phone.page.evaluate("fetch('/api/vault').then((a) => a.text())")
    new = worker(browser, site)
    hand_out(new, stored.replace('"ct":"', '"ct":"AAAA', 1))
    new.tell("unlock")
    new.press("open.card")
    new.step.locator("input").fill(card)
    new.press("next")
    told = sentence("error.vault_slot_invalid", "nl")
    new.step.get_by_role("alert").get_by_text(told).wait_for()
    new.page.context.close()


def test_the_page_starts_and_opens_without_network(phone: Worker) -> None:
    phone.sign_up()
    phone.page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    becomes(phone.page, "navigator.serviceWorker.controller !== null")
    phone.page.context.set_offline(True)
    phone.page.reload()
    phone.screens.wait_for_selector("h1")
    assert phone.state() == "open"
    phone.ask("lock")
    phone.page.reload()
    phone.tell("unlock")
    phone.press("open.passkey")
    phone.done()
    ok = phone.ask("state")["ok"]
    assert isinstance(ok, dict)
    assert (ok["state"], ok["offline"]) == ("open", True)
    phone.page.context.set_offline(False)
    phone.faults.clear()  # requests without network are errors of the console


def test_a_changed_script_is_noticed_and_does_not_run(phone: Worker, site: WalletSite) -> None:
    phone.sign_up()
    becomes(phone.page, "navigator.serviceWorker.controller !== null")
    site.answer_with("/keeper.js", b"self.stolen = 1;")
    try:
        phone.page.reload()
        phone.page.get_by_text(phone.t("update.changed.title")).wait_for()
        assert phone.page.evaluate("self.stolen ?? null") is None
        assert phone.state() == "open"
    finally:
        site.answer_again()


def test_deleting_shows_a_receipt_and_leaves_nothing(phone: Worker) -> None:
    phone.sign_up()
    phone.tell("wipe")
    phone.sees("wipe.title")
    phone.step.locator("input").fill("ja")
    phone.press("wipe.yes")
    phone.step.get_by_role("alert").get_by_text(phone.t("wipe.wrong", word="wissen")).wait_for()
    phone.step.locator("input").fill("Wissen")
    phone.press("wipe.yes")
    phone.sees("wiped.title")
    assert phone.step.locator("dd").count() == 2
    phone.press("wiped.close")
    phone.done()
    assert phone.state() == "new"
    status = phone.page.evaluate("fetch('/api/vault').then((a) => a.status)")
    assert status == 401


def test_an_injected_script_in_the_frame_reads_no_key_and_leads_nowhere(phone: Worker) -> None:
    phone.sign_up()
    found = phone.screens.evaluate("""async () => {
      const tried = {};
      const attempt = (name, action) => new Promise((next) => setTimeout(async () => { // its own
        try { const got = await action(); tried[name] = got === undefined ? "done" : String(got); }
        catch (error) { tried[name] = error.name; }
        next();
      }));
      await attempt("parent", () => parent.document.title);
      await attempt("store", () => new Promise((yes, no) => {
        const asked = indexedDB.open("keeper");
        asked.onsuccess = yes; asked.onerror = () => no(asked.error);
      }));
      await attempt("cookie", () => document.cookie);
      await attempt("fetch", () => fetch("/api/vault"));
      await attempt("markup", () => { document.body.innerHTML = "<b>x</b>"; });
      await attempt("code", () => Function("return 1")());
      await attempt("top", () => { top.location = "https://evil.example/"; });
      await attempt("window", () => String(open("https://evil.example/")));
      return tried;
    }""")
    assert found == {
        "parent": "SecurityError",
        "store": "SecurityError",
        "cookie": "SecurityError",
        "fetch": "TypeError",
        "markup": "TypeError",
        "code": "EvalError",
        "top": "SecurityError",
        "window": "null",
    }
    for kind in ("sign", "key", "confirm"):
        assert phone.ask(kind)["error"] == "message_invalid"
    assert phone.page.url.startswith("http://kluis.localhost")
    phone.faults.clear()  # the attempts were told


def test_while_a_step_is_drawn_the_screens_are_hidden_and_inert(phone: Worker) -> None:
    phone.tell("unlock")
    phone.sees("open.title")
    frame = phone.page.locator("#screens")
    assert not frame.is_visible()
    assert frame.evaluate("(frame) => frame.inert")
    assert phone.page.evaluate("document.activeElement.tagName") == "H1"
    phone.press("stop")
    phone.done()
    assert frame.is_visible()


@pytest.mark.parametrize("size", [320, 1280])
@pytest.mark.parametrize("language", ["nl", "en"])
def test_axe_finds_nothing_on_any_step(
    browser: Browser, site: WalletSite, language: str, size: int, pictures: Path | None
) -> None:
    phone = worker(browser, site, language=language, size=size)

    def look(name: str) -> None:
        if pictures:
            pictures.mkdir(parents=True, exist_ok=True)
            place = pictures / f"wallet-{name}-{language}-{size}.png"
            phone.page.screenshot(path=place, full_page=True)
        found = Axe().run(phone.page).response["violations"]
        assert [(name, each["id"], each["nodes"][0]["html"]) for each in found] == []
        wide = phone.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= size
        own = phone.step.evaluate(
            "(s) => { const c = s.cloneNode(true);"
            " c.querySelectorAll('[data-content]').forEach((e) => e.remove());"
            " return c.innerText.trim().split(/\\s+/).length }"
        )
        assert own <= 60, f"{name}: {own} words"

    phone.tell("unlock")
    phone.sees("open.title")
    look("open")
    phone.press("open.card")
    phone.sees("card.title")
    look("card")
    phone.press("stop")
    phone.done()
    phone.tell("safe")
    phone.sees("making.title")
    look("making")
    phone.press("making.yes")
    phone.sees("card.make")
    look("card-made")
    card = phone.copy_card()
    phone.sees("card.done")
    look("card-done")
    phone.press("next")
    phone.done()
    other = worker(browser, site, language=language, size=size)
    other.tell("unlock")
    other.press("open.card")
    other.step.locator("input").fill(card)
    other.press("next")
    other.sees("found.title")
    assert Axe().run(other.page).response["violations"] == []
    other.page.context.close()
    phone.tell("wipe")
    phone.sees("wipe.title")
    look("wipe")
    phone.page.context.close()


def test_the_sites_hold_their_own_pages_and_no_others(site: WalletSite, browser: Browser) -> None:
    page = browser.new_page()
    paths = ["/history", "/add", "/receive", "/present"]
    for origin in (site.keeper, site.settings.share_origin, site.settings.web_origin):
        for path in paths:
            answer = page.goto(f"{origin}{path}")
            assert answer is not None
            assert answer.status == 404, f"{origin}{path}"
    page.close()


def test_a_link_hands_its_fragment_to_the_keeper(browser: Browser, site: WalletSite) -> None:
    page = browser.new_page()
    seen: list[str] = []
    page.on("request", lambda asked: seen.append(asked.url))
    page.goto(f"{site.settings.web_origin}/o#https://issuer.example/offers/canary-1")
    page.wait_for_url(f"{site.keeper}/**")
    page.locator("#stage h1").wait_for()
    ours = [url for url in seen if "localhost" in url]
    assert not [url for url in ours if "canary" in url.partition("#")[0]]
    page.close()
