"""The value of a claim as a person reads it, by the kind that the catalogue gives it."""

import re
from datetime import date

from credentials.encoding import JsonValue
from schemas.messages import known, sentence
from service import dates

DETAIL = {"label", "value"}
"""What an item of the claim ``details`` has: an issuer's own detail under its own label."""

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


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


def own_details(value: JsonValue, language: str) -> list[tuple[str, str]]:
    """The issuer's own details, each under its own label."""
    items = value if isinstance(value, list) else []
    found = [item for item in items if isinstance(item, dict) and set(item) >= DETAIL]
    return [(detail_label(item, language), str(item["value"])) for item in found]


def detail_label(detail: dict[str, JsonValue], language: str) -> str:
    """How the issuer calls its own detail."""
    wished = detail.get("label_en") if language == "en" else None
    return str(wished or detail["label"])


def _text(value: str, kind: str, language: str) -> str | None:
    if kind == "attachment digest":
        return None
    if kind == "date range":
        start, _, end = value.partition("/")
        if not end:
            return sentence("date.since", language, day=_day(start, language))
        return f"{_day(start, language)} \N{EN DASH} {_day(end, language)}"
    word = f"common.value.{value}"
    if kind.startswith("enum ") and known(word):
        return sentence(word, language)
    return _day(value, language) if kind == "date" else value


def _day(text: str, language: str) -> str:
    """A day or a month in words; whatever else it is stays as it was written."""
    if month := _MONTH.fullmatch(text):
        return f"{sentence(f'month.{int(month[2])}', language)} {month[1]}"
    if not _DAY.fullmatch(text):
        return text
    try:
        return dates.in_words(date.fromisoformat(text), language)
    except ValueError:
        return text


def _record(value: dict[str, JsonValue], language: str) -> str | None:
    """A record is named by its own name: a part, a module, an organisation."""
    if set(value) >= DETAIL:
        return f"{detail_label(value, language)}: {value['value']}"
    names = (value.get(field) for field in ("name", "part", "code"))
    name = next((name for name in names if isinstance(name, str)), None)
    recognised = value.get("recognised")
    if name is None or not isinstance(recognised, bool):
        return name
    said = sentence("common.outcome.passed" if recognised else "common.outcome.failed", language)
    return f"{name}: {said}"
