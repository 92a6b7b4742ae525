"""Badges of edubadges and others: Open Badges 2.0 and 3.0 with the European extensions.

What is read here is what the badge says, not whether it is real: a badge of version 3 is checked
by ``credentials``; one of version 2 carries no proof that we can check, and becomes an own claim.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from schemas.files import JsonObject, JsonValue
from skills.evidence import EntryKind
from skills.framework import Framework, metalektro
from skills.importers.own_claims import Proposals, ProposedEntry, ProposedSkill, allowed, meanings
from skills.importers.reading import ImportRefused, Report, RowRefused, json_of, name_of, take

EXTENSIONS: Mapping[str, str] = {
    "extensions:ECTSExtension": "ECTS",
    "extensions:StudyLoadExtension": "StudyLoad",
    "extensions:EQFExtension": "EQF",
    "extensions:LearningOutcomeExtension": "LearningOutcome",
    "extensions:EducationProgramIdentifierExtension": "EducationProgramIdentifier",
    "extensions:LanguageExtension": "Language",
    "extensions:TimeInvestmentExtension": "TimeInvestment",
}
"""The extensions of a badge of version 2 that we carry along, and the member with the value."""

MAX_BADGES = 200
MAX_ALIGNMENTS = 50
MAX_FACT = 2_000


@dataclass(frozen=True, slots=True)
class Badge:
    """What one badge says.

    Attributes:
        version: 2 or 3, of Open Badges.
        facts: of ``EXTENSIONS``, by their own names, as text.
        alignments: addresses of what it stands for in other frameworks.
        skills: ids of our framework that its alignments or title name.
    """

    version: int
    name: str
    issuer: str | None
    issued_on: date | None
    facts: Mapping[str, str]
    alignments: tuple[str, ...]
    skills: tuple[str, ...]

    def as_json(self) -> JsonObject:
        """The one JSON shape of a badge."""
        return {
            "version": self.version,
            "name": self.name,
            "issuer": self.issuer,
            "issued_on": self.issued_on.isoformat() if self.issued_on else None,
            "facts": dict(self.facts),
            "alignments": list(self.alignments),
            "skills": list(self.skills),
        }


def read(octets: bytes, framework: Framework | None = None) -> tuple[tuple[Badge, ...], Report]:
    """The badges of a file: one badge, a list of them, or an edubadges export of assertions.

    Raises:
        ImportRefused: ``not_text``, ``not_json``, ``too_deep``, ``not_a_badge``,
            ``too_many_rows``.
    """
    known = framework or metalektro()
    document = json_of(octets)
    items: list[JsonValue] = document if isinstance(document, list) else [document]
    assertions = document.get("assertions") if isinstance(document, dict) else None
    if isinstance(assertions, list):
        items = assertions
    if len(items) > MAX_BADGES:
        raise ImportRefused("too_many_rows")
    report = Report()
    rows = [(f"badge {number}", item) for number, item in enumerate(items, start=1)]
    badges = take(rows, lambda item: _badge(item, known), report)
    if not badges and len(items) == 1:
        raise ImportRefused("not_a_badge")
    return badges, report


def proposals(badges: tuple[Badge, ...]) -> Proposals:
    """Badges as own claims: an entry of training each, and the skills that they name."""
    return Proposals(
        skills=tuple(
            ProposedSkill(badge.name, badge.skills, None, badge.issued_on)
            for badge in badges
            if badge.skills
        ),
        entries=tuple(
            ProposedEntry(
                EntryKind.TRAINING,
                badge.name,
                badge.issuer,
                None,
                badge.issued_on.isoformat()[:7] if badge.issued_on else None,
            )
            for badge in badges
        ),
    )


def _badge(item: JsonValue, framework: Framework) -> Badge:
    if not isinstance(item, dict):
        raise RowRefused("not_a_badge")
    subject = item.get("credentialSubject")
    if isinstance(subject, dict) and isinstance(subject.get("achievement"), dict):
        return _of_version_3(item, subject["achievement"], framework)  # type: ignore[arg-type]  # looked at just before
    if isinstance(item.get("badge"), dict):
        return _of_version_2(item, item["badge"], framework)  # type: ignore[arg-type]  # as above
    raise RowRefused("not_a_badge")


def _of_version_3(item: JsonObject, achievement: JsonObject, framework: Framework) -> Badge:
    links = [
        link.get("targetUrl")
        for link in _many(achievement.get("alignment"))
        if isinstance(link, dict)
    ]
    facts = {
        "ECTS": achievement.get("creditsAvailable"),
        "AchievementType": achievement.get("achievementType"),
        "FieldOfStudy": achievement.get("fieldOfStudy"),
    }
    return _made(3, item, achievement, links, facts, framework)


def _of_version_2(item: JsonObject, badge: JsonObject, framework: Framework) -> Badge:
    links = [
        link.get("targetUrl", link.get("target_url"))
        for link in _many(badge.get("alignment"))
        if isinstance(link, dict)
    ]
    facts = dict(_extensions(item, badge))
    return _made(2, item, badge, links, facts, framework)


def _extensions(*holders: JsonObject) -> Iterator[tuple[str, JsonValue]]:
    for name, member in EXTENSIONS.items():
        for holder in holders:
            found = holder.get(name)
            if isinstance(found, dict) and found.get(member) is not None:
                yield member, found[member]


def _made(
    version: int,
    item: JsonObject,
    badge: JsonObject,
    links: list[JsonValue],
    facts: Mapping[str, JsonValue],
    framework: Framework,
) -> Badge:
    name = name_of(badge.get("name"))
    if name is None:
        raise RowRefused("no_name")
    issuer = item.get("issuer", badge.get("issuer"))
    giver = name_of(issuer.get("name")) if isinstance(issuer, dict) else None
    told = {key: str(value)[:MAX_FACT] for key, value in facts.items() if _is_fact(value)}
    if not allowed([name, giver, *told.values()]):
        raise RowRefused("citizen_number")
    alignments = tuple(
        link for link in links[:MAX_ALIGNMENTS] if isinstance(link, str) and link.startswith("http")
    )
    on = item.get("issuedOn", item.get("validFrom", item.get("awardedDate")))
    return Badge(
        version=version,
        name=name,
        issuer=giver,
        issued_on=_day(on),
        facts=told,
        alignments=alignments,
        skills=_skills(name, alignments, framework),
    )


def _skills(name: str, alignments: tuple[str, ...], framework: Framework) -> tuple[str, ...]:
    linked = [
        skill.id
        for skill in framework.skills.values()
        for link in skill.alignment
        if link.uri in alignments and link.match in {"exact", "close"}
    ]
    return tuple(dict.fromkeys((*linked, *meanings(name, framework))))


def _many(value: JsonValue) -> list[JsonValue]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _is_fact(value: JsonValue) -> bool:
    return isinstance(value, str | int | float) and not isinstance(value, bool)


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(value[:10]) if isinstance(value, str) else None
    except ValueError:
        return None
