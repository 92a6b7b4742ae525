"""Contexts written inside the documents of official suites, for as long as one is handled.

The product makes no statement out of a context that stands in a document, for nobody has reviewed
it. The suites sign such documents. So each inline context is lent under an address made of its
digest: no statement holds the address of a context, so what is signed stays the same.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from credentials.encoding import JsonObject, JsonValue, canonical_json
from schemas.lending import lending

_ADDRESS = "https://inline.invalid/contexts/"


@contextmanager
def named(document: JsonObject) -> Iterator[JsonObject]:
    """The document with an address for each inline context, known inside the block alone.

    Those at the top and at the top of embedded credentials; deeper ones stay, to be refused.
    """
    found: dict[str, JsonObject] = {}
    changed = _named(document, found)
    embedded = document.get("verifiableCredential")
    if isinstance(embedded, list):
        changed["verifiableCredential"] = [
            _named(one, found) if isinstance(one, dict) else one for one in embedded
        ]
    elif isinstance(embedded, dict):
        changed["verifiableCredential"] = _named(embedded, found)
    with lending(found):
        yield changed


def unwrapped(document: JsonObject) -> JsonObject:
    """The document with inline contexts out of a wrapper, as an example of the standard has one.

    JSON-LD processors read ``{"@context": {...}}`` as what is inside it.
    """
    value = document.get("@context")
    if not isinstance(value, list):
        return document
    entries: list[JsonValue] = []
    for entry in value:
        inner = entry.get("@context") if isinstance(entry, dict) and len(entry) == 1 else None
        entries.append(inner if isinstance(inner, dict) else entry)
    return {**document, "@context": entries}


def with_contexts_of(document: JsonObject, changed: JsonObject) -> JsonObject:
    """What was made of a renamed document, with the contexts that were written in it."""
    return {**changed, "@context": document.get("@context")}


def _named(document: JsonObject, found: dict[str, JsonObject]) -> JsonObject:
    value = document.get("@context")
    if isinstance(value, list):
        return {**document, "@context": [_address(entry, found) for entry in value]}
    return dict(document)


def _address(entry: JsonValue, found: dict[str, JsonObject]) -> JsonValue:
    if not isinstance(entry, dict):
        return entry
    address = _ADDRESS + hashlib.sha256(canonical_json(entry)).hexdigest()
    found[address] = {"@context": entry}
    return address
