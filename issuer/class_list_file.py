"""The file of a class list: bytes as Excel saves them, into headings and rows (RFC 4180)."""

import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Final

from issuer.class_list_faults import Fault, list_refused
from issuer.class_list_text import repaired

MAX_BYTES: Final = 10 * 1024 * 1024
"""10,000 rows of the sample are 2 MB; a browser form takes no more."""

MAX_ROWS: Final = 100_000
"""A national exam body issues some 100,000 proofs a year; a list is one class or one region."""

MAX_LINES: Final = 2 * MAX_ROWS
"""Empty lines count as well: ten million of them cost 14 s (measured)."""

MAX_COLUMNS: Final = 200
"""The sample has 20; one row may not be a list of its own."""

MAX_HEADING: Final = 40
"""Characters of an unknown heading that a fault repeats."""

NUMBER = "Cursistnummer"
GIVEN_NAME = "Voornaam"
PREFIX = "Tussenvoegsel"
FAMILY_NAME = "Achternaam"
EMAIL = "E-mail privé"
COURSE = "Opleiding"
RESULT = "Resultaat"
GRADE = "Cijfer"

KNOWN: Final = (
    *(NUMBER, GIVEN_NAME, PREFIX, FAMILY_NAME, EMAIL, COURSE, "Groep", "Examendatum"),
    *(RESULT, GRADE, "Praktijkopleider", "Opmerking"),
)
"""Headings with a meaning, besides the pairs Skill n and Niveau n."""

DELIMITERS: Final = (";", ",", "\t")

_BSN_HEADINGS = frozenset({"bsn", "burgerservicenummer", "sofinummer", "bsnnummer", "sofinr"})
_SKILL_HEADING = re.compile(r"(skill|niveau)0*([1-9]\d?)")
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # xlsx and ods; the old xls

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
        line: where it begins; the header is line 1.
    """

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Headings and rows.

    Attributes:
        headings: by position, as the project spells them; None where a column has no heading.
    """

    delimiter: str
    header_line: int
    headings: tuple[str | None, ...]
    records: tuple[Record, ...]


def read_table(data: bytes) -> Table:
    """Read a CSV file: UTF-8 or UTF-16 with a mark, UTF-8 or windows-1252 without.

    Semicolon, comma or tab between the fields, quotes around them, any line end, columns in any
    order. Empty lines are passed over.

    Raises:
        ListRefusedError: no such file, over a limit, or headings twice or of a BSN.
    """
    if len(data) > MAX_BYTES:
        raise ListRefusedError(list_refused("too_large", variant="bytes", limit="10"))
    if data.startswith(_WORKBOOKS):
        raise ListRefusedError(list_refused("import_invalid", variant="workbook"))
    text = decode(data)
    delimiter = _delimiter(text)
    records = _records(text, delimiter)
    header = next(records, None)
    if header is None:
        raise ListRefusedError(list_refused("import_invalid", variant="empty"))
    headings = _headings(header)
    rows: list[Record] = []
    for record in records:
        if len(rows) == MAX_ROWS:
            raise ListRefusedError(list_refused("too_large", record.line, variant="rows"))
        rows.append(record)
    return Table(delimiter, header.line, headings, tuple(rows))


def decode(data: bytes) -> str:
    """The text of a file; every byte has a meaning in windows-1252, so only UTF-16 can fail.

    Raises:
        ListRefusedError: ``import_invalid`` for broken UTF-16.
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            return data.decode("utf-16")
        except UnicodeDecodeError as error:
            fault = list_refused("import_invalid", variant="encoding")
            raise ListRefusedError(fault) from error
    data = data.removeprefix(codecs.BOM_UTF8)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1").translate(_WINDOWS)


def heading_key(text: str) -> str:
    """A heading without what does not count: case, accents, blanks and dashes."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(sign for sign in plain if sign.isalnum())


# A column that does not say that the address is private stays unknown, and the heading missing.
_KEYS = {heading_key(known): known for known in KNOWN} | {
    "priveemail": EMAIL,
    "emailadresprive": EMAIL,
}


def canonical(text: str) -> str | None:
    """The heading as the project spells it, or None for one without a meaning."""
    key = heading_key(repaired(text))
    if pair := _SKILL_HEADING.fullmatch(key):
        return f"{pair[1].capitalize()} {pair[2]}"
    return _KEYS.get(key)


def _delimiter(text: str) -> str:
    """The sign between the fields: the one that gives the most known headings."""
    counts = {sign: _known_headings(text, sign) for sign in DELIMITERS}
    best = max(DELIMITERS, key=lambda sign: counts[sign])
    if counts[best] == 0:
        variant = "headings" if text.strip() else "empty"
        raise ListRefusedError(list_refused("import_invalid", variant=variant))
    return best


def _known_headings(text: str, delimiter: str) -> int:
    try:
        first = next(_records(text, delimiter), None)
    except ListRefusedError:
        return 0
    return sum(canonical(cell) is not None for cell in first.cells) if first else 0


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


def _headings(header: Record) -> tuple[str | None, ...]:
    if len(header.cells) > MAX_COLUMNS:
        raise ListRefusedError(list_refused("too_large", header.line, variant="columns"))
    found: list[str | None] = []
    for position, cell in enumerate(header.cells, start=1):
        key = heading_key(cell)
        if key in _BSN_HEADINGS:
            raise ListRefusedError(list_refused("bsn_column", header.line))
        known = canonical(cell)
        if known is not None and known in found:
            twice = list_refused("heading_twice", header.line, heading=known)
            raise ListRefusedError(twice)
        found.append(known or (_own_heading(cell, position) if key else None))
    return tuple(found)


def _own_heading(cell: str, position: int) -> str:
    """A heading that we do not know, as a fault may name it; digits may be a person's number."""
    text = " ".join(cell.split())
    harmless = text.isprintable() and not re.search(r"\d{4}", text) and len(text) <= MAX_HEADING
    return text if harmless else f"#{position}"
