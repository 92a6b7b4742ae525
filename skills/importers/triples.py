"""Statements of RDF from N-Triples (RDF 1.2 N-Triples, section 2) and from SPARQL 1.1 JSON results.

A reader for the downloads of CompetentNL: it takes addresses and literals, drops nothing in
silence, and never looks an address up.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from schemas.files import JsonValue
from skills.importers.reading import ImportRefused, Report

MAX_TRIPLES = 2_000_000
"""All of CompetentNL has some hundred thousand."""


@dataclass(frozen=True, slots=True)
class Triple:
    """One statement.

    Attributes:
        value: an address, or the text of a literal.
        language: of a literal; None for an address.
    """

    subject: str
    predicate: str
    value: str
    language: str | None


_IRI = r"<([^\x00-\x20<>\"{}|^`]{1,2048})>"
_LITERAL = (
    r"\"((?:[^\"\\\n\r]|\\.){0,20000})\"(?:@([A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*)|\^\^<[^>]*>)?"
)
_LINE = re.compile(
    rf"\s*(?:{_IRI}|(_:\w+))\s*{_IRI}\s*(?:{_IRI}|(_:\w+)|{_LITERAL})\s*\.\s*(?:#.*)?"
)
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))")
_NAMED = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f", '"': '"', "'": "'", "\\": "\\"}


def of_text(text: str, report: Report) -> Iterator[Triple]:
    """Read N-Triples line by line; a line that is none is noted and left.

    Raises:
        ImportRefused: ``too_many_rows``.
    """
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        report.read += 1
        if report.read > MAX_TRIPLES:
            raise ImportRefused("too_many_rows", f"line {number}")
        found = _triple(line)
        if found is None:
            report.leave(f"line {number}", "not_a_triple")
        else:
            yield found


def of_results(document: JsonValue, report: Report) -> Iterator[Triple]:
    """Read the answer to ``SELECT ?s ?p ?o`` (SPARQL 1.1 Query Results JSON, section 3).

    Raises:
        ImportRefused: ``not_results``, ``too_many_rows``.
    """
    results = document.get("results") if isinstance(document, dict) else None
    bindings = results.get("bindings") if isinstance(results, dict) else None
    if not isinstance(bindings, list):
        raise ImportRefused("not_results")
    if len(bindings) > MAX_TRIPLES:
        raise ImportRefused("too_many_rows")
    for number, row in enumerate(bindings):
        report.read += 1
        found = _bound(row) if isinstance(row, dict) else None
        if found is None:
            report.leave(f"results.bindings[{number}]", "not_a_triple")
        else:
            yield found


def _triple(line: str) -> Triple | None:
    found = _LINE.fullmatch(line)
    if found is None:
        return None
    subject, blank, predicate, iri, other_blank, literal, language = found.groups()
    try:
        value = _plain(literal) if literal is not None else _plain(iri or "") or str(other_blank)
        tag = (language or "").lower() if literal is not None else None
        return Triple(_plain(subject or "") or str(blank), _plain(predicate), value, tag)
    except ValueError:
        return None


def _plain(written: str) -> str:
    return _ESCAPE.sub(_unescaped, written)


def _unescaped(found: re.Match[str]) -> str:
    short, long, named = found.groups()
    if named is None:
        character = chr(int(short or long, 16))
        character.encode()  # a lone surrogate is no character
        return character
    if named not in _NAMED:
        raise ValueError("no such escape")
    return _NAMED[named]


def _bound(row: dict[str, JsonValue]) -> Triple | None:
    subject, predicate, value = (
        row.get(short, row.get(long))
        for short, long in (("s", "subject"), ("p", "predicate"), ("o", "object"))
    )
    texts = [
        each.get("value") if isinstance(each, dict) else None
        for each in (subject, predicate, value)
    ]
    if not isinstance(value, dict) or not all(isinstance(each, str) and each for each in texts):
        return None
    literal = value.get("type") in {"literal", "typed-literal"}
    language = value.get("xml:lang")
    tag = (language.lower() if isinstance(language, str) else "") if literal else None
    return Triple(str(texts[0]), str(texts[1]), str(texts[2]), tag)
