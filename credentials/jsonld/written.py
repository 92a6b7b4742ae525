"""What the compiled engine writes: nodes with their statements, made canonical (RDFC-1.0).

Blank nodes are numbers until they get their names. Where all first degree hashes differ, sorting
them names every node; only otherwise the general canonicalizer has to think.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from types import MappingProxyType

from credentials.encoding import JsonObject, JsonValue
from credentials.jsonld.nquads import Quad
from credentials.jsonld.plans import Shape
from credentials.jsonld.rdf_canonical import HASHES, Canonical, canonicalize

Path = tuple[str | int, ...]
"""Where in a document: member names and positions in lists, from the top."""


@dataclass(slots=True)
class Node:
    """One node object of a document.

    Attributes:
        subject: its term, or its number where it is blank.
        graph: number of the graph that it stands in; None in the default graph.
        tails: predicate and object of each statement whose object is not blank.
        edges: predicate, with a blank behind it, and number of each blank node below.
        members: the node object itself.
        shape: the plan by which it was written.
    """

    subject: str | int
    graph: int | None
    members: JsonObject
    shape: Shape
    tails: list[str]
    edges: list[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Placed:
    """A statement, and the place in the document that makes it.

    Attributes:
        quad: with the labels ``_:b0``, ``_:b1`` and so on for blank nodes.
        path: of a type, ``(..., "type")`` or ``(..., "type", 1)``; of another member, that of its
            value, so that an entry of a list has its position at the end.
    """

    quad: Quad
    path: Path


def canonical(nodes: list[Node], blanks: int, algorithm: str) -> Canonical:
    """RDFC-1.0 of everything written (section 4.4.3).

    Args:
        nodes: in the order of writing.
        blanks: how many blank nodes there are.
        algorithm: ``SHA-256`` or ``SHA-384``.

    Raises:
        MalformedError: ``too_large``, ``too_complex``.
        KeyError: another algorithm.
    """
    new_hash = HASHES[algorithm]
    mentions = _first_degree(nodes, blanks)
    hashes = [new_hash("".join(sorted(lines)).encode()).digest() for lines in mentions]
    if len(set(hashes)) < blanks or not all(mentions):  # alike, or in no statement at all
        return canonicalize((placed.quad for placed in placed_quads(nodes)), algorithm=algorithm)
    labels = [""] * blanks
    for position, number in enumerate(sorted(range(blanks), key=hashes.__getitem__)):
        labels[number] = f"_:c14n{position}"
    return Canonical(
        "".join(sorted(set(_lines(nodes, labels)))),
        MappingProxyType({f"b{number}": label[2:] for number, label in enumerate(labels)}),
    )


def placed_quads(nodes: list[Node]) -> list[Placed]:
    """Every statement in the order of the reference engine, with its place."""
    found: list[Placed] = []
    _replay(iter(nodes), (), found)
    return found


def _first_degree(nodes: list[Node], blanks: int) -> list[list[str]]:
    """For each blank node its statements, with ``_:a`` for itself and ``_:z`` for any other."""
    mentions: list[list[str]] = [[] for _ in range(blanks)]
    for node in nodes:
        end = " .\n" if node.graph is None else " _:z .\n"
        if isinstance(node.subject, int):
            own, other = mentions[node.subject], "_:z"
            own.extend([f"_:a {tail}{end}" for tail in {*node.tails}])  # a repeated one once
            own.extend([f"_:a {head}_:z{end}" for head, _ in node.edges])
        else:
            other = node.subject
        for head, below in node.edges:
            mentions[below].append(f"{other} {head}_:a{end}")
        if node.graph is not None:
            inside = mentions[node.graph]
            inside.extend([f"{other} {tail} _:a .\n" for tail in {*node.tails}])
            inside.extend([f"{other} {head}_:z _:a .\n" for head, _ in node.edges])
    return mentions


def _lines(nodes: list[Node], labels: list[str]) -> list[str]:
    lines: list[str] = []
    for node in nodes:
        subject = labels[node.subject] if isinstance(node.subject, int) else node.subject
        end = " .\n" if node.graph is None else f" {labels[node.graph]} .\n"
        lines.extend([f"{subject} {tail}{end}" for tail in node.tails])
        lines.extend([f"{subject} {head}{labels[below]}{end}" for head, below in node.edges])
    return lines


def _replay(nodes: Iterator[Node], path: Path, found: list[Placed]) -> None:
    """The statements of the next node, those of each node below just before their edge."""
    node = next(nodes)
    tails, edges = iter(node.tails), iter(node.edges)
    types = [next(tails) for _ in node.shape.types]
    for number, step in enumerate(node.shape.steps):
        if number == node.shape.types_before:
            _replay_types(node, types, path, found)
        for place, entry in _entries(node.members[step.name], (*path, step.name)):
            edge = False
            if isinstance(entry, dict) and "@value" not in entry:
                _replay(nodes, place, found)
                edge = step.graph or "id" not in entry
            if edge:
                head, blank = next(edges)
                found.append(_placed(node, f"{head}_:b{blank}", place))
            else:
                found.append(_placed(node, next(tails), place))
    if node.shape.types_before == len(node.shape.steps):
        _replay_types(node, types, path, found)


def _replay_types(node: Node, types: list[str], path: Path, found: list[Placed]) -> None:
    places = _entries(node.members["type"], (*path, "type")) if types else ()
    found.extend(_placed(node, tail, place) for (place, _), tail in zip(places, types, strict=True))


def _entries(value: JsonValue, path: Path) -> list[tuple[Path, JsonValue]]:
    if isinstance(value, list):
        return [((*path, position), entry) for position, entry in enumerate(value)]
    return [(path, value)]


def _placed(node: Node, tail: str, path: Path) -> Placed:
    predicate, term = tail.split(" ", 1)
    subject = node.subject if isinstance(node.subject, str) else f"_:b{node.subject}"
    graph = "" if node.graph is None else f"_:b{node.graph}"
    return Placed(Quad(subject, predicate, term, graph), path)
