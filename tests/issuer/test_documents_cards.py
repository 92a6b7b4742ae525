"""Claim cards and PINs: two sheets that never tell each other's secret."""

import io
import re
from typing import Any

import pypdf
import pytest
import zxingcpp
from PIL import Image

from issuer.documents import cards
from issuer.documents.cards import ClaimSheet, cards_pdf, pins_pdf
from service.typesetting import pictures
from tests.issuer.paper_samples import sheet

CLASS = tuple(f"Cursist {number}" for number in range(1, 11))
PIXELS = 150


def words_of(pdf: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def card_pages(made: ClaimSheet) -> list[Image.Image]:
    """The pages of the cards as a printer would draw them."""
    found = pictures(cards.LAYOUTS / "claim_cards.typ", cards._cards(made), pixels_per_inch=PIXELS)
    return [Image.open(io.BytesIO(page)) for page in found]


def test_every_code_on_the_sheet_opens_its_own_offer() -> None:
    made = sheet(*CLASS)
    found = []
    for page in card_pages(made):
        for code in zxingcpp.read_barcodes(page):
            wide = code.position.top_right.x - code.position.top_left.x
            assert wide / PIXELS * 25.4 >= 25  # millimetres
            found.append(code.text)
    assert sorted(found) == sorted(card.link for card in made.cards)


@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_pin_and_a_code_never_stand_on_one_sheet(language: str) -> None:
    made = sheet(*CLASS, language=language)
    on_cards, on_pins = words_of(cards_pdf(made)), words_of(pins_pdf(made))
    for number, card in enumerate(made.cards, 1):
        assert card.person in on_cards
        assert card.person in on_pins
        spaced = re.compile(rf"{card.pin[:3]}\s*{card.pin[3:]}")
        assert spaced.search(on_pins)
        assert not spaced.search(on_cards)
        assert str(number) in on_pins
    figures = [
        kid
        for page in pypdf.PdfReader(io.BytesIO(pins_pdf(made))).pages
        for kid in page.get("/Resources", {}).get("/XObject", {})
    ]
    assert figures == []
    assert "paspoort.example" not in on_pins


def test_cards_come_eight_a_sheet_in_the_order_of_the_pins() -> None:
    made = sheet(*CLASS)
    for pdf in (cards_pdf(made), pins_pdf(made)):
        pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
        assert len(pages) == 2
        assert "vel 2 van 2" in pages[1].extract_text()
        assert "Cursist 8" in pages[0].extract_text()
        assert "Cursist 9" in pages[1].extract_text()


def test_long_and_hostile_names_keep_to_their_card() -> None:
    names = (
        "#panic[x] *y* $z$",
        "W" * 120,
        "Ria Maria Magdalena van der Velden-Wiśniewska",
        "محمد",
    )
    made = sheet(*names)
    for pdf in (cards_pdf(made), pins_pdf(made)):
        assert len(pypdf.PdfReader(io.BytesIO(pdf)).pages) == 1
        assert "#panic[x]" in words_of(pdf)


def test_a_pin_is_not_shown_by_accident() -> None:
    made = sheet("Noor Visser")
    assert made.cards[0].pin not in repr(made)


def test_both_sheets_are_tagged_and_archivable() -> None:
    for pdf in (cards_pdf(sheet("Noor Visser")), pins_pdf(sheet("Noor Visser"))):
        root: Any = pypdf.PdfReader(io.BytesIO(pdf)).root_object  # Any: the library's own tree
        assert b"pdfaid:part" in root["/Metadata"].get_object().get_data()
        assert "/StructTreeRoot" in root
