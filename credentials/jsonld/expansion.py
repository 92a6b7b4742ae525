"""Safe expansion: a JSON-LD document to RDF statements, with nothing left out on the way.

JSON-LD drops silently what no context defines; whatever is dropped is not signed, and could be
changed unseen. So every member must become a statement, or the document is refused (VC Data
Integrity 1.0, section 2.4.1 and the security considerations on contexts).

``statements`` is the one entry. This module is the only importer of pyld, and only when called.
"""

import copy
import re
from collections.abc import Mapping
from itertools import count
from typing import Any, cast

from credentials.encoding import JsonObject, JsonValue, canonical_json, check_json
from credentials.errors import CredentialError, MalformedError, UnsupportedError
from credentials.jsonld.nquads import Quad, iri, literal
from schemas import contexts

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_XSD = "http://www.w3.org/2001/XMLSchema#"
_TYPE, _FIRST, _REST, _NIL = (iri(_RDF + name) for name in ("type", "first", "rest", "nil"))

_RELATIVE = "relative-iri:"
_NOWHERE = f"{_RELATIVE}//nowhere/"
"""Base address: an IRI that was relative has its scheme after expansion."""

_MOVES_MEANING = frozenset({"@import", "@base", "@propagate", "@protected"})
_OF_VALUES = frozenset({"@value", "@language", "@type"})
_WITH_OWN_CONTEXT = "verifiableCredential"
_OPTIONS = {"base": _NOWHERE, "processingMode": "json-ld-1.1"}
_MAX_NAME = 40
_MAX_PLAIN_INTEGER = 1e21

ActiveContext = Mapping[str, Any]  # Any: pyld's own structure, which has no types
"""What terms mean at one place of a document, as pyld keeps it."""


def statements(document: JsonObject) -> list[Quad]:
    """Every statement that a JSON-LD document makes; blank nodes get arbitrary labels.

    Args:
        document: with its ``@context``, a list of addresses that we have copies of.

    Raises:
        MalformedError: ``too_deep``, ``too_large``, ``json_malformed``; ``context_inline``,
            ``context_keyword_forbidden``; ``iri_relative``, ``iri_malformed``;
            ``canonical_value`` for a value that leaves no statement or has several spellings
            (null, an empty list, a list in a list, a text direction, too many digits, one
            identifier described in two places);
            ``jsonld_malformed`` for anything else that JSON-LD forbids.
        UnsupportedError: ``context_unknown``, ``context_digest_mismatch``, ``term_undefined``.
    """
    check_json(document)
    if "@context" not in document:
        raise MalformedError("context_missing", "member @context")
    _check_node(document, own_context=True)
    writer = _Writer()
    for node in _expand(document):
        writer.node(node, "")
    return writer.quads


def check_contexts(value: JsonValue) -> None:
    """An ``@context`` holds addresses of contexts that we have copies of, and nothing else.

    Raises:
        MalformedError: ``context_inline``, ``context_keyword_forbidden``.
        UnsupportedError: ``context_unknown``, ``context_digest_mismatch``.
    """
    entries = value if isinstance(value, list) else [value]
    if not entries:
        raise MalformedError("context_missing", "member @context is empty")
    for entry in entries:
        if isinstance(entry, dict) and not _MOVES_MEANING & entry.keys():
            raise MalformedError("context_inline", "a context written in the document")
        if not isinstance(entry, str):
            raise MalformedError("context_keyword_forbidden", "a context that moves meaning")
        try:
            contexts.load(entry)
        except contexts.ContextError as error:
            raise UnsupportedError(error.code, error.detail) from error


def initial_context() -> ActiveContext:
    """The active context before any ``@context`` was met."""
    from pyld import jsonld  # noqa: PLC0415 - as below

    initial = jsonld.JsonLdProcessor()._get_initial_context(_OPTIONS)  # noqa: SLF001 - no other way
    return cast("ActiveContext", initial)


def processed_context(
    active: ActiveContext,
    local: object,
    *,
    override_protected: bool = False,
    propagate: bool = True,
) -> ActiveContext:
    """Context processing of JSON-LD 1.1 (API, section 4.1) by pyld itself.

    Args:
        active: the context to start from.
        local: addresses of contexts, or a scoped context out of one of them.
        override_protected: for a property-scoped context.
        propagate: False for a type-scoped context.

    Raises:
        MalformedError: ``jsonld_malformed``.
    """
    from pyld import context_resolver, jsonld  # noqa: PLC0415 - as below

    resolver = context_resolver.ContextResolver({}, _load)
    try:
        processed = jsonld.JsonLdProcessor()._process_context(  # noqa: SLF001 - the public one
            active,  # knows no scopes
            local,
            {**_OPTIONS, "contextResolver": resolver},
            override_protected=override_protected,
            propagate=propagate,
        )
    except jsonld.JsonLdError as error:
        raise MalformedError("jsonld_malformed", str(error.code)) from error
    return cast("ActiveContext", processed)


def _check_node(node: JsonObject, *, own_context: bool) -> None:
    if "@value" in node:
        _check_value_object(node)
        return
    for name, value in node.items():
        if name == "@context":
            if not own_context:
                raise MalformedError("context_keyword_forbidden", "@context below the top")
            check_contexts(value)
        elif name.startswith("@"):
            raise MalformedError("context_keyword_forbidden", f"member {name[:_MAX_NAME]}")
        elif ":" in name:  # an IRI instead of a term: a second spelling of the same statement
            raise UnsupportedError("term_undefined", f"member {name[:_MAX_NAME]}")
        else:
            _check_member(name, value)


def _check_member(name: str, value: JsonValue) -> None:
    entries = value if isinstance(value, list) else [value]
    if not entries:
        raise MalformedError("canonical_value", f"member {name[:_MAX_NAME]} is empty")
    for entry in entries:
        if entry is None or isinstance(entry, list):
            raise MalformedError("canonical_value", f"member {name[:_MAX_NAME]}")
        if isinstance(entry, dict):
            _check_node(entry, own_context=name == _WITH_OWN_CONTEXT)


def _check_value_object(value: JsonObject) -> None:
    if "@direction" in value:  # RDF has no place for it, so no signature would cover it
        raise MalformedError("canonical_value", "member @direction")
    unknown = value.keys() - _OF_VALUES
    if unknown:
        raise MalformedError("context_keyword_forbidden", "a value object with other members")
    if any(member is None or isinstance(member, dict | list) for member in value.values()):
        raise MalformedError("canonical_value", "member @value")


def _expand(document: JsonObject) -> list[JsonObject]:
    from pyld import jsonld  # noqa: PLC0415 - costs 0.2 s, and most commands need no JSON-LD

    dropped: list[object] = []
    options = {**_OPTIONS, "documentLoader": _load}
    try:
        expanded: list[JsonObject] = jsonld.expand(
            document, options, on_property_dropped=dropped.append
        )
    except jsonld.JsonLdError as error:
        raise MalformedError("jsonld_malformed", str(error.code)) from error
    if dropped:
        raise UnsupportedError("term_undefined", f"member {str(dropped[0])[:_MAX_NAME]}")
    return expanded


def _load(url: str, _options: object) -> dict[str, object]:
    """Document loader: the caller has checked every address, and nothing is fetched."""
    document = copy.deepcopy(contexts.load(url))
    return {
        "contextUrl": None,
        "documentUrl": url,
        "document": document,
        "contentType": "application/ld+json",
    }


class _Writer:
    """Expanded JSON-LD to statements (JSON-LD 1.1 API, section 8), for the parts that we know."""

    def __init__(self) -> None:
        self.quads: list[Quad] = []
        self._described: set[tuple[str, str]] = set()
        self._labels: dict[str, str] = {}
        self._fresh = (f"_:b{number}" for number in count())

    def node(self, node: JsonObject, graph: str) -> str:
        """Write what a node says, and return its term."""
        own_id = node.get("@id")
        subject = next(self._fresh) if own_id is None else self._reference(own_id)
        if node.keys() - {"@id"}:
            self._describe(subject, graph)
        for name, value in node.items():
            if name == "@type":
                for entry in _entries(value):
                    self._add(subject, _TYPE, self._reference(entry, code="term_undefined"), graph)
            elif name == "@graph":
                for entry in _entries(value):
                    self.node(_object(entry), subject)
            elif name.startswith("@"):
                if name != "@id":
                    raise MalformedError("context_keyword_forbidden", f"member {name}")
            else:
                predicate = iri(name)
                for entry in _entries(value):
                    self._add(subject, predicate, self._value(_object(entry), graph), graph)
        return subject

    def _describe(self, subject: str, graph: str) -> None:
        """One node, one place: members moved elsewhere stay signed, but nobody reads them."""
        if (subject, graph) in self._described:
            raise MalformedError("canonical_value", "one identifier is described in two places")
        self._described.add((subject, graph))

    def _value(self, value: JsonObject, graph: str) -> str:
        if "@value" in value:
            return _literal(value)
        if "@list" in value:
            return self._list(_entries(value["@list"]), graph)
        return self.node(value, graph)

    def _list(self, entries: list[JsonValue], graph: str) -> str:
        rest = _NIL
        for entry in reversed(entries):
            cell = next(self._fresh)
            self._add(cell, _FIRST, self._value(_object(entry), graph), graph)
            self._add(cell, _REST, rest, graph)
            rest = cell
        return rest

    def _add(self, subject: str, predicate: str, value: str, graph: str) -> None:
        self.quads.append(Quad(subject, predicate, value, graph))

    def _reference(self, value: JsonValue, *, code: str = "iri_relative") -> str:
        if not isinstance(value, str):
            raise MalformedError("jsonld_malformed", "an identifier that is no string")
        if value.startswith("_:"):
            label = self._labels.get(value)
            if label is None:
                label = self._labels[value] = next(self._fresh)
            return label
        if value.startswith(_RELATIVE):
            raise _relative(code)
        return iri(value)


def _relative(code: str) -> CredentialError:
    if code == "term_undefined":
        return UnsupportedError(code, "a type that no context defines")
    return MalformedError(code, "an identifier that is not absolute")


def _entries(value: JsonValue) -> list[JsonValue]:
    return value if isinstance(value, list) else [value]


def _object(value: JsonValue) -> JsonObject:
    if not isinstance(value, dict):
        raise MalformedError("jsonld_malformed", "expected an object")
    return value


def _literal(value: JsonObject) -> str:
    """Object to RDF conversion of a value object (JSON-LD 1.1 API, section 8.2.2)."""
    if value.keys() - _OF_VALUES:
        raise MalformedError("canonical_value", "a value object with other members")
    content, language = value["@value"], value.get("@language")
    datatype = value.get("@type")
    if datatype == "@json":
        return literal(canonical_json(content).decode(), datatype=_RDF + "JSON")
    if datatype is not None and not isinstance(datatype, str):
        raise MalformedError("jsonld_malformed", "a datatype that is no string")
    if isinstance(content, bool | int | float):
        return native_literal(content, datatype)
    if not isinstance(content, str):
        raise MalformedError("jsonld_malformed", "a value that is no scalar")
    if isinstance(language, str):
        return tagged_literal(content, language)
    return literal(content, datatype=datatype or _XSD + "string")


def tagged_literal(content: str, language: str) -> str:
    """The term of a text in a language.

    Raises:
        MalformedError: ``jsonld_malformed`` for a tag that is none (BCP 47).
    """
    if not re.fullmatch(r"[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*", language):
        raise MalformedError("jsonld_malformed", "a language tag")
    return literal(content, language=language)


def native_literal(content: float, datatype: str | None) -> str:
    """The term of a boolean or a number (JSON-LD 1.1 API, section 8.2.2, steps 6 to 11).

    Raises:
        MalformedError: ``canonical_value`` for a number with too many digits.
    """
    if isinstance(content, bool):
        return literal(str(content).lower(), datatype=datatype or _XSD + "boolean")
    return _number(content, datatype)


def _number(number: float, datatype: str | None) -> str:
    whole = isinstance(number, int) or number.is_integer()
    if whole and abs(number) < _MAX_PLAIN_INTEGER and datatype != _XSD + "double":
        return literal(str(int(number)), datatype=datatype or _XSD + "integer")
    digits = f"{number:.15E}"
    if float(digits) != number:  # 15 decimals would hide a difference
        raise MalformedError("canonical_value", "a number with too many digits")
    canonical = re.sub(r"(\d)0*E\+?(-)?0*(\d)", r"\1E\2\3", digits)
    return literal(canonical, datatype=datatype or _XSD + "double")
