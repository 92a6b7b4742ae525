"""Time two ways of doing the same work in turns, so that noise hits both alike."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from statistics import median

SLICES = 11
"""Turns for each side: enough for a median that one slow turn does not move."""

SLICE_SECONDS = 0.05
"""One turn: long enough for the clock, short enough to meet the same noise as its neighbour."""

WARM_UP_SECONDS = 1.0
"""Each side works so long before it is timed: a JavaScript engine compiles what it has seen."""

Work = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Slice:
    """One turn, in microseconds per call.

    Attributes:
        wall: by the clock; what else ran meanwhile is in it.
        cpu: what the process itself used; more than ``wall`` where it has threads.
    """

    wall: float
    cpu: float


Timer = Callable[[int], Slice]
"""Does the work so often, and tells how long it took."""


@dataclass(frozen=True, slots=True)
class Contest:
    """One piece of work, ours and the peer's, and the ratio that we aim at.

    Attributes:
        goal: peer time divided by ours, at least; None where there is none yet.
        peer_timer: a peer in another process times its own slices; None where we time it.
    """

    work: str
    peer: str
    ours_call: Work
    peer_call: Work
    goal: float | None = None
    peer_timer: Timer | None = None


@dataclass(frozen=True, slots=True)
class Timing:
    """The slices of both, one for each turn."""

    ours: tuple[Slice, ...]
    peer: tuple[Slice, ...]

    @property
    def ratio(self) -> float:
        """The peer's median divided by ours."""
        return median(walls(self.peer)) / median(walls(self.ours))

    @property
    def cpu_ratio(self) -> float:
        """The same of the processor's time."""
        return median(cpus(self.peer)) / median(cpus(self.ours))

    @property
    def best_ratio(self) -> float:
        """The peer's best divided by our best."""
        return min(walls(self.peer)) / min(walls(self.ours))


def run(contest: Contest, *, slices: int = SLICES) -> Timing:
    """Warm both up, then let them take turns."""
    ours_timer = partial(_slice, contest.ours_call)
    peer_timer = contest.peer_timer or partial(_slice, contest.peer_call)
    calls = [_calls_per_slice(timer) for timer in (ours_timer, peer_timer)]
    ours, peer = [], []
    for _ in range(slices):
        ours.append(ours_timer(calls[0]))
        peer.append(peer_timer(calls[1]))
    return Timing(tuple(ours), tuple(peer))


def alone(work: Work, *, slices: int = SLICES) -> list[float]:
    """Microseconds per call of work that has no peer, one entry per slice."""
    timer = partial(_slice, work)
    calls = _calls_per_slice(timer)
    return [timer(calls).wall for _ in range(slices)]


def _calls_per_slice(timer: Timer) -> int:
    """Warm up, then see how often the work fits into one turn."""
    once, started = timer(1).wall / 1e6, time.perf_counter()
    while time.perf_counter() - started < WARM_UP_SECONDS:
        once = timer(max(1, int(SLICE_SECONDS / max(once, 1e-7)))).wall / 1e6
    return max(1, int(SLICE_SECONDS / max(once, 1e-7)))


def _slice(work: Work, calls: int) -> Slice:
    started, used = time.perf_counter(), time.process_time()
    for _ in range(calls):
        work()
    each = 1e6 / calls
    return Slice((time.perf_counter() - started) * each, (time.process_time() - used) * each)


def walls(slices: Iterable[Slice]) -> list[float]:
    """By the clock, one for each slice."""
    return [each.wall for each in slices]


def cpus(slices: Iterable[Slice]) -> list[float]:
    """Of the processor, one for each slice."""
    return [each.cpu for each in slices]
