"""Workers do jobs by themselves: a thread on SQLite, procrastinate's engine on PostgreSQL."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from queue import Empty, Queue
from typing import Self

import psycopg
import pytest

from service.clock import system_clock
from service.job_engine import SWEEP_GRACE, EngineWorker
from service.jobs import Handler, Work
from service.serving import running, seat
from service.workers import ThreadWorker, Worker, open_worker
from tests.databases import running_server
from tests.service.job_world import World, open_world
from tests.service.small import settings_for, small_app

SECONDS = 60
"""Far longer than any of it takes, on a busy machine as well."""


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    """An outbox by the machine's own clock: these workers wait in earnest."""
    world = open_world(database_url, system_clock)
    yield world
    world.database.close()


class Running:
    """A worker whose handler puts each work in a queue."""

    def __init__(self, world: World, **values: object) -> None:
        """Prepare; ``start`` begins."""
        self.done: Queue[Work] = Queue()
        handler = Handler(self.done.put, **values)  # type: ignore[arg-type]  # checked at run time
        self.worker: Worker = open_worker(world.outbox, {"note": handler}, name="test")

    def __enter__(self) -> Self:
        """Begin."""
        self.worker.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End."""
        self.worker.stop()

    def next(self) -> str:
        """The id of the next job that was done."""
        return self.done.get(timeout=SECONDS).id


def test_each_database_has_its_own_worker(world: World) -> None:
    expected = ThreadWorker if world.database.is_sqlite else EngineWorker
    assert isinstance(Running(world).worker, expected)


def test_a_worker_does_what_waits_and_what_comes(world: World) -> None:
    waiting = world.enqueue()
    with Running(world) as work:
        assert work.next() == waiting
        for _ in range(3):
            coming = world.enqueue()
            assert work.next() == coming
        soon = world.enqueue(run_at=system_clock() + timedelta(seconds=0.3))
        assert work.next() == soon
    assert world.rows() == []


def test_a_service_that_runs_does_its_jobs(world: World, tmp_path: Path) -> None:
    app, done = small_app(settings_for(tmp_path, port=0)), Running(world)
    app.state.workers.append(done.worker)
    with running([seat(app)]):
        job_id = world.enqueue()
        assert done.next() == job_id
    assert world.rows() == []


def test_a_stopped_worker_takes_nothing_and_can_stop_twice(world: World) -> None:
    work = Running(world)
    with work:
        world.enqueue()
        work.next()
    work.worker.stop()
    world.enqueue()
    with pytest.raises(Empty):
        work.done.get(timeout=0.2)
    assert len(world.rows()) == 1


def test_a_worker_that_fails_tries_again_by_itself(world: World) -> None:
    seen: Queue[int] = Queue()

    def fail_once(work: Work) -> None:
        seen.put(work.attempt)
        if work.attempt == 1:
            raise ValueError

    handler = Handler(fail_once, backoff=[timedelta(seconds=0.1)])
    worker = open_worker(world.outbox, {"note": handler}, name="test")
    worker.start()
    world.enqueue()
    assert [seen.get(timeout=SECONDS) for _ in range(2)] == [1, 2]
    worker.stop()
    assert world.rows() == []


def engine_rows(world: World) -> list[tuple[object, ...]]:
    """What waits in the engine's own table."""
    with psycopg.connect(world.database.conninfo) as connection:
        query = "SELECT args->>'job_id', status::text FROM procrastinate_jobs ORDER BY id"
        return connection.execute(query).fetchall()


def test_the_engine_learns_of_a_job_in_our_own_transaction(postgres_url: str) -> None:
    world = open_world(postgres_url)
    world.enqueue_and_undo()
    assert engine_rows(world) == []
    job_id = world.enqueue()
    assert engine_rows(world) == [(job_id, "todo")]
    open_world(postgres_url).database.close()  # a second start finds the engine's tables
    world.database.close()


def test_a_job_that_the_engine_lost_is_told_again_once(postgres_url: str) -> None:
    world = open_world(postgres_url)
    job_id = world.enqueue()
    with psycopg.connect(world.database.conninfo) as connection:
        connection.execute("DELETE FROM procrastinate_jobs")
    worker = EngineWorker(world.desk())
    assert worker.sweep() == 0  # it may just be under way
    world.clock.forward(SWEEP_GRACE)
    assert (worker.sweep(), worker.sweep()) == (1, 0)
    assert engine_rows(world) == [(job_id, "todo")]
    world.database.close()


def test_the_row_of_a_dead_worker_of_the_engine_is_let_go(postgres_url: str) -> None:
    world = open_world(postgres_url, system_clock)
    job_id = world.enqueue(run_at=system_clock() - timedelta(hours=1))
    with psycopg.connect(world.database.conninfo) as connection:
        connection.execute("UPDATE procrastinate_jobs SET status = 'doing'")  # by nobody alive
    with Running(world) as work:
        assert work.next() == job_id
    assert engine_rows(world) == []
    world.database.close()


def test_a_job_that_is_held_is_looked_at_again_when_it_is_free(postgres_url: str) -> None:
    world = open_world(postgres_url, system_clock)
    world.enqueue()
    holder = world.desk(visibility=timedelta(seconds=2))._claim(None)
    assert holder is not None
    with Running(world) as work:
        assert work.next() == holder.id
    world.database.close()


def test_a_restart_of_the_server_costs_no_job() -> None:
    with running_server() as (url, restart):
        world = open_world(url, system_clock)
        with Running(world) as work:
            before = world.enqueue()
            assert work.next() == before
            restart()
            after = world.enqueue()
            assert work.next() == after
        world.database.close()
