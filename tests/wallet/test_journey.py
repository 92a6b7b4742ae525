"""The journey as a whole, small: everyone is verified, and every attempt is refused by its code."""

import csv
import io
import json
from pathlib import Path

import pytest

from credentials.encoding import JsonObject
from tests.wallet.world import API_KEY, ISSUER, VERIFIER, World
from wallet.journey import JourneyReport, Parties, run
from wallet.journey.people import passers, with_more_people
from wallet.journey.refusals import code_of
from wallet.journey.report import Refusal

HEADER = (
    "Cursistnummer;Voornaam;Tussenvoegsel;Achternaam;E-mail privé;Opleiding;Groep;Examendatum;"
    "Resultaat;Cijfer;Skill 1;Niveau 1;Skill 2;Niveau 2;Skill 3;Niveau 3;Skill 4;Niveau 4;"
    "Praktijkopleider;Opmerking"
)
ROWS = """\
26001;Ahmet;;Demir;a@thuis.example;Heftruck;H-1;09-09-2026;behaald;7,6;Heftruck rijden;2;\
Veilig werken volgens regels;3;;;;;S. Yildirim;
26002;Ria;van der;Velden;r@thuis.example;BHV;B-1;05-06-2026;niet behaald;4,2;;;;;;;;;A. de Bruin;
26003;Kevin;;Bakker;k@thuis.example;VCA Basis;V-1;27-04-2026;behaald;6,9;\
Beschermingsmiddelen dragen;1;;;;;;;A. de Bruin;"leest liever op papier; grote letters"
"""
CLASS_LIST = "\ufeff" + "\r\n".join([HEADER, *ROWS.splitlines(), ""])

CASES = {
    ("forged", "signature_invalid"),
    ("altered", "disclosure_unreferenced"),
    ("altered", "proof_invalid"),
    ("expired", "expired"),
    ("revoked", "revoked"),
    ("suspended", "suspended"),
    ("replayed", "response_already_received"),
    ("wrong_nonce", "nonce_invalid"),
    ("wrong_audience", "aud_mismatch"),
    ("other_holder", "holder_key_mismatch"),
    ("unknown_issuer", "issuer_not_listed"),
    ("undefined_term", "term_undefined"),
}


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> JourneyReport:
    world = World(tmp_path_factory.mktemp("journey"))
    parties = Parties(world.http, ISSUER, VERIFIER, API_KEY, API_KEY)
    return run(parties, class_list=CLASS_LIST, count=3, outside=world.outside)


def test_everyone_who_passed_receives_holds_and_is_verified(report: JourneyReport) -> None:
    assert report.problems == ()
    assert (report.issued, report.held, report.verified) == (3, 3, 3)


def test_who_did_not_pass_gets_nothing_and_is_named_by_line(report: JourneyReport) -> None:
    assert [(each.line, each.reason) for each in report.not_issued] == [(3, "result_not_passed")]


def test_the_verdict_of_a_withdrawn_proof_turns(report: JourneyReport) -> None:
    assert report.turned


def test_every_attempt_is_refused_with_its_code_and_two_sentences(report: JourneyReport) -> None:
    assert {(each.case, each.code) for each in report.refused} == CASES
    for each in report.refused:
        assert each.nl
        assert each.en
        assert each.nl != each.en


def test_the_report_is_one_json_object_and_everything_held(report: JourneyReport) -> None:
    document = json.loads(json.dumps(report.as_json()))
    assert document["ok"] is True
    assert document.keys() >= {"issued", "held", "verified", "not_issued", "refused", "seconds"}
    assert [step["name"] for step in document["steps"]] == [
        "list", "receive", "present", "withdraw", "refuse",
    ]  # fmt: skip


def test_an_attempt_that_was_accepted_makes_the_journey_fail(report: JourneyReport) -> None:
    accepted = Refusal("forged", "signature_invalid", "accepted", "", "")
    fields = {name: getattr(report, name) for name in report.__slots__}
    assert not JourneyReport(**(fields | {"refused": (*report.refused, accepted)})).ok
    assert not JourneyReport(**(fields | {"verified": 2})).ok
    assert not JourneyReport(**(fields | {"refused": ()})).ok


def test_a_verdict_without_a_failed_finding_counts_as_accepted() -> None:
    passed: JsonObject = {"findings": [{"outcome": "passed", "code": "ok", "part": "holder"}]}
    assert code_of(passed) == ("accepted", "")


def test_an_issuer_that_knows_another_key_is_written_down_and_nothing_is_ok(
    tmp_path: Path,
) -> None:
    world = World(tmp_path)
    parties = Parties(world.http, ISSUER, VERIFIER, API_KEY, "another key")
    report = run(parties, class_list=CLASS_LIST, count=1, outside=world.outside)
    assert report.held == 1
    assert report.verified == 0
    assert not report.ok
    assert any("ask_refused" in problem for problem in report.problems)


def test_a_list_that_is_refused_is_written_down(tmp_path: Path) -> None:
    world = World(tmp_path)
    parties = Parties(world.http, ISSUER, VERIFIER, "another key", API_KEY)
    report = run(parties, class_list=CLASS_LIST, count=1, outside=world.outside)
    assert report.issued == 0
    assert "list: list_refused" in report.problems
    assert not report.ok


def test_people_are_made_up_only_above_those_who_passed() -> None:
    assert passers(CLASS_LIST) == 2
    assert with_more_people(CLASS_LIST, count=2) == CLASS_LIST
    longer = with_more_people(CLASS_LIST, count=9)
    assert passers(longer) == 9
    assert longer == with_more_people(CLASS_LIST, count=9), "the seed decides"
    rows = list(csv.DictReader(io.StringIO(longer.removeprefix("\ufeff")), delimiter=";"))
    assert {row["Opleiding"] for row in rows[3:]} <= {"Heftruck", "VCA Basis"}
    assert len({row["Cursistnummer"] for row in rows}) == len(rows)
