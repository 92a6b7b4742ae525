"""Published lists on disk: nobody is undone, and what was restored gives no place twice."""

import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.errors import UndeterminedError
from credentials.model import Purpose, StatusKind
from issuer import publishing, status
from issuer.installation import FIRST, Installation
from issuer.ports import Ports
from issuer.publishing import current, publish_due
from issuer.status import MAX_TAKEN, POOL_SIZE
from issuer.status_files import CLOCK_RETURNS, Head, ListName, Published, StatusFiles
from issuer.tables import StatusWord
from tests.issuer.keyless import no_signers
from tests.issuer.office import HandClock
from tests.issuer.offices import open_offices
from tests.issuer.proofs import keep_proof_with_place

pytestmark = pytest.mark.usefixtures("on_both_databases")

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


def test_a_round_publishes_what_changed_while_the_service_runs(offices: Installation) -> None:
    ports = offices.ports(FIRST)
    keep_proof_with_place(ports, number=1)
    rounds = publishing.rounds(offices)
    rounds.start()
    deadline = time.monotonic() + 20
    while ports.status_files.read(TOKENS) is None and time.monotonic() < deadline:
        time.sleep(0.01)
    rounds.stop()
    assert ports.status_files.read(TOKENS) is not None


def test_a_list_that_cannot_be_made_holds_up_no_other(offices: Installation) -> None:
    first, other = offices.organisations()[:2]
    for ports in (first, other):
        keep_proof_with_place(ports, number=1)
    broken = replace(first, signers=no_signers(first.signers.place))
    with pytest.raises(UndeterminedError, match="1 of 2"):
        publish_due([broken, other])
    assert first.status_files.read(TOKENS) is None
    assert first.status_files.read(replace(TOKENS, owner=other.organisation_id)) is not None


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


def test_limits_fit_one_another() -> None:
    assert POOL_SIZE < MAX_TAKEN < status.LIST_SIZE
    assert publishing.SIGN_AGAIN < publishing.TIME_TO_LIVE < publishing.LIFETIME
