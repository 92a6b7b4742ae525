"""The keeper in Debian's Chromium, under its own policy, with a passkey that has PRF or has not."""

import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.waiting import becomes

BUILT = Path(__file__).parents[2] / "wallet" / "web" / "build" / "keeper.js"
POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; form-action 'none'; "
    "base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types"
)
PAGE = (
    b"<!doctype html><html lang=nl><meta charset=utf-8><title>Kluis</title>"
    b"<script type=module src=/boot.js></script>"
)
BOOT = b"import * as keeper from '/keeper.js'; self.keeper = keeper; self.ready = 1;"

USER = {"id": "AAAAAAAAAAAAAAAAAAAAAA", "name": "skillspass", "displayName": "skillspass"}
CREATION = {
    "rp": {"id": "kluis.localhost", "name": "kluis"},
    "user": USER,
    "challenge": "A" * 43,
    "pubKeyCredParams": [{"type": "public-key", "alg": -7}],
    "authenticatorSelection": {"residentKey": "required", "userVerification": "required"},
}
REQUEST = {"rpId": "kluis.localhost", "challenge": "A" * 43, "userVerification": "required"}


def parts() -> list[Path]:
    """The built script, and what it loads with need."""
    return [BUILT, *BUILT.parent.glob("keeper-*.js")]


class Handler(BaseHTTPRequestHandler):
    """Serves the keeper's page and nothing else."""

    policy = POLICY

    def do_GET(self) -> None:
        found = {
            "/": ("text/html", PAGE),
            "/boot.js": ("text/javascript", BOOT),
            **{f"/{part.name}": ("text/javascript", part.read_bytes()) for part in parts()},
        }.get(self.path)
        kind, body = found or ("text/plain", b"")
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Security-Policy", self.policy)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keep the tests' output clean."""


@contextmanager
def serving(handler: type[Handler]) -> Iterator[str]:
    """The keeper's page, served; where it is."""
    if not BUILT.is_file():
        reason = "the keeper is not built: make web-test"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://kluis.localhost:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Where the keeper is served."""
    with serving(Handler) as found:
        yield found


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """The keeper's page, loaded."""
    context = browser.new_context()
    opened = context.new_page()
    opened.goto(address)
    becomes(opened, "self.ready")
    yield opened
    context.close()


def authenticator(page: Page, *, prf: bool) -> None:
    """Plug in a virtual authenticator."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "ctap2Version": "ctap2_1",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "hasPrf": prf,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def run(page: Page, script: str, **given: object) -> Any:  # noqa: ANN401 - JSON of a page
    """Run a script in the page, with the keeper's modules and ``given`` at hand."""
    names = ", ".join(given)
    return page.evaluate(
        f"async ({{ {names} }}) => {{ const k = self.keeper; {script} }}", dict(given)
    )


MADE = """
  let vault = k.sealed.beginVault(k.seals.CHANCE);
  const made = await k.passkeys.createPasskey(creation, vault.prfSalt);
  const used = await k.passkeys.usePasskey(request, vault.prfSalt);
"""


def test_a_passkey_opens_the_vault_again_and_the_server_sees_no_prf(page: Page) -> None:
    authenticator(page, prf=True)
    script = (
        MADE
        + """
      const slot = await k.slots.makeSlot("prf", made.prf ?? used.prf, vault.wid, k.seals.CHANCE);
      vault = k.sealed.withSlot(vault, slot);
      const [data] = await k.sealed.seal(vault, [], k.seals.CHANCE);
      const again = await k.passkeys.usePasskey(request, vault.prfSalt);
      const opened = await k.sealed.openVault(data, "prf", again.prf);
      let other = "opened";
      try { await k.sealed.openVault(data, "prf", new Uint8Array(32)); }
      catch (error) { other = error.code; }
      return { version: opened.version, length: again.prf.length, other,
               answers: [made.answer, used.answer], id: made.answer.id };
    """
    )
    found = run(page, script, creation=CREATION, request=REQUEST)
    assert (found["version"], found["length"], found["other"]) == (1, 32, "vault_slot_invalid")
    assert [each["clientExtensionResults"] for each in found["answers"]] == [{}, {}]
    assert "prf" not in json.dumps(found["answers"])


def test_without_prf_the_device_and_the_card_open_it(page: Page) -> None:
    authenticator(page, prf=False)
    script = (
        MADE
        + """
      const device = await k.device.Device.open();
      const key = await device.key();
      const secret = k.recovery.newSecret(k.seals.CHANCE);
      for (const [kind, what] of [["dev", key], ["rec", secret]]) {
        const slot = await k.slots.makeSlot(kind, what, vault.wid, k.seals.CHANCE);
        vault = k.sealed.withSlot(vault, slot);
      }
      const [data] = await k.sealed.seal(vault, [], k.seals.CHANCE);
      const card = await k.recovery.secretOf(await k.recovery.codeOf(secret));
      const versions = [];
      for (const [kind, what] of [["dev", await device.key()], ["rec", card]]) {
        versions.push((await k.sealed.openVault(data, kind, what)).version);
      }
      return { prf: [made.prf ?? null, used.prf ?? null], versions };
    """
    )
    found = run(page, script, creation=CREATION, request=REQUEST)
    assert found == {"prf": [None, None], "versions": [1, 1]}


def test_the_devices_key_persists_and_refuses_export(page: Page) -> None:
    first = run(page, "return (await k.device.Device.open()).name()")
    page.reload()
    becomes(page, "self.ready")
    script = """
      const device = await k.device.Device.open();
      const key = await device.key();
      const iv = new Uint8Array(12), text = new TextEncoder().encode("x");
      const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await device.key(), text);
      const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, sealed);
      let exported = "exported";
      try { await crypto.subtle.exportKey("raw", key); } catch (error) { exported = error.name; }
      return { name: await device.name(), exported, size: plain.byteLength };
    """
    found = run(page, script)
    assert found == {"name": first, "exported": "InvalidAccessError", "size": 1}


def test_an_unlocked_slot_is_gone_after_fifteen_minutes_alone(page: Page) -> None:
    script = """
      const device = await k.device.Device.open();
      const pair = await k.seals.CHANCE.agreementKey();
      const open = { wid: "w", slotId: "s", key: pair.privateKey };
      await device.unlock(open, 1000);
      const found = [];
      for (const now of [1899, 2798, 3699, 3700]) {
        found.push((await device.unlocked(now))?.slotId ?? null);
      }
      await device.unlock(open, 5000);
      found.push((await device.unlocked(4000))?.slotId ?? null);
      await device.unlock(open, 5000);
      await device.lock();
      found.push((await device.unlocked(5001))?.slotId ?? null);
      return found;
    """
    assert run(page, script) == ["s", "s", None, None, None, None]


def test_wiping_leaves_nothing_and_storage_holds_nothing_readable(page: Page) -> None:
    script = """
      const device = await k.device.Device.open();
      await device.remember({ wid: "w", ver: 3, hash: "h" }, new Uint8Array(1));
      const before = (await device.seen("w"))?.ver;
      await device.wipe();
      const loose = localStorage.length + sessionStorage.length + document.cookie.length;
      return [before, (await device.seen("w")) ?? null, loose];
    """
    assert run(page, script) == [3, None, 0]


def test_an_injected_script_runs_nowhere(page: Page) -> None:
    script = """
      const late = (attempt) => new Promise((resolve) => setTimeout(() => {  // as the page's own
        try { attempt(); resolve("ran"); } catch (error) { resolve(error.name); }
      }));
      return [
        await late(() => { document.body.innerHTML = "<img src=x onerror=self.pwned=1>"; }),
        await late(() => {
          const script = document.createElement("script");
          script.text = "self.pwned = 1";
          document.body.append(script);
        }),
        await late(() => { self.pwned = Function("return 1")(); }),
        self.pwned ?? "nothing",
      ];
    """
    assert run(page, script) == ["TypeError", "TypeError", "EvalError", "nothing"]
