"""A class list as an Excel workbook (ECMA-376, Office Open XML): copied, checked, then read.

The parts that hold cells are copied into a fresh container with honest sizes; macros, links to
other files, drawings and everything else never reach the reader. Only values are read: of a
formula its last result.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import count
from typing import Final

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from issuer.class_list_faults import list_refused
from issuer.class_list_file import MAX_COLUMNS, MAX_LINES, ListRefusedError, Record, Sheet, sheet_of

MAX_PARTS: Final = 500
"""A workbook of ten sheets with drawings has some sixty."""

MAX_UNPACKED: Final = 128 * 1024 * 1024
"""Bytes of all copied parts: 100,000 rows of the sample are 95 MB of XML."""

MAX_RATIO: Final = 120
"""Unpacked to packed bytes of a part: Excel's own reach 30; a bomb of zeros has 1,000."""

MAX_SHARED: Final = 256 * 1024 * 1024
"""Bytes of all cells together once each shared text is written out."""

MAX_SHEETS: Final = 50
"""A workbook with more is no list."""

_EXACT = 1e15
"""Excel keeps fifteen digits; a larger whole number is none any more."""

_SMALL = 64 * 1024
"""Parts below this may shrink as far as they like."""

_CHUNK = 1024 * 1024
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_PARTS = re.compile(
    r"\[content_types\]\.xml|_rels/\.rels|xl/_rels/workbook\.xml\.rels"
    r"|xl/(?:workbook|styles|sharedstrings)\.xml|xl/worksheets/[^/]+\.xml",
    re.IGNORECASE,
)

_ATTRIBUTES = rb"""(?:\s+(?!r=)[\w:.-]+=(?:"[^"<>]*"|'[^'<>]*'))*"""
_PLACE = rb"""\s+r=["'](?:[A-Z]|[A-F][A-Z]|G[A-R])(?:[1-9]\d{0,4}|1\d{5})["']"""
_STRAY_CELL = re.compile(
    rb"<(?:[^\s<>/:]+:)?c(?=[\s/>])(?![^<>]*/>)(?!%s%s%s\s*>)" % (_ATTRIBUTES, _PLACE, _ATTRIBUTES)
)
"""A cell with a value that does not say where it stands, or stands outside the limits: the reader
reserves the whole rectangle from the first cell to the last."""

_ERROR_CELL = re.compile(rb"""(<(?:[^\s<>/:]+:)?c\s[^<>]*?\bt=["'])e(["'])""")
"""The reader drops cells with an error; as text they are found and told."""

_STRING = re.compile(rb"<(?:[^\s<>/:]+:)?si[\s>](.*?)</(?:[^\s<>/:]+:)?si>", re.DOTALL)
_SHARED = re.compile(rb"""\st=["']s["'][^<>]*>\s*<(?:[^\s<>/:]+:)?v>(\d{1,9})<""")


def is_workbook(data: bytes) -> bool:
    """Whether the bytes begin as an office document does, of whatever kind."""
    return data.startswith((_ZIP, _OLE))


def read_workbook(data: bytes, *, sheet: str | None = None) -> Sheet:
    """Read one sheet of a workbook.

    Args:
        data: an .xlsx or .xlsm file.
        sheet: its name; the first visible one that holds something where left out or unknown.

    Raises:
        ListRefusedError: encrypted, older or other than XLSX, damaged, over a limit, or empty.
    """
    if data.startswith(_OLE):
        raise _refused("encrypted" if _ENCRYPTED in data else "old_workbook")
    try:
        safe = _copied(data)
        with CalamineWorkbook.from_filelike(safe) as book:
            return _chosen(book, sheet)
    except (CalamineError, zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError) as error:
        raise _refused("damaged") from error


def _refused(variant: str, code: str = "import_invalid") -> ListRefusedError:
    return ListRefusedError(list_refused(code, variant=variant))


def _copied(data: bytes) -> io.BytesIO:
    """The parts that hold cells, in a container of our own."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as given:
        parts = given.infolist()
        wanted = _wanted(parts)
        strings: list[int] = []
        cells = 0
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as copy:
            for part in sorted(wanted, key=lambda one: "worksheets" in one.filename.lower()):
                with given.open(part) as packed:  # read() alone would unpack before it counts
                    content = packed.read(part.file_size)
                if b"<!DOCTYPE" in content[:_SMALL] or b"<!ENTITY" in content[:_SMALL]:
                    raise _refused("damaged")
                name = part.filename.lower()
                if name.endswith("sharedstrings.xml"):
                    strings = [len(found[1]) for found in _STRING.finditer(content)]
                elif "worksheets" in name:
                    content = _ERROR_CELL.sub(rb"\1str\2", content)
                    cells += _spread(content, strings)
                    if cells > MAX_SHARED:
                        raise _refused("workbook", "too_large")
                copy.writestr(part.filename, content)
    made.seek(0)
    return made


def _wanted(parts: list[zipfile.ZipInfo]) -> list[zipfile.ZipInfo]:
    """The parts to be copied, once what the directory says of them is within the limits."""
    if len(parts) > MAX_PARTS:
        raise _refused("workbook", "too_large")
    names = {part.filename.lower() for part in parts}
    if len(names) != len(parts):
        raise _refused("damaged")
    if "xl/workbook.xml" not in names:
        raise _refused("other_workbook")
    wanted = [part for part in parts if _PARTS.fullmatch(part.filename)]
    if any(part.flag_bits & 1 for part in wanted):
        raise _refused("encrypted")
    if sum(part.file_size for part in wanted) > MAX_UNPACKED or any(
        part.file_size > max(_SMALL, MAX_RATIO * part.compress_size) for part in wanted
    ):
        raise _refused("workbook", "too_large")
    return wanted


def _spread(content: bytes, strings: list[int]) -> int:
    """Bytes of the texts that the cells of a sheet share, each counted as often as it is used.

    Raises:
        ListRefusedError: a cell outside the limits.
    """
    if _STRAY_CELL.search(content):
        raise _refused("cells", "too_large")
    if not strings or max(strings) * content.count(b"<v>") <= MAX_SHARED:
        return 0
    used = (int(found[1]) for found in _SHARED.finditer(content))
    return sum(strings[number] for number in used if number < len(strings))


def _chosen(book: CalamineWorkbook, wanted: str | None) -> Sheet:
    names = [
        one.name
        for one in book.sheets_metadata
        if one.typ == SheetTypeEnum.WorkSheet and one.visible == SheetVisibleEnum.Visible
    ][:MAX_SHEETS]
    filled = {name: rows for name in names if (rows := _rows(book, name))}
    if not filled:
        raise _refused("empty")
    name = wanted if wanted in filled else next(iter(filled))
    found = sheet_of(_records(filled[name]), "", name=name, names=tuple(filled))
    width = len(found.titles)
    return replace(found, records=tuple(_as_wide(record, width) for record in found.records))


def _as_wide(record: Record, width: int) -> Record:
    """A row with its empty cells up to the last title; a workbook leaves them out."""
    missing = width - len(record.cells)
    return Record(record.line, (*record.cells, *[""] * missing)) if missing > 0 else record


Cell = int | float | str | bool | time | date | datetime | timedelta


def _rows(book: CalamineWorkbook, name: str) -> list[list[Cell]]:
    sheet = book.get_sheet_by_name(name)
    if sheet.start is None:
        return []
    if sheet.total_height > MAX_LINES:
        raise _refused("rows", "too_large")
    if sheet.total_width > MAX_COLUMNS:
        raise _refused("columns", "too_large")
    return sheet.to_python(skip_empty_area=False)


def _records(rows: Iterable[list[Cell]]) -> Iterator[Record]:
    """Rows that hold something, as texts, without the empty cells at their end."""
    for line, row in zip(count(1), rows, strict=False):
        cells = [written(cell) for cell in row]
        while cells and not cells[-1].strip():
            cells.pop()
        if cells:
            yield Record(line, tuple(cells))


def written(cell: Cell) -> str:
    """A cell as a person in the Netherlands would write it.

    Whole numbers lose the ".0" of their storage, other numbers get a comma, days stand as
    day-month-year.
    """
    if isinstance(cell, bool):
        return "ja" if cell else "nee"
    if isinstance(cell, int):
        return str(cell)
    if isinstance(cell, float):
        return f"{cell:.0f}" if cell.is_integer() and abs(cell) < _EXACT else _decimal(cell)
    if isinstance(cell, datetime):
        hour = f" {cell:%H:%M}" if cell.time() != time() else ""
        return f"{cell.day:02}-{cell.month:02}-{cell.year:04}{hour}"
    if isinstance(cell, date):
        return f"{cell.day:02}-{cell.month:02}-{cell.year:04}"
    return str(cell)


def _decimal(number: float) -> str:
    """Ten digits say what was typed: 7.6, not 7.5999999999999996."""
    return f"{number:.10g}".replace(".", ",")
