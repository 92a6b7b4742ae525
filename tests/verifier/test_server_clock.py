"""The clock of the database server, beside our own."""

from datetime import timedelta
from pathlib import Path

from sqlalchemy import event

from service.clock import clock_from, system_clock
from service.database import open_database
from tests.conftest import NOW
from verifier.clock_check import offset_of
from verifier.server_clock import ASK_SECONDS, ServerClock, server_time

MINUTE = timedelta(minutes=1)


def test_the_server_tells_how_far_our_clock_is_ahead(postgres_url: str, tmp_path: Path) -> None:
    database = open_database(postgres_url, file=tmp_path / "unused.db")
    same = ServerClock().offset(database, system_clock)
    assert same is not None
    assert abs(same) < MINUTE
    assert ServerClock().offset(database, clock_from(NOW)) is None  # a clock that was set
    ahead = offset_of(lambda: system_clock() + 60 * MINUTE, lambda: server_time(database))
    assert 59 * MINUTE < ahead < 61 * MINUTE
    database.close()


def test_the_server_is_asked_every_ten_seconds_and_our_clock_at_every_use(
    postgres_url: str, tmp_path: Path
) -> None:
    database, seconds = open_database(postgres_url, file=tmp_path / "unused.db"), [0.0]
    clock = ServerClock(ticks=lambda: seconds[0])
    first = clock.offset(database, system_clock)
    database.engine.dispose()
    asked: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *some: asked.append(some[2]))
    seconds[0] = ASK_SECONDS - 1
    later = clock.offset(database, system_clock)
    assert asked == []
    assert first is not None
    assert later is not None
    assert first - later > timedelta(seconds=ASK_SECONDS - 2)  # ours fell behind its own ticks
    seconds[0] = ASK_SECONDS
    clock.offset(database, system_clock)
    assert any("clock_timestamp" in each for each in asked)
    database.close()


def test_a_file_has_no_clock_of_its_own(tmp_path: Path) -> None:
    database = open_database(None, file=tmp_path / "here.db")
    assert ServerClock().offset(database, system_clock) is None
    database.close()
