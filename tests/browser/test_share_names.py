"""Who opens a deelkaart may leave a name: the worker reads it plainly, and none is needed."""

from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.browser.test_share_page import reading, share, worker
from tests.browser.wallet_person import Town, Worker

__all__ = ["worker"]

PLAIN = "Timmermans Constructie"
MARKUP = '<b>Vet</b><img src="x" onerror="document.title=1">'
TURNED = "\u202eNV\u2066 drow\u200bT\n"
LONG = "\u8a9e" * 60
LEFT: dict[str, str | None] = {
    PLAIN: PLAIN,
    MARKUP: MARKUP,
    TURNED: "NV drowT",
    LONG: "\u8a9e" * 42,
    "   ": None,
    "": None,
}
"""What a visitor types, and what the worker reads; None: nobody is named."""


def visits(browser: Browser, town: Town, link: str, name: str, *, named: bool) -> None:
    """Open a share card, and leave a name or none."""
    with reading(browser, town) as reader:
        reader.follows(link)
        if named:
            with reader.page.expect_response("**/name") as left:
                reader.opens(name=name)
            assert left.value.status == 204
            assert name.strip() not in (left.value.request.post_data or ""), "it is sealed"
        else:
            reader.opens(name=name)
        expect(reader.page.locator(".sp-verdict > li")).to_have_count(4)
        assert named == any(each.url.endswith("/name") for each in reader.asked)


def test_a_name_that_a_visitor_leaves_is_read_plainly_and_none_is_needed(
    browser: Browser, town: Town, worker: Worker, pictures: Path | None
) -> None:
    link, _ = share(worker)
    for name, read in LEFT.items():
        visits(browser, town, link, name, named=read is not None)
    worker.page.reload()
    facts = worker.screens.locator("ul.facts")
    expect(facts).to_have_count(1)
    named = facts.locator("p").filter(has_text=",")
    for read in filter(None, LEFT.values()):
        row = named.filter(has_text=read)
        expect(row).to_have_count(1)
        assert row.inner_text().startswith(f"{read}, ")
    expect(facts).to_contain_text(worker.says("screens.views.some", count=len(LEFT)))
    expect(facts.locator("b, img")).to_have_count(0)
    assert "\u202e" not in facts.inner_text()
    width = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    assert not facts.evaluate(f"() => {width}")
    if pictures is not None:
        pictures.mkdir(parents=True, exist_ok=True)
        worker.page.screenshot(path=pictures / "share-names.png", full_page=True)
