"""An older status list after a newer one says nothing, also on another day and in both engines."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from credentials.errors import UndeterminedError
from tests.conftest import NOW
from tests.wallet.world import ISSUER, World
from wallet.holder.checking import check_own
from wallet.holder.newest import Newest
from wallet.holder.vault import Held

SCHOOL, URI = "did:web:school.example", "https://school.example/status/1"


@dataclass
class Replayed:
    """A network that hands out the status list of one moment for ever."""

    body: bytes | None = None

    def __call__(self, body: bytes) -> bytes:
        """What comes back in place of a list."""
        self.body = body if self.body is None else self.body
        return self.body


def status_path(held: Held) -> str:
    (reference,) = held.parsed().credential.status
    return reference.uri.removeprefix(ISSUER)


def withdraw(world: World, offer_id: str) -> None:
    issuer, key = world.clients[ISSUER], world.issuer_key()
    issued = issuer.get(f"/api/offers/{offer_id}", headers=key).json()["issued_id"]
    said = {"status": "revoked", "reason": "mistake"}
    issuer.post(f"/api/issued/{issued}/status", json=said, headers=key)


@pytest.mark.parametrize("remembered", [True, False], ids=["remembered", "forgotten"])
def test_a_list_of_before_hides_no_withdrawal(world: World, *, remembered: bool) -> None:
    offer = world.offer()
    held = world.keep(world.vault(), offer)
    yesterday: Callable[[bytes], bytes] = Replayed()
    hostile = world.meddled({status_path(held): yesterday})
    assert check_own(held.wire, held.format, outside=hostile).unknown is None
    world.clock.turn(minutes=2)
    withdraw(world, offer["id"])
    if remembered:
        told = check_own(held.wire, held.format, outside=world.outside)
        assert told.problem == "revoked"
    else:
        hostile = replace(hostile, newest=Newest())
    again = check_own(held.wire, held.format, outside=hostile)
    assert again.problem is None
    assert again.unknown == ("status_rollback" if remembered else None)


def test_what_was_met_is_kept_beside_the_vault_and_names_nobody(tmp_path: Path) -> None:
    vault = tmp_path / "new" / "cli.vault"
    Newest.beside(vault).take(SCHOOL, URI, NOW)
    kept = vault.with_name("cli.vault.lists")
    assert b"school" not in kept.read_bytes()
    assert kept.stat().st_mode & 0o077 == 0
    again = Newest.beside(vault)
    assert again.seen(SCHOOL, URI) == NOW
    assert again.seen("did:web:other.example", URI) is None
    with pytest.raises(UndeterminedError, match="status_rollback"):
        again.take(SCHOOL, URI, NOW - timedelta(seconds=1))


@pytest.mark.parametrize("octets", [b"", b"\xff", b"[1]", b'{"a": "b", "c": true}'], ids=str)
def test_a_memory_that_cannot_be_read_is_empty(tmp_path: Path, octets: bytes) -> None:
    (tmp_path / "cli.vault.lists").write_bytes(octets)
    assert Newest.beside(tmp_path / "cli.vault").moments == {}
