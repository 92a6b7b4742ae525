"""Which columns or members of a platform's file mean what: a mapping, written by who has the file.

No platform of the pilot publishes how it exports a profile. With a mapping its JSON or CSV is put
in the one form that ``skills.importers.platform_profile`` reads. What it says stays an own claim.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import yaml

from schemas.files import JsonObject, JsonValue
from skills.importers.reading import ImportRefused

MAX_STEPS = 8
"""Members on the way to a value; a profile nests some four deep."""

MAX_WORDS = 50
"""Words for a level; a scale has some five."""

OURS: Mapping[str, Mapping[str, str]] = {
    "skills": {"name": "name", "score": "score", "top": "scale_max", "day": "updated"},
    "work": {"name": "name", "place": "organisation", "from": "from", "to": "to"},
    "courses": {"name": "name", "place": "provider", "from": "from", "to": "to"},
    "certificates": {"name": "name", "place": "provider", "from": "from", "to": "to"},
    "side_activities": {"name": "name", "place": "organisation", "from": "from", "to": "to"},
    "wishes": {"name": "name"},
}
"""The parts of a mapping, and what each of their members is called in our own form."""

_MONTH = len("2026-11")


@dataclass(frozen=True, slots=True)
class PlatformMapping:
    """How one platform writes a profile.

    Attributes:
        lists: per part the way to its list; empty where the whole file is the list.
        members: per part the way to each of its values, in one item; of a table the column.
        scale: the top of the scores, where an item tells none.
        words: scores for words such as "expert", all in small letters.
    """

    lists: Mapping[str, tuple[str, ...]]
    members: Mapping[str, Mapping[str, tuple[str, ...]]]
    scale: float | None
    words: Mapping[str, float]

    @property
    def columns(self) -> dict[str, tuple[str, ...]]:
        """The headings of a table of skills, in small letters."""
        named = self.members["skills"]
        rows = {"name": "name", "score": "score", "top": "top", "on": "day"}
        return {
            part: (".".join(named[name]).casefold(),) if name in named else ()
            for part, name in rows.items()
        }

    def scored(self, score: object) -> object:
        """A score; a word that the mapping knows is its number."""
        word = score.strip().casefold() if isinstance(score, str) else None
        return score if word is None else self.words.get(word, score)

    def translate(self, document: JsonValue) -> JsonObject:
        """A profile of this platform in our own form; what the mapping does not name is dropped."""
        made: JsonObject = {}
        for part, way in self.lists.items():
            found = _at(document, way)
            if isinstance(found, list):
                made[part] = [self._item(part, item) for item in found]
        return made

    def _item(self, part: str, item: JsonValue) -> JsonValue:
        told = {OURS[part][name]: _at(item, way) for name, way in self.members[part].items()}
        if part == "wishes":
            return told["name"]
        if part == "skills":
            score = self.scored(told.get("score"))
            told["score"] = score if isinstance(score, int | float | str) else None
            told["scale_max"] = self.scale if told.get("scale_max") is None else told["scale_max"]
        for name in ("from", "to"):
            day = told.get(name)
            told[name] = day[:_MONTH] if isinstance(day, str) else day
        return {name: value for name, value in told.items() if value is not None}


def read_mapping(octets: bytes) -> PlatformMapping:
    """A mapping, as YAML or JSON.

    Raises:
        ImportRefused: ``not_a_mapping``: no YAML, no ``skills`` with a ``name``, or a part, a
            member or a value that a mapping has not.
    """
    try:
        found: object = yaml.safe_load(octets)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ImportRefused("not_a_mapping") from error
    if not isinstance(found, dict) or not found.keys() <= {*OURS, "scale", "words"}:
        raise ImportRefused("not_a_mapping")
    parts = {part: _part(found[part], part) for part in OURS if part in found}
    if "skills" not in parts:
        raise ImportRefused("not_a_mapping", "skills")
    scale, words = found.get("scale"), found.get("words", {})
    if not isinstance(words, dict) or len(words) > MAX_WORDS:
        raise ImportRefused("not_a_mapping", "words")
    return PlatformMapping(
        lists={part: way for part, (way, _) in parts.items()},
        members={part: members for part, (_, members) in parts.items()},
        scale=None if scale is None else _number(scale, "scale"),
        words={str(word).casefold(): _number(score, "words") for word, score in words.items()},
    )


def _part(told: object, part: str) -> tuple[tuple[str, ...], dict[str, tuple[str, ...]]]:
    if not isinstance(told, dict) or "name" not in told or not told.keys() <= {*OURS[part], "at"}:
        raise ImportRefused("not_a_mapping", part)
    ways = {str(name): _way(value, part) for name, value in told.items()}
    return ways.pop("at", ()), ways


def _way(value: object, part: str) -> tuple[str, ...]:
    steps = tuple(value.split(".")) if isinstance(value, str) else ()
    if not 1 <= len(steps) <= MAX_STEPS or not all(steps):
        raise ImportRefused("not_a_mapping", part)
    return steps


def _number(value: object, part: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ImportRefused("not_a_mapping", part)
    return float(value)


def _at(value: JsonValue, way: tuple[str, ...]) -> JsonValue:
    """What stands at the end of a way; None where it ends before."""
    for step in way:
        value = value.get(step) if isinstance(value, dict) else None
    return value
