"""The relay: documents for everybody alike, messages only to what an issuer itself names."""

import json
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from starlette.testclient import TestClient

from credentials.encoding import b64url_decode, b64url_encode
from credentials.openid4vc.offer import parse_offer, parse_offer_link
from credentials.openid4vc.token import create_token_request
from tests.wallet.keeping import KEEPER, Keeper, Keeping, keeping_at
from tests.wallet.world import ISSUER, World
from wallet.relay import FORM, JSON


@pytest.fixture
def keeper(world: World) -> Keeper:
    return Keeper(TestClient(world.wallet, base_url=KEEPER)).join()


def forwarded(keeper: Keeper, endpoint: str, **change: object) -> dict[str, object]:
    message = {"issuer": ISSUER, "content_type": FORM, "body": "", **change}
    found: dict[str, object] = keeper.post(f"/api/relay/{endpoint}", message).json()
    return found


def test_documents_come_through_as_they_were_published(world: World, keeper: Keeper) -> None:
    for kind, name, path in (
        ("issuer", ISSUER, "/.well-known/openid-credential-issuer"),
        ("server", ISSUER, "/.well-known/oauth-authorization-server"),
        ("did", "did:web:issuer.skillspass.example", "/.well-known/did.json"),
    ):
        answer = keeper.send("GET", f"/api/relay/{kind}?name={name}")
        assert answer.content == world.clients[ISSUER].get(path).content
        assert answer.headers["content-type"] == "application/octet-stream"


def test_a_message_goes_to_the_endpoint_that_the_issuer_names(world: World, keeper: Keeper) -> None:
    made = world.offer()
    reference = parse_offer_link(made["link"])
    offer = reference.offer or parse_offer(world.outside.get_object(reference.uri or ""))
    body = create_token_request(offer.pre_authorized_code or "", tx_code=made["tx_code"])
    answer = forwarded(keeper, "token", body=b64url_encode(body))
    assert answer["status"] == 200
    assert "access_token" in json.loads(b64url_decode(str(answer["body"])))
    nonce = forwarded(keeper, "nonce")
    assert "c_nonce" in json.loads(b64url_decode(str(nonce["body"])))


def test_nothing_goes_where_the_issuer_did_not_say(world: World, keeper: Keeper) -> None:
    refused = [
        forwarded(keeper, "token", content_type=JSON),
        forwarded(keeper, "credential", content_type="text/html"),
        forwarded(keeper, "nonce", authorization="Bearer x\r\nHost: evil.example"),
        forwarded(keeper, "nonce", issuer="http://issuer.skillspass.example"),
        forwarded(keeper, "nonce", issuer="https://evil.example"),
        forwarded(keeper, "admin"),
        forwarded(keeper, "nonce", url="https://evil.example"),
    ]
    codes = [answer["code"] for answer in refused]
    assert codes[:4] == ["relay_refused"] * 4
    assert codes[4:] == ["fetch_failed", "invalid_request", "invalid_request"]
    hosts = {urlsplit(url).hostname for url in world.http.asked}
    assert hosts <= {"issuer.skillspass.example", "evil.example", "trust.skillspass.example"}


def test_only_an_open_account_uses_it_and_not_without_end(tmp_path: Path, sqlite_url: str) -> None:
    keeping: Keeping = keeping_at(tmp_path, sqlite_url, rate_limits=True)
    stranger = keeping.keeper()
    assert stranger.send("GET", f"/api/relay/issuer?name={ISSUER}").status_code == 401
    keeper = keeping.keeper().join()
    answers = [keeper.send("GET", f"/api/relay/issuer?name={ISSUER}") for _ in range(61)]
    assert answers[0].json()["code"] == "fetch_failed"
    assert answers[-1].status_code == 429


def test_a_nonce_for_the_proof_and_a_wait_come_along(world: World, keeper: Keeper) -> None:
    answer = forwarded(keeper, "credential", content_type=JSON, authorization="DPoP x")
    assert answer["status"] == 401
    told = answer["headers"]
    assert isinstance(told, dict)
    assert set(told) <= {"dpop-nonce", "retry-after"}
    direct = world.clients[ISSUER].post("/credential", headers={"Authorization": "DPoP x"})
    assert set(told) == {"dpop-nonce", "retry-after"} & set(direct.headers)
