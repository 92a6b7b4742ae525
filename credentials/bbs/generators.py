"""The points that messages are tied to (draft, 4.1.1), worked out once and kept."""

from collections.abc import Sequence
from dataclasses import dataclass

from credentials.bbs import arkworks
from credentials.bbs.arkworks import POINT_OCTETS, Point
from credentials.bbs.suite import EXPAND_OCTETS, Suite
from credentials.errors import MalformedError

MAX_MESSAGES = 2_048
"""Messages of one signature: the first use of so many generators costs about a second."""


@dataclass(frozen=True, slots=True)
class Generators:
    """P1, Q_1 and H_1 to H_L of one suite.

    Attributes:
        fixed: P1.
        points: Q_1, then one for each message.
        octets: ``points`` written one behind another.
    """

    fixed: Point
    points: Sequence[Point]
    octets: bytes


@dataclass(frozen=True, slots=True)
class _Known:
    """What was worked out so far, with the hash that leads to the next generator."""

    fixed: Point
    points: tuple[Point, ...]
    octets: bytes
    state: bytes


_KNOWN: dict[bytes, _Known] = {}


def generators(suite: Suite, messages: int) -> Generators:
    """The generators for that many messages; at most ``MAX_MESSAGES`` a suite are ever kept.

    Raises:
        MalformedError: ``too_large`` for more messages than that.
    """
    if messages > MAX_MESSAGES:
        raise MalformedError("too_large", f"{messages} messages, limit {MAX_MESSAGES}")
    count = messages + 1
    known = _KNOWN.get(suite.identifier)
    if known is None or len(known.points) < count:
        known = _extended(suite, known or _start(suite), count)
        _KNOWN[suite.identifier] = known  # two threads may both work; either result is whole
    return Generators(known.fixed, known.points[:count], known.octets[: count * POINT_OCTETS])


def _start(suite: Suite) -> _Known:
    seed = suite.api + b"MESSAGE_GENERATOR_SEED"
    state = suite.expand(seed, suite.api + b"SIG_GENERATOR_SEED_", EXPAND_OCTETS)  # (1)
    return _Known(arkworks.read_point(suite.fixed_point), (), b"", state)


def _extended(suite: Suite, known: _Known, count: int) -> _Known:
    """Create Generators (draft, 4.1.1), from where it was left."""
    points, state = list(known.points), known.state
    for index in range(len(points) + 1, count + 1):  # (2)
        octets = state + index.to_bytes(8, "big")
        state = suite.expand(octets, suite.api + b"SIG_GENERATOR_SEED_", EXPAND_OCTETS)  # (3)
        points.append(suite.hash_to_point(state, suite.api + b"SIG_GENERATOR_DST_"))  # (4)
    added = b"".join(map(arkworks.write_point, points[len(known.points) :]))
    return _Known(known.fixed, tuple(points), known.octets + added, state)  # (5)
