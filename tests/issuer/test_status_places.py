"""Places in status lists: none twice, also not after yesterday's backup was put back."""

import shutil
import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from sqlmodel import Session, select

from credentials.errors import RejectedError, UndeterminedError
from credentials.model import StatusKind
from issuer import status
from issuer.installation import FIRST, Installation
from issuer.ports import Ports
from issuer.publishing import current, publish_due
from issuer.status import POOL_SIZE, Place
from issuer.tables import Issued, StatusHosting, StatusList, StatusWord
from issuer.turns import take_turn
from tests.issuer.at_once import PATIENCE
from tests.issuer.office import HandClock
from tests.issuer.offices import open_offices
from tests.issuer.proofs import keep_proof_with_place
from tests.issuer.test_status_files import BITS, TOKENS, change, clock, offices, ports

both = pytest.mark.usefixtures("on_both_databases")
"""Not where a backup is put back: there it is a copy of the SQLite file."""

__all__ = ["clock", "offices", "ports"]


def take(ports: Ports, count: int, kind: StatusKind = StatusKind.TOKEN) -> list[Place]:
    """Places for proofs that nobody else knows."""
    with ports.database.transaction() as session:
        return [
            status.reserve(
                session, kind=kind, issued_id=f"urn:{ports.entropy(8).hex()}", ports=ports
            )
            for _ in range(count)
        ]


# --- places ----------------------------------------------------------------------------------


@both
def test_many_places_are_drawn_at_once_and_none_twice(
    ports: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(status, "MAX_TAKEN", 1000)
    ids = [f"urn:bulk:{number}" for number in range(2500)]
    with ports.database.transaction() as session:
        found = status.reserve_many(session, kind=StatusKind.TOKEN, issued_ids=ids, ports=ports)
    single = take(ports, 10)
    places = {(place.number, place.index) for place in [*found.values(), *single]}
    assert list(found) == ids
    assert len(places) == 2510
    assert {place.number for place in found.values()} == {1, 2, 3}
    with ports.database.reading() as session:
        assert status.place_of(session, ids[7], ports=ports) == found[ids[7]]


@both
def test_many_who_ask_at_once_get_a_place_each_from_one_draw(
    tmp_path: Path,
) -> None:
    opened = open_offices(tmp_path)
    ports, places = opened.ports(FIRST), list[Place]()

    def ask() -> None:
        for _ in range(12):
            places.extend(take(ports, 1))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with opened.database.reading() as session:
        (row,) = session.exec(select(StatusList)).all()
    opened.database.close()
    assert len(places) == len({(place.number, place.index) for place in places}) == 96
    assert (row.draws, row.drawn) == (1, POOL_SIZE)


@both
def test_an_undone_draw_opens_no_new_list(ports: Ports) -> None:
    take(ports, 1)

    def fail() -> None:
        with ports.database.transaction() as session:
            status.reserve_many(
                session, kind=StatusKind.TOKEN, issued_ids=["urn:undone"], ports=ports
            )
            raise RejectedError("not_found", "undone")

    for _ in range(3):
        with pytest.raises(RejectedError):
            fail()
    assert {place.number for place in take(ports, POOL_SIZE)} == {1}


@both
def test_a_new_run_gives_no_place_that_an_earlier_one_drew(
    tmp_path: Path, offices: Installation
) -> None:
    first = take(offices.ports(FIRST), 5)
    again = open_offices(tmp_path)
    second = take(again.ports(FIRST), POOL_SIZE)
    with again.database.reading() as session:
        (row,) = session.exec(select(StatusList)).all()
    again.database.close()
    assert row.drawn == 2 * POOL_SIZE
    assert {(p.number, p.index) for p in first}.isdisjoint((p.number, p.index) for p in second)


# --- yesterday's backup ----------------------------------------------------------------------


def backup(tmp_path: Path) -> Path:
    """A copy of the database, made while it is in use."""
    target = tmp_path / "backup.db"
    source = sqlite3.connect(tmp_path / "issuer" / "issuer.db")
    copy = sqlite3.connect(target)
    source.backup(copy)
    source.close()
    copy.close()
    return target


def restored(tmp_path: Path, offices: Installation, copy: Path, clock: HandClock) -> Installation:
    """Stop, put the copy in place of the database, and start."""
    offices.database.close()
    for left in (tmp_path / "issuer").glob("issuer.db*"):
        left.unlink()
    shutil.copy(copy, tmp_path / "issuer" / "issuer.db")
    return open_offices(tmp_path, clock=clock, signers_of=offices.signers_of)


def test_yesterday_s_backup_gives_no_place_twice(
    tmp_path: Path, offices: Installation, clock: HandClock
) -> None:
    ports = offices.ports(FIRST)
    take(ports, 10)
    copy = backup(tmp_path)
    lost = [*take(ports, 1), *take(ports, POOL_SIZE + 40)]
    again = restored(tmp_path, offices, copy, clock)
    fresh = take(again.ports(FIRST), 3 * POOL_SIZE)
    again.database.close()
    given_before = {(place.number, place.index) for place in lost}
    assert given_before.isdisjoint((place.number, place.index) for place in fresh)
    assert {place.number for place in fresh} == {2}


def test_a_backup_of_a_moment_ago_gives_no_place_twice(
    tmp_path: Path, offices: Installation, clock: HandClock
) -> None:
    """Nothing was drawn since: only places of the pool were given, and no mark tells."""
    ports = offices.ports(FIRST)
    take(ports, 10)
    copy = backup(tmp_path)
    lost = take(ports, 20)
    again = restored(tmp_path, offices, copy, clock)
    fresh = take(again.ports(FIRST), POOL_SIZE)
    again.database.close()
    given_before = {(place.number, place.index) for place in lost}
    assert given_before.isdisjoint((place.number, place.index) for place in fresh)


def test_without_marks_a_backup_would_give_places_twice(
    tmp_path: Path, offices: Installation, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(status, "LIST_SIZE", 2 * POOL_SIZE)  # so small that chance must hit
    ports = offices.ports(FIRST)
    take(ports, 10)
    copy = backup(tmp_path)
    lost = take(ports, POOL_SIZE)
    shutil.rmtree(tmp_path / "issuer" / "status")
    again = restored(tmp_path, offices, copy, clock)
    fresh = take(again.ports(FIRST), POOL_SIZE)
    again.database.close()
    assert {(p.number, p.index) for p in lost} & {(p.number, p.index) for p in fresh}


@pytest.mark.parametrize("kind", list(StatusKind))
def test_what_was_withdrawn_since_the_backup_stays_withdrawn(
    tmp_path: Path, offices: Installation, clock: HandClock, kind: StatusKind
) -> None:
    ports = offices.ports(FIRST)
    known, known_at = keep_proof_with_place(ports, number=1, kind=kind)
    paused, paused_at = keep_proof_with_place(ports, number=2, kind=kind)
    change(ports, paused, StatusWord.SUSPENDED)
    copy = backup(tmp_path)
    later, later_at = keep_proof_with_place(ports, number=3, kind=kind)
    change(ports, known)
    change(ports, later)
    change(ports, paused, StatusWord.VALID)
    publish_due(offices.organisations())
    clock.wait(minutes=5)
    again = restored(tmp_path, offices, copy, clock)
    ports = again.ports(FIRST)
    with again.database.reading() as session:
        state = status.read(session, kind, 1, ports=ports)
        words = dict(session.exec(select(Issued.id, Issued.status)).all())
    assert state.statuses == {known_at.index: 1, later_at.index: 1}
    assert paused_at.index not in state.statuses
    assert words == {known: "revoked", paused: "valid"}
    publish_due(again.organisations())
    name = TOKENS if kind is StatusKind.TOKEN else BITS
    published = ports.status_files.read(name)
    assert published is not None
    assert published.head.sequence == state.version
    assert take(ports, 1, kind)[0].number == 2
    again.database.close()


@pytest.mark.parametrize("body", [b"", b"\xff", b"{}", b"a.b.c", b'{"credentialSubject": 7}'])
@pytest.mark.parametrize("kind", list(StatusKind))
def test_a_damaged_list_that_is_newer_stops_the_start(
    tmp_path: Path, offices: Installation, clock: HandClock, kind: StatusKind, body: bytes
) -> None:
    ports = offices.ports(FIRST)
    issued_id, _ = keep_proof_with_place(ports, number=1, kind=kind)
    copy = backup(tmp_path)
    change(ports, issued_id)
    publish_due(offices.organisations())
    name = TOKENS if kind is StatusKind.TOKEN else BITS
    there = ports.status_files.read(name)
    assert there is not None
    ports.status_files.publish(
        name, replace(there, head=replace(there.head, sequence=9), body=body)
    )
    with pytest.raises(UndeterminedError, match="status_unreadable"):
        restored(tmp_path, offices, copy, clock)


@both
def test_a_start_without_a_restore_takes_nothing_over(
    tmp_path: Path, offices: Installation, clock: HandClock
) -> None:
    ports = offices.ports(FIRST)
    issued_id, _ = keep_proof_with_place(ports, number=1)
    change(ports, issued_id)
    publish_due(offices.organisations())
    again = open_offices(tmp_path, clock=clock, signers_of=offices.signers_of)
    with again.database.reading() as session:
        (row,) = session.exec(select(StatusList)).all()
    again.database.close()
    assert (row.closed, row.version) == (False, 1)


# --- a list for several organisations --------------------------------------------------------


@both
def test_a_small_organisation_has_its_places_in_the_list_of_the_first(
    offices: Installation,
) -> None:
    first, small = offices.organisations()[:2]
    shared = replace(
        small, identity=replace(small.identity, status_hosting=StatusHosting.SHARED.value)
    )
    own, hosted = take(small, 1)[0], take(shared, 1)[0]
    assert own.home == small.origin
    assert hosted.home == first.origin != small.origin
    (reference,) = status.references(hosted)
    assert reference.uri == f"{first.origin}/status/token/1"
    issued_id, place = keep_proof_with_place(shared, number=9)
    change(shared, issued_id)
    with offices.database.reading() as session:
        assert status.read(session, StatusKind.TOKEN, 1, ports=first).statuses == {place.index: 1}
        assert status.read(session, StatusKind.TOKEN, 1, ports=small).statuses == {}
    signed = current(TOKENS, first)
    assert signed.head.key_id.startswith(f"{first.did}#")


@both
def test_who_gives_a_long_list_and_who_withdraws_do_not_wait_for_each_other(
    offices: Installation,
) -> None:
    small = offices.organisations()[1]
    shared = replace(
        small, identity=replace(small.identity, status_hosting=StatusHosting.SHARED.value)
    )
    issued_id, place = keep_proof_with_place(shared, number=9)
    drawn = threading.Event()

    def give(session: Session) -> None:
        """Draw places, and afterwards take the turn of one's own organisation, as a list does."""
        ids = [f"urn:bulk:{number}" for number in range(10)]
        status.reserve_many(session, kind=StatusKind.TOKEN, issued_ids=ids, ports=shared)
        drawn.set()
        time.sleep(PATIENCE)  # so that the other comes as far as it can
        take_turn(session, shared.organisation_id)

    def withdraw() -> str:
        drawn.wait(10)
        change(shared, issued_id)
        return "done"

    with ThreadPoolExecutor(1) as thread:
        withdrawn = thread.submit(withdraw)
        with offices.database.transaction() as session:
            give(session)
        assert withdrawn.result() == "done"
    first = offices.ports(FIRST)
    with offices.database.reading() as session:
        assert status.read(session, StatusKind.TOKEN, 1, ports=first).statuses == {place.index: 1}
