"""N-Quads: read, and written in the one canonical form (RDF 1.2 N-Quads, section 4; RDFC-1.0, 5).

A term is the text that stands for it in canonical N-Quads: ``<iri>``, ``_:label``, or a quoted
literal. Equal terms are then equal strings, and writing a statement is joining four of them.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from credentials.errors import MalformedError

XSD_STRING = "http://www.w3.org/2001/XMLSchema#string"
"""The datatype that canonical N-Quads leave out."""

_IRI = r"<((?:[^\x00-\x20<>\"{}|^`\\]|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*)>"
_BLANK = r"_:[^\s<>\"\\.]+(?:\.+[^\s<>\"\\.]+)*"
_QUOTED = r'"((?:[^"\\\n\r]|\\[tbnrf"\'\\]|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*)"'
_TAG = r"@([a-zA-Z]+(?:-[a-zA-Z0-9]+)*)"
_OBJECT = rf"(?:{_IRI}|({_BLANK})|{_QUOTED}(?:\^\^{_IRI}|{_TAG})?)"
_LINE = re.compile(
    rf"[ \t]*(?:{_IRI}|({_BLANK}))[ \t]*{_IRI}[ \t]*{_OBJECT}[ \t]*"
    rf"(?:(?:{_IRI}|({_BLANK}))[ \t]*)?\.[ \t]*(?:#.*)?"
)
_UNESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))")
_SHORT = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f", '"': '"', "'": "'", "\\": "\\"}
_BACK = {value: f"\\{key}" for key, value in _SHORT.items() if key != "'"}
_MUST_ESCAPE = re.compile(r'[\x00-\x1f\x7f"\\]')
_ABSOLUTE_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|^`\\]*")


@dataclass(frozen=True, slots=True)
class Quad:
    """One statement; every part in canonical N-Quads, ``graph`` empty in the default graph."""

    subject: str
    predicate: str
    object: str
    graph: str = ""

    def line(self) -> str:
        """The statement as one canonical line, line feed included."""
        graph = f" {self.graph}" if self.graph else ""
        return f"{self.subject} {self.predicate} {self.object}{graph} .\n"


def iri(text: str) -> str:
    """The term of an absolute IRI.

    Raises:
        MalformedError: ``iri_malformed`` for a relative IRI or a character that N-Quads forbid.
    """
    if not _ABSOLUTE_IRI.fullmatch(text):
        raise MalformedError("iri_malformed", f"{len(text)} characters")
    return f"<{text}>"


def literal(value: str, *, datatype: str = XSD_STRING, language: str = "") -> str:
    """The term of a literal; ``datatype`` counts only without a language tag."""
    quoted = f'"{_MUST_ESCAPE.sub(_escape, value)}"'
    if language:
        return f"{quoted}@{language}"
    return quoted if datatype == XSD_STRING else f"{quoted}^^{iri(datatype)}"


def serialize(quads: Iterable[Quad]) -> str:
    """Canonical N-Quads: every statement once, sorted by code point."""
    return "".join(sorted({quad.line() for quad in quads}))


def parse(text: str) -> list[Quad]:
    """Read N-Quads; comments and empty lines are skipped, repeated statements are kept once.

    Raises:
        MalformedError: ``nquads_malformed``, with the number of the line.
    """
    quads: dict[Quad, None] = {}
    for number, line in enumerate(re.split(r"[\r\n]+", text), start=1):
        if not line.strip(" \t") or line.lstrip(" \t").startswith("#"):
            continue
        match = _LINE.fullmatch(line)
        if match is None:
            raise MalformedError("nquads_malformed", f"line {number}")
        quads[_quad(match, number)] = None
    return list(quads)


def is_blank(term: str) -> bool:
    """Whether the term is a blank node."""
    return term.startswith("_:")


def _quad(match: re.Match[str], number: int) -> Quad:
    subject, subject_blank, predicate, obj, obj_blank, quoted, datatype, tag, graph, graph_blank = (
        match.groups()
    )
    if quoted is None:
        term = obj_blank or f"<{_unescape(obj, number)}>"
    else:
        term = f'"{_MUST_ESCAPE.sub(_escape, _unescape(quoted, number))}"'
        if tag is not None:
            term += f"@{tag}"
        elif datatype is not None and (kind := _unescape(datatype, number)) != XSD_STRING:
            term += f"^^<{kind}>"
    in_graph = "" if graph is None else f"<{_unescape(graph, number)}>"
    return Quad(
        subject_blank or f"<{_unescape(subject, number)}>",
        f"<{_unescape(predicate, number)}>",
        term,
        graph_blank or in_graph,
    )


def _unescape(text: str, number: int) -> str:
    def character(match: re.Match[str]) -> str:
        code = match[1] or match[2]
        if code is None:
            return _SHORT[match[3]]
        point = int(code, 16)
        if point > 0x10FFFF or 0xD800 <= point <= 0xDFFF:  # noqa: PLR2004 - the range of Unicode
            raise MalformedError("nquads_malformed", f"no such character, line {number}")
        return chr(point)

    return _UNESCAPE.sub(character, text) if "\\" in text else text


def _escape(match: re.Match[str]) -> str:
    character = match[0]
    return _BACK.get(character) or f"\\u{ord(character):04X}"
