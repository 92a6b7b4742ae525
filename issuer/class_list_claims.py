"""One cell of a class list into one claim of a template, by the claim's kind."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from types import MappingProxyType
from typing import Final

from jsonschema import Draft202012Validator

from issuer.class_list_faults import Problem, echo
from issuer.class_list_text import repaired
from issuer.class_list_values import ANSWERS, Read, read_date
from schemas.claim_kinds import kind_schema
from schemas.files import JsonValue

_WHOLE = re.compile(r"(\d{1,9})(?:[.,]0{1,4})?", re.ASCII)
_DECIMAL = re.compile(r"\d{1,9}(?:[.,]\d{1,4})?", re.ASCII)


def read_claim(kind: str, cell: str, *, today: date) -> Read[JsonValue]:
    """The value of a claim in a cell that is not empty.

    Args:
        kind: of the claim, as in ``schemas.claim_kinds``.
        cell: without outer blanks.
        today: the day in the Netherlands; here a date may lie after it.
    """
    if kind == "date":
        read = read_date(cell, today=today, future=True)
        return Read(read.value.isoformat() if read.value else None, read.problem)
    readers: Mapping[str, Callable[[str], JsonValue]] = _READERS
    shape = _shape(kind)
    value = readers.get(shape, _text)(cell)
    if shape == "enum":
        value = next((one for one in _choices(kind) if one.casefold() == cell.casefold()), None)
    if value is None or not _validator(kind).is_valid(value):
        words = {"written": echo(cell), "choices": ", ".join(_choices(kind))}
        return Read(None, Problem("claim_unreadable", variant=shape, words=words))
    return Read(value)


def _shape(kind: str) -> str:
    """Which sentence tells what the cell should hold."""
    if kind.startswith("list of "):
        return "list"
    if kind.startswith("enum "):
        return "enum"
    if kind.startswith("number"):
        return "number"
    return {"decimal": "decimal", "yes/no": "yes_no"}.get(kind, "text")


def _choices(kind: str) -> list[str]:
    return kind.removeprefix("enum ").split("|") if kind.startswith("enum ") else []


def _number(cell: str) -> JsonValue:
    found = _WHOLE.fullmatch(cell)
    return int(found[1]) if found else None


def _decimal(cell: str) -> JsonValue:
    return float(cell.replace(",", ".")) if _DECIMAL.fullmatch(cell) else None


def _yes_no(cell: str) -> JsonValue:
    return ANSWERS.get(cell.casefold())


def _several(cell: str) -> JsonValue:
    return [part.strip() for part in re.split(r"[,;\n]", repaired(cell)) if part.strip()]


def _text(cell: str) -> JsonValue:
    return " ".join(repaired(cell).split())


_READERS: Final[Mapping[str, Callable[[str], JsonValue]]] = MappingProxyType(
    {"number": _number, "decimal": _decimal, "yes_no": _yes_no, "list": _several}
)


@cache
def _validator(kind: str) -> Draft202012Validator:
    schema = kind_schema(kind)
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
