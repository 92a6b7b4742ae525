"""A wallet fetches the request with its metadata: encrypted to its key, or refused (5.10)."""

import json
from urllib.parse import urlencode, urlsplit

import pytest

from credentials import jose
from credentials.errors import CredentialError
from credentials.openid4vc.request import REQUEST_TYPE, parse_request
from credentials.openid4vc.wallet_metadata import decrypt_request, write_wallet_metadata
from tests.verifier.world import SD_JWT, World, codes
from verifier import request_objects

FORM = {"content-type": "application/x-www-form-urlencoded"}
NONCE = "qPmxiNFCR3QTm19POc8u"


def fetched(world: World, uri: str, metadata: str) -> tuple[int, str, str]:
    """Status, type and text of the answer to the wallet's form."""
    form = urlencode({"wallet_nonce": NONCE, "wallet_metadata": metadata})
    answer = world.client.post(urlsplit(uri).path, content=form, headers=FORM)
    return answer.status_code, answer.headers["content-type"], answer.text


def test_the_request_comes_encrypted_to_the_wallets_key_and_is_answered(world: World) -> None:
    asked, key = world.ask(), jose.generate_encryption_key()
    status, kind, text = fetched(world, asked["request_uri"], write_wallet_metadata(key))
    assert (status, kind, text.count(".")) == (200, f"application/{REQUEST_TYPE}", 4)
    with pytest.raises(CredentialError):
        decrypt_request(text, jose.generate_encryption_key())
    request = parse_request(
        decrypt_request(text, key),
        client_id=asked["client_id"],
        get=world.internet.get_body,
        at=world.clock(),
        wallet_nonce=NONCE,
    )
    posted = world.post(request, world.show(world.issue(world.credential()), request))
    assert posted.status == 200
    assert codes(world.result(asked["id"])["verdict"]) >= {"ok"}
    assert SD_JWT in request.formats


@pytest.mark.parametrize(
    ("metadata", "error"),
    [
        ("[]", "invalid_request"),
        (json.dumps({"jwks": {"keys": [{"kty": "RSA"}]}}), "invalid_request"),
        (json.dumps({"vp_formats_supported": {"mso_mdoc": {}}}), "vp_formats_not_supported"),
    ],
    ids=["no object", "no key", "no format"],
)
def test_what_nobody_can_answer_is_refused_by_its_name(
    world: World, metadata: str, error: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = world.ask()
    status, _, text = fetched(world, asked["request_uri"], metadata)
    assert (status, json.loads(text)["error"]) == (400, error)
    assert "eyJ" not in text
    if metadata != "[]":  # the guard switched off: the request goes out all the same
        monkeypatch.setattr(request_objects, "check_understood", lambda *_, **__: None)
        monkeypatch.setattr(request_objects, "encrypt_request", lambda token, _: token)
        assert fetched(world, asked["request_uri"], metadata)[0] == 200
    assert world.request(asked["request_uri"]).nonce
