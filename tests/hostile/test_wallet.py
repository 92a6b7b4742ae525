"""Hostile inputs of the wallet, by their numbers: H081, H083, H084, H096, H097."""

import json
import secrets
from collections.abc import Callable
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from credentials.encoding import JsonObject
from credentials.errors import CredentialError, MalformedError, RejectedError
from credentials.openid4vc.dcql import match, parse_query
from service.fetch import Fetched
from tests.conftest import NOW
from tests.wallet.world import ISSUER, VERIFIER, World
from wallet.holder import presenting, receiving, slots
from wallet.holder.consent import LineKind, option
from wallet.holder.events import EventType
from wallet.holder.files import VaultFile, open_file
from wallet.holder.sealed import new_vault, open_vault, seal

PASSPHRASE = "drie natte fietsen"


@pytest.fixture(autouse=True)
def light_argon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slots, "ARGON2_MEMORY_KIB", 64)
    monkeypatch.setattr(slots, "ARGON2_PASSES", 1)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_h081_an_offer_for_somebody_else_asks_the_name_and_a_no_tells_the_giver(
    world: World,
) -> None:
    vault = world.vault()
    world.keep(vault, world.offer())
    offer = world.offer(given_name="Piet", family_name="Klaassen")
    received = world.fetch(offer)
    assert received.name == "Piet Klaassen"
    with pytest.raises(RejectedError, match="holder_name_unconfirmed"):
        receiving.keep(received, vault, name_confirmed=False, outside=world.outside)
    receiving.refuse(received, vault, outside=world.outside)
    assert len(vault.held()) == 1
    found = world.clients[ISSUER].get(f"/api/offers/{offer['id']}", headers=world.issuer_key())
    assert found.json()["state"] == "refused"


def hostile_link(world: World, uri: str) -> str:
    request = world.ask("skills")
    return request["link"].split("?")[0] + (
        f"?client_id=decentralized_identifier:did:web:verifier.skillspass.example&request_uri={uri}"
    )


@pytest.mark.parametrize(
    "uri",
    [
        "http://verifier.skillspass.example/oid4vp/requests/x",
        "https://elsewhere.example/oid4vp/requests/x",
        "https://verifier.skillspass.example:8443/oid4vp/requests/x",
        "https://verifier.skillspass.example@elsewhere.example/x",
        "file:///etc/passwd",
    ],
)
def test_h083_a_request_address_that_is_not_the_askers_own_https_is_never_opened(
    world: World, uri: str
) -> None:
    link = hostile_link(world, uri)
    asked = list(world.http.asked)
    with pytest.raises(RejectedError, match="request_uri_invalid"):
        presenting.read_request(link, held=(), outside=world.outside)
    assert world.http.asked == asked


@pytest.mark.parametrize(
    "body", [b"x" * 1_000_000, b'{"response_type":"vp_token"}', "é".encode(), b""]
)
def test_h083_what_is_large_or_not_signed_is_refused(world: World, body: bytes) -> None:
    request = world.ask("skills")
    path = request["request_uri"].removeprefix(VERIFIER)
    outside = world.meddled({path: lambda _: body})
    with pytest.raises(RejectedError, match="request_uri_invalid"):
        presenting.read_request(request["link"], held=(), outside=outside)


def test_h083_a_request_address_that_redirects_is_refused(world: World) -> None:
    request = world.ask("skills")

    async def elsewhere(scope: object, receive: object, send: Callable[..., object]) -> None:
        del scope, receive
        headers = [(b"location", b"https://elsewhere.example/")]
        await send({"type": "http.response.start", "status": 302, "headers": headers})  # type: ignore[misc]  # ASGI
        await send({"type": "http.response.body", "body": b""})  # type: ignore[misc]  # ASGI

    world.clients[VERIFIER] = TestClient(elsewhere, base_url=VERIFIER)
    with pytest.raises(RejectedError, match="request_uri_invalid"):
        presenting.read_request(request["link"], held=(), outside=world.outside)


def test_h083_a_request_of_another_media_type_is_refused(world: World) -> None:
    request = world.ask("skills")
    right = world.http.post

    def as_json(url: str, **rest: object) -> Fetched:
        found = right(url, **rest)  # type: ignore[arg-type]  # passed on
        return Fetched(found.status, found.body, "application/json")

    world.http.post = as_json  # type: ignore[method-assign]  # a network in between
    with pytest.raises(RejectedError, match="request_uri_invalid"):
        presenting.read_request(request["link"], held=(), outside=world.outside)


def asking(claims: list[list[str | int | None]]) -> JsonObject:
    document = {
        "id": "everything",
        "format": "dc+sd-jwt",
        "meta": {"vct_values": ["https://skillspass.example/types/heftruck/1"]},
        "claims": [{"path": path} for path in claims],
    }
    loaded: JsonObject = json.loads(json.dumps({"credentials": [document]}))
    return loaded


def test_h084_a_question_for_everything_is_warned_about_and_made_smaller(world: World) -> None:
    vault = world.vault()
    held = world.keep(vault, world.offer())
    parsed = held.parsed()
    every: list[list[str | int | None]] = [[name] for name in parsed.credential.claims]
    (found,) = match(parse_query(asking(every)), [parsed]).queries
    chosen = option(found.query, found.candidates[0], held, parsed)
    assert {line.path[0] for line in chosen.over_asked} == {"given_name", "family_name"}
    assert {line.kind for line in chosen.over_asked} == {LineKind.OPTIONAL}
    smaller = chosen.disclose(frozenset({("skills", 0)}))
    assert not {("given_name",), ("family_name",)} & smaller


def test_h084_a_thousand_levels_and_ten_thousand_claim_sets_are_refused() -> None:
    deep: JsonObject = {}
    for _ in range(1_000):
        deep = {"credentials": [deep]}
    with pytest.raises(MalformedError, match="too_deep"):
        parse_query(deep)
    wide = asking([["skills", None]])
    credentials = wide["credentials"]
    assert isinstance(credentials, list)
    assert isinstance(credentials[0], dict)
    credentials[0]["claims"] = [{"id": "a", "path": ["skills"]}]
    credentials[0]["claim_sets"] = [["a"]] * 10_000
    with pytest.raises(MalformedError, match="too_large"):
        parse_query(wide)


def open_at(path: Path) -> VaultFile:
    with open_file(path, PASSPHRASE, clock=lambda: NOW, entropy=secrets.token_bytes) as file:
        return file


def versions(path: Path) -> list[bytes]:
    found = []
    with open_file(path, PASSPHRASE, clock=lambda: NOW, entropy=secrets.token_bytes) as file:
        for number in range(2):
            file.vault.append(EventType.SETTINGS, {"number": number})
            file.save()
            found.append(path.read_bytes())
    return found


def test_h096_an_older_vault_is_refused_by_a_device_that_saw_a_newer_one(tmp_path: Path) -> None:
    path = tmp_path / "vault"
    older, newer = versions(path)
    path.write_bytes(older)
    with pytest.raises(RejectedError, match="vault_rollback"):
        open_at(path)
    path.write_bytes(newer)
    assert len(open_at(path).vault.events) == 2


def test_h096_the_new_header_over_the_old_body_is_refused_even_by_a_new_device(
    tmp_path: Path,
) -> None:
    path = tmp_path / "vault"
    older, newer = (json.loads(data) for data in versions(path))
    mixed = json.dumps(newer | {"ct": older["ct"]}).encode()
    path.write_bytes(mixed)
    with pytest.raises(RejectedError, match="vault_rollback"):
        open_at(path)
    with pytest.raises(RejectedError, match="vault_slot_invalid"):
        open_vault(mixed, PASSPHRASE)


def test_h097_wrong_secret_damage_and_a_foreign_slot_give_one_answer() -> None:
    data, _ = seal(
        new_vault(PASSPHRASE, entropy=secrets.token_bytes), (), entropy=secrets.token_bytes
    )
    other, _ = seal(
        new_vault(PASSPHRASE, entropy=secrets.token_bytes), (), entropy=secrets.token_bytes
    )
    document, foreign = json.loads(data), json.loads(other)
    damaged = document | {
        "ct": document["ct"][:-2] + ("AA" if document["ct"][-2:] != "AA" else "BA")
    }
    borrowed = document | {"slots": foreign["slots"]}
    added = document | {"slots": [*document["slots"], *foreign["slots"]]}
    attempts = [
        (data, "vier natte fietsen"),
        *[(json.dumps(each).encode(), PASSPHRASE) for each in (damaged, borrowed, added)],
    ]
    for attempt, passphrase in attempts:
        with pytest.raises(CredentialError) as caught:
            open_vault(attempt, passphrase)
        assert caught.value.code == "vault_slot_invalid"
    assert open_vault(data, PASSPHRASE).version == 1
