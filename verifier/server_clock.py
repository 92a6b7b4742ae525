"""The one other clock that a verifier can read: that of its database server."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from service.clock import Clock, system_clock
from service.database import Database
from verifier.clock_check import offset_of


def database_offset(database: Database, clock: Clock) -> timedelta | None:
    """How far our clock is ahead of the database server's.

    None where the database is a file of this machine, or the clock is one that was set: then there
    is no second clock to ask.
    """
    if clock is not system_clock or database.is_sqlite:
        return None
    return server_offset(database, clock)


def server_offset(database: Database, clock: Clock) -> timedelta:
    """The same, whatever the clock: the question takes one round to the server."""
    with database.asking() as connection:
        seconds = connection.scalar(text("select extract(epoch from clock_timestamp())::float8"))
    return offset_of(clock, lambda: datetime.fromtimestamp(float(seconds or 0), UTC))
