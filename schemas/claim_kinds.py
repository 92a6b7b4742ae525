"""The kinds of claims that types.yaml names, as JSON Schema 2020-12."""

import re
from typing import Final

from schemas.files import JsonObject

MAX_TEXT: Final = 200
"""Characters of a text without its own limit; the longest name in the sample data has 15."""

MAX_ITEMS: Final = 100
"""Items of a list claim; the longest profile of the framework has 20 skills."""

_LIMITED = re.compile(r"text up to (\d+) characters")
_PATTERN = re.compile(r"text (\^.+\$)")
_CHOICE = re.compile(r"enum ([\w-]+(?:\|[\w-]+)+)")
_BETWEEN = re.compile(r"number (\d+)-(\d+)")

# "$" also matches before a last line end in Python's engine; this end is the end in every engine.
_END: Final = r"(?![\s\S])"

# Printable text in one line: nothing that hides, turns or breaks the line of a screen.
_TEXT_PATTERN = (
    r"^[^\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]*" + _END
)
_YEAR_TO_DAY = r"^\d{4}(-\d{2}(-\d{2})?)?/(\d{4}(-\d{2}(-\d{2})?)?)?" + _END


def text(limit: int = MAX_TEXT) -> JsonObject:
    """A text of one line and at most ``limit`` characters, not empty."""
    return {"type": "string", "minLength": 1, "maxLength": limit, "pattern": _TEXT_PATTERN}


def kind_schema(kind: str) -> JsonObject:
    """The JSON Schema of one kind, as written in types.yaml.

    Raises:
        ValueError: a kind that is not known.
    """
    fixed = _fixed().get(kind)
    if fixed is not None:
        return fixed
    if found := _LIMITED.fullmatch(kind):
        return text(int(found[1]))
    if found := _PATTERN.fullmatch(kind):
        return {"type": "string", "pattern": found[1].removesuffix("$") + _END}
    if found := _CHOICE.fullmatch(kind):
        return {"type": "string", "enum": [*found[1].split("|")]}
    if found := _BETWEEN.fullmatch(kind):
        return {"type": "integer", "minimum": int(found[1]), "maximum": int(found[2])}
    if kind.startswith("list of "):
        return _list(kind_schema(kind.removeprefix("list of ")))
    raise ValueError(f"unknown kind of claim: {kind}")


def _fixed() -> dict[str, JsonObject]:
    return {
        "text": text(),
        "organisation": text(),
        "date": {"type": "string", "format": "date", "pattern": r"^\d{4}-\d{2}-\d{2}" + _END},
        "date range": {"type": "string", "pattern": _YEAR_TO_DAY},
        "code": {"type": "string", "pattern": r"^[A-Za-z0-9][A-Za-z0-9._/-]{0,19}" + _END},
        "code ISO 4063": {"type": "string", "pattern": r"^\d{1,3}" + _END},
        "range mm": {
            "type": "string",
            "pattern": r"^(\d{1,4}(\.\d+)?-\d{1,4}(\.\d+)?|>=? ?\d{1,4})" + _END,
        },
        "number": {"type": "integer", "minimum": 0, "maximum": 1_000_000},
        "decimal": {"type": "number", "minimum": 0, "maximum": 1_000},
        "yes/no": {"type": "boolean"},
        "attachment digest": {"type": "string", "pattern": r"^sha256-[A-Za-z0-9_-]{43}" + _END},
        "{skill, level}": _skill(),
        "{code, name}": _record(code=text(20), name=text()),
        "{label, value}": _record(label=text(60), label_en=text(60), value=text()),
        "{part, recognised}": _record(part=text(), recognised={"type": "boolean"}),
    }


def _list(item: JsonObject) -> JsonObject:
    # No minimum: each item may be disclosable by itself, and then the list can come empty.
    return {"type": "array", "items": item, "maxItems": MAX_ITEMS}


def _record(**fields: JsonObject) -> JsonObject:
    return {
        "type": "object",
        "properties": {**fields},
        "required": [*fields],
        "additionalProperties": False,
    }


def _skill() -> JsonObject:
    """One skill statement, as ``skills.framework.statement`` writes it."""
    link = _record(
        scheme=text(40),
        uri={"type": "string", "pattern": r"^https?://[!-~]{1,300}" + _END},
        label=text(),
        match={"type": "string", "enum": ["exact", "close", "broad", "narrow", "related"]},
    )
    statement = _record(
        framework={"type": "string", "pattern": r"^[a-z0-9-]{1,60}" + _END},
        skill={"type": "string", "pattern": r"^[a-z0-9-]{1,60}" + _END},
        label_nl=text(),
        label_en=text(),
        level={"type": "integer", "minimum": 1, "maximum": 4},
    )
    statement["properties"] = {
        **_properties(statement),
        "alignment": {"type": "array", "items": link, "maxItems": 10},
    }
    return statement


def _properties(schema: JsonObject) -> JsonObject:
    found = schema["properties"]
    return found if isinstance(found, dict) else {}
