"""A clock that stands still until a test moves it."""

from datetime import datetime, timedelta

from tests.conftest import NOW


class StandingClock:
    """Shows ``now``, which only ``forward`` changes."""

    def __init__(self) -> None:
        """Stand at the moment of all tests."""
        self.now = NOW

    def __call__(self) -> datetime:
        """The moment it stands at."""
        return self.now

    def forward(self, by: timedelta) -> None:
        """Move on."""
        self.now += by
