"""Figures of a verifier: off by itself, counted as answers come, told of whole quarters (R33)."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select
from typer.testing import CliRunner, Result

from credentials.errors import RejectedError
from credentials.findings import Outcome
from service.command_line import DONE, REFUSED
from service.figures import Figures, Quarter, closed
from tests.verifier.world import World
from verifier import figures, firm_cli
from verifier.tables import Tally

pytestmark = pytest.mark.usefixtures("on_both_databases")

LAST = Quarter(2026, 4)


def counting(directory: Path) -> World:
    """A verifier whose operator chose to count."""
    return World(directory, more={"figures": True})


def told(world: World) -> dict[Quarter, Figures]:
    """What is told, two months later."""
    ports = world.app.state.ports
    with ports.database.reading() as session:
        found = figures.answered(
            session, settings=ports.settings, at=world.clock() + timedelta(days=60)
        )
    return {each.quarter: each for each in found}


def tallies(world: World) -> dict[tuple[str, str], int]:
    """The counts as they lie there."""
    with world.app.state.ports.database.reading() as session:
        return {(row.quarter, row.outcome): row.count for row in session.exec(select(Tally))}


def counts(world: World, outcome: Outcome, many: int) -> None:
    """As many answers of one outcome."""
    database = world.app.state.ports.database
    for _ in range(many):
        with database.transaction() as session:
            figures.count(session, outcome, is_sqlite=database.is_sqlite, at=world.clock())


def run(world: World, monkeypatch: pytest.MonkeyPatch, *, wanted: bool) -> Result:
    """The verb, two months later."""
    monkeypatch.setenv("SKILLSPASS_VAR", str(world.directory))
    monkeypatch.setenv("VERIFIER_FIGURES", str(wanted))
    at = world.clock() + timedelta(days=60)
    return CliRunner().invoke(firm_cli.app, ["figures", "--json", "--at", at.isoformat()])


def test_by_itself_a_verifier_counts_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World(tmp_path)
    world.verdict_on(world.issue(world.credential()))
    assert tallies(world) == {}
    with pytest.raises(RejectedError, match="figures_off"):
        told(world)
    refused = run(world, monkeypatch, wanted=False)
    assert refused.exit_code == REFUSED
    assert json.loads(refused.stdout)["error"] == "figures_off"


def test_each_answer_counts_once_under_its_outcome_and_nothing_else(tmp_path: Path) -> None:
    world = counting(tmp_path)
    proof = world.issue(world.credential())
    for _ in range(2):
        world.verdict_on(proof)
    world.statuses[7] = 1
    world.publish_statuses()
    world.clock.turn(hours=1)
    world.verdict_on(proof)  # withdrawn meanwhile
    assert tallies(world) == {("2026-Q4", "passed"): 2, ("2026-Q4", "failed"): 1}
    assert set(Tally.model_fields) == {"quarter", "outcome", "count"}
    assert told(world)[LAST].total is None  # three answers are too few


def test_small_outcomes_are_told_with_others_and_only_when_the_quarter_is_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = counting(tmp_path)
    counts(world, Outcome.PASSED, 30)
    counts(world, Outcome.FAILED, 12)
    counts(world, Outcome.UNDETERMINED, 4)
    assert told(world)[LAST] == Figures(LAST, {"passed": 30}, 16)
    assert LAST not in closed(world.clock())
    shown = run(world, monkeypatch, wanted=True)
    assert shown.exit_code == DONE, shown.output
    assert json.loads(shown.stdout)["quarters"][0] == {
        "quarter": "2026-Q4",
        "total": 46,
        "counts": {"passed": 30},
        "others": 16,
    }


def test_no_page_of_a_verifier_tells_figures(tmp_path: Path) -> None:
    world = counting(tmp_path)
    assert world.client.get("/figures").status_code == 404
