"""did:webvh: what was checked of a log is not checked again, and gives the verdict of a replay."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import cast

import pytest

from credentials.cryptosuites.eddsa_jcs_2022 import EDDSA_JCS_2022
from credentials.dids import webvh_log
from credentials.dids.webvh_log import MAX_HELD, MAX_HELD_OCTETS, replay
from credentials.encoding import JsonObject, compact_json
from tests.conftest import named
from tests.credentials.webvh_log import AT, START, Log, proof_of

HOUR = timedelta(hours=1)
Spoiled = Callable[[Log], bytes]


@pytest.fixture(autouse=True)
def _nothing_known() -> Iterator[None]:
    """Each test begins with an empty memory."""
    forget()
    yield
    forget()


def forget() -> None:
    """A process that has seen no log yet."""
    webvh_log._HELD = type(webvh_log._HELD)(
        most=MAX_HELD, most_octets=MAX_HELD_OCTETS, weigh=lambda _did, kept: kept.octets
    )


@pytest.fixture
def checked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many signatures were looked at: one number for each."""
    seen: list[int] = []
    verify = type(EDDSA_JCS_2022).verify

    def counted(*args: object, **options: object) -> object:
        seen.append(1)
        return verify(*args, **options)  # type: ignore[arg-type]  # handed on

    monkeypatch.setattr(type(EDDSA_JCS_2022), "verify", counted)
    return seen


def grown(entries: int = 4) -> Log:
    log = Log(START).create()
    for _ in range(entries - 1):
        log.update()
    return log


def told(did: str, octets: bytes, *, at: datetime = AT) -> tuple[list[str], str | None]:
    """The versions that held, and the code of what stops the log."""
    history = replay(did, octets, at=at)
    return [each.id for each in history.versions], history.fault.code if history.fault else None


def test_a_log_that_did_not_change_costs_no_signature(checked: list[int]) -> None:
    log = grown()
    first = told(log.did, log.octets)
    assert len(checked) == 4
    assert told(log.did, log.octets) == told(log.did, log.octets.removesuffix(b"\n")) == first
    assert len(checked) == 4


def test_a_log_that_grew_is_checked_from_its_last_entry(checked: list[int]) -> None:
    log = grown()
    told(log.did, log.octets)
    assert told(log.did, log.update().update().octets) == (
        [str(each["versionId"]) for each in log.entries],
        None,
    )
    assert len(checked) == 6
    told(log.did, log.octets)
    assert len(checked) == 6


def test_an_entry_that_does_not_hold_is_looked_at_each_time(checked: list[int]) -> None:
    log = grown()
    thief = Log(START).create()
    octets = log.octets + compact_json(grown().update(by=thief.key).entries[-1])
    first = told(log.did, octets)
    assert (len(first[0]), first[1]) == (4, "did_proof_invalid")
    looked = len(checked)
    assert told(log.did, octets) == first
    assert len(checked) <= looked + 1
    assert told(log.did, log.octets)[1] is None


def changed(index: int) -> Spoiled:
    """An entry that says something else than was signed."""

    def spoil(log: Log) -> bytes:
        entries = [*log.entries]
        state = cast("JsonObject", entries[index]["state"])
        entries[index] = entries[index] | {"state": state | {"alsoKnownAs": ["https://thief"]}}
        return b"".join(compact_json(each) + b"\n" for each in entries)

    return spoil


def forked(log: Log) -> bytes:
    """Another history from the second entry on, signed by the same key."""
    log.entries = log.entries[:1]
    return log.update({"ttl": 1}).update({"ttl": 2}).update().update().octets


def swapped(log: Log) -> bytes:
    """Two entries in each other's place."""
    log.entries[1:3] = log.entries[2:0:-1]
    return log.octets


def signed_by_another(log: Log) -> bytes:
    """The same entry under the proof of a thief."""
    thief = Log(START).create().key
    bare = {name: each for name, each in log.entries[1].items() if name != "proof"}
    log.entries[1] = bare | {"proof": [proof_of(bare, thief, START)]}
    return log.octets


OTHER: list[Spoiled] = [
    changed(0),
    changed(1),
    changed(3),
    lambda log: log.octets[: log.octets.index(b"\n") + 1],
    lambda log: log.octets[:-40],
    lambda log: log.octets.replace(b"\n", b"\n\n", 1),
    lambda log: log.octets + b"\n",
    lambda log: log.octets.removesuffix(b"\n") + b" \n",
    lambda log: log.octets.removesuffix(b"\n") + b"{}",
    lambda log: b" " + log.octets,
    lambda _log: b"",
    forked,
    swapped,
    signed_by_another,
]
NAMES = [
    *("first changed", "second changed", "last changed", "shortened", "cut", "a gap", "a line"),
    *("a space behind", "more on the last line", "a space before", "nothing", "forked", "swapped"),
    "signed by another",
]


@pytest.mark.parametrize("spoil", OTHER, ids=NAMES)
def test_other_octets_get_the_verdict_of_a_replay(spoil: Spoiled) -> None:
    log = grown()
    did, whole = log.did, log.octets
    other = spoil(log)
    plain = told(did, other)
    forget()
    good = told(did, whole)
    assert told(did, other) == plain
    assert told(did, whole) == good
    assert told(did, other) == plain


@pytest.mark.parametrize("spoil", [changed(1), forked, signed_by_another], ids=named)
def test_without_the_digest_another_history_would_be_taken(
    spoil: Spoiled, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The guard switched off: the beginning is believed whatever it says."""
    log = grown()
    did, good = log.did, told(log.did, log.octets)
    remembered = webvh_log._HELD
    monkeypatch.setattr(webvh_log, "_remembered", lambda did, *_, **__: remembered.find(did))
    assert told(did, spoil(log))[0][: len(good[0])] == good[0]


def test_the_dates_are_judged_at_every_use() -> None:
    log = grown()
    good = told(log.did, log.octets)
    early = START + HOUR
    assert told(log.did, log.octets, at=early) == (good[0][:2], "did_log_invalid")
    assert told(log.did, log.octets) == good


def test_a_proof_that_is_over_counts_no_more() -> None:
    log = grown(2)
    over = AT + HOUR
    bare = {name: each for name, each in log.entries[1].items() if name != "proof"}
    log.entries[1] = bare | {"proof": [proof_of(bare, log.key, START, expires=over)]}
    assert told(log.did, log.octets)[1] is None
    assert told(log.did, log.octets, at=over)[1] == "did_proof_invalid"
    assert told(log.did, log.octets)[1] is None


def test_a_name_of_another_place_is_no_way_around() -> None:
    """The same log under another name is checked for itself."""
    log = grown()
    told(log.did, log.octets)
    assert told(f"{log.did}:path", log.octets) == told(log.did, log.octets)
    assert told(grown().did, log.octets) == ([], "did_log_mismatch")


def test_the_memory_is_bounded() -> None:
    for _ in range(MAX_HELD + 5):
        log = Log(START).create()
        told(log.did, log.octets)
    held = webvh_log._HELD
    assert len(held) == MAX_HELD
    assert held.octets <= MAX_HELD_OCTETS
