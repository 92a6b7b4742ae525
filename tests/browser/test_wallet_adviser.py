"""Adviser mode at the real keeper: two people, two browsers, one box between them (R18)."""

import re
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import cast

import pytest
from playwright.sync_api import Browser, expect
from sqlmodel import select

from schemas.messages import sentence
from tests.browser.adviser_visit import Visit, together
from tests.browser.test_share_page import Reader
from tests.browser.test_wallet_skills import found_in, starts
from tests.browser.waiting import until
from tests.browser.wallet_person import Town
from tests.browser.wallet_site import WalletSite, serving_wallet, worker
from tests.browser.wallet_site import Worker as AtKeeper
from tests.wallet.keeping import Turning
from wallet.sweeping import sweep
from wallet.tables import Mailbox, MailboxMessage

WISH = "CANARY-R18-WENS"


def named(visit: Visit, town: Town) -> None:
    """A worker with a proof, so with a name, dates and a giver, and a wish."""
    worker = visit.worker.worker
    worker.receives(town.offer())
    worker.leaves()
    visit.worker.presses("tab.skills")
    visit.worker.sees("skills.title")
    visit.worker.presses("grow.title")
    worker.screens.locator("#wish").fill(WISH)
    visit.worker.presses("grow.write")
    worker.screens.get_by_text(WISH).wait_for()
    visit.worker.presses("skills.back")


@pytest.mark.parametrize(
    ("language", "widths"),
    [("nl", (360, 1280)), ("en", (360, 1280)), ("nl", (320, 360))],
    ids=["nl", "en", "nl-phones"],
)
def test_an_adviser_proposes_and_the_worker_decides_on_each(
    browser: Browser, town: Town, pictures: Path | None, language: str, widths: tuple[int, int]
) -> None:
    with together(browser, town, pictures, language=language, widths=widths) as visit:
        worker, adviser = visit.worker, visit.adviser
        starts(worker)
        visit.invites(looks=True)
        visit.comes(name="")
        page = adviser.page
        expect(page.locator("section[aria-labelledby=skills] li")).to_have_count(4)
        assert re.search(r"\d{2}:\d{2}", page.locator("#until").inner_text())
        adviser.looks("adviser-page")
        visit.proposes_skill("las-mag", 2)
        visit.proposes_wish("Leren solderen")
        visit.proposes_step("cnc-frezen", "2027-03-01")
        visit.chooses("step")
        adviser.looks("adviser-step")
        visit.remarks("Goed gesprek.")
        adviser.looks("adviser-sent")
        visit.waits_for(4)
        worker.looks("adviser-waiting")
        worker.presses("tab.passport")
        worker.worker.screens.get_by_text(worker.says("notice.adviser")).wait_for()
        worker.looks("adviser-notice")
        worker.presses("notice.answers.do")
        worker.sees("adviser.title")
        worker.presses("adviser.look")
        worker.worker.sees("flow.adviser.skill")
        worker.worker.looks("adviser-proposal")
        assert "MAG" in visit.answers("skill", yes=True)
        assert "solderen" in visit.answers("wish", yes=False)
        worker.worker.sees("flow.adviser.step")
        worker.worker.looks("adviser-proposal-step")
        assert "2027" in visit.answers("step", yes=True)
        assert "Goed gesprek." in visit.answers("remark", yes=True)
        worker.worker.sees("flow.box.all")
        worker.worker.looks("adviser-all")
        worker.worker.presses("flow.box.ready")
        _ends(visit)
        adviser.looks("adviser-over")
        _has_what_was_taken_over(visit)


def _ends(visit: Visit) -> None:
    worker = visit.worker
    worker.sees("adviser.title")
    expect(worker.worker.screens.get_by_text(worker.says("adviser.quiet"))).to_be_visible()
    worker.presses("adviser.end")
    worker.worker.sees("flow.box.end")
    worker.worker.looks("adviser-end")
    worker.worker.presses("flow.box.end_yes")
    worker.sees("adviser.title")
    counts = worker.says("adviser.counts", yes=3, no=1)
    worker.worker.screens.get_by_text(counts).wait_for()
    worker.worker.screens.get_by_text("Goed gesprek.").wait_for()
    worker.looks("adviser-past")
    visit.is_over()


def _has_what_was_taken_over(visit: Visit) -> None:
    worker = visit.worker
    screens = worker.worker.screens
    worker.presses("skills.back")
    worker.sees("skills.title")
    expect(screens.locator(".card-row")).to_have_count(5)
    expect(screens.locator(".card-row").filter(has_text="MIG/MAG")).to_contain_text(
        worker.worker.says("common.grade.self")
    )
    worker.presses("grow.title")
    worker.sees("grow.title")
    expect(screens.get_by_text("2027")).to_be_visible()
    expect(screens.get_by_text("solderen")).to_have_count(0)
    worker.presses("tab.log")
    worker.sees("log.title")
    for key in ("web.log.adviser_opened", "web.log.adviser_closed"):
        expect(screens.get_by_text(worker.worker.says(key)).first).to_be_visible()


def test_the_snapshot_holds_what_was_ticked_and_no_more(browser: Browser, town: Town) -> None:
    with together(browser, town) as visit:
        named(visit, town)
        visit.invites()
        visit.comes()
        text = visit.adviser.page.content()
        assert "Heftruck" in text
        for hidden in (WISH, "Bakker", "2026-09-07", "7 september", "Demo", "did:web", "eyJ"):
            assert hidden not in text, hidden
        assert found_in(town, WISH) == []
        visit.worker.presses("adviser.end")
        visit.worker.worker.presses("flow.box.end_yes")
        visit.is_over()
        visit.worker.presses("skills.back")
        visit.invites("flow.adviser.wishes")
        visit.comes()
        assert WISH in visit.adviser.page.content()
        assert "Bakker" not in visit.adviser.page.content()


def test_a_wrong_key_and_a_broken_link_open_nothing(browser: Browser, town: Town) -> None:
    with together(browser, town) as visit:
        starts(visit.worker)
        visit.invites()
        adviser = visit.adviser
        address, _, key = visit.link.partition("#")
        adviser.follows(f"{address}#{key[::-1] if key[0] in 'AQgw' else 'A' * 22}")
        adviser.sees(adviser.says("box.damaged"))
        assert "Draaien" not in adviser.page.content()
        adviser.follows(f"{address}#short")
        adviser.sees(adviser.says("box.broken"))
        asked = [each for each in adviser.asked if each.method == "POST"]
        assert [each.url.partition("/b/")[2].partition("/")[2] for each in asked] == ["open"]
        assert all(key not in each.url for each in adviser.asked)


def test_a_letter_that_does_not_open_is_counted_and_stops_nothing(
    browser: Browser, town: Town
) -> None:
    with together(browser, town) as visit:
        starts(visit.worker)
        visit.invites()
        visit.comes(name="")
        bent = """(path) => fetch(path, {
          method: "POST", headers: { "Content-Type": "application/json" },
          body: JSON.stringify({ message: btoa("bent".repeat(40)).replaceAll("=", "") }),
        }).then((answer) => answer.status)"""
        path = visit.link.partition("#")[0]
        assert visit.adviser.page.evaluate(bent, path) == HTTPStatus.CREATED
        visit.remarks("Goed gesprek.")
        visit.waits_for(1)
        screens = visit.worker.worker.screens
        unreadable = visit.worker.says("adviser.unreadable.one", count=1)
        screens.get_by_text(unreadable).wait_for()
        visit.worker.presses("adviser.look")
        visit.answers("remark", yes=True)
        visit.worker.worker.reads("flow.box.unreadable", count=1)


def test_both_sides_go_by_keyboard_alone(browser: Browser, town: Town) -> None:
    with together(browser, town) as visit:
        starts(visit.worker)
        visit.invites()
        visit.comes(name="")
        page = visit.adviser.page
        page.locator("input[name=what][value=skill]").focus()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Tab")
        page.keyboard.type("In eigen")
        page.keyboard.press("Tab")
        page.keyboard.type("Leren solderen")
        page.keyboard.press("Enter")
        expect(page.locator("#sent li")).to_have_count(1)
        visit.waits_for(1)
        phone = visit.worker.worker
        visit.worker.presses("adviser.look")
        phone.sees("flow.adviser.wish")
        phone.tabs_to("flow.box.no")
        phone.page.keyboard.press("Enter")
        phone.sees("flow.box.all")
        phone.tabs_to("flow.box.ready")
        phone.page.keyboard.press("Enter")
        visit.worker.sees("adviser.title")


@pytest.fixture
def clock() -> Turning:
    """The service's clock, which a test turns."""
    return Turning(datetime.now(UTC))


def test_at_its_end_both_sides_are_deleted(
    browser: Browser, tmp_path: Path, clock: Turning
) -> None:
    with serving_wallet(tmp_path, clock=clock) as site:
        phone = worker(browser, site)
        phone.sign_up()
        phone.tell("invite", box="adviser", about="")
        _flow(phone, "flow.adviser.make")
        link = phone.step.locator("#box-link").inner_text()
        _flow(phone, "flow.box.ready")
        phone.done()
        adviser = Reader(browser.new_context(locale="nl").new_page(), "nl", None)
        adviser.page.clock.install()
        adviser.follows(link)
        adviser.sees(adviser.says("adviser.title_nameless"))
        adviser.page.locator("input[value=remark]").check()
        adviser.page.locator("textarea").fill("CANARY-R18-OPMERKING")
        adviser.page.get_by_role("button", name=adviser.says("adviser.send")).click()
        expect(adviser.page.locator("#sent li")).to_have_count(1)
        assert _kept(site) == (1, 2)
        clock.moment += timedelta(hours=4, minutes=5)  # the phone's clock went on meanwhile
        adviser.page.clock.fast_forward("04:05:00")
        adviser.sees(adviser.says("box.over"))
        assert "CANARY" not in adviser.page.content()
        assert link.partition("#")[2] not in adviser.page.url
        adviser.follows(link)
        adviser.sees(adviser.says("box.over"))
        sweep(site.app.state.doors)
        assert _kept(site) == (0, 0)
        phone.ask("lock")
        phone.tell("unlock")
        phone.press("open.passkey")
        phone.done()
        boxes = _boxes_that_ended(phone)
        assert [(box["open"], box["waiting"], box["yes"]) for box in boxes] == [(False, 0, 0)]
        assert "CANARY" not in str(boxes)
        log = str(phone.ask("log"))
        assert "adviser_opened" in log
        assert "adviser_closed" in log
        assert phone.faults == []
        adviser.page.context.close()
        phone.page.context.close()


def _flow(phone: AtKeeper, key: str) -> None:
    phone.step.get_by_role("button", name=sentence(key, "nl"), exact=True).click()


def _boxes_that_ended(phone: AtKeeper) -> list[dict[str, object]]:
    """The boxes as the screens hear of them, once the keeper has looked again."""
    boxes: list[dict[str, object]] = []

    def ended() -> bool:
        boxes[:] = cast("list[dict[str, object]]", phone.ask("boxes")["ok"])
        return not any(box["open"] for box in boxes)

    until(phone.page, ended, "it never ended")
    return boxes


def _kept(site: WalletSite) -> tuple[int, int]:
    """Boxes and letters at the service."""
    with site.app.state.doors.database.reading() as session:
        return len(session.exec(select(Mailbox)).all()), len(
            session.exec(select(MailboxMessage)).all()
        )
