"""What a person brings along from elsewhere: proposals, which she takes over one by one.

Whatever the other side says of its source, each becomes an own claim (grade self); nothing is kept
before she says yes, and no number that may be a citizen service number is taken over.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from schemas.elfproef import suspected
from schemas.files import JsonObject, JsonValue
from skills.evidence import EntryKind
from skills.framework import Framework

LEVELS = 4


@dataclass(frozen=True, slots=True)
class ProposedSkill:
    """One skill somebody else's file names.

    Attributes:
        name: as it was written there.
        skills: ids it can mean, nearest first; empty: an own addition outside the framework.
        level: proposed, 1 to 4; None where none was told.
    """

    name: str
    skills: tuple[str, ...]
    level: int | None
    said_on: date | None

    def as_json(self) -> JsonObject:
        """The one JSON shape of a proposal."""
        return {
            "name": self.name,
            "skills": list(self.skills),
            "level": self.level,
            "said_on": self.said_on.isoformat() if self.said_on else None,
            "grade": "self",
        }


@dataclass(frozen=True, slots=True)
class ProposedEntry:
    """A job, course, certificate or side activity; its skills are asked afterwards.

    Attributes:
        start: a year, or a year and a month, as it was told.
        end: the same; None while it goes on.
    """

    kind: EntryKind
    name: str
    place: str | None
    start: str | None
    end: str | None

    def as_json(self) -> JsonObject:
        """The one JSON shape of an entry."""
        return {
            "kind": self.kind.value,
            "name": self.name,
            "place": self.place,
            "start": self.start,
            "end": self.end,
        }


@dataclass(frozen=True, slots=True)
class Proposals:
    """All that a file proposes."""

    skills: tuple[ProposedSkill, ...] = ()
    entries: tuple[ProposedEntry, ...] = ()
    wishes: tuple[str, ...] = ()

    def as_json(self) -> JsonObject:
        """The one JSON shape of proposals."""
        skills: list[JsonValue] = [each.as_json() for each in self.skills]
        entries: list[JsonValue] = [each.as_json() for each in self.entries]
        return {"skills": skills, "entries": entries, "wishes": list(self.wishes)}


def level_of(score: float, top: float) -> int | None:
    """A level of four from a score on another scale; None for one that is not on it.

    The lowest score is with help, the highest is never more than alone: that somebody teaches
    others is not to be read from a score.
    """
    if not 1 <= score <= top or top < LEVELS - 1:
        return None
    return min(LEVELS - 1, 1 + int((score - 1) * LEVELS / top))


def allowed(texts: Iterable[str | None]) -> bool:
    """Whether no text holds what may be a citizen service number."""
    return not any(text and suspected(text) for text in texts)


def meanings(name: str, framework: Framework) -> tuple[str, ...]:
    """The skills that a written name can mean."""
    return tuple(skill.id for skill in framework.find(name))
