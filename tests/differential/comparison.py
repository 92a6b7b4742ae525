"""One document through every processor: the compiled engine, pyld, and pyoxigraph."""

import re
from dataclasses import dataclass

import pyoxigraph
from pyld import jsonld

from credentials.encoding import JsonObject
from credentials.errors import CredentialError
from credentials.jsonld.canonical import Engine, canonical, quads
from credentials.jsonld.expansion import statements
from credentials.jsonld.nquads import Quad, parse, serialize
from credentials.jsonld.plans import NotCompiled
from credentials.jsonld.rdf_canonical import Canonical, canonicalize


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one document.

    Attributes:
        compiled: the compiled engine answered.
        refused: code of the refusal, empty for an accepted document.
        differences: what the processors did not agree on; empty when all is well.
        outvoted: pyoxigraph stands alone, against pyld's canonicalization and ours.
    """

    compiled: bool
    refused: str
    differences: tuple[str, ...]
    outvoted: bool = False


def compare(document: JsonObject) -> Outcome:
    """Hold the engines against one another, and against pyoxigraph where the document is good."""
    compiled, refused, differences = True, "", []
    try:
        found = canonical(document, engine=Engine.COMPILED)
    except NotCompiled:
        compiled = False
    except CredentialError as error:
        refused = error.code
    try:
        expanded = statements(document)
        expected = canonicalize(expanded)
    except CredentialError as error:
        if compiled and refused != error.code:
            differences.append(f"refusal: compiled {refused or 'accepts'}, pyld {error.code}")
        return Outcome(compiled, error.code, tuple(differences))
    if refused:
        differences.append(f"refusal: compiled {refused}, pyld accepts")
    elif compiled:
        differences += _differences(document, found, expected, expanded)
    alone = renamed(serialize(expanded)) != expected.nquads
    outvoted = alone and _outvoted(expanded)
    if alone and not outvoted:
        differences.append("canonical form of pyoxigraph")
    return Outcome(compiled, "", tuple(differences), outvoted)


def renamed(text: str) -> str:
    """RDFC-1.0 of N-Quads by pyoxigraph, which cannot be interrupted: for accepted input only."""
    dataset = pyoxigraph.Dataset(pyoxigraph.parse(text, format=pyoxigraph.RdfFormat.N_QUADS))
    dataset.canonicalize(pyoxigraph.CanonicalizationAlgorithm.RDFC_1_0)
    return serialize(parse("".join(f"{quad} .\n" for quad in dataset)))


def _differences(
    document: JsonObject, found: Canonical, expected: Canonical, expanded: list[Quad]
) -> list[str]:
    same = {
        "canonical N-Quads": found.nquads == expected.nquads,
        "label map": found.identifiers == expected.identifiers,
        "statements": quads(document, engine=Engine.COMPILED) == expanded,
    }
    return [what for what, agreed in same.items() if not agreed]


def _outvoted(expanded: list[Quad]) -> bool:
    """Whether pyld names alike blank nodes in named graphs as we do, and pyoxigraph does not.

    pyoxigraph 0.5.13 stands alone there: rdf-canonize 5.0.0 agrees with pyld and us. pyld leaves
    control characters raw and ends lines at others, so it is asked of texts without any.
    """
    if not any(quad.graph for quad in expanded):
        return False
    text = re.sub(r"\\(?=[bfu])|[\x85\u2028\u2029]", "", serialize(expanded))
    options = {
        "algorithm": "URDNA2015",
        "inputFormat": "application/n-quads",
        "format": "application/n-quads",
    }
    return bool(jsonld.normalize(text, options) == canonicalize(parse(text)).nquads)
