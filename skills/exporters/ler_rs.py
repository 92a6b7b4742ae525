"""An extract for HR systems: Learning and Employment Record Resume Standard (HR Open 4.4), JSON.

A skill of the standard has a name and comments, and no level: ours stands in a comment, in words.
What the person alone said has nobody who endorses it. Nothing is called verified: for that the
standard wants the signed proofs themselves.
"""

from schemas.files import JsonObject, JsonValue
from schemas.messages import sentence
from skills.evidence import Grade
from skills.exporters.table import PARTS, answers, purpose
from skills.exporters.writing import last_moment, midnight, name, octets
from skills.extracts import Extract, Line, Source

TYPE = "http://schema.hropenstandards.org/4.4/recruiting/json/ler-rs/LER-RSType.json"
"""The one value that ``type`` may have."""


def write(made: Extract, language: str) -> bytes:
    """The record.

    Args:
        made: the extract.
        language: ``nl`` or ``en``, of names and comments.
    """
    document: JsonObject = {
        "type": TYPE,
        "documentId": {"value": name(made)},
        "narratives": [_narrative(made, language)],
    }
    if made.person is not None:
        parts = {"given": made.person.given_name, "family": made.person.family_name}
        shown: JsonObject = {key: text for key, text in parts.items() if text}
        document["person"] = {"name": {"formattedName": made.person.name, **shown}}
    if made.skills:
        document["skills"] = [_skill(line, language) for line in made.skills]
    if made.certificates:
        document["certifications"] = [_certificate(each, language) for each in made.certificates]
    return octets(document)


def _narrative(made: Extract, language: str) -> JsonValue:
    """What the extract is for, and until when it may be kept."""
    heads = [sentence(f"skills.table.{key}", language) for key in ("purpose", "ends_on")]
    lines = [purpose(made, language), made.ends_on.isoformat()]
    texts: list[JsonValue] = [
        {"name": head, "lines": [line]} for head, line in zip(heads, lines, strict=True)
    ]
    return {"name": sentence("skills.extract.title", language), "texts": texts}


def _skill(line: Line, language: str) -> JsonValue:
    comments = [sentence(f"common.grade.{line.grade.word}", language)]
    if line.level is not None:
        words = sentence(f"common.level.{line.level}", language)
        comments.insert(0, f"{sentence('skills.table.level', language)} {line.level}: {words}")
    comments.append(sentence(f"skills.standing.{line.standing}", language))
    comments += [f"{link.match}: {link.uri}" for link in line.links]
    told: list[JsonValue] = [*comments]
    document: JsonObject = {"name": line.labels[language], "comments": told}
    if line.source is not None and line.source.giver and line.grade > Grade.SELF:
        document["endorsers"] = [{"organization": {"name": line.source.giver}}]
    return document


def _certificate(source: Source, language: str) -> JsonValue:
    """A proof; the standard asks who gave it, so a giver whom nobody knows is said to be that."""
    told: list[JsonValue] = [sentence(f"skills.standing.{source.standing}", language)]
    for part, word in zip(PARTS, answers(source, language), strict=True):
        if word:
            told.append(f"{sentence(f'common.part.{part}', language)} {word}")
    giver = source.giver or sentence("skills.standing.unknown", language)
    document: JsonObject = {
        "name": source.titles[language],
        "descriptions": told,
        "issuingAuthority": {"name": giver},
    }
    if source.on is not None:
        document["firstIssued"] = source.on.isoformat()
    if source.until is not None:
        start: JsonObject = {"validFrom": midnight(source.on)} if source.on is not None else {}
        document["effectiveTimePeriod"] = {**start, "validTo": last_moment(source.until)}
    return document
