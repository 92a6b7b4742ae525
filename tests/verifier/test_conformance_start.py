"""The door for official suites at its start: where it opens, over what, and what it may use."""

import json
import secrets
import ssl
import tomllib
from dataclasses import replace
from pathlib import Path

import httpx2
import pytest
from typer.testing import CliRunner

from credentials.errors import RejectedError
from service.serving import free_ports, running, seat
from tests.conftest import NOW
from verifier.conformance import app, create_door, refuse_production
from verifier.conformance_certificate import self_made


@pytest.mark.parametrize("name", ["ISSUER_PRODUCTION", "WALLET_PRODUCTION", "verifier_production"])
def test_it_does_not_open_in_production(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, "false")
    refuse_production()
    monkeypatch.setenv(name, "true")
    with pytest.raises(RejectedError, match="config_production"):
        create_door(40443, tmp_path, clock=lambda: NOW, entropy=secrets.token_bytes)
    result = CliRunner().invoke(app, ["serve", "--port", "40443"])
    assert result.exit_code == 3
    assert "config_production" in result.output


def test_it_speaks_https_with_a_certificate_of_its_own(tmp_path: Path) -> None:
    (port,) = free_ports(1)
    door = create_door(port, tmp_path, clock=lambda: NOW, entropy=secrets.token_bytes)
    certificate = tmp_path / "certificate.pem"
    certificate.write_bytes(self_made(at=NOW))
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with running([replace(seat(door), certificate=certificate)]):
        response = httpx2.get(f"https://localhost:{port}/issuers", verify=context)
    assert response.status_code == 200
    assert json.loads(response.content)["vc-jwt"]["endpoint"].startswith(
        f"https://localhost:{port}"
    )


def test_it_may_use_no_other_module_of_the_verifier() -> None:
    root = Path(__file__).parents[2]
    settings = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    (contract,) = [
        one for one in contracts if "verifier.conformance" in one.get("source_modules", [])
    ]
    files = [*(root / "verifier").glob("*.py"), *(root / "verifier").glob("*/__init__.py")]
    modules = {
        f"verifier.{file.parent.name if file.parent.name != 'verifier' else file.stem}"
        for file in files
    }
    named = {*contract["source_modules"], *contract["forbidden_modules"]}
    assert named == modules - {"verifier.__init__"}
