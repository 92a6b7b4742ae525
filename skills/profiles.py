"""Job profiles of the Metalektro: which skills a job asks, at which level (requirement R6)."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from schemas import catalog
from schemas.files import IDENTIFIER, Entry
from skills.framework import Framework, metalektro


@dataclass(frozen=True, slots=True)
class Requirement:
    """One skill that a profile asks, at this level or higher."""

    skill: str
    level: int


@dataclass(frozen=True, slots=True)
class Profile:
    """One job.

    Attributes:
        esco_occupation: URI of the ESCO occupation, where one was found.
        certificates: ids of certificates.yaml that employers usually ask; it is not law.
    """

    id: str
    label_nl: str
    label_en: str
    example_nl: str
    example_en: str
    esco_occupation: str | None
    required: tuple[Requirement, ...]
    optional: tuple[Requirement, ...]
    certificates: tuple[str, ...]

    def label(self, language: str) -> str:
        """The label in ``nl`` or ``en``."""
        return self.label_nl if language == "nl" else self.label_en


@cache
def profiles() -> Mapping[str, Profile]:
    """The profiles that come with the project, by id, read once."""
    return load(catalog.profiles(), metalektro())


def load(raw: Entry, framework: Framework) -> Mapping[str, Profile]:
    """Make profiles of the raw data of profiles.yaml.

    Raises:
        DataFileError: a field is wrong, the data is of another framework, or a profile asks a
            skill or level that the framework does not have.
    """
    raw.only(("framework", "version", "note", "profiles"))
    if raw.text("framework") != framework.id:
        raise raw.fault("framework", f"expected {framework.id}")
    entries = raw.entries("profiles", key="id")
    return MappingProxyType({entry.text("id"): _profile(entry, framework) for entry in entries})


def _profile(entry: Entry, framework: Framework) -> Profile:
    if not IDENTIFIER.fullmatch(entry.text("id")):
        raise entry.fault("id", "expected lower case letters, digits and dashes")
    required = _requirements(entry, "required", framework)
    optional = _requirements(entry, "optional", framework)
    twice = {asked.skill for asked in required} & {asked.skill for asked in optional}
    if not required or twice:
        raise entry.fault("required", f"nothing asked, or asked twice: {sorted(twice)}")
    linked = entry.fields.get("esco_occupation") is not None
    return Profile(
        id=entry.text("id"),
        label_nl=entry.text("label_nl"),
        label_en=entry.text("label_en"),
        example_nl=entry.text("example_nl"),
        example_en=entry.text("example_en"),
        esco_occupation=entry.entry("esco_occupation").text("uri") if linked else None,
        required=required,
        optional=optional,
        certificates=entry.texts("certificates"),
    )


def _requirements(entry: Entry, field: str, framework: Framework) -> tuple[Requirement, ...]:
    asked = []
    for item in entry.entries(field, key="skill"):
        skill, level = item.text("skill"), item.number("level")
        if skill not in framework.skills:
            raise item.fault("skill", f"not in the framework: {skill}")
        if not 1 <= level <= len(framework.levels):
            raise item.fault("level", f"{level} is not on the scale")
        asked.append(Requirement(skill, level))
    return tuple(asked)
