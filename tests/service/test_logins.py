"""A cookie that says nothing opens a row that ends: by itself, or at its owner's wish."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

import pytest
from fastapi import Request, Response
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import registry
from sqlmodel import SQLModel, select

from credentials.errors import RejectedError
from service.database import Database
from service.logins import IDLE, MOST, TOUCH, Login, Logins, device_of
from tests.service.moments import StandingClock

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605 Safari/604.1"


class Table(SQLModel, registry=registry()):
    """Base of the tables of these tests."""


class LoginRow(Table, Login, table=True):
    __tablename__: ClassVar[str] = "login"


@dataclass
class World:
    """A service with people who sign in."""

    database: Database
    clock: StandingClock
    logins: Logins

    def begin(self, owner_id: str = "member-1", **values: str) -> str:
        with self.database.transaction() as session:
            return self.logins.begin(session, owner_id, **values)

    def owner_of(self, token: str) -> str | None:
        row = self.logins.current(self.database, asking(f"{self.logins.cookie}={token}"))
        return row.owner_id if row else None

    def rows(self) -> list[LoginRow]:
        with self.database.reading() as session:
            return list(session.exec(select(LoginRow)))


def asking(cookie: str = "", user_agent: str = "") -> Request:
    """A request with these two headers."""
    headers = [(b"cookie", cookie.encode()), (b"user-agent", user_agent.encode())]
    return Request({"type": "http", "headers": headers})


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    """A service on either database."""
    database, clock = Database(database_url), StandingClock()
    database.create_all(Table.metadata)
    yield World(database, clock, Logins(LoginRow, "login", clock, secure=True))
    database.close()


def test_a_cookie_opens_its_own_login(world: World) -> None:
    ada, bo = world.begin("ada"), world.begin("bo")
    assert (world.owner_of(ada), world.owner_of(bo)) == ("ada", "bo")
    assert world.owner_of("") is None
    assert world.owner_of(ada[:-1]) is None
    assert ada not in repr(world.rows())  # the row cannot give the cookie back


def test_a_login_ends_after_a_quarter_of_an_hour_without_a_page(world: World) -> None:
    token = world.begin()
    for _ in range(3):
        world.clock.forward(IDLE - timedelta(seconds=1))
        assert world.owner_of(token) == "member-1"
    world.clock.forward(IDLE)
    assert world.owner_of(token) is None


def test_a_login_ends_after_twelve_hours_however_busy(world: World) -> None:
    token = world.begin()
    while world.clock.now < world.rows()[0].started_at + MOST - timedelta(minutes=10):
        world.clock.forward(timedelta(minutes=10))
        assert world.owner_of(token) == "member-1"
    world.clock.forward(timedelta(minutes=10))
    assert world.owner_of(token) is None


def test_a_row_is_touched_once_a_minute(world: World) -> None:
    token, began = world.begin(), world.clock.now
    world.clock.forward(TOUCH - timedelta(seconds=1))
    world.owner_of(token)
    assert world.rows()[0].seen_at == began
    world.clock.forward(timedelta(seconds=1))
    world.owner_of(token)
    assert world.rows()[0].seen_at == world.clock.now


def test_signing_in_rotates_the_cookie(world: World) -> None:
    planted = world.begin("mallory")
    fresh = world.begin("ada", old=planted)
    assert fresh != planted
    assert world.owner_of(planted) is None
    assert world.owner_of(fresh) == "ada"


def test_old_rows_are_let_go(world: World) -> None:
    world.begin("ada")
    world.clock.forward(IDLE)
    world.begin("bo")
    assert [row.owner_id for row in world.rows()] == ["bo"]


def test_people_see_their_own_devices_and_end_one_or_all(world: World) -> None:
    here = world.begin("ada", device="Firefox, Linux")
    phone = world.begin("ada", device="Safari, iPhone")
    other = world.begin("bo")
    with world.database.transaction() as session:
        rows = {row.device: row.id for row in world.logins.of_owner(session, "ada")}
        assert set(rows) == {"Firefox, Linux", "Safari, iPhone"}
        for wrong in (rows["Safari, iPhone"], "no such"):
            with pytest.raises(RejectedError, match="not_found"):
                world.logins.end(session, wrong, owner_id="bo")
        world.logins.end(session, rows["Safari, iPhone"], owner_id="ada")
    assert [world.owner_of(token) for token in (here, phone, other)] == ["ada", None, "bo"]
    third = world.begin("ada")
    with world.database.transaction() as session:
        world.logins.end_all(session, "ada", but=rows["Firefox, Linux"])
    assert [world.owner_of(token) for token in (here, third, other)] == ["ada", None, "bo"]


def test_a_device_that_was_left_is_not_listed(world: World) -> None:
    world.begin("ada")
    world.clock.forward(IDLE)
    with world.database.reading() as session:
        assert world.logins.of_owner(session, "ada") == []


@pytest.mark.parametrize(("secure", "name"), [(True, "__Host-login"), (False, "login")])
def test_the_cookie_is_for_this_host_alone(secure: bool, name: str) -> None:  # noqa: FBT001 - a parameter
    logins, response = Logins(LoginRow, "login", StandingClock(), secure=secure), Response()
    logins.keep(response, "value")
    words = response.headers["set-cookie"].lower().split("; ")
    expected = {f"{name}=value".lower(), "path=/", "httponly", "samesite=strict"}
    assert set(words) == (expected | {"secure"} if secure else expected)
    dropped = Response()
    logins.drop(dropped)
    assert "max-age=0" in dropped.headers["set-cookie"].lower()


@pytest.mark.parametrize(
    ("sent", "words"),
    [(FIREFOX, "Firefox, Linux"), (PHONE, "Safari, iPhone"), ("", "?, ?"), ("<script>", "?, ?")],
    ids=["desk", "phone", "none", "odd"],
)
def test_a_device_is_two_words(sent: str, words: str) -> None:
    assert device_of(asking(user_agent=sent)) == words


@given(token=st.text(max_size=100))
def test_any_cookie_opens_nothing(token: str) -> None:
    database = Database("sqlite://")
    database.create_all(Table.metadata)
    with database.transaction() as session:
        assert Logins(LoginRow, "login", StandingClock(), secure=True).find(session, token) is None
    database.close()
