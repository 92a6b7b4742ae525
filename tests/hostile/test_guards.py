"""Each hostile input gets through once its guards are off, and not before: no test is idle."""

import pytest

from credentials.trust import listing
from tests.hostile.guarded_documents import DOCUMENTS
from tests.hostile.guarded_status import STATUS_LISTS
from tests.hostile.guarded_tokens import TOKENS
from tests.hostile.guards import ACCEPTED, Case, Named, Refusals, switch_off

CASES = {**TOKENS, **DOCUMENTS, **STATUS_LISTS}
KERNEL = {f"H{number:03}" for number in (*range(1, 61), *range(67, 76))}
"""The hostile inputs that the kernel meets, by the numbers of the corpus."""


@pytest.fixture(params=CASES)
def case(request: pytest.FixtureRequest) -> Case:
    """One hostile input."""
    return CASES[request.param]


def test_a_hostile_input_is_refused_by_its_code(case: Case) -> None:
    assert case.answer() == case.code


def test_each_guard_alone_refuses_it(case: Case) -> None:
    for alone in case.guards:
        with pytest.MonkeyPatch.context() as patch:
            switch_off([guard for guard in case.guards if guard is not alone], patch)
            assert case.answer() not in {ACCEPTED, case.after}, alone


def test_without_its_guards_it_gets_through(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    switch_off(case.guards, monkeypatch)
    assert case.answer() == case.after


def test_every_hostile_input_of_the_kernel_has_its_guards() -> None:
    assert {name.partition(" ")[0] for name in CASES} == KERNEL
    assert all(case.guards for case in CASES.values())


def test_a_case_that_never_gets_through_says_why() -> None:
    silent = [name for name, case in CASES.items() if (case.after == ACCEPTED) == bool(case.why)]
    assert silent == []
    assert sum(case.after != ACCEPTED for case in CASES.values()) <= 3


def test_a_guard_that_is_not_there_cannot_be_switched_off(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(AssertionError, match="such_code"):
        switch_off([Refusals(listing, "such_code")], monkeypatch)
    with pytest.raises(AttributeError):
        switch_off([Named(listing, "_no_such_check", None)], monkeypatch)
