"""The verbs of jobs, as the person who looks after the service runs them."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from credentials.errors import RejectedError
from issuer.app import open_installation
from issuer.installation import Installation
from issuer.jobs_cli import app
from issuer.settings import IssuerSettings
from service.clock import system_clock
from service.command_line import DONE, REFUSED
from service.job_claims import Desk
from service.jobs import Handler, Work
from tests.issuer.keyless import no_signers

pytestmark = pytest.mark.usefixtures("on_both_databases")


@pytest.fixture
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Installation:
    """An issuer with two jobs that failed for good."""
    monkeypatch.setenv("SKILLSPASS_VAR", str(tmp_path))
    numbers = iter(range(1, 1_000))
    opened = open_installation(
        IssuerSettings(var=tmp_path),
        signers_of=no_signers,
        clock=system_clock,
        entropy=lambda count: next(numbers).to_bytes(count, "big"),
    )
    with opened.database.transaction() as session:
        for offer in ("a", "b"):
            opened.outbox.enqueue(session, "letter", {"offer": offer})

    def refuse(_work: Work) -> None:
        raise RejectedError("mail_refused", "550")

    assert Desk(opened.outbox, {"letter": Handler(refuse)}, "test").run_due() == 2
    return opened


def run(*arguments: str) -> Result:
    """One verb."""
    return CliRunner().invoke(app, [*arguments])


def listed() -> list[dict[str, object]]:
    """What the list says."""
    found: list[dict[str, object]] = json.loads(run("list", "--json").stdout)["jobs"]
    return found


def test_what_failed_for_good_is_listed_without_a_name(installation: Installation) -> None:
    del installation
    first, second = listed()
    assert first["id"] != second["id"]
    assert {"kind": "letter", "failure": "mail_refused", "attempts": 1}.items() <= first.items()
    plain = run("list")
    assert plain.exit_code == DONE
    assert "mail_refused" in plain.stdout


def test_a_job_is_tried_again_or_let_go(installation: Installation) -> None:
    first, second = (str(job["id"]) for job in listed())
    assert run("again", first, "--json").exit_code == DONE
    assert run("drop", second).exit_code == DONE
    assert listed() == []
    done: list[Work] = []
    desk = Desk(installation.outbox, {"letter": Handler(done.append)}, "test")
    assert desk.run_due() == 1
    assert (done[0].id, done[0].attempt) == (first, 1)


def test_an_id_that_is_not_there_changes_nothing(installation: Installation) -> None:
    del installation
    first, _ = (str(job["id"]) for job in listed())
    for verb in ("again", "drop"):
        result = run(verb, first, "no-such-job", "--json")
        assert result.exit_code == REFUSED
        assert json.loads(result.stdout)["error"] == "not_found"
    assert len(listed()) == 2
