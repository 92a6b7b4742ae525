"""The verbs of the command line: what they print, how they end, what they load."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from credentials.dids.key import did_key
from credentials.encoding import compact_json
from credentials.formats import FORMATS
from credentials.keys import Algorithm, SoftwareSigner
from credentials.model import Binding, Validity, Wire
from service.serving import Seat, free_ports, listen, running
from tests.conftest import NOW
from tests.verifier.share_site import ShareSite
from tests.verifier.world import API_KEY, VERIFIER, World
from verifier import firm_cli
from verifier.cli import app

AT = ["--at", NOW.isoformat()]


@pytest.fixture(autouse=True)
def _own_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SKILLSPASS_VAR", str(tmp_path / "var"))


def run(*arguments: str, given: str | None = None) -> Result:
    return CliRunner().invoke(app, arguments, input=given)


def verdict(result: Result) -> dict[str, Any]:  # any JSON
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def self_named(world: World, format_id: str = "dc+sd-jwt", **changes: object) -> Wire:
    """A proof by an issuer that is known by its own key alone."""
    algorithm = Algorithm.EDDSA if format_id == "ldp_vc" else Algorithm.ES256
    bare = SoftwareSigner.generate(algorithm)
    did = did_key(bare.public)
    signer = replace(bare, public=bare.public.with_key_id(f"{did}#{did.removeprefix('did:key:')}"))
    credential = world.credential(issuer=did, status=(), **changes)
    return FORMATS[format_id].issue(
        credential,
        signer,
        holder=world.worker.public,
        disclosable=frozenset(),
        entropy=os.urandom,
    )


@pytest.fixture
def proof(world: World, tmp_path: Path) -> Path:
    file = tmp_path / "proof.txt"
    file.write_text(f"{self_named(world)}\n", encoding="utf-8")
    return file


def test_policy_any_checks_a_did_key_proof_without_any_connection(proof: Path) -> None:
    result = run("verify", str(proof), "--policy", "any", "--json", *AT)
    assert result.exit_code == 0, result.output
    found = verdict(result)
    assert found["verdict"] == "passed"
    assert found["parts"]["holder"] == "not_applicable"


def test_policy_listed_does_not_believe_a_stranger(proof: Path) -> None:
    result = run("verify", str(proof), "--json", *AT)
    assert result.exit_code == 2  # no list here: unknown, and not green
    assert verdict(result)["verdict"] == "undetermined"


def test_a_json_proof_is_read_too(world: World, tmp_path: Path) -> None:
    file = tmp_path / "proof.json"
    document = self_named(world, "ldp_vc")
    assert isinstance(document, dict)
    file.write_bytes(b"\n" + compact_json(document) + b"\n\n")
    result = run("verify", str(file), "--policy", "any", "--json", *AT)
    assert (result.exit_code, verdict(result)["verdict"]) == (0, "passed"), result.output


def test_standard_input_is_read(proof: Path) -> None:
    result = run("verify", "-", "--policy", "any", "--json", *AT, given=proof.read_text("utf-8"))
    assert result.exit_code == 0


def test_an_ended_proof_is_refused_at_its_time_and_not_before(world: World, tmp_path: Path) -> None:
    file = tmp_path / "proof.txt"
    ended = self_named(world, validity=Validity(valid_until=NOW + timedelta(hours=1)))
    file.write_text(str(ended), encoding="utf-8")
    before = run("verify", str(file), "--policy", "any", "--json", *AT)
    later = ["--at", (NOW + timedelta(hours=1)).isoformat()]
    after = run("verify", str(file), "--policy", "any", "--json", *later)
    assert (before.exit_code, after.exit_code) == (0, 1)
    assert "expired" in {one["code"] for one in verdict(after)["findings"]}


def test_a_presentation_is_checked_for_its_nonce_and_audience(world: World, tmp_path: Path) -> None:
    shown = FORMATS["dc+sd-jwt"].present(
        self_named(world),
        world.worker,
        Binding("https://me.example", "a-nonce-of-mine"),
        disclose=frozenset(),
        at=NOW,
    )
    file = tmp_path / "shown.txt"
    file.write_text(str(shown), encoding="utf-8")
    asked = ["verify", str(file), "--policy", "any", "--json", *AT, "--nonce"]
    right = run(*asked, "a-nonce-of-mine", "--audience", "https://me.example")
    wrong = run(*asked, "another-nonce", "--audience", "https://me.example")
    assert (right.exit_code, wrong.exit_code) == (0, 1)
    assert verdict(right)["parts"]["holder"] == "passed"
    assert "nonce_invalid" in {one["code"] for one in verdict(wrong)["findings"]}
    alone = run("verify", str(file), "--policy", "any", "--json", *AT)
    assert (alone.exit_code, verdict(alone)["parts"]["holder"]) == (2, "undetermined")


@pytest.mark.parametrize("content", ["", "garbage", "{}", "a.b.c", "[1, 2]", "{\x00}"])
def test_rubbish_is_refused_with_a_verdict(tmp_path: Path, content: str) -> None:
    file = tmp_path / "rubbish"
    file.write_text(content, encoding="utf-8")
    result = run("verify", str(file), "--json", *AT)
    assert (result.exit_code, verdict(result)["parts"]["authentic"]) == (1, "failed")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["/no/such/file"], "usage_source"),
        (["http://issuer.example/proof"], "usage_source"),
        (["-", "--policy", "friends"], "usage_policy"),
        (["-", "--at", "yesterday"], "usage_time"),
        (["-", "--at", "2026-11-23T12:00"], "usage_time"),
        (["-", "--nonce", "alone"], "config_nonce_required"),
        (["-", "--nonce", "", "--audience", ""], "config_nonce_required"),
    ],
)
def test_wrong_use_ends_with_three_and_says_what_is_wrong(arguments: list[str], code: str) -> None:
    result = run("verify", *arguments, "--json", given="")
    assert result.exit_code == 3
    found = verdict(result)
    assert (found["error"], set(found)) == (code, {"error", "nl", "en"})


def test_without_json_a_person_reads_four_sentences(proof: Path) -> None:
    result = run("verify", str(proof), "--policy", "any", *AT)
    assert len(result.stdout.splitlines()) == 4
    assert "did:key" not in result.stdout


def test_a_link_to_this_machine_is_not_opened() -> None:
    result = run("verify", "https://127.0.0.1/proof", "--json", *AT)
    assert (result.exit_code, verdict(result)["error"]) == (1, "address_forbidden")


def test_checking_an_sd_jwt_loads_no_server_database_or_json_ld(proof: Path) -> None:
    program = (
        "import sys, runpy\n"
        "from verifier.cli import app\n"
        "try:\n"
        f"    app(['verify', {str(proof)!r}, '--policy', 'any', '--at', {NOW.isoformat()!r}])\n"
        "except SystemExit as end:\n"
        "    assert end.code == 0, end.code\n"
        "print(sorted({'fastapi', 'sqlmodel', 'uvicorn', 'pyld', 'httpx2'} & set(sys.modules)))\n"
    )
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parent.parent.parent,
    )
    assert done.stdout.splitlines()[-1] == "[]"


@contextmanager
def served(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The verifier over real HTTP, and an environment that speaks of it."""
    (port,) = free_ports(1)
    monkeypatch.setenv("VERIFIER_PORT", str(port))
    monkeypatch.setenv("VERIFIER_API_KEY", API_KEY)
    monkeypatch.setenv("VERIFIER_DEV_ORIGINS", json.dumps({VERIFIER: f"http://localhost:{port}"}))
    with running([Seat(world.app, listen("127.0.0.1", port))]):
        yield


def test_ask_and_answer_speak_with_the_running_verifier(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with served(world, monkeypatch):
        asked = run("ask", "--preset", "skills", "--json")
        assert asked.exit_code == 0, asked.output
        request_id = verdict(asked)["id"]
        request = world.request(verdict(asked)["request_uri"])
        waiting = run("answer", request_id, "--json")
        assert (waiting.exit_code, verdict(waiting)) == (2, {"state": "retrieved"})
        world.post(request, world.show(world.issue(world.credential()), request))
        done = run("answer", request_id, "--json")
        assert (done.exit_code, verdict(done)["verdict"]) == (0, "passed")
        assert len(run("answer", request_id).stdout.splitlines()) == 4
        unknown = run("ask", "--preset", "birthday", "--json")
        assert (unknown.exit_code, verdict(unknown)["error"]) == (3, "preset_unknown")
        nobody = run("answer", "no-such-request", "--json")
        assert (nobody.exit_code, verdict(nobody)["error"]) == (1, "not_found")


def test_asking_where_nobody_listens_is_unknown_and_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (port,) = free_ports(1)
    monkeypatch.setenv("VERIFIER_DEV_ORIGINS", json.dumps({VERIFIER: f"http://localhost:{port}"}))
    result = run("ask", "--preset", "skills", "--json")
    assert (result.exit_code, verdict(result)["error"]) == (2, "verifier_unreachable")
    assert "make run" in verdict(result)["nl"]


def test_asking_says_what_the_person_is_told(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with served(world, monkeypatch):
        told = ["--relation", "agency", "--retention-days", "1", "--vacancy", "vac-001"]
        asked = run("ask", "--json", *told)
        assert asked.exit_code == 0, asked.output
        declaration = world.request(verdict(asked)["request_uri"]).declaration
        assert declaration is not None
        assert declaration.declared.relation == "agency"
        assert declaration.declared.retention_days == 1
        odd = run("ask", "--preset", "skills", "--purpose", "curiosity", "--json")
        assert (odd.exit_code, verdict(odd)["error"]) == (1, "declaration_invalid")


def test_a_deelkaart_is_opened_by_its_link_and_never_says_whose_it_is(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = ShareSite.beside(world, tmp_path)
    monkeypatch.setattr("verifier.offline_share.Fetcher", lambda **_: _Near(world))
    link = site.link(coded=True)
    published = site.publish(link, site.card(link, self_named(world)), code="4711")
    told = run("verify", published, "--code", "4711", "--policy", "any", "--json", *AT)
    assert told.exit_code == 2, told.output  # whose it is stays unknown
    (proof,) = verdict(told)["proofs"]
    assert proof["parts"] == {
        "authentic": "passed",
        "issuer": "passed",
        "valid": "passed",
        "holder": "undetermined",
    }
    assert proof["policy"].startswith("any/")
    wrong = run("verify", published, "--code", "0000", "--policy", "any", "--json", *AT)
    assert (wrong.exit_code, verdict(wrong)["error"]) == (1, "share_gone")


class _Near:
    """The fetcher of the command line, in the world of this test."""

    def __init__(self, world: World) -> None:
        self.post = world.internet.post

    def close(self) -> None:
        """Nothing is open."""


def test_a_firm_is_entered_checked_and_its_program_let_in() -> None:
    made = verdict(firm("add", "Rotor BV", "--kvk", "00000009", "--json"))
    assert (made["checked_by"], "/join/" in made["invitation"]) == (None, True)
    checked = firm("check", made["id"], "--by", "kvk", "--json")
    assert (checked.exit_code, verdict(checked)["checked_by"]) == (0, "kvk")
    key = firm("program", made["id"], "Werving", "--scope", "requests", "--json")
    assert verdict(key)["key"].startswith("spk_")
    (kept,) = verdict(firm("keys", made["id"], "--json"))["keys"]
    assert (kept["id"], kept["scopes"], kept["used_at"]) == (
        verdict(key)["id"],
        ["requests"],
        None,
    )
    assert f"{kept['id']}\tWerving\t-" in firm("keys", made["id"]).stdout
    assert verdict(firm("end-key", "own", kept["id"], "--json"))["error"] == "not_found"
    assert firm("end-key", made["id"], kept["id"]).exit_code == 0
    assert verdict(firm("keys", made["id"], "--json"))["keys"] == []
    assert "Rotor BV\tkvk" in firm("list").stdout
    assert "/join/" in firm("invite", made["id"]).stdout
    back = firm("check", made["id"], "--by", "none", "--json")
    assert verdict(back)["checked_by"] is None
    odd = firm("check", made["id"], "--by", "domain", "--json")
    assert (odd.exit_code, verdict(odd)["error"]) == (1, "organisation_invalid")
    nobody = firm("invite", "nobody", "--json")
    assert (nobody.exit_code, verdict(nobody)["error"]) == (1, "not_found")


def firm(*arguments: str) -> Result:
    return CliRunner().invoke(firm_cli.app, arguments)
