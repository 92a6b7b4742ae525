"""The profile of a skills platform (JSON or CSV): always own claims, whatever it says of a source.

Scores of a match, names of files and of the person are dropped.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial

from schemas.files import JsonObject, JsonValue
from skills.evidence import EntryKind
from skills.framework import Framework, metalektro
from skills.importers.own_claims import (
    Proposals,
    ProposedEntry,
    ProposedSkill,
    allowed,
    level_of,
    meanings,
)
from skills.importers.platform_mapping import PlatformMapping
from skills.importers.reading import (
    ImportRefused,
    Report,
    RowRefused,
    json_of,
    name_of,
    take,
    text_of,
)

MAX_ITEMS = 500
"""Skills and entries of one profile; the longest seen has some forty."""

MAX_SCORE = 1_000

HEADINGS = {
    "name": ("vaardigheid", "skill", "competentie", "naam", "name"),
    "score": ("score", "niveau", "level"),
    "top": ("van", "max", "schaal", "out of"),
    "on": ("laatst gewijzigd", "datum", "updated", "date"),
}
PARTS: Mapping[str, tuple[EntryKind, tuple[str, ...], tuple[str, ...]]] = {
    "work": (EntryKind.WORK, ("job", "title", "name"), ("employer", "organisation")),
    "courses": (EntryKind.TRAINING, ("name", "title"), ("school", "provider")),
    "certificates": (EntryKind.CERTIFICATE, ("name", "title"), ("issuer", "provider")),
    "side_activities": (EntryKind.SIDE_ACTIVITY, ("name", "title"), ("organisation",)),
}
_MONTH = re.compile(r"(19|20)\d\d(-(0[1-9]|1[0-2]))?")
_DECIMAL = re.compile(r"\d{1,4}(\.\d{1,4})?")
_DAY_FIRST = re.compile(r"(\d{1,2})-(\d{1,2})-(\d{4})")


def read(
    octets: bytes, framework: Framework | None = None, *, mapping: PlatformMapping | None = None
) -> tuple[Proposals, Report]:
    """What a profile proposes.

    Args:
        octets: the file; JSON starts with a brace or a bracket, all else is read as CSV.
        framework: whose skills the names are looked up in.
        mapping: how the platform calls things; None where it calls them as we do.

    Raises:
        ImportRefused: ``not_text``, ``not_json``, ``too_deep``, ``not_a_profile``, ``not_csv``,
            ``columns_missing``, ``too_many_rows``.
    """
    known = framework or metalektro()
    report = Report()
    if text_of(octets).lstrip().startswith(("{", "[")):
        document = json_of(octets)
        told = document if mapping is None else mapping.translate(document)
        return _of_json(told, known, report), report
    rows = list(_rows(text_of(octets), mapping))
    return Proposals(skills=take(rows, lambda row: _skill(row, known), report)), report


def _of_json(document: JsonValue, framework: Framework, report: Report) -> Proposals:
    profile = document.get("profile", document) if isinstance(document, dict) else None
    if not isinstance(profile, dict) or not isinstance(profile.get("skills"), list):
        raise ImportRefused("not_a_profile")
    skills = take(_items(profile, "skills"), lambda item: _skill(_row_of(item), framework), report)
    entries: list[ProposedEntry] = []
    for part, told in PARTS.items():
        entries += take(_items(profile, part), partial(_entry, told), report)
    return Proposals(skills, tuple(entries), take(_items(profile, "wishes"), _wish, report))


def _items(profile: JsonObject, part: str) -> list[tuple[str, JsonValue]]:
    found = profile.get(part, [])
    if not isinstance(found, list):
        return [(part, None)]
    if len(found) > MAX_ITEMS:
        raise ImportRefused("too_many_rows", part)
    return [(f"{part}[{number}]", item) for number, item in enumerate(found)]


@dataclass(frozen=True, slots=True)
class _Row:
    """One skill as it was written, whatever the file."""

    name: object
    score: object
    top: object
    on: object


def _row_of(item: JsonValue) -> _Row:
    if isinstance(item, str):
        return _Row(item, None, None, None)
    if not isinstance(item, dict):
        raise RowRefused("not_a_skill")
    score = item.get("self_score", item.get("score", item.get("level")))
    return _Row(item.get("name"), score, item.get("scale_max"), item.get("updated"))


def _rows(text: str, mapping: PlatformMapping | None) -> Iterator[tuple[str, _Row]]:
    wanted = HEADINGS if mapping is None else mapping.columns
    head = text.partition("\n")[0]
    delimiter = max(";,\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        headings = [heading.strip().casefold() for heading in next(reader, [])]
        places = {part: _place(headings, names) for part, names in wanted.items()}
        if places["name"] is None:
            raise ImportRefused("columns_missing", wanted["name"][0])
        for count, cells in enumerate(reader, start=1):
            if count > MAX_ITEMS:
                raise ImportRefused("too_many_rows", f"line {reader.line_num}")
            found = {
                part: cells[place] if place is not None and place < len(cells) else None
                for part, place in places.items()
            }
            row = _Row(**found)
            if mapping is not None:
                top = mapping.scale if row.top is None else row.top
                row = _Row(row.name, mapping.scored(row.score), top, row.on)
            yield f"line {reader.line_num}", row
    except csv.Error as error:
        raise ImportRefused("not_csv", f"line {reader.line_num}") from error


def _place(headings: list[str], names: tuple[str, ...]) -> int | None:
    return next((headings.index(name) for name in names if name in headings), None)


def _skill(row: _Row, framework: Framework) -> ProposedSkill:
    name = _allowed_name(row.name)
    score, top = _number(row.score), _number(row.top)
    level = level_of(score, top) if score is not None and top is not None else None
    return ProposedSkill(name, meanings(name, framework), level, _day(row.on))


def _entry(
    told: tuple[EntryKind, tuple[str, ...], tuple[str, ...]], item: JsonValue
) -> ProposedEntry:
    kind, names, places = told
    if not isinstance(item, dict):
        raise RowRefused("not_an_entry")
    name = _allowed_name(next((item[each] for each in names if item.get(each)), None))
    place = name_of(next((item[each] for each in places if item.get(each)), None))
    if not allowed([place]):
        raise RowRefused("citizen_number")
    start = _month(item.get("from", item.get("year")))
    return ProposedEntry(kind, name, place, start, _month(item.get("to")))


def _wish(item: JsonValue) -> str:
    return _allowed_name(item)


def _allowed_name(value: object) -> str:
    name = name_of(value)
    if name is None:
        raise RowRefused("no_name")
    if not allowed([name]):
        raise RowRefused("citizen_number")
    return name


def _number(value: object) -> float | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        value = value.strip().replace(",", ".")
        return float(value) if _DECIMAL.fullmatch(value) else None
    return float(value) if isinstance(value, int | float) and abs(value) <= MAX_SCORE else None


def _month(value: object) -> str | None:
    text = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    return text if _MONTH.fullmatch(text) else None


def _day(value: object) -> date | None:
    """A day as platforms write it, year first or day first; None for anything else."""
    text = value.strip() if isinstance(value, str) else ""
    swapped = _DAY_FIRST.fullmatch(text)
    if swapped is not None:
        day, month, year = swapped.groups()
        text = f"{year}-{month:0>2}-{day:0>2}"
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None
