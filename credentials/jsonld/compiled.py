"""The compiled engine: a JSON-LD document to canonical N-Quads in one walk over its JSON.

It knows the documents that we meet every day, and for those it does what ``expansion`` and
``rdf_canonical`` do together, many times sooner. Anything else, doubtful or wrong, raises
``NotCompiled``: the reference engine then decides, and alone words the refusals.
"""

from credentials.encoding import JsonObject, JsonValue
from credentials.errors import CredentialError
from credentials.jsonld.expansion import tagged_literal
from credentials.jsonld.plans import (
    NotCompiled,
    Shape,
    State,
    Step,
    literal_writer,
    outermost,
    shape_of,
    within,
)
from credentials.jsonld.written import Node
from credentials.limits import MAX_JSON_DEPTH, MAX_JSON_ITEMS, MAX_QUADS

MAX_NODE_DEPTH = MAX_JSON_DEPTH // 2
"""Nodes inside one another: each costs two levels of JSON, itself and the list around it."""


def walk(document: JsonObject) -> tuple[list[Node], int]:
    """Write down every statement of a document.

    Returns:
        The nodes in the order of writing, the top one first, and the number of blank nodes.

    Raises:
        NotCompiled: outside the subset; the document may be right or wrong.
    """
    if document.__class__ is not dict:
        raise NotCompiled("no object")
    writer = _Walk()
    writer.document(document, outermost(), None, 1)
    top = writer.nodes[0]
    if not top.tails and not top.edges:
        raise NotCompiled("a document that says nothing")
    if sum(len(node.tails) + len(node.edges) for node in writer.nodes) > MAX_QUADS:
        raise NotCompiled("many statements")
    return writer.nodes, writer.blanks


class _Walk:
    """One walk; the checks that ``expansion`` makes beforehand are made on the way."""

    __slots__ = ("_described", "_items", "blanks", "nodes")

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self.blanks = 0
        self._items = 0
        self._described: set[tuple[str, int | None]] = set()

    def document(
        self, document: JsonObject, state: State, graph: int | None, depth: int
    ) -> str | int:
        """Write a node object that brings its own contexts; returns its subject."""
        members = dict(document)
        value = members.pop("@context", None)
        addresses = value if isinstance(value, list) else [value]
        listed = tuple(address for address in addresses if isinstance(address, str))
        if not listed or len(listed) != len(addresses):
            raise NotCompiled("@context")
        self._items += len(listed) + 1
        return self.node(members, within(state, listed), graph, depth)

    def node(self, members: JsonObject, state: State, graph: int | None, depth: int) -> str | int:
        """Write a node object; returns its subject."""
        kinds = members.get("type")
        self._items += len(members)
        if isinstance(kinds, list):
            self._items += len(kinds)
            kinds = tuple(kinds)  # type: ignore[assignment]  # a list can be no key
        try:
            shape = shape_of(state, kinds, tuple(members))  # type: ignore[arg-type]  # it looks
        except TypeError as error:  # a type that is no text
            raise NotCompiled("type") from error
        if depth > MAX_NODE_DEPTH or self._items > MAX_JSON_ITEMS:
            raise NotCompiled("deep, or many items")
        subject = self._named(members["id"], shape, graph) if shape.named else self._fresh()
        node = Node(subject, graph, members, shape, [*shape.types], [])
        self.nodes.append(node)
        add = node.tails.append
        for step in shape.steps:
            value = members[step.name]
            if isinstance(value, str):
                add(step.text(value))
            elif isinstance(value, list):
                self._items += len(value)
                if not value:
                    raise NotCompiled("an empty list")
                for entry in value:
                    self._entry(node, step, entry, depth)
            else:
                self._entry(node, step, value, depth)
        return subject

    def _named(self, name: JsonValue, shape: Shape, graph: int | None) -> str:
        if not isinstance(name, str) or not shape.is_iri(name):
            raise NotCompiled("id")
        subject = f"<{name}>"
        if shape.types or shape.steps:
            if (subject, graph) in self._described:
                raise NotCompiled("one identifier is described in two places")
            self._described.add((subject, graph))
        return subject

    def _entry(self, node: Node, step: Step, entry: JsonValue, depth: int) -> None:
        """Write one value of a member."""
        if isinstance(entry, str):
            node.tails.append(step.text(entry))
        elif isinstance(entry, dict):
            if "@value" in entry:
                node.tails.append(self._tagged(entry, step))
            else:
                self._below(node, step, entry, depth + 1)
        elif isinstance(entry, bool | int | float):
            node.tails.append(step.number(entry))
        else:
            raise NotCompiled("null, or a list in a list")

    def _below(self, node: Node, step: Step, members: JsonObject, depth: int) -> None:
        """Write a node below this one, and the edge to it."""
        graph = self._fresh() if step.graph else node.graph
        write = self.document if step.own_context and "@context" in members else self.node
        subject = write(members, step.state, graph, depth)
        if step.graph and graph is not None:
            node.edges.append((step.head, graph))
        elif isinstance(subject, int):
            node.edges.append((step.head, subject))
        else:
            node.tails.append(step.head + subject)

    def _tagged(self, value: JsonObject, step: Step) -> str:
        """A value object of a text and its language; others are rare."""
        self._items += len(value)
        text, language = value.get("@value"), value.get("@language")
        if not isinstance(text, str) or not isinstance(language, str):
            raise NotCompiled("a value object")
        if step.graph or len(value) != len(("text", "language")):
            raise NotCompiled("a value object")
        try:
            tag = tagged_literal("", language.lower()).removeprefix('""')
        except CredentialError as error:
            raise NotCompiled(error.code) from error
        return literal_writer(step.head, tag)(text)

    def _fresh(self) -> int:
        self.blanks += 1
        return self.blanks - 1
