"""Citizen service numbers (BSN) in free text: nine digits that pass the elfproef.

One in eleven nine-digit numbers passes by chance. KvK numbers (eight digits) are never tested.
"""

import re
from enum import StrEnum
from itertools import pairwise

_DIGITS = re.compile(r"\d+")
_GAP = re.compile(r"\s{1,20}|[\s./\-_\u00b7\u2010-\u2015]{1,3}")
_LENGTH = 9


class Spelling(StrEnum):
    """How a suspected number was written."""

    PLAIN = "plain"
    SPACED = "spaced"
    BROKEN = "broken"


def passes_elfproef(digits: str) -> bool:
    """Whether nine digits pass the elfproef: 9a+8b+...+2h-i is a multiple of 11, and not zero."""
    if len(digits) != _LENGTH or not digits.isdecimal():
        return False
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    total = sum(weight * int(digit) for weight, digit in zip(weights, digits, strict=True))
    return total % 11 == 0 and any(int(digit) for digit in digits)


def suspected(text: str) -> Spelling | None:
    """How a number that may be a BSN is written in a text, or None where there is none.

    Whole groups of digits are joined over blanks, and over at most three dots or dashes; a longer
    row of digits (a telephone or account number) is not cut into pieces.
    """
    if len(text) < _LENGTH:
        return None
    groups = list(_DIGITS.finditer(text))
    for first, group in enumerate(groups):
        joined, end = group[0], group.end()
        for following in groups[first + 1 :]:
            if len(joined) >= _LENGTH or not _GAP.fullmatch(text, end, following.start()):
                break
            joined, end = joined + following[0], following.end()
        if passes_elfproef(joined):
            return _spelling(text[group.start() : end])
    return None


def _spelling(written: str) -> Spelling:
    gaps = [written[one.end() : two.start()] for one, two in pairwise(_DIGITS.finditer(written))]
    if not gaps:
        return Spelling.PLAIN
    return Spelling.SPACED if all(gap.isspace() for gap in gaps) else Spelling.BROKEN
