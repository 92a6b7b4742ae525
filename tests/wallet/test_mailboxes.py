"""Mailboxes between two devices: whoever knows the name may write, read and take it down."""

import secrets
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from credentials.encoding import b64url_encode
from tests.wallet.keeping import Keeper, Keeping, keeping_at
from wallet.mailboxes import MAX_MESSAGES
from wallet.tables import Mailbox, MailboxMessage


@pytest.fixture
def keeping(tmp_path: Path, database_url: str) -> Keeping:
    return keeping_at(tmp_path, database_url)


def made(keeping: Keeping, keeper: Keeper, minutes: int = 5) -> str:
    name = b64url_encode(secrets.token_bytes(16))
    ends = int((keeping.clock() + timedelta(minutes=minutes)).timestamp())
    answer = keeper.post("/api/mailboxes", {"id": name, "expires": ends})
    assert answer.status_code == 201, answer.text
    return name


def put(keeper: Keeper, name: str, octets: bytes) -> int:
    answer = keeper.post(f"/api/mailboxes/{name}", {"message": b64url_encode(octets)})
    return answer.status_code


def test_two_devices_exchange_sealed_messages(keeping: Keeping) -> None:
    old, new = keeping.keeper().join(), keeping.keeper()
    name = made(keeping, old)
    assert put(new, name, b"my key") == 201
    assert put(old, name, b"sealed") == 201
    letters = new.send("GET", f"/api/mailboxes/{name}?after=1").json()
    assert letters == [{"number": 2, "message": b64url_encode(b"sealed")}]
    assert new.send("DELETE", f"/api/mailboxes/{name}").status_code == 204
    assert old.send("GET", f"/api/mailboxes/{name}").status_code == 410


def test_a_mailbox_that_is_over_is_gone_with_what_was_in_it(keeping: Keeping) -> None:
    keeper = keeping.keeper().join()
    name = made(keeping, keeper)
    put(keeper, name, b"x")
    keeping.clock.moment += timedelta(minutes=5)
    assert put(keeper, name, b"y") == 410
    assert keeper.send("GET", f"/api/mailboxes/{name}").status_code == 410
    made(keeping, keeper)
    with keeping.app.state.doors.database.reading() as session:
        assert len(session.exec(select(Mailbox)).all()) == 1
        assert session.exec(select(MailboxMessage)).all() == []


def test_only_an_open_account_puts_one_up_and_not_for_long(keeping: Keeping) -> None:
    ends = int((keeping.clock() + timedelta(days=2)).timestamp())
    message = {"id": b64url_encode(bytes(16)), "expires": ends}
    assert keeping.keeper().post("/api/mailboxes", message).status_code == 401
    answer = keeping.keeper().join().post("/api/mailboxes", message)
    assert answer.json()["code"] == "mailbox_malformed"


def test_a_mailbox_is_full_at_some_point(tmp_path: Path, sqlite_url: str) -> None:
    keeping = keeping_at(tmp_path, sqlite_url)
    keeper = keeping.keeper().join()
    name = made(keeping, keeper)
    assert [put(keeper, name, b"x") for _ in range(MAX_MESSAGES + 1)][-2:] == [201, 400]
    other = made(keeping, keeper)
    assert put(keeper, other, b"") == 400
