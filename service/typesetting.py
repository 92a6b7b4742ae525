"""Typesetting: our own layouts (``*.typ``) filled with data, as PDF/A-3a and PDF/UA-1, SVG or PNG.

What people typed travels as JSON beside the layout and is never read as markup. A layout is given
the shared ``typeset/lib.typ`` and nothing else: it opens no file and no connection.
"""

import json
import unicodedata
from collections.abc import Callable, Iterator
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Literal, cast

import typst

from credentials.encoding import JsonObject, JsonValue

SHARED = Path(__file__).parent / "typeset"
"""What all layouts share, and the house fonts (SIL OFL 1.1, licence beside them)."""

NOTO = (Path("/usr/share/fonts/truetype/noto"), Path("/usr/share/fonts/opentype/noto"))
"""Where Debian puts Noto: letters that the house fonts lack (packages fonts-noto-core, -cjk)."""

STANDARDS: "list[typst.PDFStandard]" = ["a-3a", "ua-1"]
"""ISO 19005-3, level a, which may carry the credential itself; ISO 14289-1 for screen readers."""

UNPRINTABLE = "[…]"
"""Stands on paper for letters that no font on this machine has; the paper then says so."""

_JOINERS = frozenset("\u200c\u200d")  # invisible, but they shape Persian and Indic names
_PROBE = b"""\
#set document(date: datetime(year: 2026, month: 1, day: 1))
#text(font: "Atkinson Hyperlegible Next", sys.inputs.text)"""

_Output = Literal["pdf", "svg", "png"]


def document(
    layout: Path, data: JsonObject, *, attached: str = "", other_fonts: tuple[Path, ...] = NOTO
) -> bytes:
    """Set a PDF; the same data give the same bytes.

    Args:
        layout: a ``.typ`` file of the role.
        data: what the layout reads; texts are only ever printed.
        attached: goes into the file as it is, where the layout attaches something.
        other_fonts: folders with fonts for letters that the house fonts lack.

    Raises:
        typst.TypstError: a fault in one of our layouts; data alone cannot cause it.
    """
    return _pages(layout, data, "pdf", attached=attached, other_fonts=other_fonts)[0]


def drawing(layout: Path, data: JsonObject) -> bytes:
    """Set a document of one page as SVG, its letters drawn as outlines."""
    return _pages(layout, data, "svg")[0]


def pictures(
    layout: Path, data: JsonObject, *, attached: str = "", pixels_per_inch: int
) -> list[bytes]:
    """Set each page as a PNG."""
    return _pages(layout, data, "png", attached=attached, pixels_per_inch=pixels_per_inch)


def _pages(
    layout: Path,
    data: JsonObject,
    output: _Output,
    *,
    attached: str = "",
    pixels_per_inch: int = 144,
    other_fonts: tuple[Path, ...] = NOTO,
) -> list[bytes]:
    clean = _each_text(data, tidied)
    fonts: tuple[Path, ...] = ()
    filled: JsonObject = {**clean, "other": [], "unprinted": False}
    if not _can_set("".join(text for text in _texts(clean) if not text.isascii()), ()):
        fonts, filled = other_fonts, _with_other_letters(clean, other_fonts)
    made = cast(
        "bytes | list[bytes]",  # a list where there are several pages that are no PDF
        typst.compile(  # type: ignore[call-overload]  # takes files by name as well; its types do not say so
            {"main.typ": layout.read_bytes(), "lib.typ": (SHARED / "lib.typ").read_bytes()},
            font_paths=_fonts(fonts),
            ignore_system_fonts=True,
            format=output,
            ppi=pixels_per_inch,
            sys_inputs={"data": json.dumps(filled, ensure_ascii=False), "attached": attached},
            pdf_standards=STANDARDS if output == "pdf" else [],
        ),
    )
    return made if isinstance(made, list) else [made]


@cache
def _fonts(others: tuple[Path, ...]) -> typst.Fonts:
    """The house fonts and those in ``others``; folders that are not there do no harm."""
    return typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[SHARED / "fonts", *others],
    )


def tidied(text: str) -> str:
    """A text as it is printed: composed letters, and nothing that hides, turns or breaks a line."""
    return "".join(
        " " if letter in "\t\n\r" else letter
        for letter in unicodedata.normalize("NFC", text)
        if letter in _JOINERS or letter in "\t\n\r" or unicodedata.category(letter)[0] != "C"
    )


def _each_text(node: JsonObject, change: Callable[[str], str]) -> JsonObject:
    def changed(value: JsonValue) -> JsonValue:
        if isinstance(value, str):
            return change(value)
        if isinstance(value, list):
            return [changed(item) for item in value]
        if isinstance(value, dict):
            return {name: changed(item) for name, item in value.items()}
        return value

    return {name: changed(value) for name, value in node.items()}


def _with_other_letters(data: JsonObject, others: tuple[Path, ...]) -> JsonObject:
    """Name the texts that need other fonts; leave out the letters that none of them has."""
    foreign: set[str] = set()
    left_out: set[str] = set()

    def settled(text: str) -> str:
        if _can_set(text, ()):
            return text
        if not _can_set(text, others):
            left_out.add(text)
            runs = groupby(text, key=lambda letter: _can_set(letter, others))
            text = "".join("".join(run) if good else UNPRINTABLE for good, run in runs)
        if not _can_set(text, ()):
            foreign.add(text)
        return text

    made = _each_text(data, settled)
    return {**made, "other": [*sorted(foreign)], "unprinted": bool(left_out)}


def _texts(node: JsonValue) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, list):
        for item in node:
            yield from _texts(item)
    elif isinstance(node, dict):
        for item in node.values():
            yield from _texts(item)


def _can_set(text: str, others: tuple[Path, ...]) -> bool:
    """Whether there is a glyph for every letter; the profile refuses a page with a gap."""
    if text.isascii():
        return True
    try:
        typst.compile(
            _PROBE,
            font_paths=_fonts(others),
            ignore_system_fonts=True,
            sys_inputs={"text": text},
            format="pdf",
            pdf_standards=["a-2u"],
        )
    except typst.TypstError:
        return False
    return True
