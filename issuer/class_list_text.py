"""Text in the cells of a class list: what hides, turns, calculates, or was read wrongly."""

import re
import unicodedata
from types import MappingProxyType
from typing import Final

from issuer.class_list_faults import Action, Problem, Severity
from schemas.elfproef import Spelling, suspected

MAX_CELL: Final = 2_000
"""Characters of one cell; the longest remark of the sample has 49."""

REMOVED: Final = "\ue000"
"""Stands, with how it was written, for a number that was not kept; no keyboard types it."""

_BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_UNSEEN = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u034f\u115f\u1160\u17b4\u17b5"
    "\u180b-\u180f\u200b-\u200d\u2028\u2029\u2060-\u2065\u206a-\u206f\u3164\ufeff"
    "\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff\ue000-\uf8ff]"
)
_LINE_SIGNS = re.compile("[\t\n\r]")
_SIGNED_NUMBER = re.compile(r"[+\-\uff0b\uff0d]\s*\(?\d[\d\s().,/\-]*")
_FORMULA_SIGNS = {
    **dict.fromkeys("=\uff1d", "="),
    **dict.fromkeys("+\uff0b", "+"),
    **dict.fromkeys("-\uff0d", "-"),
    **dict.fromkeys("@\uff20", "@"),
    **dict.fromkeys("\t\r", "tab"),
}
_CELL_ERRORS = frozenset(
    {
        *("#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!"),
        *("#N/B", "#VERW!", "#WAARDE!", "#NAAM?", "#DEEL/0!", "#GETAL!", "#LEEG!"),
    }
)
_NINE_DIGITS = re.compile(r"\d(?:\D{0,20}\d){8}")

# UTF-8 that was read as windows-1252: a lead byte and its followers, each as one character.
_FOLLOWERS = "".join(
    re.escape(bytes([code]).decode("windows-1252"))
    if code not in {0x81, 0x8D, 0x8F, 0x90, 0x9D}
    else chr(code)
    for code in range(0x80, 0xC0)
)
_MISREAD = re.compile(
    f"[\u00c2-\u00df][{_FOLLOWERS}]|[\u00e0-\u00ef][{_FOLLOWERS}]{{2}}|[\u00f0-\u00f4][{_FOLLOWERS}]{{3}}"
)


def text_problem(cell: str, *, name: bool, number: bool, email: bool) -> Problem | None:
    """The first thing that makes a cell unfit to be used or shown, or None.

    Args:
        cell: as it stands in the file.
        name: part of a person's name, so that the sentence speaks of a name.
        number: a declared number, in which nine digits are to be confirmed, not refused.
        email: an address, in which a leading @ is a slip and no formula.
    """
    if cell.startswith(REMOVED):
        return Problem("bsn_suspected", variant=_spelling(cell))
    variant = "name" if name else "field"
    if not (cell.isascii() and cell.isprintable()):
        cell = repaired(cell)  # misread UTF-8 looks like control characters
        hidden = _hidden(cell, one_line=name or email)
        if hidden is not None:
            return Problem(hidden[0], variant=variant, words=hidden[1])
    sign = _formula_sign(cell, name=name, email=email)
    if sign is not None:
        return Problem("formula_injection", variant=variant, words={"sign": sign})
    if len(cell) > MAX_CELL:
        return Problem("text_too_long", words={"limit": str(MAX_CELL)})
    if "\ufffd" in cell:
        return Problem("mojibake_suspected", variant="lost")
    return _personal_number(cell, number=number) if _NINE_DIGITS.search(cell) else None


def _personal_number(cell: str, *, number: bool) -> Problem | None:
    spelling = suspected(cell)
    if spelling is None:
        return None
    if number:
        return Problem("number_confirm", Action.NEEDS_CONFIRMATION, Severity.WARNING)
    return Problem("bsn_suspected", variant=spelling.value)


def without_number(cell: str) -> str:
    """The cell, or a mark where it holds what may be a citizen service number: that is not kept."""
    spelling = suspected(cell) if _NINE_DIGITS.search(cell) else None
    return cell if spelling is None else REMOVED + spelling


def kept_text(cell: str) -> str:
    """What a person may see of a cell: nothing where a number was not kept."""
    return "" if cell.startswith(REMOVED) else cell


def _spelling(mark: str) -> Spelling:
    written = mark.removeprefix(REMOVED)
    return Spelling(written) if written in set(Spelling) else Spelling.PLAIN


def cleaned(cell: str) -> str:
    """A cell without outer and repeated blanks, in the usual composed form; "-" means empty.

    A quote that an export put before a sign of a formula is taken off again.
    """
    if cell.isascii():
        text = " ".join(cell.split())
    else:
        text = " ".join(unicodedata.normalize("NFC", cell).split())
    if len(text) > 1 and text[0] == "'" and text[1] in _FORMULA_SIGNS:
        text = text[1:]
    return "" if text == "-" else text


def repaired(text: str) -> str:
    """Text whose UTF-8 was once or twice read as windows-1252, as it was meant."""
    for _ in range(2):
        better = _MISREAD.sub(_reread, text)
        if better == text:
            break
        text = better
    return unicodedata.normalize("NFC", text)


def misread(text: str) -> Problem | None:
    """The question whether a name is right as repaired, or None where it needs no repair."""
    better = repaired(text)
    if text.isascii() or better == text or not better.isprintable():
        return None
    return Problem(
        "mojibake_suspected",
        Action.NEEDS_CONFIRMATION,
        Severity.WARNING,
        normalised_to=better,
        variant="name",
        words=MappingProxyType({"better": better}),
    )


def is_spreadsheet_error(cell: str) -> bool:
    """Whether a cell holds what Excel shows instead of a value, in Dutch or English."""
    text = cell.strip()
    return text[:1] == "#" and (text.upper() in _CELL_ERRORS or not text.strip("#"))


def _hidden(cell: str, *, one_line: bool) -> tuple[str, dict[str, str]] | None:
    if _BIDI.search(cell):
        return "bidi_control", {}
    found = _UNSEEN.search(cell)
    if found is None and one_line:
        found = _LINE_SIGNS.search(cell.strip())
    if found is None:
        return None
    code = ord(found[0])
    return "control_character", {"mark": "NUL" if code == 0 else f"U+{code:04X}"}


def _formula_sign(cell: str, *, name: bool, email: bool) -> str | None:
    """The sign with which a spreadsheet would take the cell for a formula.

    A signed number is none, but no name either: there it would be a formula once exported.
    """
    start = cell.lstrip(" \n\u00a0\"'")
    sign = _FORMULA_SIGNS.get(start[:1])
    rest = start[1:].strip()
    if sign is None or (not rest and sign != "="):
        return None
    if sign in "+-" and not name and _SIGNED_NUMBER.fullmatch(start.strip()):
        return None
    if sign == "@" and email and re.fullmatch(r"[\w.-]+", rest):
        return None
    return sign


def _reread(found: re.Match[str]) -> str:
    octets = b"".join(
        sign.encode("latin-1") if ord(sign) < 0x100 else sign.encode("windows-1252")  # noqa: PLR2004
        for sign in found[0]
    )
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError:
        return found[0]
