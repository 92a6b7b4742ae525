"""A class list on its way back to a spreadsheet: mended, and with no cell that calculates.

UTF-8 with a mark, semicolons and CRLF: what Excel in Dutch opens with a double click.
"""

import csv
import io
from collections.abc import Iterable
from typing import Final

FORMULA_SIGNS: Final = frozenset("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20|%")
"""Signs with which a spreadsheet begins to calculate, or to call a program."""


def safe_cell(text: str) -> str:
    """A cell that a spreadsheet shows as text, whatever it begins with (security.md, 2: Web)."""
    start = text.lstrip(" \u00a0\"'")[:1]
    return f"'{text}" if text[:1] in FORMULA_SIGNS or start in FORMULA_SIGNS else text


def safe_csv(rows: Iterable[Iterable[str]]) -> bytes:
    """Rows as a CSV file that Excel opens without harm."""
    made = io.StringIO(newline="")
    writer = csv.writer(made, delimiter=";", lineterminator="\r\n")
    writer.writerows([[safe_cell(cell) for cell in row] for row in rows])
    return made.getvalue().encode("utf-8-sig")
