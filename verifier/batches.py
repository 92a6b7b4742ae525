"""Many proofs at once: checked a few at a time behind the page, and kept for half an hour."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Event, Lock

from credentials.errors import RejectedError
from verifier.batch_items import Item
from verifier.requests import digest, same_secret
from verifier.short_memory import ShortMemory
from verifier.verdicts import Report

BATCH_LIFE = timedelta(minutes=30)
"""Long enough to save the table."""

MAX_BATCHES = 50
"""At most so many times a hundred proofs in memory."""

AT_ONCE = 4
"""Checks side by side: most of their time they wait for a host."""

MAX_WAITING = 500
"""Items that wait with what they hold, from all browsers together; who comes then comes later."""


@dataclass(frozen=True, slots=True)
class Line:
    """What became of one item.

    Attributes:
        reports: its verdicts; empty where it could not be checked.
        result: where its page is; empty where there is none.
        fault: why it could not be checked, a code of an error.
    """

    item: Item
    reports: tuple[Report, ...] = ()
    result: str = ""
    fault: str | None = None


@dataclass(slots=True)
class Batch:
    """Many items and what became of them so far.

    Attributes:
        owner: SHA-256 of the cookie of the browser that asked.
        total: how many items there are.
    """

    id: str
    owner: str
    total: int
    started_at: datetime
    _lines: dict[int, Line] = field(default_factory=dict, repr=False)
    _lock: Lock = field(default_factory=Lock, repr=False)

    def note(self, line: Line) -> None:
        """One more is done."""
        with self._lock:
            self._lines[line.item.number] = line

    def lines(self) -> tuple[Line, ...]:
        """What is done, in the order of the items."""
        with self._lock:
            return tuple(self._lines[number] for number in sorted(self._lines))


class Batches:
    """The batches of the last half hour, and the threads that work on them."""

    def __init__(self, *, stopping: Event) -> None:
        """Take no new item once ``stopping`` is set."""
        self._stopping = stopping
        self._memory: ShortMemory[Batch] = ShortMemory(life=BATCH_LIFE, most=MAX_BATCHES)
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="batch")
        self._lock, self._waiting = Lock(), 0

    def start(
        self,
        name: str,
        items: Sequence[Item],
        *,
        check: Callable[[Item], Line],
        browser: str,
        at: datetime,
    ) -> Batch:
        """Begin; ``check`` runs in a thread for each item and never raises.

        Raises:
            RejectedError: ``batch_busy``: too much waits already.
        """
        with self._lock:
            if self._waiting + len(items) > MAX_WAITING:
                raise RejectedError("batch_busy", f"{self._waiting} wait")
            self._waiting += len(items)
        batch = Batch(name, digest(browser), len(items), at)
        self._memory.put(name, batch, at=at)

        def work(item: Item) -> None:
            """Check one item, unless the service ends."""
            with self._lock:
                self._waiting -= 1
            if not self._stopping.is_set():
                batch.note(check(item))

        for item in items:
            self._threads.submit(work, item)
        return batch

    def find(self, name: str, *, browser: str | None, at: datetime) -> Batch:
        """The batch of this name, for the browser that asked.

        Raises:
            RejectedError: ``result_gone``.
        """
        found = self._memory.get(name, at=at)
        if found is None or not same_secret(browser, found.owner):
            raise RejectedError("result_gone", "over, or of another browser")
        return found
