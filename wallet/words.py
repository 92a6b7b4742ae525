"""Values of claims as people read them, in Dutch or English."""

from datetime import date

from credentials.encoding import JsonValue
from schemas.messages import sentence
from service import dates

ICONS = {
    "lascertificaat-mag": "flame",
    "lasbevestiging": "flame",
    "vca-basis": "hard-hat",
    "vca-vol": "hard-hat",
    "nen-3140-vop-opleiding": "zap",
    "nen-3140-aanwijzing-vop": "zap",
    "heftruck": "forklift",
    "bhv": "heart-pulse",
    "cnc-frezen-vakcertificaat": "cog",
    "praktijkverklaring": "hammer",
    "werkervaringsverklaring": "briefcase",
    "evc-ervaringscertificaat": "award",
    "collega-bevestiging": "users",
}
"""A drawing for each type we know; others get a sheet with a check."""


def icon_of(type_id: str) -> str:
    """The drawing of a type."""
    return ICONS.get(type_id, "file-check")


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
