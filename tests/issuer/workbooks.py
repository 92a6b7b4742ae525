"""Workbooks for tests: good ones from openpyxl, and bad ones from parts written by hand."""

import io
import zipfile
from collections.abc import Iterable, Mapping
from datetime import date, datetime

from openpyxl import Workbook

from tests.issuer.lists import GOOD

Value = str | int | float | bool | date | datetime | None

SHEET = "xl/worksheets/sheet1.xml"


def workbook(rows: Iterable[Iterable[Value]], *, before: Mapping[str, int] | None = None) -> bytes:
    """A workbook with one sheet of these rows; ``before`` names sheets and their empty rows."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for name in before or {}:
        book.create_sheet(name, 0)
    for row in rows:
        sheet.append(list(row))
    return saved(book)


def saved(book: Workbook) -> bytes:
    """The bytes of a workbook."""
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def class_book(*rows: Mapping[str, Value]) -> bytes:
    """A class list as a workbook; each row is ``GOOD`` with the given cells changed."""
    return workbook([list(GOOD), *([{**GOOD, **row}[name] for name in GOOD] for row in rows)])


def with_part(data: bytes, name: str, content: bytes, *, level: int = 6) -> bytes:
    """The workbook with one part more, or another content of a part."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as given, zipfile.ZipFile(made, "w") as copy:
        for part in given.infolist():
            if part.filename != name:
                copy.writestr(part, given.read(part))
        copy.writestr(name, content, zipfile.ZIP_DEFLATED, level)
    return made.getvalue()


def part(data: bytes, name: str = SHEET) -> bytes:
    """The content of one part."""
    with zipfile.ZipFile(io.BytesIO(data)) as given:
        return given.read(name)
