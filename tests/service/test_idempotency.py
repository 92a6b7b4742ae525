"""One key, one deed, one answer: at the same time, later, and for each organisation apart."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel, func, select

from credentials.errors import MalformedError, RejectedError
from service.database import Database
from service.idempotency import LIFE, Idempotency, IdempotencyKey, check_key
from tests.service.moments import StandingClock


class Table(SQLModel, registry=registry()):
    """Base of the tables of these tests."""


class KeyRow(Table, IdempotencyKey, table=True):
    __tablename__: ClassVar[str] = "idempotency_key"


class Deed(Table, table=True):
    id: int | None = Field(default=None, primary_key=True)


def turned(octets: bytes, about: str) -> bytes:
    """A seal that a test can look through: octets turned round, bound to what they are about."""
    return octets[::-1] + about.encode()


def turned_back(octets: bytes, about: str) -> bytes:
    """Open it."""
    assert octets.endswith(about.encode())
    return octets.removesuffix(about.encode())[::-1]


@dataclass
class World:
    """A service that does deeds."""

    database: Database
    clock: StandingClock
    idempotency: Idempotency
    answers: Iterator[int]

    def ask(self, key: str = "k", request: bytes = b"POST /api/offers", tenant: str = "o") -> bytes:
        """One request in its own transaction."""
        with self.database.transaction() as session:

            def make() -> bytes:
                session.add(Deed())
                return f"link {next(self.answers)}".encode()

            return self.idempotency.once(
                session, tenant=tenant, key=key, request=request, make=make
            )

    def deeds(self) -> int:
        """How many were done."""
        with self.database.reading() as session:
            return session.exec(select(func.count()).select_from(Deed)).one()


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    """A service on either database."""
    database, clock = Database(database_url), StandingClock()
    database.create_all(Table.metadata)
    keys = Idempotency(database, KeyRow, clock, seal=turned, open=turned_back)
    yield World(database, clock, keys, count(1))
    database.close()


def test_the_same_request_gets_the_same_octets_and_does_nothing(world: World) -> None:
    assert [world.ask(), world.ask(), world.ask('"k"')] == [b"link 1"] * 3
    assert world.deeds() == 1


def test_another_key_or_organisation_is_another_request(world: World) -> None:
    assert [world.ask(), world.ask("l"), world.ask(tenant="p")] == [b"link 1", b"link 2", b"link 3"]
    assert world.deeds() == 3


def test_the_same_key_with_other_content_is_a_conflict(world: World) -> None:
    world.ask()
    with pytest.raises(RejectedError) as caught:
        world.ask(request=b"POST /api/offers?other")
    assert caught.value.code == "idempotency_conflict"
    assert (world.ask(), world.deeds()) == (b"link 1", 1)


def test_fifty_at_the_same_time_do_one_deed(world: World) -> None:
    with ThreadPoolExecutor(16) as threads:
        answers = set(threads.map(lambda _: world.ask(), range(50)))
    assert (answers, world.deeds()) == ({b"link 1"}, 1)


def test_a_deed_that_failed_leaves_the_key_free(world: World) -> None:
    def fail() -> bytes:
        raise RejectedError("gone", "")

    with pytest.raises(RejectedError, match="gone"), world.database.transaction() as session:
        world.idempotency.once(session, tenant="o", key="k", request=b"r", make=fail)
    assert world.ask() == b"link 1"


def test_keys_and_answers_cannot_be_read_in_the_database(world: World) -> None:
    world.ask("ayse-demir")
    with world.database.reading() as session:
        (row,) = session.exec(select(KeyRow)).all()
    assert b"link 1" not in (row.answer or b"")
    assert "ayse" not in repr(row)


def test_a_key_is_forgotten_after_a_month(world: World) -> None:
    world.ask()
    world.clock.forward(LIFE - timedelta(seconds=1))
    assert world.ask() == b"link 1"
    world.clock.forward(timedelta(seconds=1))
    assert world.ask() == b"link 2"


@given(header=st.text() | st.text(alphabet='"\\ a', max_size=5))
def test_any_header_is_a_key_or_refused(header: str) -> None:
    try:
        key = check_key(header)
    except MalformedError as error:
        assert error.code == "idempotency_key"  # noqa: PT017 - either outcome is right
    else:
        assert key.isascii()
        assert header.strip('"') == key
