"""The worker's screens in their sandboxed frame, under the keeper's policy, in every state."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Frame, Page, expect

from tests.browser.codes import code_on
from tests.browser.screens_keeper import Keeper, keeping
from tests.browser.screens_scenes import LINK, NAME, SCENES, empty, scene
from tests.browser.waiting import becomes, until

MOST_WORDS = 60
MOST_OCTETS = 40_000
STATIC = Path(__file__).parents[2] / "service" / "static"
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
CLOCK = """
const Real = Date;
const now = new Real("2026-11-23T12:00:00Z").getTime();
self.Date = class extends Real {
  constructor(...given) { given.length ? super(...given) : super(now); }
  static now() { return now; }
};
"""
WORDS = """
() => {
  const skipped = "[data-content], script, svg, .sp-hidden, .sp-skip, [aria-hidden=true]";
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let words = 0;
  while (walker.nextNode()) {
    if (walker.currentNode.parentElement.closest(skipped)) continue;
    words += (walker.currentNode.data.match(/[\\p{L}\\p{N}'-]+/gu) ?? []).length;
  }
  return words;
}
"""
SMALL = """
() => [...document.querySelectorAll("button, a.sp-button, .sp-tabs a, .doors a, input[type=text]")]
  .map((one) => [one, one.getBoundingClientRect().height, one.matches(".sp-button--small, input")])
  .filter(([, height, low]) => height > 0 && height < (low ? 40 : 48))
  .map(([one]) => one.outerHTML.slice(0, 120))
"""


@dataclass(slots=True)
class Desk:
    """Opens the screens, and hears what the browser complains of."""

    browser: Browser
    address: str
    keeper: type[Keeper]
    contexts: list[BrowserContext] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def opens(self, answers: dict[str, Any], **options: Any) -> tuple[Page, Frame]:  # noqa: ANN401 - the browser's own
        """A page of 360 pixels wide whose keeper tells this."""
        self.keeper.answers = answers
        size = {"viewport": {"width": 360, "height": 780}, "timezone_id": "Europe/Amsterdam"}
        context = self.browser.new_context(**{**size, **options})
        context.add_init_script(CLOCK)
        self.contexts.append(context)
        page = context.new_page()
        page.on("console", lambda told: self.complaints.append(told.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.goto(self.address)
        frame = page.frames[1]
        frame.wait_for_selector("h1")
        return page, frame


@pytest.fixture(scope="module")
def kept() -> Iterator[tuple[str, type[Keeper]]]:
    """The keeper's page, served."""
    with keeping() as found:
        yield found


@pytest.fixture
def desk(browser: Browser, kept: tuple[str, type[Keeper]]) -> Iterator[Desk]:
    """A desk for one test; a complaint of the browser fails it."""
    found = Desk(browser, *kept)
    yield found
    for context in found.contexts:
        context.close()
    assert found.complaints == []


def barriers(frame: Frame) -> list[str]:
    """What axe finds in the frame."""
    if not frame.evaluate("'axe' in self"):
        frame.evaluate(Axe().axe_script)
    found = frame.evaluate("axe.run({ resultTypes: ['violations'] })")["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found]


def asked(page: Page) -> list[dict[str, Any]]:
    """What the screens asked of the keeper, apart from looking."""
    looks = {"state", "list", "card", "log", "slots", "qr"}
    return [one for one in page.evaluate("asked") if one["kind"] not in looks]


def hears(page: Page, kind: str, times: int = 1) -> list[dict[str, Any]]:
    """Wait until the keeper was asked this so often; all that it was asked."""
    becomes(page, f"asked.filter(({{ kind }}) => kind === '{kind}').length >= {times}")
    return asked(page)


def is_drawn(frame: Frame) -> None:
    """Wait until two looks in a row find the same: what the keeper was asked for is there."""
    looks = [""]

    def still() -> bool:
        looks.append(frame.content())
        return looks[-1] == looks[-2]

    until(frame, still, "it changes all the time")


def shoot(page: Page, frame: Frame, path: Path) -> None:
    """Keep a picture of the whole screen."""
    path.parent.mkdir(parents=True, exist_ok=True)
    width = page.evaluate("innerWidth")
    height = frame.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": width, "height": max(780, height)})
    page.screenshot(path=path)
    page.set_viewport_size({"width": width, "height": 780})


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("name", SCENES)
def test_every_screen_is_open_to_all(
    desk: Desk, pictures: Path | None, name: str, language: str
) -> None:
    answers = SCENES[name]
    told = {**answers, "state": {**answers["state"], "language": language}}
    page, frame = desk.opens(told, reduced_motion="reduce")  # no colour is on its way
    is_drawn(frame)
    assert frame.locator("html").get_attribute("lang") == language
    assert frame.locator("h1").count() == 1
    assert frame.locator(".sp-button--primary").count() <= 1
    assert frame.evaluate("document.title").endswith(" - skillspass")
    assert frame.evaluate(WORDS) <= MOST_WORDS
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 780})
        becomes(frame, f"innerWidth === {width}")
        assert frame.evaluate("document.documentElement.scrollWidth <= innerWidth"), width
        assert frame.evaluate(SMALL) == []
        for theme in THEMES:
            page.emulate_media(color_scheme=theme)
            assert barriers(frame) == [], f"{width} {theme}"
            if pictures:
                shoot(page, frame, pictures / f"screens-{name}-{width}-{language}-{theme}.png")


def test_what_is_looked_for_can_be_found(desk: Desk) -> None:
    _, frame = desk.opens(scene())
    frame.evaluate(
        """() => {
          const button = document.createElement("button");
          button.style.height = "10px";
          const long = document.createElement("p");
          long.textContent = "woord ".repeat(60);
          document.querySelector("main").append(button, long);
        }"""
    )
    assert frame.evaluate(WORDS) > MOST_WORDS
    assert len(frame.evaluate(SMALL)) == 1
    assert any(one.startswith("button-name") for one in barriers(frame))


def test_the_frame_makes_no_markup_and_reaches_nothing(desk: Desk) -> None:
    page, frame = desk.opens(scene())
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    tries = {
        "markup": "document.body.innerHTML = '<b>x</b>'",
        "policy": "trustedTypes.createPolicy('svelte-trusted-html', {})",
        "stored": "localStorage.length",
        "cookie": "document.cookie",
        "fetched": "fetch('https://evil.example/')",
        "parent": "parent.document.title",
        "window": "open('https://evil.example/').name",
    }
    for name, script in tries.items():
        told = frame.evaluate(
            f"async () => {{ try {{ await ({script}); return true }} catch {{ return false }} }}"
        )
        assert told is False, name
    assert requests == []
    assert len(desk.complaints) >= len(tries) // 2
    desk.complaints.clear()


def test_the_script_of_the_screens_is_small(kept: tuple[str, type[Keeper]]) -> None:
    _, keeper = kept
    assert keeper.facts["gzip"] <= MOST_OCTETS
    assert keeper.facts["html"].count("<script") == 1
    assert "import(" not in keeper.facts["html"]


def test_a_newcomer_scans_and_keeps(desk: Desk) -> None:
    page, frame = desk.opens(empty(state="new", safe=False))
    expect(frame.locator(".sp-tabs")).to_have_count(0)
    frame.get_by_role("button", name="Scan de code van je bewijs").click()
    link = "https://wallet.skillspass.example/o#https://lasboog.example/offers/1"
    assert hears(page, "receive")[:2] == [{"kind": "scan"}, {"kind": "receive", "link": link}]


def test_what_was_kept_is_shown_and_told(desk: Desk) -> None:
    page, frame = desk.opens(scene("add"))
    frame.get_by_role("button", name="Scan de code").click()
    expect(frame.locator(".result")).to_have_text("Je bewijs staat in je paspoort.")
    expect(frame.locator("h1")).to_have_text("Vakcertificaat CNC-frezen")
    expect(frame.locator("h1")).to_be_focused()
    assert hears(page, "go")[-1] == {"kind": "go", "screen": "card", "id": "cnc"}


def test_a_link_that_is_none_is_told_at_the_field(desk: Desk) -> None:
    page, frame = desk.opens(scene("show"))
    field_ = frame.get_by_label("Of plak de link")
    field_.fill("lasser gezocht")
    field_.press("Enter")
    expect(field_).to_have_attribute("aria-invalid", "true")
    expect(field_).to_be_focused()
    assert asked(page) == []
    field_.fill("openid4vp://?client_id=x509_hash%3Aabc&request_uri=https%3A%2F%2Ffirm.example")
    field_.press("Enter")
    expect(frame.locator("h1")).to_have_text("Wat heb ik laten zien?")
    assert hears(page, "present")[0]["kind"] == "present"


def test_a_refusal_has_a_sentence_and_stopping_is_no_fault(desk: Desk) -> None:
    page, frame = desk.opens(scene("take"))
    for code, sentence in {
        "rollback": "De server gaf een oude versie. Er is niets veranderd.",
        "never_heard_of": "Dat lukte niet. Probeer het nog eens.",
        "stopped": "Je bent gestopt. Er is niets veranderd.",
    }.items():
        page.evaluate("(code) => { refuse.export = code }", code)
        frame.get_by_role("button", name="Maak het bestand").click()
        expect(frame.locator(".result")).to_have_text(sentence)
    expect(frame.locator(".sp-notice.is-negative")).to_have_count(0)


def test_the_language_switches_at_once_and_is_kept(desk: Desk) -> None:
    page, frame = desk.opens(scene("settings"))
    frame.get_by_label("English").check()
    expect(frame.locator("h1")).to_have_text("Settings")
    assert frame.locator("html").get_attribute("lang") == "en"
    assert hears(page, "settings") == [{"kind": "settings", "language": "en"}]


def test_all_can_be_done_by_keyboard(desk: Desk) -> None:
    page, frame = desk.opens(scene())
    frame.locator("body").press("Tab")
    expect(frame.locator(".sp-skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(frame.locator("h1")).to_be_focused()
    frame.get_by_role("link", name="Getoond").focus()
    page.keyboard.press("Enter")
    expect(frame.locator("h1")).to_have_text("Wat heb ik laten zien?")
    expect(frame.locator("h1")).to_be_focused()
    expect(frame.get_by_role("link", name="Getoond")).to_have_attribute("aria-current", "page")
    assert hears(page, "go") == [{"kind": "go", "screen": "log", "id": ""}]


def test_back_and_forward_come_from_the_keeper(desk: Desk) -> None:
    page, frame = desk.opens(scene())
    page.evaluate("tell({ event: 'go', screen: 'card', id: 'vca' })")
    expect(frame.locator("h1")).to_have_text("VCA Basisveiligheid")
    page.evaluate("tell({ event: 'go', screen: 'card', id: 'bhv' })")
    expect(frame.locator("h1")).to_have_text("BHV-certificaat")
    page.evaluate("answers.state.state = 'locked'; tell({ event: 'changed' })")
    expect(frame.locator("h1")).to_have_text("Je paspoort is op slot")
    expect(frame.get_by_text("BHV-certificaat")).to_have_count(0)
    page.evaluate("delete answers.list; answers.state.state = 'open'; refuse.list = 'vault_locked'")
    page.evaluate("asked.length = 0; tell({ event: 'changed' })")
    becomes(page, "asked.some(({ kind }) => kind === 'list')")
    expect(frame.locator("h1")).to_have_text("Je paspoort is op slot")
    assert asked(page) == []


def test_news_is_heard_from_the_keeper_only(desk: Desk) -> None:
    page, frame = desk.opens(scene())
    frame.evaluate("postMessage({ event: 'go', screen: 'wipe' }, '*')")
    page.evaluate("tell({ event: 'go', screen: 'log' })")
    expect(frame.locator("h1")).to_have_text("Wat heb ik laten zien?")


def test_a_proof_is_removed_only_when_the_keeper_did(desk: Desk) -> None:
    page, frame = desk.opens({**scene("card", "bhv"), "remove": {"done": False}})
    frame.get_by_role("button", name="Haal dit bewijs weg").click()
    expect(frame.locator(".result")).to_have_text("Je bent gestopt. Er is niets veranderd.")
    expect(frame.locator("h1")).to_have_text("BHV-certificaat")
    page.evaluate("answers.remove.done = true")
    frame.get_by_role("button", name="Haal dit bewijs weg").click()
    expect(frame.locator("h1")).to_have_text(NAME)
    expect(frame.locator(".result")).to_have_text("Dat is weg.")
    assert asked(page)[0] == {"kind": "remove", "id": "bhv"}


def test_another_device_and_another_way_in_can_be_closed(desk: Desk) -> None:
    page, frame = desk.opens(scene("devices"))
    expect(frame.get_by_role("button", name="Sluit af")).to_have_count(1)
    frame.get_by_role("button", name="Sluit af: Computer, Firefox").click()
    frame.get_by_role("link", name="Veilig bewaren").click()
    frame.get_by_role("button", name="Haal weg: Herstelkaart").click()
    closed = [one for one in hears(page, "remove", 2) if one["kind"] == "remove"]
    assert [one["id"] for one in closed] == ["m", "r"]


def test_a_withdrawn_proof_tells_why_and_is_not_offered(desk: Desk) -> None:
    _, frame = desk.opens(SCENES["withdrawn"])
    expect(frame.get_by_text("ingetrokken").first).to_be_visible()
    expect(frame.get_by_text("de lasproef is overgedaan")).to_be_visible()
    expect(frame.get_by_role("button", name="Laat dit bewijs zien")).to_have_count(0)


def test_the_code_of_a_share_is_read_from_the_screen(desk: Desk) -> None:
    page, frame = desk.opens(scene("share", "s1"))
    frame.wait_for_selector(".sp-qr svg")
    assert code_on(page) == LINK


def test_a_link_that_cannot_be_copied_is_selected(desk: Desk) -> None:
    _, frame = desk.opens(scene("share", "s1"))
    frame.evaluate("document.execCommand = () => false")
    frame.get_by_role("button", name="Kopieer").click()
    expect(frame.locator(".result")).to_contain_text("De link is gekozen.")
    assert frame.evaluate("String(getSelection())") == LINK
    desk.complaints.clear()


def test_stopping_goes_through_the_keeper(desk: Desk) -> None:
    page, frame = desk.opens(scene("share", "s1"))
    frame.get_by_role("button", name="Stop met delen").click()
    expect(frame.locator("h1")).to_have_text("Gedeeld met")
    assert asked(page)[0] == {"kind": "stop", "id": "s1"}


def test_somebody_can_be_asked_to_delete(desk: Desk) -> None:
    page, frame = desk.opens(scene("log"))
    frame.get_by_role("button", name="Vraag om mijn gegevens weg te halen").click()
    expect(frame.locator(".result")).to_have_text("Je vraag is verstuurd.")
    assert asked(page) == [{"kind": "erase", "id": "e3"}]


def test_motion_and_colours_follow_the_device(desk: Desk) -> None:
    page, frame = desk.opens(scene(), reduced_motion="reduce", forced_colors="active")
    expect(frame.locator(".sp-button").first).to_have_css("transition-duration", "0s")
    plate = frame.locator(".sp-plate").first
    expect(plate).to_have_css("border-top-style", "solid")
    page.emulate_media(forced_colors="none")
    expect(plate).to_have_css("border-top-style", "none")


def test_a_second_tap_asks_nothing_more(desk: Desk) -> None:
    page, frame = desk.opens(scene("take"))
    frame.evaluate(
        """() => {
          const made = document.querySelector(".sp-button--primary");
          made.click();
          made.click();
        }"""
    )
    expect(frame.locator(".result")).to_have_text("Je bestand is klaar.")
    assert asked(page) == [{"kind": "export"}]


def test_rarer_letters_come_from_the_keeper(desk: Desk) -> None:
    page, frame = desk.opens(scene())
    before = frame.evaluate("document.fonts.size")
    page.evaluate(
        """(octets) => tell({
          event: "font", weight: "700", range: "U+100-24F", octets: new Uint8Array(octets).buffer,
        })""",
        list((STATIC / "fonts" / "next-latin-ext-700.woff2").read_bytes()),
    )
    becomes(frame, f"document.fonts.size === {before + 1}")
    loaded = "document.fonts.load('700 20px Next', 'ş').then((found) => found[0].status)"
    assert frame.evaluate(loaded) == "loaded"


def test_letters_of_twice_the_size_stay_on_the_screen(desk: Desk) -> None:
    _, frame = desk.opens(SCENES["troubled"])
    frame.evaluate("document.documentElement.style.fontSize = '200%'")
    assert frame.evaluate("document.documentElement.scrollWidth <= innerWidth")
