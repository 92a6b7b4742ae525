"""Published lists on disk: nobody is undone, and what was restored gives no place twice."""

import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import select

from credentials.errors import RejectedError, UndeterminedError
from credentials.model import Purpose, StatusKind
from issuer import publishing, status
from issuer.installation import FIRST, Installation
from issuer.ports import Ports
from issuer.publishing import current, publish_due
from issuer.status import MAX_TAKEN, POOL_SIZE, Place
from issuer.status_files import CLOCK_RETURNS, Head, ListName, Published, StatusFiles
from issuer.tables import Issued, StatusHosting, StatusList, StatusWord
from tests.issuer.office import HandClock
from tests.issuer.offices import open_offices
from tests.issuer.proofs import keep_proof_with_place

REASON = "er staat een fout in"
TOKENS = ListName(FIRST, StatusKind.TOKEN, 1)
BITS = ListName(FIRST, StatusKind.BITSTRING, 1, Purpose.REVOCATION)


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def offices(tmp_path: Path, clock: HandClock) -> Iterator[Installation]:
    opened = open_offices(tmp_path, clock=clock)
    yield opened
    opened.database.close()


@pytest.fixture
def ports(offices: Installation) -> Ports:
    return offices.ports(FIRST)


def change(ports: Ports, issued_id: str, to: StatusWord = StatusWord.REVOKED) -> None:
    with ports.database.transaction() as session:
        status.change(session, issued_id, to=to, reason=REASON, ports=ports, at=ports.clock())


def take(ports: Ports, count: int, kind: StatusKind = StatusKind.TOKEN) -> list[Place]:
    """Places for proofs that nobody else knows."""
    with ports.database.transaction() as session:
        return [
            status.reserve(
                session, kind=kind, issued_id=f"urn:{ports.entropy(8).hex()}", ports=ports
            )
            for _ in range(count)
        ]


def head(sequence: int, signed_at: str = "2026-11-23T12:00:00+00:00") -> Head:
    return Head(sequence, signed_at, "key", "application/statuslist+jwt", f'"{sequence}"')


# --- files -----------------------------------------------------------------------------------


def test_the_newer_list_stands_whoever_comes_last(tmp_path: Path) -> None:
    files = StatusFiles(tmp_path / "status", "run")
    newer, older = Published(head(7), b"newer"), Published(head(6), b"older")
    assert files.publish(TOKENS, newer) == newer
    assert files.publish(TOKENS, older) == newer
    assert files.read(TOKENS) == newer
    again = Published(head(7, "2026-11-23T12:10:00+00:00"), b"signed again")
    assert files.publish(TOKENS, again) == again
    assert files.publish(TOKENS, newer) == again
    wrong = Published(head(7, "2026-11-25T12:00:00+00:00"), b"by a clock that ran ahead")
    assert files.publish(TOKENS, wrong) == wrong
    assert files.publish(TOKENS, again) == again


def test_many_publishers_leave_the_newest(tmp_path: Path) -> None:
    files = StatusFiles(tmp_path / "status", "run")

    def publish(start: int) -> None:
        for sequence in range(start, 200, 4):
            files.publish(TOKENS, Published(head(sequence), str(sequence).encode()))

    threads = [threading.Thread(target=publish, args=(start,)) for start in (3, 2, 1, 0)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = files.read(TOKENS)
    assert found is not None
    assert (found.head.sequence, found.body) == (199, b"199")


@given(content=st.binary(max_size=200))
@settings(max_examples=50)
def test_any_file_is_a_list_or_none(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    files = StatusFiles(tmp_path_factory.mktemp("status"), "run")
    files.publish(TOKENS, Published(head(1), b"list"))
    (files.folder / FIRST / TOKENS.file).write_bytes(content)
    found = files.read(TOKENS)
    assert found is None or isinstance(found.head.sequence, int)
    mark = files.folder / FIRST / "token.1.mark"
    mark.write_bytes(content)
    with suppress(UndeterminedError):
        assert isinstance(files.mark(FIRST, StatusKind.TOKEN, 1).draws, int)


def test_a_half_written_file_is_tidied_away(tmp_path: Path) -> None:
    files = StatusFiles(tmp_path / "status", "run")
    files.publish(TOKENS, Published(head(1), b"list"))
    (files.folder / FIRST / ".new-abc").write_bytes(b"half")
    files.tidy()
    assert [path.name for path in (files.folder / FIRST).iterdir()] == ["token.1"]


def test_an_id_that_names_another_folder_is_refused(tmp_path: Path) -> None:
    files = StatusFiles(tmp_path / "status", "run")
    with pytest.raises(ValueError, match="folder"):
        files.read(ListName("../own", StatusKind.TOKEN, 1))


# --- publishing ------------------------------------------------------------------------------


def test_a_change_is_published_with_the_next_number(ports: Ports) -> None:
    issued_id, _ = keep_proof_with_place(ports, number=1)
    before = current(TOKENS, ports)
    assert current(TOKENS, ports).body == before.body
    change(ports, issued_id)
    after = current(TOKENS, ports)
    assert after.head.sequence == before.head.sequence + 1
    assert after.head.etag != before.head.etag
    assert ports.status_files.read(TOKENS) == after


def test_everything_lies_on_disk_without_anybody_asking(offices: Installation) -> None:
    ports = offices.ports(FIRST)
    keep_proof_with_place(ports, number=1)
    proof, _ = keep_proof_with_place(ports, number=2, kind=StatusKind.BITSTRING)
    assert publish_due(offices.organisations()) == 3
    before = ports.status_files.read(BITS)
    change(ports, proof)
    publish_due(offices.organisations())
    after = ports.status_files.read(BITS)
    assert before is not None
    assert after is not None
    assert after.head.sequence == before.head.sequence + 1


def test_a_list_is_signed_again_by_the_key_that_signs_now(ports: Ports, clock: HandClock) -> None:
    from issuer import key_ledger  # noqa: PLC0415 - one test needs it

    keep_proof_with_place(ports, number=1)
    before = current(TOKENS, ports)
    clock.wait(minutes=1)
    done = key_ledger.revoke(ports, before.head.key_id, reason=REASON, at=clock.now)
    assert done.instead is not None
    assert current(TOKENS, ports).head.key_id == done.instead.id


def test_a_list_is_never_dated_before_the_one_that_others_saw(
    ports: Ports, clock: HandClock
) -> None:
    issued_id, _ = keep_proof_with_place(ports, number=1)
    seen = current(TOKENS, ports).head.moment
    clock.wait(hours=-1)
    assert current(TOKENS, ports).head.moment == seen
    change(ports, issued_id)
    assert current(TOKENS, ports).head.moment == seen


def test_a_list_of_a_clock_that_ran_ahead_is_dated_anew(ports: Ports, clock: HandClock) -> None:
    keep_proof_with_place(ports, number=1)
    now = clock.now
    clock.now += timedelta(days=1)
    assert current(TOKENS, ports).head.moment == clock.now
    clock.now = now
    assert current(TOKENS, ports).head.moment == now
    assert timedelta(days=1) > CLOCK_RETURNS


def test_without_the_database_the_last_list_is_served(ports: Ports) -> None:
    keep_proof_with_place(ports, number=1)
    last = current(TOKENS, ports)
    shut = ports.database.__class__("postgresql://nobody@127.0.0.1:1/none")
    assert current(TOKENS, replace(ports, database=shut)) == last


def test_a_disk_that_refuses_leaves_the_old_list(
    ports: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    issued_id, _ = keep_proof_with_place(ports, number=1)
    before = current(TOKENS, ports)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("issuer.status_files.tempfile.mkstemp", full)
    change(ports, issued_id)
    with pytest.raises(UndeterminedError, match="status_not_published"):
        current(TOKENS, ports)
    assert ports.status_files.read(TOKENS) == before
    monkeypatch.undo()
    assert current(TOKENS, ports).head.sequence == before.head.sequence + 1


# --- places ----------------------------------------------------------------------------------


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


def test_limits_fit_one_another() -> None:
    assert POOL_SIZE < MAX_TAKEN < status.LIST_SIZE
    assert publishing.SIGN_AGAIN < publishing.TIME_TO_LIVE < publishing.LIFETIME
