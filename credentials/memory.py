"""A bounded memory of what was read from public documents, so that the same octets are read once.

Key and value must say nothing of a person, and the value must follow from the key alone: what
depends on the moment (dates, order, status) is judged again at every use.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Memory(Generic[Key, Value]):
    """Values by key, the least recently used out first; safe for threads."""

    def __init__(self, *, most: int, most_octets: int, weigh: Callable[[Key, Value], int]) -> None:
        """Keep at most so many values, and so many octets of all of them together.

        ``weigh`` says about how many octets a key and its value take.
        """
        self._most, self._most_octets, self._weigh = most, most_octets, weigh
        self._kept: OrderedDict[Key, tuple[Value, int]] = OrderedDict()
        self._octets, self._lock = 0, Lock()

    def __len__(self) -> int:
        """How many values are kept."""
        return len(self._kept)

    @property
    def octets(self) -> int:
        """What they weigh together."""
        return self._octets

    def find(self, key: Key) -> Value | None:
        """What is kept under this key."""
        with self._lock:
            found = self._kept.get(key)
            if found is None:
                return None
            self._kept.move_to_end(key)
            return found[0]

    def keep(self, key: Key, value: Value) -> None:
        """Keep a value; one that weighs more than the limit is not kept."""
        weight = self._weigh(key, value)
        with self._lock:
            self._drop(key)
            if weight > self._most_octets:
                return
            self._kept[key] = (value, weight)
            self._octets += weight
            while self._octets > self._most_octets or len(self._kept) > self._most:
                self._drop(next(iter(self._kept)))

    def drop(self, key: Key) -> None:
        """Forget one."""
        with self._lock:
            self._drop(key)

    def recall(self, key: Key, read: Callable[[], Value]) -> Value:
        """What was read for this key before, else what ``read`` finds now.

        An error is not kept. Two threads may read the same at once; both find the same.
        """
        found = self.find(key)
        if found is None:
            found = read()
            self.keep(key, found)
        return found

    def _drop(self, key: Key) -> None:
        old = self._kept.pop(key, None)
        self._octets -= old[1] if old else 0
