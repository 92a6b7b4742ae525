"""One transaction at a time for writers, none lost; readers wait for nobody."""

import gc
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, InternalError, OperationalError
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel, select

from credentials.errors import RejectedError
from service.database import Database, open_database
from service.durability import Durability


class Table(SQLModel, registry=registry()):
    """Base of the tables of this test."""


class Pool(Table, table=True):
    id: int = Field(primary_key=True)
    left: int


class Ticket(Table, table=True):
    number: int = Field(primary_key=True)
    pool_id: int = Field(foreign_key="pool.id")


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A fresh database of either kind with the tables of this test."""
    database = Database(database_url)
    database.create_all(Table.metadata)
    database.create_all(Table.metadata)  # a second start finds them
    with database.transaction() as session:
        session.add(Pool(id=1, left=200))
    yield database
    database.close()


def add_tickets(database: Database, *tickets: tuple[int, int]) -> None:
    """Add tickets by number and pool, in one transaction."""
    with database.transaction() as session:
        for number, pool in tickets:
            session.add(Ticket(number=number, pool_id=pool))
            session.flush()


def test_a_unit_is_kept_whole_or_not_at_all(database: Database) -> None:
    with pytest.raises(IntegrityError):
        add_tickets(database, (1, 1), (2, 99))
    with database.reading() as session:
        assert session.exec(select(Ticket)).all() == []
    with database.transaction() as session:
        session.add(Ticket(number=1, pool_id=1))
    with database.reading() as session:
        assert [ticket.number for ticket in session.exec(select(Ticket))] == [1]


def test_threads_that_read_and_then_write_never_take_the_same(database: Database) -> None:
    def take(_: int) -> int:
        with database.transaction() as session:
            pool = session.get_one(Pool, 1, with_for_update=True)
            pool.left -= 1
            session.add(Ticket(number=pool.left, pool_id=1))
            return pool.left

    with ThreadPoolExecutor(8) as threads:
        numbers = list(threads.map(take, range(200)))
    assert sorted(numbers) == list(range(200))


def test_a_reader_sees_one_moment_while_another_writes(database: Database) -> None:
    with database.reading() as before:
        assert before.get_one(Pool, 1).left == 200
        with database.transaction() as session:
            session.get_one(Pool, 1).left = 7
        before.expire_all()
        assert before.get_one(Pool, 1).left == 200
    with database.reading() as after:
        assert after.get_one(Pool, 1).left == 7


def test_references_to_nothing_are_refused(database: Database) -> None:
    with pytest.raises(IntegrityError), database.transaction() as session:
        session.add(Ticket(number=1, pool_id=99))


def test_what_is_read_without_its_lock_can_be_lost_on_postgresql(postgres_url: str) -> None:
    """Why the module asks for ``with_for_update``: the guard left out, two writers lose one."""
    database = Database(postgres_url)
    database.create_all(Table.metadata)
    with database.transaction() as session:
        session.add(Pool(id=1, left=200))
    with database.transaction() as slow:
        seen = slow.get_one(Pool, 1).left
        with database.transaction() as quick:
            quick.get_one(Pool, 1).left -= 1
        slow.get_one(Pool, 1).left = seen - 1
    with database.reading() as session:
        assert session.get_one(Pool, 1).left == 199
    database.close()


def answers(database: Database, *questions: str) -> list[object]:
    """What the database says of its own settings."""
    with database.reading() as session:
        return [session.connection().execute(text(each)).scalar() for each in questions]


SQLITE_DURABILITY = [(Durability.FULL, 2), (Durability.NORMAL, 1)]


@pytest.mark.parametrize(("durability", "number"), SQLITE_DURABILITY, ids=["full", "normal"])
def test_the_file_uses_a_write_ahead_log(
    durability: Durability, number: int, tmp_path: Path
) -> None:
    database = Database(tmp_path / "var" / "test.db", durability=durability)
    pragmas = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
    found = answers(database, *[f"PRAGMA {pragma}" for pragma in pragmas])
    assert found == ["wal", number, 1, 5000]


@pytest.mark.parametrize(
    ("durability", "word"), [(Durability.FULL, "on"), (Durability.NORMAL, "off")]
)
def test_the_server_is_told_how_durable_a_commit_is(
    durability: Durability, word: str, postgres_url: str
) -> None:
    database = Database(postgres_url, durability=durability)
    for _ in range(2):  # a rollback at the end of a transaction undoes nothing of it
        shown = answers(database, "SHOW synchronous_commit", "SHOW lock_timeout", "SHOW timezone")
        assert shown == [word, "5s", "UTC"]
    database.close()


def test_a_database_that_nobody_holds_lets_go_of_its_connections(postgres_url: str) -> None:
    database = Database(postgres_url)
    pid = answers(database, "SELECT pg_backend_pid()")[0]
    del database
    gc.collect()
    other = Database(postgres_url)
    for _ in range(100):  # the server needs a moment to see it
        left = answers(other, f"SELECT count(*) FROM pg_stat_activity WHERE pid = {pid}")  # noqa: S608 - a number
        if left == [0]:
            break
        time.sleep(0.05)
    assert left == [0]
    other.close()


def test_a_reader_cannot_write_on_a_server(postgres_url: str) -> None:
    database = Database(postgres_url)
    database.create_all(Table.metadata)
    with database.reading() as session:
        session.add(Pool(id=2, left=1))
        with pytest.raises(InternalError, match="read-only"):
            session.flush()
        session.rollback()
    database.close()


@pytest.mark.parametrize("url", ["mysql://a@b/c", "no url at all", "", "oracle://x"])
def test_another_kind_of_database_is_refused(url: str) -> None:
    with pytest.raises(RejectedError) as caught:
        Database(url)
    assert caught.value.code == "config_database_url"


def test_a_database_that_answers_is_alive_and_a_broken_file_is_not(tmp_path: Path) -> None:
    assert open_database(None, file=tmp_path / "a.db").is_alive()
    assert open_database(f"sqlite:///{tmp_path}/b.db", file=tmp_path / "c.db").is_alive()
    assert not (tmp_path / "c.db").exists()
    (tmp_path / "d.db").mkdir()
    with pytest.raises(OperationalError):
        Database(tmp_path / "d.db").is_alive()


def test_a_connection_that_rested_is_tried_before_it_is_used(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.database.RESTED_SECONDS", 600.0)
    database, other = Database(postgres_url), Database(postgres_url)
    own = text("SELECT pg_backend_pid()")
    with database.reading() as session:
        first = session.connection().execute(own).scalar_one()
    with other.reading() as session:
        session.connection().execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": first})
    with pytest.raises(OperationalError), database.asking() as connection:  # it did not rest
        connection.execute(own)
    with database.reading() as session:
        second = session.connection().execute(own).scalar_one()
    with other.reading() as session:
        session.connection().execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": second})
    monkeypatch.setattr("service.database.RESTED_SECONDS", 0.0)
    with database.asking() as connection:
        third = connection.execute(own).scalar_one()
    assert len({first, second, third}) == 3
    database.close()
    other.close()


def test_who_asks_sees_what_was_committed(database: Database) -> None:
    add_tickets(database, (1, 1))
    with database.asking() as connection:
        assert connection.execute(select(Ticket.number)).scalars().all() == [1]
