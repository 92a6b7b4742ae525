"""The value of a claim as a person reads it, by the kind that the catalogue gives it."""

import re
from datetime import date

from credentials.encoding import JsonValue
from schemas.messages import sentence
from service import dates

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def shown_value(value: JsonValue, kind: str, language: str) -> str | None:
    """One line of text; None where there is nothing that a person could read.

    ``kind`` is as in ``schemas.claim_kinds``.
    """
    if isinstance(value, bool):
        return sentence("common.outcome.passed" if value else "common.outcome.failed", language)
    if isinstance(value, int | float):
        return str(value).replace(".", "," if language == "nl" else ".")
    if isinstance(value, str):
        return _text(value, kind, language)
    if isinstance(value, list):
        inner = kind.removeprefix("list of ")
        items = [shown_value(item, inner, language) for item in value]
        return ", ".join(item for item in items if item) or None
    if isinstance(value, dict):
        return _record(value, language)
    return None


def _text(value: str, kind: str, language: str) -> str | None:
    if kind == "attachment digest":
        return None
    if kind == "date range":
        return " - ".join(_day(end, language) for end in value.split("/") if end)
    return _day(value, language) if kind == "date" else value


def _day(text: str, language: str) -> str:
    if not _DAY.fullmatch(text):
        return text
    try:
        return dates.in_words(date.fromisoformat(text), language)
    except ValueError:
        return text


def _record(value: dict[str, JsonValue], language: str) -> str | None:
    """A record is named by its own name: a part, a module, an organisation."""
    names = (value.get(field) for field in ("name", "part", "code"))
    name = next((name for name in names if isinstance(name, str)), None)
    recognised = value.get("recognised")
    if name is None or not isinstance(recognised, bool):
        return name
    said = sentence("common.outcome.passed" if recognised else "common.outcome.failed", language)
    return f"{name}: {said}"
