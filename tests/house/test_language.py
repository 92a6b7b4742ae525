"""Every text is plain (B1, R21): short sentences, and no word that only the trade knows."""

import re
from collections.abc import Iterator

import pytest

from schemas.messages import LANGUAGES, messages

MOST_WORDS = 15

TECHNICAL = {
    "nl": {
        "valideren": "nakijken",
        "verifiëren": "controleren",
        "credential": "bewijs",
        "competentie": "wat je kunt",
        "kwalificatie": "diploma of certificaat",
        "authenticatie": "inloggen",
        "autoriseren": "toestaan",
        "derden": "anderen",
        "indien": "als",
        "middels": "met",
        "dient te": "moet",
        "alsmede": "en",
        "betreffende": "over",
        "issuer": "wie dit bewijs gaf",
        "holder": "jij",
        "verifier": "wie het bekijkt",
        "token": "code",
        "hash": "kenmerk",
    },
    "en": {
        "credential": "proof",
        "verifier": "who looks at it",
        "holder": "you",
        "hash": "mark",
        "authentication": "sign in",
        "competence": "what you can do",
    },
}
"""A word that no screen shows, and the one to use; ``words.md`` of the domain is the source."""

FOLDERS = {"flow.export.readme"}
"""Names the folders of a file as they are called."""

NAMES = re.compile(r"\b(DID|VC|JWT|SD-JWT)\b")
PLACE = re.compile(r"\{\w+\}")
SENTENCES = re.compile(r"(?<=[.!?:;])\s+|\n+")
WORDS = re.compile(r"\S*\w\S*")

AS_IN_THE_SAMPLE = {"fault.bsn_suspected.spaced"}
"""The shared list of faults says it word for word."""

FOR_OPERATORS = ("error.config_", "error.data_")
"""Told to whoever starts a service; ``VC`` and ``token`` are words of that trade."""


def faults(text: str, language: str) -> Iterator[str]:
    """What is not plain in one text."""
    for part in SENTENCES.split(text):
        if len(WORDS.findall(part)) > MOST_WORDS:
            yield f"over {MOST_WORDS} words: {part}"
    bare = PLACE.sub("", text)
    for word, better in TECHNICAL[language].items():
        if re.search(rf"\b{re.escape(word)}", bare, re.IGNORECASE):
            yield f"{word}: say {better}"
    for found in NAMES.findall(bare.replace("VCA", "")):
        yield f"{found} is no word for a person"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_plain(language: str) -> None:
    texts = {key: text[language] for key, text in messages().items()}
    assert len(texts) > 1_000
    found = {key: [*faults(text, language)] for key, text in texts.items()}
    spared = {key for key in found if key.startswith(FOR_OPERATORS)} | AS_IN_THE_SAMPLE | FOLDERS
    assert {key: each for key, each in found.items() if each and key not in spared} == {}


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("en " * 16 + "klaar.", "nl"),
        ("Wij valideren je bewijs.", "nl"),
        ("Je Credential is klaar.", "nl"),
        ("Dit is een SD-JWT.", "en"),
        ("The holder is known.", "en"),
    ],
)
def test_what_is_not_plain_is_found(text: str, language: str) -> None:
    assert [*faults(text, language)]


def test_a_place_is_no_word() -> None:
    assert [*faults("{issuer} gaf dit bewijs.", "nl")] == []
