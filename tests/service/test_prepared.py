"""Statements that are rendered once give what SQLAlchemy gives, on both databases."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import (
    Connection,
    LargeBinary,
    Select,
    bindparam,
    delete,
    event,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel, col

from credentials.errors import RejectedError
from service.columns import UtcTime
from service.database import Database
from service.prepared import Prepared
from tests.conftest import NOW


class Table(SQLModel, registry=registry()):
    """Base of the table of this test."""


class Parcel(Table, table=True):
    name: str = Field(primary_key=True)
    at: datetime = Field(sa_type=UtcTime)
    octets: bytes | None = Field(default=None, sa_type=LargeBinary)
    heavy: bool = False
    pieces: int = 1


ADD = Prepared(
    insert(Parcel).values(
        {one: bindparam(one) for one in ("name", "at", "octets", "heavy")} | {"pieces": 3}
    )
)
ALL: Select[*tuple[Any, ...]] = select(  # Any: more columns than are typed
    *(col(Parcel.name), col(Parcel.at), col(Parcel.octets)),
    *(col(Parcel.heavy), col(Parcel.pieces).label("number")),
).order_by(col(Parcel.name))
READ = Prepared(ALL)
SINCE = Prepared(select(col(Parcel.name)).where(col(Parcel.at) > bindparam("since")))
MOVE = Prepared(
    update(Parcel)
    .where(col(Parcel.name) == bindparam("which"))
    .values(heavy=bindparam("to_heavy"))
    .returning(col(Parcel.heavy), col(Parcel.at))
)
DROP = Prepared(delete(Parcel).where(col(Parcel.heavy) == bindparam("such")))

NAMED = Prepared(select(col(Parcel.pieces)).where(col(Parcel.name) == bindparam("which")))


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A fresh database of either kind with two parcels."""
    database = Database(database_url)
    database.create_all(Table.metadata)
    with database.transaction() as session:
        for name, octets, heavy in (("a", b"\x00\xff", True), ("b", None, False)):
            asked = {"name": name, "at": NOW, "octets": octets, "heavy": heavy}
            assert ADD.change(session.connection(), asked) == 1
    yield database
    database.close()


def test_rows_are_those_of_sqlalchemy(database: Database) -> None:
    with database.asking() as connection:
        found = READ.rows(connection, {})
        assert [tuple(row) for row in found] == [tuple(row) for row in connection.execute(ALL)]
        assert found[0] == ("a", NOW, b"\x00\xff", True, 3)
        assert (found[0].number, found[0].heavy, found[0].at.tzinfo) == (3, True, UTC)
        assert READ.first(connection, {}) == found[0]
        assert SINCE.rows(connection, {"since": NOW - timedelta(seconds=1)}) == [("a",), ("b",)]
        assert SINCE.first(connection, {"since": NOW}) is None


def _moved_and_dropped(connection: Connection) -> None:
    assert MOVE.first(connection, {"which": "b", "to_heavy": True}) == (True, NOW)
    assert MOVE.first(connection, {"which": "c", "to_heavy": True}) is None
    assert DROP.change(connection, {"such": True}) == 2


def test_changes_are_counted_and_undone_with_their_transaction(database: Database) -> None:
    def undone() -> None:
        with database.transaction() as session:
            _moved_and_dropped(session.connection())
            raise RejectedError("not_found", "undo it")

    with pytest.raises(RejectedError):
        undone()
    with database.asking() as connection:
        assert [row.name for row in READ.rows(connection, {})] == ["a", "b"]


def test_an_error_is_that_of_sqlalchemy_and_shows_no_value(database: Database) -> None:
    twice = {"name": "a", "at": NOW, "octets": b"a secret", "heavy": False}
    with pytest.raises(IntegrityError) as caught, database.transaction() as session:
        ADD.change(session.connection(), twice)
    assert "a secret" not in str(caught.value)
    with database.asking() as connection:
        assert len(READ.rows(connection, {})) == 2


def test_a_nul_is_in_no_text(database: Database) -> None:
    if database.is_sqlite:
        with database.asking() as connection:
            assert NAMED.first(connection, {"which": "a\x00"}) is None
        return
    with pytest.raises(RejectedError, match="not_found"), database.asking() as connection:
        NAMED.first(connection, {"which": "a\x00"})


def test_whoever_listens_hears_each_statement(database: Database) -> None:
    heard: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *some: heard.append(some[2]))
    with database.asking() as connection:
        READ.first(connection, {})
    assert [one for one in heard if one.startswith("SELECT")] == heard[-1:]


def test_a_lost_connection_is_not_used_again(postgres_url: str) -> None:
    database, other = Database(postgres_url), Database(postgres_url)
    database.create_all(Table.metadata)
    own = text("SELECT pg_backend_pid()")
    pids: list[int] = []

    def lost() -> None:
        with database.asking() as connection:
            pids.append(connection.execute(own).scalar_one())
            end = text("SELECT pg_terminate_backend(:pid)")
            with other.reading() as session:
                session.connection().execute(end, {"pid": pids[0]})
            READ.first(connection, {})

    with pytest.raises(OperationalError):
        lost()
    with database.asking() as connection:
        assert READ.rows(connection, {}) == []
        assert connection.execute(own).scalar_one() != pids[0]
    database.close()
    other.close()


def test_a_value_that_a_program_would_give_is_refused(database: Database) -> None:
    unnamed = Prepared(insert(Parcel).values(name=bindparam("name"), at=bindparam("at")))
    with pytest.raises(TypeError), database.transaction() as session:
        unnamed.change(session.connection(), {"name": "c", "at": NOW})
