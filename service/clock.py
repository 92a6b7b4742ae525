"""Where the time comes from: the one place in the product that asks the machine for it."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]
"""The present moment, aware and in UTC."""


def system_clock() -> datetime:
    """The machine's own time, in UTC."""
    return datetime.now(UTC)


def clock_from(at: datetime) -> Clock:
    """A clock that shows ``at`` now and ticks on from there at the machine's own pace.

    Raises:
        ValueError: ``at`` has no time zone.
    """
    if at.tzinfo is None:
        message = "the starting moment needs a time zone"
        raise ValueError(message)
    start, origin = at.astimezone(UTC), time.monotonic()
    return lambda: start + timedelta(seconds=time.monotonic() - origin)
