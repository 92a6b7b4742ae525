"""An extract as a Comprehensive Learner Record (1EdTech CLR 2.0) of Open Badges 3.0, unsigned.

One achievement for each proof, and one for each skill of the person's own word. The issuer of all
is whoever made the extract, under a name of its own: a document without a signature does not speak
for the school or firm. Who gave the proof stands in ``source`` of its subject.
"""

from collections.abc import Sequence

from schemas.files import JsonObject, JsonValue
from schemas.messages import sentence
from skills.evidence import Grade
from skills.exporters.table import purpose
from skills.exporters.writing import last_moment, midnight, name, octets
from skills.extracts import Extract, ExtractRefused, Line

CONTEXTS = (
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
)
"""Of a record, in the order that CLR 2.0 asks; an achievement has no second one."""

_KINDS = {
    Grade.ACCREDITED: "Certification",
    Grade.ASSESSED: "CertificateOfCompletion",
}
_OTHER = "Competency"


def write(made: Extract, language: str) -> bytes:
    """The record.

    Args:
        made: the extract, with a skill or a proof in it.
        language: ``nl`` or ``en``, of names and descriptions.

    Raises:
        ExtractRefused: ``extract_empty``: a record holds one achievement at least.
    """
    held = [*_proofs(made, language), *_own(made, language)]
    if not held:
        raise ExtractRefused("extract_empty")
    maker: JsonObject = {"id": name(made, "maker"), "type": ["Profile"], "name": "skillspass"}
    frame: JsonObject = {
        "issuer": maker,
        "validFrom": midnight(made.made_on),
        "validUntil": last_moment(made.ends_on),
    }
    achievements: list[JsonValue] = [_credential(each, made, frame) for each in held]
    document: JsonObject = {
        "@context": [*CONTEXTS],
        "id": name(made),
        "type": ["VerifiableCredential", "ClrCredential"],
        "name": sentence("skills.extract.title", language),
        "description": purpose(made, language),
        "partial": True,
        **frame,
        "credentialSubject": {
            "type": ["ClrSubject"],
            "id": name(made, "person"),
            **_named(made),
            "verifiableCredential": achievements,
        },
    }
    return octets(document)


_Held = tuple[str, JsonObject, JsonObject]
"""What to call it, the members of the credential, the subject without the person."""


def _proofs(made: Extract, language: str) -> list[_Held]:
    found: list[_Held] = []
    for place, source in enumerate(made.certificates):
        lines = [line for line in made.skills if line.source == source]
        title = source.titles[language]
        achievement: JsonObject = {
            "id": name(made, f"achievement {place}"),
            "type": ["Achievement"],
            "achievementType": _KINDS.get(source.grade, _OTHER),
            "name": title,
            "description": sentence(f"skills.standing.{source.standing}", language),
            "criteria": {"narrative": sentence(f"common.grade.{source.grade.word}", language)},
            "inLanguage": language,
            **_aligned(lines),
        }
        subject: JsonObject = {"achievement": achievement}
        if lines:
            subject["narrative"] = "; ".join(_told(line, language) for line in lines)
        if source.giver:
            giver = source.giver_id or name(made, f"giver {place}")
            subject["source"] = {"id": giver, "type": ["Profile"], "name": source.giver}
        given: JsonObject = {"awardedDate": midnight(source.on)} if source.on else {}
        found.append((f"proof {place}", {"name": title, **given}, subject))
    return found


def _own(made: Extract, language: str) -> list[_Held]:
    """Skills without a proof: the person's own word, and it says so."""
    found: list[_Held] = []
    for line in made.skills:
        if line.source is not None:
            continue
        achievement: JsonObject = {
            "id": name(made, f"own {line.skill}"),
            "type": ["Achievement"],
            "achievementType": _OTHER,
            "name": line.labels[language],
            "description": _told(line, language),
            "criteria": {"narrative": sentence(f"common.grade.{line.grade.word}", language)},
            "inLanguage": language,
            **_aligned([line]),
        }
        members: JsonObject = {"name": line.labels[language]}
        found.append((f"skill {line.skill}", members, {"achievement": achievement}))
    return found


def _credential(held: _Held, made: Extract, frame: JsonObject) -> JsonValue:
    part, members, subject = held
    return {
        "@context": [CONTEXTS[0], CONTEXTS[2]],
        "id": name(made, part),
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        **frame,
        **members,
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "id": name(made, "person"),
            **_named(made),
            **subject,
        },
    }


def _named(made: Extract) -> JsonObject:
    """The name, where it was shown (IdentityObject, Open Badges 3.0, appendix B)."""
    if made.person is None:
        return {}
    identity: JsonObject = {
        "type": "IdentityObject",
        "hashed": False,
        "identityHash": made.person.name,
        "identityType": "name",
    }
    return {"identifier": [identity]}


def _aligned(lines: Sequence[Line]) -> JsonObject:
    """The same skills in other frameworks, by their own addresses, each once."""
    links: dict[str, JsonValue] = {
        link.uri: {
            "type": ["Alignment"],
            "targetName": line.labels["en"],
            "targetUrl": link.uri,
            "targetDescription": link.match,
        }
        for line in lines
        for link in line.links
    }
    return {"alignment": [*links.values()]} if links else {}


def _told(line: Line, language: str) -> str:
    if line.level is None:
        return line.labels[language]
    return f"{line.labels[language]}: {sentence(f'common.level.{line.level}', language)}"
