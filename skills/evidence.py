"""What proofs, confirmations and own words say about skills, in one uniform form (R4, R5).

Work, training, certificates and side activities all become ``Statement`` values. Statements are
compared, never added up: nobody gets a score.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import IntEnum, StrEnum

from schemas import catalog
from schemas.credential_types import CredentialType
from schemas.files import JsonObject, JsonValue
from skills.framework import Framework, metalektro
from skills.validity import Standing, State

MAX_STATEMENTS = 100
"""Statements of one proof; a list claim of ours holds no more (``schemas.claim_kinds``)."""

MAX_LINKS = 20
"""Links of one statement to other frameworks; ours have one."""


class Grade(IntEnum):
    """From said by the worker alone to a recognised certificate; greater is stronger."""

    SELF = 1
    COLLEAGUE = 2
    MANAGER = 3
    ASSESSED = 4
    ACCREDITED = 5

    @property
    def word(self) -> str:
        """The word that data files and credentials use."""
        return self.name.lower()


class EntryKind(StrEnum):
    """What a statement comes from."""

    WORK = "work"
    TRAINING = "training"
    CERTIFICATE = "certificate"
    SIDE_ACTIVITY = "side_activity"


class Status(StrEnum):
    """What the giver's list says of a proof."""

    GOOD = "good"
    WITHDRAWN = "withdrawn"
    PAUSED = "paused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Link:
    """A link to a concept of another framework; ``match`` as SKOS means it: ours to theirs."""

    uri: str
    match: str


@dataclass(frozen=True, slots=True)
class Proof:
    """One credential whose proof held, with what was found out about it.

    Attributes:
        id: what the caller calls it.
        type_id: of the catalogue; empty for a type that is not ours.
        role: in which role its giver may give this type (the trust list's words, ``coworker`` for
            a colleague's key); None where nobody knows the giver, and empty or another role where
            the giver is known and may not give this type.
    """

    id: str
    type_id: str
    role: str | None
    claims: JsonObject
    issued_on: date
    standing: Standing
    status: Status = Status.GOOD


@dataclass(frozen=True, slots=True)
class Entry:
    """What the worker tells: work, a course, a certificate or a side activity; grade self.

    Attributes:
        levels: skill id to level 1-4; None where the worker named none.
    """

    id: str
    kind: EntryKind
    levels: Mapping[str, int | None]
    said_on: date | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing that one source says about one skill.

    Attributes:
        skill: id of the framework; of another framework its URI or name.
        level: 1 to 4; None where the source tells none.
        source: id of the proof or entry.
        on: the day it was given or said.
        standing: how its source stands; of own words that they do not end.
        links: the skill in other frameworks.
    """

    skill: str
    level: int | None
    grade: Grade
    kind: EntryKind
    source: str
    on: date | None
    standing: Standing
    status: Status = Status.GOOD
    links: tuple[Link, ...] = ()

    @property
    def usable(self) -> bool:
        """Whether it counts today."""
        return self.status is Status.GOOD and self.standing.usable


@dataclass(frozen=True, slots=True)
class SkillLine:
    """One skill in an overview: once, with all that was said, strongest first."""

    skill: str
    statements: tuple[Statement, ...]

    @property
    def strongest(self) -> Statement:
        """What is shown: grade, level, source and date belong together."""
        return self.statements[0]


ENDLESS = Standing(State.VALID, "no_end")
"""How own words stand."""


def grade(word: str) -> Grade:
    """The grade that a data file names.

    Raises:
        ValueError: no such grade.
    """
    found = {member.word: member for member in Grade}.get(word)
    if found is None:
        raise ValueError(f"no evidence grade {word}")
    return found


def grade_of(type_id: str, role: str | None) -> Grade:
    """How strong a proof of this type is, given by someone in this role.

    A giver who may not give the type adds nothing to the worker's own word, but for a colleague's
    confirmation, which is never more than that. What an employer gives is never more than
    ``MANAGER``: his own instruction is no exam.
    """
    kind = _types().get(type_id)
    if kind is None:
        return Grade.SELF
    usual = grade(kind.evidence_grade)
    if role is None or usual is Grade.COLLEAGUE:
        return grade_unlisted(kind)
    may = {each.role for each in kind.may_issue} - {"employer_confirmation_only"}
    if role not in may:
        return Grade.SELF
    return min(usual, Grade.MANAGER) if role in {"employer", "hirer"} else usual


def grade_unlisted(kind: CredentialType) -> Grade:
    """How strong a proof of a type is whose giver nobody knows (decision 0064).

    What an employer says of the work is as strong as a colleague's key of one use: somebody signed
    it, and nobody knows who. A certificate tells of an exam, and nobody says that there was one.
    """
    usual = grade(kind.evidence_grade)
    is_word = kind.certificate is None and usual in {Grade.COLLEAGUE, Grade.MANAGER}
    return Grade.COLLEAGUE if is_word else Grade.SELF


def entry_kind(type_id: str, claims: JsonObject) -> EntryKind:
    """From which of the four kinds of entry a proof comes."""
    if claims.get("voluntary") is True:
        return EntryKind.SIDE_ACTIVITY
    kind = _types().get(type_id)
    if kind is None or kind.certificate is not None:
        return EntryKind.CERTIFICATE
    at_work = grade(kind.evidence_grade) <= Grade.MANAGER
    return EntryKind.WORK if at_work else EntryKind.TRAINING


def of_proof(proof: Proof, framework: Framework | None = None) -> tuple[Statement, ...]:
    """What a credential says about skills.

    Its own list counts. A certificate without a list says that the skills which the framework
    links to it were looked at, without a level.
    """
    known = framework or metalektro()
    items = proof.claims.get("skills")
    if isinstance(items, list):
        told = [_told(item, known) for item in items[:MAX_STATEMENTS]]
    else:
        told = [(skill, None, _links(known, skill)) for skill in _implied(proof.type_id, known)]
    return tuple(
        Statement(
            skill=skill,
            level=level,
            grade=grade_of(proof.type_id, proof.role),
            kind=entry_kind(proof.type_id, proof.claims),
            source=proof.id,
            on=proof.issued_on,
            standing=proof.standing,
            status=proof.status,
            links=links,
        )
        for skill, level, links in filter(None, told)
    )


def of_entry(entry: Entry, framework: Framework | None = None) -> tuple[Statement, ...]:
    """What the worker says, skill by skill; a level outside the scale is left out."""
    known = framework or metalektro()
    return tuple(
        Statement(
            skill=skill,
            level=level_on_scale(level, known),
            grade=Grade.SELF,
            kind=entry.kind,
            source=entry.id,
            on=entry.said_on,
            standing=ENDLESS,
            links=_links(known, skill),
        )
        for skill, level in entry.levels.items()
    )


def overview(statements: Iterable[Statement]) -> tuple[SkillLine, ...]:
    """Each skill once, in the order in which they first occur."""
    found: dict[str, list[Statement]] = defaultdict(list)
    for each in statements:
        found[each.skill].append(each)
    return tuple(
        SkillLine(skill, tuple(sorted(said, key=strength, reverse=True)))
        for skill, said in found.items()
    )


def strength(statement: Statement) -> tuple[bool, int, int, str]:
    """The order of statements on one skill: what counts today, then grade, level and date."""
    on = statement.on.isoformat() if statement.on else ""
    return statement.usable, int(statement.grade), statement.level or 0, on


def as_json(statement: Statement) -> JsonObject:
    """The one JSON shape of a statement."""
    return {
        "skill": statement.skill,
        "level": statement.level,
        "grade": statement.grade.word,
        "kind": statement.kind.value,
        "source": statement.source,
        "on": statement.on.isoformat() if statement.on else None,
        "state": statement.standing.state.value,
        "status": statement.status.value,
    }


_Told = tuple[str, int | None, tuple[Link, ...]]


def _types() -> Mapping[str, CredentialType]:
    return {found.id: found for found in catalog.credential_types()}


def _implied(type_id: str, framework: Framework) -> tuple[str, ...]:
    """The skills that a certificate stands for: named by the type and by the framework."""
    kind = _types().get(type_id)
    if kind is None or kind.certificate is None:
        return ()
    return tuple(
        skill for skill in kind.skills if kind.certificate in framework.skill(skill).certificates
    )


def _told(item: JsonValue, framework: Framework) -> _Told | None:
    """One item of a ``skills`` claim; None for anything that names no skill."""
    if not isinstance(item, dict):
        return None
    name = _first_text(item, ("skill", "label_nl", "label_en"))
    if name is None:
        return None
    level = level_on_scale(item.get("level"), framework)
    if item.get("framework", framework.id) == framework.id and name in framework.skills:
        return name, level, _links(framework, name)
    return name, level, _foreign(item.get("alignment"))


def _foreign(links: JsonValue) -> tuple[Link, ...]:
    """The links that a skill of another framework carries; without a match they are close."""
    found = []
    for link in links[:MAX_LINKS] if isinstance(links, list) else ():
        if not isinstance(link, dict):
            continue
        uri, match = _first_text(link, ("uri", "targetUrl")), link.get("match", "close")
        if uri is not None and isinstance(match, str):
            found.append(Link(uri, match))
    return tuple(found)


def _first_text(item: JsonObject, names: Iterable[str]) -> str | None:
    """The first of these members that is a text and not empty."""
    values = (item.get(name) for name in names)
    return next((value for value in values if isinstance(value, str) and value), None)


def _links(framework: Framework, skill: str) -> tuple[Link, ...]:
    known = framework.skills.get(skill)
    return tuple(Link(each.uri, each.match) for each in known.alignment) if known else ()


def level_on_scale(value: object, framework: Framework) -> int | None:
    """A level of the scale; True is no level."""
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    return value if 1 <= value <= len(framework.levels) else None
