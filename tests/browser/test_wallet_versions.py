"""What the wallet's page weighs at its first load, and how a newer version of it is taken."""

import gzip
import json
import re

from playwright.sync_api import expect

from tests.browser.test_wallet_page import phone, site
from tests.browser.waiting import becomes
from tests.browser.wallet_site import WalletSite, Worker
from wallet.sites import DIST

__all__ = ["phone", "site"]


def test_the_first_load_is_small() -> None:
    screens = (DIST / "screens.html").read_text("utf-8")
    script = screens.partition('<script type="module">')[2].partition("</script>")[0]

    def packed(octets: bytes) -> int:
        return len(gzip.compress(octets, 9, mtime=0))

    keeper = (DIST / "keeper.js").read_bytes()
    named = re.findall(rb'import(?:\{[^}]*\}from)?"\./(keeper-\w+\.js)"', keeper)
    beside = [DIST / name.decode() for name in named]
    scripts = {path.name: packed(path.read_bytes()) for path in (DIST / "keeper.js", *beside)}
    scripts["screens"] = packed(script.encode())
    assert sum(scripts.values()) <= 100_000, scripts
    letters = sorted(DIST.glob("fonts/next-latin-[47]00.woff2"))  # packed as they are
    pages = [DIST / name for name in ("index.html", "keeper.js", "page.css", "screens.html")]
    pages += beside
    sizes = {path.name: packed(path.read_bytes()) for path in pages}
    sizes |= {path.name: path.stat().st_size for path in letters}
    assert len(sizes) == 6 + len(beside)
    assert sum(sizes.values()) <= 150_000, sizes
    assert "@font-face" not in screens  # lent by the page that has them: nothing comes twice


def test_a_new_version_waits_until_the_person_takes_it(phone: Worker, site: WalletSite) -> None:
    phone.sign_up()
    becomes(phone.page, "navigator.serviceWorker.controller !== null")
    told = phone.page.evaluate("fetch('/integrity.json').then((answer) => answer.json())")
    new = json.dumps({**told, "version": "f" * 64}).encode()
    site.answer_with("/integrity.json", new, "application/json")
    try:
        phone.page.reload()
        phone.page.get_by_text(phone.t("update.update.title")).wait_for()
        ok = phone.ask("state")["ok"]
        assert isinstance(ok, dict)
        assert ok["update"] is True
        phone.page.get_by_role("button", name=phone.t("update.later")).click()
        expect(phone.page.locator("#bar")).to_have_text("")
        assert phone.state() == "open"
    finally:
        site.answer_again()
