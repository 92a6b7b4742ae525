"""What can be wrong with a class list: one fault per cell or row, in words a person can act on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from schemas.files import JsonObject
from schemas.messages import LANGUAGES, sentence

Words = Mapping[str, str | Mapping[str, str]]
"""Values for the places of a sentence: one text, or one per language."""

MAX_ECHO: Final = 60
"""Characters of a cell that a sentence repeats; a longer cell would hide the advice."""


class Severity(StrEnum):
    """Whether something is wrong, or only to be looked at."""

    ERROR = "error"
    WARNING = "warning"


class Action(StrEnum):
    """What happens to the row, or to the whole list."""

    ROW_REFUSED = "row_refused"
    ROW_HELD = "row_held"
    BOTH_ROWS_HELD = "both_rows_held"
    NEEDS_CONFIRMATION = "needs_confirmation"
    ROW_SKIPPED = "row_skipped"
    ROW_KEPT = "row_kept"
    LIST_REFUSED = "list_refused"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, or that a person must look at.

    Attributes:
        line: in the file; the header is line 1.
        column: the heading as the file writes it, or None for a whole row or list.
        code: stable snake_case word.
        normalised_to: how it was read, where that is offered.
        same_as_line: the other row, for duplicates.
        variant: which of several sentences of the code.
        words: values for the places of the sentence; never a suspected BSN.
        position: of the column, from 0; None for a whole row, or where no column holds it.
    """

    line: int
    column: str | None
    code: str
    severity: Severity
    action: Action
    normalised_to: str | None = None
    same_as_line: int | None = None
    variant: str | None = None
    words: Words = field(default_factory=lambda: MappingProxyType({}))
    position: int | None = None

    def sentence(self, language: str) -> str:
        """What is wrong and what to do, in ``nl`` or ``en``."""
        key = f"fault.{self.code}" + (f".{self.variant}" if self.variant else "")
        values = {
            name: value if isinstance(value, str) else value[language]
            for name, value in self.words.items()
        }
        return sentence(key, language, **values)

    def as_json(self) -> JsonObject:
        """The fault as ``skillspass issue --check`` and the API show it."""
        made: JsonObject = {
            "line": self.line,
            "column": self.column,
            "code": self.code,
            "severity": self.severity.value,
            "action": self.action.value,
        }
        if self.normalised_to is not None:
            made["normalised_to"] = self.normalised_to
        if self.same_as_line is not None:
            made["same_as_line"] = self.same_as_line
        made.update({language: self.sentence(language) for language in LANGUAGES})
        return made


@dataclass(frozen=True, slots=True)
class Problem:
    """A fault that does not yet know its line and column."""

    code: str
    action: Action = Action.ROW_REFUSED
    severity: Severity = Severity.ERROR
    normalised_to: str | None = None
    same_as_line: int | None = None
    variant: str | None = None
    words: Words = field(default_factory=lambda: MappingProxyType({}))

    def at(self, line: int, column: str | None, position: int | None = None) -> Fault:
        """The fault at its place."""
        return Fault(
            line=line,
            column=column,
            code=self.code,
            severity=self.severity,
            action=self.action,
            normalised_to=self.normalised_to,
            same_as_line=self.same_as_line,
            variant=self.variant,
            words=self.words,
            position=position,
        )


def echo(written: str) -> str:
    """A cell as a sentence may repeat it: whole where it is short, else its beginning."""
    return written if len(written) <= MAX_ECHO else written[: MAX_ECHO - 1] + "…"


def list_refused(code: str, line: int = 1, *, variant: str | None = None, **words: str) -> Fault:
    """A fault of the whole list."""
    action = Action.LIST_REFUSED
    return Problem(code, action, variant=variant, words=words).at(line, None)
