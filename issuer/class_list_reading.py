"""One row of a class list while it is read: its cells, and what all rows have in common."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

from issuer import class_list_headings as headings
from issuer.class_list_faults import Action, Fault, Problem
from schemas.credential_types import CredentialType
from schemas.files import JsonObject
from skills.framework import Framework

NAMES = (headings.GIVEN_NAME, headings.PREFIX, headings.FAMILY_NAME)
"""The columns that make up a person's name, in its order."""

UNUSED = "#"
"""Before the number of a column that is not used, but looked at."""

_AMSTERDAM = ZoneInfo("Europe/Amsterdam")


@dataclass(frozen=True, slots=True)
class Answers:
    """What a person said about a list after seeing it.

    Attributes:
        mended: line to position (from 0) to what the cell shall hold.
        confirmed: line, code and position of what is right as it was read; -1 = the whole row.
        left_out: lines that get no proof.
    """

    mended: Mapping[int, Mapping[int, str]] = field(default_factory=lambda: MappingProxyType({}))
    confirmed: frozenset[tuple[int, str, int]] = frozenset()
    left_out: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Plan:
    """What all rows of one list have in common.

    Attributes:
        columns: what a column holds to its position, for every column with a title; columns
            that are not used stand under ``#`` and their number.
        titles: by position, as a fault may name them: ours as we spell them, others as the file
            does.
        constants: what holds for every row, where no column says it.
        own: columns that fill one claim, ``claim:<path>``.
        pairs: headings of each skill and its level.
        roles: heading to what its text is: ``name``, ``number``, ``email``, ``date``, ``other``.
        course: the type that a value of the course column chooses, or None.
        wanted: only this type is issued; None = every type.
        fixed: type id to what its template fixes.
        comma: grades are written with a comma.
        says_passed: the title of the result asks a question that "ja" answers.
        number_length: digits of a trainee number, where those of this list begin with zeros.
        asks: somebody is there to say whether two rows that look alike are two people.
        texts: cells of this list that were looked at before; courses, skills and levels repeat.
        statements: skills of this list that were written out before, by skill and level.
    """

    at: datetime
    columns: Mapping[str, int]
    titles: tuple[str, ...]
    constants: Mapping[str, str]
    own: tuple[str, ...]
    pairs: tuple[tuple[str, str], ...]
    course: Callable[[str], CredentialType | None]
    wanted: CredentialType | None
    fixed: Mapping[str, JsonObject]
    framework: Framework
    roles: Mapping[str, str]
    comma: bool
    says_passed: bool
    number_length: int
    answers: Answers
    asks: bool
    texts: dict[tuple[str, str], tuple[str, Problem | None]] = field(default_factory=dict)
    statements: dict[tuple[str, int], JsonObject] = field(default_factory=dict)

    @property
    def today(self) -> date:
        """The calendar day in the Netherlands."""
        return self.at.astimezone(_AMSTERDAM).date()

    def holds(self, heading: str) -> bool:
        """Whether a column, or one value for all, says this; a whole name says its parts."""
        whole = heading in NAMES and headings.FULL_NAME in self.columns
        return whole or heading in self.columns or heading in self.constants

    def position(self, heading: str | None) -> int | None:
        """Where a heading stands, from 0; parts of a name stand where the whole name does."""
        if heading in NAMES and heading not in self.columns:
            heading = headings.FULL_NAME
        return self.columns.get(heading or "")

    def statement(self, skill_id: str, level: int) -> JsonObject:
        """One item of the claim ``skills``: whoever has the same on this list shares it.

        It is most of what a row holds, so it is made once, and read only.
        """
        found = self.statements.get((skill_id, level))
        if found is None:
            found = self.statements[skill_id, level] = self.framework.statement(skill_id, level)
        return found

    def place(self, problem: Problem, line: int, heading: str | None) -> Fault:
        """The fault in its column, under the title that the file gives it."""
        position = self.position(heading)
        title = heading if position is None else self.titles[position]
        return problem.at(line, title, position)


@dataclass(slots=True)
class Reading:
    """One row while it is read: cells by heading, and what was found."""

    plan: Plan
    line: int
    cells: dict[str, str]
    faults: list[Fault] = field(default_factory=list)
    spoiled: set[str] = field(default_factory=set)
    refused: bool = False

    def add(self, column: str | None, problem: Problem) -> None:
        """Note a problem; a row that is refused or has an open question cannot be issued.

        What a person confirmed before is not noted again.
        """
        fault = self.plan.place(problem, self.line, column)
        position = -1 if fault.position is None else fault.position
        if (self.line, problem.code, position) in self.plan.answers.confirmed and is_asked(problem):
            return
        self.faults.append(fault)
        unreadable = problem.code in CHOICES
        self.refused |= unreadable or problem.action is Action.ROW_REFUSED

    def cell(self, column: str) -> str | None:
        """A cell that is fit to be read; None where it is spoiled or there is no such column."""
        return None if column in self.spoiled else self.cells.get(column)

    def is_mended(self, column: str) -> bool:
        """Whether a person typed this cell."""
        return self.plan.position(column) in self.plan.answers.mended.get(self.line, {})


CHOICES = frozenset({"skill_ambiguous", "course_unknown"})
"""Held rows that need a choice, not a yes: without it there is nothing to issue."""


def is_asked(problem: Problem | Fault) -> bool:
    """Whether a person's "yes, that is right" settles it."""
    waits = problem.action in {Action.NEEDS_CONFIRMATION, Action.ROW_HELD}
    return waits and problem.code not in CHOICES
