"""RDFC-1.0: blank nodes get the same names whoever wrote them, and poison is refused."""

import random

import pytest

from credentials.errors import MalformedError
from credentials.jsonld.nquads import Quad, parse
from credentials.jsonld.rdf_canonical import canonicalize
from credentials.limits import MAX_QUADS

P = "<urn:p>"


def ring(size: int) -> list[Quad]:
    return [Quad(f"_:n{i}", P, f"_:n{(i + 1) % size}") for i in range(size)]


def clique(size: int) -> list[Quad]:
    nodes = range(size)
    return [Quad(f"_:n{i}", P, f"_:n{j}") for i in nodes for j in nodes if i != j]


@pytest.mark.parametrize("size", [2, 5, 12])
def test_labels_and_order_of_the_input_do_not_matter(size: int) -> None:
    quads = [*ring(size), Quad("_:n1", P, '"x"'), Quad("_:n0", "<urn:q>", "_:leaf", "_:graph")]
    expected = canonicalize(quads).nquads
    chance = random.Random(size)  # noqa: S311 - a seeded shuffle, no secret
    labels = [f"_:n{i}" for i in range(size)] + ["_:leaf", "_:graph"]
    others = [f"_:x{i}" for i in range(len(labels))]
    chance.shuffle(others)
    names = dict(zip(labels, others, strict=True))

    def renamed(term: str) -> str:
        return names.get(term, term)

    moved = [
        Quad(renamed(q.subject), q.predicate, renamed(q.object), renamed(q.graph)) for q in quads
    ]
    chance.shuffle(moved)
    assert canonicalize(moved).nquads == expected


def test_repeated_statement_counts_once() -> None:
    assert canonicalize([*ring(2), *ring(2)]) == canonicalize(ring(2))


def test_map_names_every_blank_node_of_the_input() -> None:
    result = canonicalize(parse("_:a <urn:p> _:b .\n<urn:s> <urn:p> _:a .\n"))
    assert dict(result.identifiers) == {"b": "c14n0", "a": "c14n1"}
    assert result.nquads == "<urn:s> <urn:p> _:c14n1 .\n_:c14n1 <urn:p> _:c14n0 .\n"


def test_other_hash_gives_other_names() -> None:
    quads = [Quad(f"_:n{i}", P, f'"{i}"') for i in range(8)]
    assert canonicalize(quads).nquads != canonicalize(quads, algorithm="SHA-384").nquads
    with pytest.raises(KeyError):
        canonicalize(quads, algorithm="MD5")


@pytest.mark.parametrize("size", [3, 5])
def test_small_clique_is_named(size: int) -> None:
    assert len(canonicalize(clique(size)).identifiers) == size


@pytest.mark.parametrize(
    "quads",
    [
        clique(8),
        ring(2_000),
        [Quad(f"_:h{h}", P, f"_:l{h}x{i}") for h in range(2) for i in range(500)],
        [Quad(f"_:l{i}", P, f"_:r{j}") for i in range(60) for j in range(60)],
        [Quad(f"_:n{r}x{i}", P, f"_:n{r}x{(i + 1) % 50}") for r in range(40) for i in range(50)],
    ],
    ids=["clique of 8", "long ring", "two hubs", "bipartite", "many rings"],
)
def test_graph_of_nodes_too_much_alike_is_refused(quads: list[Quad]) -> None:
    with pytest.raises(MalformedError) as refused:
        canonicalize(quads)
    assert refused.value.code == "too_complex"


def test_more_work_is_done_where_the_caller_allows_it() -> None:
    assert canonicalize(clique(5), max_work=10_000).identifiers
    with pytest.raises(MalformedError) as refused:
        canonicalize(clique(5), max_work=10)
    assert refused.value.code == "too_complex"


def test_too_many_statements_are_refused() -> None:
    quads = [Quad(f"<urn:{i}>", P, "<urn:o>") for i in range(MAX_QUADS)]
    assert canonicalize(quads).identifiers == {}
    with pytest.raises(MalformedError) as refused:
        canonicalize([*quads, Quad("<urn:more>", P, "<urn:o>")])
    assert refused.value.code == "too_large"
