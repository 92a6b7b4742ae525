"""Time two ways of doing the same work in turns, so that noise hits both alike."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

SLICES = 11
"""Turns for each side: enough for a median that one slow turn does not move."""

SLICE_SECONDS = 0.05
"""One turn: long enough for the clock, short enough to meet the same noise as its neighbour."""

Work = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Contest:
    """One piece of work, ours and the peer's, and the ratio that we aim at.

    Attributes:
        goal: peer time divided by ours, at least; None where there is none yet.
    """

    work: str
    peer: str
    ours_call: Work
    peer_call: Work
    goal: float | None = None


@dataclass(frozen=True, slots=True)
class Timing:
    """Microseconds per call, one entry per turn."""

    ours: tuple[float, ...]
    peer: tuple[float, ...]

    @property
    def ratio(self) -> float:
        """The peer's median divided by ours."""
        return median(self.peer) / median(self.ours)

    @property
    def best_ratio(self) -> float:
        """The peer's best divided by our best."""
        return min(self.peer) / min(self.ours)


def run(contest: Contest, *, slices: int = SLICES) -> Timing:
    """Warm both up, then let them take turns."""
    calls = [_calls_per_slice(work) for work in (contest.ours_call, contest.peer_call)]
    ours, peer = [], []
    for _ in range(slices):
        ours.append(_slice(contest.ours_call, calls[0]))
        peer.append(_slice(contest.peer_call, calls[1]))
    return Timing(tuple(ours), tuple(peer))


def _calls_per_slice(work: Work) -> int:
    work()
    started = time.perf_counter()
    work()
    once = time.perf_counter() - started
    return max(1, int(SLICE_SECONDS / max(once, 1e-7)))


def _slice(work: Work, calls: int) -> float:
    started = time.perf_counter()
    for _ in range(calls):
        work()
    return (time.perf_counter() - started) / calls * 1e6
