"""Accounts: a passkey and no name; what opens a vault never reaches the service."""

import hashlib
import json
import secrets
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect
from sqlmodel import select

from credentials.encoding import b64url_encode
from credentials.jose import peek
from credentials.keys import public_key_from_jwk
from tests.conftest import NOW
from tests.wallet.keeping import KEEPER, Keeping, fresh_vault, keeping_at, sealed
from wallet.holder import recovery
from wallet.holder.sealed import with_slot
from wallet.holder.slots import Slot, make_slot
from wallet.receipts import TYPE
from wallet.tables import (
    Account,
    AccountLogin,
    AccountPasskey,
    DeletionReceipt,
    VaultVersion,
    WalletTable,
)


@pytest.fixture
def keeping(tmp_path: Path, database_url: str) -> Keeping:
    return keeping_at(tmp_path, database_url)


def rows(keeping: Keeping, table: type[WalletTable]) -> list[WalletTable]:
    with keeping.app.state.doors.database.reading() as session:
        return list(session.exec(select(table)).all())


def hashed(octets: bytes) -> str:
    return b64url_encode(hashlib.sha256(octets).digest())


def test_an_account_is_a_random_name_with_a_passkey(keeping: Keeping) -> None:
    keeper = keeping.keeper().join()
    (account,) = rows(keeping, Account)
    assert isinstance(account, Account)
    assert len(account.id) == 22
    columns = {
        column["name"]
        for column in inspect(keeping.app.state.doors.database.engine).get_columns("account")
    }
    assert columns == {"id", "created_at", "locator_hash", "auth_hash"}
    assert [each["this"] for each in keeper.send("GET", "/api/logins").json()] == [True]


def test_the_output_of_prf_is_kept_nowhere(
    keeping: Keeping, caplog: pytest.LogCaptureFixture
) -> None:
    keeper = keeping.keeper()
    spelled, sent = b64url_encode(keeper.device.secret), []

    def with_prf(act: Callable[[dict[str, Any]], object]) -> Callable[[dict[str, Any]], object]:
        """A keeper that forgot to take the output out of its answer."""

        def answered(options: dict[str, Any]) -> object:
            answer = act(options | {"extensions": {"prf": {"eval": {"first": "AA"}}}})
            sent.append(json.dumps(answer))
            return answer

        return answered

    assert keeper.ceremony("/api/account", with_prf(keeper.device.create)).status_code == 204
    assert keeper.ceremony("/api/sign-in", with_prf(keeper.device.get)).status_code == 204
    assert all(spelled in answer for answer in sent)
    kept = str([rows(keeping, table) for table in (Account, AccountPasskey, AccountLogin)])
    assert spelled not in kept
    assert repr(keeper.device.secret)[2:-1] not in kept
    assert spelled not in caplog.text


def test_another_browser_opens_the_account_with_the_same_passkey(keeping: Keeping) -> None:
    first = keeping.keeper().join()
    second = keeping.keeper()
    second.device = first.device
    assert second.send("GET", "/api/vault").status_code == 401
    assert second.ceremony("/api/sign-in", second.device.get).status_code == 204
    assert len(second.send("GET", "/api/logins").json()) == 2
    other = next(each for each in second.send("GET", "/api/logins").json() if not each["this"])
    assert second.send("DELETE", f"/api/logins/{other['id']}").status_code == 204
    assert first.send("GET", "/api/logins").status_code == 401


def test_a_page_of_another_site_changes_nothing(keeping: Keeping) -> None:
    keeper = keeping.keeper()
    for headers in (
        {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
        {"Origin": KEEPER, "Sec-Fetch-Site": "same-site"},
        {"Origin": KEEPER},
        {},
    ):
        answer = keeper.client.post("/api/account/begin", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "csrf")
    elsewhere = keeper.client.post(
        "https://wallet.skillspass.example/api/account/begin", headers={"Origin": KEEPER}
    )
    assert elsewhere.status_code == 404


def test_a_confirmation_serves_once_and_not_for_long(keeping: Keeping) -> None:
    keeper = keeping.keeper().join()
    card = {"locator": hashed(b"l"), "auth": hashed(b"a")}
    body = json.dumps(card).encode()

    def put(token: str) -> int:
        answer = keeper.send(
            "PUT", "/api/recovery", content=body, Content_Type="application/json", X_Confirmed=token
        )
        return answer.status_code

    token = keeper.confirmed()
    assert [put(""), put("x"), put(token), put(token)] == [403, 403, 204, 403]
    late = keeper.confirmed()
    keeping.clock.moment += timedelta(minutes=2)
    assert put(late) == 403


def test_nobody_confirms_with_another_accounts_passkey(keeping: Keeping) -> None:
    keeper, stranger = keeping.keeper().join(), keeping.keeper().join()
    answer = keeper.ceremony("/api/confirm", stranger.device.get)
    assert answer.json()["code"] == "passkey_unknown"


def test_the_recovery_card_opens_the_account_and_the_old_card_no_longer(keeping: Keeping) -> None:
    keeper = keeping.keeper().join()
    data, _ = sealed(fresh_vault())
    assert keeper.write(data, read=None).status_code == 204
    secrets_of_cards = [secrets.token_bytes(20) for _ in range(2)]
    for secret in secrets_of_cards:
        card = {"locator": hashed(recovery.locator(secret)), "auth": hashed(recovery.auth(secret))}
        answer = keeper.send(
            "PUT",
            "/api/recovery",
            content=json.dumps(card).encode(),
            Content_Type="application/json",
            X_Confirmed=keeper.confirmed(),
        )
        assert answer.status_code == 204

    def opened(locator: bytes, auth: bytes) -> int:
        phone = keeping.keeper()
        shown = {"locator": b64url_encode(locator), "auth": b64url_encode(auth)}
        answer = phone.post("/api/recovery/open", shown)
        if answer.status_code == 200:
            assert phone.send("GET", "/api/vault").content == data
            fresh = answer.json()["confirmed"]
            made = phone.ceremony("/api/passkeys", phone.device.create, X_Confirmed=fresh)
            assert made.status_code == 200
        return answer.status_code

    old, new = secrets_of_cards
    assert opened(recovery.locator(new), recovery.auth(new)) == 200
    assert opened(recovery.locator(old), recovery.auth(old)) == 400
    assert opened(recovery.locator(new), recovery.auth(old)) == 400


def test_ten_cards_an_hour_and_no_more(tmp_path: Path, sqlite_url: str) -> None:
    keeper = keeping_at(tmp_path, sqlite_url, rate_limits=True).keeper()
    shown = {"locator": b64url_encode(bytes(32)), "auth": b64url_encode(bytes(32))}
    answers = [keeper.post("/api/recovery/open", shown).status_code for _ in range(11)]
    assert answers == [400] * 10 + [429]


def test_a_lost_phones_passkey_counts_no_longer(keeping: Keeping) -> None:
    keeper = keeping.keeper().join()
    lost = keeper.device
    fresh, token = keeper.confirmed(), keeper.confirmed()
    keeper.device = type(lost)(origin=KEEPER)
    stolen = keeper.ceremony("/api/passkeys", keeper.device.create)
    assert stolen.json()["code"] == "confirmation_missing"  # an open page alone adds none
    made = keeper.ceremony("/api/passkeys", keeper.device.create, X_Confirmed=fresh)
    assert made.status_code == 200
    old = b64url_encode(lost.id)
    refused = keeper.post("/api/passkeys/remove", {"ids": [old, "x"]}, X_Confirmed=token)
    assert refused.json()["code"] == "not_found"
    assert len(keeper.send("GET", "/api/passkeys").json()) == 2  # all of them, or none
    answer = keeper.post("/api/passkeys/remove", {"ids": [old]}, X_Confirmed=token)
    assert answer.status_code == 204
    assert len(keeper.send("GET", "/api/logins").json()) == 1
    thief = keeping.keeper()
    thief.device = lost
    assert thief.ceremony("/api/sign-in", lost.get).json()["code"] == "passkey_unknown"


def slot(secret: bytes, wid: bytes, kind: str = "rec") -> Slot:
    """One more way to open a vault."""
    return make_slot(kind, secret, wid=wid, entropy=secrets.token_bytes)


def test_the_passkey_that_was_just_made_confirms_its_slot_and_that_once(keeping: Keeping) -> None:
    keeper = keeping.keeper().join()
    data, vault = sealed(fresh_vault())
    assert keeper.write(data, read=None).status_code == 204
    fresh = keeper.confirmed()
    keeper.device = type(keeper.device)(origin=KEEPER)
    made = keeper.ceremony("/api/passkeys", keeper.device.create, X_Confirmed=fresh).json()
    more, _ = sealed(with_slot(vault, slot(bytes(32), vault.wid, "prf")))
    assert keeper.write(more, read=1).json()["code"] == "confirmation_missing"
    token = made["confirmed"]
    assert keeper.write(more, read=1, X_Confirmed=token).status_code == 204
    assert keeper.post("/api/wipe", X_Confirmed=token).status_code == 403


def test_a_fresh_card_and_its_slot_are_kept_together_or_not_at_all(keeping: Keeping) -> None:
    keeper = keeping.keeper().join()
    data, vault = sealed(fresh_vault())
    assert keeper.write(data, read=None).status_code == 204
    secret = secrets.token_bytes(20)
    card = f"{hashed(recovery.locator(secret))}.{hashed(recovery.auth(secret))}"
    shown = {
        "locator": b64url_encode(recovery.locator(secret)),
        "auth": b64url_encode(recovery.auth(secret)),
    }

    def finds() -> bool:
        return keeping.keeper().post("/api/recovery/open", shown).status_code == 200

    same, _ = sealed(vault)
    assert keeper.write(same, read=1, X_Recovery=card).json()["code"] == "confirmation_missing"
    more, _ = sealed(with_slot(vault, slot(secret, vault.wid)))
    token = keeper.confirmed()
    stale = keeper.write(more, read=7, X_Recovery=card, X_Confirmed=token)
    assert (stale.json()["code"], finds()) == ("vault_conflict", False)
    for wrong in ("x", "x.y", f"{card}.x", "."):
        answer = keeper.write(more, read=1, X_Recovery=wrong, X_Confirmed=token)
        assert answer.json()["code"] == "base64_not_strict", wrong
    assert keeper.write(more, read=1, X_Recovery=card, X_Confirmed=token).status_code == 204
    assert finds()


def test_wiping_leaves_a_receipt_that_names_nobody(keeping: Keeping) -> None:
    keeper, other = keeping.keeper().join(), keeping.keeper().join()
    for each in (keeper, other):
        assert each.write(sealed(fresh_vault())[0], read=None).status_code == 204
    assert keeper.post("/api/wipe").status_code == 403
    receipt = keeper.post("/api/wipe", X_Confirmed=keeper.confirmed()).json()
    assert keeper.send("GET", "/api/vault").status_code == 401
    for table in (Account, AccountPasskey, AccountLogin, VaultVersion):
        assert len(rows(keeping, table)) == 1, table
    (kept,) = rows(keeping, DeletionReceipt)
    assert isinstance(kept, DeletionReceipt)
    assert kept.id == receipt["id"]
    (published,) = other.send("GET", "/api/receipts/keys").json()["keys"]
    signed = peek(receipt["receipt"], typ=frozenset({TYPE}))
    signed.verify(public_key_from_jwk(published))
    assert signed.payload == {"iss": KEEPER, "jti": kept.id, "iat": int(NOW.timestamp())}
    assert other.send("GET", "/api/vault").status_code == 200
