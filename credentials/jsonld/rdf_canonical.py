"""RDF Dataset Canonicalization, RDFC-1.0: the same names for blank nodes, whoever wrote them.

The steps carry the numbers of the Recommendation (sections 4.4 to 4.8). The work is counted, so
that a poison graph (section 7.1) is refused instead of computed.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import permutations
from types import MappingProxyType

from credentials.errors import MalformedError
from credentials.jsonld.nquads import Quad, is_blank
from credentials.limits import MAX_CANONICAL_WORK, MAX_QUADS

HASHES = MappingProxyType({"SHA-256": hashlib.sha256, "SHA-384": hashlib.sha384})
"""The hash algorithms that RDFC-1.0 names (section 4.3)."""

MAX_DEPTH = 128
"""Calls of Hash N-Degree Quads inside one another: three frames each, of the interpreter's 1,000;
the deepest official vector needs 7."""


@dataclass(frozen=True, slots=True)
class Canonical:
    """A dataset in canonical form.

    Attributes:
        nquads: the canonical N-Quads document.
        identifiers: input blank node to canonical one, both without ``_:``.
    """

    nquads: str
    identifiers: MappingProxyType[str, str]


def canonicalize(
    quads: Iterable[Quad], *, algorithm: str = "SHA-256", max_work: int = MAX_CANONICAL_WORK
) -> Canonical:
    """Canonicalize a dataset (section 4.4.3).

    Args:
        quads: the dataset; a repeated statement counts once.
        algorithm: ``SHA-256`` or ``SHA-384``.
        max_work: calls of Hash N-Degree Quads and permutations tried, together.

    Raises:
        MalformedError: ``too_large`` beyond ``MAX_QUADS`` statements, ``too_complex`` beyond
            ``max_work``.
        KeyError: another algorithm.
    """
    dataset = list(dict.fromkeys(quads))
    if len(dataset) > MAX_QUADS:
        raise MalformedError("too_large", f"{len(dataset)} statements, limit {MAX_QUADS}")
    state = _State(algorithm, max_work)
    for quad in dataset:  # (2)
        for node in dict.fromkeys((quad.subject, quad.object, quad.graph)):
            if is_blank(node):
                state.quads_of.setdefault(node, []).append(quad)
    by_hash: dict[str, list[str]] = {}
    for node in state.quads_of:  # (3)
        by_hash.setdefault(state.first_degree(node), []).append(node)
    shared = []
    for _, nodes in sorted(by_hash.items()):  # (4)
        if len(nodes) == 1:
            state.canonical.issue(nodes[0])
        else:
            shared.append(nodes)
    for nodes in shared:  # (5)
        _name_shared(nodes, state)
    issued = state.canonical.issued  # (6), (7)
    return Canonical(
        "".join(sorted({_relabelled(quad, issued) for quad in dataset})),
        MappingProxyType({node[2:]: name[2:] for node, name in issued.items()}),
    )


@dataclass(slots=True)
class _Issuer:
    """Identifier issuer (section 4.5); ``issued`` keeps the order of issuing."""

    prefix: str
    issued: dict[str, str] = field(default_factory=dict)

    def issue(self, node: str) -> str:
        """The identifier of a node; a new one the first time."""
        return self.issued.setdefault(node, f"{self.prefix}{len(self.issued)}")

    def copy(self) -> "_Issuer":
        """Another issuer that has issued the same so far."""
        return _Issuer(self.prefix, self.issued.copy())


class _State:
    """Canonicalization state (section 4.2), with the budget for its work."""

    def __init__(self, algorithm: str, max_work: int) -> None:
        self.quads_of: dict[str, list[Quad]] = {}
        self.canonical = _Issuer("_:c14n")
        self._new_hash = HASHES[algorithm]
        self._first_degree: dict[str, str] = {}
        self._work_left = max_work
        self._depth = 0

    def digest(self, text: str) -> str:
        """The hash of a text, in lower-case hexadecimal."""
        return self._new_hash(text.encode()).hexdigest()

    def spend(self) -> None:
        """Count one unit of work; the budget is what stands between us and factorial time."""
        self._work_left -= 1
        if self._work_left < 0:
            raise MalformedError("too_complex", "blank nodes too much alike")

    def deeper(self, levels: int) -> None:
        """Enter a call of Hash N-Degree Quads, or leave it with -1."""
        self._depth += levels
        if self._depth > MAX_DEPTH:
            raise MalformedError("too_complex", f"more than {MAX_DEPTH} calls inside one another")

    def first_degree(self, node: str) -> str:
        """Hash First Degree Quads (section 4.6.3); its answer depends on the node alone."""
        known = self._first_degree.get(node)
        if known is None:
            known = self.digest(
                "".join(sorted([_masked(quad, node) for quad in self.quads_of[node]]))
            )
            self._first_degree[node] = known
        return known


def _name_shared(nodes: Sequence[str], state: _State) -> None:
    """Give canonical names to nodes whose first degree hashes are equal (4.4.3, step 5)."""
    results: list[tuple[str, _Issuer]] = []  # (5.1)
    for node in nodes:  # (5.2)
        if node in state.canonical.issued:  # (5.2.1)
            continue
        temporary = _Issuer("_:b")  # (5.2.2)
        temporary.issue(node)  # (5.2.3)
        results.append(_hash_n_degree(node, temporary, state))  # (5.2.4)
    for _, issuer in sorted(results, key=lambda result: result[0]):  # (5.3)
        for node in issuer.issued:
            state.canonical.issue(node)


def _hash_related(related: str, quad: Quad, issuer: _Issuer, position: str, state: _State) -> str:
    """Hash Related Blank Node (section 4.7.3)."""
    predicate = "" if position == "g" else quad.predicate  # (1), (2)
    name = state.canonical.issued.get(related) or issuer.issued.get(related)  # (3)
    return state.digest(f"{position}{predicate}{name or state.first_degree(related)}")  # (4), (5)


def _hash_n_degree(node: str, issuer: _Issuer, state: _State) -> tuple[str, _Issuer]:
    """Hash N-Degree Quads (section 4.8.3)."""
    state.spend()
    state.deeper(1)
    related_by_hash: dict[str, list[str]] = {}  # (1)
    for quad in state.quads_of[node]:  # (2), (3)
        for position, term in (("s", quad.subject), ("o", quad.object), ("g", quad.graph)):
            if term != node and is_blank(term):
                hashed = _hash_related(term, quad, issuer, position, state)
                related_by_hash.setdefault(hashed, []).append(term)
    data: list[str] = []  # (4)
    for hashed, related in sorted(related_by_hash.items()):  # (5)
        data.append(hashed)  # (5.1)
        path, issuer = _best_path(related, issuer, state)
        data.append(path)  # (5.5)
    state.deeper(-1)
    return state.digest("".join(data)), issuer  # (6)


def _best_path(related: Sequence[str], issuer: _Issuer, state: _State) -> tuple[str, _Issuer]:
    """The least path over all orders of the related nodes (4.8.3, steps 5.2 to 5.6)."""
    chosen_path = ""  # (5.2)
    chosen: _Issuer | None = None  # (5.3)
    for order in _orders(related):  # (5.4)
        state.spend()
        found = _path(order, issuer.copy(), chosen_path, state)
        if found is not None and (chosen is None or found[0] < chosen_path):  # (5.4.6)
            chosen_path, chosen = found
    return chosen_path, chosen or issuer  # (5.6)


def _orders(related: Sequence[str]) -> Iterator[Sequence[str]]:
    """Every order once; a graph is related once for each statement in it, so names repeat."""
    names = list(dict.fromkeys(related))
    if len(names) == len(related):
        yield from permutations(related)
        return
    ranks = sorted(names.index(node) for node in related)
    while True:  # the next order by rank: raise the last place that can be, then start anew behind
        yield [names[rank] for rank in ranks]
        place = len(ranks) - 2
        while place >= 0 and ranks[place] >= ranks[place + 1]:
            place -= 1
        if place < 0:
            return
        other = max(index for index in range(place + 1, len(ranks)) if ranks[index] > ranks[place])
        ranks[place], ranks[other] = ranks[other], ranks[place]
        ranks[place + 1 :] = reversed(ranks[place + 1 :])


def _path(
    order: Sequence[str], issuer: _Issuer, chosen_path: str, state: _State
) -> tuple[str, _Issuer] | None:
    """The path of one order; None as soon as it cannot be the least (4.8.3, steps 5.4.1-5)."""
    path = ""  # (5.4.2)
    recursion: list[str] = []  # (5.4.3)
    for node in order:  # (5.4.4)
        named = state.canonical.issued.get(node)
        if named is None and node not in issuer.issued:  # (5.4.4.2.1)
            recursion.append(node)
        path += named or issuer.issue(node)  # (5.4.4.1), (5.4.4.2.2)
        if _too_long(path, chosen_path):  # (5.4.4.3)
            return None
    for node in recursion:  # (5.4.5)
        hashed, result = _hash_n_degree(node, issuer, state)  # (5.4.5.1)
        path += f"{issuer.issue(node)}<{hashed}>"  # (5.4.5.2), (5.4.5.3)
        issuer = result  # (5.4.5.4)
        if _too_long(path, chosen_path):  # (5.4.5.5)
            return None
    return path, issuer


def _too_long(path: str, chosen_path: str) -> bool:
    return bool(chosen_path) and len(path) >= len(chosen_path) and path > chosen_path


def _masked(quad: Quad, node: str) -> str:
    """The statement as a line, with ``_:a`` for one blank node and ``_:z`` for any other."""
    terms = [
        term if not is_blank(term) else "_:a" if term == node else "_:z"
        for term in (quad.subject, quad.object, quad.graph)
    ]
    return _line(terms[0], quad.predicate, terms[1], terms[2])


def _relabelled(quad: Quad, names: dict[str, str]) -> str:
    """The statement as a line, with the names that were issued."""
    return _line(
        names.get(quad.subject, quad.subject),
        quad.predicate,
        names.get(quad.object, quad.object),
        names.get(quad.graph, quad.graph),
    )


def _line(subject: str, predicate: str, value: str, graph: str) -> str:
    """As ``Quad.line``, without a statement made for it."""
    end = f" {graph} .\n" if graph else " .\n"
    return f"{subject} {predicate} {value}{end}"
