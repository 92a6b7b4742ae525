"""The message catalogue: every sentence a person can read, in Dutch (B1) and English."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from string import Formatter

from schemas.files import ROOT, DataFileError, Entry, read_entry

LANGUAGES = ("nl", "en")
"""The languages of all pages and messages; the first is the default."""

MESSAGES = ROOT / "messages"


def sentence(key: str, language: str, **values: object) -> str:
    """One sentence of the catalogue, with its places filled.

    Args:
        key: dotted, such as ``fault.date_impossible``.
        language: one of ``LANGUAGES``.
        values: one for each ``{place}`` of the sentence; more is allowed.

    Raises:
        KeyError: an unknown key or language, or a place without a value.
    """
    return messages()[key][language].format_map(values)


def known(key: str) -> bool:
    """Whether the catalogue holds a sentence under this key."""
    return key in messages()


@cache
def messages() -> Mapping[str, Mapping[str, str]]:
    """The whole catalogue: key to language to text, read once."""
    return read_messages(MESSAGES)


def read_messages(directory: Path) -> Mapping[str, Mapping[str, str]]:
    """Merge all catalogue files of a directory.

    Raises:
        DataFileError: a key in two files, a language missing or too many, a blank text, or
            places that differ between the languages or are no plain names.
    """
    merged: dict[str, Mapping[str, str]] = {}
    origin: dict[str, str] = {}
    for path in sorted(directory.glob("*.yaml")):
        file = read_entry(path)
        for key in file.fields:
            if key in merged:
                raise DataFileError(path.name, key, f"also in {origin[key]}")
            merged[key] = _texts(Entry(path.name, key, file.mapping(key)))
            origin[key] = path.name
    return merged


def _texts(entry: Entry) -> dict[str, str]:
    entry.only(LANGUAGES)
    texts = {language: entry.text(language) for language in LANGUAGES}
    places = {language: _places(entry, language, text) for language, text in texts.items()}
    if any(found != places[LANGUAGES[0]] for found in places.values()):
        raise entry.fault("places", "the languages have different places")
    return texts


def _places(entry: Entry, language: str, text: str) -> frozenset[str]:
    """The names in braces; formats and attributes would let a value run code of its class."""
    names = set()
    try:
        for _, name, spec, conversion in Formatter().parse(text):
            if name is None:
                continue
            if not name.isidentifier() or spec or conversion:
                raise entry.fault(language, f"{{{name}}} is no plain name")
            names.add(name)
    except ValueError as error:
        if isinstance(error, DataFileError):
            raise
        raise entry.fault(language, str(error)) from error
    return frozenset(names)
