"""Selective disclosure functions (Data Integrity ECDSA Cryptosuites 1.0, section 3.4).

Shared by ecdsa-sd-2023 and bbs-2023. A credential is a list of statements; JSON pointers choose
among them. The compiled engine knows the place in the document that makes each statement, so that a
pointer chooses by place. The reference engine does as the standard says: every node without an
identifier gets one (a skolem identifier), and a part of the document is expanded like the whole.

The functions of the standard take compacted documents. Here the document keeps the shape in which
it was written, so that a pointer means what its reader sees: also ``/skills/0`` in a list of one.
"""

import hashlib
import hmac
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count

from credentials.encoding import JsonObject, JsonValue, b64url_encode, check_json, compact_json
from credentials.errors import MalformedError, UnsupportedError
from credentials.jsonld import written
from credentials.jsonld.canonical import Engine
from credentials.jsonld.compiled import walk
from credentials.jsonld.expansion import statements
from credentials.jsonld.nquads import Quad, is_blank
from credentials.jsonld.plans import NotCompiled
from credentials.jsonld.rdf_canonical import canonicalize
from credentials.jsonld.written import Path, Placed
from credentials.limits import MAX_POINTERS

LabelFunction = Callable[[Sequence[str]], Mapping[str, str]]
"""From canonical identifiers (``c14n0``, in any order) to the labels that statements are signed
with; neither side carries ``_:``. Called once for a document, with all of its identifiers."""

_ALWAYS = frozenset({"@context", "id", "type"})
_INDEX = re.compile(r"0|[1-9][0-9]{0,5}", flags=re.ASCII)
_ESCAPE = re.compile(r"~([01])")


@dataclass(frozen=True, slots=True)
class Group:
    """The statements that some pointers choose.

    Attributes:
        matching: chosen statements by their place among all, in ascending order.
        rest: the other ones, likewise.
        quads: the chosen statements again, their nodes named as in ``Grouped.labels``.
    """

    matching: Mapping[int, str]
    rest: Mapping[int, str]
    quads: tuple[Quad, ...]


@dataclass(frozen=True, slots=True)
class Grouped:
    """A document as statements in the order in which they are signed.

    Attributes:
        nquads: canonical lines with replaced labels, sorted.
        labels: skolem name of a node, without ``_:``, to the label it carries in ``nquads``.
        groups: by the name of the group definition.
    """

    nquads: tuple[str, ...]
    labels: Mapping[str, str]
    groups: Mapping[str, Group]


def hmac_labels(key: bytes) -> LabelFunction:
    """``createHmacIdLabelMapFunction`` (section 3.4.4), HMAC with SHA-256.

    Args:
        key: 32 octets.
    """

    def labels(identifiers: Sequence[str]) -> Mapping[str, str]:
        return {
            name: "u" + b64url_encode(hmac.digest(key, name.encode(), "sha256"))
            for name in identifiers
        }

    return labels


def shuffled_labels(key: bytes) -> LabelFunction:
    """``createShuffledIdLabelMapFunction`` (Data Integrity BBS Cryptosuites 1.0, section 3.3.1).

    Labels ``b0``, ``b1``, ... in the order of the HMACs: they tell no more than how many there are.
    """
    secret = hmac_labels(key)

    def labels(identifiers: Sequence[str]) -> Mapping[str, str]:
        digests = secret(identifiers)
        order = sorted(digests, key=lambda name: digests[name])
        return {name: f"b{place}" for place, name in enumerate(order)}

    return labels


def fixed_labels(known: Mapping[str, str]) -> LabelFunction:
    """``createLabelMapFunction`` (section 3.4.3): labels that a derived proof tells.

    Raises, when it is called:
        MalformedError: ``label_map_invalid``: not one label for each node, or one label for two.
    """

    def labels(identifiers: Sequence[str]) -> Mapping[str, str]:
        if set(identifiers) != set(known) or len(set(known.values())) != len(known):
            raise MalformedError("label_map_invalid", f"{len(known)} of {len(identifiers)} nodes")
        return known

    return labels


def relabelled_statements(document: JsonObject, labels: LabelFunction) -> tuple[str, ...]:
    """``labelReplacementCanonicalizeJsonLd`` (section 3.4.2): the sorted lines of a document.

    Raises:
        CredentialError: what ``statements``, ``canonicalize`` or ``labels`` raises.
    """
    try:
        nodes, blanks = walk(document)
    except NotCompiled:
        quads = statements(document)
        identifiers = canonicalize(quads).identifiers
    else:
        quads = [entry.quad for entry in written.placed_quads(nodes)]
        identifiers = written.canonical(nodes, blanks, "SHA-256").identifiers
    return _sorted_lines(quads, _terms(_named(identifiers, labels)))


def canonicalize_and_group(
    document: JsonObject,
    labels: LabelFunction,
    definitions: Mapping[str, Sequence[str]],
    *,
    engine: Engine = Engine.AUTO,
) -> Grouped:
    """``canonicalizeAndGroup`` (section 3.4.16).

    Args:
        document: with one ``@context``, at the top, and no proof.
        labels: how nodes are named in what is signed.
        definitions: JSON pointers by the name of their group.
        engine: the answer is the same whichever answers.

    Raises:
        MalformedError: ``pointer_invalid``, ``pointer_unmatched``, ``too_large``.
        UnsupportedError: ``selection_unsupported``: a document, or a choice, whose nodes cannot be
            named (embedded graphs, ordered lists, JSON literals).
        CredentialError: what ``statements`` or ``canonicalize`` raises.
    """
    if engine is not Engine.REFERENCE:
        try:
            nodes, blanks = walk(document)
        except NotCompiled:
            if engine is Engine.COMPILED:
                raise
        else:
            identifiers = written.canonical(nodes, blanks, "SHA-256").identifiers
            placed = written.placed_quads(nodes)
            return _grouped_by_place(document, placed, _named(identifiers, labels), definitions)
    check_json(document)
    skolem, marker = _skolemize(document)  # (1)
    quads = _deskolemized(skolem, marker)  # (2)
    names = _named(canonicalize(quads).identifiers, labels)  # (3)
    terms = _terms(names)
    nquads = _sorted_lines(quads, terms)
    groups = {}  # (4) to (7)
    for name, pointers in definitions.items():
        part = select(skolem, pointers)
        chosen = () if part is None else tuple(_deskolemized(part, marker))
        for quad in chosen:
            _check_named(quad)
        groups[name] = _group(nquads, chosen, {_line(quad, terms) for quad in chosen})
    return Grouped(nquads, names, groups)


def _grouped_by_place(
    document: JsonObject,
    placed: Sequence[Placed],
    names: Mapping[str, str],
    definitions: Mapping[str, Sequence[str]],
) -> Grouped:
    terms = _terms(names)
    lines = [_line(entry.quad, terms) for entry in placed]
    nquads = tuple(sorted(set(lines)))
    groups = {}
    for name, pointers in definitions.items():
        chosen = _chosen(document, pointers) if pointers else None
        found = [
            place
            for place, entry in enumerate(placed)
            if chosen is not None and _reaches(chosen, entry.path)
        ]
        groups[name] = _group(
            nquads, tuple(placed[i].quad for i in found), {lines[i] for i in found}
        )
    return Grouped(nquads, names, groups)


def verifier_labels(quads: Iterable[Quad], labels: Mapping[str, str]) -> dict[str, str]:
    """Which label belongs to which canonical identifier of what is shown (3.5.4, steps 12 to 14).

    Args:
        quads: all statements that are shown, as in ``Group.quads``.
        labels: as in ``Grouped.labels``.

    Returns:
        From the canonical identifiers that a verifier will find, such as ``c14n0``, to labels.
    """
    found = canonicalize(quads).identifiers
    return {canonical: labels[node] for node, canonical in found.items()}


def select(document: JsonObject, pointers: Sequence[str]) -> JsonObject | None:
    """``selectJsonLd`` (section 3.4.13): the parts of a document that the pointers choose.

    Identifiers and types along the way come with them; list elements close ranks.

    Returns:
        A document that shares its parts with the given one; None where nothing is chosen.

    Raises:
        MalformedError: ``pointer_invalid``, ``pointer_unmatched``, ``too_large``.
    """
    if not pointers:  # (1)
        return None
    return _object_part(document, _chosen(document, pointers))  # (2) to (6)


def parse_pointer(pointer: str) -> tuple[str, ...]:
    """``jsonPointerToPaths`` (section 3.4.10): the reference tokens of a JSON pointer (RFC 6901).

    Raises:
        MalformedError: ``pointer_invalid``: no leading slash (also the empty pointer: whoever
            wants to show everything says so member by member), or a stray ``~``.
    """
    if pointer.startswith("/") and "~" not in pointer:
        return tuple(pointer[1:].split("/"))
    if not pointer.startswith("/") or "~" in _ESCAPE.sub("", pointer):
        raise MalformedError("pointer_invalid", f"{len(pointer)} characters")
    return tuple(
        _ESCAPE.sub(lambda match: "~/"[int(match[1])], token) for token in pointer[1:].split("/")
    )


def format_pointer(path: Iterable[str | int]) -> str:
    """A JSON pointer (RFC 6901) from names and numbers."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)


@dataclass(slots=True)
class _Chosen:
    """What is chosen of a value: the whole of it, or some members, by name or by number."""

    whole: bool = False
    members: dict[str | int, "_Chosen"] = field(default_factory=dict)


def _chosen(document: JsonObject, pointers: Sequence[str]) -> _Chosen:
    """Step 5 of ``selectJsonLd``: where the pointers lead."""
    if len(pointers) > MAX_POINTERS:
        raise MalformedError("too_large", f"{len(pointers)} pointers, limit {MAX_POINTERS}")
    chosen = _Chosen()
    for pointer in pointers:
        node = chosen
        value: JsonValue = document
        for token in parse_pointer(pointer):
            place, value = _member(value, token)
            node = node.members.setdefault(place, _Chosen())
        node.whole = True
    return chosen


def _reaches(chosen: _Chosen, path: Path) -> bool:
    """Whether the statement made at this place is chosen: on the way, inside, or a type."""
    for step in path:
        if chosen.whole or step == "type":
            return True
        below = chosen.members.get(step)
        if below is None:
            return False
        chosen = below
    return True


def _member(value: JsonValue, token: str) -> tuple[str | int, JsonValue]:
    """One step of selectPaths (section 3.4.12); a value object counts as one scalar."""
    if isinstance(value, dict) and token in value and "@value" not in value:
        return token, value[token]
    if isinstance(value, list) and _INDEX.fullmatch(token) and int(token) < len(value):
        return int(token), value[int(token)]
    raise MalformedError("pointer_unmatched", f"nothing there, {len(token)} characters")


def _part(value: JsonValue, chosen: _Chosen) -> JsonValue:
    if not chosen.whole and isinstance(value, dict):
        return _object_part(value, chosen)
    if not chosen.whole and isinstance(value, list):
        return [
            _part(value[i], chosen.members[i]) for i in range(len(value)) if i in chosen.members
        ]
    return value


def _object_part(value: JsonObject, chosen: _Chosen) -> JsonObject:
    """``createInitialSelection`` (section 3.4.11) and the chosen members.

    Blank node identifiers stay as well, else two mentions of one node would become two nodes.
    """
    return {
        name: member if name in _ALWAYS else _part(member, chosen.members[name])
        for name, member in value.items()
        if name in _ALWAYS or name in chosen.members
    }


def _skolemize(document: JsonObject) -> tuple[JsonObject, str]:
    """``skolemizeCompactJsonLd`` (section 3.4.8), in place of expanding and compacting.

    The marker starts every identifier given here. It holds a digest of the document, so that no
    document can contain its own.
    """
    marker = f"urn:bnid:{hashlib.sha256(compact_json(document)).hexdigest()[:32]}:"
    numbers = count()

    def named(value: JsonValue) -> JsonValue:
        if isinstance(value, list):
            return [named(element) for element in value]
        if isinstance(value, str):
            return f"{marker}x{value[2:]}" if value.startswith("_:") else value
        if not isinstance(value, dict) or "@value" in value:
            return value
        members = {
            name: member if name == "@context" else named(member) for name, member in value.items()
        }
        return members if "id" in members else {"id": f"{marker}{next(numbers)}", **members}

    whole = named(document)
    return (whole if isinstance(whole, dict) else document), marker


def _deskolemized(document: JsonObject, marker: str) -> list[Quad]:
    """``toDeskolemizedNQuads`` (section 3.4.9)."""
    start = f"<{marker}"

    def term(text: str) -> str:
        if text.startswith(start):
            return f"_:s{text[len(start) : -1]}"
        if marker in text:
            raise UnsupportedError("selection_unsupported", "an object that is no node")
        return text

    return [
        Quad(term(quad.subject), quad.predicate, term(quad.object), term(quad.graph))
        for quad in statements(document)
    ]


def _check_named(quad: Quad) -> None:
    """Every node has a skolem name; cells of ordered lists have none, and may be any cell."""
    for term in (quad.subject, quad.object, quad.graph):
        if is_blank(term) and not term.startswith("_:s"):
            raise UnsupportedError("selection_unsupported", "a node that cannot be named")


def _named(identifiers: Mapping[str, str], labels: LabelFunction) -> Mapping[str, str]:
    """Node to label, by way of its canonical identifier."""
    label_of = labels(tuple(identifiers.values()))
    return {node: label_of[canonical] for node, canonical in identifiers.items()}


def _terms(names: Mapping[str, str]) -> dict[str, str]:
    return {f"_:{node}": f"_:{label}" for node, label in names.items()}


def _sorted_lines(quads: Iterable[Quad], terms: Mapping[str, str]) -> tuple[str, ...]:
    """``labelReplacementCanonicalizeNQuads`` (section 3.4.1), step 3."""
    return tuple(sorted({_line(quad, terms) for quad in quads}))


def _line(quad: Quad, terms: Mapping[str, str]) -> str:
    """``relabelBlankNodes`` (section 3.4.14) for one statement."""
    subject, value, graph = quad.subject, quad.object, quad.graph
    start = f"{terms.get(subject, subject)} {quad.predicate} {terms.get(value, value)}"
    return f"{start} {terms.get(graph, graph)} .\n" if graph else f"{start} .\n"


def _group(nquads: Sequence[str], quads: tuple[Quad, ...], chosen: set[str]) -> Group:
    """``selectCanonicalNQuads`` (section 3.4.15), and which lines of the whole those are."""
    if any(quad.graph for quad in quads):
        raise UnsupportedError("selection_unsupported", "a part of an embedded graph")
    matching = {place: line for place, line in enumerate(nquads) if line in chosen}
    if len(matching) != len(chosen):
        raise UnsupportedError("selection_unsupported", "a choice that changes its meaning")
    rest = {place: line for place, line in enumerate(nquads) if line not in chosen}
    return Group(matching, rest, quads)
