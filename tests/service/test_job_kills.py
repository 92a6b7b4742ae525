"""Workers are killed at random moments; every job is done all the same, and has one effect."""

import subprocess
import sys
import time
from random import Random

from service.clock import system_clock
from tests.service.job_world import World, open_world, working

JOBS = 100
KILLS = 4
SECONDS = 120
"""Far longer than it takes; a killed worker's jobs come back after half a minute at most."""


def wait_until_done(world: World, count: int) -> None:
    """Wait until so many jobs have had their effect."""
    deadline = time.monotonic() + SECONDS
    while world.count_done() < count:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_no_job_is_lost_or_doubled_when_workers_are_killed(database_url: str) -> None:
    world, chance = open_world(database_url, system_clock), Random(20261123)  # noqa: S311 - when to kill
    interrupted: list[str] = []
    for _ in range(JOBS):
        world.enqueue()
    for _ in range(KILLS):
        done = world.count_done()
        command = [sys.executable, "-m", "tests.service.job_world", "work", database_url]
        with subprocess.Popen(command) as process:  # noqa: S603 - our own
            wait_until_done(world, done + chance.randint(1, JOBS // (2 * KILLS)))
            time.sleep(chance.random() / 50)
            process.kill()
        interrupted += [row.id for row in world.rows() if row.claim is not None]
    assert interrupted  # it was killed in the middle of something
    worker = working(world)
    worker.start()
    wait_until_done(world, JOBS)
    deadline = time.monotonic() + SECONDS
    while world.rows() and time.monotonic() < deadline:
        time.sleep(0.05)
    worker.stop()
    assert (world.count_done(), world.rows()) == (JOBS, [])
    world.database.close()
