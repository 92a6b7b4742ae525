"""The 86 official RDFC-1.0 vectors, with the limits of the product."""

import json
from pathlib import Path

import pytest

from credentials.errors import MalformedError
from credentials.jsonld.nquads import parse
from credentials.jsonld.rdf_canonical import canonicalize

HASHES = {"SHA384": "SHA-384"}


def entries(vectors: Path) -> list[dict[str, str]]:
    manifest: dict[str, list[dict[str, str]]] = json.loads(
        (vectors / "rdf-canon" / "manifest.jsonld").read_bytes()
    )
    return manifest["entries"]


def kind(vectors: Path, name: str) -> list[dict[str, str]]:
    return [entry for entry in entries(vectors) if entry["type"] == f"rdfc:RDFC10{name}Test"]


def read(vectors: Path, name: str) -> str:
    return (vectors / "rdf-canon" / name).read_text(encoding="utf-8")


def test_all_64_documents_become_canonical(vectors: Path) -> None:
    cases = kind(vectors, "Eval")
    differing = [
        case["id"]
        for case in cases
        if canonicalize(
            parse(read(vectors, case["action"])),
            algorithm=HASHES.get(case.get("hashAlgorithm", ""), "SHA-256"),
        ).nquads
        != read(vectors, case["result"])
    ]
    assert differing == []
    assert len(cases) == 64


def test_all_21_label_maps_are_as_expected(vectors: Path) -> None:
    cases = kind(vectors, "Map")
    differing = [
        case["id"]
        for case in cases
        if dict(
            canonicalize(
                parse(read(vectors, case["action"])),
                algorithm=HASHES.get(case.get("hashAlgorithm", ""), "SHA-256"),
            ).identifiers
        )
        != json.loads(read(vectors, case["result"]))
    ]
    assert differing == []
    assert len(cases) == 21


def test_the_poison_graph_is_refused(vectors: Path) -> None:
    (case,) = kind(vectors, "NegativeEval")
    with pytest.raises(MalformedError) as refused:
        canonicalize(parse(read(vectors, case["action"])))
    assert refused.value.code == "too_complex"
    assert len(entries(vectors)) == 86
