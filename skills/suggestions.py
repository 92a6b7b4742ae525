"""Skills that a worker did not name: from own Dutch text, a job or certificates (R3, R19).

A lexical search that runs on the worker's device: phrases of the framework and everyday words,
found by stem, with the reason why. Nothing is saved here, and where no skill is named nothing is
suggested.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from skills.framework import Framework, Skill, metalektro
from skills.profiles import Profile
from skills.words import Lexicon, Token, atoms, claimed, fold, lexicon, sentences, stem

LIMIT = 6
"""Suggestions of one text: what fits a phone's screen."""

_WEIGHTS = ((1, 100), (2, 90), (3, 82), (4, 75), (6, 66), (9, 57), (14, 48), (24, 38))
_COMMONEST = 25
_WEAK = 3  # tenths of its weight that a weak word counts
_TYPED = 8  # tenths that a word with a typing fault counts
_COVERED = 60  # percent of a phrase that must be there
_LEAST = 20  # what the best phrase must be worth
_SHARE = 20  # percent of the best score below which a skill is left out
_ALSO = 3  # tenths that further words count
_SUPPORT = 15  # percent that words of example and meaning count
_ARTICLES = frozenset({"de", "het", "een", "t", "n"})
_BETWEEN = frozenset({"te", "moet", "kan", "mag", "wil", "moeten", "kunnen"})  # "uit te lijnen"
_SMALL = 10  # what a small word of a phrase counts
_FUZZY = 5
_FUZZY_TWICE = 10


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One skill that may fit.

    Attributes:
        because: ``words`` (the text), ``job`` or ``certificate``.
        told: the words as they were written, or the name of the job or certificate.
    """

    skill: str
    because: str
    told: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Found:
    """One stem of a sentence: how surely it was read (tenths) and the words it came from."""

    sure: int
    places: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Reading:
    """What a sentence claims.

    Attributes:
        found: the stems.
        row: stems and small words (``=op``) in their order, between blanks.
        home: it is about daily life.
    """

    found: Mapping[str, _Found]
    row: str
    home: bool


class Search:
    """The framework's skills, prepared to be found by words."""

    def __init__(self, framework: Framework, known: Lexicon) -> None:
        """Take every phrase apart and weigh its words."""
        self._known = known
        self._skills = tuple(framework.skills)
        usual = {skill: place for place, skill in enumerate(known.usual)}
        self._ties = [usual.get(skill, len(usual)) for skill in self._skills]
        phrases = [
            _phrases(skill, known.words.get(skill.id, ())) for skill in framework.skills.values()
        ]
        self._phrases = [
            [terms for phrase in each if (terms := self._terms(phrase))] for each in phrases
        ]
        self._bags = [
            frozenset(self._terms(f"{skill.example_nl} {skill.meaning_nl}"))
            for skill in framework.skills.values()
        ]
        self._weights = self._weighed()
        self._places: Mapping[str, list[int]] = self._indexed()

    def suggest(self, text: str, *, limit: int = LIMIT) -> tuple[Suggestion, ...]:
        """The skills that a text names, best first; empty where it names none."""
        scores: dict[int, int] = {}
        told: dict[int, tuple[str, ...]] = {}
        for tokens in sentences(text):
            kept = claimed(tokens, self._known)
            flat = [token for clause in kept for token in clause]
            reading = self._read(kept)
            named = {one for term in reading.found for one in self._places.get(term, ())}
            for place in sorted(named):
                score, places = self._score(place, reading)
                if score > scores.get(place, 0):
                    scores[place] = score
                    words = (flat[each].surface for each in places)
                    told[place] = tuple(dict.fromkeys(words))
        best = max(scores.values(), default=0)
        order = sorted(scores, key=lambda place: (-scores[place], self._ties[place], place))
        return tuple(
            Suggestion(self._skills[place], "words", told[place])
            for place in order[:limit]
            if scores[place] * 100 >= best * _SHARE
        )

    def _terms(self, phrase: str) -> tuple[str, ...]:
        """The stems of a phrase; one content word alone keeps the small words it stands with."""
        stop, upper = self._known.stop, self._known.upper
        words = [*filter(None, map(fold, phrase.replace("/", " ").replace("-", " ").split()))]
        kept = [word for word in words if word not in stop or word.upper() in upper]
        found = tuple(dict.fromkeys(each for word in kept for each in atoms(word, self._known)))
        if len(kept) != 1 or len(words) == 1:
            return found
        return tuple(
            each
            for word in words
            if word not in _ARTICLES
            for each in (found if word == kept[0] else (f"={word}",))
        )

    def _weighed(self) -> dict[str, int]:
        named: dict[str, set[int]] = defaultdict(set)
        told: dict[str, set[int]] = defaultdict(set)
        for place, (phrases, bag) in enumerate(zip(self._phrases, self._bags, strict=True)):
            for phrase in phrases:
                for term in phrase:
                    if term[0] != "=":
                        named[term].add(place)
            for term in bag:
                told[term].add(place)
        weights = {}
        for term in {**told, **named}:
            often = len(named.get(term) or told[term])
            weight = next((worth for most, worth in _WEIGHTS if often <= most), _COMMONEST)
            weights[term] = weight * _WEAK // 10 if term in self._known.weak else weight
        return weights

    def _indexed(self) -> dict[str, list[int]]:
        places: dict[str, list[int]] = defaultdict(list)
        for place, phrases in enumerate(self._phrases):
            for term in dict.fromkeys(term for phrase in phrases for term in phrase):
                if term in self._weights:
                    places[term].append(place)
        return dict(places)

    def _read(self, kept: Sequence[Sequence[Token]]) -> _Reading:
        """The stems of the clauses, each with the place of its word among all kept words."""
        found: dict[str, _Found] = {}
        row: list[str] = []
        place = 0
        for clause in kept:
            start = place
            for offset, token in enumerate(clause):
                read = self._stems(clause, offset)
                for term, sure in read:
                    if sure > (found[term].sure if term in found else 0):
                        found[term] = _Found(sure, (place,))
                for term, other in self._joined(clause, offset):
                    found.setdefault(term, _Found(10, (place, start + other)))
                if token.key not in _ARTICLES:
                    row.extend([term for term, _ in read] or [f"={token.key}"])
                place += 1
        home = any(token.key in self._known.home for clause in kept for token in clause)
        return _Reading(found, f" {' '.join(row)} ", home)

    def _stems(self, clause: Sequence[Token], offset: int) -> list[tuple[str, int]]:
        token, known = clause[offset], self._known
        if token.key == "last" and _beside_ik(clause, offset):
            return [(stem("lassen", known), 10)]  # a common spelling of "ik las"
        if token.key in known.stop and token.surface not in known.upper:
            return []
        read = []
        for term in atoms(token.key, known):
            if term in self._weights or term in known.common:
                read.append((term, 10))
            elif (near := self._near(term)) is not None:
                read.append((near, _TYPED))
        return read

    def _joined(self, clause: Sequence[Token], offset: int) -> list[tuple[str, int]]:
        """Verbs that are written apart: "lijn ... uit", "in te werken"."""
        token = clause[offset]
        joined = []
        for other, particle in enumerate(clause):
            if particle.key not in self._known.particles or other == offset:
                continue
            after = clause[other + 1].key if other + 1 < len(clause) else ""
            closes = other > offset and (not after or after in self._known.after)
            if closes or after in _BETWEEN:
                term = stem(particle.key + token.key, self._known)
                if term in self._places:
                    joined.append((term, other))
        return joined

    def _near(self, term: str) -> str | None:
        """The known stem that this one is a typing fault away from."""
        if len(term) < _FUZZY:
            return None
        most = 2 if len(term) >= _FUZZY_TWICE else 1
        near = [
            (distance, known)
            for known in self._places
            if known[0] == term[0]
            and len(known) >= _FUZZY
            and (distance := faults(term, known, most)) <= most
        ]
        return min(near)[1] if near else None

    def _score(self, place: int, reading: _Reading) -> tuple[int, tuple[int, ...]]:
        best, matched, used = 0, frozenset[str](), set[str]()
        for phrase in self._phrases[place]:
            here = self._told(phrase, reading)
            total = sum(self._weight(term) for term in phrase)
            worth = sum(self._weights[term] * reading.found[term].sure // 10 for term in here)
            worth += sum(_SMALL for term in phrase if here and term[0] == "=")
            covered = worth * 100 // total
            if covered < _COVERED:
                continue
            used |= here
            value = worth * covered * covered // 10_000
            if value > best:
                best, matched = value, here
        if best < _LEAST:
            return 0, ()
        also = sum(self._weights[term] for term in used - matched) * _ALSO // 10
        bag = (self._bags[place] & reading.found.keys()) - used
        support = sum(self._weights[term] for term in bag) * _SUPPORT // 100
        places = sorted({each for term in used for each in reading.found[term].places})
        return best + also + support, tuple(places)

    def _weight(self, term: str) -> int:
        return _SMALL if term[0] == "=" else self._weights[term]

    def _told(self, phrase: tuple[str, ...], reading: _Reading) -> frozenset[str]:
        """The words of a phrase that were told, where they may name its skill; else none.

        With small words a phrase must stand there as it is. Of a longer one a single word is too
        little, and weak words are; in a sentence about daily life a plain word is, too.
        """
        words = [term for term in phrase if term[0] != "="]
        here = frozenset(term for term in words if term in reading.found)
        if len(words) < len(phrase) and f" {' '.join(phrase)} " not in reading.row:
            return frozenset()
        if reading.home and here <= self._known.plain:
            return frozenset()
        if len(here) == len(words) or (len(here) > 1 and not here <= self._known.weak):
            return here
        return frozenset()


@cache
def metalektro_search() -> Search:
    """The search over the framework that comes with the project, prepared once."""
    return Search(metalektro(), lexicon())


def suggest(text: str, *, limit: int = LIMIT) -> tuple[Suggestion, ...]:
    """The skills of the project's framework that a Dutch text names, best first."""
    return metalektro_search().suggest(text, limit=limit)


def of_job(profile: Profile, language: str = "nl") -> tuple[Suggestion, ...]:
    """The skills of a job, what it asks before what is welcome."""
    name = (profile.label(language),)
    return tuple(
        Suggestion(each.skill, "job", name) for each in (*profile.required, *profile.optional)
    )


def of_certificates(
    certificates: Iterable[str], framework: Framework | None = None
) -> tuple[Suggestion, ...]:
    """The skills that certificates usually prove, in the order of the framework."""
    held = tuple(certificates)
    return tuple(
        Suggestion(skill.id, "certificate", proven)
        for skill in (framework or metalektro()).skills.values()
        if (proven := tuple(each for each in held if each in skill.certificates))
    )


def faults(one: str, other: str, most: int) -> int:
    """How many letters were added, left out, changed or swapped; ``most + 1`` for more."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        last, before, row = before, row, [i]
        for j, there in enumerate(other, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != there))
            swapped = i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == there
            row.append(min(cost, last[j - 2] + 1) if swapped else cost)
        if min(row) > most:
            return most + 1
    return row[-1]


def _beside_ik(clause: Sequence[Token], offset: int) -> bool:
    beside = (*clause[max(0, offset - 1) : offset], *clause[offset + 1 : offset + 2])
    return any(token.key == "ik" for token in beside)


def _phrases(skill: Skill, more: Iterable[str]) -> tuple[str, ...]:
    """The label without what stands in brackets, the everyday words and those of the search."""
    label, _, inner = skill.label_nl.partition("(")
    return (label, inner.rstrip(")"), *skill.alt_nl, *more)
