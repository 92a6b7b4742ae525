"""The camera's part of the first page: what it may load, and the reader of codes beside it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.verifier.world import World
from verifier import scanner


@pytest.fixture
def reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where the reader of codes is looked for."""
    monkeypatch.setattr(scanner, "READER", tmp_path / "scanner.js")
    scanner.reader_script.cache_clear()
    yield tmp_path / "scanner.js"
    scanner.reader_script.cache_clear()


def test_the_first_page_alone_may_use_the_camera(world: World) -> None:
    first, other = world.client.get("/"), world.client.get("/many")
    policy = first.headers["content-security-policy"]
    assert "camera=(self)" in first.headers["permissions-policy"]
    assert "require-trusted-types-for 'script'" in policy
    assert "trusted-types 'none'" in policy
    assert "connect-src" not in policy  # default-src 'none': it calls nobody
    assert "unsafe" not in policy
    assert "camera=()" in other.headers["permissions-policy"]
    assert "script-src" not in other.headers["content-security-policy"]


def test_the_reader_is_handed_out_under_an_address_of_its_own(world: World, reader: Path) -> None:
    reader.write_text("export const look = () => undefined;")
    address = scanner.reader_address()
    assert address in world.client.get("/").text
    answer = world.client.get(address)
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.text == reader.read_text()


def test_where_nothing_was_built_the_page_is_there_all_the_same(world: World, reader: Path) -> None:
    assert not reader.exists()
    assert world.client.get("/").status_code == 200
    assert world.client.get(scanner.ADDRESS).status_code == 404
