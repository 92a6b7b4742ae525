"""The command line remembers which lists it saw: an older one is refused at the next call."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from credentials.errors import RejectedError
from tests.conftest import NOW
from tests.verifier.world import LIST_URL, World
from verifier.cli import app
from verifier.offline import listing_seen
from verifier.ports import Ports
from verifier.seen_lists import FILE, SeenLists


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The file, not there yet, in a folder that is not there either."""
    return tmp_path / "var" / "verifier" / FILE


def code_of(world: World, seen: SeenLists | None) -> str:
    """What a call of the command finds about the list that is published now."""
    ports: Ports = world.app.state.ports
    get = world.internet.get_body
    return listing_seen(ports.anchor, get, at=world.clock(), seen=seen).code


def test_an_older_list_is_refused_by_the_next_call(world: World, file: Path) -> None:
    old = world.internet.pages[LIST_URL]
    world.publish_list(sequence=2)
    assert code_of(world, SeenLists(file)) == "ok"
    assert json.loads(file.read_text("utf-8")) == {LIST_URL: 2}
    world.internet.pages[LIST_URL] = old
    assert code_of(world, SeenLists(file)) == "trust_list_rollback"
    assert json.loads(file.read_text("utf-8")) == {LIST_URL: 2}
    assert code_of(world, None) == "ok"  # the guard switched off: nothing remembers


def test_a_call_about_another_moment_learns_nothing_and_still_refuses(
    world: World, file: Path
) -> None:
    assert code_of(world, SeenLists(file, writes=False)) == "ok"
    assert not file.exists()
    SeenLists(file).note(LIST_URL, 9)
    assert code_of(world, SeenLists(file, writes=False)) == "trust_list_rollback"


def test_a_disk_that_cannot_be_written_does_not_stop_a_check(world: World, file: Path) -> None:
    file.parent.parent.mkdir(parents=True, exist_ok=True)
    file.parent.symlink_to("/proc/self")  # where nobody makes a file
    assert code_of(world, SeenLists(file)) == "ok"
    assert not file.exists()


def test_a_number_never_moves_back_and_addresses_stay_apart(file: Path) -> None:
    seen = SeenLists(file)
    for url, number in (("https://a", 3), ("https://b", 1), ("https://a", 2)):
        seen.note(url, number)
    assert [seen.sequence(url) for url in ("https://a", "https://b", "https://c")] == [3, 1, None]
    assert [each.name for each in file.parent.iterdir()] == [FILE]


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b'{"a": "1"}', b'{"a": true}', b'{"a": 1, "a": 2}', b"{" + b" " * 70_000],
    ids=["empty", "cut", "list", "text", "yes", "twice", "large"],
)
def test_a_damaged_file_ends_the_check_and_is_not_taken_for_empty(
    world: World, file: Path, content: bytes
) -> None:
    file.parent.mkdir(parents=True)
    file.write_bytes(content)
    with pytest.raises(RejectedError, match="config_seen_lists"):
        code_of(world, SeenLists(file))
    assert file.read_bytes() == content


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=60))
def test_any_file_is_numbers_or_our_error(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / FILE
    file.write_bytes(content)
    try:
        found = SeenLists(file).sequence("a")
    except RejectedError:
        found = None
    assert found is None or type(found) is int


def test_the_command_reads_the_file_of_its_own_directory(
    file: Path, tmp_path: Path, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SKILLSPASS_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("SKILLSPASS_TRUST_LIST_URL", LIST_URL)
    anchor = json.dumps(world.anchor.public.jwk())
    monkeypatch.setenv("SKILLSPASS_TRUST_ANCHOR", anchor)
    monkeypatch.setenv("VERIFIER_TRUST_LIST_URL", LIST_URL)
    monkeypatch.setenv("VERIFIER_TRUST_ANCHOR", anchor)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("no numbers", "utf-8")
    proof = tmp_path / "proof.txt"
    proof.write_text(str(world.issue(world.credential())), "utf-8")
    result = CliRunner().invoke(app, ["verify", str(proof), "--json", "--at", NOW.isoformat()])
    assert result.exit_code != 0
    assert "config_seen_lists" in result.output
