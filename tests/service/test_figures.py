"""Counts: only of quarters that are over, and never of fewer than ten people, also not by sums."""

from datetime import UTC, datetime, timedelta
from itertools import chain, combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.errors import RejectedError
from service.figures import (
    TOLD_QUARTERS,
    Figures,
    Group,
    K,
    Quarter,
    closed,
    document,
    figures,
    quarter_of,
    require_wanted,
)

THIRD = Quarter(2026, 3)
START = datetime(2025, 1, 1, tzinfo=UTC)

Happened = tuple[datetime, str, int]
"""When, of which kind, and to whom."""

EVENTS = st.lists(
    st.tuples(
        st.integers(0, 3 * 365).map(lambda day: START + timedelta(days=day)),
        st.sampled_from(["vca", "bhv", "heftruck", "mag"]),
        st.integers(0, 40),
    ),
    max_size=400,
)


def people(count: int, first: int = 0) -> Group:
    """As many people, each once."""
    return Group(count, frozenset(range(first, first + count)))


def of(quarter: Quarter, events: list[Happened]) -> dict[str, Group]:
    """What happened in a quarter, by kind."""
    there = [(kind, who) for at, kind, who in events if quarter.begins <= at < quarter.ends]
    return {
        kind: Group(
            sum(each == kind for each, _ in there),
            frozenset(who for each, who in there if each == kind),
        )
        for kind in dict(there)
    }


def blocks(told: Figures, groups: dict[str, Group]) -> list[frozenset[object]]:
    """Who stands behind each number that is told."""
    rest = [group.people for kind, group in groups.items() if kind not in told.counts]
    named = [frozenset(groups[kind].people) for kind in told.counts]
    return [*named, *([frozenset(chain(*rest))] if told.others else [])]


@given(st.dictionaries(st.text(max_size=3), st.frozensets(st.integers(0, 30), max_size=25)))
def test_no_number_and_no_sum_or_difference_is_of_fewer_than_ten(
    who: dict[str, frozenset[int]],
) -> None:
    groups = {kind: Group(len(them), them) for kind, them in who.items()}
    told = figures(THIRD, groups)
    behind = blocks(told, groups)
    for size in range(1, len(behind) + 1):
        for chosen in combinations(behind, size):
            assert len(frozenset(chain(*chosen))) >= K
    everything = sum(len(them) for them in who.values())
    assert told.total in {None, everything}
    everybody = frozenset(chain(*who.values()))
    assert (told.total is None) == (len(everybody) < K)


@given(EVENTS, st.integers(0, 3 * 365), st.integers(0, 200))
def test_what_is_told_later_adds_whole_quarters_and_changes_none(
    events: list[Happened], day: int, later: int
) -> None:
    """Whoever compares two moments learns of nobody: a difference is a quarter that closed."""
    first, second = START + timedelta(days=day), START + timedelta(days=day + later)

    def told(at: datetime) -> dict[Quarter, Figures]:
        known = [each for each in events if each[0] <= at]
        return {quarter: figures(quarter, of(quarter, known)) for quarter in closed(at)}

    before, after = told(first), told(second)
    for quarter in before.keys() & after.keys():
        assert before[quarter] == after[quarter]
    for quarter in after:
        for behind in blocks(after[quarter], of(quarter, events)):
            assert len(behind) >= K


def test_a_quarter_told_while_it_runs_would_single_somebody_out() -> None:
    at = datetime(2026, 8, 1, tzinfo=UTC)
    events = [(at + timedelta(days=day), "vca", day) for day in range(12)]
    running = [figures(THIRD, of(THIRD, events[:many])).total for many in (11, 12)]
    assert running == [11, 12]  # the difference is one person: hence only quarters that are over
    assert all(quarter.ends <= at for quarter in closed(at))


def test_a_small_kind_hides_behind_the_next_larger() -> None:
    groups = {"vca": people(50), "bhv": people(12, 100), "mag": people(3, 200)}
    assert figures(THIRD, groups) == Figures(THIRD, {"vca": 50}, 15)
    assert figures(THIRD, groups | {"mag": people(9, 200), "heftruck": people(1, 300)}) == Figures(
        THIRD, {"vca": 50, "bhv": 12}, 10
    )


def test_ten_proofs_of_one_person_are_not_ten_people() -> None:
    often = Group(30, frozenset({"one"}))
    assert figures(THIRD, {"lasbevestiging": often}).total is None
    assert figures(THIRD, {"lasbevestiging": often, "vca": people(10)}) == Figures(THIRD, {}, 40)


def test_quarters_follow_one_another_over_the_year() -> None:
    assert quarter_of(datetime(2026, 11, 23, 12, tzinfo=UTC)) == Quarter(2026, 4)
    found = closed(datetime(2026, 4, 1, tzinfo=UTC))
    assert [str(each) for each in found] == ["2026-Q1", "2025-Q4", "2025-Q3", "2025-Q2"]
    assert len(found) == TOLD_QUARTERS
    assert all(one.begins == other.ends for one, other in pairwise(found))
    assert str(closed(datetime(2026, 3, 31, 23, 59, 59, tzinfo=UTC))[0]) == "2025-Q4"


def test_a_program_reads_the_rule_beside_the_numbers() -> None:
    told = figures(THIRD, {"vca": people(10), "bhv": people(0)})
    assert document((told,)) == {
        "at_least": 10,
        "quarters": [{"quarter": "2026-Q3", "total": 10, "counts": {"vca": 10}, "others": 0}],
    }


def test_whoever_did_not_choose_gets_no_figures() -> None:
    require_wanted(wanted=True)
    with pytest.raises(RejectedError, match="figures_off"):
        require_wanted(wanted=False)
