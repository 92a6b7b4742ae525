"""``skillspass journey``: fifty-five people, real services, and every attack refused."""

from contextlib import ExitStack
from pathlib import Path

import pytest

from schemas.messages import LANGUAGES
from tests.databases import fresh_schema
from tests.journeys.command import Ran, skillspass

REFUSED = {
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
AT = "2026-11-23T12:00Z"


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def journey(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    var = tmp_path_factory.mktemp("journey")
    with ExitStack() as schemas:
        databases = {
            f"{role}_DATABASE_URL": schemas.enter_context(
                fresh_schema(request.getfixturevalue("postgres_server"))
            )
            for role in ("ISSUER", "VERIFIER")
            if request.param == "postgresql"
        }
        return skillspass("journey", "--count", "55", "--json", "--at", AT, var=var, **databases)


def test_everyone_who_passed_gets_holds_and_shows_a_proof(journey: Ran) -> None:
    assert journey.status == 0, journey.messages
    report = journey.json()
    assert (report["issued"], report["held"], report["verified"]) == (55, 55, 55)
    assert isinstance(report["seconds"], float)


def test_the_five_who_did_not_pass_are_named_by_line(journey: Ran) -> None:
    assert journey.json()["not_issued"] == [
        {"line": line, "reason": "result_not_passed"} for line in (9, 20, 31, 42, 55)
    ]


def test_every_attack_is_refused_by_its_own_code_in_both_languages(journey: Ran) -> None:
    refused = journey.json()["refused"]
    assert isinstance(refused, list)
    assert {(one["case"], one["code"]) for one in refused} == REFUSED
    for one in refused:
        assert one["nl"] != one["en"]
        assert all(one[language] for language in LANGUAGES)


def test_each_step_is_told_with_its_time(journey: Ran) -> None:
    steps = [line for line in journey.messages.splitlines() if " s  " in line]
    assert len(steps) == 5


def test_more_people_than_the_list_holds_are_made_from_a_seed(tmp_path: Path) -> None:
    ran = skillspass("journey", "--count", "58", "--json", "--at", AT, var=tmp_path)
    assert ran.status == 0, ran.messages
    assert ran.json()["verified"] == 58


def test_a_count_of_nothing_is_wrong_use(tmp_path: Path) -> None:
    ran = skillspass("journey", "--count", "0", var=tmp_path)
    assert ran.status == 3
    assert "--count" in ran.messages


def test_an_unknown_verb_is_wrong_use(tmp_path: Path) -> None:
    ran = skillspass("fly", var=tmp_path)
    assert ran.status == 3
    assert "fly" in ran.messages
