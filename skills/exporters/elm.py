"""An extract in the European Learning Model 3: a EuropeanDigitalCredential as JSON-LD, unsigned.

Europass reads what organisations awarded: a learning achievement for each proof, with the skills it
shows as learning outcomes. The person's own word is awarded by nobody and is left out. Texts are in
both languages, as the model wants.
"""

from collections.abc import Mapping, Sequence

from schemas.files import JsonObject, JsonValue
from schemas.messages import LANGUAGES, sentence
from skills.exporters.table import purpose
from skills.exporters.writing import last_moment, midnight, name, octets
from skills.extracts import Extract, Line, Source

CONTEXTS = (
    "https://www.w3.org/2018/credentials/v1",
    "http://data.europa.eu/snb/model/context/edc-ap",
)
SCHEMA = "http://data.europa.eu/snb/model/ap/edc-generic-full"
"""The shapes of the generic profile."""

ESCO = "http://data.europa.eu/esco/skill/"
_ESCO_SCHEME = "http://data.europa.eu/esco/concept-scheme/skills"
_PROFILE = "http://data.europa.eu/snb/credential/"
_GENERIC, _PROFILES = f"{_PROFILE}e34929035b", f"{_PROFILE}25831c2"
_LANGUAGE = "http://publications.europa.eu/resource/authority/language"
_CODES = {"nl": "NLD", "en": "ENG"}
_NAMES = {"nl": "Dutch", "en": "English"}


def write(made: Extract, language: str) -> bytes:
    """The credential, as it may be handed in to be sealed.

    Args:
        made: the extract.
        language: ``nl`` or ``en``: which of the two is shown first.
    """
    document: JsonObject = {
        "@context": [*CONTEXTS],
        "id": name(made),
        "type": ["VerifiableCredential", "EuropeanDigitalCredential"],
        "credentialProfiles": _concept(_GENERIC, _PROFILES, {"en": "Generic"}),
        "credentialSchema": {"id": SCHEMA, "type": "ShaclValidator2017"},
        "credentialSubject": _person(made),
        "displayParameter": _display(made, language),
        "issuer": _organisation("urn:epass:org:0", "skillspass"),
        "validFrom": midnight(made.made_on),
        "validUntil": last_moment(made.ends_on),
    }
    return octets(document)


def _person(made: Extract) -> JsonObject:
    claims: list[JsonValue] = []
    for place, source in enumerate(made.certificates, start=1):
        lines = [line for line in made.skills if line.source == source]
        claims.append(_achievement(source, lines, place))
    document: JsonObject = {"id": "urn:epass:person:1", "type": "Person", "hasClaim": claims}
    if made.person is not None:
        names = {
            "fullName": made.person.name,
            "givenName": made.person.given_name,
            "familyName": made.person.family_name,
        }
        document.update({key: _both(text) for key, text in names.items() if text})
    return document


def _achievement(source: Source, lines: Sequence[Line], place: int) -> JsonObject:
    body = _organisation(f"urn:epass:org:{place}", source.giver or "")
    outcomes: list[JsonValue] = [
        _outcome(line, f"urn:epass:learningOutcome:{place}.{number}")
        for number, line in enumerate(lines, start=1)
    ]
    specified: JsonObject = {
        "id": f"urn:epass:qualification:{place}",
        "type": "Qualification",
        "isPartialQualification": True,
        "title": dict(source.titles),
    }
    if outcomes:
        specified["learningOutcome"] = outcomes
    return {
        "id": f"urn:epass:learningAchievement:{place}",
        "type": "LearningAchievement",
        "title": dict(source.titles),
        "awardedBy": {
            "id": f"urn:epass:awardingProcess:{place}",
            "type": "AwardingProcess",
            "awardingBody": body,
            **({"awardingDate": midnight(source.on)} if source.on else {}),
        },
        "specifiedBy": specified,
    }


def _outcome(line: Line, urn: str) -> JsonObject:
    """One skill; the model knows no level of a person, so that it stands in the title."""
    titles: JsonObject = {language: _title(line, language) for language in LANGUAGES}
    document: JsonObject = {"id": urn, "type": "LearningOutcome", "title": titles}
    concepts: list[JsonValue] = [
        _concept(link.uri, _ESCO_SCHEME, line.labels)
        for link in line.links
        if link.uri.startswith(ESCO)
    ]
    if concepts:
        document["relatedESCOSkill"] = concepts
    return document


def _title(line: Line, language: str) -> str:
    if line.level is None:
        return line.labels[language]
    return f"{line.labels[language]} ({sentence(f'common.level.{line.level}', language)})"


def _display(made: Extract, language: str) -> JsonObject:
    spoken = _concept(f"{_LANGUAGE}/{_CODES[language]}", _LANGUAGE, {"en": _NAMES[language]})
    return {
        "id": "urn:epass:displayParameter:1",
        "type": "DisplayParameter",
        "title": {each: sentence("skills.extract.title", each) for each in LANGUAGES},
        "description": {each: purpose(made, each) for each in LANGUAGES},
        "language": [spoken],
        "primaryLanguage": spoken,
    }


def _organisation(urn: str, named: str) -> JsonObject:
    document: JsonObject = {"id": urn, "type": "Organisation"}
    return {**document, "legalName": _both(named)} if named else document


def _concept(uri: str, scheme: str, labels: Mapping[str, str]) -> JsonObject:
    return {
        "id": uri,
        "type": "Concept",
        "inScheme": {"id": scheme, "type": "ConceptScheme"},
        "prefLabel": dict(labels),
    }


def _both(text: str) -> JsonObject:
    return dict.fromkeys(LANGUAGES, text)
