"""The keeper's steps and the screens for every eye and hand: colours, zoom, motion, touch."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Frame, Page

from tests.browser.test_wallet_flows import town
from tests.browser.wallet_person import Town, Worker, at_work

__all__ = ["town"]

TARGET = 44
"""CSS pixels that a finger needs (WCAG 2.2, 2.5.5)."""

SMALL = """(least) => [...document.querySelectorAll(
    "button, a.sp-button, .sp-tabs a, .doors a, .sp-seg label, summary, input, select, textarea")]
  .map((one) => [one, one.matches("[type=checkbox], [type=radio]") && one.closest("label") || one])
  .map(([one, hit]) => [one, hit.getBoundingClientRect()])
  .filter(([one, { width, height }]) => width > 0 && height > 0 && one.checkVisibility()
    && (height < least || width < least))
  .map(([one, { width, height }]) => `${width}x${height} ${one.outerHTML.slice(0, 140)}`)"""
"""Whatever can be pressed or filled in, and is smaller than a finger."""

CUT = """() => [...document.querySelectorAll("body *")].filter((one) => {
  const { overflowX, overflowY, textOverflow, clipPath } = getComputedStyle(one);
  const hides = (how) => how === "hidden" || how === "clip";
  if (one.clientWidth < 2 || clipPath !== "none") return false;
  if (one.matches("input, iframe, svg *")) return false;
  const wide = hides(overflowX) && one.scrollWidth > one.clientWidth + 1;
  const high = hides(overflowY) && one.scrollHeight > one.clientHeight + 1;
  return one.checkVisibility() && (wide || high || (wide && textOverflow === "ellipsis"));
}).map((one) => one.outerHTML.slice(0, 140))"""
"""What is hidden because it does not fit."""

OUTLINE = """() => {
  const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(document.activeElement);
  const drawn = outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
  const seen = drawn && !/, 0\\)$/.test(outlineColor);
  return seen ? "" : document.activeElement.outerHTML.slice(0, 140);
}"""
"""What has the focus without showing it."""

MOVING = "() => document.getAnimations().filter((one) => one.playState === 'running').length"

EDGES = """() => [...document.querySelectorAll(
    ".sp-button, .sp-card, .sp-plate, .sp-tile, input[type=text]")]
  .filter((one) => one.checkVisibility() && getComputedStyle(one).borderTopStyle === "none")
  .map((one) => one.outerHTML.slice(0, 140))"""
"""What would melt into the page without its colour."""

STEPS = 4
"""Presses of Tab that are looked at on each step."""

SENSES: dict[str, dict[str, Any]] = {
    "forced": {"forced_colors": "active"},
    "zoomed": {"viewport": {"width": 640, "height": 400}, "device_scale_factor": 2},
    "reflow": {"viewport": {"width": 320, "height": 256}},
    "dark": {"color_scheme": "dark", "reduced_motion": "reduce"},
}
"""Zoom of 200 and 400 % is what a window of 1280 pixels then has left (WCAG 2.2, 1.4.4, 1.4.10)."""


def frames(page: Page) -> list[Frame]:
    """What a person sees now: the keeper's step, or the screens."""
    stage = page.locator("#stage").is_visible()
    return [page.main_frame] if stage else [page.main_frame, *page.main_frame.child_frames]


def fits(worker: Worker, name: str) -> list[str]:
    """What scrolls sideways, is cut off, too small for a finger, or focused without a sign."""
    page, found = worker.page, []
    for frame in frames(page):
        if frame.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append("scrolls sideways")
        found += [f"cut off: {one}" for one in frame.evaluate(CUT)]
        found += [f"small: {one}" for one in frame.evaluate(SMALL, TARGET)]
    shown = frames(page)[-1]
    for _ in range(STEPS):
        page.keyboard.press("Tab")
        if shown.evaluate("document.hasFocus() && document.activeElement !== document.body"):
            found += [f"no sign of focus: {one}" for one in [shown.evaluate(OUTLINE)] if one]
    if worker.pictures is not None:
        worker.pictures.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=worker.pictures / f"{name}.png")
    return found


def edged(worker: Worker) -> list[str]:
    """What has no edge where our colours are gone."""
    shown = frames(worker.page)
    assert shown[-1].evaluate("matchMedia('(forced-colors: active)').matches")
    return [f"no edge: {one}" for frame in shown for one in frame.evaluate(EDGES)]


def still(worker: Worker) -> list[str]:
    """What moves, and in the dark what has too little contrast."""
    shown = frames(worker.page)
    barriers = Axe().run(shown[-1]).response["violations"]
    found = [f"{one['id']}: {one['nodes'][0]['html']}" for one in barriers]
    return found + ["moves" for frame in shown if frame.evaluate(MOVING) > 0]


def nothing(_worker: Worker) -> list[str]:
    """No more to look at."""
    return []


MORE = {"forced": edged, "dark": still}


def walks(worker: Worker, look: Callable[[str], None]) -> None:
    """From the first screen to a proof that is kept."""
    town = worker.town
    worker.screens.get_by_role("heading", level=1).wait_for()
    look("start")
    offer = town.offer()
    worker.follows(offer["link"])
    worker.sees("flow.offer.title")
    look("offer")
    worker.types_pin("12")
    worker.reads("flow.pin.length", length=6)
    look("wrong-pin")
    worker.types_pin(offer["tx_code"])
    worker.sees("flow.name.question", name="Jan Bakker")
    look("name")
    worker.presses("flow.name.yes")
    worker.sees("flow.keep.title")
    look("keep")
    worker.presses("flow.keep.yes")
    worker.sees("web.making.title")
    look("making")
    worker.presses("web.making.yes")
    worker.sees("flow.kept.title")
    worker.presses("flow.to_passport")
    worker.sees("web.card.make")
    look("recovery-card")
    worker.presses("web.card.later")
    worker.screens.locator("h1", has_text="Heftruckcertificaat").wait_for()
    look("proof")


def goes_on(worker: Worker, look: Callable[[str], None]) -> None:
    """A share card, a question, the passport and the settings."""
    worker.starts_sharing()
    look("choose")
    worker.ticks("Heftruckcertificaat")
    worker.presses("flow.share.look")
    worker.sees("flow.share.preview")
    look("preview")
    worker.presses("flow.share.make")
    worker.sees("flow.share.scan")
    look("share-made")
    worker.ends_sharing()
    look("share")
    worker.follows(worker.town.ask("forklift")["link"])
    worker.reads("flow.seen.title")
    look("consent")
    worker.presses("flow.ask.no")
    worker.sees("flow.declined.title")
    worker.presses("flow.to_passport")
    worker.goes_to("screens.tab.passport")
    worker.screens.locator(".card-row").first.wait_for()
    look("passport")
    worker.goes_to_settings()
    worker.screens.get_by_text(worker.says("screens.door.take")).first.wait_for()
    look("settings")


@pytest.mark.parametrize("sense", sorted(SENSES))
def test_every_step_fits_every_eye_and_hand(
    browser: Browser, town: Town, pictures: Path | None, sense: str
) -> None:
    found: list[str] = []
    with at_work(browser, town, pictures, **SENSES[sense]) as worker:

        def look(name: str) -> None:
            faults = fits(worker, f"senses-{sense}-{name}") + MORE.get(sense, nothing)(worker)
            found.extend(f"{name}: {one}" for one in faults)

        walks(worker, look)
        goes_on(worker, look)
    assert not found, "\n".join(found)


def test_what_is_looked_for_can_be_found(browser: Browser, town: Town) -> None:
    with at_work(browser, town, None) as worker:
        worker.follows(town.offer()["link"])
        worker.sees("flow.offer.title")
        worker.page.evaluate("""() => {
          const small = document.createElement("button");
          small.textContent = "x";
          Object.assign(small.style, { height: "20px", outline: "none" });
          const cut = document.createElement("p");
          cut.textContent = "woord ".repeat(20);
          Object.assign(cut.style, { overflow: "hidden", height: "1em" });
          document.querySelector("#stage main").append(small, cut);
          small.focus();
        }""")
        assert len(worker.page.evaluate(SMALL, TARGET)) == 1
        assert len(worker.page.evaluate(CUT)) == 1
        assert worker.page.evaluate(OUTLINE).startswith("<button")
