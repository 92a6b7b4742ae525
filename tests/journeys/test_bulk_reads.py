"""No bulk read of passports exists (R20, R31): every route of all three services, tried by all.

One worker's sealed passport lies in the wallet's service. Each route is then called by who is no
owner of it: a stranger, another worker, an institute's administrator, a firm's program. None of
them gets it; its owner does.
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from sqlmodel import select
from starlette.testclient import TestClient

from issuer import tables as issuer_tables
from tests.issuer.office import API_KEY, open_office
from tests.verifier.world import KEY
from tests.verifier.world import World as Verifier
from tests.wallet.keeping import KEEPER, Keeping, fresh_vault, keeping_at, sealed
from verifier.tables import VerifierTable
from wallet.tables import Account, WalletTable

SEARCHING = {
    *("q", "query", "search", "zoek", "filter", "skill", "skills", "level", "grade"),
    *("account", "account_id", "person", "name", "worker", "holder", "subject", "wallet_id"),
}
"""What a route that looks for people or their skills would be asked with."""

NO_PERSON = {"/api/relay/{kind}": {"name"}, "/made/{offer_id}/paper/{name}": {"name"}}
"""Where such a word is no person's: of an issuer's public document, of a kind of paper."""

SECRETS = {"vault_version", "share", "share_view", "mailbox", "mailbox_message"}
"""The tables that hold what workers keep; they exist in the wallet's service alone."""

FILLED = "AAAAAAAAAAAAAAAAAAAAAA"
"""Stands for every id: of the form that our own ids have."""


def routes(app: FastAPI) -> Iterator[Any]:
    """Every route of an application, also those of included routers, with its whole path."""
    for each in app.routes:
        if isinstance(each, APIRoute):
            yield each
        else:
            found: Any = getattr(each, "effective_route_contexts", tuple)
            yield from found()


def asked_with(route: Any) -> set[str]:  # noqa: ANN401 - a route, or one of a router
    """What a route can be asked with, in its path and behind it."""
    found, waiting = set(), [route.dependant]
    while waiting:
        one = waiting.pop()
        found |= {each.name for each in (*one.path_params, *one.query_params)}
        waiting += one.dependencies
    return found


def tried(
    client: TestClient, of: Iterable[Any], account: str, headers: Mapping[str, str]
) -> Iterator[tuple[str, bytes]]:
    """Call each route with an id that nobody has, and with the account's own."""
    for route in of:
        for name in (FILLED, account):
            path = route.path
            for param in route.param_convertors:
                path = path.replace(f"{{{param}}}", name).replace(f"{{{param}:path}}", name)
            for method in sorted((route.methods or set()) - {"HEAD", "DELETE"}):
                body: Any = {} if method in {"POST", "PUT"} else None
                answer = client.request(method, path, json=body, headers=dict(headers))
                heads = str(sorted(answer.headers.items())).encode()
                yield f"{method} {route.path}", answer.content + heads


@pytest.fixture
def keeping(tmp_path: Path) -> Keeping:
    return keeping_at(tmp_path / "wallet", "")


@pytest.fixture
def kept(keeping: Keeping) -> tuple[bytes, str, TestClient]:
    """A worker's passport as it lies there, the account's name, and the owner's browser."""
    owner = keeping.keeper().join()
    data, _ = sealed(fresh_vault())
    assert owner.write(data, read=None).status_code == 204
    with keeping.app.state.doors.database.reading() as session:
        (row,) = session.exec(select(Account.id)).all()
    return data, str(row), owner.client


def seen(answers: Iterable[tuple[str, bytes]], data: bytes) -> set[str]:
    """The routes whose answer held the passport."""
    middle = data[len(data) // 2 :][:64]
    return {route for route, answer in answers if data in answer or middle in answer}


def test_a_stranger_and_another_worker_get_nothing_and_the_owner_does(
    keeping: Keeping, kept: tuple[bytes, str, TestClient]
) -> None:
    data, account, owner = kept
    own = {"Origin": KEEPER, "Sec-Fetch-Site": "same-origin"}
    everything = list(routes(keeping.app))
    assert len(everything) > 25
    other = keeping.keeper().join().client
    for client in (TestClient(keeping.app, base_url=KEEPER), other):
        answers = list(tried(client, everything, account, own | dict(KEY)))
        assert seen(answers, data) == set()
    reading = [route for route in everything if route.methods == {"GET"}]
    assert "GET /api/vault" in seen(tried(owner, reading, account, own), data)


def test_an_administrator_and_a_program_find_no_passport_anywhere(
    tmp_path: Path, kept: tuple[bytes, str, TestClient]
) -> None:
    data, account, _ = kept
    office = open_office(tmp_path / "issuer")
    verifier = Verifier(tmp_path / "verifier")
    key = {"Authorization": f"Bearer {API_KEY}"}
    for client, app, headers in (
        (office.client, office.app, key),
        (verifier.client, verifier.app, KEY),
    ):
        reading = [route for route in routes(app) if "GET" in (route.methods or set())]
        assert len(reading) > 10
        answers = list(tried(client, reading, account, headers))
        assert seen(answers, data) == set()


def test_no_route_can_be_asked_for_people_or_their_skills(tmp_path: Path, keeping: Keeping) -> None:
    office, verifier = open_office(tmp_path / "issuer"), Verifier(tmp_path / "verifier")
    for app in (keeping.app, office.app, verifier.app):
        reading = [route for route in routes(app) if "GET" in (route.methods or set())]
        faults = {r.path: found for r in reading if (found := asked_with(r) & SEARCHING)}
        assert {path: it for path, it in faults.items() if it != NO_PERSON.get(path)} == {}
    by_path = {route.path: route for route in routes(keeping.app)}
    assert asked_with(by_path["/api/vault"]) == set()


def test_a_route_that_searches_would_be_seen(keeping: Keeping) -> None:
    @keeping.app.get("/api/people")
    def people(skill: str) -> str:
        return skill

    found = {r.path: asked_with(r) & SEARCHING for r in routes(keeping.app)}
    assert found["/api/people"] == {"skill"}


def test_what_workers_keep_lies_in_the_wallets_service_alone() -> None:
    assert set(WalletTable.metadata.tables) > SECRETS
    assert not set(VerifierTable.metadata.tables) & SECRETS
    assert not set(issuer_tables.IssuerTable.metadata.tables) & SECRETS
