"""The wallet's verbs, over real HTTP to the real issuer and verifier on free ports."""

import json
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from service.serving import Seat, listen, running
from tests.conftest import NOW
from tests.wallet.world import ISSUER, TRUST, VERIFIER, World
from wallet.cli import app
from wallet.holder.files import open_file
from wallet.holder.portability import Secret, archive_of, seal_export

PASSPHRASE = "drie natte fietsen"
AT = "2026-11-23T12:00:00Z"


class Shell:
    """A terminal beside running services."""

    def __init__(self, vault: Path, environment: dict[str, str]) -> None:
        self.vault, self.environment = vault, environment

    def run(self, *words: str, passphrase: str = PASSPHRASE, typed: str = "") -> Result:
        """Run one verb."""
        environment = self.environment | {"WALLET_PASSPHRASE": passphrase}
        arguments = [*words, "--file", str(self.vault)]
        return CliRunner().invoke(app, arguments, env=environment, input=typed)

    def json(self, *words: str) -> Any:  # noqa: ANN401 - JSON, read by key
        """Run one verb that must succeed; its one object."""
        result = self.run(*words, "--json")
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)


@pytest.fixture
def shell(
    world: World,
    tmp_path: Path,
    light_argon: None,  # noqa: ARG001 - for its effect
) -> Iterator[Shell]:
    """The world's applications on free ports, and a terminal that knows them."""
    seats = {
        origin: Seat(world.clients[origin].app, listen("127.0.0.1", 0))  # type: ignore[arg-type]  # a FastAPI
        for origin in (ISSUER, VERIFIER, TRUST)
    }
    origins = {origin: f"http://localhost:{seat.port}" for origin, seat in seats.items()}
    environment = {
        "WALLET_VAR": str(tmp_path),
        "WALLET_DEV_ORIGINS": json.dumps(origins),
        "WALLET_TRUST_LIST_URL": f"{TRUST}/list.jwt",
        "WALLET_TRUST_ANCHOR": json.dumps(world.anchor.public.jwk()),
        "LANG": "C",
    }
    with running(list(seats.values())):
        yield Shell(tmp_path / "cli.vault", environment)


def receive(shell: Shell, world: World, **claims: str) -> Any:  # noqa: ANN401 - JSON
    offer = world.offer(**claims)
    return shell.json("receive", offer["link"], "--pin", offer["tx_code"], "--yes", "--at", AT)


def test_a_proof_is_received_listed_shown_and_remembered(shell: Shell, world: World) -> None:
    kept = receive(shell, world)
    assert kept["name"] == "Jan Bakker"
    assert kept["giver"] == {"name": "Vakschool De Lasboog", "listed": True}
    passport = shell.json("list", "--at", AT)
    assert passport["name"] == "Jan Bakker"
    assert [proof["id"] for proof in passport["proofs"]] == [kept["id"]]
    assert {skill["skill"] for skill in passport["skills"]} == {"heftruck", "veilig-werken"}
    request = world.ask("skills")
    shown = shell.json("present", request["link"], "--show", "heftruck", "--yes", "--at", AT)
    assert shown["answered"] is True
    assert "skills.0" in shown["shown"][0]["lines"]
    verdict = world.state(request)["verdict"]
    assert verdict["verdict"] == "passed"
    assert [item["skill"] for item in verdict["claims"]["skills"]] == ["heftruck"]
    history = shell.json("history")["history"]
    assert history[0]["name"] == "Precisie Techniek Oost"
    assert history[0]["answered"] is True


def test_people_read_words_and_programs_one_object(shell: Shell, world: World) -> None:
    assert "empty" in shell.run("list", "--at", AT).stdout
    receive(shell, world)
    assert "Driving a forklift" in shell.run("list", "--at", AT).stdout
    request = world.ask("skills")
    said = shell.run("present", request["link"], "--all", "--at", AT, "--yes")
    assert said.exit_code == 0
    assert "Driving a forklift" in said.stderr
    assert said.stdout == "", "messages go to standard error"
    assert "Precisie Techniek Oost" in shell.run("history").stdout


def test_a_no_at_the_terminal_keeps_or_shows_nothing(shell: Shell, world: World) -> None:
    offer = world.offer()
    words = ("receive", offer["link"], "--pin", offer["tx_code"], "--at", AT)
    refused = shell.run(*words, typed="n\n")
    assert refused.exit_code == 1
    assert shell.json("list", "--at", AT)["proofs"] == []
    receive(shell, world)
    request = world.ask("skills")
    refused = shell.run("present", request["link"], "--all", "--at", AT, typed="n\n")
    assert refused.exit_code == 1
    assert world.state(request)["state"] == "answered"
    assert shell.json("history")["history"][0]["answered"] is False


def test_a_wrong_pin_is_refused_and_the_offer_lives(shell: Shell, world: World) -> None:
    offer = world.offer()
    wrong = "000000" if offer["tx_code"] != "000000" else "111111"
    refused = shell.run("receive", offer["link"], "--pin", wrong, "--yes", "--at", AT, "--json")
    assert refused.exit_code == 1
    said = json.loads(refused.stdout)
    assert said["error"] == "pin_wrong"
    assert said["nl"] != said["en"]
    right = shell.run("receive", offer["link"], "--yes", "--at", AT, typed=f"{offer['tx_code']}\n")
    assert right.exit_code == 0


def exported(shell: Shell, folder: Path) -> Path:
    """The file in which the passport of a terminal is taken along, opened by the same words."""
    with open_file(
        shell.vault, PASSPHRASE, clock=lambda: NOW, entropy=secrets.token_bytes
    ) as opened:
        archive = archive_of(opened.vault, {})
    made = folder / "skillspass-export.zip"
    secret = Secret(passphrase=PASSPHRASE)
    made.write_text(seal_export(archive, secret, entropy=secrets.token_bytes))
    return made


def test_another_passport_is_brought_with_its_log(
    shell: Shell, world: World, tmp_path: Path
) -> None:
    kept = receive(shell, world)
    link = world.ask("skills")["link"]
    shell.json("present", link, "--show", "heftruck", "--yes", "--at", AT)
    words = ("import", str(exported(shell, tmp_path)), "--at", AT)
    shell.vault = tmp_path / "other.vault"
    assert shell.run(*words, typed="another\n").exit_code == 1
    assert shell.run(*words, typed=f"{PASSPHRASE}\nn\n").exit_code == 1
    assert shell.json("list", "--at", AT)["proofs"] == []
    brought = shell.run(*words, "--yes", typed=f"{PASSPHRASE}\n")
    assert brought.exit_code == 0
    assert "is right" in brought.stderr
    assert [each["id"] for each in shell.json("list", "--at", AT)["proofs"]] == [kept["id"]]
    assert len(shell.json("history")["history"]) == 1
    again = shell.run(*words, "--yes", "--json", typed=f"{PASSPHRASE}\n")
    assert json.loads(again.stdout)["proofs"][0]["known"] is True


def test_a_wrong_passphrase_opens_nothing(shell: Shell, world: World) -> None:
    receive(shell, world)
    refused = shell.run("list", "--json", passphrase="vier")
    assert refused.exit_code == 1
    assert json.loads(refused.stdout)["error"] == "vault_slot_invalid"


def test_what_does_not_fit_is_refused_and_wrong_use_is_called_so(
    shell: Shell, world: World
) -> None:
    receive(shell, world)
    nothing = shell.run("present", world.ask("vca")["link"], "--all", "--yes", "--at", AT)
    assert nothing.exit_code == 1
    link = world.ask("skills")["link"]
    assert shell.run("present", link, "--yes", "--at", AT).exit_code == 3, "no skill chosen"
    assert shell.run("present", link, "--show", "zwemmen", "--yes", "--at", AT).exit_code == 3
    assert shell.run("list", "--at", "gisteren").exit_code == 3
    receive(shell, world)
    several = shell.run("present", link, "--show", "heftruck", "--yes", "--at", AT)
    assert several.exit_code == 3
    assert "--proof" in several.stderr


def test_a_service_that_does_not_answer_is_no_refusal(shell: Shell, world: World) -> None:
    link = world.offer()["link"].replace("issuer.", "nobody.")
    shell.environment["WALLET_DEV_ORIGINS"] = json.dumps(
        {"https://nobody.skillspass.example": "http://localhost:1"}
    )
    assert shell.run("receive", link, "--pin", "1", "--yes", "--at", AT).exit_code == 2
