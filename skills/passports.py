"""A passport as a file: what ``skillspass wallet list --json`` gives, or a list of own claims.

Any JSON gives statements or none: what is not shaped like one is left out. Nothing in a file is
checked; whoever reads it knows where it came from.
"""

import re
from collections.abc import Iterator
from datetime import date

from schemas import catalog
from schemas.files import JsonObject, JsonValue
from schemas.messages import LANGUAGES
from skills.evidence import (
    ENDLESS,
    Entry,
    EntryKind,
    Grade,
    Link,
    Statement,
    grade,
    level_on_scale,
    of_entry,
)
from skills.extracts import Person, Source
from skills.framework import Framework, metalektro
from skills.validity import Standing, State

MAX_ITEMS = 1_000
"""Skills or proofs of one passport that are read; a long working life has some dozens."""

_ADDRESS = re.compile(r"(did:[a-z0-9]+:|https://)[\x21-\x7e]{1,500}")
"""How an issuer is named: a DID (DID Core 3.1) or an origin."""

_STATES = {
    "valid": Standing(State.VALID, "fixed_until"),
    "ending": Standing(State.ENDING, "fixed_ending"),
    "ended": Standing(State.ENDED, "expired"),
    "not_yet": Standing(State.WAITING, "not_yet"),
}


def statements_of(document: JsonValue, framework: Framework | None = None) -> list[Statement]:
    """The statements in an overview: its ``skills`` with their sources, and its ``own_claims``."""
    known = framework or metalektro()
    if not isinstance(document, dict):
        return []
    standings = {
        str(proof.get("id")): _STATES.get(str(proof.get("standing")), ENDLESS)
        for proof in _objects(document.get("proofs"))
    }
    found = [
        said for line in _objects(document.get("skills")) for said in _line(line, standings, known)
    ]
    own = document.get("own_claims")
    levels = list(own.items())[:MAX_ITEMS] if isinstance(own, dict) else []
    entry = Entry("own", EntryKind.WORK, {skill: _number(level) for skill, level in levels})
    return [*found, *of_entry(entry, known)]


def sources_of(document: JsonValue) -> list[Source]:
    """The proofs of an overview, as an extract tells of them; one without a name is left out."""
    proofs = _objects(document.get("proofs")) if isinstance(document, dict) else ()
    return [source for proof in proofs if (source := _source(proof)) is not None]


def person_of(document: JsonValue) -> Person | None:
    """Whose the overview is, where it says so."""
    name = document.get("name") if isinstance(document, dict) else None
    return Person(name) if isinstance(name, str) and name else None


def _source(proof: JsonObject) -> Source | None:
    titles, giver = proof.get("title"), proof.get("giver")
    if not isinstance(titles, dict) or not isinstance(giver, dict):
        return None
    known = catalog.by_url(str(proof.get("type")))
    standing = _STATES.get(str(proof.get("standing")))
    named = giver.get("name")
    return Source(
        id=str(proof.get("id")),
        type_id=known.id if known else "",
        titles={language: str(titles.get(language, "")) for language in LANGUAGES},
        giver=named if isinstance(named, str) and named else None,
        giver_id=_address(giver.get("id")),
        grade=_grade(proof.get("grade")),
        on=_day(proof.get("issued_on")),
        until=_day(proof.get("until")),
        standing=standing.state.value if standing else State.UNKNOWN.value,
    )


def _address(value: JsonValue) -> str | None:
    return value if isinstance(value, str) and _ADDRESS.fullmatch(value) else None


def _line(
    line: JsonObject, standings: dict[str, Standing], known: Framework
) -> Iterator[Statement]:
    skill = line.get("skill")
    if not isinstance(skill, str) or not skill:
        return
    named = known.skills.get(skill)
    links = tuple(Link(each.uri, each.match) for each in named.alignment) if named else ()
    for source in list(_objects(line.get("sources"))) or [line]:
        proof = str(source.get("proof", "own"))
        yield Statement(
            skill=skill,
            level=level_on_scale(source.get("level"), known),
            grade=_grade(source.get("grade")),
            kind=EntryKind.CERTIFICATE if "proof" in source else EntryKind.WORK,
            source=proof,
            on=_day(source.get("issued_on")),
            standing=standings.get(proof, ENDLESS),
            links=links,
        )


def _objects(value: JsonValue) -> Iterator[JsonObject]:
    for item in value[:MAX_ITEMS] if isinstance(value, list) else ():
        if isinstance(item, dict):
            yield item


def _number(value: JsonValue) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _grade(value: JsonValue) -> Grade:
    try:
        return grade(str(value))
    except ValueError:
        return Grade.SELF


def _day(value: JsonValue) -> date | None:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None
