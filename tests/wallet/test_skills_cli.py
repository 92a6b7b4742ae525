"""``skillspass skills``: proposals from text, and a passport beside a job."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from credentials.encoding import JsonObject
from credentials.formats import FORMATS
from credentials.keys import Algorithm, SoftwareSigner
from credentials.model import Credential, Validity
from tests.conftest import NOW
from wallet.skills_cli import app

AT = NOW.isoformat()


def run(*words: str) -> tuple[int, JsonObject]:
    done = CliRunner().invoke(app, [*words, "--json"])
    return done.exit_code, json.loads(done.stdout)


def test_text_gives_skills_with_label_and_reason() -> None:
    status, document = run("suggest", "Ik frees op een Hermle.")
    assert status == 0
    suggested = document["suggestions"]
    assert isinstance(suggested, list)
    assert suggested[0] == {
        "skill": "cnc-frezen",
        "label": "CNC-frezen",
        "why": 'Je schreef: "frees", "Hermle".',
    }


def test_text_without_a_skill_gives_an_empty_list() -> None:
    assert run("suggest", "Ik kan niet lassen.") == (0, {"suggestions": []})


def test_people_get_plain_lines() -> None:
    told = CliRunner().invoke(app, ["suggest", "Ik frees."]).stdout
    assert "CNC-frezen: Je schreef" in told
    assert "We vinden hier geen skill in." in CliRunner().invoke(app, ["suggest", "hoi"]).stdout


def test_an_overview_is_held_against_a_job(tmp_path: Path) -> None:
    file = tmp_path / "passport.json"
    file.write_text(json.dumps({"own_claims": {"las-mag": 3, "reachtruck": 2}}))
    status, document = run("match", str(file), "--profile", "lasser-mag", "--at", AT)
    assert status == 0
    first = document["requirements"]
    assert isinstance(first, list)
    assert isinstance(first[0], dict)
    assert (first[0]["id"], first[0]["fit"], first[0]["why"]) == ("las-mag", "met", ["as_asked"])
    told = CliRunner().invoke(app, ["match", str(file), "--profile", "vac-002"]).stdout
    assert "MIG/MAG" in told


def test_a_list_of_credentials_counts_as_the_own_word(tmp_path: Path) -> None:
    issuer = SoftwareSigner.generate(Algorithm.ES256, "did:web:school.example#1")
    wire = FORMATS["dc+sd-jwt"].issue(
        Credential(
            "https://skillspass.example/types/vca-basis/1",
            "did:web:school.example",
            {
                "date_of_exam": "2020-01-01",
                "valid_until": "2030-01-01",
                "skills": [{"skill": "pbm", "level": 3}],
            },
            NOW,
            Validity(NOW - timedelta(days=1), None),
        ),
        issuer,
        holder=SoftwareSigner.generate(Algorithm.ES256).public,
        disclosable=frozenset(),
        entropy=bytes,
    )
    file = tmp_path / "proofs.json"
    file.write_text(json.dumps([wire]))
    _, document = run("match", str(file), "--profile", "lasser-mag", "--at", AT)
    asked = document["requirements"]
    assert isinstance(asked, list)
    answers = {str(one["id"]): one for one in asked if isinstance(one, dict)}
    assert answers["pbm"]["shown"] == {
        "skill": "pbm",
        "level": 3,
        "grade": "self",
        "source": "1",
        "relation": "same",
    }
    assert answers["vca-basis"]["why"] == ["giver_unknown"]


@pytest.mark.parametrize("content", [b"", b"\xff", b'["not a credential"]', b"[" * 100_000])
def test_a_file_that_is_no_passport_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "passport.json"
    file.write_bytes(content)
    status, document = run("match", str(file), "--profile", "lasser-mag")
    assert (status, document["error"]) == (3, "usage_passport")


def test_an_unknown_job_is_refused(tmp_path: Path) -> None:
    status, document = run("match", str(tmp_path), "--profile", "tovenaar")
    assert (status, document["error"]) == (3, "usage_profile")
