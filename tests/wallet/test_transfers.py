"""One more device is let in by a ticket: after a fresh passkey, once, and for five minutes."""

import hashlib
import secrets
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from credentials.encoding import b64url_encode
from credentials.errors import MalformedError, RejectedError
from tests.cases.transfers import ID, point, shared
from tests.service.authenticator import SoftAuthenticator
from tests.wallet.keeping import KEEPER, Keeper, Keeping, fresh_vault, keeping_at, sealed
from wallet.holder.transfer import open_note, parse_greeting, parse_invitation
from wallet.sweeping import sweep
from wallet.tables import Transfer


@pytest.fixture
def keeping(tmp_path: Path, database_url: str) -> Keeping:
    return keeping_at(tmp_path, database_url)


def invited(keeper: Keeper) -> bytes:
    """A ticket that the service knows by its hash."""
    ticket = secrets.token_bytes(32)
    hashed = {"ticket": b64url_encode(hashlib.sha256(ticket).digest())}
    answer = keeper.post("/api/transfers", hashed, X_Confirmed=keeper.confirmed())
    assert answer.status_code == 200, answer.text
    return ticket


def come_in(keeper: Keeper, ticket: bytes) -> dict[str, str]:
    answer = keeper.post("/api/transfers/open", {"ticket": b64url_encode(ticket)})
    found: dict[str, str] = answer.json()
    return found


def test_a_new_device_reads_the_vault_and_gets_a_passkey_of_its_own(keeping: Keeping) -> None:
    old, new = keeping.keeper().join(), keeping.keeper()
    data, _ = sealed(fresh_vault())
    assert old.write(data, read=None).status_code == 204
    confirmed = come_in(new, invited(old))["confirmed"]
    assert new.send("GET", "/api/vault").content == data
    made = new.ceremony("/api/passkeys", new.device.create, X_Confirmed=confirmed)
    assert made.status_code == 200
    again = new.ceremony("/api/passkeys", SoftAuthenticator(origin=KEEPER).create)
    assert again.json()["code"] == "confirmation_missing"


def test_a_ticket_needs_a_fresh_passkey(keeping: Keeping) -> None:
    keeper = keeping.keeper().join()
    answer = keeper.post("/api/transfers", {"ticket": b64url_encode(bytes(32))})
    assert answer.json()["code"] == "confirmation_missing"
    stranger = keeping.keeper()
    answer = stranger.post("/api/transfers", {"ticket": b64url_encode(bytes(32))})
    assert answer.json()["code"] == "unauthorized"


def test_a_ticket_works_once_and_not_after_five_minutes(keeping: Keeping) -> None:
    keeper = keeping.keeper().join()
    used, late = invited(keeper), invited(keeper)
    assert "confirmed" in come_in(keeping.keeper(), used)
    assert come_in(keeping.keeper(), used)["code"] == "transfer_gone"
    assert come_in(keeping.keeper(), bytes(32))["code"] == "transfer_gone"
    keeping.clock.moment += timedelta(minutes=5)
    assert come_in(keeping.keeper(), late)["code"] == "transfer_gone"
    sweep(keeping.app.state.doors)
    with keeping.app.state.doors.database.reading() as session:
        assert session.exec(select(Transfer)).all() == []


def test_tickets_go_with_their_account(keeping: Keeping) -> None:
    keeper = keeping.keeper().join()
    ticket = invited(keeper)
    assert keeper.post("/api/wipe", X_Confirmed=keeper.confirmed()).status_code == 200
    assert come_in(keeping.keeper(), ticket)["code"] == "transfer_gone"


@given(st.text(max_size=80))
def test_any_text_is_a_code_or_refused(text: str) -> None:
    try:
        assert len(parse_invitation(text).mailbox_id) == len(ID)
    except MalformedError as error:
        assert error.code == "transfer_invalid"  # noqa: PT017 - the code of ours


@given(st.binary(max_size=200))
def test_any_letter_is_a_key_or_refused(octets: bytes) -> None:
    with pytest.raises(MalformedError, match="transfer_invalid"):
        parse_greeting(octets)
    with pytest.raises(RejectedError, match="transfer_failed"):
        open_note(octets, shared("old", "new"), ID)


def test_both_devices_agree_and_a_third_does_not() -> None:
    assert shared("old", "new") == shared("new", "old")
    assert shared("old", "other") != shared("old", "new")
    assert point("old") != point("new")
