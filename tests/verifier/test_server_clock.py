"""The clock of the database server, beside our own."""

from datetime import timedelta
from pathlib import Path

from service.clock import clock_from, system_clock
from service.database import open_database
from tests.conftest import NOW
from verifier.server_clock import database_offset, server_offset

MINUTE = timedelta(minutes=1)


def test_the_server_tells_how_far_our_clock_is_ahead(postgres_url: str, tmp_path: Path) -> None:
    database = open_database(postgres_url, file=tmp_path / "unused.db")
    same = database_offset(database, system_clock)
    assert same is not None
    assert abs(same) < MINUTE
    ahead = server_offset(database, lambda: system_clock() + 60 * MINUTE)
    assert 59 * MINUTE < ahead < 61 * MINUTE
    assert database_offset(database, clock_from(NOW)) is None  # a clock that was set
    database.close()


def test_a_file_has_no_clock_of_its_own(tmp_path: Path) -> None:
    database = open_database(None, file=tmp_path / "here.db")
    assert database_offset(database, system_clock) is None
    database.close()
