"""Values of claims as people read them, in Dutch or English."""

from collections.abc import Mapping
from datetime import date
from functools import cache

from credentials.encoding import JsonValue
from schemas.files import ROOT, read_entry
from schemas.messages import sentence
from service import dates


@cache
def icons() -> Mapping[str, str]:
    """A drawing for each type we know."""
    file = read_entry(ROOT / "types" / "icons.yaml")
    return {name: file.text(name) for name in file.fields}


def icon_of(type_id: str) -> str:
    """The drawing of a type."""
    return icons().get(type_id, "file-check")


def value_text(value: JsonValue, language: str) -> str:
    """A claim's value on one line: dates in words, yes and no, lists with commas."""
    if isinstance(value, bool):
        return sentence("wallet.value.yes" if value else "wallet.value.no", language)
    if isinstance(value, str):
        return _text(value, language)
    if isinstance(value, list):
        return ", ".join(value_text(item, language) for item in value)
    if isinstance(value, dict):
        return " ".join(value_text(part, language) for part in value.values())
    return "" if value is None else f"{value:g}".replace(".", "," if language == "nl" else ".")


def _text(value: str, language: str) -> str:
    try:
        return dates.in_words(date.fromisoformat(value), language)
    except ValueError:
        return value
