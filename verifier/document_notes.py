"""What this process knows of the documents in the database, so that not every check asks for them.

The database stays what counts: a note is asked again after a second, in which another process may
have seen a newer list, and at once after a change of our own.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Final

from credentials.memory import Memory

NOTE_SECONDS: Final = 1
"""Long beside a check and short beside everything that a list can say."""

MAX_NOTES, MAX_NOTED_OCTETS = 256, 16 * 1024 * 1024
"""As many documents as the fetcher keeps; a verifier meets some tens."""


@dataclass(frozen=True, slots=True)
class Note:
    """What the database says of one document.

    Attributes:
        body: as it was seen last; None where nothing was.
        fetched_at: in seconds since 1970.
        issued_at: of the newest status list that was accepted, in the same seconds.
        sequence: the highest of a trust list that was accepted.
    """

    body: bytes | None = None
    fetched_at: int = 0
    issued_at: int | None = None
    sequence: int | None = None


def _weight(_url: str, asked: tuple[int, Note]) -> int:
    body = asked[1].body
    return 0 if body is None else len(body)


@dataclass(slots=True)
class Notes:
    """Notes by address, each for a second; safe for threads."""

    _asked: Memory[str, tuple[int, Note]] = field(
        default_factory=lambda: Memory(most=MAX_NOTES, most_octets=MAX_NOTED_OCTETS, weigh=_weight)
    )
    _changes: int = 0
    _lock: Lock = field(default_factory=Lock)

    def __len__(self) -> int:
        """How many there are."""
        return len(self._asked)

    @property
    def octets(self) -> int:
        """What their documents take together."""
        return self._asked.octets

    def find(self, url: str, *, now: int, ask: Callable[[str], Note]) -> Note:
        """What the database says, or said in this very second.

        Args:
            url: of the document.
            now: in seconds since 1970.
            ask: reads the database.
        """
        kept = self._asked.find(url)
        if kept is not None and 0 <= now - kept[0] < NOTE_SECONDS:
            return kept[1]
        before = self._changes
        note = ask(url)
        with self._lock:
            if before == self._changes:  # else it may be from before a change of another thread
                self._asked.keep(url, (now, note))
        return note

    def drop(self, url: str) -> None:
        """The database was changed: ask it again."""
        with self._lock:
            self._changes += 1
            self._asked.drop(url)
