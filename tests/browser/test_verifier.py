"""The recruiter in a real browser: deelkaart, file, many at once, at the gate; both languages."""

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from io import BytesIO
from itertools import count
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from credentials.dids.web import did_web
from credentials.encoding import JsonObject, b64url_encode
from credentials.trust.entities import KeptStatus
from schemas.messages import sentence
from skills.framework import metalektro
from tests.browser.person import Person
from tests.browser.verifier_site import address, serving_verifier
from tests.conftest import NOW
from tests.verifier.share_site import ShareSite
from tests.verifier.world import LIST_URL, SCHOOL, STATUS_URI, World, named
from verifier.sector_list import demo_issuer, make_demo_list

CASES = [("nl", 360), ("en", 1280), ("en", 360), ("nl", 1280), ("nl", 320)]

SEQUENCES = count(10, 2)
"""Numbers of lists only go up."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ShareSite]:
    """A verifier over real HTTP, with a school, a sector's list and a share site that we steer."""
    with serving_verifier(tmp_path_factory.mktemp("verifier")) as running:
        yield running


@pytest.fixture(params=CASES, ids=lambda case: f"{case[0]}-{case[1]}")
def recruiter(
    request: pytest.FixtureRequest, browser: Browser, pictures: Path | None, site: ShareSite
) -> Iterator[Person]:
    """Somebody at a screen, at the first page."""
    language, width = request.param
    context = browser.new_context(
        viewport={"width": width, "height": 800},
        locale={"nl": "nl-NL", "en": "en-GB"}[language],
    )
    person = Person(context.new_page(), language, pictures)
    person.opens(address(site))
    yield person
    context.close()


def paste(person: Person, text: str, *, vacancy: str = "") -> None:
    """A link into the first box; anything else into that for text."""
    box = "#link" if "/s/" in text else "#proof"
    person.page.fill(box, text)
    person.presses(f"form:has({box}) button")
    if vacancy:
        person.page.select_option("#vacancy", vacancy)
        person.presses("form:has(#vacancy) button")


def outcomes(person: Person) -> list[str]:
    """The four answers of the first proof."""
    rows = person.page.locator(".sp-verdict").first.locator("> li")
    return [str(rows.nth(index).get_attribute("data-outcome")) for index in range(rows.count())]


def says(person: Person, key: str, **values: object) -> bool:
    """Whether the page says this sentence."""
    return sentence(key, person.language, **values) in person.page.locator("main").inner_text()


def test_a_deelkaart_becomes_a_verdict_and_a_page_for_the_file(
    recruiter: Person, site: ShareSite
) -> None:
    recruiter.looks("verifier-start")
    paste(recruiter, site.shared(), vacancy="vac-003")
    recruiter.looks("verifier-card")
    assert outcomes(recruiter) == ["passed", "passed", "passed", "undetermined"]
    assert says(recruiter, "verdict.holder.holder_card_only")
    assert recruiter.page.locator("[data-fit]").count() == 6
    with recruiter.page.expect_download() as download:
        recruiter.page.locator("a[href*='/verdict.pdf']").click()
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF")
    recruiter.page.locator("form[action='/requests'] button").click(no_wait_after=True)
    recruiter.page.wait_for_selector(".sp-qr")  # the page waits for the answer, so it never ends
    recruiter.looks("verifier-confirm")
    assert recruiter.scans()


def test_a_deelkaart_with_a_spoken_code_asks_for_it(recruiter: Person, site: ShareSite) -> None:
    link = site.link(coded=True)
    paste(recruiter, site.publish(link, site.card(link), site.card(link), code="4711"))
    recruiter.looks("verifier-code")
    recruiter.page.fill("[name='code']", "4711")
    recruiter.presses("main form button")
    recruiter.looks("verifier-two-cards")
    assert recruiter.page.locator(".sp-verdict").count() == 2


def test_many_become_one_table_without_script(
    recruiter: Person, site: ShareSite, tmp_path: Path
) -> None:
    recruiter.presses("a[href='/many']")
    recruiter.looks("verifier-many")
    proof = str(site.world.issue(site.world.credential()))
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("ahmet-demir.txt", proof)
        archive.writestr("kopie.txt", proof[:-40])
        archive.writestr("deelkaart.txt", site.shared())
        archive.writestr("leeg.txt", "")
    target = tmp_path / "proofs.zip"
    target.write_bytes(packed.getvalue())
    recruiter.page.set_input_files("#file", target)
    recruiter.presses("main form button")
    recruiter.page.wait_for_selector("a[href$='/table.csv']")
    recruiter.looks("verifier-table")
    assert recruiter.page.locator("tbody tr").count() == 4
    with recruiter.page.expect_download() as download:
        recruiter.page.locator("a[href$='/table.csv']").click()
    assert "ahmet-demir.txt" in Path(download.value.path()).read_text("utf-8-sig")
    recruiter.presses("tbody a")
    recruiter.looks("verifier-from-table")


def test_a_withdrawn_proof_and_an_unknown_giver_are_told_apart(
    recruiter: Person, site: ShareSite
) -> None:
    world = site.world
    stranger = named("https://elsewhere.example")
    foreign = replace(world.credential(), issuer="did:web:elsewhere.example", status=())
    world.statuses[7] = 1
    world.publish_statuses()
    try:
        paste(recruiter, str(world.issue(world.credential())), vacancy="vac-003")
        recruiter.looks("verifier-withdrawn")
        assert outcomes(recruiter)[2] == "failed"
        assert says(recruiter, "verifier.beside.out")
    finally:
        world.statuses.clear()
        world.publish_statuses()
    recruiter.presses("a[href='/']")
    paste(recruiter, str(world.issue(foreign, signer=stranger)))
    recruiter.looks("verifier-unknown-giver")
    assert outcomes(recruiter)[1] == "undetermined"
    assert says(recruiter, "verifier.step.issuer.issuer_not_listed")


@contextmanager
def school_gone(world: World, sequence: int, *, copies: bool = True) -> Iterator[None]:
    """The school's site is down; the list has its keys, and the last status if that was kept."""
    copy, before = "https://trust.skillspass.example/kept/1", dict(world.internet.pages)
    ended = NOW - timedelta(days=2)
    present, world.clock.moment = world.clock.moment, ended - timedelta(hours=2)
    world.publish_statuses()
    world.clock.moment, body = present, world.internet.pages[STATUS_URI]
    digest = b64url_encode(sha256(body).digest())
    kept = KeptStatus(STATUS_URI, copy, digest, ended - timedelta(hours=1))
    since, key = NOW - timedelta(days=3650), world.school.public
    entry = demo_issuer(did_web(SCHOOL), name="Vakschool De Lasboog", keys=[key], since=since)
    gone = replace(
        entry,
        gone_since=ended,
        keys=tuple(replace(each, valid_until=ended) for each in entry.keys),
        services=tuple(replace(each, valid_until=ended) for each in entry.services),
        kept=(kept,) if copies else (),
    )
    token = make_demo_list(world.anchor, entries=[gone], sequence=sequence, at=world.clock())
    try:
        world.internet.pages.clear()
        world.internet.pages |= {LIST_URL: token.encode(), copy: body}
        yield
    finally:
        world.internet.pages |= before
        world.publish_list(sequence=sequence + 1)


def test_of_a_school_that_is_gone_the_status_is_last_known(
    recruiter: Person, site: ShareSite
) -> None:
    held = str(site.world.issue(site.world.credential()))
    with school_gone(site.world, next(SEQUENCES)):
        paste(recruiter, held)
        recruiter.looks("verifier-vanished")
        assert outcomes(recruiter)[:3] == ["passed", "passed", "undetermined"]
        day = {"nl": "21 november 2026", "en": "21 November 2026"}[recruiter.language]
        assert day in recruiter.page.locator("main").inner_text()
        assert says(recruiter, "verifier.step.valid.status_last_known")
        assert not says(recruiter, "verifier.step.valid.undetermined")
    recruiter.presses("a[href='/']")
    with school_gone(site.world, next(SEQUENCES), copies=False):
        paste(recruiter, held)
        recruiter.looks("verifier-vanished-unkept")
        assert outcomes(recruiter)[:3] == ["passed", "passed", "undetermined"]
        assert says(recruiter, "verdict.lead.gone")
        assert not says(recruiter, "verifier.step.valid.undetermined")


def test_many_skills_are_folded_after_the_seventh(recruiter: Person, site: ShareSite) -> None:
    framework = metalektro()
    names = [*framework.skills][:12]
    made = site.world.credential()
    claims: JsonObject = {
        **made.claims,
        "skills": [*(framework.statement(name, 2) for name in names)],
    }
    held = site.world.issue(replace(made, claims=claims))
    paste(recruiter, str(held))
    recruiter.looks("verifier-folded")
    fold = recruiter.page.locator("details.sp-fold")
    assert says(recruiter, "verifier.verdict.more", count=5)
    fold.locator("summary").click()
    expect(fold.locator("li").last).to_be_visible()


def test_at_the_gate_a_stale_list_gives_no_yes(recruiter: Person, site: ShareSite) -> None:
    world = site.world
    recruiter.presses("a[href='/gate']")
    recruiter.presses("form[action='/gate/refresh'] button")
    recruiter.looks("verifier-gate")
    held, before, pages = (
        str(world.issue(world.credential())),
        world.clock.moment,
        dict(world.internet.pages),
    )
    try:
        world.internet.pages.clear()  # the connection is gone
        recruiter.page.fill("#proof", held)
        recruiter.presses("form[action='/gate'] button")
        recruiter.looks("verifier-gate-good")
        assert outcomes(recruiter)[:3] == ["passed", "passed", "passed"]
        world.clock.moment += timedelta(days=8)
        recruiter.opens(f"{address(site)}/gate")
        recruiter.looks("verifier-gate-stale")
        assert says(recruiter, "verifier.gate.stale")
        recruiter.page.fill("#proof", held)
        recruiter.presses("form[action='/gate'] button")
        recruiter.looks("verifier-gate-unknown")
        assert outcomes(recruiter)[1:3] == ["undetermined", "undetermined"]
        assert recruiter.page.locator(".sp-result.is-warning").count() == 1
    finally:
        world.clock.moment = before
        world.internet.pages.update(pages)


def test_an_answer_that_fits_no_format_is_told_in_words(recruiter: Person) -> None:
    paste(recruiter, "hello")
    recruiter.looks("verifier-rubbish")
    assert outcomes(recruiter)[0] == "failed"
