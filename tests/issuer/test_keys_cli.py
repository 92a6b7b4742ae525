"""The verbs keys and audit, as a person or a program runs them."""

import json
import re
from datetime import timedelta
from pathlib import Path
from secrets import token_bytes

import pytest
from sqlalchemy import text
from typer.testing import CliRunner, Result

from credentials.keys import public_key_from_jwk
from issuer import audit_cli, keys_cli
from issuer.app import open_installation
from issuer.audit import record
from issuer.installation import FIRST
from issuer.keys import open_signers
from issuer.ports import Ports
from issuer.settings import IssuerSettings
from service.command_line import DONE, REFUSED, WRONG_USE
from tests.issuer.office import AT, HandClock
from tests.issuer.proofs import keep_proof

pytestmark = pytest.mark.usefixtures("on_both_databases")

NOON = AT.isoformat()
TOMORROW = (AT + timedelta(days=1, minutes=1)).isoformat()


@pytest.fixture
def ports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ports:
    """The issuer whose files the verbs work on; it has its first keys."""
    monkeypatch.setenv("SKILLSPASS_VAR", str(tmp_path))
    settings = IssuerSettings(var=tmp_path)
    return open_installation(
        settings, signers_of=open_signers(settings), clock=HandClock(), entropy=token_bytes
    ).ports(FIRST)


def keys(*arguments: str, at: str = NOON) -> Result:
    return CliRunner().invoke(keys_cli.app, [*arguments, "--at", at, "--json"])


def answer(*arguments: str, at: str = NOON) -> dict[str, object]:
    result = keys(*arguments, at=at)
    assert result.exit_code == DONE, result.output
    found: dict[str, object] = json.loads(result.stdout)
    return found


def listed(at: str = NOON) -> list[tuple[str, str]]:
    found = answer("list", at=at)["keys"]
    assert isinstance(found, list)
    return [(row["purpose"], row["state"]) for row in found]


def test_a_key_is_made_waited_for_and_used(ports: Ports) -> None:
    assert sorted(listed()) == [("ES256", "current"), ("EdDSA", "current")]
    made = answer("next", "--for", "ES256")
    assert (made["state"], made["ready_at"]) == ("next", (AT + timedelta(days=1)).isoformat())
    refused = keys("rotate", "--for", "ES256")
    assert (refused.exit_code, json.loads(refused.stdout)["error"]) == (REFUSED, "key_too_fresh")
    done = answer("rotate", "--for", "ES256", at=TOMORROW)
    assert (done["id"], done["early"]) == (made["id"], False)
    later = (AT + timedelta(days=1, minutes=3)).isoformat()
    assert sorted(listed(later)) == [
        ("ES256", "current"),
        ("ES256", "retired"),
        ("EdDSA", "current"),
    ]
    assert ports.signers.place.did in str(done["id"])


def test_who_cannot_wait_is_warned(ports: Ports) -> None:
    answer("next")
    result = keys("rotate", "--force")
    assert result.exit_code == DONE
    assert json.loads(result.stdout)["early"] is True
    assert result.stderr
    assert ports.did


def test_a_stolen_key_is_revoked_and_its_proofs_are_listed(ports: Ports) -> None:
    key_id = str(ports.signers["dc+sd-jwt"].public.key_id)
    proof = keep_proof(ports, number=1, key_id=key_id, at=AT)
    done = answer("revoke", key_id, "--reason", "de laptop is gestolen")
    assert (done["state"], done["affected"]) == ("revoked", 1)
    assert done["instead"] != key_id
    found = answer("affected")["affected"]
    assert isinstance(found, list)
    assert [row["id"] for row in found] == [proof]
    again = keys("revoke", key_id, "--reason", "nog eens")
    assert json.loads(again.stdout)["error"] == "key_revoked"


def test_the_history_can_be_put_on_the_sector_list(ports: Ports) -> None:
    key_id = str(ports.signers["dc+sd-jwt"].public.key_id)
    answer("revoke", key_id, "--reason", "de laptop is gestolen")
    found = answer("export")
    entries = found["TrustedEntityKeys"]
    assert found["TEIdentifier"] == ports.did
    assert isinstance(entries, list)
    assert len(entries) == 3
    for entry in entries:
        members = {name: value for name, value in entry["PublicKey"].items() if name != "kid"}
        public = public_key_from_jwk(members)
        assert entry["PublicKey"]["kid"] == f"{ports.did}#{public.thumbprint}"
    assert [entry["PublicKey"]["kid"] for entry in entries if entry["Compromised"]] == [key_id]


def test_each_organisation_is_asked_by_its_own_name(ports: Ports) -> None:
    result = keys("list", "--organisation", "nobody")
    assert (result.exit_code, json.loads(result.stdout)["error"]) == (REFUSED, "not_found")
    theirs = json.dumps(answer("list", "--organisation", "brugman"))
    assert f"{ports.did}:o:brugman#" in theirs
    assert f"{ports.did}#" not in theirs


def test_the_words_for_a_person_name_no_secret(ports: Ports) -> None:
    for arguments in (["list"], ["next"], ["rotate", "--force"], ["affected"]):
        result = CliRunner().invoke(keys_cli.app, [*arguments, "--at", NOON])
        assert result.exit_code == DONE, result.output
        assert not re.search(r'"d"|passphrase', result.output)
    assert ports.did


# --- audit -----------------------------------------------------------------------------------


def audit(*arguments: str) -> Result:
    return CliRunner().invoke(audit_cli.app, ["verify", *arguments])


def test_a_whole_log_is_done_and_its_head_is_told(ports: Ports) -> None:
    _entries(ports, 3)
    result = audit("--json")
    found = json.loads(result.stdout)
    assert (result.exit_code, found["ok"], found["entries"]) == (DONE, True, 3)
    assert found["head"].startswith("3:")
    assert audit("--head", found["head"]).exit_code == DONE
    assert found["head"] in audit().stdout


def test_a_changed_entry_is_named_and_refused(ports: Ports) -> None:
    _entries(ports, 3)
    guard = "update" if ports.database.is_sqlite else "change ON audit_entry"
    with ports.database.engine.begin() as connection:
        connection.execute(text(f"DROP TRIGGER audit_entry_{guard}"))
        connection.execute(text("UPDATE audit_entry SET about = 'x' WHERE sequence = 2"))
    result = audit("--json")
    found = json.loads(result.stdout)
    assert (result.exit_code, found["ok"]) == (REFUSED, False)
    assert [(fault["kind"], fault["entry"]) for fault in found["faults"]] == [("changed", 2)]
    assert "2" in audit().stderr


def test_a_head_of_another_log_is_refused(ports: Ports) -> None:
    _entries(ports, 2)
    result = audit("--json", "--head", "2:" + "0" * 64)
    assert (result.exit_code, json.loads(result.stdout)["faults"][0]["kind"]) == (REFUSED, "head")
    assert audit("--head", "two").exit_code == WRONG_USE


def _entries(ports: Ports, count: int) -> None:
    for number in range(count):
        with ports.database.transaction() as session:
            record(session, ports, "revoked", about=f"urn:{number}", actor="member-1")
