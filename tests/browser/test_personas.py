"""The ten personas of the samples, end to end as far as there are screens, on real services."""

import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from schemas import catalog
from schemas.declarations import lists
from schemas.messages import sentence
from skills.evidence import Grade
from skills.framework import metalektro
from tests.browser.persona_town import (
    HENK,
    PersonaTown,
    Script,
    as_expected,
    asking,
    leaks,
    persona_town,
    personas,
    takes,
)
from tests.browser.test_intake import SECONDS_A_TAP, counted
from tests.browser.test_keeper import authenticator
from tests.browser.test_share_page import Reader, reading
from tests.browser.waiting import comes
from tests.browser.wallet_person import Worker, at_work

NEW_EMPLOYER = "CANARY-P7-NIEUW"
OLD_EMPLOYER = "Oude Werkgever Techniek (fictief)"


@pytest.fixture(scope="module")
def samples(vectors: Path) -> Path:
    """The folder with the scripts."""
    return vectors.parent / "samples"


@pytest.fixture(scope="module")
def scripts(samples: Path) -> dict[str, Script]:
    """The scripts by id."""
    return personas(samples)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory, samples: Path) -> Iterator[PersonaTown]:
    """The town; whoever checks there takes no forklift certificate of more than five years."""
    with persona_town(
        tmp_path_factory.mktemp("var"),
        samples,
        house_rules='{"heftruck": 60}',
        client_name=NEW_EMPLOYER,
    ) as running:
        yield running


@pytest.fixture
def turning(tmp_path: Path, samples: Path) -> Iterator[PersonaTown]:
    """A town of its own, whose clock a test turns."""
    with persona_town(tmp_path, samples) as running:
        yield running


def private(name: str, value: str) -> dict[str, str]:
    """A detail on a proof that its owner shows to nobody."""
    return {"label": name, "label_en": name, "value": value}


def listened(page: Page, *labels: str) -> list[str]:
    """Every address and body that a page sends to services of these names, as they come."""
    heard: list[str] = []
    sites = re.compile(rf"^http://(?:{'|'.join(labels)})\.localhost")
    page.on(
        "request",
        lambda sent: (
            heard.append(f"{sent.url.partition('#')[0]} {sent.post_data or ''}")
            if sites.match(sent.url)
            else None
        ),
    )
    return heard


def label(skill: str) -> str:
    """What a skill is called in Dutch."""
    return metalektro().skills[skill].label_nl


def title(type_id: str) -> str:
    """What a type is called in Dutch."""
    return catalog.credential_type(type_id).title("nl")


def holds(worker: Worker, town: PersonaTown, script: Script, **more: object) -> None:
    """Receive everything that the script says an organisation gave."""
    given = [hold for hold in script["holds"] if hold["issuer"] in town.keys]
    for number, hold in enumerate(given):
        takes(worker, town.gives(script["name"], hold, **more), script["name"], first=not number)


def shares(worker: Worker, *labels: str) -> str:
    """Make a deelkaart with these lines; its link, as the screen's code has it."""
    worker.starts_sharing()
    for each in labels:
        for box in worker.stage.get_by_label(each).all():
            box.check()
    worker.presses("flow.share.look")
    worker.presses("flow.share.make")
    worker.sees("flow.share.scan")
    link = worker.scans()
    worker.ends_sharing()
    return link


def shows(worker: Worker, request: Mapping[str, str], *rivals: int) -> Any:  # noqa: ANN401 - JSON, read by key
    """Answer a question live, choosing among rivals; where it then stands."""
    worker.follows(request["link"])
    for place in rivals:
        worker.reads("flow.choose.title")
        worker.stage.get_by_role("radio").nth(place).check()
        worker.presses("web.next")
    worker.reads("flow.seen.title")
    for box in worker.stage.get_by_role("checkbox").all():
        box.check()
    worker.presses("flow.ask.yes")
    worker.sees("flow.done.title")
    return worker.town.state(request)


def verdicts(state: Script) -> dict[str, Script]:
    """The verdicts of an answer by the id of their type."""
    known = {kind.url: kind.id for kind in catalog.credential_types()}
    return {known[each["type"]["url"]]: each for each in state["verdicts"]}


def reads_cards(reader: Reader, link: str, count: int, name: str = "") -> str:
    """Open a deelkaart of so many proofs; everything the page says."""
    reader.follows(link)
    reader.opens(name=name)
    expect(reader.page.locator(".sp-verdict")).to_have_count(count)
    return reader.page.locator("main").inner_text()


def test_a_planted_canary_is_found(town: PersonaTown) -> None:
    planted = town.services.var / "wallet" / "planted"
    try:
        planted.write_bytes(b64encode(b"xxCANARY-PLANTED"))
        assert leaks("CANARY-PLANTED", town.octets_of("wallet"))
    finally:
        planted.unlink()
    assert not leaks("CANARY-PLANTED", town.octets_of("wallet"))


def test_p1_proofs_of_work_and_of_the_sports_club_stand_side_by_side(
    browser: Browser, town: PersonaTown, scripts: dict[str, Script], pictures: Path | None
) -> None:
    script = scripts["P1"]
    with at_work(browser, town, pictures) as worker:
        heard = listened(worker.page, "kluis", "wallet")
        holds(worker, town, script)
        worker.goes_to("screens.tab.passport")
        for hold in script["holds"]:
            card = worker.screens.locator("li", has_text=title(hold["type"]))
            card.filter(has_text=hold["issuer"]).first.wait_for()
        assert heard
        assert not leaks("Sportvereniging De Vecht", town.octets_of("wallet"), heard)


def test_p2_the_new_manager_reads_how_sure_each_skill_is(
    browser: Browser, town: PersonaTown, scripts: dict[str, Script], pictures: Path | None
) -> None:
    script, canary = scripts["P2"], scripts["P2"]["must_never_leak"][0]["canary"]
    secret = [private("reden van vertrek elders", canary)]
    with at_work(browser, town, pictures) as worker:
        heard = listened(worker.page, "kluis", "wallet", "deel")
        first, second = script["holds"][:2]
        takes(worker, town.gives(script["name"], first), script["name"], first=True)
        takes(worker, town.gives(script["name"], second, details=secret), script["name"])
        link = shares(worker, *(label(each) for each in ("mech-monteren", "uitlijnen", "inwerken")))
        with reading(browser, town, pictures) as reader:
            told = reads_cards(reader, link, 2)
            found: dict[str, Grade] = {}
            for row in reader.page.locator("li:has(.sp-grade)").all():
                name = row.locator("strong").inner_text()
                drawn = re.search(r"sp-grade--(\w+)", row.inner_html())
                assert drawn is not None
                found[name] = max(found.get(name, Grade.SELF), Grade[drawn[1].upper()])
            sent = [each.post_data or "" for each in reader.asked]
        expected = {
            label(skill): Grade[grade.upper()]
            for skill, grade in script["expect"]["grade_of"].items()
            if grade != "self"
        }
        assert found == expected
        assert "Velden" not in told
        assert not leaks(canary, told, sent, heard, town.octets_of("wallet", "verifier"))


def test_p3_the_agencys_firm_sees_what_is_there_and_that_its_own_rule_is_older(
    browser: Browser, town: PersonaTown, scripts: dict[str, Script], pictures: Path | None
) -> None:
    script, canary = scripts["P3"], scripts["P3"]["must_never_leak"][0]["canary"]
    with at_work(browser, town, pictures) as worker:
        heard = listened(worker.page, "kluis", "wallet", "deel")
        holds(worker, town, script)
        link = shares(worker, label("heftruck"))
        with reading(browser, town, pictures) as other:
            reads_cards(other, link, 1, name=canary)
        taps = counted(worker.page)
        state = shows(worker, town.ask("forklift"))
        assert 1 <= len(taps) <= script["expect"]["seconds_max"] / SECONDS_A_TAP, taps
        found = verdicts(state)
        for type_id, expected in script["expect"]["verdict"].items():
            as_expected(found[type_id], expected)
        assert not leaks(canary, str(state), heard, town.octets_of("wallet", "verifier"))


def test_p5_a_birthday_is_asked_of_nobody_and_nobody_gets_a_score(
    browser: Browser, town: PersonaTown, scripts: dict[str, Script], pictures: Path | None
) -> None:
    script, candidate = scripts["P5"], scripts["P1"]
    canary = script["must_never_leak"][0]["canary"]
    assert lists().usual.retention_days == 7 * script["expect"]["retention_weeks_default"]
    query = {"credentials": [asking("cnc-frezen-vakcertificaat", "skills", "birth_date")]}
    assert town.refuses(query) == "asker_unchecked"
    with at_work(browser, town, pictures) as worker:
        secret = [private("wat hij niet liet zien", canary)]
        hold = candidate["holds"][0]
        offer = town.gives(candidate["name"], hold, details=secret)
        takes(worker, offer, candidate["name"], first=True)
        link = shares(worker, label("cnc-frezen"), label("opspannen"))
    with reading(browser, town, pictures) as recruiter:
        page = recruiter.page
        page.goto(town.services.address("verifier"))
        page.fill("#link", link)
        page.locator("form:has(#link) button.sp-button--primary").click()
        page.select_option("#vacancy", script["vacancy"])
        page.locator("form:has(#vacancy) button").click()
        page.locator("[data-fit]").first.wait_for()
        fits = {
            row.locator("strong").first.inner_text(): row.get_attribute("data-fit")
            for row in page.locator("[data-fit]").all()
        }
        asked = ("cnc-frezen", "opspannen", "meten-schuifmaat", "tolerantie", "5assig", "cam")
        fit = ("partly", "met", "not_shown", "not_shown", "partly", "not_shown")
        assert fits == {label(skill): word for skill, word in zip(asked, fit, strict=True)}
        told = page.locator("main").inner_text()
        assert not re.search(r"\d\s*%|\bscore\b|punten|\d+ van \d+|rang", told, re.IGNORECASE)
        assert not leaks(canary, page.content(), town.octets_of("verifier"))


def test_p7_all_goes_along_and_holds_without_the_old_employer(
    browser: Browser,
    town: PersonaTown,
    scripts: dict[str, Script],
    pictures: Path | None,
    tmp_path: Path,
) -> None:
    script, words = scripts["P7"], "drie natte fietsen"
    with at_work(browser, town, pictures) as old:
        holds(old, town, script)
        file = old.exports(words, tmp_path)
    town.abandons(OLD_EMPLOYER)
    with at_work(browser, town, pictures) as worker:
        heard = listened(worker.page, "kluis", "wallet", "deel")
        takes(worker, town.offer("bhv", date_of_course="2026-09-07"), "Jan Bakker", first=True)
        worker.brings(file, words)
        worker.sees("flow.import.found")
        worker.presses("flow.keep.yes")
        worker.sees("flow.import.done")
        worker.presses("flow.to_passport")
        parts = [
            asking("nen-3140-aanwijzing-vop", "designated_from", "review_by", name="designation"),
            asking("vca-basis", "date_of_exam", "valid_until", name="vca"),
        ]
        state = shows(worker, town.ask(None, dcql_query={"credentials": parts}))
    found = verdicts(state)
    for type_id, expected in script["expect"]["verdict"].items():
        as_expected(found[type_id], expected)
    assert "Opgeleid, nog niet aangewezen bij dit bedrijf." in str(found)
    assert not leaks(NEW_EMPLOYER, heard, town.octets_of("wallet", "issuer"))


def test_p9_a_missing_confirmation_ends_the_qualification_on_its_day(
    browser: Browser, town: PersonaTown, scripts: dict[str, Script], pictures: Path | None
) -> None:
    script = scripts["P9"]
    welder = script["holds"][0]
    confirmed = {
        "type": "lasbevestiging",
        "issuer": HENK,
        "document_number": welder["document_number"],
        "process": welder["process"],
    }
    with at_work(browser, town, pictures) as worker:
        takes(worker, town.gives(script["name"], welder), script["name"], first=True)
        for day in welder["confirmations"]:
            offer = town.gives(script["name"], confirmed, confirmed_on=day)
            takes(worker, offer, script["name"])
        parts = [
            asking(welder["type"], "date_of_test", "process", "position", "route"),
            asking("lasbevestiging", "confirmed_on", "process", name="first"),
            asking("lasbevestiging", "confirmed_on", "process", name="second"),
        ]
        state = shows(worker, town.ask(None, dcql_query={"credentials": parts}), 0, 1)
    for type_id, expected in script["expect"]["verdict"].items():
        as_expected(verdicts(state)[type_id], expected)


def test_p4_a_colleague_reads_without_account_and_no_longer_after_its_end(
    browser: Browser, turning: PersonaTown, scripts: dict[str, Script], pictures: Path | None
) -> None:
    kevin, script = scripts["P3"], scripts["P4"]
    canary = script["must_never_leak"][0]["canary"]
    secret = [private("adres", canary)]
    with at_work(browser, turning, pictures) as worker:
        offer = turning.gives(kevin["name"], kevin["holds"][1], details=secret)
        takes(worker, offer, kevin["name"], first=True)
        link = shares(worker, label("heftruck"))
    with reading(browser, turning, pictures) as reader:
        told = reads_cards(reader, link, 1)
        assert (label("heftruck") in told, "Bakker" in told) == (True, False)
        assert bool(reader.page.context.cookies()) is script["expect"]["account_needed"]
        shown = reader.page.content()
    with reading(browser, turning.later(days=8), pictures) as reader:
        reader.follows(link)
        with reader.page.expect_response("**/open") as answer:
            reader.opens()
        assert answer.value.status == script["expect"]["after_expiry_http"]
        reader.sees(reader.says("share.gone"))
        gone = reader.page.content()
    assert not leaks(canary, shown, gone, turning.octets_of("wallet", "verifier"))


def test_p8_a_small_firm_gives_an_honest_paper_from_a_phone(
    browser: Browser, turning: PersonaTown, scripts: dict[str, Script], pictures: Path | None
) -> None:
    script, jan = scripts["P8"], scripts["P9"]
    canary, site = script["must_never_leak"][0]["canary"], turning.services.address("issuer")
    context = browser.new_context(viewport={"width": 360, "height": 800}, locale="nl")
    page = context.new_page()
    page.goto(f"{site}{turning.invitations[HENK]}")
    authenticator(page, prf=False)
    page.locator("form[data-passkey] button").click()
    page.wait_for_url(f"{site}/")
    page.goto(f"{site}/templates/werkervaringsverklaring")
    given, _, family = jan["name"].partition(" ")
    fields = {
        "given_name": given,
        "family_name": family,
        "period.from": "2004-03-01",
        "period.until": "2026-10-31",
    }
    for name, value in fields.items():
        page.fill(f"[name='{name}']", value)
    page.select_option("[name='skill.1']", "las-mag")
    page.select_option("[name='level.1']", "4")
    assert len(fields) + 2 <= script["expect"]["form_fields_max"]
    assert page.locator("main [required]").count() <= script["expect"]["form_fields_max"]
    page.locator("form[action$='/offers'] button.sp-button--primary").click()
    page.wait_for_url("**/made/**")
    made = page.url
    expect(page.locator(".sp-qr")).to_have_count(0)
    tomorrow = turning.later(days=1, minutes=5)
    page.goto(f"{site}/sign-in")
    page.locator("form[data-passkey='show'] button").click()
    page.wait_for_url(f"{site}/")
    comes(page, made, page.locator(".sp-qr"))
    page.locator("summary").first.click()
    link = str(page.locator(".sp-qr-panel a").get_attribute("href"))
    pin = re.sub(r"\D", "", page.locator(".sp-pin").inner_text())
    with at_work(browser, tomorrow, pictures) as worker:
        takes(worker, {"link": link, "tx_code": pin}, jan["name"], first=True)
        card = shares(worker, label("las-mag"))
        with reading(browser, tomorrow, pictures) as reader:
            reads_cards(reader, card, 1, name=canary)
        page.goto(f"{site}/overview?show=positive")
        row = page.locator("tbody tr", has_text=family).first
        row.locator("[name='row']").check()
        page.select_option("#reason", label=sentence("issuer.reason.mistake", "nl"))
        page.locator("button[value='revoked']").click()
        page.locator(".sp-notice").first.wait_for()
        heard = page.content()
    context.close()
    assert not leaks(canary, heard, turning.octets_of("issuer"))
