"""Files of others are brought into the passport: looked at first, never called more than known."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FilePayload, expect

from credentials import badge_images
from credentials.encoding import compact_json
from tests.browser.test_wallet_flows import town
from tests.browser.wallet_person import Town, Worker, at_work
from tests.cases.foreign import BADGE, EDC, png, svg
from tests.cases.token_samples import DC
from wallet.holder.archive import unpack
from wallet.holder.portability import Secret, open_export

__all__ = ["town"]

FILES = {
    "badge.json": compact_json(BADGE),
    "badge.png": badge_images.bake_png(png(), BADGE),
    "badge.svg": badge_images.bake_svg(svg("<g/>"), BADGE),
    "edc.jsonld": compact_json(EDC),
    "token.txt": DC.encode(),
}


@pytest.fixture
def worker(browser: Browser, town: Town, pictures: Path | None) -> Iterator[Worker]:
    """A worker with one credential of their own."""
    with at_work(browser, town, pictures) as found:
        found.receives(town.offer())
        found.leaves()
        yield found


def brings(worker: Worker, name: str, octets: bytes) -> None:
    """Pick a file."""
    worker.goes_to_settings()
    worker.screens.get_by_text(worker.says("screens.door.take")).first.click()
    worker.screens.get_by_role("button", name=worker.says("screens.take.back")).click()
    worker.sees("flow.import.title")
    picked = FilePayload(name=name, mimeType="application/octet-stream", buffer=octets)
    worker.page.get_by_label(worker.says("flow.import.label")).set_input_files(picked)
    worker.presses("web.next")


def test_what_is_of_others_is_kept_as_it_came_and_never_shown_as_a_proof(
    worker: Worker,
) -> None:
    worker.page.route("https://school.example/**", lambda route: route.abort())
    for name, octets in FILES.items():
        brings(worker, name, octets)
        worker.sees("flow.import.found")
        worker.reads("flow.foreign.word.unknown")
        worker.reads("flow.foreign.not_yours")
        worker.looks(f"bring-{name.partition('.')[2]}")
        worker.presses("flow.keep.yes")
        worker.sees("flow.foreign.done")
        worker.presses("flow.to_passport")
    worker.goes_to("screens.tab.passport")
    title = "Lassen ]]> & <snijden>"
    expect(worker.screens.get_by_text(title)).to_have_count(3)
    worker.screens.get_by_text(title).first.click()
    worker.screens.get_by_text(worker.says("flow.foreign.not_yours")).first.wait_for()
    worker.starts_sharing()
    assert title not in worker.stage.inner_text()


def test_a_european_credential_of_the_official_samples_is_read(
    worker: Worker, vectors: Path
) -> None:
    for path in sorted((vectors / "elm-edc").rglob("Sample-MC-Annex1-*signed.jsonld")):
        brings(worker, "sample.jsonld", path.read_bytes())
        worker.sees("flow.import.found")
        worker.reads("flow.foreign.kind.edc")
        worker.reads("flow.foreign.word.unknown")
        worker.presses("flow.keep.no")


def test_what_is_forged_or_no_file_of_ours_is_never_kept(worker: Worker) -> None:
    token, *disclosures = DC.split("~")
    brings(worker, "token.txt", "~".join([token, "WyJhIiwiYiIsImMiXQ", *disclosures]).encode())
    worker.sees("flow.import.found")
    worker.reads("flow.foreign.word.refused")
    worker.looks("bring-refused")
    worker.presses("flow.to_passport")
    brings(worker, "notes.txt", b"a;b\nc;d\n")
    worker.reads("error.file_unknown")
    worker.looks("bring-unknown")
    worker.presses("flow.to_passport")
    brings(worker, "bomb.svg", b'<!DOCTYPE svg [<!ENTITY a "aaaa">]><svg/>')
    worker.reads("error.svg_malformed")


@pytest.mark.parametrize("name", ["platform_profile.json", "platform_profile.csv"])
def test_skills_of_a_platform_are_own_words_with_a_yes_each(
    worker: Worker, vectors: Path, name: str
) -> None:
    brings(worker, name, (vectors.parent / "samples" / name).read_bytes())
    worker.sees("flow.said.title")
    worker.looks(f"bring-{name.partition('.')[2]}-profile")
    boxes = worker.stage.get_by_role("checkbox")
    assert boxes.count() > 1
    assert not [True for each in boxes.all() if each.is_checked()]
    boxes.first.check()
    worker.presses("flow.said.keep")
    worker.sees("flow.said.done")
    worker.presses("flow.to_passport")


def test_what_was_brought_travels_in_the_export_in_its_own_bytes(
    browser: Browser, town: Town, worker: Worker, tmp_path: Path
) -> None:
    words = "drie natte fietsen"
    brings(worker, "badge.png", FILES["badge.png"])
    worker.presses("flow.keep.yes")
    worker.sees("flow.foreign.done")
    worker.presses("flow.to_passport")
    file = worker.exports(words, tmp_path)
    held = unpack(open_export(file.read_text("ascii"), Secret(passphrase=words)))
    (brought,) = [octets for name, octets in held.items() if name.endswith(".png")]
    assert brought == FILES["badge.png"]
    assert json.loads(held["log.json"])[-1]["type"] == "foreign_added"
    with at_work(browser, town, worker.pictures) as other:
        other.receives(town.offer("bhv", date_of_course="2026-09-07"))
        other.leaves()
        other.brings(file, words)
        other.sees("flow.import.found")
        other.presses("flow.keep.yes")
        other.sees("flow.import.done")
        other.presses("flow.to_passport")
        other.goes_to("screens.tab.passport")
        other.screens.get_by_text("Lassen").first.wait_for()
