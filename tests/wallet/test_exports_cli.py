"""``skillspass skills export``: a passport as a file for one purpose, until one day."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from skills.exporters.formats import FORMATS
from tests.conftest import NOW
from wallet.exports_cli import As
from wallet.skills_cli import app

PASSPORT = {
    "name": "Ria de Vries",
    "proofs": [
        {
            "id": "a",
            "type": "https://skillspass.example/types/vca-basis/1",
            "title": {"nl": "VCA Basis", "en": "Basic safety VCA"},
            "grade": "accredited",
            "giver": {"id": "did:web:school.example", "name": "Praktijkschool", "listed": True},
            "issued_on": "2025-05-01",
            "until": "2035-05-01",
            "standing": "valid",
        },
        {"id": "b"},
    ],
    "skills": [
        {
            "skill": "las-mag",
            "level": 3,
            "grade": "accredited",
            "sources": [
                {"proof": "a", "level": 3, "grade": "accredited", "issued_on": "2025-05-01"}
            ],
        }
    ],
    "own_claims": {"reachtruck": 2},
}


@pytest.fixture
def passport(tmp_path: Path) -> Path:
    file = tmp_path / "passport.json"
    file.write_text(json.dumps(PASSPORT))
    return file


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["export", *words, "--at", NOW.isoformat()])


def test_every_format_has_a_word_on_the_command_line() -> None:
    assert [each.value for each in As] == list(FORMATS)


@pytest.mark.parametrize("kind", As, ids=str)
def test_a_passport_becomes_a_file(passport: Path, kind: As) -> None:
    out = passport.parent / "out"
    done = run(str(passport), "--as", kind.value, "--out", str(out))
    assert (done.exit_code, done.stdout) == (0, ""), done.output
    assert b"MIG/MAG" in out.read_bytes()
    assert run(str(passport), "--as", kind.value).stdout_bytes == out.read_bytes()
    assert b"Vries" not in out.read_bytes()
    named = run(str(passport), "--as", kind.value, "--with-name")
    assert b"Vries" in named.stdout_bytes


def test_a_proof_is_told_with_its_giver_and_the_own_word_without(passport: Path) -> None:
    told = run(str(passport), "--as", "json", "--purpose", "hiring", "--until", "2026-12-01")
    document = json.loads(told.stdout)
    assert (document["purpose"], document["ends_on"]) == ("hiring", "2026-12-01")
    lines = {each["skill"]: each for each in document["skills"]}
    assert lines["las-mag"]["giver"] == "Praktijkschool"
    assert lines["reachtruck"]["grade"] == "self"
    assert [each["type"] for each in document["certificates"]] == ["vca-basis"]
    assert document["certificates"][0]["giver_id"] == "did:web:school.example"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--purpose", "curiosity"), "Choose from the list"),
        (("--until", "2026-11-01"), "Choose an end date"),
        (("--until", "soon"), "Choose an end date"),
    ],
    ids=["purpose", "past", "no day"],
)
def test_a_purpose_or_a_day_that_may_not_be_is_wrong_use(
    passport: Path, words: tuple[str, ...], code: str
) -> None:
    done = run(str(passport), "--as", "csv", *words)
    assert done.exit_code == 3
    assert code in done.stderr


def test_a_record_of_nothing_and_a_file_that_is_none_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "passport.json"
    file.write_text("{}")
    assert run(str(file), "--as", "csv").exit_code == 0
    assert run(str(file), "--as", "clr").exit_code == 3
    file.write_text("no")
    assert run(str(file), "--as", "csv").exit_code == 3
