"""Class lists for tests: the demo lists, and lists of a few rows written cell by cell."""

from datetime import UTC, datetime
from pathlib import Path

from issuer.class_list import ClassList, Row, read_class_list
from issuer.class_list_faults import Fault
from schemas.files import JsonObject

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
"""The clock of the demo data."""

DEMO = Path(__file__).parents[2] / "issuer" / "demo"
DATA = Path(__file__).parent / "data"

GOOD: dict[str, str] = {
    "Cursistnummer": "27001",
    "Voornaam": "Ria",
    "Tussenvoegsel": "van der",
    "Achternaam": "Velden",
    "E-mail privé": "ria.vandervelden@postbus.example",
    "Opleiding": "Vakcertificaat CNC-frezen",
    "Groep": "CNC-26-2",
    "Examendatum": "05-06-2026",
    "Resultaat": "behaald",
    "Cijfer": "7,2",
    "Skill 1": "CNC-frezen",
    "Niveau 1": "2",
    "Skill 2": "",
    "Niveau 2": "",
    "Praktijkopleider": "A. de Bruin",
    "Opmerking": "",
}


REFUSED = ("error", "row_refused")
ASKED = ("warning", "needs_confirmation")
KEPT = ("warning", "row_kept")


def csv_of(*rows: dict[str, str], delimiter: str = ";") -> str:
    """A list with the headings of ``GOOD``; each row is ``GOOD`` with the given cells changed."""
    lines = [list(GOOD), *([{**GOOD, **row}[heading] for heading in GOOD] for row in rows)]
    written = (delimiter.join(_quote(cell, delimiter) for cell in line) for line in lines)
    return "\r\n".join(written) + "\r\n"


def other(number: str, **cells: str) -> dict[str, str]:
    """The cells of another person, who has a number, a name and an address of her own."""
    letters = "".join("abcdefghij"[int(digit)] for digit in number)
    own = {
        "Cursistnummer": number,
        "Achternaam": f"V{letters}",
        "E-mail privé": f"v{number}@thuis.example",
    }
    return {**own, **named(cells)}


def _quote(cell: str, delimiter: str) -> str:
    special = any(sign in cell for sign in (delimiter, '"', "\r", "\n"))
    return '"' + cell.replace('"', '""') + '"' if special else cell


def read(*rows: dict[str, str], type_id: str | None = None) -> ClassList:
    """Read a list of such rows, saved as UTF-8 with a mark."""
    return read_class_list(csv_of(*rows).encode("utf-8-sig"), at=AT, type_id=type_id)


def only_fault(**cells: str) -> Fault:
    """The one fault of a list with one row; see ``named`` for the headings."""
    found = read(named(cells))
    assert len(found.faults) == 1, as_json(found)
    return found.faults[0]


def one_row(**cells: str) -> Row:
    """The one row of a list without faults."""
    found = read(named(cells))
    assert as_json(found) == []
    return found.rows[0]


def named(cells: dict[str, str]) -> dict[str, str]:
    """Keyword arguments as headings: ``email``, and an underscore for a blank."""
    return {
        "E-mail privé" if name == "email" else name.replace("_", " "): cell
        for name, cell in cells.items()
    }


def short(fault: Fault) -> tuple[str | None, str, str, str]:
    """Column, code, severity and action of a fault."""
    return fault.column, fault.code, fault.severity.value, fault.action.value


def as_json(found: ClassList) -> list[JsonObject]:
    """All faults as the command line shows them."""
    return [fault.as_json() for fault in found.faults]
