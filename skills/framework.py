"""The skills framework of the Metalektro: skills, levels, everyday words, links to ESCO.

Data: schemas/skills/skills.yaml. Levels 1-4 are the framework's own scale; CompetentNL and ESCO
know no personal levels.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from schemas import catalog
from schemas.files import IDENTIFIER, Entry, JsonObject

MATCHES = frozenset({"exact", "close", "broad", "narrow"})
"""How a sector skill fits a concept of another framework (SKOS); ours claim close and broad."""


@dataclass(frozen=True, slots=True)
class Alignment:
    """A link to a skill of another scheme.

    Attributes:
        match: one of ``MATCHES``; ``broad``: the other concept is broader than ours.
    """

    scheme: str
    uri: str
    label: str
    match: str


@dataclass(frozen=True, slots=True)
class Level:
    """One step of the scale, as a sentence in the first person."""

    level: int
    nl: str
    en: str


@dataclass(frozen=True, slots=True)
class Skill:
    """One skill.

    Attributes:
        alt_nl: everyday Dutch words; one word may belong to several skills.
        kind: ``hard``, ``soft`` or ``transversal``.
        certificates: ids of certificates.yaml that usually prove it.
    """

    id: str
    label_nl: str
    label_en: str
    example_nl: str
    example_en: str
    alt_nl: tuple[str, ...]
    meaning_nl: str
    group: str
    kind: str
    alignment: tuple[Alignment, ...]
    certificates: tuple[str, ...]

    def label(self, language: str) -> str:
        """The label in ``nl`` or ``en``."""
        return self.label_nl if language == "nl" else self.label_en


@dataclass(frozen=True, slots=True)
class Framework:
    """All skills of one framework, by id and by word."""

    id: str
    version: str
    name_nl: str
    name_en: str
    levels: tuple[Level, ...]
    groups: Mapping[str, tuple[str, str]]
    skills: Mapping[str, Skill]
    labels: Mapping[str, tuple[str, ...]]
    words: Mapping[str, tuple[str, ...]]

    def skill(self, skill_id: str) -> Skill:
        """The skill with this id.

        Raises:
            KeyError: there is none.
        """
        return self.skills[skill_id]

    def find(self, label: str) -> tuple[Skill, ...]:
        """The skills that a label or everyday word can mean; several are ambiguous.

        Case and blanks do not count. A full label wins over an everyday word of another skill.
        """
        folded = fold(label)
        found = self.labels.get(folded) or self.words.get(folded, ())
        return tuple(self.skills[skill_id] for skill_id in found)

    def statement(self, skill_id: str, level: int) -> JsonObject:
        """One item of a credential's ``skills`` claim; every name is a term of its context.

        Raises:
            KeyError: no such skill.
            ValueError: a level outside the scale.
        """
        if level not in {step.level for step in self.levels}:
            raise ValueError(f"level {level} is not on the scale of {self.id}")
        skill = self.skills[skill_id]
        made: JsonObject = {
            "framework": self.id,
            "skill": skill.id,
            "label_nl": skill.label_nl,
            "label_en": skill.label_en,
            "level": level,
        }
        if skill.alignment:
            made["alignment"] = [
                {"scheme": link.scheme, "uri": link.uri, "label": link.label, "match": link.match}
                for link in skill.alignment
            ]
        return made


def fold(label: str) -> str:
    """A label without what does not count: case, outer and repeated blanks, kinds of dashes."""
    text = unicodedata.normalize("NFKC", label).replace("\u2010", "-").replace("\u2013", "-")
    return " ".join(text.casefold().split())


@cache
def metalektro() -> Framework:
    """The framework that comes with the project, read once."""
    return load(catalog.framework())


def statement(skill_id: str, level: int) -> JsonObject:
    """One item of a ``skills`` claim in the project's own framework.

    Raises:
        KeyError: no such skill.
        ValueError: a level outside the scale.
    """
    return metalektro().statement(skill_id, level)


def load(raw: Entry) -> Framework:
    """Make a framework of the raw data of skills.yaml.

    Raises:
        DataFileError: a field is missing or wrong, a skill is in no group, or two skills have
            one label; the text names file, skill and field.
    """
    raw.only(("framework", "levels", "groups", "skills"))
    head = raw.entry("framework")
    groups = {
        group.text("id"): (group.text("nl"), group.text("en"))
        for group in raw.entries("groups", key="id")
    }
    skills = {entry.text("id"): _skill(entry, groups) for entry in raw.entries("skills", key="id")}
    return Framework(
        id=head.text("id"),
        version=head.text("version"),
        name_nl=head.text("name_nl"),
        name_en=head.text("name_en"),
        levels=_levels(raw),
        groups=MappingProxyType(groups),
        skills=MappingProxyType(skills),
        labels=_labels(raw, skills),
        words=_words(skills),
    )


def _levels(raw: Entry) -> tuple[Level, ...]:
    steps = raw.fields.get("levels")
    if not isinstance(steps, list) or not steps:
        raise raw.fault("levels", "expected a list")
    entries = [Entry(raw.file, f"levels[{n}]", step) for n, step in enumerate(steps, start=1)]
    made = tuple(Level(step.number("level"), step.text("nl"), step.text("en")) for step in entries)
    if [step.level for step in made] != list(range(1, len(made) + 1)):
        raise raw.fault("levels", "expected 1, 2, 3, ... in order")
    return made


def _skill(entry: Entry, groups: Mapping[str, tuple[str, str]]) -> Skill:
    if not IDENTIFIER.fullmatch(entry.text("id")):
        raise entry.fault("id", "expected lower case letters, digits and dashes")
    if entry.text("group") not in groups:
        raise entry.fault("group", f"no group {entry.text('group')}")
    if entry.text("kind") not in {"hard", "soft", "transversal"}:
        raise entry.fault("kind", "expected hard, soft or transversal")
    return Skill(
        id=entry.text("id"),
        label_nl=entry.text("label_nl"),
        label_en=entry.text("label_en"),
        example_nl=entry.text("example_nl"),
        example_en=entry.text("example_en"),
        alt_nl=entry.texts("alt_nl"),
        meaning_nl=entry.text("meaning_nl"),
        group=entry.text("group"),
        kind=entry.text("kind"),
        alignment=_alignment(entry),
        certificates=entry.texts("certificates"),
    )


def _alignment(entry: Entry) -> tuple[Alignment, ...]:
    if entry.fields.get("esco") is None:
        return ()
    esco = entry.entry("esco")
    uri, match = esco.text("uri"), esco.text("match")
    if not uri.startswith("http://data.europa.eu/esco/skill/"):
        raise esco.fault("uri", "expected an ESCO skill")
    if match not in MATCHES:
        raise esco.fault("match", "expected exact, close, broad or narrow")
    return (Alignment("ESCO", uri, esco.text("label"), match),)


def _labels(raw: Entry, skills: Mapping[str, Skill]) -> Mapping[str, tuple[str, ...]]:
    """Labels and ids lead to one skill each; else the framework itself would be ambiguous."""
    found: dict[str, str] = {}
    for skill in skills.values():
        for label in (skill.label_nl, skill.label_en, skill.id):
            if found.setdefault(fold(label), skill.id) != skill.id:
                raise raw.fault(skill.id, f"shares the label {label}")
    return MappingProxyType({label: (skill_id,) for label, skill_id in found.items()})


def _words(skills: Mapping[str, Skill]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = defaultdict(list)
    for skill in skills.values():
        for word in dict.fromkeys(fold(word) for word in skill.alt_nl):
            found[word].append(skill.id)
    return MappingProxyType({word: tuple(ids) for word, ids in found.items()})
