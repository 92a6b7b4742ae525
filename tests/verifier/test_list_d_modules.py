"""The OpenID Foundation's plan for verifiers: one test for each of its modules (list D)."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from credentials.formats.sd_jwt_vc import SdJwtVc
from credentials.keys import Algorithm, SoftwareSigner
from credentials.limits import CLOCK_SKEW, MAX_KEY_BINDING_AGE
from credentials.openid4vc.request import AuthorizationRequest, parse_request
from tests.conftest import named
from tests.verifier.bad_wallets import answered, presented
from tests.verifier.world import Json, World, codes
from tests.wallet.world import World as Three
from wallet.holder import presenting
from wallet.holder.presenting import Choice

PREFIXES = ("decentralized_identifier", "x509_hash")
FORM = {"content-type": "application/x-www-form-urlencoded"}


def asked_by(world: World, prefix: str) -> tuple[str, AuthorizationRequest]:
    """A request under one of our two names: its handle, and what a wallet reads."""
    asked = world.ask(client_id_prefix=prefix)
    assert asked["client_id"].startswith(f"{prefix}:")
    return asked["id"], world.request(asked["request_uri"], asked["client_id"])


def verdict_on(world: World, request_id: str, request: AuthorizationRequest, wire: str) -> Json:
    """Deliver one presentation, and read what was found."""
    assert world.post(request, answered(request, wire)).status == 200
    found: Json = world.result(request_id)["verdict"]
    return found


@pytest.mark.parametrize("prefix", PREFIXES)
def test_happy_flow(world: World, prefix: str) -> None:
    request_id, request = asked_by(world, prefix)
    wire = presented(world, world.issue(world.credential()), request)
    assert verdict_on(world, request_id, request, wire)["verdict"] == "passed"


def test_happy_flow_with_our_holder_engine(tmp_path: Path) -> None:
    three = Three(tmp_path)
    vault = three.vault()
    three.keep(vault, three.offer())
    request = dict(three.ask("skills"))
    asked = presenting.read_request(request["link"], held=vault.held(), outside=three.outside)
    choice = Choice(asked.groups[0][0], frozenset({("skills", 0)}))
    delivered = presenting.answer(asked, [choice], vault, outside=three.outside)
    found = three.state(request)
    assert found["verdict"]["verdict"] == "passed"
    assert found["match_code"] == delivered.match
    assert delivered.redirect is not None


def test_minimal_cnf_jwk(world: World) -> None:
    request_id, request = asked_by(world, "x509_hash")
    jwk = world.worker.public.jwk()
    assert jwk.keys() == {"kty", "crv", "x", "y"}  # nothing beyond what RFC 7517 asks
    wire = presented(world, world.issue(world.credential()), request)
    assert verdict_on(world, request_id, request, wire)["parts"]["holder"] == "passed"


@pytest.mark.parametrize("prefix", PREFIXES)
def test_request_uri_method_post(world: World, prefix: str) -> None:
    asked = world.ask(client_id_prefix=prefix)
    assert "request_uri_method=post" in asked["link"]
    path = urlsplit(asked["request_uri"]).path
    answer = world.client.post(
        path, content=b"wallet_nonce=qPmxiNFCR3QTm19POc8u&wallet_metadata=%7B%7D", headers=FORM
    )
    assert answer.headers["content-type"] == "application/oauth-authz-req+jwt"
    request = parse_request(
        answer.text,
        client_id=asked["client_id"],
        get=world.internet.get_body,
        at=world.clock(),
        wallet_nonce="qPmxiNFCR3QTm19POc8u",
    )
    wire = presented(world, world.issue(world.credential()), request)
    assert verdict_on(world, asked["id"], request, wire)["verdict"] == "passed"


def test_request_uri_fetched_twice(world: World) -> None:
    asked = world.ask()
    first, second = (world.request(asked["request_uri"]) for _ in range(2))
    assert (first.nonce, first.encryption_key) == (second.nonce, second.encryption_key)
    wire = presented(world, world.issue(world.credential()), second)
    assert verdict_on(world, asked["id"], second, wire)["verdict"] == "passed"


def test_invalid_session_transcript(world: World) -> None:
    """The module is for mdoc, which we do not read: it is not offered, and not taken."""
    asked = world.ask()
    request = world.request(asked["request_uri"])
    assert "mso_mdoc" not in request.formats
    device_response = "omd2ZXJzaW9uYzEuMGZzdGF0dXMA"
    found = verdict_on(world, asked["id"], request, device_response)
    assert found["verdict"] == "failed"
    assert "claims" not in found


def test_invalid_credential_signature(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    forger = SoftwareSigner.generate(Algorithm.ES256, world.school.public.key_id)
    held = world.issue(world.credential(), signer=forger)
    request_id, request = asked_by(world, "x509_hash")
    found = verdict_on(world, request_id, request, presented(world, held, request))
    assert "signature_invalid" in codes(found)
    assert (found["verdict"], "claims" in found) == ("failed", False)
    # without the check of the issuer's signature the same presentation would pass
    monkeypatch.setattr(SdJwtVc, "check_proof", lambda *_, **__: None)
    request_id, request = asked_by(world, "x509_hash")
    wire = presented(world, held, request)
    assert verdict_on(world, request_id, request, wire)["verdict"] == "passed"


STRANGER = SoftwareSigner.generate(Algorithm.ES256)
Make = Callable[[World, str, AuthorizationRequest], str]


def iat(world: World, moved: timedelta) -> int:
    return int((world.clock() + moved).timestamp())


BINDINGS: dict[str, tuple[str, Make]] = {
    "invalid-kb-jwt-signature": (
        "holder_key_mismatch",
        lambda world, held, request: presented(world, held, request, signer=STRANGER),
    ),
    "invalid-kb-jwt-nonce": (
        "nonce_invalid",
        lambda world, held, request: presented(world, held, request, nonce=f"{request.nonce}x"),
    ),
    "invalid-kb-jwt-aud": (
        "aud_mismatch",
        lambda world, held, request: presented(
            world, held, request, aud="x509_hash:Uvo3HtuIxuhC92rShpgqcT3YXwrqRxWEviRiA0OZszk"
        ),
    ),
    "invalid-kb-jwt-aud without its prefix": (
        "aud_mismatch",
        lambda world, held, request: presented(
            world, held, request, aud=request.client_id.partition(":")[2]
        ),
    ),
    "kb-jwt-iat-in-past": (
        "kb_iat_invalid",
        lambda world, held, request: presented(
            world, held, request, iat=iat(world, -MAX_KEY_BINDING_AGE - timedelta(seconds=1))
        ),
    ),
    "kb-jwt-iat-in-future": (
        "kb_iat_invalid",
        lambda world, held, request: presented(
            world, held, request, iat=iat(world, CLOCK_SKEW + timedelta(seconds=1))
        ),
    ),
    "invalid-sd-hash": (
        "sd_hash_mismatch",
        lambda world, held, request: presented(world, held, request, sd_hash="A" * 43),
    ),
    "no key-binding JWT": (
        "holder_binding_missing",
        lambda world, held, request: presented(world, held, request).rpartition("~")[0] + "~",
    ),
    "key-binding JWT of another type": (
        "typ_not_allowed",
        lambda world, held, request: presented(world, held, request, header={"typ": "JWT"}),
    ),
}


@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize("module", BINDINGS, ids=named)
def test_module(world: World, module: str, prefix: str) -> None:
    code, make = BINDINGS[module]
    request_id, request = asked_by(world, prefix)
    found = verdict_on(
        world, request_id, request, make(world, str(world.issue(world.credential())), request)
    )
    assert found["verdict"] == "failed"
    assert code in codes(found)


@pytest.mark.parametrize("module", list(BINDINGS)[:7], ids=named)
def test_without_its_guard_a_module_would_pass(
    world: World, module: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, make = BINDINGS[module]
    monkeypatch.setattr(SdJwtVc, "check_binding", lambda *_, **__: None)
    request_id, request = asked_by(world, "decentralized_identifier")
    wire = make(world, str(world.issue(world.credential())), request)
    assert verdict_on(world, request_id, request, wire)["verdict"] == "passed"


def test_iat_at_both_edges_is_taken(world: World) -> None:
    for moved in (-MAX_KEY_BINDING_AGE, CLOCK_SKEW):
        asked = world.ask()
        request = world.request(asked["request_uri"])
        wire = presented(world, world.issue(world.credential()), request, iat=iat(world, moved))
        assert verdict_on(world, asked["id"], request, wire)["parts"]["holder"] == "passed"
