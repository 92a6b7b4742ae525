"""The one other clock that a verifier can read: that of its database server."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from service.clock import Clock, system_clock
from service.database import Database
from verifier.clock_check import offset_of

ASK_SECONDS = 10
"""Between two questions our monotonic clock counts on: a jump of ours is seen at every use."""


@dataclass(slots=True)
class ServerClock:
    """The clock of the database server, as it was read last; safe for threads.

    Attributes:
        ticks: monotonic, in seconds.
    """

    ticks: Callable[[], float] = time.monotonic
    _read: tuple[datetime, float] | None = None

    def offset(self, database: Database, clock: Clock) -> timedelta | None:
        """How far our clock is ahead of the database server's now.

        None where the database is a file of this machine, or the clock is one that was set: then
        there is no second clock to ask.
        """
        if clock is not system_clock or database.is_sqlite:
            return None
        read = self._read
        if read is None or self.ticks() - read[1] >= ASK_SECONDS:
            self._read = read = (server_time(database), self.ticks())
        then, tick = read
        return offset_of(clock, lambda: then + timedelta(seconds=self.ticks() - tick))


def server_time(database: Database) -> datetime:
    """What time the server has: one round."""
    with database.asking() as connection:
        seconds = connection.scalar(text("select extract(epoch from clock_timestamp())::float8"))
    return datetime.fromtimestamp(float(seconds or 0), UTC)
