"""One transaction at a time for writers, none lost; readers wait for nobody."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel, select

from service.database import Database, open_database


class Table(SQLModel, registry=registry()):
    """Base of the tables of this test."""


class Pool(Table, table=True):
    id: int = Field(primary_key=True)
    left: int


class Ticket(Table, table=True):
    number: int = Field(primary_key=True)
    pool_id: int = Field(foreign_key="pool.id")


@pytest.fixture
def database(tmp_path: Path) -> Database:
    """A fresh file with the tables of this test."""
    database = Database(tmp_path / "var" / "test.db")
    database.create_all(Table.metadata)
    database.create_all(Table.metadata)  # a second start finds them
    with database.transaction() as session:
        session.add(Pool(id=1, left=200))
    return database


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
            pool = session.get_one(Pool, 1)
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


def test_the_file_uses_a_write_ahead_log(database: Database) -> None:
    with database.reading() as session:
        connection = session.connection()
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1
        assert connection.execute(text("PRAGMA busy_timeout")).scalar() == 5000


def test_a_database_that_answers_is_alive_and_a_broken_file_is_not(tmp_path: Path) -> None:
    assert open_database(None, file=tmp_path / "a.db").is_alive()
    assert open_database(f"sqlite:///{tmp_path}/b.db", file=tmp_path / "c.db").is_alive()
    assert not (tmp_path / "c.db").exists()
    (tmp_path / "d.db").mkdir()
    with pytest.raises(OperationalError):
        Database(tmp_path / "d.db").is_alive()
