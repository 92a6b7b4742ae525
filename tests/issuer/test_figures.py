"""Figures of the office: off by itself, of whole quarters, and of ten people or more (R33)."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from credentials.encoding import JsonValue
from issuer import figures, figures_cli
from issuer.aftercare import change_status
from issuer.tables import StatusWord
from service.command_line import DONE, REFUSED
from service.figures import Figures, Quarter
from tests.issuer.office import FORKLIFT, Holder, Office, open_office

pytestmark = pytest.mark.usefixtures("on_both_databases")

HTML = {"Accept": "text/html"}
LAST = Quarter(2026, 4)
"""In which the office's clock begins; it is over a month and a half later."""


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """An institute that chose to have figures."""
    return open_office(tmp_path, figures=True)


def gives(office: Office, name: str, **wish: JsonValue) -> str:
    """Give somebody a proof; the id of its offer."""
    made = office.offer(claims={**FORKLIFT, "family_name": name}, **wish)
    Holder(office).receive(made)
    return made["id"]


def told(office: Office, quarter: Quarter = LAST) -> Figures:
    """What is told of a quarter that is over."""
    with office.ports.database.reading() as session:
        found = figures.given(session, ports=office.ports)
    return next(each for each in found if each.quarter == quarter)


def passes(office: Office) -> None:
    """The quarter is over, and somebody signs in again."""
    office.clock.wait(days=45)
    office.sign_in("demo-own-3")


def run(office: Office, *words: str) -> Result:
    """The verb, by the office's clock."""
    return CliRunner().invoke(figures_cli.app, [*words, "--at", office.clock().isoformat()])


def test_by_itself_an_office_has_no_figures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SKILLSPASS_VAR", str(tmp_path))
    office = open_office(tmp_path)
    office.sign_in("demo-own-3")
    assert office.client.get("/figures", headers=HTML).status_code == 404
    assert "/figures" not in office.client.get("/people", headers=HTML).text
    refused = run(office, "--json")
    assert refused.exit_code == REFUSED
    assert json.loads(refused.stdout)["error"] == "figures_off"


def test_a_quarter_is_told_when_it_is_over_and_from_ten_people_on(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"Bakker-{number}" for number in range(10)]
    for name in names[:9]:
        gives(office, name)
    gives(office, names[0])  # a tenth proof, of the first person
    with office.ports.database.reading() as session:
        assert LAST not in {one.quarter for one in figures.given(session, ports=office.ports)}
    office.clock.wait(days=30)
    gives(office, names[9])
    passes(office)
    assert told(office) == Figures(LAST, {"heftruck": 11}, 0)
    monkeypatch.setenv("SKILLSPASS_VAR", str(office.settings.var))
    monkeypatch.setenv("ISSUER_FIGURES", "true")
    shown = run(office, "--json")
    assert shown.exit_code == DONE, shown.output
    document = json.loads(shown.stdout)
    assert document["at_least"] == 10
    assert document["quarters"][0] == told(office).as_json()
    assert not [name for name in names if name in shown.stdout + run(office).stdout]


def test_nine_people_are_too_few_however_many_proofs_they_have(office: Office) -> None:
    for number in range(12):
        gives(office, f"Bakker-{number % 9}")
    passes(office)
    assert told(office) == Figures(LAST, {}, 0)
    page = office.client.get("/figures?lang=nl", headers=HTML)
    assert page.status_code == 200
    assert "Te weinig mensen" in page.text
    assert "Heftruckcertificaat" not in page.text


def test_what_becomes_of_a_proof_later_changes_no_quarter(office: Office) -> None:
    ids = [gives(office, f"Bakker-{number}") for number in range(10)]
    passes(office)
    before = told(office)
    ports = office.ports
    with ports.database.transaction() as session:
        change_status(
            session,
            ids[0],
            to=StatusWord.REVOKED,
            reason="mistake",
            ports=ports,
            actor="demo-own-1",
            at=office.clock(),
        )
    gives(office, "Bakker-new")
    assert told(office) == before
    assert before.counts == {"heftruck": 10}


def test_figures_are_for_administrators_and_of_their_own_firm(office: Office) -> None:
    for number in range(10):
        gives(office, f"Bakker-{number}")
    passes(office)
    assert "Heftruckcertificaat" in office.client.get("/figures?lang=nl", headers=HTML).text
    office.sign_in("demo-own-1")  # gives proofs, and is no administrator
    assert office.client.get("/figures", headers=HTML).status_code == 403
    office.sign_in("demo-brugman-1")
    firm = office.client.get("/figures?lang=nl", headers=HTML)
    assert "Heftruckcertificaat" not in firm.text
