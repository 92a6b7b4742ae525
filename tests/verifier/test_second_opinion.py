"""A second opinion that cannot be had is no opinion."""

import pytest

from credentials.findings import Outcome
from verifier import second_opinion


def test_child_that_does_not_answer_in_time_leaves_it_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(second_opinion, "WALL_SECONDS", 0.001)
    assert second_opinion.second_opinion({}) is Outcome.UNDETERMINED


@pytest.mark.parametrize("program", ["import no_such_module", "print('maybe')", "while True: pass"])
def test_child_that_fails_or_mumbles_leaves_it_open(
    program: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit = "import resource; resource.setrlimit(resource.RLIMIT_CPU, (1, 1))\n"
    monkeypatch.setattr(second_opinion, "_CHILD", limit + program)
    assert second_opinion.second_opinion({}) is Outcome.UNDETERMINED
