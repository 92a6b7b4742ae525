"""The verb ``skills import``: other people's files about skills, read and reported on.

Nothing is kept but what ``--out`` writes, and nothing in a file is believed. Progress goes to the
error output, so that ``--json`` stays one object.
"""

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from credentials.errors import RejectedError
from service.command_line import (
    REFUSED,
    JsonOption,
    language,
    plain_errors,
    print_json,
    say,
)

if TYPE_CHECKING:
    from credentials.encoding import JsonObject, JsonValue
    from skills.importers.concepts import Concept, Meeting
    from skills.importers.own_claims import Proposals
    from skills.importers.reading import Report

MAX_SCHEME_BYTES = 256 * 1024 * 1024
"""A classification: the skills of ESCO are some 15 MB in one language."""

MAX_OWN_BYTES = 5 * 1024 * 1024
"""A person's own file; fifty badges with their pictures stay below."""

MAX_MAPPING_BYTES = 64 * 1024
"""A mapping has some twenty lines."""

MAX_SHOWN = 10
"""Lines that people are shown of each kind; ``--out`` and ``--json`` have all."""


class Source(StrEnum):
    """What kind of file it is."""

    ESCO = "esco"
    COMPETENTNL = "competentnl"
    EDUBADGES = "edubadges"
    PROFILE = "profile"


SCHEMES = frozenset({Source.ESCO, Source.COMPETENTNL})
"""Classifications: they are held beside the framework. The others become own claims."""


def take_over(
    source: Annotated[Source, typer.Argument(metavar="KIND", help="What kind of file it is.")],
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What you downloaded.")],
    *,
    spoken: Annotated[
        str, typer.Option("--language", help="Of the labels in an ESCO file, such as nl.")
    ] = "nl",
    mapping: Annotated[
        Path | None, typer.Option(help="How a platform calls things in a profile (YAML, JSON).")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Write all that was found as JSON.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Read someone else's file about skills, and tell what became of every row."""
    from skills.importers.reading import ImportRefused

    with plain_errors(as_json=as_json):
        octets = octets_of(file, MAX_SCHEME_BYTES if source in SCHEMES else MAX_OWN_BYTES)
        try:
            document, report, lines = _read(source, octets, spoken, mapping)
        except ImportRefused as refused:
            _refuse(refused.code, refused.where, as_json=as_json)
        _progress(report.read)
        if out is not None:
            _write(out, document)
    if as_json:
        print_json({**_summary(document), "report": report.as_json()})
        return
    for line in [*lines, *_told(report)]:
        typer.echo(line)


def _read(
    source: Source, octets: bytes, spoken: str, mapping: Path | None
) -> tuple["JsonObject", "Report", list[str]]:
    """All that a file gives, what became of its rows, and the lines for people."""
    from skills.importers import competentnl, edubadges, esco, platform_profile
    from skills.importers.platform_mapping import read_mapping

    named = None if mapping is None else read_mapping(octets_of(mapping, MAX_MAPPING_BYTES))
    if named is not None and source is not Source.PROFILE:
        raise RejectedError("usage_mapping", "of a profile alone")

    if source is Source.EDUBADGES:
        badges, report = edubadges.read(octets)
        proposed = edubadges.proposals(badges)
        listed: list[JsonValue] = [each.as_json() for each in badges]
        return {"badges": listed, **proposed.as_json()}, report, _own(proposed)
    if source is Source.PROFILE:
        proposed, report = platform_profile.read(octets, mapping=named)
        return proposed.as_json(), report, _own(proposed)
    if source is Source.ESCO:
        concepts, report = esco.read(octets, language=spoken, progress=_progress)
    else:
        concepts, report = competentnl.read(octets)
    document, lines = _beside_framework(concepts)
    return document, report, lines


def _beside_framework(concepts: "tuple[Concept, ...]") -> tuple["JsonObject", list[str]]:
    """Which skills of the framework a classification knows, and under which address."""
    from skills.framework import metalektro
    from skills.importers.concepts import meet, merged

    whole = merged(concepts)
    meeting = meet(metalektro(), whole)
    listed: list[JsonValue] = [each.as_json() for each in whole]
    return {**_meeting(meeting), "concepts": listed}, _met(meeting)


def _meeting(meeting: "Meeting") -> "JsonObject":
    matched: JsonObject = {
        skill: [{"uri": each.uri, "match": each.kind} for each in found]
        for skill, found in meeting.matched.items()
    }
    return {
        "matched": matched,
        "without": [*meeting.without],
        "unknown": [*meeting.unknown],
    }


def _met(meeting: "Meeting") -> list[str]:
    """How many skills meet the classification, and by name those that do not."""
    from skills.framework import metalektro

    labels = [metalektro().skill(skill).label(language()) for skill in meeting.without]
    return [
        say("skills.import.matched", count=len(meeting.matched)),
        *_some("skills.import.without", labels),
        *_some("skills.import.unknown", meeting.unknown),
    ]


def _own(proposed: "Proposals") -> list[str]:
    """What a person may take over, skill by skill; a name that nobody knows is marked."""
    from skills.framework import metalektro

    lines = [say("skills.import.proposed", count=len(proposed.skills))]
    for each in proposed.skills:
        label = metalektro().skill(each.skills[0]).label(language()) if each.skills else ""
        lines.append(f"  {each.name}: {label or say('skills.import.own_addition')}")
    lines.append(say("skills.import.entries", count=len(proposed.entries)))
    return lines


def _some(key: str, names: "tuple[str, ...] | list[str]") -> list[str]:
    """A heading with a count, and the first names."""
    more = [say("skills.import.more", count=len(names) - MAX_SHOWN)] if names[MAX_SHOWN:] else []
    shown = [f"  {name}" for name in names[:MAX_SHOWN]]
    return [say(key, count=len(names)), *shown, *(f"  {line}" for line in more)]


def _told(report: "Report") -> list[str]:
    """What became of the rows."""
    reasons = [
        f"  {count} x {say(f'skills.import.{code}')}"
        for code, count in sorted(report.reasons.items())
    ]
    left = report.reasons.total()
    return [say("skills.import.report", read=report.read, taken=report.taken, left=left), *reasons]


def _summary(document: "JsonObject") -> "JsonObject":
    """What ``--json`` prints: all but the concepts themselves, of which there are thousands."""
    return {name: value for name, value in document.items() if name != "concepts"}


def _progress(rows: int) -> None:
    typer.echo(say("skills.import.progress", rows=rows), err=True)


def passport_document(file: Path) -> "JsonValue":
    """The JSON of a passport's file.

    Raises:
        RejectedError: ``usage_passport``.
    """
    try:
        document: JsonValue = json.loads(file.read_bytes()[:MAX_OWN_BYTES])
    except (OSError, ValueError, RecursionError):
        raise RejectedError("usage_passport", "no file with JSON") from None
    return document


def octets_of(file: Path, most: int) -> bytes:
    """The file, not read beyond its limit.

    Raises:
        RejectedError: ``usage_import_file``: it is not there, or too large.
    """
    try:
        with file.open("rb") as opened:
            octets = opened.read(most + 1)
    except OSError:
        raise RejectedError("usage_import_file", "cannot be opened") from None
    if len(octets) > most:
        raise RejectedError("usage_import_file", f"more than {most} bytes")
    return octets


def _write(out: Path, document: "JsonObject") -> None:
    text = json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True)
    write(out, f"{text}\n".encode())


def write(out: Path, octets: bytes) -> None:
    """Write a file that the person asked for.

    Raises:
        RejectedError: ``usage_out``.
    """
    try:
        out.write_bytes(octets)
    except OSError:
        raise RejectedError("usage_out", "cannot be written") from None


def _refuse(code: str, where: str, *, as_json: bool) -> NoReturn:
    """Say why the whole file is not taken, and leave with the status of a refusal."""
    key = f"skills.import.{code}"
    if as_json:
        print_json({"error": code, "where": where, "nl": say(key, "nl"), "en": say(key, "en")})
    typer.echo(f"{say(key)} ({where})" if where else say(key), err=True)
    raise typer.Exit(REFUSED)
