"""Canonical form of a JSON-LD document, by either of two engines that agree to the last octet.

The reference engine expands with pyld (``expansion``) and names blank nodes with
``rdf_canonical``. The compiled engine does both in one walk for the documents it knows, and hands
everything else to the reference engine, which alone refuses.
"""

from enum import StrEnum

from credentials.encoding import JsonObject
from credentials.jsonld import written
from credentials.jsonld.compiled import walk
from credentials.jsonld.expansion import statements
from credentials.jsonld.nquads import Quad
from credentials.jsonld.plans import NotCompiled
from credentials.jsonld.rdf_canonical import Canonical, canonicalize
from credentials.jsonld.written import Placed


class Engine(StrEnum):
    """Who turns a document into statements."""

    AUTO = "auto"
    """The compiled engine where it knows the document, else the reference engine."""
    COMPILED = "compiled"
    """The compiled engine alone: for tests and measurements."""
    REFERENCE = "reference"
    """The reference engine alone."""


def canonical(
    document: JsonObject, *, algorithm: str = "SHA-256", engine: Engine = Engine.AUTO
) -> Canonical:
    """Safe expansion and RDFC-1.0 of a document.

    Args:
        document: with its ``@context``.
        algorithm: ``SHA-256`` or ``SHA-384``.
        engine: the answer is the same whichever answers.

    Returns:
        Canonical N-Quads, and the canonical names of ``b0``, ``b1`` and so on: blank nodes in the
        order in which expansion meets them.

    Raises:
        CredentialError: as ``expansion.statements`` and ``rdf_canonical.canonicalize``.
        NotCompiled: only with ``Engine.COMPILED``.
        KeyError: another algorithm.
    """
    if engine is not Engine.REFERENCE:
        try:
            nodes, blanks = walk(document)
        except NotCompiled:
            if engine is Engine.COMPILED:
                raise
        else:
            return written.canonical(nodes, blanks, algorithm)
    return canonicalize(statements(document), algorithm=algorithm)


def quads(document: JsonObject, *, engine: Engine = Engine.AUTO) -> list[Quad]:
    """Every statement of a document, in the order and with the labels of ``statements``.

    Raises:
        CredentialError: as ``expansion.statements``.
        NotCompiled: only with ``Engine.COMPILED``.
    """
    if engine is not Engine.REFERENCE:
        placed = placed_quads(document)
        if placed is not None:
            return [entry.quad for entry in placed]
        if engine is Engine.COMPILED:
            raise NotCompiled("a document outside the subset")
    return statements(document)


def placed_quads(document: JsonObject) -> list[Placed] | None:
    """Every statement with the place in the document that makes it.

    Returns:
        None for a document that the compiled engine does not know; it may be right or wrong.
    """
    try:
        nodes, _ = walk(document)
    except NotCompiled:
        return None
    return written.placed_quads(nodes)
