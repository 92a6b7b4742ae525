"""Rows of a class list that are cut off, stand twice, or speak of the same person again."""

from issuer import class_list_headings as headings
from issuer.class_list_faults import Action, Fault, Problem, Severity, Words
from issuer.class_list_file import Record, Sheet
from issuer.class_list_reading import Plan
from issuer.class_list_rows import Checked, Row
from skills.framework import fold

_DELIMITER_WORDS = {
    ";": {"nl": "puntkomma", "en": "semicolon"},
    ",": {"nl": "komma", "en": "comma"},
    "\t": {"nl": "tab", "en": "tab"},
    "": {"nl": "kolom", "en": "column"},
}


class Doubles:
    """What was seen so far in one list; asked about each row in the order of the file.

    Attributes:
        held: lines of which another says something else; a person chooses.
    """

    def __init__(self, sheet: Sheet, plan: Plan) -> None:
        """Begin with an empty memory."""
        self._sheet, self._plan = sheet, plan
        self._lines: dict[tuple[str, ...], int] = {}
        self._trainees: dict[tuple[str, str], Record] = {}
        self._people: dict[tuple[str, ...], int] = {}
        self._addresses: dict[str, tuple[str, int]] = {}
        self.held: set[int] = set()

    def shape(self, record: Record) -> Problem | None:
        """A row cut off or with fields too many, or equal to an earlier one."""
        found, expected = len(record.cells), len(self._sheet.titles)
        if found != expected:
            code = "too_many_columns" if found > expected else "too_few_columns"
            words: Words = {
                "found": str(found),
                "expected": str(expected),
                "sign": _DELIMITER_WORDS[self._sheet.delimiter],
            }
            return Problem(code, words=words)
        first = self._lines.setdefault(tuple(cell.strip() for cell in record.cells), record.line)
        if first == record.line:
            return None
        return Problem(
            "duplicate_row",
            Action.ROW_SKIPPED,
            Severity.WARNING,
            same_as_line=first,
            words={"line": str(first)},
        )

    def beside(self, record: Record, checked: Checked) -> tuple[Fault, ...]:
        """What is wrong with a row because of another one."""
        if checked.trainee is not None:
            first = self._trainees.setdefault(checked.trainee, record)
            if first is not record:
                self.held.update((first.line, record.line))
                return (self._conflict(first, record),)
        row = checked.row
        if row is None or not self._plan.asks:
            return ()
        found = (self._same_person(row), self._same_address(row))
        return tuple(fault for fault in found if fault is not None)

    def _conflict(self, first: Record, second: Record) -> Fault:
        differs = next(
            position
            for position, (one, other) in enumerate(zip(first.cells, second.cells, strict=True))
            if one.strip() != other.strip()
        )
        words = {"line": str(first.line)}
        problem = Problem(
            "duplicate_conflict", Action.BOTH_ROWS_HELD, same_as_line=first.line, words=words
        )
        return problem.at(second.line, self._plan.titles[differs], differs)

    def _same_person(self, row: Row) -> Fault | None:
        """The same name, type and dates under another number."""
        first = self._people.setdefault(person_key(row), row.line)
        if first == row.line:
            return None
        return self._ask(row.line, None, _asked("duplicate_person", line=first))

    def _same_address(self, row: Row) -> Fault | None:
        """Two people with one address: one would fetch the proof of the other."""
        if row.email is None:
            return None
        name, first = self._addresses.setdefault(row.email.casefold(), (fold(row.name), row.line))
        if name == fold(row.name):
            return None
        return self._ask(row.line, headings.EMAIL, _asked("email_shared", line=first))

    def _ask(self, line: int, heading: str | None, problem: Problem) -> Fault | None:
        fault = self._plan.place(problem, line, heading)
        position = -1 if fault.position is None else fault.position
        settled = (line, problem.code, position) in self._plan.answers.confirmed
        return None if settled else fault


def _asked(code: str, *, line: int) -> Problem:
    words = {"line": str(line)}
    return Problem(code, Action.NEEDS_CONFIRMATION, Severity.WARNING, words=words)


def person_key(row: Row) -> tuple[str, ...]:
    """Who gets which proof of which day: name, type and the dates of the claims."""
    dates = [str(row.claims[path]) for path in row.claims if path.startswith("date_of_")]
    return (fold(row.name), row.type_id, *dates)
