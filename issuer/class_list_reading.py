"""One row of a class list while it is read: its cells, and what all rows have in common."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from issuer import class_list_file as headings
from issuer.class_list_faults import Action, Fault, Problem
from schemas.credential_types import CredentialType
from schemas.files import JsonObject
from skills.framework import Framework

NAMES = (headings.GIVEN_NAME, headings.PREFIX, headings.FAMILY_NAME)
"""The columns that make up a person's name, in its order."""

_AMSTERDAM = ZoneInfo("Europe/Amsterdam")


@dataclass(frozen=True, slots=True)
class Plan:
    """What all rows of one list have in common.

    Attributes:
        columns: heading to position, for every column with a heading.
        pairs: headings of each skill and its level.
        roles: heading to what its text is: ``name``, ``number``, ``email`` or ``date``.
        course: the type that a value of the course column chooses, or None.
        wanted: only this type is issued; None = every type.
        fixed: type id to what its template fixes.
        comma: grades are written with a comma.
        texts: cells of this list that were looked at before; courses, skills and levels repeat.
    """

    at: datetime
    columns: Mapping[str, int]
    pairs: tuple[tuple[str, str], ...]
    course: Callable[[str], CredentialType | None]
    wanted: CredentialType | None
    fixed: Mapping[str, JsonObject]
    framework: Framework
    roles: Mapping[str, str]
    comma: bool
    texts: dict[tuple[str, str], tuple[str, Problem | None]] = field(default_factory=dict)

    @property
    def today(self) -> date:
        """The calendar day in the Netherlands."""
        return self.at.astimezone(_AMSTERDAM).date()


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
        """Note a problem; a row that is refused or has an open question cannot be issued."""
        self.faults.append(problem.at(self.line, column))
        unreadable = problem.code in {"skill_ambiguous", "course_unknown"}
        self.refused |= unreadable or problem.action is Action.ROW_REFUSED

    def cell(self, column: str) -> str | None:
        """A cell that is fit to be read; None where it is spoiled or there is no such column."""
        return None if column in self.spoiled else self.cells.get(column)
