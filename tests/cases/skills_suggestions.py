"""Cases of suggestions: every labelled sentence, the framework's own words, and odd texts."""

from credentials.encoding import JsonObject, JsonValue
from schemas.files import Entry, read_entry
from skills.framework import metalektro
from skills.profiles import profiles
from skills.suggestions import Suggestion, of_certificates, of_job, suggest
from tests.cases.case import FOLDER, Case

PARTS = ("held_out", "tuned", "fresh")

ODD = [
    *(
        "",
        " ",
        "...",
        "\U0001f600",
        "LASSEN!!!",
        "las\u0301sen",
        "\uff2c\uff41\uff53\uff53\uff45\uff4e",
    ),
    *("Ik las niet, ik frees.", "Lassen, dat kan ik niet.", "Mijn broer last en ik frees"),
    *("Hijsen doe ik niet, aanslaan wel.", "Ik wil graag leren lassen", "hefrtuck rijden"),
    *("ik lijn de pompen uit", "pompen uit te lijnen", "uitgelijnde pompen", "Ik last staal"),
    *("Ik heb last van mijn rug", "Co\u00f6rdinatenmeetmachine", "schema\u2019s lezen", "MAG"),
    *("Niet alleen lassen maar ook draaien doe ik.", "freqentieregelaars", "\u0130jzer zagen"),
    "las " * 700,
    "a" * 3000,
    "Ik las. Ik frees! Ik draai? Ik zaag\nIk boor; ik tap, ik meet: ik slijp",
    "Ik heb vroeger gelast, gedraaid, gefreesd en geslepen, en nu controleer ik alles.",
]


def cases() -> list[Case]:
    """Everything of this subject."""
    file = read_entry(FOLDER / "skills_sentences.yaml")
    texts = [
        *(each.text("text") for part in PARTS for each in _labelled(file, part)),
        *(text for part in PARTS for text in file.texts(f"{part}_silent")),
        *(skill.example_nl for skill in metalektro().skills.values()),
        *(skill.meaning_nl for skill in metalektro().skills.values()),
        *(word for skill in metalektro().skills.values() for word in skill.alt_nl[:2]),
        *ODD,
    ]
    held: list[JsonValue] = ["iso-9606-1", "bhv", "nothing"]
    return [
        *(Case(f"text {place}", "text", {"text": text}) for place, text in enumerate(texts)),
        *(Case(f"job {name}", "job", {"job": name}) for name in list(profiles())[:5]),
        Case("certificates", "certificates", {"held": held}),
    ]


def _labelled(file: Entry, part: str) -> tuple[Entry, ...]:
    return file.entries(part, key="text")


def told(suggestions: tuple[Suggestion, ...]) -> JsonValue:
    """Suggestions as JSON."""
    return [
        {"skill": each.skill, "because": each.because, "told": [*each.told]} for each in suggestions
    ]


def certified(given: JsonObject) -> JsonValue:
    """What certificates prove."""
    held = given["held"]
    assert isinstance(held, list)
    return told(of_certificates(map(str, held)))


ANSWERS = {
    "text": lambda given: told(suggest(str(given["text"]))),
    "job": lambda given: told(of_job(profiles()[str(given["job"])])),
    "certificates": certified,
}
