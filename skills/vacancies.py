"""What is asked: of a profile or of a vacancy, which is a profile with a firm's own wishes (R11).

Data: schemas/skills/vacancies.yaml. Only skills and certificates are asked: no age, name or photo.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType

from schemas import catalog
from schemas.files import Entry
from skills.certificates import certificates
from skills.evidence import Grade, grade
from skills.framework import Framework, metalektro
from skills.profiles import Profile, profiles

NEVER_ASK = frozenset({"birth_date", "sex", "nationality", "photo", "address", "bsn", "health"})
"""What no vacancy may ask (R11)."""

_NEEDED = re.compile(r"at_start|after_start|within_[1-9][0-9]?_months")


@dataclass(frozen=True, slots=True)
class AskedSkill:
    """One skill that is asked.

    Attributes:
        level: this one or higher.
        grade: the weakest evidence that is enough.
        required: False where it is only welcome.
    """

    skill: str
    level: int
    grade: Grade = Grade.SELF
    required: bool = True


@dataclass(frozen=True, slots=True)
class AskedCertificate:
    """One certificate that is asked.

    Attributes:
        needed: ``at_start``, ``after_start`` or ``within_<n>_months``.
        max_age_months: the firm's own house rule; None takes the usual one.
        range: claim to the values that must be in it (welding: process, position, material).
    """

    certificate: str
    needed: str = "at_start"
    max_age_months: int | None = None
    range: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class RequirementSet:
    """All that is asked, in the order in which it is shown."""

    id: str
    skills: tuple[AskedSkill, ...]
    certificates: tuple[AskedCertificate, ...] = ()

    def max_age(self, certificate: str | None) -> int | None:
        """The house rule for one certificate, for ``skills.validity.Reader``."""
        return next(
            (each.max_age_months for each in self.certificates if each.certificate == certificate),
            None,
        )


@dataclass(frozen=True, slots=True)
class Vacancy:
    """One vacancy of a fictional firm.

    Attributes:
        profile: id of the profile that it is a kind of.
        purpose: from the closed list of purposes of a request.
    """

    id: str
    title_nl: str
    title_en: str
    organisation: str
    kvk: str
    place: str
    profile: str
    purpose: str
    text_nl: str
    text_en: str
    requirements: RequirementSet

    def title(self, language: str) -> str:
        """The title in ``nl`` or ``en``."""
        return self.title_nl if language == "nl" else self.title_en


@cache
def vacancies() -> Mapping[str, Vacancy]:
    """The vacancies that come with the project, by id, read once."""
    return load(catalog.vacancies(), metalektro())


def of_profile(profile: Profile) -> RequirementSet:
    """What a profile asks: its skills; its certificates are usual and no law, so not required."""
    required = (AskedSkill(each.skill, each.level) for each in profile.required)
    welcome = (AskedSkill(each.skill, each.level, required=False) for each in profile.optional)
    usual = (AskedCertificate(each, "after_start") for each in profile.certificates)
    return RequirementSet(profile.id, (*required, *welcome), (*usual,))


def load(raw: Entry, framework: Framework) -> Mapping[str, Vacancy]:
    """Make vacancies of the raw data of vacancies.yaml.

    Raises:
        DataFileError: a field is wrong, a skill, certificate or profile is not known, or something
            that may never be asked is left off the list.
    """
    raw.only(("version", "vacancies"))
    entries = raw.entries("vacancies", key="id")
    return MappingProxyType({entry.text("id"): _vacancy(entry, framework) for entry in entries})


def _vacancy(entry: Entry, framework: Framework) -> Vacancy:
    if not set(entry.texts("never_ask")) >= NEVER_ASK:
        raise entry.fault("never_ask", f"expected {', '.join(sorted(NEVER_ASK))}")
    if entry.text("profile") not in profiles():
        raise entry.fault("profile", f"no profile {entry.text('profile')}")
    firm = entry.entry("organisation")
    return Vacancy(
        id=entry.text("id"),
        title_nl=entry.text("title_nl"),
        title_en=entry.text("title_en"),
        organisation=firm.text("name"),
        kvk=firm.text("kvk"),
        place=firm.text("place"),
        profile=entry.text("profile"),
        purpose=entry.text("purpose"),
        text_nl=entry.text("text_nl"),
        text_en=entry.text("text_en"),
        requirements=RequirementSet(
            entry.text("id"),
            (*_skills(entry, "required", framework), *_skills(entry, "optional", framework)),
            tuple(_certificate(each) for each in entry.entries("certificates", key="certificate")),
        ),
    )


def _skills(entry: Entry, name: str, framework: Framework) -> tuple[AskedSkill, ...]:
    grades = entry.entry("min_grade")
    made = []
    for item in entry.entries(name, key="skill"):
        skill, level = item.text("skill"), item.number("level")
        if skill not in framework.skills or not 1 <= level <= len(framework.levels):
            raise item.fault("skill", f"not in the framework: {skill} at {level}")
        try:
            least = grade(grades.optional_text(skill) or Grade.SELF.word)
        except ValueError as error:
            raise grades.fault(skill, str(error)) from error
        made.append(AskedSkill(skill, level, least, required=name == "required"))
    return tuple(made)


def _certificate(entry: Entry) -> AskedCertificate:
    if entry.text("certificate") not in certificates():
        raise entry.fault("certificate", "not known")
    if not _NEEDED.fullmatch(entry.text("needed")):
        raise entry.fault("needed", "expected at_start, after_start or within_<n>_months")
    ranges = entry.entry("range")
    return AskedCertificate(
        certificate=entry.text("certificate"),
        needed=entry.text("needed"),
        max_age_months=entry.optional_number("house_rule_max_age_months"),
        range=MappingProxyType({claim: _values(ranges, claim) for claim in ranges.fields}),
    )


def _values(ranges: Entry, claim: str) -> tuple[str, ...]:
    one = isinstance(ranges.fields[claim], str)
    return (ranges.text(claim),) if one else ranges.texts(claim)
