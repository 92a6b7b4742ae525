"""Erasing: a holder asks, nobody else can; the asker signs what it did; retention ends."""

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlmodel import select

from credentials.errors import RejectedError
from credentials.keys import Algorithm, Signer, SoftwareSigner
from credentials.openid4vc.deletion import Erased, create_deletion, read_receipt
from credentials.openid4vc.message import write_form
from credentials.openid4vc.request import AuthorizationRequest
from tests.conftest import NOW
from tests.verifier.bad_wallets import answered, presented
from tests.verifier.world import CLIENT_ID, KEY, World
from tests.wallet.world import World as Three
from verifier import sweeping
from verifier.tables import RequestRow, ResultRow
from wallet.holder import erasing, presenting
from wallet.holder.events import EventType
from wallet.holder.presenting import Choice

STRANGER = SoftwareSigner.generate(Algorithm.ES256)


def shown(world: World, **how: object) -> tuple[str, AuthorizationRequest]:
    """One request that was answered."""
    asked = world.ask(**how)  # type: ignore[arg-type]  # passed on
    request = world.request(asked["request_uri"], asked["client_id"])
    wire = presented(world, world.issue(world.credential()), request)
    assert world.post(request, answered(request, wire)).status == 200
    return asked["id"], request


def uri_of(request: AuthorizationRequest) -> str:
    assert request.declaration is not None
    assert request.declaration.deletion_uri is not None
    return request.declaration.deletion_uri


def ask_to_erase(
    world: World, request: AuthorizationRequest, *, signer: Signer | None = None, **changes: str
) -> tuple[int, dict[str, str], str]:
    told = {"client_id": request.client_id, "nonce": request.nonce} | changes
    text = create_deletion(
        signer or world.worker, client_id=told["client_id"], nonce=told["nonce"], at=world.clock()
    )
    answer = world.client.post(
        urlsplit(uri_of(request)).path,
        content=write_form({"deletion_request": text}),
        headers={"content-type": "application/x-www-form-urlencoded"},
    )
    assert answer.headers["access-control-allow-origin"] == "*"
    return answer.status_code, answer.json(), text


def receipt(world: World, request: AuthorizationRequest, token: str, text: str) -> Erased:
    return read_receipt(
        token,
        request=text,
        client_id=request.client_id,
        deletion_uri=uri_of(request),
        get=world.internet.get_body,
        at=world.clock(),
    )


@pytest.mark.parametrize("prefix", ["decentralized_identifier", "x509_hash"])
def test_a_holder_has_a_result_erased_and_gets_a_signed_receipt(world: World, prefix: str) -> None:
    request_id, request = shown(world, client_id_prefix=prefix)
    status, body, text = ask_to_erase(world, request)
    assert status == 200
    assert receipt(world, request, body["receipt"], text) is Erased.DELETED
    gone = world.client.get(f"/api/requests/{request_id}", headers=KEY).json()
    assert gone["code"] == "result_deleted"
    with world.app.state.ports.database.reading() as session:
        assert session.exec(select(ResultRow)).all() == []
    assert world.app.state.ports.reports.get(request_id, at=NOW) is None
    status, body, text = ask_to_erase(world, request)
    assert receipt(world, request, body["receipt"], text) is Erased.NOTHING_KEPT


def test_only_the_key_that_was_shown_may_ask(world: World) -> None:
    request_id, request = shown(world)
    status, body, _ = ask_to_erase(world, request, signer=STRANGER)
    assert (status, body["code"]) == (400, "deletion_not_yours")
    assert world.result(request_id)["verdict"]["verdict"] == "passed"


def test_a_key_of_another_answer_may_not_ask(world: World) -> None:
    other = World(world.directory / "other", worker=STRANGER, school=world.school)
    shown(other)
    request_id, request = shown(world)
    assert ask_to_erase(world, request, signer=other.worker)[0] == 400
    assert world.result(request_id)["state"] == "answered"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"client_id": "decentralized_identifier:did:web:other.example"}, "aud_mismatch"),
        ({"client_id": ""}, "deletion_request_invalid"),
        ({"nonce": ""}, "deletion_request_invalid"),
    ],
    ids=["another asker", "no asker", "no nonce"],
)
def test_a_request_to_erase_that_is_not_for_us_is_refused(
    world: World, changes: dict[str, str], code: str
) -> None:
    request_id, request = shown(world)
    status, body, _ = ask_to_erase(world, request, signer=world.worker, **changes)
    assert (status, body["code"]) == (400, code)
    assert world.result(request_id)["state"] == "answered"


def test_the_other_name_of_ours_is_not_the_one_that_asked(world: World) -> None:
    request_id, request = shown(world, client_id_prefix="x509_hash")
    _, body, _ = ask_to_erase(world, request, client_id=CLIENT_ID)
    assert body["code"] == "aud_mismatch"
    assert world.result(request_id)["state"] == "answered"


def test_of_an_unknown_answer_nothing_is_kept(world: World) -> None:
    _, request = shown(world)
    _, body, text = ask_to_erase(world, request, nonce="a-nonce-that-nobody-gave")
    assert receipt(world, request, body["receipt"], text) is Erased.NOTHING_KEPT


def test_a_form_without_a_request_to_erase_is_refused(world: World) -> None:
    answer = world.client.post(
        "/oid4vp/deletions",
        content=b"x=y",
        headers={"content-type": "application/x-www-form-urlencoded"},
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "deletion_request_invalid")


@pytest.mark.parametrize("days", [1, 28, 365])
def test_a_result_is_kept_as_long_as_was_declared_and_no_longer(world: World, days: int) -> None:
    _, request = shown(world, declaration={"retention_days": days})
    assert request.declaration is not None
    assert request.declaration.declared.retention_days == days
    ports = world.app.state.ports
    world.clock.moment = NOW + timedelta(days=days)
    sweeping.sweep(ports)
    with ports.database.reading() as session:
        assert session.exec(select(ResultRow)).all()
    world.clock.turn(seconds=1)
    sweeping.sweep(ports)
    with ports.database.reading() as session:
        assert not session.exec(select(ResultRow)).all()
        assert not session.exec(select(RequestRow)).all()


def test_our_holder_engine_asks_and_keeps_the_receipt(tmp_path: Path) -> None:
    three = Three(tmp_path)
    vault = three.vault()
    three.keep(vault, three.offer())
    request = dict(three.ask("skills"))
    asked = presenting.read_request(request["link"], held=vault.held(), outside=three.outside)
    choice = Choice(asked.groups[0][0], frozenset({("skills", 0)}))
    presenting.answer(asked, [choice], vault, outside=three.outside)
    event = vault.events[-1]
    assert erasing.can_erase(event)
    assert erasing.erase(event, vault, outside=three.outside) is Erased.DELETED
    assert three.state(request)["code"] == "result_deleted"
    kept = vault.events[-1]
    assert kept.type is EventType.DELETION_ASKED
    assert (kept.data["answer"], kept.data["outcome"]) == (event.ulid, "deleted")
    path = "/oid4vp/deletions"
    meddled = three.meddled({path: lambda _: b'{"receipt": "x.y.z"}'})
    with pytest.raises(RejectedError, match="deletion_receipt_invalid"):
        erasing.erase(event, vault, outside=meddled)
    with pytest.raises(RejectedError, match="deletion_request_invalid"):
        erasing.erase(kept, vault, outside=three.outside)
