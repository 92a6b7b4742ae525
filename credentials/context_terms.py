"""Which terms an ``@context`` defines (JSON-LD 1.1, section 4.1), without expanding anything.

Enough to tell whether a type or a member means something, and that a later context leaves the
protected terms of an earlier one alone (VC Data Model 2.0, section 5.2.1).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from types import MappingProxyType

from credentials.encoding import JsonObject, JsonValue
from credentials.errors import MalformedError, UnsupportedError
from schemas import contexts

MAX_CONTEXTS = 16
"""The data model, securing, status, and a few vocabularies: five are already rare."""

MAX_CACHED_LISTS = 128
"""Lists of vendored contexts that are kept: a service meets a handful; about 20 kB each."""

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|^`\\]+")
_KEYWORD = re.compile(r"@[a-z]+", re.IGNORECASE)
_INLINE_KEYWORDS = frozenset(["@protected", "@version", "@vocab"])
"""What an inline context may say besides terms: nothing that moves other documents' meaning."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a list of contexts defines, all together.

    Attributes:
        names: terms, also those that hold inside one type or property only.
        vocabulary: True where any other name means something as well (``@vocab``).
    """

    names: frozenset[str]
    vocabulary: bool


def terms_of(value: JsonValue, *, inline: bool = False) -> Terms:
    """Read an ``@context``.

    Args:
        value: one entry, or a list.
        inline: contexts that are written in the document are read as well. Elsewhere they are
            refused: nobody has reviewed what they make of a signed member.

    Raises:
        MalformedError: ``context_missing``, ``context_malformed`` (neither address nor object),
            ``context_inline``, ``context_keyword_forbidden``, ``context_redefines``,
            ``iri_malformed``.
        UnsupportedError: ``context_unknown``, ``context_digest_mismatch``.
    """
    entries: list[JsonValue] = value if isinstance(value, list) else [value]
    if not 0 < len(entries) <= MAX_CONTEXTS:
        raise MalformedError("context_missing", f"{len(entries)} contexts")
    addresses = tuple(entry for entry in entries if isinstance(entry, str))
    if len(addresses) == len(entries):
        return _of_addresses(addresses)
    return _combined(entries, inline=inline)


@lru_cache(maxsize=MAX_CACHED_LISTS)
def _of_addresses(addresses: tuple[str, ...]) -> Terms:
    return _combined([*addresses], inline=False)


def _combined(entries: list[JsonValue], *, inline: bool) -> Terms:
    names: set[str] = set()
    kept: dict[str, JsonValue] = {}
    vocabulary = False
    for entry in entries:
        if isinstance(entry, dict):
            if not inline:
                raise MalformedError("context_inline", "a context written in the document")
            _check_inline(entry, kept)
            definitions: Mapping[str, JsonValue] = entry
        else:
            definitions = _vendored(entry)
        kept |= _protected(definitions)
        names |= _names(definitions)
        if "@vocab" in definitions:
            vocabulary = isinstance(definitions["@vocab"], str)
    return Terms(frozenset(names), vocabulary)


def check_types(document: JsonObject, terms: Terms) -> None:
    """Every type is an address or a term (VC Data Model 2.0, section 4.5).

    Raises:
        UnsupportedError: ``term_undefined``.
    """
    value = document.get("type")
    for entry in value if isinstance(value, list) else [value]:
        known = isinstance(entry, str) and (entry in terms.names or _URL.fullmatch(entry))
        if not known and not terms.vocabulary:
            raise UnsupportedError("term_undefined", "a type that no context defines")


def check_members(document: JsonObject, terms: Terms) -> None:
    """Every member is a term that some context defines by name; ``@vocab`` is not enough.

    Raises:
        UnsupportedError: ``term_undefined``.
    """
    unknown = [name for name in document if name != "@context" and name not in terms.names]
    if unknown:
        raise UnsupportedError("term_undefined", f"{len(unknown)} members that no context defines")


@cache
def _of_address(address: str) -> Mapping[str, JsonValue]:
    document = contexts.load(address).get("@context")
    merged: JsonObject = {}
    for part in document if isinstance(document, list) else [document]:
        if isinstance(part, dict):
            merged |= part
    return MappingProxyType(merged)


def _vendored(entry: JsonValue) -> Mapping[str, JsonValue]:
    if not isinstance(entry, str) or not _URL.fullmatch(entry):
        raise MalformedError("context_malformed", "neither an address nor an object")
    try:
        return _of_address(entry)
    except contexts.ContextError as error:
        raise UnsupportedError(error.code, error.detail) from error


def _names(definitions: Mapping[str, JsonValue]) -> set[str]:
    found = {name for name in definitions if not name.startswith("@")}
    for definition in definitions.values():
        scoped = definition.get("@context") if isinstance(definition, dict) else None
        if isinstance(scoped, dict):
            found |= _names(scoped)
    return found


def _protected(definitions: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    return {
        name: definition
        for name, definition in definitions.items()
        if not name.startswith("@") and _is_protected(definition, definitions)
    }


def _is_protected(definition: JsonValue, around: Mapping[str, JsonValue]) -> bool:
    own = definition.get("@protected") if isinstance(definition, dict) else None
    return own is True or (own is None and around.get("@protected") is True)


def _check_inline(entry: JsonObject, kept: Mapping[str, JsonValue]) -> None:
    for name, definition in entry.items():
        if name.startswith("@"):
            if name not in _INLINE_KEYWORDS:
                raise MalformedError("context_keyword_forbidden", "a context that moves meaning")
            if name == "@vocab" and definition is not None:
                _check_address(definition)
            continue
        if name in kept and kept[name] != definition:
            raise MalformedError("context_redefines", "a protected term gets another meaning")
        target = definition.get("@id") if isinstance(definition, dict) else definition
        if target is not None and not (isinstance(target, str) and _KEYWORD.fullmatch(target)):
            _check_address(target)


def _check_address(value: JsonValue) -> None:
    if not isinstance(value, str) or not _URL.fullmatch(value):
        raise MalformedError("iri_malformed", "a term that stands for no address")
