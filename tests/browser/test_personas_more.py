"""More of the ten personas: what they discover, compare, plan and talk about, on real services."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from skills.framework import metalektro
from tests.browser.persona_town import HENK, PersonaTown, Script, leaks, persona_town, takes
from tests.browser.test_intake import SECONDS_A_TAP, counted
from tests.browser.test_personas import label, listened, samples, scripts, shares, title
from tests.browser.test_share_page import reading
from tests.browser.test_wallet_bringing import brings
from tests.browser.test_wallet_integrity import FORMS
from tests.browser.test_wallet_skills import Grower
from tests.browser.test_wallet_standing import RELAYED, looks_again, stands
from tests.browser.wallet_person import at_work

__all__ = ["samples", "scripts"]

SECTOR = "**/list.jwt"
"""The sector's list, as a browser asks for it."""

SERVICES = ("issuer", "wallet", "verifier", "trust")


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory, samples: Path) -> Iterator[PersonaTown]:
    """The town, where a host has the status lists of all givers."""
    with persona_town(tmp_path_factory.mktemp("var"), samples) as running:
        yield running


def tells(grower: Grower, said: dict[str, int]) -> set[str]:
    """Answer every example that is shown: a level, 1 for a bit, or no; the skills of the noes."""
    examples = {skill.example_nl: each for each, skill in metalektro().skills.items()}
    refused = set()
    screens = grower.worker.screens
    while screens.get_by_role("button", name=grower.says("discover.no"), exact=True).count():
        count = screens.locator(".sp-row p.sp-small").first.inner_text()
        skill = examples[screens.locator(".sp-quote").inner_text()]
        level = said.get(skill, 0)
        if not level:
            refused.add(skill)
        grower.answers(*(("bit", 1) if level == 1 else ("yes", level) if level else ("no",)))
        expect(screens.get_by_text(count, exact=True)).to_have_count(0)
    return refused


def begins(grower: Grower, job: str, said: dict[str, int]) -> None:
    """From nothing to a passport with what somebody says of themselves about a job."""
    grower.sees("start.title")
    grower.presses("start.tell")
    grower.chooses_job(job)
    grower.sees("discover.ask")
    tells(grower, said)
    grower.keeps()
    grower.worker.opens()
    grower.sees("skills.title")


def plans(grower: Grower, action: str, day: str = "") -> None:
    """Choose a step of this name, on its usual day or another."""
    screens = grower.worker.screens
    screens.get_by_role("radio", name=re.compile(action)).check()
    if day:
        screens.locator("#day").fill(day)
    grower.presses("plan.start")
    grower.sees("grow.title")
    screens.locator("article", has_text=action).first.wait_for()


def test_p1_says_yes_no_or_a_bit_and_sees_each_skill_once(
    browser: Browser,
    town: PersonaTown,
    scripts: dict[str, Script],
    samples: Path,
    pictures: Path | None,
) -> None:
    """R1: five proofs and three own words, each skill once with source and date."""
    script, elsewhere = scripts["P1"], scripts["P2"]
    canary = script["must_never_leak"][0]["canary"]
    with at_work(browser, town, pictures) as worker:
        ahmet = Grower(worker)
        heard = listened(worker.page, "kluis", "wallet", "deel")
        ahmet.presses("start.tell")
        worker.screens.locator("#words").fill(f"Ik las plaatwerk. {canary}")
        ahmet.presses("discover.find")
        ahmet.sees("discover.ask")
        assert tells(ahmet, {})
        ahmet.chooses_job("cnc-draaier")
        ahmet.sees("discover.ask")
        refused = tells(ahmet, {**script["own_claims"], "meten-schuifmaat": 1})
        assert len(refused) >= 3
        ahmet.keeps()
        worker.opens()
        ahmet.sees("skills.title")
        brings(worker, "profile.json", (samples / "platform_profile.json").read_bytes())
        worker.sees("flow.said.title")
        for box in worker.stage.get_by_role("checkbox").all():
            box.check()
        worker.presses("flow.said.keep")
        worker.sees("flow.said.done")
        worker.presses("flow.to_passport")
        given = [*script["holds"], *elsewhere["holds"][:2]]
        for hold in given:
            takes(worker, town.gives(script["name"], hold), script["name"])
        ahmet.presses("tab.skills")
        ahmet.sees("skills.title")
        rows = worker.screens.locator(".card-row")
        expect(rows.filter(has_text=label("mech-monteren"))).to_have_count(1)
        names = rows.locator("strong").all_inner_texts()
        assert len(names) == len(set(names))
        proven = {skill for hold in given for skill in hold.get("skills", {})}
        assert {label(each) for each in proven | set(script["own_claims"])} <= set(names)
        for row in rows.all():
            source = row.locator("p.sp-subtle").inner_text()
            assert re.search(r"\d{1,2} [a-z]+", source), source
        ahmet.looks("p1-overview")
        assert not set(map(label, refused - proven)) & set(names)
    assert not leaks(canary, heard, town.octets_of(*SERVICES))


def test_p2_begins_evc_as_a_step_from_what_only_she_says(
    browser: Browser, town: PersonaTown, scripts: dict[str, Script], pictures: Path | None
) -> None:
    script = scripts["P2"]
    with at_work(browser, town, pictures) as worker:
        ria = Grower(worker)
        ria.presses("start.tell")
        worker.screens.locator("#words").fill("Ik vervang lagers en zoek mechanische storingen.")
        ria.presses("discover.find")
        ria.sees("discover.ask")
        tells(ria, script["own_claims"])
        ria.keeps()
        worker.opens()
        ria.sees("skills.title")
        worker.screens.get_by_role("link", name=label("lagers"), exact=True).click()
        ria.presses("skill.grow")
        plans(ria, "EVC", "2027-02-01")
        step = worker.screens.locator("article", has_text="EVC").first.inner_text()
        assert label("lagers") in step
        assert "1 februari 2027" in step
        assert "wie betaalt" in step
        ria.looks("p2-evc")


def test_p3_the_team_leader_sees_the_gap_and_kevin_chooses_a_step_with_a_day(
    browser: Browser, town: PersonaTown, scripts: dict[str, Script], pictures: Path | None
) -> None:
    script = scripts["P3"]
    with at_work(browser, town, pictures) as worker:
        kevin = Grower(worker)
        begins(kevin, "assemblagemedewerker", script["own_claims"])
        for hold in script["holds"]:
            takes(worker, town.gives(script["name"], hold), script["name"])
        link = shares(worker, label("heftruck"))
        with reading(browser, town, pictures) as leader:
            page = leader.page
            taps = counted(page)
            page.goto(town.services.address("verifier"))
            page.fill("#link", link)
            page.locator("form:has(#link) button.sp-button--primary").click()
            page.select_option("#vacancy", script["vacancy"])
            page.locator("form:has(#vacancy) button").click()
            page.locator("[data-fit]").first.wait_for()
            assert 1 <= len(taps) <= script["expect"]["seconds_max"] / SECONDS_A_TAP, taps
            missing = page.locator("[data-fit='not_shown']")
            assert label("mech-monteren") in " ".join(missing.all_inner_texts())
            assert missing.locator("[data-step]").count() == missing.count()
        kevin.presses("tab.skills")
        kevin.presses("fit.title")
        worker.screens.locator(".card-row a", has_text="Monteur machinebouw").first.click()
        gap = worker.screens.locator("#part-not_shown ~ ul li", has_text=label("mech-monteren"))
        gap.get_by_role("link").click()
        plans(kevin, "Oefenen op je werk", "2027-01-15")
        kevin.looks("p3-step")
        assert not leaks("Oefenen op je werk", town.octets_of(*SERVICES))


def test_the_passport_reminds_by_the_rule_of_each_kind_and_of_nothing_endless(
    browser: Browser, town: PersonaTown, scripts: dict[str, Script], pictures: Path | None
) -> None:
    """R25: a chain of confirmations that broke, a date that comes near, and work without end."""
    script = scripts["P9"]
    welder, work = script["holds"]
    confirmed = {
        "type": "lasbevestiging",
        "issuer": HENK,
        "document_number": welder["document_number"],
        "process": welder["process"],
    }
    safety = {"type": "vca-basis", "issuer": "Examencentrum Zuid (fictief)", "issued": "2016-12-21"}
    with at_work(browser, town, pictures) as worker:
        takes(worker, town.gives(script["name"], welder), script["name"], first=True)
        for day in welder["confirmations"]:
            offer = town.gives(script["name"], confirmed, confirmed_on=day)
            takes(worker, offer, script["name"])
        offer = town.gives(script["name"], safety, valid_until="2026-12-21")
        takes(worker, offer, script["name"])
        takes(worker, town.gives(script["name"], work), script["name"])
        worker.goes_to("screens.tab.passport")
        notices = worker.screens.locator(".notices li")
        weld = notices.filter(has_text=title(welder["type"]))
        expect(weld).to_contain_text("2 augustus")
        expect(notices.filter(has_text=title("vca-basis")).first).to_contain_text("21 december")
        expect(notices.filter(has_text=title(work["type"]))).to_have_count(0)
        row = worker.screens.locator(".card-row", has_text=title(welder["type"]))
        ended = worker.says("screens.standing.ended", day="2 augustus")
        expect(row).to_contain_text(ended)
        Grower(worker).looks("p9-reminders")


def test_a_host_of_status_lists_is_believed_while_the_sector_list_names_it(
    browser: Browser, town: PersonaTown, scripts: dict[str, Script], pictures: Path | None
) -> None:
    """R25: a small giver withdraws in the list of its host, in both kinds of list."""
    script = scripts["P9"]
    work = script["holds"][1]
    safety = {"type": "vca-basis", "issuer": "Examencentrum Zuid (fictief)", "issued": "2020-12-21"}
    with at_work(browser, town, pictures) as worker:
        for hidden in (RELAYED, SECTOR):  # the relay keeps lists for a while
            worker.page.route(hidden, lambda route: route.abort())
        offers = [
            town.gives(script["name"], work),
            town.gives_in(FORMS[-1], script["name"], safety, valid_until="2030-12-21"),
        ]
        for place, offer in enumerate(offers):
            takes(worker, offer, script["name"], first=place == 0)
        worker.goes_to("screens.tab.passport")
        titles = [title(work["type"]), title(safety["type"])]
        for standing in ("unknown", "valid", "revoked"):
            for each in titles:
                stands(worker, each, standing)
            if standing == "unknown":
                worker.page.unroute(SECTOR)
                worker.page.reload()
            elif standing == "valid":
                for hold, offer in zip((work, safety), offers, strict=True):
                    town.withdraws(hold, offer)
                looks_again(worker)
