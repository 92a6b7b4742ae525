"""The headings of a class list: ours, and what other institutes call the same column.

Ours are the words of the sample lists; templates name them in ``from_list``. A heading that may
mean several things is only likely, and a person confirms it before it counts.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from issuer.class_list_text import repaired

NUMBER = "Cursistnummer"
GIVEN_NAME = "Voornaam"
PREFIX = "Tussenvoegsel"
FAMILY_NAME = "Achternaam"
FULL_NAME = "Naam"
EMAIL = "E-mail privé"
COURSE = "Opleiding"
GROUP = "Groep"
EXAM_DATE = "Examendatum"
RESULT = "Resultaat"
GRADE = "Cijfer"
TRAINER = "Praktijkopleider"
REMARK = "Opmerking"

KNOWN: Final = (
    *(NUMBER, GIVEN_NAME, PREFIX, FAMILY_NAME, EMAIL, COURSE, GROUP, EXAM_DATE),
    *(RESULT, GRADE, TRAINER, REMARK),
)
"""Headings of our own, besides the pairs Skill n and Niveau n."""

CLAIM: Final = "claim:"
"""Before the path of a claim: a column that fills that claim and no other."""

MAX_SHOWN: Final = 40
"""Characters of an own heading that a fault repeats."""


class Confidence(StrEnum):
    """How sure a heading was recognised."""

    SURE = "sure"
    LIKELY = "likely"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Recognised:
    """What a heading seems to mean.

    Attributes:
        target: a heading of ours, ``Naam``, ``claim:<path>``, or None where it is not used.
        reason: why; the last part of ``issuer.lists.reason.*``.
    """

    target: str | None
    confidence: Confidence
    reason: str


_SURE: Final[Mapping[str, str]] = MappingProxyType(
    {
        NUMBER: "cursistnr cursistid cursistcode studentnummer studentnr studentid leerlingnummer"
        " leerlingnr deelnemernummer deelnemersnummer deelnemernr deelnemerid kandidaatnummer"
        " kandidaatnr kandidaatid traineenumber traineeno traineeid studentnumber studentno"
        " candidatenumber candidateno candidateid participantnumber participantid learnernumber"
        " learnerid",
        GIVEN_NAME: "voornamen roepnaam firstname firstnames givenname givennames forename",
        PREFIX: "tussenvoegsels tussenvgsl tussenv tv tsv voorvoegsel voorvoegsels infix"
        " nameprefix surnameprefix familynameprefix",
        FAMILY_NAME: "familienaam geslachtsnaam surname lastname familyname",
        FULL_NAME: "naam volledigenaam naamcursist cursistnaam naamdeelnemer deelnemersnaam"
        " naamstudent studentnaam naamkandidaat kandidaatnaam naamleerling leerlingnaam name"
        " fullname studentname candidatename participantname traineename",
        EMAIL: "email emailadres mail mailadres epost emailaddress mailaddress priveemail"
        " privemail emailadresprive mailprive priveemailadres privemailadres privateemail"
        " emailprivate personalemail privateemailaddress personalemailaddress emailcursist"
        " emailadrescursist emaildeelnemer emailstudent",
        COURSE: "opleidingsnaam opleidingnaam naamopleiding cursus cursusnaam naamcursus training"
        " trainingsnaam certificaat soortcertificaat course coursename coursetitle certificate"
        " certificatename trainingname",
        GROUP: "groepscode klas klascode klasgroep cohort group class classcode",
        EXAM_DATE: "datumexamen toetsdatum datumtoets proefdatum datumlasproef cursusdatum"
        " datumcursus behaaldop datumbehaald behaalddatum geslaagdop diplomadatum datumdiploma"
        " certificaatdatum datumcertificaat uitslagdatum datumuitslag resultaatdatum examdate"
        " examinationdate dateofexam testdate dateoftest coursedate dateofcourse completiondate"
        " completedon passedon certificatedate",
        RESULT: "uitslag geslaagd behaald eindresultaat examenresultaat examenuitslag uitkomst"
        " result outcome passed examresult finalresult",
        GRADE: "eindcijfer examencijfer cijferexamen grade finalgrade examgrade mark finalmark",
        TRAINER: "praktijkbegeleider naampraktijkopleider practicaltrainer workplacetrainer",
        REMARK: "opmerkingen toelichting notitie notities bijzonderheden remark remarks comment"
        " comments note notes",
        CLAIM + "document_number": "certificaatnummer certificaatnr diplomanummer diplomanr"
        " documentnummer documentnr bewijsnummer certificatenumber certificateno diplomanumber"
        " documentnumber",
    }
)
_LIKELY: Final[Mapping[str, str]] = MappingProxyType(
    {
        NUMBER: "nummer nr id no number code registratienummer personeelsnummer personeelsnr"
        " registrationnumber employeenumber",
        FULL_NAME: "cursist deelnemer student leerling kandidaat werknemer medewerker persoon"
        " trainee candidate participant learner employee person",
        COURSE: "examen diploma bewijs vak exam type",
        EXAM_DATE: "datum date afgiftedatum datumafgifte afgegevenop einddatum issuedate enddate",
        RESULT: "status",
        GRADE: "score punt punten waardering points rating",
        TRAINER: "docent instructeur trainer opleider examinator beoordelaar instructor teacher"
        " examiner assessor",
    }
)
_LEFT_OUT: Final[Mapping[str, str]] = MappingProxyType(
    {
        "birth": "geboortedatum gebdatum gebdat geboren geboortedat geboortejaar birthdate"
        " dateofbirth dob birthday",
        "contact": "telefoon telefoonnummer telefoonnr tel telnr telnummer mobiel mobielnummer gsm"
        " phone phonenumber telephone mobile adres straat straatnaam huisnummer huisnr postcode"
        " woonplaats plaats address street city zip zipcode postalcode",
        "personal": "geslacht gender nationaliteit nationality geboorteplaats birthplace aanhef"
        " titel voorletters initialen initials",
        "work_mail": "emailwerk werkemail emailadreswerk zakelijkeemail emailzakelijk"
        " zakelijkemail workemail businessemail emailbusiness emailwork",
        "firm": "bedrijf bedrijfsnaam werkgever company employer",
    }
)

_OURS = {
    "".join(known.lower().replace("é", "e").replace("-", "").split()): known for known in KNOWN
}
_BSN_WORDS = frozenset(
    {
        *("bsn", "burgerservicenummer", "burgerservicenr", "sofinummer", "sofinr", "sofi"),
        *("bsnnummer", "bsnnr", "pgn", "persoonsgebondennummer", "onderwijsnummer"),
        "citizenservicenumber",
    }
)
"""Education writes the same number as PGN or onderwijsnummer."""

_OUR_PAIR = re.compile(r"(skill|niveau)0*([1-9]\d?)")
_PAIR = re.compile(
    r"(?:(skill|vaardigheid|competentie|competence)|(niveau|level|skillniveau|skilllevel"
    r"|niveauskill|vaardigheidsniveau|niveauvaardigheid|levelskill))0*([1-9]\d?)?"
)


def heading_key(text: str) -> str:
    """A heading without what does not count: case, accents, blanks and dashes."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(sign for sign in plain if sign.isalnum())


_OURS = {heading_key(known): known for known in KNOWN}
_WORDS: Final[Mapping[str, Recognised]] = MappingProxyType(
    {
        **{
            key: Recognised(target, confidence, reason)
            for words, confidence, reason in (
                (_SURE, Confidence.SURE, "synonym"),
                (_LIKELY, Confidence.LIKELY, "maybe"),
            )
            for target, keys in words.items()
            for key in keys.split()
        },
        **{
            key: Recognised(None, Confidence.SURE, reason)
            for reason, keys in _LEFT_OUT.items()
            for key in keys.split()
        },
    }
)
_NOTHING = Recognised(None, Confidence.UNKNOWN, "unknown")


def canonical(title: str) -> str | None:
    """The heading as the project spells it, where it is one of ours; else None."""
    key = heading_key(repaired(title))
    if pair := _OUR_PAIR.fullmatch(key):
        return f"{pair[1].capitalize()} {pair[2]}"
    return _OURS.get(key)


def recognise(title: str, labels: Mapping[str, str]) -> Recognised:
    """What one heading means, without looking at its neighbours.

    Args:
        title: as it stands in the file.
        labels: key of a claim's label to a heading of ours or ``claim:<path>``.
    """
    key = heading_key(repaired(title))
    if known := canonical(title):
        return Recognised(known, Confidence.SURE, "ours")
    if key in labels:
        return Recognised(labels[key], Confidence.SURE, "label")
    if pair := _PAIR.fullmatch(key):
        meant = f"{'Skill' if pair[1] else 'Niveau'} {pair[3] or 1}"
        return Recognised(meant, Confidence.SURE, "synonym")
    return _WORDS.get(key, _NOTHING)


def names_a_bsn(title: str) -> bool:
    """Whether a heading promises citizen service numbers."""
    plain = unicodedata.normalize("NFKD", repaired(title)).casefold()
    return heading_key(title) in _BSN_WORDS or not _BSN_WORDS.isdisjoint(re.split(r"[\W_]+", plain))


def shown(title: str, position: int) -> str:
    """An own heading as a fault may name it; digits may be a person's number.

    Args:
        title: as it stands in the file.
        position: of the column, from 1; stands for a heading that is not fit to be shown.
    """
    text = " ".join(repaired(title).split())
    harmless = text.isprintable() and not re.search(r"\d{4}", text) and len(text) <= MAX_SHOWN
    return text if harmless and text else f"#{position}"


def fingerprint(titles: Iterable[str]) -> str:
    """By which the headings of a list are known again: SHA-256 of their keys, hex."""
    return hashlib.sha256("\n".join(heading_key(title) for title in titles).encode()).hexdigest()
