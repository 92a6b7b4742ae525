"""The keeper in a real browser at the real service: sign up, a second device, a lost phone."""

import os
import secrets
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI, Response
from playwright.sync_api import Browser, BrowserContext, Page

from service.serving import listen
from tests.browser.test_keeper import BOOT, BUILT, PAGE, POLICY, authenticator, parts, run
from tests.browser.waiting import becomes
from tests.in_memory import InMemoryHttp
from tests.wallet.keeping import Turning
from wallet.app import create_app
from wallet.settings import WalletSettings


@dataclass
class Site:
    """The running service and where its keeper is."""

    app: FastAPI
    keeper: str


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The wallet's service on a port of its own, with the keeper's page on it."""
    if not BUILT.is_file():
        reason = "the keeper is not built: make web-test"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    listener = listen("127.0.0.1", 0)  # held, so that nobody else takes it
    port = listener.getsockname()[1]
    settings = WalletSettings(
        public_url=f"http://wallet.localhost:{port}",
        port=port,
        var=tmp_path_factory.mktemp("var"),
        demo=False,
        rate_limits=False,
    )
    app = create_app(settings, fetch=InMemoryHttp({}), clock=Turning(), entropy=secrets.token_bytes)
    _serve_keeper(app)
    config = uvicorn.Config(app, port=port, log_config=None, lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield Site(app, settings.keeper_origin)
    server.should_exit = True
    thread.join()


def _serve_keeper(app: FastAPI) -> None:
    boot = BOOT.replace(b"/keeper.js", b"/core.js")  # the service has a page and script of its own
    files = {"/kluis": ("text/html", PAGE), "/boot.js": ("text/javascript", boot)}
    files["/core.js"] = ("text/javascript", BUILT.read_bytes())
    for part in parts()[1:]:  # what it starts with, in files beside it
        files[f"/{part.name}"] = ("text/javascript", part.read_bytes())
    for path, (kind, body) in files.items():

        def serve(kind: str = kind, body: bytes = body) -> Response:
            """One file of the keeper."""
            headers = {"Content-Security-Policy": POLICY}
            return Response(body, media_type=kind, headers=headers)

        app.add_api_route(path, serve, response_class=Response)


def opened(context: BrowserContext, site: Site, *, prf: bool = True) -> Page:
    """A fresh page of the keeper with a device of its own."""
    page = context.new_page()
    page.goto(f"{site.keeper}/kluis")
    becomes(page, "self.ready")
    authenticator(page, prf=prf)
    return page


@pytest.fixture
def phone(browser: Browser, site: Site) -> Iterator[Page]:
    """The worker's phone, with an account, a passkey slot, a card and one event."""
    context = browser.new_context()
    page = opened(context, site)
    begun = run(page, SIGN_UP)
    assert begun == {"version": 1, "slots": ["prf", "rec"], "prf": 32}
    yield page
    context.close()


SIGN_UP = """
  const { CHANCE } = k.seals;
  const device = await k.device.Device.open();
  let vault = k.sealed.beginVault(CHANCE);
  const prf = await k.service.createAccount(vault.prfSalt);
  const card = k.recovery.newSecret(CHANCE);
  for (const [kind, secret] of [["prf", prf], ["rec", card]]) {
    vault = k.sealed.withSlot(vault, await k.slots.makeSlot(kind, secret, vault.wid, CHANCE));
  }
  const key = await k.slots.openSlot(vault.slots[0], prf, vault.wid);
  const safe = { opened: vault, slotId: vault.slots[0].id, key };
  const log = await k.vault.append(
    { events: [], device: await device.name(), now: () => 1795435200, chance: CHANCE },
    "settings", { language: "nl" });
  self.safe = await k.safe.save(device, safe, log.events);
  await k.service.setRecovery(card, await k.service.confirm(vault.prfSalt));
  self.code = await k.recovery.codeOf(card);
  const { version, slots } = self.safe.opened;
  return { version, slots: slots.map(({ kind }) => kind), prf: prf.length };
"""

EVENT = """
  const device = await k.device.Device.open();
  const log = await k.vault.append(
    { events: self.safe.opened.events, device: await device.name(), now: () => 1795435300,
      chance: k.seals.CHANCE }, "settings", { note });
  self.safe = await k.safe.save(device, self.safe, log.events);
  const { version, events } = self.safe.opened;
  return { version, notes: events.map(({ data }) => data.note ?? "").sort() };
"""


def test_a_passkey_opens_the_vault_in_a_page_that_was_reloaded(phone: Page) -> None:
    assert run(phone, EVENT, note="mag") == {"version": 2, "notes": ["", "mag"]}
    phone.reload()
    becomes(phone, "self.ready")
    script = """
      const device = await k.device.Device.open();
      const stored = await k.service.readVault();
      const header = k.sealed.readHeader(stored.data);
      const prf = await k.service.signIn(header.prfSalt);
      const safe = await k.safe.unlock(device, "prf", prf);
      return safe.opened.events.map(({ data }) => data.note ?? "");
    """
    assert run(phone, script) == ["", "mag"]


def test_a_lost_phone_is_shut_out_with_the_recovery_card(
    phone: Page, browser: Browser, site: Site
) -> None:
    code = phone.evaluate("self.code")
    context = browser.new_context()
    page = opened(context, site)
    script = """
      const { CHANCE } = k.seals;
      const device = await k.device.Device.open();
      const card = await k.recovery.secretOf(code);                       // 1 the card is scanned
      const shown = await k.service.recover(card);
      const found = await k.safe.unlock(device, "rec", card);
      const { wid, prfSalt } = found.opened;
      const lost = (await k.service.passkeys())[0].id;
      const { prf, confirmed } = await k.service.addPasskey(prfSalt, shown);  // 2 a new passkey
      const slot = await k.slots.makeSlot("prf", prf, wid, CHANCE);
      const old = found.opened.slots.find(({ kind }) => kind === "prf");
      let opened = k.sealed.withSlot(found.opened, slot);
      opened = k.sealed.withoutSlot(opened, old.id);                      // 3 shut the old one out
      const { events } = opened;
      self.safe = await k.safe.save(device, { ...found, opened }, events, confirmed);
      await k.service.removePasskeys([lost], await k.service.confirm(prfSalt));
      const again = await k.safe.unlock(device, "prf", prf);
      return { slots: again.opened.slots.map(({ kind }) => kind), version: again.opened.version };
    """
    assert run(page, script, code=code) == {"slots": ["rec", "prf"], "version": 2}
    refused = """
      const codes = [];
      const salt = self.safe.opened.prfSalt;
      for (const attempt of [
        () => k.service.signIn(salt),
        async () => { const d = await k.device.Device.open();
                      return k.safe.save(d, self.safe, self.safe.opened.events); },
      ]) {
        try { await attempt(); codes.push("done"); } catch (error) { codes.push(error.code); }
      }
      return codes;
    """
    assert run(phone, refused) == ["passkey_unknown", "unauthorized"]
    context.close()


def test_two_devices_that_write_at_once_lose_nothing(
    phone: Page, browser: Browser, site: Site
) -> None:
    code = phone.evaluate("self.code")
    context = browser.new_context()
    other = opened(context, site)
    script = """
      const device = await k.device.Device.open();
      const card = await k.recovery.secretOf(code);
      await k.service.recover(card);
      self.safe = await k.safe.unlock(device, "rec", card);
      return self.safe.opened.version;
    """
    assert run(other, script, code=code) == 1
    assert run(phone, EVENT, note="phone") == {"version": 2, "notes": ["", "phone"]}
    assert run(other, EVENT, note="other") == {"version": 3, "notes": ["", "other", "phone"]}
    assert run(phone, EVENT, note="again")["notes"] == ["", "again", "other", "phone"]
    context.close()


def test_h096_an_older_vault_is_refused_by_who_saw_a_newer_one(phone: Page) -> None:
    first = phone.evaluate("fetch('/api/vault').then((a) => a.text())")
    run(phone, EVENT, note="newer")
    script = """
      const real = self.fetch;
      self.fetch = async (...asked) => (asked[1]?.method ?? "GET") === "GET"
        ? new Response(first, { headers: { ETag: '"1"' } }) : real(...asked);
      const device = await k.device.Device.open();
      let code = "opened";
      try { await k.safe.unlock(device, "prf", new Uint8Array(32)); }
      catch (error) { code = error.code; }
      self.fetch = real;
      return code;
    """
    assert run(phone, script, first=first) == "vault_rollback"


def test_a_share_is_kept_opened_and_stopped(phone: Page, site: Site) -> None:
    script = """
      const { CHANCE } = k.seals, salt = self.safe.opened.prfSalt;
      const link = k.shareCard.newLink(share, true, CHANCE);
      const expires = 1795435200 + 86400, code = "4711", stop = CHANCE.octets(32);
      const sealed = await k.shareCard.sealShare(link, ["card~"], expires, code, CHANCE);
      const ready = { link, sealed, expires, code, stop, maxViews: 3 };
      await k.service.keepShare(ready, await k.service.confirm(salt));
      await k.service.stopShare(link, stop);
      let again = "stopped twice";
      try { await k.service.stopShare(link, CHANCE.octets(32)); }
      catch (error) { again = error.code; }
      return { again, length: k.shareCard.linkText(link).length };
    """
    share = site.keeper.replace("kluis", "deel")
    found: Any = run(phone, script, share=share)
    assert found["again"] == "share_gone"
    assert found["length"] <= 213


def test_wiping_leaves_no_account(phone: Page) -> None:
    script = """
      const confirmed = await k.service.confirm(self.safe.opened.prfSalt);
      const receipt = await k.service.wipe(confirmed);
      let after = "open";
      try { await k.service.readVault(); } catch (error) { after = error.code; }
      return [Object.keys(receipt).sort(), after];
    """
    assert run(phone, script) == [["deleted", "id", "receipt"], "unauthorized"]
