"""The vault at the service: octets, a number that only goes up, and no lost write."""

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.errors import MalformedError
from tests.wallet.keeping import Keeping, fresh_vault, keeping_at, sealed
from wallet.holder.sealed import with_slot
from wallet.holder.slots import make_slot
from wallet.vault import MAX_VAULT_BYTES, MAX_VERSIONS, _front


@pytest.fixture
def keeping(tmp_path: Path, database_url: str) -> Keeping:
    return keeping_at(tmp_path, database_url)


def test_what_was_written_is_read_with_its_number(keeping: Keeping) -> None:
    keeper = keeping.keeper().join()
    assert keeper.send("GET", "/api/vault").status_code == 404
    first, opened = sealed(fresh_vault())
    assert keeper.write(first, read=None).headers["etag"] == '"1"'
    second, _ = sealed(opened)
    assert keeper.write(second, read=1).headers["etag"] == '"2"'
    answer = keeper.send("GET", "/api/vault")
    assert (answer.content, answer.headers["etag"]) == (second, '"2"')
    assert keeper.send("GET", "/api/vault/versions/1").content == first
    assert [each["ver"] for each in keeper.send("GET", "/api/vault/versions").json()] == [2, 1]


def test_h095_a_stale_write_is_refused_and_an_unconditional_one(keeping: Keeping) -> None:
    keeper = keeping.keeper().join()
    first, opened = sealed(fresh_vault())
    second, after = sealed(opened)
    keeper.write(first, read=None)
    keeper.write(second, read=1)
    stale = keeper.write(second, read=1)
    assert (stale.status_code, stale.json()["code"]) == (412, "vault_conflict")
    assert keeper.write(first, read=None).status_code == 412
    bare = keeper.send("PUT", "/api/vault", content=sealed(after)[0])
    assert (bare.status_code, bare.json()["code"]) == (428, "vault_condition_missing")
    for tag in ('W/"2"', "2", '"02"', "*"):
        assert keeper.send("PUT", "/api/vault", content=b"{}", If_Match=tag).status_code == 428


def test_h095_eleven_megabytes_are_refused(keeping: Keeping) -> None:
    keeper = keeping.keeper().join()
    assert keeper.write(b"x" * 11_000_000, read=None).status_code == 413
    assert keeper.write(b"x" * MAX_VAULT_BYTES, read=None).json()["code"] == "vault_malformed"


def test_a_number_is_never_skipped_nor_repeated(keeping: Keeping) -> None:
    keeper = keeping.keeper().join()
    first, opened = sealed(fresh_vault())
    third, _ = sealed(sealed(opened)[1])
    assert keeper.write(third, read=None).json()["code"] == "vault_malformed"
    keeper.write(first, read=None)
    assert keeper.write(first, read=1).json()["code"] == "vault_malformed"


def test_a_change_of_slots_needs_a_fresh_passkey(keeping: Keeping) -> None:
    keeper = keeping.keeper().join()
    first, opened = sealed(fresh_vault())
    keeper.write(first, read=None)
    added = make_slot("prf", bytes(32), wid=opened.wid, entropy=lambda size: b"7" * size)
    second, _ = sealed(with_slot(opened, added))
    assert keeper.write(second, read=1).json()["code"] == "confirmation_missing"
    assert keeper.write(second, read=1, X_Confirmed=keeper.confirmed()).status_code == 204
    assert keeper.write(second, read=1).status_code == 412  # who comes late hears that first


def test_thirty_versions_are_kept_and_none_for_longer_than_thirty_days(keeping: Keeping) -> None:
    keeper = keeping.keeper().join()
    opened = fresh_vault()
    for number in range(MAX_VERSIONS + 2):
        data, opened = sealed(opened)
        assert keeper.write(data, read=number or None).status_code == 204
    kept = [each["ver"] for each in keeper.send("GET", "/api/vault/versions").json()]
    assert kept == list(range(MAX_VERSIONS + 2, 2, -1))
    keeping.clock.moment += timedelta(days=31)
    keeper.ceremony("/api/sign-in", keeper.device.get)
    keeper.write(sealed(opened)[0], read=MAX_VERSIONS + 2)
    kept = [each["ver"] for each in keeper.send("GET", "/api/vault/versions").json()]
    assert kept == [MAX_VERSIONS + 3]


def test_nobody_reads_another_accounts_vault(keeping: Keeping) -> None:
    keeper, stranger = keeping.keeper().join(), keeping.keeper().join()
    keeper.write(sealed(fresh_vault())[0], read=None)
    assert stranger.send("GET", "/api/vault").status_code == 404
    assert stranger.send("GET", "/api/vault/versions/1").status_code == 404


@given(st.binary(max_size=200))
def test_any_octets_are_a_vault_or_our_error(data: bytes) -> None:
    with pytest.raises(MalformedError):
        _front(data)
