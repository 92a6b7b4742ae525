"""Many at once: every line has its own answer, bombs stay small, no cell is a formula."""

import time
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from threading import Event
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.errors import CredentialError, MalformedError, RejectedError
from schemas.messages import sentence
from skills.exporters.table import harmless
from tests.conftest import NOW
from tests.verifier.share_site import ShareSite
from tests.verifier.test_pages import token_of
from tests.verifier.world import World
from verifier.batch_items import MAX_ITEMS, Item, items_of_list, items_of_zip
from verifier.batches import AT_ONCE, MAX_WAITING, Batches, Line
from verifier.uploads import MAX_UPLOAD_BYTES


def zipped(files: dict[str, bytes]) -> bytes:
    buffer = BytesIO()
    with ZipFile(buffer, "w", ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


class Table:
    """A browser, and the address of its table."""

    def __init__(self, world: World, *, links: str = "", archive: bytes = b"") -> None:
        self.browser = world.browser()
        token = token_of(self.browser.get("/many").text)
        self.answer = self.browser.post(
            "/many",
            data={"links": links, "csrf_token": token},
            files={"file": ("proofs.zip", archive)},
        )
        self.address = self.answer.headers.get("location", "")

    def page(self, language: str = "nl") -> str:
        """The page once everything is done; it asks for itself until then."""
        for _ in range(300):
            text = str(self.browser.get(f"{self.address}?lang={language}").text)
            if "http-equiv" not in text:
                return text
            time.sleep(0.05)
        raise AssertionError("it never ended")

    def csv(self) -> str:
        """The table for a spreadsheet."""
        return str(self.browser.get(f"{self.address}/table.csv").content.decode("utf-8-sig"))


@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_list_of_links_becomes_one_table(world: World, tmp_path: Path, language: str) -> None:
    site = ShareSite.beside(world, tmp_path)
    coded = site.link(coded=True)
    secret = site.publish(coded, site.card(coded), code="4711")
    lines = [site.shared(), "https://deel.example/nothing", f"{secret} 4711", secret]
    page = Table(world, links="\n".join(lines)).page(language)
    assert sentence("verifier.many.progress", language, done=4, total=4) in page
    assert page.count('data-tone="warning"') == 2
    assert sentence("error.share_link_invalid", language) in page
    assert sentence("error.share_code_missing", language) in page
    assert page.index(sentence("verifier.many.line", language, number=1)) < page.index(
        sentence("verifier.many.line", language, number=4)
    )


def test_a_zip_of_files_becomes_one_table_and_a_csv(world: World) -> None:
    proof = str(world.issue(world.credential())).encode()
    archive = zipped(
        {"map/ahmet.txt": proof, "=cmd.txt": b"rubbish", "__MACOSX/x": b"x", "map/.hidden": b"x"}
    )
    table = Table(world, archive=archive)
    page = table.page()
    assert "ahmet.txt" in page
    assert "Het bewijs klopt" in page
    lines = table.csv().splitlines()
    assert len(lines) == 3
    assert lines[1].startswith("1,ahmet.txt,Het bewijs klopt,Vakcertificaat CNC-frezen,")
    assert lines[2].startswith("2,'=cmd.txt,")


def test_each_line_leads_to_its_verdict(world: World) -> None:
    proof = str(world.issue(world.credential())).encode()
    table = Table(world, archive=zipped({"a.txt": proof}))
    address = table.page().split('href="/results/')[1].split('"')[0]
    assert "<h1>Het bewijs klopt</h1>" in table.browser.get(f"/results/{address}").text


def test_nothing_brought_asks_for_something(world: World) -> None:
    made = Table(world)
    assert made.answer.status_code == 400
    assert sentence("verifier.many.empty", "nl") in made.answer.text


def test_the_table_of_another_browser_is_gone_for_you(world: World) -> None:
    table = Table(world, links="https://deel.example/s/x")
    assert world.browser().get(table.address).status_code == 400
    assert world.browser().get(f"{table.address}/table.csv").status_code == 400


def test_the_table_is_gone_after_half_an_hour(world: World) -> None:
    table = Table(world, links="https://deel.example/s/x")
    table.page()
    world.clock.turn(minutes=30)
    assert table.browser.get(table.address).status_code == 400


def test_a_zip_bomb_is_refused_before_it_is_unpacked(world: World) -> None:
    bomb = zipped({f"{number}.txt": b"\0" * MAX_UPLOAD_BYTES for number in range(60)})
    assert len(bomb) < 1024 * 1024
    made = Table(world, archive=bomb)
    assert made.answer.status_code == 400
    assert sentence("error.batch_too_large", "nl") in made.answer.text


def test_one_file_that_is_too_large_does_not_stop_the_others(world: World) -> None:
    proof = str(world.issue(world.credential())).encode()
    files = {"large.txt": b"\0" * (MAX_UPLOAD_BYTES + 1), "good.txt": proof}
    page = Table(world, archive=zipped(files)).page()
    assert sentence("error.too_large", "nl") in page
    assert "Het bewijs klopt" in page


def test_too_many_are_refused_in_words() -> None:
    links = "\n".join(["https://deel.example/s/x"] * (MAX_ITEMS + 1))
    with pytest.raises(CredentialError, match="batch_too_many"):
        items_of_list(links)
    with pytest.raises(CredentialError, match="batch_too_many"):
        items_of_zip(zipped({f"{number}.txt": b"x" for number in range(MAX_ITEMS + 1)}))


@given(st.binary(max_size=400))
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_a_list_of_files_or_our_error(octets: bytes) -> None:
    with suppress(MalformedError):
        found = items_of_zip(octets)
        assert found


@given(st.integers(0, 300), st.binary(min_size=1, max_size=4))
@settings(max_examples=200, deadline=None)
def test_a_damaged_zip_is_files_or_our_error(place: int, damage: bytes) -> None:
    whole = bytearray(zipped({"a.txt": b"hello" * 20, "b.txt": b"x"}))
    whole[place : place + len(damage)] = damage
    with suppress(MalformedError):
        found = items_of_zip(bytes(whole))
        assert found


@given(st.text(max_size=200))
@settings(max_examples=100, deadline=None)
def test_any_text_is_a_list_of_links_or_our_error(text: str) -> None:
    with suppress(MalformedError):
        found = items_of_list(text)
        assert [item.number for item in found] == list(range(1, len(found) + 1))


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"], ids=ascii)
def test_no_cell_begins_a_formula(start: str) -> None:
    assert harmless(f"{start}1+1")[0] == "'"
    assert harmless("plain") == "plain"


def test_who_comes_while_too_much_waits_comes_later() -> None:
    stopping, slow = Event(), Event()
    batches = Batches(stopping=stopping)

    def check(item: Item) -> Line:
        slow.wait(20)
        return Line(item)

    many = [Item(number) for number in range(1, MAX_WAITING + AT_ONCE)]
    try:
        batches.start("a", many[:MAX_WAITING], check=check, browser="x", at=NOW)
        with pytest.raises(RejectedError, match="batch_busy"):
            batches.start("b", many[: AT_ONCE + 1], check=check, browser="x", at=NOW)
    finally:
        stopping.set()
        slow.set()


def test_nothing_that_was_brought_stays_after_its_check(world: World) -> None:
    proof = str(world.issue(world.credential())).encode()
    table = Table(world, archive=zipped({"a.txt": proof}))
    table.page()
    ports = world.app.state.ports
    secret = table.browser.cookies.get("asker")
    found = ports.batches.find(table.address.rpartition("/")[2], browser=secret, at=world.clock())
    assert [line.item.content for line in found.lines()] == [b""]
