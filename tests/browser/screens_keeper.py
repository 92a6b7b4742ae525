"""A keeper's page for the tests of the screens: the real policy and frame, answers by script.

It stands in for the transport only, so that each state of a passport can be drawn.
"""

import json
import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

BUILT = Path(__file__).parents[2] / "wallet" / "web" / "build"
SCRIPT = """
self.asked = [];
self.refuse = {};
const frame = () => document.querySelector("iframe").contentWindow;
self.tell = (message) => frame().postMessage(message, "*");
addEventListener("message", ({ source, origin, data }) => {
  if (source !== frame() || origin !== "null") return;
  const { n, kind, ...fields } = data;
  asked.push({ kind, ...fields });
  const named = ["card", "qr"].includes(kind);
  const found = named ? answers[kind][fields.id] : answers[kind];
  if (kind === "settings") answers.state.language = fields.language;
  if (refuse[kind] || (named && !found)) return tell({ n, error: refuse[kind] ?? "not_found" });
  tell({ n, ok: found ?? { done: true } });
});
"""
STYLE = (
    "html, body { margin: 0; height: 100% } "
    "iframe { border: 0; display: block; width: 100%; height: 100% }"
)


def built() -> dict[str, Any]:
    """The hashes of the built screens, their size, and their document."""
    if not (BUILT / "screens.html").is_file():
        reason = "the screens are not built: make web-test"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    facts = json.loads((BUILT / "screens.json").read_text(encoding="utf-8"))
    return {**facts, "html": (BUILT / "screens.html").read_text(encoding="utf-8")}


def policy_of(facts: Mapping[str, Any]) -> str:
    """The keeper's policy, with the two hashes and not one Trusted Types policy."""
    return (
        f"default-src 'none'; script-src 'self' '{facts['scriptHash']}'; "
        f"style-src 'self' '{facts['styleHash']}'; font-src 'self' data:; connect-src 'self'; "
        "form-action 'none'; base-uri 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types"
    )


class Keeper(BaseHTTPRequestHandler):
    """Serves the page with the frame, its script and its style."""

    answers: Mapping[str, Any] = {}
    facts: Mapping[str, Any] = {}

    def do_GET(self) -> None:
        kind, body = self.found()
        self.send_response(200)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Security-Policy", policy_of(self.facts))
        self.end_headers()
        self.wfile.write(body.encode())

    def found(self) -> tuple[str, str]:
        """The type and text of what is asked."""
        if self.path == "/keeper.js":
            return "text/javascript", f"self.answers = {json.dumps(self.answers)};{SCRIPT}"
        if self.path == "/keeper.css":
            return "text/css", STYLE
        return "text/html", (
            "<!doctype html><html lang=nl><title>Kluis</title>"
            "<meta name=viewport content='width=device-width, initial-scale=1'>"
            "<link rel=stylesheet href=/keeper.css><script src=/keeper.js></script>"
            "<iframe title=Paspoort sandbox=allow-scripts "
            f'srcdoc="{escape(self.facts["html"])}"></iframe>'
        )

    def log_message(self, *_: object) -> None:
        """Keep the tests' output clean."""


@contextmanager
def keeping() -> Iterator[tuple[str, type[Keeper]]]:
    """The keeper's page, served: its address, and the class whose answers a test sets."""

    class Kept(Keeper):
        facts = built()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Kept)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://kluis.localhost:{server.server_port}", Kept
    server.shutdown()
    server.server_close()
