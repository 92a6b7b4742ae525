"""Names of people in a class list: three columns, two, or one; Dutch prefixes; what is no name."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from issuer.class_list_faults import Action, Problem, Severity

PREFIXES: Final = frozenset(
    {
        *("van", "de", "den", "der", "'t", "\u2019t", "het", "ter", "ten", "te", "op", "in", "aan"),
        *("bij", "uit", "over", "onder", "tot", "voor", "von", "vom", "zu", "zum", "zur", "d'"),
        *("la", "le", "les", "du", "des", "da", "das", "do", "dos", "di", "del", "della", "el"),
        *("al", "bin", "bint", "ben", "ibn", "af", "av", "vd", "v.d.", "v/d", "vander", "y"),
    }
)
"""Words before a family name, as Dutch and other registers write them."""

_TWO: Final = 2
_THREE: Final = 3
_STRANGE = re.compile(r"[<>{}\[\]=|\\^#@$%&*_~?!:;0-9]")
_FAMILY_FIRST = re.compile(r"([^,]+),\s*([^,]+)")


@dataclass(frozen=True, slots=True)
class Name:
    """A name in its parts; ``prefix`` may be empty."""

    given: str
    prefix: str
    family: str

    @property
    def whole(self) -> str:
        """Given name, prefix and family name."""
        return " ".join(part for part in (self.given, self.prefix, self.family) if part)


def name_problem(text: str) -> Problem | None:
    """What makes a text no name: a sign that no name has, or not one letter."""
    if found := _STRANGE.search(text):
        return Problem("unsafe_content", variant="sign", words={"sign": found[0]})
    if text and not any(unicodedata.category(sign).startswith("L") for sign in text):
        return Problem("unsafe_content", variant="letters")
    return None


def split_name(text: str) -> tuple[Name | None, Problem | None]:
    """The parts of a whole name in one cell.

    "Velden, Ria van der" and "Ria van der Velden" have one meaning. Three words and no prefix
    have two: the last word is taken for the family name, and a person is asked.

    Returns:
        The name, or None where it cannot be split; and what is to be said about it.
    """
    if "," in text:
        name = _by_comma([part.strip() for part in text.split(",")])
        return (name, None) if name else (None, Problem("name_incomplete"))
    words = text.split()
    start = next((at for at in range(1, len(words) - 1) if _is_prefix(words[at])), None)
    if start is not None:
        end = start
        while end < len(words) - 1 and _is_prefix(words[end]):
            end += 1
        given, prefix, family = words[:start], words[start:end], words[end:]
        return Name(" ".join(given), " ".join(prefix), " ".join(family)), None
    if len(words) < _TWO:
        return None, Problem("name_incomplete")
    name = Name(" ".join(words[:-1]), "", words[-1])
    if len(words) == _TWO:
        return name, None
    better = f"{name.family}, {name.given}"
    ask = (Action.NEEDS_CONFIRMATION, Severity.WARNING, better)
    words_said = {"given": name.given, "family": name.family}
    return name, Problem("name_split", *ask, words=words_said)


def family_in_order(text: str, prefix: str) -> tuple[str, str]:
    """Prefix and family name of a cell like "Velden, van der", or with its prefix said twice."""
    if (found := _FAMILY_FIRST.fullmatch(text)) and not prefix and _all_prefix(found[2]):
        return found[2], found[1].strip()
    repeated = f"{prefix} ".casefold()
    if prefix and text.casefold().startswith(repeated):
        return prefix, text[len(repeated) :].strip()
    return prefix, text


def _is_prefix(word: str) -> bool:
    return word.casefold() in PREFIXES


def _all_prefix(text: str) -> bool:
    return all(_is_prefix(word) for word in text.split())


def _by_comma(parts: list[str]) -> Name | None:
    if not all(parts) or len(parts) > _THREE:
        return None
    if len(parts) == _THREE:
        family, one, other = parts
        if _all_prefix(one):
            return Name(other, one, family)
        return Name(one, other, family) if _all_prefix(other) else None
    family, given = parts
    words = given.split()
    first = len(words)
    while first > 1 and _is_prefix(words[first - 1]):
        first -= 1
    before = family.split()
    last = 0
    while last < len(before) - 1 and _is_prefix(before[last]):
        last += 1
    prefix = " ".join((*words[first:], *before[:last]))
    return Name(" ".join(words[:first]), prefix, " ".join(before[last:]))
