"""What leaves about a person's skills: an extract for one purpose, with a day on which it ends.

Requirement R20. It is a copy of what was shown, made for one reader: who gets it removes it on its
last day. A name stands in it only where the person showed one. All exporters write this one model.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from types import MappingProxyType

from schemas.declarations import lists
from schemas.files import JsonObject, JsonValue
from skills.evidence import EntryKind, Grade, Link, Statement, Status, overview
from skills.framework import Framework, metalektro
from skills.validity import Standing

OWN_USE = "own_use"
"""The purpose of an extract that the worker makes for himself."""

FORMAT = "skillspass-extract/1"
"""Names the one JSON shape; a change that breaks readers gets another number."""

Words = Mapping[str, str]
"""Language (``nl``, ``en``) to text."""

NOT_CHECKED: Words = MappingProxyType({})
"""What was found out about a proof that nobody checked."""


class ExtractRefused(ValueError):
    """An extract that may not be made.

    Attributes:
        code: stable: ``extract_purpose``, ``extract_end``, ``extract_empty``.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Source:
    """A proof as its reader may know it.

    Attributes:
        id: what statements call it.
        type_id: of the catalogue; empty for a type that is not ours.
        titles: its name.
        giver: the name that a list vouches for, else an address; None where nobody is known.
        giver_id: the identifier of who gave it; None where it is not known.
        until: the last day, where there is one.
        standing: a word of ``standing``.
        checked: part of the verdict (authentic, issuer, valid, holder) to its outcome; empty where
            nobody checked.
    """

    id: str
    type_id: str
    titles: Words
    giver: str | None
    giver_id: str | None
    grade: Grade
    on: date | None
    until: date | None
    standing: str
    checked: Words = field(default_factory=lambda: NOT_CHECKED)


@dataclass(frozen=True, slots=True)
class Line:
    """One skill, by its strongest statement.

    Attributes:
        skill: id of the framework; else its address or name.
        known: whether it is a skill of the framework.
        level: 1 to 4; None where the source tells none.
        source: None for the person's own word.
        standing: a word of ``standing``.
        links: to other frameworks, ours to theirs.
    """

    skill: str
    known: bool
    labels: Words
    level: int | None
    grade: Grade
    kind: EntryKind
    source: Source | None
    on: date | None
    until: date | None
    standing: str
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Person:
    """The name, where it was shown.

    Attributes:
        name: as one line.
        given_name, family_name: its parts; empty where they are not known apart.
    """

    name: str
    given_name: str = ""
    family_name: str = ""


@dataclass(frozen=True, slots=True)
class Extract:
    """What leaves.

    Attributes:
        purpose: from the closed list of declarations, or ``OWN_USE``.
        ends_on: the last day on which who gets it may keep it.
        certificates: the proofs, each once.
    """

    purpose: str
    made_on: date
    ends_on: date
    person: Person | None
    skills: tuple[Line, ...]
    certificates: tuple[Source, ...]

    @property
    def name(self) -> str:
        """A name for its file; nothing of the person."""
        return f"skillspass-{self.purpose}-{self.made_on.isoformat()}"


def extract(
    statements: Iterable[Statement],
    sources: Iterable[Source],
    *,
    purpose: str,
    made_on: date,
    ends_on: date | None = None,
    person: Person | None = None,
    framework: Framework | None = None,
) -> Extract:
    """Gather what may leave for one purpose.

    Args:
        statements: what was shown; each skill is told once, by the strongest.
        sources: the proofs behind them; a statement of another source is the person's own word.
        purpose: from the closed list.
        made_on: today.
        ends_on: the last day; None: as long as results are usually kept.
        person: only where the name was shown.
        framework: other than the project's own.

    Raises:
        ExtractRefused: ``extract_purpose``; ``extract_end``: before today, or later than any
            result may be kept.
    """
    declared = lists()
    if purpose not in (OWN_USE, *declared.purposes):
        raise ExtractRefused("extract_purpose")
    last = ends_on or made_on + timedelta(days=declared.usual.retention_days)
    if not made_on <= last <= made_on + timedelta(days=max(declared.retention_days)):
        raise ExtractRefused("extract_end")
    known, proofs = framework or metalektro(), {each.id: each for each in sources}
    lines = tuple(_line(each.strongest, proofs, known) for each in overview(statements))
    return Extract(purpose, made_on, last, person, lines, tuple(proofs.values()))


def standing(status: Status, found: Standing) -> str:
    """How a source stands, in one word: of the giver's list where that says no, else by its dates.

    One of ``withdrawn``, ``paused``, ``unknown``, ``valid``, ``ending``, ``ended``, ``waiting``,
    ``not_for_you``.
    """
    return found.state.value if status is Status.GOOD else status.value


def as_json(made: Extract) -> JsonObject:
    """The one JSON shape of an extract."""
    document: JsonObject = {
        "format": FORMAT,
        "purpose": made.purpose,
        "made_on": made.made_on.isoformat(),
        "ends_on": made.ends_on.isoformat(),
        "skills": [_line_json(each) for each in made.skills],
        "certificates": [_source_json(each) for each in made.certificates],
    }
    if made.person is not None:
        document["person"] = {
            "name": made.person.name,
            "given_name": made.person.given_name,
            "family_name": made.person.family_name,
        }
    return document


def person_of(claims: JsonObject) -> Person | None:
    """Whose a proof is, where its name was shown."""
    parts = [claims.get(key) for key in ("given_name", "family_name")]
    given, family = (part if isinstance(part, str) else "" for part in parts)
    name = " ".join(filter(None, (given, family)))
    return Person(name, given, family) if name else None


def _line(said: Statement, proofs: Mapping[str, Source], known: Framework) -> Line:
    skill, source = known.skills.get(said.skill), proofs.get(said.source)
    labels = (
        {"nl": said.skill, "en": said.skill}
        if skill is None
        else {"nl": skill.label_nl, "en": skill.label_en}
    )
    return Line(
        skill=said.skill,
        known=skill is not None,
        labels=MappingProxyType(labels),
        level=said.level,
        grade=said.grade,
        kind=said.kind,
        source=source,
        on=said.on,
        until=said.standing.until or (source.until if source else None),
        standing=standing(said.status, said.standing),
        links=said.links,
    )


def _line_json(line: Line) -> JsonValue:
    links: list[JsonValue] = [{"uri": each.uri, "match": each.match} for each in line.links]
    return {
        "skill": line.skill,
        "label": dict(line.labels),
        "level": line.level,
        "grade": line.grade.word,
        "kind": line.kind.value,
        "source": dict(line.source.titles) if line.source else None,
        "giver": line.source.giver if line.source else None,
        "on": _day(line.on),
        "until": _day(line.until),
        "standing": line.standing,
        "links": links,
    }


def _source_json(source: Source) -> JsonValue:
    document: JsonObject = {
        "type": source.type_id,
        "title": dict(source.titles),
        "giver": source.giver,
        "giver_id": source.giver_id,
        "grade": source.grade.word,
        "on": _day(source.on),
        "until": _day(source.until),
        "standing": source.standing,
    }
    return {**document, "checked": dict(source.checked)} if source.checked else document


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
