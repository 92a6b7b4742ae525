"""Mailboxes between two devices: whoever knows the name may write, read and take it down.

A guest at the share site gets the first message alone, and leaves more (decision 0057).
"""

import secrets
from datetime import timedelta
from pathlib import Path

import pytest
from httpx2 import Response
from sqlmodel import select
from starlette.testclient import TestClient

from credentials.encoding import b64url_encode
from tests.wallet.keeping import SHARE, Keeper, Keeping, keeping_at
from wallet import mailboxes, sweeping
from wallet.mailboxes import (
    MAX_LIFE,
    MAX_MESSAGE_BYTES,
    MAX_MESSAGES,
    MAX_REPLIES,
    MAX_REPLY_BYTES,
    SKEW,
)
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
    ends = int((keeping.clock() + MAX_LIFE + SKEW).timestamp()) + 1
    message = {"id": b64url_encode(bytes(16)), "expires": ends}
    assert keeping.keeper().post("/api/mailboxes", message).status_code == 401
    answer = keeping.keeper().join().post("/api/mailboxes", message)
    assert answer.json()["code"] == "mailbox_malformed"
    again = {**message, "expires": ends - 1}
    assert keeping.keeper().join().post("/api/mailboxes", again).status_code == 201


def test_a_mailbox_is_full_at_some_point(tmp_path: Path, sqlite_url: str) -> None:
    keeping = keeping_at(tmp_path, sqlite_url)
    keeper = keeping.keeper().join()
    name = made(keeping, keeper)
    assert [put(keeper, name, b"x") for _ in range(MAX_MESSAGES + 1)][-2:] == [201, 400]
    other = made(keeping, keeper)
    assert put(keeper, other, b"") == 400


HOUR, DAY = 60, 24 * 60
"""In minutes."""


def guest(keeping: Keeping, path: str, document: object = None, **headers: str) -> Response:
    """What the page of a guest sends, at the share site."""
    own = {"Origin": SHARE, "Sec-Fetch-Site": "same-origin"}
    client = TestClient(keeping.app, base_url=SHARE)
    return client.post(path, json=document or {}, headers=own | headers)


def test_a_guest_gets_the_first_message_alone_and_leaves_more(keeping: Keeping) -> None:
    worker = keeping.keeper().join()
    name = made(keeping, worker, 4 * HOUR)
    assert guest(keeping, f"/b/{name}/open").status_code == 410
    put(worker, name, b"snapshot")
    left = guest(keeping, f"/b/{name}", {"message": b64url_encode(b"proposal")})
    assert left.json() == {"number": 2}
    ends = int((keeping.clock() + timedelta(hours=4)).timestamp())
    opened = guest(keeping, f"/b/{name}/open")
    assert opened.json() == {"message": b64url_encode(b"snapshot"), "expires": ends}
    assert opened.headers["cache-control"] == "no-store"
    assert guest(keeping, f"/b/{name}/look").json() == {"expires": ends}
    letters = worker.send("GET", f"/api/mailboxes/{name}?after=1").json()
    assert [each["message"] for each in letters] == [b64url_encode(b"proposal")]


@pytest.mark.parametrize("how", ["by the worker", "by time"])
def test_a_box_that_ended_is_gone_on_both_sides(keeping: Keeping, how: str) -> None:
    worker = keeping.keeper().join()
    name = made(keeping, worker, 2 * HOUR)
    put(worker, name, b"snapshot")
    guest(keeping, f"/b/{name}", {"message": b64url_encode(b"proposal")})
    if how == "by time":
        keeping.clock.moment += timedelta(hours=2)
    else:
        assert worker.send("DELETE", f"/api/mailboxes/{name}").status_code == 204
    answers = [guest(keeping, f"/b/{name}{door}") for door in ("/open", "/look")]
    answers.append(guest(keeping, f"/b/{name}", {"message": b64url_encode(b"late")}))
    answers.append(worker.send("GET", f"/api/mailboxes/{name}"))
    assert [each.status_code for each in answers] == [410] * 4
    sweeping.sweep(keeping.app.state.doors)
    with keeping.app.state.doors.database.reading() as session:
        assert session.exec(select(Mailbox)).all() == []
        assert session.exec(select(MailboxMessage)).all() == []


def test_a_box_for_answers_holds_few_and_small_messages(keeping: Keeping) -> None:
    keeper = keeping.keeper().join()
    name = made(keeping, keeper, 14 * DAY)
    assert put(keeper, name, bytes(MAX_REPLY_BYTES + 1)) == 400
    assert put(keeper, name, bytes(MAX_REPLY_BYTES)) == 201
    keeping.clock.moment += timedelta(days=13, hours=12)
    assert put(keeper, name, bytes(MAX_REPLY_BYTES + 1)) == 400
    assert [put(keeper, name, b"x") for _ in range(MAX_REPLIES)][-2:] == [201, 400]
    assert guest(keeping, f"/b/{name}/open").json()["message"] == b64url_encode(
        bytes(MAX_REPLY_BYTES)
    )
    visit = made(keeping, keeping.keeper().join(), DAY + 5)  # its phone's clock runs ahead
    assert put(keeper, visit, bytes(MAX_MESSAGE_BYTES)) == 201
    assert put(keeper, visit, bytes(MAX_MESSAGE_BYTES + 1)) == 400


def test_without_its_mark_a_box_for_answers_would_take_large_ones(
    keeping: Keeping, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailboxes, "VISIT_LIFE", timedelta(days=14))
    keeper = keeping.keeper().join()
    assert put(keeper, made(keeping, keeper, 14 * DAY), bytes(MAX_REPLY_BYTES + 1)) == 201


def test_a_guest_knocks_from_its_own_page_alone_and_not_too_often(
    tmp_path: Path, sqlite_url: str
) -> None:
    keeping = keeping_at(tmp_path, sqlite_url, rate_limits=True)
    keeper = keeping.keeper().join()
    name = made(keeping, keeper)
    put(keeper, name, b"snapshot")
    strange = guest(keeping, f"/b/{name}/open", Origin="https://else.example")
    assert strange.json()["code"] == "csrf"
    assert keeper.post(f"/b/{name}/open").status_code == 404
    assert guest(keeping, "/b/short/open").status_code == 400
    found = {guest(keeping, f"/b/{name}/look").status_code for _ in range(80)}
    assert found == {200, 429}
