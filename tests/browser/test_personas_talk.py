"""Petra, her union adviser and her manager: a mirror, two wishes, one step, one talk (P6, P10)."""

from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, expect
from pypdf import PdfReader

from tests.browser.adviser_visit import Visit
from tests.browser.guest import tells, visiting
from tests.browser.persona_town import PersonaTown, Script, leaks, takes
from tests.browser.test_personas import (
    label,
    listened,
    reads_cards,
    samples,
    scripts,
    shares,
    turning,
)
from tests.browser.test_share_page import reading
from tests.browser.test_wallet_skills import Grower
from tests.browser.test_wallet_talk import sends_card, writes_card
from tests.browser.wallet_person import Town, Worker, at_work

__all__ = ["samples", "scripts", "turning"]

KNOCK = """([path, body]) => Promise.all(["PUT", "POST", "PATCH", "DELETE"].map((method) =>
  fetch(path, { method, body, headers: { "Content-Type": "application/json" } })
    .then((answer) => answer.status)))"""
"""Whatever a page can try at an address."""


def petra(worker: Worker, town: PersonaTown, script: Script, *, first: int = 2) -> Grower:
    """Petra's own words, and the first proofs that organisations gave her."""
    grower = Grower(worker)
    own = {skill.replace("-", "_"): level for skill, level in script["own_claims"].items()}
    tells(grower, **own)
    for hold in script["holds"][:first]:
        takes(worker, town.gives(script["name"], hold), script["name"])
    worker.goes_to("screens.tab.skills")
    grower.sees("skills.title")
    return grower


def wishes(grower: Grower, *texts: str) -> None:
    """Write wishes down, for oneself."""
    grower.presses("grow.title")
    grower.sees("grow.title")
    for text in texts:
        grower.worker.screens.locator("#wish").fill(text)
        grower.presses("grow.write")
        grower.worker.screens.get_by_text(text).wait_for()
    grower.presses("skills.back")
    grower.sees("skills.title")


def test_p6_a_managers_remark_comes_back_as_a_proposal_and_changes_no_skill(
    browser: Browser, turning: PersonaTown, scripts: dict[str, Script], pictures: Path | None
) -> None:
    script, owner = scripts["P6"], scripts["P10"]
    canary = script["must_never_leak"][0]["canary"]
    with at_work(browser, turning, pictures) as worker:
        grower = petra(worker, turning, owner)
        wishes(grower, f"Ik wil weg van de band. {canary}")
        rows = worker.screens.locator(".card-row")
        rows.first.wait_for()  # the title comes first, and then all of them at once
        before = rows.all_inner_texts()
        writes_card(grower, "Cursus solderen in mei")
        link = sends_card(grower, owner["name"])
        paper = PdfReader(BytesIO(worker.page.pdf()))
        assert len(paper.pages) <= script["expect"]["pages_max"]
        printed = "".join(page.extract_text() for page in paper.pages)
        assert label("serie-assemblage") in printed
        worker.presses("flow.box.ready")
        with visiting(browser, turning, pictures) as erik:
            erik.opens(link, "talk.title", name=owner["name"])
            page = erik.reader.page
            assert label("serie-assemblage") in page.locator("main").inner_text()
            fields = page.locator("input, textarea, select").evaluate_all(
                "(all) => all.map(({ id }) => id.replace(/-\\d$/, ''))"
            )
            assert set(fields) == {"talk-agreement", "talk-comment", "talk-name"}
            assert script["expect"]["edit_rights"] is False
            erik.fills("talk.comment", "Je leert anderen het vak goed.")
            erik.fills("talk.name", script["name"])
            erik.presses("talk.send")
            page.get_by_role("heading", name=erik.says("talk.done"), exact=True).wait_for()
            seen = page.content()
        signed = worker.screens.get_by_role("button", name=script["name"])
        expect(signed).to_have_count(0)
        worker.screens.get_by_role("button", name=grower.says("asked.look")).click()
        worker.sees("flow.talk.found")
        expect(worker.stage.locator("#proposal")).to_contain_text("Je leert anderen het vak goed.")
        expect(worker.stage.locator("[data-changed='true']")).to_have_count(0)
        worker.presses("flow.box.yes")
        worker.sees("flow.box.all")
        worker.presses("flow.box.ready")
        expect(signed).to_have_count(1)
        grower.presses("skills.back")
        grower.sees("skills.title")
        expect(rows).to_have_count(len(before))
        assert rows.all_inner_texts() == before
    assert not leaks(canary, printed, seen, turning.octets_of("issuer", "wallet", "verifier"))


def test_p10_an_adviser_proposes_for_two_hours_and_nothing_is_shared_wider(
    browser: Browser, turning: PersonaTown, scripts: dict[str, Script], pictures: Path | None
) -> None:
    script = scripts["P10"]
    wish, refused = (each["canary"] for each in script["must_never_leak"])
    with (
        at_work(browser, turning, pictures) as worker,
        reading(browser, turning, pictures, width=1280) as adviser,
    ):
        heard = listened(worker.page, "kluis", "wallet", "deel")
        grower = petra(worker, turning, script, first=1)
        card = shares(worker, label("serie-assemblage"))
        _talked(grower)
        takes(worker, turning.gives(script["name"], script["holds"][1]), script["name"])
        worker.goes_to("screens.tab.skills")
        news = worker.screens.locator("section[aria-labelledby=news]")
        expect(news).to_contain_text(label("mech-monteren"))
        wishes(grower, f"Leren programmeren. {wish}", "Een dag meelopen bij onderhoud.")
        visit = Visit(grower, adviser)
        visit.invites(hours=script["expect"]["adviser_access_minutes_max"] // 60)
        visit.comes(name="Petra")
        assert wish not in adviser.page.content()
        visit.proposes_skill("inwerken", 2)
        visit.proposes_wish(f"Weg bij deze baas. {refused}")
        visit.proposes_step("kabelboom", "2027-03-01")
        _widens(visit, card)
        visit.waits_for(3)
        grower.presses("adviser.look")
        assert label("inwerken") in visit.answers("skill", yes=True)
        assert refused in visit.answers("wish", yes=False)
        assert label("kabelboom") in visit.answers("step", yes=True)
        worker.sees("flow.box.all")
        worker.presses("flow.box.ready")
        sent = [each.post_data or "" for each in adviser.asked]
        _has(grower, script)
        _keeps_wishes_to_herself(grower, wish)
    with reading(browser, turning, pictures) as reader:
        told = reads_cards(reader, card, 1)
        assert label("serie-assemblage") in told
        assert label("inwerken") not in told
    _is_over_after_two_hours(browser, turning, visit.link)
    assert not leaks(wish, told, heard, sent, turning.octets_of("issuer", "wallet", "verifier"))
    assert not leaks(refused, heard, sent, turning.octets_of("issuer", "wallet"))


def _talked(grower: Grower) -> None:
    """The talk of last year took place."""
    grower.worker.goes_to("screens.tab.skills")
    grower.presses("talk.title")
    grower.presses("talk.talked")
    said = grower.worker.screens.locator(".result")
    expect(said).to_have_text(grower.says("done.talked"))


def _widens(visit: Visit, card: str) -> None:
    """The adviser tries to make the deelkaart wider: there is no way, and no address takes it."""
    page, path = visit.adviser.page, urlsplit(card).path
    assert path not in page.content()
    for place in (path, f"{path}/open", f"/api/shares/{path.rpartition('/')[2]}", "/api/shares"):
        answers = page.evaluate(KNOCK, [place, '{"skills": ["inwerken"], "gate": "AAAA"}'])
        assert min(answers) >= HTTPStatus.BAD_REQUEST, (place, answers)


def _has(grower: Grower, script: Script) -> None:
    """What she said yes to is hers; one action started, with its day."""
    screens = grower.worker.screens
    grower.worker.goes_to("screens.tab.skills")
    row = screens.locator(".card-row", has_text=label("inwerken"))
    expect(row.locator(".sp-grade--self")).to_be_visible()
    grower.presses("grow.title")
    grower.sees("grow.title")
    steps = screens.locator("article", has_text=label("kabelboom"))
    expect(steps).to_have_count(script["expect"]["actions_started_min"])
    expect(steps).to_contain_text("1 maart 2027")
    expect(screens.get_by_text("Weg bij deze baas")).to_have_count(0)
    grower.presses("skills.back")


def _keeps_wishes_to_herself(grower: Grower, wish: str) -> None:
    """Both wishes may go on the talk card, and neither does until she ticks it."""
    worker = grower.worker
    grower.presses("talk.title")
    grower.sees("talk.title")
    asked = worker.screens.locator("fieldset", has_text=grower.says("talk.wishes"))
    boxes = asked.get_by_role("checkbox")
    expect(boxes).to_have_count(2)
    assert not [box for box in boxes.all() if box.is_checked()]
    worker.screens.locator("fieldset").first.get_by_role("checkbox").first.check()
    grower.presses("talk.make")
    worker.sees("web.talk.title")
    assert wish not in worker.stage.inner_text()
    worker.presses("web.talk.ready")


def _is_over_after_two_hours(browser: Browser, town: PersonaTown, link: str) -> None:
    later: Town = town.later(hours=2, minutes=1)
    with visiting(browser, later) as late:
        late.opens(link, "box.over")
