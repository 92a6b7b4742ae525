"""Dutch words for the search of skills: tokens, stems, compounds, and what a sentence denies.

Data: schemas/skills/words.yaml. Only whole numbers and ASCII keys, so that the wallet's TypeScript
gives the same answers.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType

from schemas import catalog
from schemas.files import Entry

MAX_TEXT = 2_000
"""Characters of a text that are read: a page; nobody tells more in one go."""

MAX_WORD = 40
"""Letters of a word that are taken apart; the longest of ours has 24."""

_MIN_PART = 3
_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")
_PLURAL = re.compile("(?<=[aiouyAIOUY])['\u2019][sS]$")
_END = re.compile(r"[.!?;\n]")
_BREAK = re.compile(r"[,:()\u2013\u2014]")
_SOUNDS = (
    *(("sch", "sk"), ("ij", "y"), ("ei", "y"), ("ch", "g"), ("ck", "k"), ("c", "k")),
    *(("qu", "kw"), ("x", "ks"), ("ph", "f"), ("th", "t"), ("ou", "au"), ("dt", "t")),
)
_SUFFIXES = (
    *("heden", "heid", "ingen", "ing", "tjes", "tje", "pjes", "pje", "jes", "je"),
    *("ers", "er", "en", "es", "e", "s"),
)
_VOWELS = frozenset("aeiouy")


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a text.

    Attributes:
        surface: as it was written.
        key: without case, marks and apostrophes.
        breaks: a comma or the like stands before it.
    """

    surface: str
    key: str
    breaks: bool


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What words.yaml holds; see there."""

    words: Mapping[str, tuple[str, ...]]
    same: Mapping[str, str]
    whole: frozenset[str]
    parts: frozenset[str]
    part_stems: frozenset[str] = field(default=frozenset())
    upper: frozenset[str] = field(default=frozenset())
    weak: frozenset[str] = field(default=frozenset())
    stop: frozenset[str] = field(default=frozenset())
    home: frozenset[str] = field(default=frozenset())
    plain: frozenset[str] = field(default=frozenset())
    common: frozenset[str] = field(default=frozenset())
    deny: frozenset[str] = field(default=frozenset())
    fine: tuple[str, ...] = ()
    idioms: tuple[str, ...] = ()
    persons: frozenset[str] = field(default=frozenset())
    links: frozenset[str] = field(default=frozenset())
    breaks: frozenset[str] = field(default=frozenset())
    particles: frozenset[str] = field(default=frozenset())
    after: frozenset[str] = field(default=frozenset())
    usual: tuple[str, ...] = ()


@cache
def lexicon() -> Lexicon:
    """The words that come with the project, read once."""
    return load(catalog.words())


def load(raw: Entry) -> Lexicon:
    """Make a lexicon of the raw data of words.yaml.

    Raises:
        DataFileError: a field is unknown, missing or wrong.
    """
    lists = ("whole", "parts", "upper", "weak", "stop", "home", "plain", "common", "deny")
    more = ("persons", "links", "breaks", "particles", "after")
    raw.only(("words", "same", "fine", "idioms", "usual", *lists, *more))
    words, same = raw.entry("words"), raw.entry("same")
    named = {name: frozenset(raw.texts(name)) for name in (*lists, *more)}
    bare = Lexicon(
        words=MappingProxyType({skill: words.texts(skill) for skill in words.fields}),
        same=MappingProxyType({form: same.text(form) for form in same.fields}),
        whole=named["whole"],
        parts=named["parts"],
        particles=named["particles"],
    )
    return Lexicon(
        words=bare.words,
        same=bare.same,
        fine=raw.texts("fine"),
        idioms=raw.texts("idioms"),
        usual=raw.texts("usual"),
        part_stems=_stems(named["parts"], bare),
        weak=_stems(named["weak"], bare),
        plain=_stems(named["plain"], bare),
        common=_stems(named["common"], bare),
        **{
            name: named[name] for name in ("whole", "parts", "upper", "stop", "home", "deny", *more)
        },
    )


def sentences(text: str) -> list[list[Token]]:
    """The sentences of a text as tokens; what lies beyond ``MAX_TEXT`` is not read."""
    found: list[list[Token]] = [[]]
    clean = unicodedata.normalize("NFC", text)[:MAX_TEXT]
    last = 0
    for match in _WORD.finditer(clean):
        between = clean[last : match.start()]
        if _END.search(between) and found[-1]:
            found.append([])
        surface = match.group()
        found[-1].append(Token(surface, fold(surface), bool(_BREAK.search(between))))
        last = match.end()
    return [each for each in found if each]


def fold(word: str) -> str:
    """A word as a key: lower case, no marks, no apostrophes; ASCII letters and digits alone."""
    plain = unicodedata.normalize("NFKD", _PLURAL.sub("", word)).lower()
    return "".join(letter for letter in plain if letter.isascii() and letter.isalnum())


def stem(key: str, known: Lexicon) -> str:
    """The stem of a folded word: one for all forms of a verb, a noun and who does it.

    Own rules, lighter than Snowball's: sounds that are written in two ways become one, doubled
    letters become single, one ending goes.
    """
    word = known.same.get(key, key)
    if word in known.whole:
        return _spelled(word)
    word = _participle(word, known)
    sounds = _spelled(word)
    if word.endswith("eer"):
        return sounds  # "controleer" is a verb, "frezer" is who does it
    for suffix in _SUFFIXES:
        rest = sounds.removesuffix(suffix)
        if rest != sounds and len(rest) >= _MIN_PART and not (suffix == "s" and rest[-1] in "ey"):
            sounds = rest
            break
    if len(sounds) > _MIN_PART and sounds[-1] == "t" and _ends_a_verb(sounds[:-1]):
        sounds = sounds[:-1]
    if sounds.endswith(("aid", "oid")):
        sounds = sounds[:-1]
    return sounds[:-1] + {"v": "f", "z": "s"}.get(sounds[-1:], sounds[-1:])


def atoms(key: str, known: Lexicon) -> tuple[str, ...]:
    """The stems of the parts of a compound; of another word its one stem."""
    word = known.same.get(key, key)
    if " " in word:
        return tuple(each for part in word.split() for each in atoms(part, known))
    if word not in known.whole and word not in known.parts and len(word) <= MAX_WORD:
        parts = _split(word, known)
        if parts:
            return parts
    return (stem(word, known),)


def clauses(tokens: Iterable[Token], known: Lexicon) -> list[list[Token]]:
    """The clauses of a sentence: cut at commas, at ``maar`` and the like, at a new ``en ik``."""
    found: list[list[Token]] = [[]]
    for token in tokens:
        again = token.key in {"ik", "wij", "we"} and [each.key for each in found[-1][-1:]] in (
            ["en"],
            ["of"],
            ["dus"],
        )
        if (token.breaks or again or token.key in known.breaks) and found[-1]:
            found.append([])
        found[-1].append(token)
    return [each for each in found if each]


def claimed(tokens: Iterable[Token], known: Lexicon) -> list[list[Token]]:
    """The clauses in which someone tells what they can: not denied, wished or another person's."""
    kept: list[list[Token]] = []
    for clause in clauses(tokens, known):
        keys = [token.key for token in clause]
        if _denied(keys, known):
            if keys[0] in {"dat", "daar"} and kept:
                kept.pop()  # "lassen, dat kan ik niet"
            continue
        if not (_wished(keys) or _others(keys, known)):
            kept.append(_literal(clause, known))
    return kept


def _literal(clause: list[Token], known: Lexicon) -> list[Token]:
    """A clause without its idioms: "last van" is no load."""
    keys = [token.key for token in clause]
    skipped: set[int] = set()
    for idiom in known.idioms:
        words = idiom.split()
        for start in range(len(keys) - len(words) + 1):
            if keys[start : start + len(words)] == words:
                skipped.update(range(start, start + len(words)))
    return [token for place, token in enumerate(clause) if place not in skipped]


def _denied(keys: list[str], known: Lexicon) -> bool:
    line = f" {' '.join(keys)} "
    for fine in known.fine:
        line = line.replace(f" {fine} ", " ")
    for place, key in enumerate(line.split()):
        if key in known.deny:
            # "die het niet doen": what is denied belongs to something else
            return not known.links & set(line.split()[1:place])
    return False


def _wished(keys: list[str]) -> bool:
    words = set(keys)
    wishes = words & {"wil", "wilde", "zou", "hoop", "willen"}
    goals = words & {"leren", "worden", "graag", "ooit", "liever", "beginnen"}
    return len(wishes) > 1 or bool(wishes and goals)


def _others(keys: list[str], known: Lexicon) -> bool:
    """Whether a clause is about someone else: "mijn broer last", "hij is frezer"."""
    if set(keys) & {"ik", "wij", "we", "mij", "ons"} or "me" in keys[1:]:
        return False
    if keys[0] in {"hij", "zij", "ze"}:
        return True
    owned = keys[0] in {"mijn", "mn", "me", "onze", "ons", "zijn", "haar", "de", "een"}
    return owned and len(keys) > 1 and keys[1] in known.persons


def _stems(words: Iterable[str], known: Lexicon) -> frozenset[str]:
    return frozenset(stem(fold(word), known) for word in words)


def _spelled(word: str) -> str:
    for written, sound in _SOUNDS:
        word = word.replace(written, sound)
    return "".join(
        letter for place, letter in enumerate(word) if place == 0 or letter != word[place - 1]
    )


def _participle(word: str, known: Lexicon) -> str:
    """``gelast`` is of ``las``, ``ingewerkt`` of ``inwerk``."""
    before = ""
    for particle in sorted(known.particles):
        if word.startswith(f"{particle}ge") and len(word) > len(particle) + _MIN_PART + 2:
            before = particle
    rest = word.removeprefix(before)
    verb = rest.removesuffix("e")
    if verb.startswith("ge") and verb[-1] in "dt" and len(verb) > _MIN_PART + 2:
        return before + verb[2:-1]
    return word


def _ends_a_verb(rest: str) -> bool:
    """Whether a ``t`` after this is the ending of a verb: ``zaag-t``, ``draai-t``."""
    return rest[-1] not in _VOWELS or rest.endswith(("ai", "oi"))


def _split(word: str, known: Lexicon) -> tuple[str, ...]:
    """Two or more parts with a linking ``s``, ``e`` or ``en``; empty where it is no compound."""
    for place in range(len(word) - _MIN_PART, _MIN_PART - 1, -1):
        head, tail = word[:place], word[place:]
        head = _head(head, known)
        if not head:
            continue
        last = stem(tail, known)
        if last in known.part_stems:
            return stem(head, known), last
        rest = _split(tail, known)
        if rest:
            return stem(head, known), *rest
    return ()


def _head(head: str, known: Lexicon) -> str:
    for link in ("", "s", "en", "e"):
        bare = head.removesuffix(link)
        if head.endswith(link) and bare in known.parts:
            return bare
    return ""
