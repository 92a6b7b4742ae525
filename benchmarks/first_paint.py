"""When the wallet's page and a deelkaart's first show something, on a slow phone and network.

Chromium with the processor slowed four times and the network of its tools' "Fast 3G" (1.6 Mbit/s
down, 750 kbit/s up, 150 ms a round), a fresh browser for each visit: nothing is cached. Prints and
writes the median and the worst of so many visits; no test asserts a time.

python -m benchmarks.first_paint [--visits 7] [--dry]
"""

import argparse
import json
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from playwright.sync_api import Browser, BrowserContext, sync_playwright

from benchmarks.__main__ import commit, machine
from credentials.encoding import JsonObject, JsonValue
from service.clock import system_clock
from tests.services import Services, services_in

GOAL = 2.5
"""Seconds to the largest paint (wallet design, section 13)."""

SLOWER = 4
"""Times that the processor is slowed."""

NETWORK: dict[str, bool | float] = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1.6 * 1024 * 1024 / 8,
    "uploadThroughput": 750 * 1024 / 8,
}
"""Milliseconds, and octets a second."""

PATIENCE = 30
"""Seconds after which a page that shows nothing ends the measurement."""

PAINTS = """() => new Promise((done) => {
  const found = { first: 0, largest: 0 };
  const see = (type, take) => new PerformanceObserver((list) => list.getEntries().forEach(take))
    .observe({ type, buffered: true });
  see("paint", ({ name, startTime }) => {
    if (name === "first-contentful-paint") found.first = startTime;
  });
  see("largest-contentful-paint", (one) => { found.largest = one.startTime; });
  setTimeout(() => done(found), 1000);
})"""
"""The first and the largest paint so far, in milliseconds since the visit began."""

FIRST_IN_FRAME = """() => new Promise((done) => {
  const told = () => performance.getEntriesByName("first-contentful-paint")[0];
  const look = () => {
    const one = told();
    if (one) done(performance.timeOrigin + one.startTime); else setTimeout(look, 20);
  };
  look();
})"""
"""When the frame of the screens first painted, since 1970."""

RESULTS = Path(__file__).parent / "first_paint.json"


def pages(services: Services) -> dict[str, str]:
    """What is visited, by name."""
    port = services.ports["wallet"]
    return {
        "wallet": f"http://kluis.localhost:{port}/",
        "deelkaart": f"http://deel.localhost:{port}/s/{'A' * 22}#{'A' * 43}",
    }


def visit(browser: Browser, address: str) -> tuple[float, float]:
    """Seconds to the first and to the largest paint of a first visit.

    What a frame without an origin paints is not told to its page, so of the wallet the moment at
    which the first screen's title is drawn counts, where that is later.
    """
    context = browser.new_context(viewport={"width": 360, "height": 740}, device_scale_factor=2)
    try:
        return _visit(context, address)
    finally:
        context.close()


def _visit(context: BrowserContext, address: str) -> tuple[float, float]:
    page = context.new_page()
    tools = context.new_cdp_session(page)
    tools.send("Network.enable")
    tools.send("Network.emulateNetworkConditions", NETWORK)
    tools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.goto(address, wait_until="commit")
    began = page.evaluate("performance.timeOrigin")
    page.wait_for_selector("#screens, h1", state="attached", timeout=PATIENCE * 1000)
    inner = page.main_frame.child_frames
    drawn = 0.0
    if inner:
        inner[0].wait_for_selector("h1", timeout=PATIENCE * 1000)
        drawn = float(inner[0].evaluate(FIRST_IN_FRAME)) - began
    else:
        page.wait_for_selector("h1", timeout=PATIENCE * 1000)
    found: Any = page.evaluate(PAINTS)
    first = found["first"] or drawn
    return first / 1000, max(found["largest"], drawn) / 1000


@contextmanager
def browsing() -> Iterator[Browser]:
    """A browser of this machine.

    Raises:
        FileNotFoundError: there is none.
    """
    found = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if found is None:
        raise FileNotFoundError("no Chromium: apt-get install chromium, or name one in CHROMIUM")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        browser.close()


def measure(visits: int) -> JsonObject:
    """All pages, visited in turns, so that a busy minute meets each of them."""
    taken: dict[str, list[tuple[float, float]]] = {}
    with (
        TemporaryDirectory(prefix="skillspass-") as folder,
        services_in(Path(folder), clock=system_clock) as services,
        browsing() as browser,
    ):
        for _ in range(visits):
            for name, address in pages(services).items():
                taken.setdefault(name, []).append(visit(browser, address))
    return {name: _told(each) for name, each in taken.items()}


def _told(taken: list[tuple[float, float]]) -> JsonObject:
    firsts, largests = ([round(each, 2) for each in times] for times in zip(*taken, strict=True))
    return {
        "visits": len(taken),
        "first": round(median(firsts), 2),
        "largest": round(median(largests), 2),
        "worst": max(largests),
        "reached": median(largests) <= GOAL,
    }


def main() -> int:
    """Measure, print and keep; 1 where a goal was missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.first_paint", description=__doc__)
    parser.add_argument("--visits", type=int, default=7)
    parser.add_argument("--dry", action="store_true", help="print, but write nothing")
    chosen = parser.parse_args()
    started = os.getloadavg()
    found = measure(chosen.visits)
    results: dict[str, JsonValue] = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": commit(),
        "machine": machine(started),
        "goal": GOAL,
        "pages": found,
    }
    print(json.dumps(results, indent=1))
    if not chosen.dry:
        RESULTS.write_text(json.dumps(results, indent=1) + "\n", "utf-8")
    missed = [each for each in found.values() if isinstance(each, dict) and not each["reached"]]
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
