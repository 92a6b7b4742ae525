"""The project's own data files: YAML read strictly, so that a wrong file names file, entry, field.

The files are ours, not a stranger's: an error in one is a fault of the release, found at start.
"""

import re
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import yaml

JsonValue: TypeAlias = bool | int | float | str | list["JsonValue"] | dict[str, "JsonValue"] | None
"""What JSON can hold; the same shape as ``credentials.encoding.JsonValue``, one floor lower."""

JsonObject: TypeAlias = dict[str, JsonValue]
"""A JSON object."""

ROOT = Path(__file__).parent
"""Where the data files live."""

IDENTIFIER = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
"""How ids of types, skills and profiles are written."""


class DataFileError(ValueError):
    """A data file of the project is wrong; the text names file, entry and field."""

    def __init__(self, file: str, entry: str, reason: str) -> None:
        super().__init__(f"{file}: {entry}: {reason}")


# Loading 95 kB of skills takes 0.6 s in Python and 0.06 s in C (measured).
_FastLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _StrictLoader(_FastLoader):  # type: ignore[misc,valid-type]  # chosen at run time
    """A safe loader that refuses a key written twice."""

    def construct_mapping(
        self, node: yaml.MappingNode, *, deep: bool = False
    ) -> dict[Hashable, object]:
        """Build one mapping; a repeated key is an error instead of a silent overwrite."""
        seen: set[object] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                line = key_node.start_mark.line + 1
                raise yaml.constructor.ConstructorError(None, None, f"{key} twice, line {line}")
            seen.add(key)
        built: dict[Hashable, object] = super().construct_mapping(node, deep=deep)
        return built


def load_yaml(path: Path) -> object:
    """Read one YAML file.

    Raises:
        DataFileError: the file is no YAML, or holds a key twice.
    """
    try:
        return yaml.load(path.read_text("utf-8"), Loader=_StrictLoader)  # noqa: S506 - safe subclass
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise DataFileError(path.name, "whole file", str(error)) from error


@dataclass(frozen=True, slots=True)
class Entry:
    """One mapping of a data file, read field by field.

    Attributes:
        file: name of the file, for messages.
        id: which entry, for messages.
    """

    file: str
    id: str
    fields: Mapping[str, object]

    def fault(self, field: str, reason: str) -> DataFileError:
        """The error that names this entry and the field."""
        return DataFileError(self.file, self.id, f"{field}: {reason}")

    def only(self, names: Iterable[str]) -> None:
        """Refuse fields that nobody reads: a typing error would hide behind a default.

        Raises:
            DataFileError: a field that is not among ``names``.
        """
        for unknown in sorted(set(self.fields) - set(names)):
            raise self.fault(unknown, "unknown field")

    def text(self, field: str) -> str:
        """A text that must be there.

        Raises:
            DataFileError: absent, blank or no text.
        """
        value = self.fields.get(field)
        if not isinstance(value, str) or not value.strip():
            raise self.fault(field, "expected a text")
        return value

    def optional_text(self, field: str) -> str | None:
        """A text, or None where the field is absent or null.

        Raises:
            DataFileError: something else.
        """
        return None if self.fields.get(field) is None else self.text(field)

    def number(self, field: str) -> int:
        """A whole number that must be there.

        Raises:
            DataFileError: absent or no whole number.
        """
        value = self.fields.get(field)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.fault(field, "expected a whole number")
        return value

    def optional_number(self, field: str) -> int | None:
        """A whole number, or None where the field is absent or null.

        Raises:
            DataFileError: something else.
        """
        return None if self.fields.get(field) is None else self.number(field)

    def flag(self, field: str) -> bool:
        """True or false; absent is false.

        Raises:
            DataFileError: something else.
        """
        value = self.fields.get(field, False)
        if not isinstance(value, bool):
            raise self.fault(field, "expected true or false")
        return value

    def texts(self, field: str) -> tuple[str, ...]:
        """A list of texts; absent is empty.

        Raises:
            DataFileError: something else, or a text twice.
        """
        value = self.fields.get(field, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.fault(field, "expected a list of texts")
        if len(set(value)) != len(value):
            raise self.fault(field, "the same text twice")
        return tuple(value)

    def mapping(self, field: str) -> dict[str, object]:
        """A mapping with text keys; absent is empty.

        Raises:
            DataFileError: something else.
        """
        value = self.fields.get(field, {})
        if not isinstance(value, dict) or not all(isinstance(key, str) for key in value):
            raise self.fault(field, "expected a mapping")
        return value

    def entry(self, field: str) -> "Entry":
        """The mapping under one field as an entry of its own."""
        return Entry(self.file, f"{self.id}.{field}", self.mapping(field))

    def entries(self, field: str, *, key: str) -> tuple["Entry", ...]:
        """The list of mappings under one field, each named by its ``key``.

        Raises:
            DataFileError: no list of mappings, an item without ``key``, or one key twice.
        """
        value = self.fields.get(field, [])
        if not isinstance(value, list):
            raise self.fault(field, "expected a list")
        found: dict[str, Entry] = {}
        for position, item in enumerate(value):
            if not isinstance(item, dict) or not isinstance(item.get(key), str):
                raise self.fault(f"{field}[{position}]", f"expected a mapping with {key}")
            name = item[key]
            if name in found:
                raise self.fault(field, f"{name} twice")
            found[name] = Entry(self.file, f"{self.id}/{name}" if self.id else name, item)
        return tuple(found.values())


def read_entry(path: Path) -> Entry:
    """Read a file whose whole content is one mapping.

    Raises:
        DataFileError: the file is no YAML mapping with text keys.
    """
    loaded = load_yaml(path)
    if not isinstance(loaded, dict) or not all(isinstance(key, str) for key in loaded):
        raise DataFileError(path.name, "whole file", "expected a mapping")
    return Entry(path.name, "", loaded)
