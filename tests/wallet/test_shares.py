"""Deelkaarten at the service: seen so often and no more, gone when stopped, of nobody."""

import hashlib
import secrets
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect
from sqlmodel import select

from credentials.encoding import b64url_encode
from tests.wallet.keeping import DAY, SHARE, Keeper, Keeping, keeping_at
from wallet.sweeping import sweep
from wallet.tables import Share, ShareView


@pytest.fixture
def keeping(tmp_path: Path, database_url: str) -> Keeping:
    return keeping_at(tmp_path, database_url)


def hashed(octets: bytes) -> str:
    return b64url_encode(hashlib.sha256(octets).digest())


@dataclass
class Made:
    """A share and its secrets."""

    id: str = field(default_factory=lambda: b64url_encode(secrets.token_bytes(16)))
    gate: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    stop: bytes = field(default_factory=lambda: secrets.token_bytes(32))

    def message(self, keeping: Keeping, **change: object) -> dict[str, object]:
        """What the keeper sends."""
        return {
            "id": self.id,
            "sealed": b64url_encode(b"ciphertext"),
            "expires": int((keeping.clock() + 7 * DAY).timestamp()),
            "coded": False,
            "gate": hashed(self.gate),
            "stop": hashed(self.stop),
            **change,
        }


def made(keeping: Keeping, keeper: Keeper, **change: object) -> Made:
    share = Made()
    answer = keeper.post(
        "/api/shares", share.message(keeping, **change), X_Confirmed=keeper.confirmed()
    )
    assert answer.status_code == 201, answer.text
    return share


def stored(keeping: Keeping, share: Made) -> Share:
    with keeping.app.state.doors.database.reading() as session:
        found: Share = session.get_one(Share, share.id)
        return found


def seen(keeper: Keeper, share: Made) -> Any:  # noqa: ANN401 - JSON
    return keeper.post(f"/api/shares/{share.id}/seen", {"stop": b64url_encode(share.stop)}).json()


def test_a_tap_opens_it_and_counts_for_the_worker(keeping: Keeping) -> None:
    keeper = keeping.keeper().join()
    share = made(keeping, keeper)
    answer = keeping.open_share(share.id, share.gate)
    assert answer.json()["sealed"] == b64url_encode(b"ciphertext")
    (view,) = seen(keeper, share)["views"]
    assert view["at"] == keeping.clock().isoformat()


def test_sharing_needs_an_open_account_and_a_fresh_passkey(keeping: Keeping) -> None:
    keeper = keeping.keeper()
    assert keeper.post("/api/shares", Made().message(keeping)).status_code == 401
    keeper.join()
    answer = keeper.post("/api/shares", Made().message(keeping))
    assert answer.json()["code"] == "confirmation_missing"


def test_a_share_belongs_to_nobody(keeping: Keeping) -> None:
    made(keeping, keeping.keeper().join())
    columns = {
        column["name"]
        for table in ("share", "share_view", "mailbox", "mailbox_message")
        for column in inspect(keeping.app.state.doors.database.engine).get_columns(table)
    }
    assert not {name for name in columns if "account" in name or "owner" in name}


def test_h089_a_stopped_and_an_expired_share_are_gone_with_their_ciphertext(
    keeping: Keeping,
) -> None:
    keeper = keeping.keeper().join()
    stopped, expired = made(keeping, keeper), made(keeping, keeper)
    wrong = keeper.post(f"/api/shares/{stopped.id}/stop", {"stop": b64url_encode(b"x" * 32)})
    assert wrong.status_code == 410
    right = keeper.post(f"/api/shares/{stopped.id}/stop", {"stop": b64url_encode(stopped.stop)})
    assert right.status_code == 204
    assert stored(keeping, stopped).octets == b""
    keeping.clock.moment += 7 * DAY
    for share in (stopped, expired):
        answer = keeping.open_share(share.id, share.gate)
        assert (answer.status_code, answer.json()["code"]) == (410, "share_gone")
    assert stored(keeping, expired).octets == b""


def test_h089_what_is_over_is_deleted_though_nobody_asks(keeping: Keeping) -> None:
    share = made(keeping, keeping.keeper().join())
    doors = keeping.app.state.doors
    sweep(doors)
    assert stored(keeping, share).octets != b""
    keeping.clock.moment += 7 * DAY
    (rounds,) = keeping.app.state.workers
    rounds.start()  # its first round comes at once
    rounds.stop()
    assert stored(keeping, share).octets == b""


def test_h088_absent_expired_and_wrong_gate_look_the_same(keeping: Keeping) -> None:
    keeper = keeping.keeper().join()
    share, over = (
        made(keeping, keeper),
        made(keeping, keeper, expires=int((keeping.clock() + timedelta(hours=1)).timestamp())),
    )
    keeping.clock.moment += timedelta(hours=2)
    answers = [
        keeping.open_share(b64url_encode(bytes(16)), share.gate),
        keeping.open_share(over.id, over.gate),
        keeping.open_share(share.id, bytes(32)),
    ]
    assert len({(each.status_code, each.text) for each in answers}) == 1
    assert keeping.open_share(share.id, share.gate).status_code == 200


def test_h088_ids_are_not_searched_for(tmp_path: Path, sqlite_url: str) -> None:
    keeping = keeping_at(tmp_path, sqlite_url, rate_limits=True)
    answers = [
        keeping.open_share(b64url_encode(secrets.token_bytes(16)), bytes(32)).status_code
        for _ in range(62)
    ]
    assert answers[0] == 410
    assert answers[-1] == 429


def test_h090_fifty_readers_at_once_never_see_it_more_often_than_three_times(
    keeping: Keeping,
) -> None:
    share = made(keeping, keeping.keeper().join(), views=3)
    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda _: keeping.open_share(share.id, share.gate), range(50)))
    assert sorted(each.status_code for each in answers) == [200] * 3 + [410] * 47
    assert stored(keeping, share).views == 3
    with keeping.app.state.doors.database.reading() as session:
        assert len(session.exec(select(ShareView)).all()) == 3


def test_five_wrong_codes_close_a_share_and_the_worker_sees_it(keeping: Keeping) -> None:
    keeper = keeping.keeper().join()
    coded, plain = made(keeping, keeper, coded=True), made(keeping, keeper)
    for share in (coded, plain):
        for _ in range(5):
            assert keeping.open_share(share.id, bytes(32)).status_code == 410
    assert keeping.open_share(coded.id, coded.gate).status_code == 410
    assert keeping.open_share(plain.id, plain.gate).status_code == 200  # nothing to guess there
    assert seen(keeper, coded) == {"views": [], "wrong": 5, "ended": True}
    assert stored(keeping, coded).octets == b""


def test_a_visitors_name_stays_sealed_and_is_left_once(keeping: Keeping) -> None:
    keeper = keeping.keeper().join()
    share = made(keeping, keeper)
    view = keeping.open_share(share.id, share.gate).json()["view"]
    reader = Keeper(type(keeper.client)(keeping.app, base_url=SHARE))

    def leave(name: bytes, gate: bytes = share.gate) -> int:
        message = {"gate": b64url_encode(gate), "name": b64url_encode(name), "view": view}
        answer = reader.client.post(
            f"/s/{share.id}/name",
            json=message,
            headers={"Origin": SHARE, "Sec-Fetch-Site": "same-origin"},
        )
        return answer.status_code

    sealed = secrets.token_bytes(156)
    answers = [leave(b"De firma"), leave(sealed, bytes(32)), leave(sealed), leave(sealed)]
    assert answers == [410, 410, 204, 410]
    (found,) = seen(keeper, share)["views"]
    assert found["name"] == b64url_encode(sealed)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"sealed": b64url_encode(bytes(80_000))}, "share_too_large"),
        ({"sealed": ""}, "share_too_large"),
        ({"expires": 0}, "share_malformed"),
        ({"expires": 4_000_000_000}, "share_malformed"),
        ({"views": 5_000}, "share_malformed"),
        ({"views": 0}, "invalid_request"),
        ({"gate": "AA"}, "base64_not_strict"),
        ({"id": "x"}, "invalid_request"),
        ({"owner": "me"}, "invalid_request"),
    ],
    ids=str,
)
def test_a_share_of_another_form_is_refused(
    tmp_path: Path, sqlite_url: str, change: dict[str, object], code: str
) -> None:
    keeping = keeping_at(tmp_path, sqlite_url)
    keeper = keeping.keeper().join()
    message = Made().message(keeping, **change)
    answer = keeper.post("/api/shares", message, X_Confirmed=keeper.confirmed())
    assert answer.json()["code"] == code


def test_the_trace_of_a_share_is_gone_a_month_after_its_end(keeping: Keeping) -> None:
    keeper = keeping.keeper().join()
    share = made(keeping, keeper)
    keeping.open_share(share.id, share.gate)
    keeping.clock.moment += 37 * DAY
    keeper.ceremony("/api/sign-in", keeper.device.get)
    made(keeping, keeper)
    with keeping.app.state.doors.database.reading() as session:
        assert len(session.exec(select(Share)).all()) == 1
        assert session.exec(select(ShareView)).all() == []
