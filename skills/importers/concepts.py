"""Concepts of a classification, as an importer found them, and how they meet our own skills."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from schemas.files import JsonObject, JsonValue
from skills.framework import Framework

ESCO_SKILL = "http://data.europa.eu/esco/skill/"


@dataclass(frozen=True, slots=True)
class Match:
    """A link to a concept of another scheme; ``kind`` as SKOS means it: this one to theirs."""

    uri: str
    kind: str


@dataclass(frozen=True, slots=True)
class Concept:
    """One concept.

    Attributes:
        uri: its name, the same in every version.
        kind: in the words of its scheme: skill, knowledge, human-capability, task, occupation.
        labels: language to label.
        other_labels: language to further names.
    """

    uri: str
    kind: str
    labels: Mapping[str, str]
    other_labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    matches: tuple[Match, ...] = ()

    def as_json(self) -> JsonObject:
        """The one JSON shape of a concept."""
        matches: list[JsonValue] = [{"uri": each.uri, "match": each.kind} for each in self.matches]
        return {
            "uri": self.uri,
            "kind": self.kind,
            "labels": dict(self.labels),
            "other_labels": {name: list(found) for name, found in self.other_labels.items()},
            "matches": matches,
        }


@dataclass(frozen=True, slots=True)
class Meeting:
    """What our framework and a classification have in common.

    Attributes:
        matched: skill id to the concepts that it meets, nearest first.
        without: skills that meet none: allowed, and marked.
        unknown: ESCO addresses in our framework that the classification does not have.
    """

    matched: Mapping[str, tuple[Match, ...]]
    without: tuple[str, ...]
    unknown: tuple[str, ...]


def merged(concepts: Iterable[Concept]) -> tuple[Concept, ...]:
    """One concept for each address, where a file tells of it in several places or languages."""
    found: dict[str, Concept] = {}
    for each in concepts:
        known = found.get(each.uri)
        found[each.uri] = each if known is None else _joined(known, each)
    return tuple(found.values())


NEAREST = ("exact", "close", "narrow", "broad")
"""Kinds of match, nearest first."""


def meet(framework: Framework, concepts: Iterable[Concept]) -> Meeting:
    """Which concepts our skills meet: by their own address, or by an ESCO skill that both name.

    Two links in a row are no nearer than the looser of the two: an exact one changes nothing, two
    close ones are close, and with a broad and a narrow one in turn nothing is known.
    """
    by_uri: dict[str, list[Match]] = defaultdict(list)
    for concept in concepts:
        by_uri[concept.uri].append(Match(concept.uri, "exact"))
        for match in concept.matches:
            back = _BACK.get(match.kind)
            if back is not None:
                by_uri[match.uri].append(Match(concept.uri, back))
    matched: dict[str, tuple[Match, ...]] = {}
    unknown = []
    for skill in framework.skills.values():
        found: dict[str, Match] = {}
        for link in skill.alignment:
            onward = by_uri.get(link.uri, [])
            if not onward and link.scheme == "ESCO":
                unknown.append(link.uri)
            for each in onward:
                kind = _in_a_row(link.match, each.kind)
                if kind is not None:
                    found.setdefault(each.uri, Match(each.uri, kind))
        if found:
            matched[skill.id] = tuple(sorted(found.values(), key=_distance))
    without = tuple(skill_id for skill_id in framework.skills if skill_id not in matched)
    return Meeting(matched, without, tuple(dict.fromkeys(unknown)))


_BACK = {"exact": "exact", "close": "close", "broad": "narrow", "narrow": "broad"}


def _in_a_row(one: str, two: str) -> str | None:
    if one == "exact":
        return two
    if two in ("exact", one):
        return one
    return (
        None if {one, two} == {"broad", "narrow"} else next(k for k in (one, two) if k != "close")
    )


def _distance(match: Match) -> tuple[int, str]:
    return NEAREST.index(match.kind), match.uri


def _joined(one: Concept, two: Concept) -> Concept:
    other = {
        language: tuple(dict.fromkeys((*one.other_labels.get(language, ()), *names)))
        for language, names in {**one.other_labels, **two.other_labels}.items()
    }
    return replace(
        one,
        kind=one.kind or two.kind,
        labels={**two.labels, **one.labels},
        other_labels=other,
        matches=tuple(dict.fromkeys((*one.matches, *two.matches))),
    )
