"""Claim cards for a class and, on sheets of their own, the PINs that belong to them.

A card holds a link and no PIN, a strip a PIN and no link: whoever finds one of the two has nothing.
"""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from credentials.encoding import JsonObject, JsonValue
from schemas.messages import sentence
from service.dates import in_words, local_day
from service.qr import qr_rows
from service.typesetting import NOTO, document

LAYOUTS = Path(__file__).parent

CARDS_A_SHEET = 8
"""Of 105 by 70 mm, with a code of 30 mm: 25 mm is what old telephones need."""

MAX_CARDS = 400
"""A year of one school on 50 sheets; larger classes are printed in parts."""


@dataclass(frozen=True, slots=True)
class ClaimCard:
    """One waiting proof.

    Attributes:
        number: ties card and strip together; it stays the same when a list is printed again.
        person: the name on the card.
        title: what waits, in the language of the sheet.
        link: what the code holds: the wallet's address with the offer, without a PIN.
        pin: six digits.
        until: when the offer ends.
    """

    number: int
    person: str
    title: str
    link: str
    pin: str = field(repr=False)
    until: datetime


@dataclass(frozen=True, slots=True)
class ClaimSheet:
    """The cards of one class.

    Attributes:
        group: how the institute calls the class.
        issuer: the name people read.
        printed_at: now.
        language: ``nl`` or ``en``.
        sample: the people are fictional, and the paper says so.
    """

    cards: tuple[ClaimCard, ...]
    group: str
    issuer: str
    printed_at: datetime
    language: str
    sample: bool = False


def cards_pdf(sheet: ClaimSheet, *, other_fonts: tuple[Path, ...] = NOTO) -> bytes:
    """The cards, eight on an A4 with cut marks.

    Raises:
        RejectedError: ``qr_too_large``: a link of more than 213 bytes.
    """
    return document(LAYOUTS / "claim_cards.typ", _cards(sheet), other_fonts=other_fonts)


def pins_pdf(sheet: ClaimSheet, *, other_fonts: tuple[Path, ...] = NOTO) -> bytes:
    """The PINs of the same cards in the same order, one strip each."""
    return document(LAYOUTS / "claim_pins.typ", _pins(sheet), other_fonts=other_fonts)


def _cards(sheet: ClaimSheet) -> JsonObject:
    language = sheet.language
    cards: list[JsonValue] = [
        {
            "person": card.person,
            "title": card.title,
            "rows": [*qr_rows(card.link)],
            "until": sentence("card.until", language, day=in_words(card.until, language)),
            "no": sentence("card.no", language, no=card.number),
            "alt": sentence("card.qr", language, no=card.number),
        }
        for card in sheet.cards
    ]
    texts: JsonObject = {
        key: sentence(f"card.{key}", language)
        for key in ("title", "cut", "ready", "do_1", "do_2", "do_apart", "do_3")
    }
    return _filled(sheet, cards, texts)


def _pins(sheet: ClaimSheet) -> JsonObject:
    language = sheet.language
    cards: list[JsonValue] = [
        {
            "person": card.person,
            "pin": card.pin,
            "number": card.number,
            "for": sentence("pin.for", language, no=card.number),
        }
        for card in sheet.cards
    ]
    texts: JsonObject = {
        "pins": sentence("pin.title", language),
        "order": sentence("pin.order", language),
        "apart": sentence("pin.apart", language),
        "how": sentence("pin.how", language),
        "ask": sentence("pin.ask", language, issuer=sheet.issuer),
    }
    return _filled(sheet, cards, texts)


def _filled(sheet: ClaimSheet, cards: list[JsonValue], texts: JsonObject) -> JsonObject:
    """What both layouts print."""
    language = sheet.language
    total = -(-len(cards) // CARDS_A_SHEET)
    return {
        "lang": language,
        "text": {**texts, "sample": sentence("document.sample", language)},
        "sample": sheet.sample,
        "issued": local_day(sheet.printed_at).isoformat(),
        "issuer": {"name": sheet.issuer},
        "group": sheet.group,
        "sheets": [
            sentence("card.sheet", language, page=page, total=total) for page in range(1, total + 1)
        ],
        "cards": cards,
    }
