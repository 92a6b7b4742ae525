"""Extracts for the tests: proofs of several kinds, an own word, with and without a name."""

from datetime import date

from skills.evidence import (
    Entry,
    EntryKind,
    Grade,
    Link,
    Proof,
    Statement,
    Status,
    of_entry,
    of_proof,
)
from skills.extracts import Extract, Person, Source, extract
from skills.validity import Standing, State

TODAY = date(2026, 11, 23)
RIA = Person("Ria de Vries", "Ria", "de Vries")


def source(name: str, title: str, grade: Grade = Grade.ACCREDITED, **other: object) -> Source:
    """A proof of a school that the sector's list names."""
    known: dict[str, object] = {
        "id": name,
        "type_id": "vca-basis",
        "titles": {"nl": title, "en": f"{title} (en)"},
        "giver": "Praktijkschool IJsselstad",
        "giver_id": "did:web:school.example",
        "grade": grade,
        "on": date(2025, 5, 1),
        "until": date(2035, 5, 1),
        "standing": "valid",
    }
    return Source(**{**known, **other})  # type: ignore[arg-type]  # the names above


def statements() -> list[Statement]:
    """One of a proof with a level, one without, and two of the own word."""
    proof = Proof(
        "one",
        "vca-basis",
        "exam_centre",
        {"skills": [{"skill": "las-mag", "level": 3}, {"skill": "pbm"}]},
        date(2025, 5, 1),
        Standing(State.VALID, "fixed_until", date(2035, 5, 1)),
    )
    foreign = Statement(
        "=HYPERLINK(1)",
        None,
        Grade.SELF,
        EntryKind.SIDE_ACTIVITY,
        "own",
        None,
        Standing(State.VALID, "no_end"),
        links=(Link("https://other.example/skills/1", "exact"),),
    )
    return [
        *of_proof(proof),
        *of_entry(Entry("own", EntryKind.WORK, {"reachtruck": 2})),
        foreign,
    ]


def made(person: Person | None = RIA, **other: object) -> Extract:
    """An extract with two proofs, one of them withdrawn."""
    proofs = [
        source("one", "VCA Basis"),
        source(
            "two",
            "Cursus",
            Grade.ASSESSED,
            giver=None,
            giver_id=None,
            on=None,
            until=None,
            standing=Status.WITHDRAWN.value,
        ),
    ]
    return extract(
        statements(),
        proofs,
        purpose="intake",
        made_on=TODAY,
        person=person,
        **other,  # type: ignore[arg-type]  # ends_on
    )
