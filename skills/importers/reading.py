"""What all importers share: limits, and a report in which no row is lost in silence."""

import json
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from schemas.files import JsonObject, JsonValue

Row = TypeVar("Row")
Made = TypeVar("Made")

MAX_NAME = 300
"""Characters of a name; the longest label of ESCO has 130."""

MAX_DEPTH = 16
"""Levels of JSON; a badge nests some eight deep."""

MAX_NOTED = 200
"""Rows that a report names one by one; the rest is counted."""


class ImportRefused(ValueError):
    """A whole file that we do not take.

    Attributes:
        code: stable, with a sentence under ``skills.import.<code>``.
        where: line or path in the file; never what stands there.
    """

    def __init__(self, code: str, where: str = "") -> None:
        super().__init__(code)
        self.code, self.where = code, where


class RowRefused(ValueError):
    """One row that is not taken, with the code of its reason."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Left:
    """One row that was not taken; ``where`` is its line or path, never what stands there."""

    where: str
    code: str


@dataclass(slots=True)
class Report:
    """What became of a file.

    Attributes:
        read: rows that were looked at.
        taken: of those, how many gave something.
        left: the first ``MAX_NOTED`` others.
        reasons: how many rows were left for each code; all of them.
    """

    read: int = 0
    taken: int = 0
    left: list[Left] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter)

    def leave(self, where: str, code: str) -> None:
        """Note a row that is not taken."""
        self.reasons[code] += 1
        if len(self.left) < MAX_NOTED:
            self.left.append(Left(where, code))

    def as_json(self) -> JsonObject:
        """The one JSON shape of a report."""
        left: list[JsonValue] = [{"where": each.where, "code": each.code} for each in self.left]
        return {
            "read": self.read,
            "taken": self.taken,
            "left": left,
            "reasons": dict(sorted(self.reasons.items())),
        }


def take(
    rows: Iterable[tuple[str, Row]], read: Callable[[Row], Made], report: Report
) -> tuple[Made, ...]:
    """Read each row; one that is refused is noted, and the others go on."""
    made = []
    for where, row in rows:
        report.read += 1
        try:
            made.append(read(row))
        except RowRefused as refused:
            report.leave(where, refused.code)
        else:
            report.taken += 1
    return tuple(made)


def text_of(octets: bytes) -> str:
    """The text of a file: UTF-8 with or without a mark, else windows-1252 as Excel writes it.

    Raises:
        ImportRefused: ``not_text``.
    """
    for encoding in ("utf-8-sig", "windows-1252"):
        try:
            text = octets.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        return text
    raise ImportRefused("not_text")


def json_of(octets: bytes) -> JsonValue:
    """The JSON of a file.

    Raises:
        ImportRefused: ``not_json``; ``too_deep``.
    """
    text = text_of(octets)
    try:
        found: JsonValue = json.loads(text, parse_constant=_refuse, parse_int=_number)
    except RecursionError as error:
        raise ImportRefused("too_deep") from error
    except ValueError as error:
        raise ImportRefused("not_json") from error
    _check_depth(found)
    return found


def name_of(value: object) -> str | None:
    """A short text on one line, without what cannot be seen; None for anything else."""
    if not isinstance(value, str) or len(value) > MAX_NAME:
        return None
    seen = "".join(" " if each.isspace() else each for each in unicodedata.normalize("NFC", value))
    plain = "".join(each for each in seen if unicodedata.category(each)[0] != "C")
    return " ".join(plain.split()) or None


def _refuse(_name: str) -> float:
    raise ImportRefused("not_json")


def _number(digits: str) -> int:
    """A whole number of at most 18 digits: Python itself reads thousands, slowly."""
    if len(digits) > 18:  # noqa: PLR2004 - fits in 64 bits
        raise ImportRefused("not_json")
    return int(digits)


def _check_depth(value: JsonValue) -> None:
    level: list[JsonValue] = [value]
    for _ in range(MAX_DEPTH):
        level = [
            inner
            for each in level
            if isinstance(each, dict | list)
            for inner in (each.values() if isinstance(each, dict) else each)
        ]
        if not level:
            return
    raise ImportRefused("too_deep")
