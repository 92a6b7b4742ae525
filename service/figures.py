"""Counts that an organisation may tell, and none that speaks of a few people.

A quarter is told once it is over, and only of what cannot change afterwards: who compares what was
told at two moments then finds no more than what either says. Kinds with fewer than ``K`` people are
told together, and so are as many of the small ones beside them as it takes: every number that is
told, and every sum or difference of such numbers, is of ``K`` people or more.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from credentials.encoding import JsonObject
from credentials.errors import RejectedError

K = 10
"""People behind the smallest number that is told (R33)."""

TOLD_QUARTERS = 4
"""A year: enough to see which way it goes."""


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """Three months of a year, by UTC; ``number`` is 1 to 4."""

    year: int
    number: int

    def __str__(self) -> str:
        """As people and programs write it: ``2026-Q3``."""
        return f"{self.year}-Q{self.number}"

    @property
    def begins(self) -> datetime:
        """Its first moment."""
        return datetime(self.year, 3 * self.number - 2, 1, tzinfo=UTC)

    @property
    def ends(self) -> datetime:
        """The first moment that is no longer in it."""
        return Quarter(self.year + self.number // 4, self.number % 4 + 1).begins

    @property
    def before(self) -> "Quarter":
        """The one before it."""
        return Quarter(self.year - (self.number == 1), (self.number - 2) % 4 + 1)


def quarter_of(at: datetime) -> Quarter:
    """The quarter of a moment."""
    moment = at.astimezone(UTC)
    return Quarter(moment.year, (moment.month + 2) // 3)


def closed(at: datetime) -> tuple[Quarter, ...]:
    """The quarters that may be told at a moment, the newest first."""
    found, each = [], quarter_of(at)
    for _ in range(TOLD_QUARTERS):
        each = each.before
        found.append(each)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Group:
    """What happened of one kind.

    Attributes:
        count: how often.
        people: to whom, under any name; they leave this module in no form.
    """

    count: int
    people: frozenset[Hashable]


@dataclass(frozen=True, slots=True)
class Figures:
    """What is told of one quarter.

    Attributes:
        counts: kind to how often, the largest first; each is of ``K`` people or more.
        others: of all other kinds together; 0 where there are none.
    """

    quarter: Quarter
    counts: Mapping[str, int]
    others: int

    @property
    def total(self) -> int | None:
        """Of all kinds; None where they are too few to be told."""
        return sum(self.counts.values(), self.others) or None

    def as_json(self) -> JsonObject:
        """As a program reads it."""
        return {
            "quarter": str(self.quarter),
            "total": self.total,
            "counts": dict(self.counts),
            "others": self.others,
        }


def figures(quarter: Quarter, groups: Mapping[str, Group]) -> Figures:
    """What may be told of a quarter.

    Args:
        quarter: over already.
        groups: everything that happened in it, by kind; kinds may share people.
    """
    there = {kind: group for kind, group in groups.items() if group.count}
    order = sorted(there, key=lambda kind: (len(there[kind].people), there[kind].count, kind))
    others, people, hidden = 0, frozenset[Hashable](), 0
    while hidden < len(order):
        group = there[order[hidden]]
        if len(group.people) >= K and not 0 < len(people) < K:
            break
        others, people, hidden = others + group.count, people | group.people, hidden + 1
    if 0 < len(people) < K:
        others = 0  # the whole quarter is too small
    told = sorted(order[hidden:], key=lambda kind: (-there[kind].count, kind))
    return Figures(quarter, {kind: there[kind].count for kind in told}, others)


def require_wanted(*, wanted: bool) -> None:
    """Refuse to count for whoever did not choose to.

    Raises:
        RejectedError: ``figures_off``.
    """
    if not wanted:
        raise RejectedError("figures_off", "FIGURES is false")


def document(told: tuple[Figures, ...]) -> JsonObject:
    """Several quarters as a program reads them, with the rule."""
    return {"at_least": K, "quarters": [each.as_json() for each in told]}
