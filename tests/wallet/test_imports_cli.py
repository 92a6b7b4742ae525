"""``skillspass skills import``: what became of other people's files, row by row."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from credentials.encoding import JsonObject
from skills.framework import metalektro
from tests.skills.importers.test_importers import CNL, DEF, ESCO_HEAD, SKOS, TYPE, esco_row
from wallet.skills_cli import app

BADGE = {
    "type": "Assertion",
    "issuedOn": "2025-06-01",
    "badge": {"type": "BadgeClass", "name": "CNC-frezen", "issuer": {"name": "School"}},
}


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["import", *words])


def taken(*words: str) -> JsonObject:
    done = run(*words, "--json")
    assert done.exit_code == 0, done.output
    document: JsonObject = json.loads(done.stdout)
    return document


def known_address() -> tuple[str, str]:
    """A skill of ours with an ESCO address that no other of ours has as well."""
    links = [
        (skill.id, link.uri) for skill in metalektro().skills.values() for link in skill.alignment
    ]
    addresses = [uri for _, uri in links]
    return next(each for each in links if addresses.count(each[1]) == 1)


def test_esco_tells_which_skills_are_in_it_and_which_addresses_it_lacks(tmp_path: Path) -> None:
    skill, uri = known_address()
    file, out = tmp_path / "skills_nl.csv", tmp_path / "found.json"
    file.write_text(ESCO_HEAD + esco_row(uri, "iets doen") + esco_row("urn:x", "iets"))
    document = taken("esco", str(file), "--language", "nl", "--out", str(out))
    assert document["matched"] == {skill: [{"uri": uri, "match": _match(skill, uri)}]}
    assert isinstance(document["without"], list)
    assert len(document["without"]) == len(metalektro().skills) - 1
    assert isinstance(document["unknown"], list)
    assert uri not in document["unknown"]
    assert document["report"] == {
        "read": 2,
        "taken": 1,
        "left": [{"where": "line 3", "code": "no_address"}],
        "reasons": {"no_address": 1},
    }
    written = json.loads(out.read_bytes())
    assert written["concepts"][0]["labels"] == {"nl": "iets doen"}
    again = out.read_bytes()
    taken("esco", str(file), "--out", str(out))
    assert out.read_bytes() == again


def _match(skill: str, uri: str) -> str:
    return next(each.match for each in metalektro().skill(skill).alignment if each.uri == uri)


def test_people_are_told_counts_and_the_first_names(tmp_path: Path) -> None:
    file = tmp_path / "skills_nl.csv"
    file.write_text(ESCO_HEAD + esco_row(known_address()[1], "iets doen") + esco_row("", ""))
    done = run("esco", str(file))
    assert done.exit_code == 0
    assert "1 skills of our list are in it too." in done.stdout
    assert f"{len(metalektro().skills) - 1} skills of our list are not in it." in done.stdout
    assert "2 rows read, 1 taken over, 1 not." in done.stdout
    assert "rows read" in done.stderr


def test_competentnl_is_met_over_the_esco_skill_that_both_name(tmp_path: Path) -> None:
    skill, uri = known_address()
    name = f"<{CNL}1>"
    file = tmp_path / "cnl.nt"
    file.write_text(
        f"{name} <{TYPE}> <{DEF}HumanCapability> .\n"
        f'{name} <{SKOS}prefLabel> "Kunnen"@nl .\n'
        f"{name} <{DEF}exactMatchESCO> <{uri}> .\n"
    )
    document = taken("competentnl", str(file))
    assert document["matched"] == {skill: [{"uri": f"{CNL}1", "match": _match(skill, uri)}]}


def test_a_badge_and_a_profile_become_own_claims_and_no_more(tmp_path: Path) -> None:
    badges, profile = tmp_path / "badges.json", tmp_path / "profile.json"
    badges.write_text(json.dumps([BADGE, {"no": "badge"}]))
    profile.write_text(json.dumps({"skills": [{"name": "Vouwen van vliegers"}, "CNC-frezen"]}))
    document = taken("edubadges", str(badges))
    assert isinstance(document["skills"], list)
    assert [each["grade"] for each in document["skills"] if isinstance(each, dict)] == ["self"]
    assert isinstance(document["report"], dict)
    assert document["report"]["reasons"] == {"not_a_badge": 1}
    told = run("profile", str(profile)).stdout
    assert "Vouwen van vliegers: own addition" in told
    assert "CNC-frezen: CNC" in told


def test_a_platforms_own_names_are_read_with_a_mapping(tmp_path: Path) -> None:
    profile, mapping = tmp_path / "profile.csv", tmp_path / "platform.yaml"
    profile.write_text("Omschrijving;Beheersing\nCNC-frezen;ervaren\n")
    mapping.write_text(
        "skills: {name: omschrijving, score: beheersing}\nwords: {ervaren: 3}\nscale: 4"
    )
    document = taken("profile", str(profile), "--mapping", str(mapping))
    (skill,) = document["skills"] if isinstance(document["skills"], list) else []
    assert isinstance(skill, dict)
    assert (skill["level"], skill["grade"]) == (3, "self")
    assert run("profile", str(profile)).exit_code == 1
    assert "belongs to a profile" in run("esco", str(profile), "--mapping", str(mapping)).output
    mapping.write_text("rank: yes")
    assert run("profile", str(profile), "--mapping", str(mapping)).exit_code == 1


@pytest.mark.parametrize("kind", ["esco", "competentnl", "edubadges", "profile"])
@pytest.mark.parametrize("content", [b"\0\xff", b'{"a": [', b"nothing;of;use"], ids=str)
def test_a_file_of_another_kind_is_refused_with_a_sentence(
    tmp_path: Path, kind: str, content: bytes
) -> None:
    file = tmp_path / "file"
    file.write_bytes(content)
    done = run(kind, str(file), "--json")
    if done.exit_code == 0:  # a text without one statement is still a text
        assert kind == "competentnl"
        assert json.loads(done.stdout)["report"]["taken"] == 0
        return
    assert done.exit_code == 1
    document = json.loads(done.stdout)
    assert document["nl"] != document["en"]


def test_a_file_that_is_not_there_or_cannot_be_written_is_wrong_use(tmp_path: Path) -> None:
    done = run("profile", str(tmp_path / "no"), "--json")
    assert (done.exit_code, json.loads(done.stdout)["error"]) == (3, "usage_import_file")
    file = tmp_path / "profile.json"
    file.write_text('{"skills": []}')
    done = run("profile", str(file), "--out", str(tmp_path / "no" / "out"), "--json")
    assert (done.exit_code, json.loads(done.stdout)["error"]) == (3, "usage_out")


def test_a_file_above_the_limit_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "profile.json"
    file.write_text('{"skills": []}')
    assert run("profile", str(file)).exit_code == 0
    monkeypatch.setattr("wallet.imports_cli.MAX_OWN_BYTES", 5)
    done = run("profile", str(file), "--json")
    assert (done.exit_code, json.loads(done.stdout)["error"]) == (3, "usage_import_file")
