"""Baked badges: a credential inside an image, read strictly or not at all."""

import json
import struct
import tracemalloc
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials import badge_images
from credentials.badge_images import (
    MAX_ELEMENTS,
    MAX_IMAGE_BYTES,
    NAMESPACE,
    bake_png,
    bake_svg,
    read_image,
    read_png,
    read_svg,
)
from credentials.encoding import JsonObject
from credentials.errors import CredentialError, MalformedError
from credentials.model import Wire

DOCUMENT: JsonObject = {"name": "Lasser ]]> caf\u00e9 \u2603 <&\"'", "proof": {"type": "x"}}
TOKEN = "eyJhbGciOiJFUzI1NiJ9.e30.c2ln"


def chunk(kind: bytes, body: bytes = b"") -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


SIGNATURE = b"\x89PNG\r\n\x1a\n"
HEADER = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
DATA = chunk(b"IDAT", zlib.compress(b"\0\0"))
END = chunk(b"IEND")
PNG = SIGNATURE + HEADER + DATA + END
TEXT = b"openbadgecredential\0\0\0\0\0"
SVG = b"""<?xml version="1.0" encoding="UTF-8"?>
<!-- a badge -->
<svg xmlns="http://www.w3.org/2000/svg" viewBox='0 0 8 8' data-a="/>"><g><circle r="4"/></g></svg>
"""


def svg(inside: str, attributes: str = f'xmlns:openbadges="{NAMESPACE}"') -> bytes:
    return f'<svg xmlns="http://www.w3.org/2000/svg" {attributes}>{inside}</svg>'.encode()


def code_of(image: bytes) -> str:
    with pytest.raises(MalformedError) as refused:
        read_image(image)
    return refused.value.code


@pytest.mark.parametrize("credential", [DOCUMENT, TOKEN], ids=["document", "token"])
def test_what_was_baked_is_read_back_from_both_formats(credential: Wire) -> None:
    assert read_image(bake_png(PNG, credential)) == credential
    assert read_image(bake_svg(SVG, credential)) == credential


def test_the_picture_itself_is_unchanged() -> None:
    baked = bake_png(PNG, DOCUMENT)
    start = len(SIGNATURE) + len(HEADER)
    assert baked.startswith(SIGNATURE + HEADER)
    assert baked.endswith(DATA + END)
    assert baked[start + 4 : start + 8] == b"iTXt"
    baked = bake_svg(SVG, TOKEN)
    assert baked.endswith(b'<g><circle r="4"/></g></svg>\n')
    assert baked.startswith(b'<?xml version="1.0" encoding="UTF-8"?>\n<!-- a badge -->\n<svg ')
    assert f'data-a="/>" xmlns:openbadges="{NAMESPACE}"'.encode() in baked


def test_an_empty_drawing_and_one_with_a_prefix_can_be_baked() -> None:
    empty = b'<svg xmlns="http://www.w3.org/2000/svg"/>'
    assert read_svg(bake_svg(empty, DOCUMENT)) == DOCUMENT
    prefixed = b'<s:svg xmlns:s="http://www.w3.org/2000/svg"><s:g/></s:svg>'
    assert read_svg(bake_svg(prefixed, TOKEN)) == TOKEN
    known = svg("<g/>")
    assert bake_svg(known, TOKEN).count(NAMESPACE.encode()) == 1
    with pytest.raises(MalformedError, match="svg_malformed"):
        bake_svg(svg("<g/>", 'xmlns:openbadges="https://other.example"'), TOKEN)


def test_an_image_is_baked_once() -> None:
    for bake, image in ((bake_png, PNG), (bake_svg, SVG)):
        with pytest.raises(MalformedError, match="badge_ambiguous"):
            bake(bake(image, DOCUMENT), TOKEN)


def test_an_image_without_a_credential_has_none() -> None:
    assert code_of(PNG) == "badge_missing"
    assert code_of(SVG) == "badge_missing"
    other = SIGNATURE + HEADER + chunk(b"iTXt", b"openbadges\0\0\0\0\0{}") + DATA + END
    assert code_of(other) == "badge_missing"


GOOD = chunk(b"iTXt", TEXT + b"{}")


@pytest.mark.parametrize(
    ("image", "code"),
    [
        (SIGNATURE + HEADER + GOOD + GOOD + DATA + END, "badge_ambiguous"),
        (SIGNATURE + HEADER + GOOD + DATA + END + b"\0", "png_malformed"),
        (SIGNATURE + HEADER + GOOD + DATA + END + PNG, "png_malformed"),
        (SIGNATURE + HEADER + GOOD + DATA, "png_malformed"),
        (SIGNATURE + HEADER + GOOD + END, "png_malformed"),
        (SIGNATURE + GOOD + HEADER + DATA + END, "png_malformed"),
        (SIGNATURE + HEADER + HEADER + GOOD + DATA + END, "png_malformed"),
        (SIGNATURE + chunk(b"IHDR", b"\0") + GOOD + DATA + END, "png_malformed"),
        (SIGNATURE + HEADER + GOOD + DATA + chunk(b"IEND", b"\0"), "png_malformed"),
        (SIGNATURE + HEADER + GOOD[:-1] + b"\0" + DATA + END, "png_malformed"),
        (SIGNATURE + HEADER + chunk(b"i\0Xt", b"") + GOOD + DATA + END, "png_malformed"),
        (SIGNATURE + HEADER + b"\xff\xff\xff\xffiTXt" + GOOD + DATA + END, "png_malformed"),
        (
            SIGNATURE
            + HEADER
            + chunk(b"iTXt", b"openbadgecredential\0\1\0\0\0" + zlib.compress(b"{}"))
            + DATA
            + END,
            "png_malformed",
        ),
        (
            SIGNATURE + HEADER + chunk(b"iTXt", b"openbadgecredential\0\0\0nl\0\0{}") + DATA + END,
            "png_malformed",
        ),
        (
            SIGNATURE + HEADER + chunk(b"iTXt", TEXT + b"<script>") + DATA + END,
            "token_malformed",
        ),
        (
            SIGNATURE + HEADER + chunk(b"iTXt", TEXT + b'{"a":1,"a":2}') + DATA + END,
            "json_duplicate_key",
        ),
        (SIGNATURE + HEADER + chunk(b"iTXt", TEXT + b"a" * 600_000) + DATA + END, "too_large"),
        (SIGNATURE + HEADER + chunk(b"tEXt") * 10_000 + DATA + END, "png_malformed"),
        (SIGNATURE + bytes(MAX_IMAGE_BYTES), "too_large"),
    ],
    ids=range(19),
)
def test_a_png_that_two_readers_could_read_differently_is_refused(image: bytes, code: str) -> None:
    assert read_png(SIGNATURE + HEADER + GOOD + DATA + END) == {}
    assert code_of(image) == code


CREDENTIAL = "<openbadges:credential>{}</openbadges:credential>"
SWELLING = (
    '<!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    '<svg xmlns="http://www.w3.org/2000/svg">&b;</svg>'
)


@pytest.mark.parametrize(
    ("image", "code"),
    [
        (svg(CREDENTIAL * 2), "badge_ambiguous"),
        (svg(f"<g>{CREDENTIAL}</g>"), "svg_malformed"),
        (svg("<openbadges:credential><g/></openbadges:credential>"), "svg_malformed"),
        (
            svg(f'<openbadges:credential verify="{TOKEN}">{{}}</openbadges:credential>'),
            "badge_ambiguous",
        ),
        (svg("<openbadges:credential></openbadges:credential>"), "token_malformed"),
        (svg('<openbadges:credential verify="a b"/>'), "token_malformed"),
        (svg(CREDENTIAL, 'xmlns:openbadges="https://other.example"'), "badge_missing"),
        (svg(CREDENTIAL, ""), "svg_malformed"),
        (b"<html></html>", "svg_malformed"),
        (b"", "svg_malformed"),
        (SVG[:-8], "svg_malformed"),
        (SVG + b"<svg/>", "svg_malformed"),
        (SWELLING.encode(), "svg_malformed"),
        (SVG.decode().encode("utf-16"), "svg_malformed"),
        (svg("<g>" * 200 + "</g>" * 200), "too_large"),
        (svg("<g/>" * (MAX_ELEMENTS + 1)), "too_large"),
        (SVG + b" " * MAX_IMAGE_BYTES, "too_large"),
    ],
    ids=range(17),
)
def test_an_svg_that_two_readers_could_read_differently_is_refused(image: bytes, code: str) -> None:
    assert read_svg(svg(CREDENTIAL)) == {}
    assert code_of(image) == code


def test_a_document_type_is_refused_before_anything_swells() -> None:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    bomb = f'<!DOCTYPE svg [<!ENTITY e0 "aaaaaaaaaa">{entities}]><svg>&e11;</svg>'
    tracemalloc.start()
    assert code_of(bomb.encode()) == "svg_malformed"
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1_000_000


@pytest.mark.parametrize("token", ['a"b', "a b", "", "a<b", "a\u00e9"])
def test_what_is_no_token_is_not_baked(token: str) -> None:
    for bake, image in ((bake_png, PNG), (bake_svg, SVG)):
        assert bake(image, TOKEN)
        with pytest.raises(MalformedError, match="token_malformed"):
            bake(image, token)


@given(st.dictionaries(st.text(max_size=8), st.text(max_size=20), max_size=4))
def test_any_document_survives_both_images(document: dict[str, str]) -> None:
    assert read_png(bake_png(PNG, {**document})) == document
    assert read_svg(bake_svg(SVG, {**document})) == document


@given(st.binary(max_size=120) | st.binary(max_size=80).map(SIGNATURE.__add__))
def test_any_octets_are_an_image_with_a_credential_or_our_error(octets: bytes) -> None:
    with pytest.raises(CredentialError):
        read_image(octets)


@given(st.integers(0, 400), st.integers(0, 255))
def test_one_changed_octet_gives_another_reading_or_our_error(place: int, octet: int) -> None:
    for image in (bake_png(PNG, DOCUMENT), bake_svg(SVG, DOCUMENT)):
        spoiled = bytearray(image)
        spoiled[place % len(image)] = octet
        try:
            json.dumps(read_image(bytes(spoiled)))
        except CredentialError as error:
            assert error.code in {  # noqa: PT017 - which one depends on the place
                "svg_malformed",
                "png_malformed",
                "badge_missing",
                "token_malformed",
                "json_malformed",
                "json_duplicate_key",
            }


def test_the_limits_leave_room_for_a_real_badge() -> None:
    large: JsonObject = {"photo": "a" * 400_000}
    assert read_image(bake_png(PNG, large)) == large
    assert badge_images.MAX_IMAGE_BYTES > 2 * 1024 * 1024
