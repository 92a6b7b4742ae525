"""The passport: the worker's credentials as proofs, and what they can do, with grade and source.

Everything is read again from the original bytes; nothing here is stored.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from credentials.encoding import JsonObject, JsonValue
from credentials.model import Credential
from schemas import catalog
from schemas.credential_types import CredentialType
from skills.evidence import Grade, grade, grade_unlisted
from wallet.holder.vault import Giver, Held

ENDING_SOON = timedelta(days=90)
"""A quarter: time enough to book a course before a proof ends."""

LANGUAGES = ("nl", "en")


class Standing(StrEnum):
    """What the dates of a credential say; whether it was withdrawn stands in its status list."""

    VALID = "valid"
    ENDING = "ending"
    ENDED = "ended"
    NOT_YET = "not_yet"


@dataclass(frozen=True, slots=True)
class Card:
    """One proof as it lies in the passport.

    Attributes:
        type_id: the catalogue's name of the type; empty where we do not know the type.
        titles: language -> name of the type.
        grade: the word of ``skills.evidence.Grade``.
        until: the last day, where there is one.
        selective: False where it can only be shown whole.
    """

    id: str
    type_id: str
    titles: dict[str, str]
    grade: str
    giver: Giver
    issued_on: date
    until: date | None
    standing: Standing
    selective: bool
    credential: Credential


@dataclass(frozen=True, slots=True)
class Source:
    """Where a skill comes from."""

    card_id: str
    titles: dict[str, str]
    giver_name: str
    issued_on: date
    grade: str
    level: int | None


@dataclass(frozen=True, slots=True)
class SkillLine:
    """One skill in the passport.

    Attributes:
        level: 1 to 4, of the strongest source; None where it says none.
        grade: of the strongest source.
        sources: strongest first.
    """

    skill: str
    labels: dict[str, str]
    level: int | None
    grade: str
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Passport:
    """The whole.

    Attributes:
        name: from the newest proof that carries one; None in an empty passport.
    """

    name: str | None
    cards: tuple[Card, ...]
    skills: tuple[SkillLine, ...]


def overview(held: Sequence[Held], *, at: datetime) -> Passport:
    """Read the passport from the vault's credentials; newest proof first."""
    cards = tuple(card(each, at=at) for each in reversed(held))
    names = (full_name(each.credential.claims) for each in cards)
    return Passport(
        name=next((name for name in names if name), None),
        cards=cards,
        skills=_skills(each for each in cards if each.standing is not Standing.ENDED),
    )


def card(held: Held, *, at: datetime) -> Card:
    """One credential as a proof in the passport."""
    unverified = held.parsed()
    credential = unverified.credential
    known = catalog.by_url(credential.type)
    until = _until(credential)
    return Card(
        id=held.id,
        type_id=known.id if known else "",
        titles=titles(credential.type),
        grade=_grade(known, held.giver).word,
        giver=held.giver,
        issued_on=credential.issued_at.date(),
        until=until.date() if until else None,
        standing=_standing(credential, until, at),
        selective=held.format != "ldp_vc",
        credential=credential,
    )


def titles(type_url: str) -> dict[str, str]:
    """Language -> the type's name; the last part of the address where we do not know it."""
    known = catalog.by_url(type_url)
    if known is None:
        return dict.fromkeys(LANGUAGES, type_url.rstrip("/").rsplit("/", 1)[-1])
    return {language: known.title(language) for language in LANGUAGES}


def full_name(claims: JsonObject) -> str | None:
    """Given and family name as one line, where the credential has them."""
    parts = [claims.get("given_name"), claims.get("family_name")]
    return " ".join(part for part in parts if isinstance(part, str)) or None


def skill_items(claims: JsonObject) -> list[tuple[int, JsonObject]]:
    """The statements under ``skills``, each with its place in the list."""
    items = claims.get("skills")
    if not isinstance(items, list):
        return []
    return [(index, item) for index, item in enumerate(items) if isinstance(item, dict)]


def skill_labels(item: JsonObject) -> dict[str, str]:
    """Language -> the skill's name as the credential says it."""
    fallback = _text(item.get("label_nl")) or _text(item.get("skill"))
    return {"nl": fallback, "en": _text(item.get("label_en")) or fallback}


def level_of(item: JsonObject) -> int | None:
    """The level, 1 to 4, or None."""
    level = item.get("level")
    return level if isinstance(level, int) and not isinstance(level, bool) else None


def _skills(cards: Iterable[Card]) -> tuple[SkillLine, ...]:
    labels: dict[str, dict[str, str]] = {}
    sources: dict[str, list[Source]] = {}
    for each in cards:
        for _, item in skill_items(each.credential.claims):
            name = _text(item.get("skill")) or skill_labels(item)["nl"]
            labels.setdefault(name, skill_labels(item))
            sources.setdefault(name, []).append(
                Source(
                    card_id=each.id,
                    titles=each.titles,
                    giver_name=each.giver.name,
                    issued_on=each.issued_on,
                    grade=each.grade,
                    level=level_of(item),
                )
            )
    lines = [_line(name, labels[name], found) for name, found in sources.items()]
    return tuple(sorted(lines, key=lambda line: (-grade(line.grade), line.labels["nl"])))


def _line(name: str, labels: dict[str, str], found: list[Source]) -> SkillLine:
    strongest = sorted(found, key=_strength, reverse=True)
    return SkillLine(name, labels, strongest[0].level, strongest[0].grade, tuple(strongest))


def _grade(known: CredentialType | None, giver: Giver) -> Grade:
    """How strong a proof is; the word of a giver that no list has is a colleague's at most."""
    if known is None:
        return Grade.SELF
    return grade(known.evidence_grade) if giver.listed else grade_unlisted(known)


def _strength(source: Source) -> tuple[Grade, int, date]:
    return grade(source.grade), source.level or 0, source.issued_on


def _until(credential: Credential) -> datetime | None:
    """The end that the proof itself carries, else the claim ``valid_until``."""
    if credential.validity.valid_until is not None:
        return credential.validity.valid_until
    claimed = credential.claims.get("valid_until")
    if not isinstance(claimed, str):
        return None
    try:
        return datetime.combine(date.fromisoformat(claimed), datetime.min.time(), UTC)
    except ValueError:
        return None


def _standing(credential: Credential, until: datetime | None, at: datetime) -> Standing:
    begins = credential.validity.valid_from
    if begins is not None and begins > at:
        return Standing.NOT_YET
    if until is None or until - at > ENDING_SOON:
        return Standing.VALID
    return Standing.ENDING if until > at else Standing.ENDED


def _text(value: JsonValue) -> str:
    return value if isinstance(value, str) else ""
