"""Codes are read back by another library, from pixels."""

import io
import re

import pytest
import zxingcpp
from PIL import Image, ImageDraw

from credentials.errors import RejectedError
from service.qr import MAX_QR_BYTES, QUIET_ZONE, qr_png, qr_svg, qr_terminal

LINK = "http://localhost:8002/receive?credential_offer_uri=https%3A%2F%2Fissuer.skillspass.example%2Foffers%2FkQ7mZ2vT9x"


def read(image: Image.Image) -> str:
    """What a camera app would read."""
    found = zxingcpp.read_barcodes(image)
    assert len(found) == 1
    return str(found[0].text)


def drawn(svg: str, *, module: int = 6) -> Image.Image:
    """The rectangles of the SVG as pixels."""
    size = int(re.findall(r'viewBox="0 0 (\d+) ', svg)[0])
    image = Image.new("RGB", (size * module, size * module), "white")
    pen = ImageDraw.Draw(image)
    for x, y, width in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", svg):
        left, top = int(x) * module, int(y) * module
        pen.rectangle((left, top, left + int(width) * module - 1, top + module - 1), fill="black")
    return image


@pytest.mark.parametrize("text", [LINK, "a", "a" * MAX_QR_BYTES, 'Ayşe & co <x> "y"'])
def test_a_code_is_read_back_from_svg_and_png(text: str) -> None:
    assert read(drawn(qr_svg(text, "code"))) == text
    assert read(Image.open(io.BytesIO(qr_png(text)))) == text


def test_a_code_has_its_quiet_zone_and_is_dark_on_white() -> None:
    svg = qr_svg(LINK, "Je code")
    starts = [
        (int(x), int(y)) for x, y in re.findall(r"M(\d+) (\d+)h", svg.split('fill="#12191c"')[1])
    ]
    assert min(min(x, y) for x, y in starts) == QUIET_ZONE
    assert 'fill="#fff"' in svg


def test_a_reader_hears_the_label_and_markup_in_it_stays_text() -> None:
    assert 'role="img" aria-label="Je code"' in qr_svg(LINK, "Je code")
    assert "<b>" not in qr_svg(LINK, '"><b>')


def test_a_code_too_dense_for_old_telephones_is_refused() -> None:
    for make in (lambda text: qr_svg(text, "x"), qr_png, qr_terminal):
        with pytest.raises(RejectedError, match="qr_too_large"):
            make("a" * (MAX_QR_BYTES + 1))
        with pytest.raises(RejectedError, match="qr_too_large"):
            make("ş" * (MAX_QR_BYTES // 2 + 1))


def test_a_terminal_shows_the_code_in_half_blocks() -> None:
    lines = qr_terminal(LINK).splitlines()
    assert len({len(line) for line in lines if line}) == 1
    assert set("".join(lines)) <= set(" █▀▄\N{NO-BREAK SPACE}")
