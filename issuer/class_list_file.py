"""The file of a class list: bytes as Excel saves them, into titles and rows (RFC 4180, XLSX)."""

import codecs
import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, islice
from typing import Final

from issuer.class_list_faults import Fault, list_refused
from issuer.class_list_headings import canonical, names_a_bsn, recognise

MAX_BYTES: Final = 10 * 1024 * 1024
"""10,000 rows of the sample are 2 MB; a browser form takes no more."""

MAX_ROWS: Final = 100_000
"""A national exam body issues some 100,000 proofs a year; a list is one class or one region."""

MAX_LINES: Final = 2 * MAX_ROWS
"""Empty lines count as well: ten million of them cost 14 s (measured)."""

MAX_COLUMNS: Final = 200
"""The sample has 20; one row may not be a list of its own."""

MAX_ABOVE: Final = 10
"""Lines with a name of the list, a date or a logo that may stand above the headings."""

DELIMITERS: Final = (";", ",", "\t")

# What windows-1252 puts at 80-9F; the five places it leaves empty stay control characters.
_WINDOWS = {
    code: bytes([code]).decode("windows-1252")
    for code in range(0x80, 0xA0)
    if code not in {0x81, 0x8D, 0x8F, 0x90, 0x9D}
}


class ListRefusedError(Exception):
    """The file as a whole cannot be read; carries the fault that says why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.code)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Record:
    """One line of the file.

    Attributes:
        line: where it begins; the first of the file is line 1.
    """

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Titles and rows, as they stand in the file.

    Attributes:
        delimiter: the sign between the fields; empty for a workbook.
        header_line: where the titles stand.
        titles: by position.
        records: lines that hold something, without those above the titles.
        name: of the sheet, in a workbook.
        names: of all sheets of the workbook that can be chosen.
    """

    delimiter: str
    header_line: int
    titles: tuple[str, ...]
    records: tuple[Record, ...]
    name: str = ""
    names: tuple[str, ...] = ()


def read_text(data: bytes) -> Sheet:
    """Read a CSV file: UTF-8 or UTF-16 with a mark or without, or windows-1252.

    Semicolon, comma or tab between the fields, quotes around them, any line end. Empty lines are
    passed over, and so are lines above the titles.

    Raises:
        ListRefusedError: no such file, over a limit, or a column for a BSN.
    """
    text = decode(data)
    if not text.strip():
        raise ListRefusedError(list_refused("import_invalid", variant="empty"))
    delimiter = _delimiter(text)
    return sheet_of(_records(text, delimiter), delimiter)


def sheet_of(
    records: Iterator[Record], delimiter: str, *, name: str = "", names: tuple[str, ...] = ()
) -> Sheet:
    """Find the titles and count the rows under them.

    Raises:
        ListRefusedError: empty, over a limit, or a column for a BSN.
    """
    first = list(islice(records, MAX_ABOVE))
    if not first:
        raise ListRefusedError(list_refused("import_invalid", variant="empty"))
    at = _header(first)
    header, rows = first[at], first[at + 1 :]
    if len(header.cells) > MAX_COLUMNS:
        raise ListRefusedError(list_refused("too_large", header.line, variant="columns"))
    if any(names_a_bsn(title) for title in header.cells):
        raise ListRefusedError(list_refused("bsn_column", header.line))
    for record in records:
        if len(rows) == MAX_ROWS:
            raise ListRefusedError(list_refused("too_large", record.line, variant="rows"))
        rows.append(record)
    return Sheet(delimiter, header.line, header.cells, tuple(rows), name, names)


def decode(data: bytes) -> str:
    """The text of a file; every byte has a meaning in windows-1252, so only UTF-16 can fail.

    Raises:
        ListRefusedError: ``import_invalid`` for broken UTF-16.
    """
    wide = _wide(data)
    if wide is not None:
        try:
            return data.decode(wide).removeprefix("\ufeff")
        except UnicodeDecodeError as error:
            fault = list_refused("import_invalid", variant="encoding")
            raise ListRefusedError(fault) from error
    data = data.removeprefix(codecs.BOM_UTF8)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1").translate(_WINDOWS)


def _wide(data: bytes) -> str | None:
    """Which UTF-16 a file is written in: by its mark, or by the zeros between its first letters."""
    if data.startswith(codecs.BOM_UTF16_LE):
        return "utf-16-le"
    if data.startswith(codecs.BOM_UTF16_BE):
        return "utf-16-be"
    start = data[:40]
    for encoding, zeros, letters in (
        ("utf-16-le", start[1::2], start[::2]),
        ("utf-16-be", start[::2], start[1::2]),
    ):
        if len(start) >= len("naam") and not any(zeros) and all(letters):
            return encoding
    return None


def _known(record: Record) -> int:
    """How many titles of a line mean something; ours weigh more than what others use."""
    ours = sum(canonical(cell) is not None for cell in record.cells)
    return ours + sum(recognise(cell, {}).reason != "unknown" for cell in record.cells)


def _header(first: list[Record]) -> int:
    """The line with the most titles that mean something; the first where none means much."""
    scores = [_known(record) for record in first]
    best = max(scores)
    return scores.index(best) if best > max(2, scores[0]) else 0


def _delimiter(text: str) -> str:
    """The sign between the fields: the one that gives the most titles with a meaning."""

    def score(sign: str) -> tuple[int, int]:
        known = widest = 0
        try:
            for record in islice(_records(text, sign), MAX_ABOVE):
                known, widest = max(known, _known(record)), max(widest, len(record.cells))
        except ListRefusedError:
            pass  # what was read up to there tells enough
        return known, widest

    scores = {sign: score(sign) for sign in DELIMITERS}
    return max(DELIMITERS, key=lambda sign: scores[sign])


def _records(text: str, delimiter: str) -> Iterator[Record]:
    """Every line that holds something; the line ``sep=;`` that Excel understands is no row."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    for number in count():
        line = reader.line_num + 1
        if number > MAX_LINES:
            raise ListRefusedError(list_refused("too_large", line, variant="rows"))
        try:
            cells = next(reader, None)
        except csv.Error as error:
            variant = "field" if "field limit" in str(error) else "quote"
            fault = list_refused("import_invalid", line, variant=variant, where=str(line))
            raise ListRefusedError(fault) from error
        if cells is None:
            return
        marks_separator = line == 1 and re.fullmatch(r"sep=.?", delimiter.join(cells).strip())
        if any(cell.strip() for cell in cells) and not marks_separator:
            yield Record(line, tuple(cells))
