"""An extract for the web: schema.org, a page about a person, as JSON-LD.

Skills are ``knowsAbout`` (DefinedTerm), proofs ``hasCredential``
(EducationalOccupationalCredential). The day on which the extract ends is ``expires`` of the page.
"""

from schemas.files import JsonObject, JsonValue
from schemas.messages import sentence
from skills.exporters.table import purpose
from skills.exporters.writing import octets
from skills.extracts import Extract, Line, Source
from skills.framework import metalektro


def write(made: Extract, language: str) -> bytes:
    """The page.

    Args:
        made: the extract.
        language: ``nl`` or ``en``, of names and descriptions.
    """
    person: JsonObject = {"@type": "Person"}
    if made.person is not None:
        parts = {
            "name": made.person.name,
            "givenName": made.person.given_name,
            "familyName": made.person.family_name,
        }
        person.update({key: text for key, text in parts.items() if text})
    if made.skills:
        person["knowsAbout"] = [_term(line, language) for line in made.skills]
    if made.certificates:
        person["hasCredential"] = [_credential(each, language) for each in made.certificates]
    return octets(
        {
            "@context": "https://schema.org",
            "@type": "ProfilePage",
            "name": sentence("skills.extract.title", language),
            "abstract": purpose(made, language),
            "inLanguage": language,
            "dateCreated": made.made_on.isoformat(),
            "expires": made.ends_on.isoformat(),
            "mainEntity": person,
        }
    )


def _term(line: Line, language: str) -> JsonValue:
    words = [sentence(f"common.grade.{line.grade.word}", language)]
    if line.level is not None:
        words.insert(0, sentence(f"common.level.{line.level}", language))
    words.append(sentence(f"skills.standing.{line.standing}", language))
    document: JsonObject = {
        "@type": "DefinedTerm",
        "name": line.labels[language],
        "termCode": line.skill,
        "description": "; ".join(words),
    }
    if line.known:
        known = metalektro()
        names = {"nl": known.name_nl, "en": known.name_en}
        document["inDefinedTermSet"] = {"@type": "DefinedTermSet", "name": names[language]}
    same = [link.uri for link in line.links if link.match == "exact"]
    if same:
        document["sameAs"] = [*same]
    return document


def _credential(source: Source, language: str) -> JsonValue:
    document: JsonObject = {
        "@type": "EducationalOccupationalCredential",
        "name": source.titles[language],
        "credentialCategory": sentence(f"common.grade.{source.grade.word}", language),
        "creativeWorkStatus": sentence(f"skills.standing.{source.standing}", language),
    }
    if source.giver:
        document["recognizedBy"] = {"@type": "Organization", "name": source.giver}
    if source.on is not None:
        document["dateCreated"] = source.on.isoformat()
    if source.until is not None:
        document["expires"] = source.until.isoformat()
    return document
