"""CompetentNL, from N-Triples or SPARQL JSON: capabilities, tasks, occupations and ESCO matches.

No data of CompetentNL is shipped; a deployment fetches them with its own key. Names of properties
are known by their last part, since two forms of the prefix are in use.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from skills.importers.concepts import Concept, Match
from skills.importers.reading import Report, json_of, name_of, text_of
from skills.importers.triples import Triple, of_results, of_text

PREFIX = "https://linkeddata.competentnl.nl/"

KINDS = {
    "HumanCapability": "human-capability",
    "Occupation": "occupation",
    "OccupationTask": "task",
    "KnowledgeArea": "knowledge-area",
    "EducationalNorm": "educational-norm",
}
MATCHES = {
    "exactMatchESCO": "exact",
    "closeMatchESCO": "close",
    "broadMatchESCO": "broad",
    "narrowMatchESCO": "narrow",
}
_MAX_NAMES = 200


def read(octets: bytes) -> tuple[tuple[Concept, ...], Report]:
    """Concepts with labels in all languages that the file has.

    Args:
        octets: N-Triples, or the JSON of ``SELECT ?s ?p ?o``.

    Raises:
        ImportRefused: ``not_text``, ``not_json``, ``not_results``, ``too_deep``,
            ``too_many_rows``.
    """
    report = Report()
    text = text_of(octets)
    is_json = text.lstrip().startswith("{")
    triples = of_results(json_of(octets), report) if is_json else of_text(text, report)
    about = _by_subject(triples)
    concepts = []
    for uri, said in about.items():
        if not uri.startswith(PREFIX) or not said.get("type"):
            continue
        found = _concept(uri, said, about)
        if isinstance(found, str):
            report.leave(f"concept {report.taken + len(report.left) + 1}", found)
        else:
            concepts.append(found)
            report.taken += 1
    return tuple(concepts), report


_Said = Mapping[str, list[Triple]]


def _by_subject(triples: Iterable[Triple]) -> Mapping[str, _Said]:
    found: dict[str, dict[str, list[Triple]]] = defaultdict(lambda: defaultdict(list))
    for each in triples:
        found[each.subject][_last(each.predicate)].append(each)
    return found


def _concept(uri: str, said: _Said, about: Mapping[str, _Said]) -> Concept | str:
    kinds = [KINDS[name] for name in (_last(each.value) for each in said["type"]) if name in KINDS]
    if not kinds:
        return "kind_unknown"
    labels = _labels(said.get("prefLabel", []), about)
    if not labels:
        return "no_label"
    matches = [
        Match(each.value, kind)
        for name, kind in MATCHES.items()
        for each in said.get(name, [])
        if each.language is None
    ]
    return Concept(
        uri=uri,
        kind=kinds[0],
        labels={language: names[0] for language, names in labels.items()},
        other_labels=_labels(said.get("altLabel", []), about),
        matches=tuple(dict.fromkeys(matches)),
    )


def _labels(said: list[Triple], about: Mapping[str, _Said]) -> dict[str, tuple[str, ...]]:
    """Labels by language: literals (SKOS), or things with a literal form (SKOS-XL)."""
    found: dict[str, list[str]] = defaultdict(list)
    for each in said[:_MAX_NAMES]:
        spelled = (
            [each]
            if each.language is not None
            else about.get(each.value, {}).get("literalForm", [])
        )
        for literal in spelled:
            name = name_of(literal.value)
            if name is not None and literal.language is not None:
                found[literal.language or "nl"].append(name)
    return {language: tuple(dict.fromkeys(names)) for language, names in found.items()}


def _last(uri: str) -> str:
    return uri.replace("#", "/").rpartition("/")[2]
