"""The intake of an agency worker: from a deelkaart to the gap list in a handful of taps (R8)."""

from playwright.sync_api import Page

from schemas.messages import sentence
from tests.browser.person import Person
from tests.browser.test_verifier import paste, recruiter, site
from tests.verifier.share_site import ShareSite

__all__ = ["recruiter", "site"]

MOST = 5
"""Taps and fields: far below a minute for a person."""

SECONDS_A_TAP = 5
"""That a person looks, thinks and taps; how long a busy machine takes says nothing of people."""


def counted(page: Page) -> list[str]:
    """Every tap and every filled field from now on, in every page of this tab."""
    taps: list[str] = []
    page.expose_function("tapped", lambda name: taps.append(name))  # noqa: PLW0108 - takes no built-in
    page.add_init_script(
        "for (const kind of ['click', 'change'])"
        " addEventListener(kind, (e) => e.isTrusted && window.tapped(kind), true)"
    )
    page.reload()
    return taps


def test_the_gap_list_takes_few_taps_and_each_gap_has_a_next_step(
    recruiter: Person, site: ShareSite
) -> None:
    taps = counted(recruiter.page)
    paste(recruiter, site.shared(), vacancy="vac-003")
    recruiter.page.wait_for_selector("[data-fit]")
    assert 2 <= len(taps) <= MOST, taps
    gaps = recruiter.page.locator("[data-fit='partly'], [data-fit='not_shown']")
    assert gaps.count() >= 1
    assert gaps.locator("[data-step]").count() == gaps.count()
    assert recruiter.page.locator("[data-fit='met'] [data-step]").count() == 0
    word = sentence("verifier.gap.next", recruiter.language)
    assert word in gaps.first.inner_text()
    recruiter.looks("verifier-intake")
