"""What is asked for in a transaction is done after it, at least once, whoever is killed."""

import io
import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.errors import (
    CredentialError,
    MalformedError,
    RejectedError,
    UndeterminedError,
    UnsupportedError,
)
from service.jobs import BACKOFF, VISIBILITY, JobState, Work, read_payload
from service.log import configure_log
from tests.conftest import NOW
from tests.service.job_world import Done, World, open_world, refusing


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    """A fresh outbox on either database."""
    world = open_world(database_url)
    yield world
    world.database.close()


def test_a_job_is_done_once_its_transaction_is_committed(world: World) -> None:
    job_id = world.enqueue()
    assert world.desk().run_due() == 1
    assert world.seen == [Work(job_id, "note", {"offer": "o-1"}, 1)]
    assert world.rows() == []
    assert world.desk().run_due() == 0


def test_a_job_of_a_transaction_that_is_undone_does_not_exist(world: World) -> None:
    world.enqueue_and_undo()
    assert world.rows() == []
    assert world.desk().run_due() == 0


def test_a_job_for_later_waits_for_its_time(world: World) -> None:
    world.enqueue(run_at=NOW + timedelta(hours=1))
    assert world.desk().run_due() == 0
    assert world.desk().next_at() == NOW + timedelta(hours=1)
    world.clock.forward(timedelta(hours=1))
    assert world.desk().run_due() == 1
    assert world.desk().next_at() is None


def test_jobs_are_done_in_the_order_of_their_times(world: World) -> None:
    later = world.enqueue(run_at=NOW + timedelta(minutes=2))
    sooner = world.enqueue(run_at=NOW + timedelta(minutes=1))
    world.clock.forward(timedelta(minutes=5))
    world.desk().run_due()
    assert [work.id for work in world.seen] == [sooner, later]


@pytest.mark.parametrize("error", [UndeterminedError("fetch_failed", ""), ValueError("Ayşe")])
def test_what_failed_is_tried_again_later_and_ends_as_a_dead_letter(
    error: Exception, world: World
) -> None:
    job_id = world.enqueue()
    world.error = error
    for pause in BACKOFF:
        assert world.desk().run_due() == 1
        assert world.desk().next_at() == world.clock.now + pause
        world.clock.forward(pause - timedelta(seconds=1))
        assert world.desk().run_due() == 0
        world.clock.forward(timedelta(seconds=1))
    assert world.desk().run_due() == 1
    assert [work.attempt for work in world.seen] == list(range(1, len(BACKOFF) + 2))
    with world.database.reading() as session:
        (dead,) = world.outbox.dead_letters(session)
    expected = getattr(error, "code", "ValueError")
    assert (dead.id, dead.state, dead.failure) == (job_id, JobState.DEAD, expected)
    world.clock.forward(timedelta(days=30))
    assert world.desk().run_due() == 0


@pytest.mark.parametrize("error", [RejectedError, MalformedError, UnsupportedError])
def test_a_job_that_was_refused_is_not_tried_again(
    error: type[CredentialError], world: World
) -> None:
    world.enqueue()
    assert world.desk(refusing(error, "gone")).run_due() == 1
    (row,) = world.rows()
    assert (row.state, row.failure, row.attempts) == (JobState.DEAD, "gone", 1)


def test_a_dead_letter_can_be_revived_or_forgotten(world: World) -> None:
    job_id = world.enqueue()
    world.desk(refusing(RejectedError, "gone")).run_due()
    with world.database.transaction() as session:
        world.outbox.revive(session, job_id)
    assert world.desk().run_due() == 1
    assert world.seen[0].attempt == 1
    other = world.enqueue()
    for name in (job_id, other):  # one that is no more, and one that still waits
        with pytest.raises(RejectedError, match="not_found"), world.database.transaction() as s:
            world.outbox.forget(s, name)
    world.desk(refusing(RejectedError, "gone")).run_due()
    with world.database.transaction() as session:
        world.outbox.forget(session, other)
    assert world.rows() == []


def test_the_job_of_a_killed_worker_comes_back(world: World, database_url: str) -> None:
    job_id = world.enqueue()
    command = [sys.executable, "-m", "tests.service.job_world", "hang", database_url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as worker:  # noqa: S603
        assert worker.stdout is not None
        assert worker.stdout.readline() == "claimed\n"
        worker.kill()
    assert world.desk().run_due() == 0
    assert world.desk().next_at() == NOW + VISIBILITY
    world.clock.forward(VISIBILITY)
    assert world.desk().run_due() == 1
    assert [(work.id, work.attempt) for work in world.seen] == [(job_id, 2)]


def test_a_job_that_kills_every_worker_ends_as_a_dead_letter(world: World) -> None:
    world.enqueue()
    for _ in range(3):
        assert world.desk(backoff=BACKOFF[:2])._claim(None) is not None  # and then killed
        world.clock.forward(VISIBILITY)
    assert world.desk(backoff=BACKOFF[:2]).run_due() == 0
    assert [(row.state, row.failure) for row in world.rows()] == [(JobState.DEAD, "job_lost")]


def test_a_worker_that_was_too_slow_settles_nothing(world: World) -> None:
    world.enqueue()

    def slow(_work: Work) -> None:
        world.clock.forward(VISIBILITY)
        assert world.desk()._claim(None) is not None  # another takes it over
        raise RejectedError("gone", "")

    world.desk(slow).run_one()
    (row,) = world.rows()
    assert (row.state, row.attempts, row.failure) == (JobState.WAITING, 2, None)


def test_many_workers_never_do_one_job_at_the_same_time(world: World) -> None:
    with world.database.transaction() as session:
        ids = [world.outbox.enqueue(session, "note", {"n": n}) for n in range(60)]

    def insert(work: Work) -> None:
        with world.database.transaction() as session:
            session.add(Done(job_id=work.id))  # a second time would be an error, and a retry

    with ThreadPoolExecutor(6) as threads:
        counts = list(threads.map(lambda _: world.desk(insert).run_due(), range(6)))
    assert (sum(counts), world.count_done(), world.rows()) == (len(ids), len(ids), [])


def test_jobs_with_one_key_wait_as_one_at_the_earliest_time(world: World) -> None:
    first = world.enqueue(key="list 3", run_at=NOW + timedelta(minutes=5))
    assert world.enqueue(key="list 3", run_at=NOW + timedelta(minutes=9)) == first
    assert world.enqueue(key="list 3", run_at=NOW + timedelta(minutes=1)) == first
    assert world.enqueue(key="list 4", run_at=NOW + timedelta(minutes=1)) != first
    assert world.desk().next_at() == NOW + timedelta(minutes=1)
    world.clock.forward(timedelta(minutes=1))
    assert world.desk().run_due() == 2


def test_a_key_is_free_again_as_soon_as_its_job_runs(world: World) -> None:
    """What changes while the job runs is not seen by it, so another must follow."""
    first = world.enqueue(key="list 3")
    later: list[str] = []

    def run(work: Work) -> None:
        if not later:
            later.append(world.enqueue(key="list 3"))
        world.seen.append(work)

    assert world.desk(run).run_due() == 2
    assert [work.id for work in world.seen] == [first, *later]


def test_a_kind_that_nobody_knows_waits_for_a_release_that_does(world: World) -> None:
    with world.database.transaction() as session:
        world.outbox.enqueue(session, "future", {})
    assert world.desk().run_due() == 1
    assert [(row.state, row.failure) for row in world.rows()] == [("waiting", "job_unknown")]


def test_the_log_tells_kind_and_code_and_nothing_of_the_error(world: World) -> None:
    stream = io.StringIO()
    configure_log(stream)
    world.enqueue()
    world.error = ValueError("Ayşe Demir")
    world.desk(backoff=()).run_due()
    line = json.loads(stream.getvalue())
    assert (line["event"], line["subject"], line["code"]) == ("job_dead", "note", "ValueError")
    assert "Demir" not in stream.getvalue()


@pytest.mark.parametrize(
    "payload",
    [
        {"to": "ayse@bedrijf.example"},
        {"name": "Ayşe Demir"},
        {"name": "Jan Jansen"},
        {"a": "x" * 201},
        {"a": True},
        {"a": None},
        {str(number): 1 for number in range(13)},
    ],
    ids=["address", "letter", "space", "long", "truth", "nothing", "many"],
)
def test_a_payload_that_is_no_id_is_refused(payload: dict[str, str], sqlite_url: str) -> None:
    world = open_world(sqlite_url)
    with world.database.transaction() as session, pytest.raises(MalformedError) as caught:
        world.outbox.enqueue(session, "note", payload)
    assert caught.value.code == "job_payload"
    assert "Demir" not in caught.value.detail
    assert "@" not in caught.value.detail


@given(text=st.text() | st.dictionaries(st.text(), st.integers() | st.text()).map(json.dumps))
def test_any_text_is_a_payload_or_our_error(text: str) -> None:
    try:
        payload = read_payload(text)
    except MalformedError as error:
        assert error.code == "job_payload"  # noqa: PT017 - either outcome is right
    else:
        assert json.loads(text) == payload


def test_a_row_that_somebody_else_wrote_ends_as_a_dead_letter(world: World) -> None:
    job_id = world.enqueue()
    with world.database.transaction() as session:
        session.get_one(world.outbox.table, job_id).payload = "{"
    assert world.desk().run_due() == 1
    assert [(row.state, row.failure) for row in world.rows()] == [("dead", "job_payload")]
