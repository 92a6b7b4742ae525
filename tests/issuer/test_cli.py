"""The verbs issue and offer, as a person or a program runs them."""

import json
from pathlib import Path

import pytest
from sqlmodel import select
from typer.testing import CliRunner, Result

from issuer.app import open_installation
from issuer.cli import app
from issuer.installation import FIRST
from issuer.settings import DEMO_ORIGIN, IssuerSettings
from issuer.tables import Batch, Offer
from service.command_line import DONE, REFUSED, WRONG_USE
from tests.issuer.keyless import no_signers
from tests.issuer.lists import DEMO
from tests.issuer.office import AT, FORKLIFT

pytestmark = pytest.mark.usefixtures("on_both_databases")

NOON = AT.isoformat()


@pytest.fixture(autouse=True)
def _own_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SKILLSPASS_VAR", str(tmp_path))


def run(*arguments: str, given: str | None = None) -> Result:
    return CliRunner().invoke(app, [*arguments, "--at", NOON], input=given)


def stored(directory: Path) -> tuple[list[Offer], list[Batch]]:
    settings = IssuerSettings(var=directory)
    ports = open_installation(
        settings, signers_of=no_signers, clock=lambda: AT, entropy=bytes
    ).ports(FIRST)
    with ports.database.reading() as session:
        return list(session.exec(select(Offer))), list(session.exec(select(Batch)))


def test_checking_a_list_reads_it_and_writes_nothing(tmp_path: Path) -> None:
    result = run("issue", str(DEMO / "trainees.csv"), "--check", "--json")
    found = json.loads(result.stdout)
    assert (result.exit_code, found["ready"], found["faults"]) == (DONE, 55, [])
    assert found["not_issued"][0] == {"line": 9, "reason": "result_not_passed"}
    assert list(tmp_path.iterdir()) == []


def test_checking_a_list_with_errors_names_each_by_line_and_column() -> None:
    result = run("issue", str(DEMO / "trainees_messy.csv"), "--check", "--json")
    found = json.loads(result.stdout)
    assert (result.exit_code, len(found["faults"])) == (REFUSED, 25)
    first = found["faults"][0]
    assert {"line", "column", "code", "severity", "action", "nl", "en"} <= set(first)
    assert (first["line"], first["column"], first["code"]) == (17, "Examendatum", "date_impossible")
    assert "31-02-2026" in result.stderr


def test_issuing_a_list_offers_it_and_lists_who_gets_nothing(tmp_path: Path) -> None:
    result = run("issue", str(DEMO / "trainees.csv"), "--json")
    found = json.loads(result.stdout)
    assert (result.exit_code, len(found["offers"]), len(found["not_issued"])) == (DONE, 55, 5)
    first = found["offers"][0]
    assert (first["line"], first["type"], first["format"]) == (
        2,
        "lascertificaat-mag",
        "dc+sd-jwt",
    )
    assert first["offer_uri"].startswith(f"{DEMO_ORIGIN}/offers/")
    assert len(first["tx_code"]) == 6
    offers, batches = stored(tmp_path)
    assert (len(offers), [one.offers for one in batches]) == (55, [55])


def test_errors_hold_the_whole_list_back(tmp_path: Path) -> None:
    result = run("issue", str(DEMO / "trainees_messy.csv"), "--json")
    assert (result.exit_code, json.loads(result.stdout)["offers"]) == (REFUSED, [])
    assert stored(tmp_path) == ([], [])


def test_ready_rows_can_go_on_alone(tmp_path: Path) -> None:
    result = run("issue", str(DEMO / "trainees_messy.csv"), "--ready-only", "--json")
    found = json.loads(result.stdout)
    assert (result.exit_code, len(found["offers"])) == (DONE, found["ready"])
    assert len(stored(tmp_path)[0]) == found["ready"]


def test_a_template_without_a_required_claim_is_named_before_any_row(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ISSUER_FIXED", json.dumps({"lascertificaat-mag": {}}))
    monkeypatch.setenv("ISSUER_DEMO", "false")
    monkeypatch.setenv("ISSUER_IDENTIFIER", DEMO_ORIGIN)
    result = run("issue", str(DEMO / "trainees.csv"), "--check", "--json")
    faults = json.loads(result.stdout)["faults"]
    assert result.exit_code == REFUSED
    assert {fault["code"] for fault in faults} == {"template_claim_missing"}
    assert {fault["line"] for fault in faults} == {1}


def test_one_type_is_given_to_a_list_without_a_course_column() -> None:
    lines = (DEMO / "trainees.csv").read_text("utf-8-sig").splitlines()
    cells = [line.split(";") for line in lines[:4]]
    course = cells[0].index("Opleiding")
    plain = "\r\n".join(";".join(row[:course] + row[course + 1 :]) for row in cells)
    result = run("issue", "-", "--type", "bhv", "--check", "--json", given=plain)
    assert json.loads(result.stdout)["ready"] == 3
    unforced = run("issue", "-", "--check", "--json", given=plain)
    assert unforced.exit_code == REFUSED


def test_for_people_links_and_pins_are_printed_apart() -> None:
    result = run("issue", str(DEMO / "trainees.csv"))
    links, _, pins = result.stdout.rpartition("apart")
    assert links.count("credential_offer_uri=") == 55
    assert "credential_offer_uri=" not in pins
    assert len(pins.splitlines()) == 56


def test_one_offer_from_claims_on_standard_input() -> None:
    result = run(
        "offer", "--type", "heftruck", "--claims", "-", "--json", given=json.dumps(FORKLIFT)
    )
    found = json.loads(result.stdout)
    assert result.exit_code == DONE
    assert {"id", "offer_uri", "tx_code", "link"} <= set(found)
    assert found["tx_code"] not in found["link"]


@pytest.mark.parametrize(
    ("arguments", "given", "code", "status"),
    [
        (("--type", "vliegbewijs", "--claims", "-"), "{}", "type_unknown", REFUSED),
        (("--type", "heftruck", "--claims", "-"), "{}", "claim_missing", REFUSED),
        (("--type", "heftruck", "--claims", "-"), "{", "json_malformed", REFUSED),
        (("--type", "heftruck", "--claims", "/no/such/file"), "", "usage_file", WRONG_USE),
        (
            ("--type", "heftruck", "--claims", "-", "--format", "pdf"),
            json.dumps(FORKLIFT),
            "format_unknown",
            REFUSED,
        ),
    ],
)
def test_what_cannot_be_offered_is_said_in_words_with_the_right_status(
    arguments: tuple[str, ...], given: str, code: str, status: int
) -> None:
    result = run("offer", *arguments, "--json", given=given)
    assert (result.exit_code, json.loads(result.stdout)["error"]) == (status, code)
    assert "Traceback" not in result.output
