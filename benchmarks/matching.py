"""One passport beside 3,000 functions, prepared once, against comparing them one by one.

The goal is 50 ms in Python. Both ways give the same counts before they are timed. The functions
are made from the framework's skills with a seed; no two ask the same.
"""

from collections.abc import Iterator
from random import Random
from statistics import median

from benchmarks.interleave import Contest, Work, alone
from skills.evidence import Entry, EntryKind, Statement, of_entry
from skills.framework import metalektro
from skills.matching import Fit, FunctionFit, Functions, compare
from skills.suggestions import suggest
from skills.vacancies import AskedSkill, RequirementSet

FUNCTIONS, REQUIRED, WELCOME, KNOWN, SEED = 3_000, 10, 6, 40, 7
TEXT = "ik las al 20 jaar plaatwerk en zet de machines zelf om"


def sets() -> list[RequirementSet]:
    """The functions: ten skills required and six welcome, each at a level of its own."""
    chance, skills = Random(SEED), sorted(metalektro().skills)  # noqa: S311 - the same each run
    made = []
    for number in range(FUNCTIONS):
        chosen = chance.sample(skills, REQUIRED + WELCOME)
        asked = tuple(
            AskedSkill(skill, chance.randint(1, 4), required=place < REQUIRED)
            for place, skill in enumerate(chosen)
        )
        made.append(RequirementSet(str(number), asked))
    return made


def passport() -> tuple[Statement, ...]:
    """Forty skills of one worker."""
    chance, skills = Random(SEED), sorted(metalektro().skills)  # noqa: S311 - the same each run
    levels = {skill: chance.randint(1, 4) for skill in chance.sample(skills, KNOWN)}
    return of_entry(Entry("own", EntryKind.WORK, levels))


def one_by_one(asked: list[RequirementSet], said: tuple[Statement, ...]) -> dict[str, FunctionFit]:
    """The same counts from the full answers, function by function."""
    found = {}
    for each in asked:
        fits = [(one.required, one.fit) for one in compare(said, each)]
        found[each.id] = FunctionFit(
            each.id,
            met=fits.count((True, Fit.MET)),
            partly=fits.count((True, Fit.PARTLY)),
            missing=fits.count((True, Fit.NOT_SHOWN)),
            welcome_met=fits.count((False, Fit.MET)),
        )
    return found


def contests() -> Iterator[Contest]:
    """All functions for one worker.

    Raises:
        AssertionError: the two ways do not agree.
    """
    asked, said = sets(), passport()
    functions = Functions(asked)
    if {each.id: each for each in functions.sorted_for(said)} != one_by_one(asked, said):
        raise AssertionError("both count the same")
    yield Contest(
        f"one passport beside {FUNCTIONS:,} functions",
        "one by one",
        lambda: functions.sorted_for(said),
        lambda: one_by_one(asked, said),
    )


def profile() -> dict[str, float]:
    """What a worker waits for: medians in microseconds."""
    asked, said = sets(), passport()
    functions = Functions(asked)
    parts: dict[str, Work] = {
        "one passport beside 3,000 functions": lambda: functions.sorted_for(said),
        "one passport beside one function, with why": lambda: compare(said, asked[0]),
        "skills proposed from one sentence": lambda: suggest(TEXT),
    }
    return {name: round(median(alone(work)), 1) for name, work in parts.items()}
