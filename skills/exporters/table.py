"""An extract as a table: CSV (RFC 4180) in UTF-8 with a mark, as spreadsheets read it.

No cell is a formula, whatever it begins with.
"""

import csv
import io
from datetime import date

from schemas.messages import sentence
from skills.extracts import OWN_USE, Extract, Line, Source

HEADINGS = (
    *("kind", "name", "level", "strength", "source", "giver", "on", "until", "standing"),
    *("purpose", "ends_on", "person", "links"),
)
"""The columns; their words are ``skills.table.<name>``."""

PARTS = ("authentic", "issuer", "valid", "holder")
"""The four questions of a verdict: the last columns, empty where nobody checked."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def write(made: Extract, language: str) -> bytes:
    """The table: a row for each skill, then one for each certificate.

    Args:
        made: the extract.
        language: ``nl`` or ``en``, of headings and words.
    """
    heads = [*(f"skills.table.{name}" for name in HEADINGS), *(f"common.part.{p}" for p in PARTS)]
    rows = [[sentence(head, language) for head in heads]]
    rows += [_skill(line, made, language) for line in made.skills]
    rows += [_certificate(source, made, language) for source in made.certificates]
    text = io.StringIO(newline="")
    csv.writer(text).writerows([[harmless(cell) for cell in row] for row in rows])
    return text.getvalue().encode("utf-8-sig")


def harmless(cell: str) -> str:
    """A cell that a spreadsheet shows as text, whatever it begins with."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _skill(line: Line, made: Extract, language: str) -> list[str]:
    level = "" if line.level is None else f"{line.level} ({_level(line.level, language)})"
    source, links = line.source, " ".join(f"{each.uri} ({each.match})" for each in line.links)
    return [
        sentence("skills.table.a_skill", language),
        line.labels[language],
        level,
        sentence(f"common.grade.{line.grade.word}", language),
        source.titles[language] if source else "",
        (source.giver or "") if source else "",
        *_stand(line.on, line.until, line.standing, language),
        *_frame(made, language),
        links,
        *answers(line.source, language),
    ]


def _certificate(source: Source, made: Extract, language: str) -> list[str]:
    return [
        sentence("skills.table.a_certificate", language),
        source.titles[language],
        "",
        sentence(f"common.grade.{source.grade.word}", language),
        "",
        source.giver or "",
        *_stand(source.on, source.until, source.standing, language),
        *_frame(made, language),
        "",
        *answers(source, language),
    ]


def _stand(on: date | None, until: date | None, word: str, language: str) -> list[str]:
    days = [day.isoformat() if day else "" for day in (on, until)]
    return [*days, sentence(f"skills.standing.{word}", language)]


def _frame(made: Extract, language: str) -> list[str]:
    name = made.person.name if made.person else ""
    return [purpose(made, language), made.ends_on.isoformat(), name]


def answers(source: Source | None, language: str) -> list[str]:
    """What was found out about a proof, in the order of ``PARTS``."""
    found = [source.checked.get(part) if source else None for part in PARTS]
    return [sentence(f"common.outcome.{word}", language) if word else "" for word in found]


def _level(level: int, language: str) -> str:
    return sentence(f"common.level.{level}", language)


def purpose(made: Extract, language: str) -> str:
    """What an extract is for, in words."""
    if made.purpose == OWN_USE:
        return sentence("skills.purpose.own_use", language)
    return sentence(f"declaration.purpose.{made.purpose}", language)
