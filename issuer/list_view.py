"""A class list as its page shows it: one view for each row, with what to mend and how."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from issuer import class_list_headings as headings
from issuer.class_list import answered
from issuer.class_list_faults import Action, Fault, Problem, Severity
from issuer.class_list_file import Record
from issuer.class_list_reading import NAMES, is_asked
from issuer.class_list_text import cleaned, kept_text, repaired, text_problem
from issuer.drafts import Look
from schemas.messages import known, sentence
from skills.framework import metalektro

_RESULTS = ("behaald", "niet behaald")
_WHOLE_ROW = frozenset({"too_many_columns", "too_few_columns"})


class Tone(StrEnum):
    """How a row stands, and so how it looks."""

    POSITIVE = "positive"
    WARNING = "warning"
    NEGATIVE = "negative"
    QUIET = "quiet"


@dataclass(frozen=True, slots=True)
class Field:
    """A cell that can be typed anew.

    Attributes:
        position: of the column, from 0.
        choices: value and words; empty where any text can stand.
    """

    position: int
    title: str
    value: str
    choices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Note:
    """One thing that is said about a row.

    Attributes:
        confirm: ``<code>:<position>`` for the button that says it is right; None without one.
        yes: what that button says.
        instead_of: another line that this row can be chosen over.
    """

    tone: Tone
    title: str
    text: str
    confirm: str | None = None
    yes: str = ""
    instead_of: int | None = None


@dataclass(frozen=True, slots=True)
class RowView:
    """One row.

    Attributes:
        about: course and day, as far as they can be shown.
        word: how it stands; the last part of ``issuer.lists.row.*``.
        whole: it can only be mended as a whole.
    """

    line: int
    name: str
    about: tuple[str, ...]
    tone: Tone
    word: str
    notes: tuple[Note, ...] = ()
    fields: tuple[Field, ...] = ()
    whole: bool = False
    offer_id: str | None = None


def row_views(seen: Look, language: str) -> list[RowView]:
    """Every row of the list in the order of the file, also those given or left out."""
    faults: dict[int, list[Fault]] = {}
    for fault in (*seen.found.faults, *_other_halves(seen.found.faults)):
        faults.setdefault(fault.line, []).append(fault)
    ready = {row.line for row in seen.found.rows}
    passed_over = {one.line: one.reason for one in seen.found.not_issued}
    mended = {record.line: record for record in answered(seen.sheet, seen.said.answers)}
    views = []
    for original in seen.sheet.records:
        record = mended.get(original.line, original)
        found = faults.get(record.line, [])
        tone, word = _standing(seen, record.line, found, ready=ready, passed_over=passed_over)
        settled = tone is Tone.QUIET and word != "skipped"
        views.append(
            RowView(
                line=record.line,
                name=_name(seen, record),
                about=_about(seen, record),
                tone=tone,
                word=word,
                notes=() if settled else tuple(_note(fault, language) for fault in found),
                fields=() if settled else _fields(seen, record, found, language),
                whole=any(fault.code in _WHOLE_ROW for fault in found),
                offer_id=seen.given.get(record.line),
            )
        )
    return views


def _other_halves(faults: Iterable[Fault]) -> list[Fault]:
    """A row that another one contradicts is told so as well."""
    return [
        Problem(
            fault.code,
            fault.action,
            same_as_line=fault.line,
            words={"line": str(fault.line)},
        ).at(fault.same_as_line, fault.column, fault.position)
        for fault in faults
        if fault.action is Action.BOTH_ROWS_HELD and fault.same_as_line is not None
    ]


def _standing(
    seen: Look,
    line: int,
    faults: list[Fault],
    *,
    ready: set[int],
    passed_over: Mapping[int, str],
) -> tuple[Tone, str]:
    if line in seen.given:
        return Tone.QUIET, "given"
    if line in seen.said.answers.left_out:
        return Tone.QUIET, "left_out"
    errors = [fault for fault in faults if fault.severity is Severity.ERROR]
    if line in passed_over and not errors:
        return Tone.QUIET, passed_over[line]
    if any(fault.action is Action.ROW_SKIPPED for fault in faults):
        return Tone.QUIET, "skipped"
    if errors:
        return Tone.NEGATIVE, "mend"
    return (Tone.POSITIVE, "good") if line in ready else (Tone.WARNING, "look")


def _note(fault: Fault, language: str) -> Note:
    asked = is_asked(fault)
    yes = f"issuer.lists.yes.{fault.code}"
    position = -1 if fault.position is None else fault.position
    kept = fault.action in {Action.ROW_KEPT, Action.ROW_SKIPPED}
    tone = Tone.NEGATIVE if fault.severity is Severity.ERROR else Tone.WARNING
    chosen = fault.action is Action.BOTH_ROWS_HELD
    return Note(
        tone=Tone.QUIET if kept else tone,
        title=fault.column or "",
        text=fault.sentence(language),
        confirm=f"{fault.code}:{position}" if asked else None,
        yes=sentence(yes if known(yes) else "issuer.lists.yes", language) if asked else "",
        instead_of=fault.same_as_line if chosen else None,
    )


def _fields(seen: Look, record: Record, faults: list[Fault], language: str) -> tuple[Field, ...]:
    """One field for each cell with something to mend."""
    positions = dict.fromkeys(
        fault.position
        for fault in faults
        if fault.position is not None
        and fault.action not in {Action.ROW_KEPT, Action.BOTH_ROWS_HELD, Action.ROW_SKIPPED}
    )
    return tuple(field_of(seen, record, position, language) for position in positions)


def field_of(seen: Look, record: Record, position: int, language: str) -> Field:
    """A cell as it can be typed anew, or chosen where there are few answers."""
    target = seen.mapping.targets[position]
    cell = record.cells[position] if position < len(record.cells) else ""
    value = kept_text(cell)
    choices = _choices(seen, target or "", value, language)
    if choices:
        key = cleaned(value).casefold()
        value = next((one for one, _ in choices if one.casefold() == key), "")
    return Field(position, seen.proposals[position].title, value, choices)


def _choices(seen: Look, target: str, value: str, language: str) -> tuple[tuple[str, str], ...]:
    """The answers that a cell can have; skills that the cell may mean come first."""
    if target.startswith("Skill "):
        meant = metalektro().find(value)
        rest = sorted(
            (one for one in metalektro().skills.values() if one not in meant),
            key=lambda one: one.label(language).casefold(),
        )
        return tuple((one.label_nl, one.label(language)) for one in (*meant, *rest))
    if target.startswith("Niveau "):
        return tuple(
            (str(one), f"{one} - {sentence(f'common.level.{one}', language)}")
            for one in range(1, 5)
        )
    if target == headings.RESULT:
        return tuple((one, sentence(f"issuer.lists.{one[:4]}", language)) for one in _RESULTS)
    if target == headings.COURSE:
        return tuple((kind.title_nl, kind.title(language)) for kind in seen.types)
    return ()


def _cell(seen: Look, record: Record, target: str) -> str:
    """A cell by what it holds, as far as it is fit to be shown."""
    if target not in seen.mapping.targets:
        return ""
    position = seen.mapping.targets.index(target)
    cell = record.cells[position] if position < len(record.cells) else ""
    if text_problem(cell, name=False, number=False, email=False) is not None:
        return ""
    return cleaned(repaired(cell))


def _name(seen: Look, record: Record) -> str:
    parts = (_cell(seen, record, target) for target in NAMES)
    return " ".join(part for part in parts if part) or _cell(seen, record, headings.FULL_NAME)


def _about(seen: Look, record: Record) -> tuple[str, ...]:
    parts = (_cell(seen, record, target) for target in (headings.COURSE, headings.EXAM_DATE))
    return tuple(part for part in parts if part)


def record_of(seen: Look, line: int) -> Record | None:
    """A row as it stands now, or None for a line that is not there."""
    records = {record.line: record for record in seen.sheet.records}
    records |= {record.line: record for record in answered(seen.sheet, seen.said.answers)}
    return records.get(line)
