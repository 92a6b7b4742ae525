"""Cases of what an answer takes: needed groups, optional sets, and several of one query."""

from dataclasses import dataclass

from credentials.encoding import JsonObject, JsonValue
from credentials.openid4vc.dcql_query import parse_query
from tests.cases.case import Case
from wallet.holder.answering import Needs, check_chosen, needs_of


@dataclass(frozen=True, slots=True)
class Fit:
    """One of the credentials that would do for a query."""

    query_id: str
    place: int


def asked(*names: str, sets: list[JsonValue] | None = None, several: str = "") -> JsonObject:
    """A query with these ids; ``several`` may be answered more than once."""
    credentials: list[JsonValue] = [_one(name, several=name in several) for name in names]
    whole: JsonObject = {"credentials": credentials}
    return whole | {"credential_sets": sets} if sets else whole


def _one(name: str, *, several: bool) -> JsonObject:
    found: JsonObject = {"id": name, "format": "dc+sd-jwt", "meta": {"vct_values": ["urn:t"]}}
    return found | {"multiple": True} if several else found


def one_of(*options: list[JsonValue], required: bool = True) -> JsonValue:
    """A set."""
    return {"options": [*options], "required": required}


OPTIONAL = one_of(["b"], required=False)
PAIR = one_of(["b", "c"], required=False)
ALTERNATIVES = one_of(["a"], ["b"])

QUERIES: dict[str, tuple[JsonObject, JsonObject]] = {
    "all of them": (asked("a", "b"), {"a": 1, "b": 2}),
    "one is missing": (asked("a", "b"), {"a": 1, "b": 0}),
    "required-non-matching-credential": (asked("a"), {"a": 0}),
    "alternatives side by side": (asked("a", "b", sets=[ALTERNATIVES]), {"a": 1, "b": 2}),
    "one alternative": (asked("a", "b", sets=[ALTERNATIVES]), {"a": 0, "b": 1}),
    "the first option that can be given": (
        asked("a", "b", "c", sets=[one_of(["a", "c"], ["b", "c"], ["c"])]),
        {"a": 0, "b": 1, "c": 1},
    ),
    "an optional one": (asked("a", "b", sets=[one_of(["a"]), OPTIONAL]), {"a": 1, "b": 2}),
    "an optional one that is not held": (
        asked("a", "b", sets=[one_of(["a"]), OPTIONAL]),
        {"a": 1, "b": 0},
    ),
    "an optional pair": (
        asked("a", "b", "c", sets=[one_of(["a"]), PAIR]),
        {"a": 1, "b": 1, "c": 2},
    ),
    "half of an optional pair": (
        asked("a", "b", "c", sets=[one_of(["a"]), PAIR]),
        {"a": 1, "b": 1, "c": 0},
    ),
    "an optional one that is needed anyway": (
        asked("a", "b", sets=[one_of(["b"]), OPTIONAL]),
        {"a": 1, "b": 1},
    ),
    "two optional ones with one query": (
        asked("a", "b", "c", sets=[one_of(["a"]), OPTIONAL, PAIR]),
        {"a": 1, "b": 1, "c": 1},
    ),
    "nothing is needed": (asked("a", "b", sets=[OPTIONAL]), {"a": 1, "b": 1}),
    "an optional one where the needed is missing": (
        asked("a", "b", sets=[one_of(["a"]), OPTIONAL]),
        {"a": 0, "b": 1},
    ),
    "several": (asked("a", several="a"), {"a": 3}),
    "several of an optional one": (
        asked("a", "b", sets=[one_of(["a"]), OPTIONAL], several="b"),
        {"a": 1, "b": 2},
    ),
    "several of one alternative": (
        asked("a", "b", sets=[ALTERNATIVES], several="ab"),
        {"a": 2, "b": 2},
    ),
    "one credential for two sets": (
        asked("a", "b", sets=[one_of(["a"]), ALTERNATIVES]),
        {"a": 1, "b": 0},
    ),
}
"""By name the query, and how many credentials would do for each of its ids."""

CHOICES: dict[str, tuple[str, list[JsonValue]]] = {
    "nothing": ("all of them", []),
    "one of two": ("all of them", [["a", 0]]),
    "one of each": ("all of them", [["a", 0], ["b", 1]]),
    "two where one is asked": ("all of them", [["a", 0], ["b", 0], ["b", 1]]),
    "one that was not offered": ("all of them", [["a", 0], ["b", 7]]),
    "of a missing one": ("one is missing", [["a", 0]]),
    "the other alternative": ("alternatives side by side", [["b", 1]]),
    "both alternatives": ("alternatives side by side", [["a", 0], ["b", 0]]),
    "without the optional one": ("an optional one", [["a", 0]]),
    "with the optional one": ("an optional one", [["a", 0], ["b", 1]]),
    "the optional one alone": ("an optional one", [["b", 1]]),
    "both of an optional pair": ("an optional pair", [["a", 0], ["b", 0], ["c", 1]]),
    "one of an optional pair": ("an optional pair", [["a", 0], ["b", 0]]),
    "nothing where nothing is needed": ("nothing is needed", []),
    "an optional one where nothing is needed": ("nothing is needed", [["b", 0]]),
    "one of several": ("several", [["a", 1]]),
    "all of several": ("several", [["a", 0], ["a", 1], ["a", 2]]),
    "two of an optional one": ("several of an optional one", [["a", 0], ["b", 0], ["b", 1]]),
    "two of each alternative": ("several of one alternative", [["a", 0], ["a", 1], ["b", 0]]),
    "two of one alternative": ("several of one alternative", [["b", 0], ["b", 1]]),
    "one for two sets": ("one credential for two sets", [["a", 0]]),
}
"""By name the query, and what is chosen."""


def cases() -> list[Case]:
    """Everything of this subject."""
    needs = [
        Case(f"needs {name}", "needs", {"query": query, "have": have})
        for name, (query, have) in QUERIES.items()
    ]
    chosen = [
        Case(
            f"choose {name}",
            "choose",
            {"query": QUERIES[query][0], "have": QUERIES[query][1], "chosen": picked},
        )
        for name, (query, picked) in CHOICES.items()
    ]
    return [*needs, *chosen]


def needed(given: JsonObject) -> Needs[Fit]:
    """What the answer of a case takes."""
    query, have = given["query"], given["have"]
    assert isinstance(query, dict)
    assert isinstance(have, dict)
    fits = {name: [Fit(name, place) for place in range(int(str(n)))] for name, n in have.items()}
    return needs_of(parse_query(query), fits)


def told(group: tuple[Fit, ...]) -> JsonValue:
    """A group as JSON."""
    return [[one.query_id, one.place] for one in group]


def describe(given: JsonObject) -> JsonValue:
    """Groups, and optional sets."""
    found = needed(given)
    extras: list[JsonValue] = [[told(group) for group in extra] for extra in found.extras]
    return {"groups": [told(group) for group in found.groups], "extras": extras}


def choose(given: JsonObject) -> JsonValue:
    """Whether a choice makes an answer."""
    query, chosen = given["query"], given["chosen"]
    assert isinstance(query, dict)
    assert isinstance(chosen, list)
    pairs = [one for one in chosen if isinstance(one, list)]
    picked = [Fit(str(name), int(str(place))) for name, place in pairs]
    check_chosen(parse_query(query), needed(given), picked)
    return "a whole answer"


ANSWERS = {"needs": describe, "choose": choose}
