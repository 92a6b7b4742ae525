"""What lives for minutes, in memory alone: a reload works, and nothing of it is ever written."""

from collections import OrderedDict
from datetime import datetime, timedelta
from threading import Lock
from typing import Generic, TypeVar

Kept = TypeVar("Kept")


class ShortMemory(Generic[Kept]):
    """Things by name, each for as long; safe to use from several threads."""

    def __init__(self, *, life: timedelta, most: int) -> None:
        """Keep each thing for ``life``, and never more than ``most``; the oldest goes first."""
        self._life, self._most, self._lock = life, most, Lock()
        self._kept: OrderedDict[str, tuple[datetime, Kept]] = OrderedDict()

    def put(self, name: str, thing: Kept, *, at: datetime) -> None:
        """Keep one thing."""
        with self._lock:
            self._kept[name] = (at, thing)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)

    def get(self, name: str, *, at: datetime) -> Kept | None:
        """What is kept under this name; whatever is past its life is dropped."""
        with self._lock:
            over = [key for key, (since, _) in self._kept.items() if at >= since + self._life]
            for key in over:
                del self._kept[key]
            found = self._kept.get(name)
        return None if found is None else found[1]

    def drop(self, name: str) -> None:
        """Forget what is kept under this name."""
        with self._lock:
            self._kept.pop(name, None)
