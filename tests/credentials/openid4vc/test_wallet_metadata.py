"""What a wallet tells when it fetches a request: read, respected, refused where it is broken."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials import jose
from credentials.encoding import JsonObject, JsonValue, b64url_decode
from credentials.errors import CredentialError
from credentials.openid4vc import wallet_metadata
from credentials.openid4vc.dcql_query import parse_query
from credentials.openid4vc.message import ProtocolError
from credentials.openid4vc.wallet_metadata import (
    WalletMetadata,
    check_understood,
    decrypt_request,
    encrypt_request,
    read_wallet_metadata,
    write_wallet_metadata,
)
from schemas import catalog

KEY = jose.generate_encryption_key()
OURS: JsonObject = json.loads(write_wallet_metadata(KEY))
QUERY = parse_query(catalog.query("skills"))
TOKEN = "e30.e30.AAAA"


def read(**changes: JsonValue) -> WalletMetadata:
    """Our own metadata with members replaced; None leaves one out."""
    whole = {name: value for name, value in (OURS | changes).items() if value is not None}
    return read_wallet_metadata(json.dumps(whole))


def understood(metadata: WalletMetadata, *, encrypted: bool = True) -> None:
    check_understood(
        metadata, QUERY, client_id="x509_hash:abc", algorithm="ES256", encrypted=encrypted
    )


def test_what_our_own_engine_says_is_understood_and_encrypted_to() -> None:
    found = read()
    understood(found)
    sealed = encrypt_request(TOKEN, found)
    header = json.loads(b64url_decode(sealed.partition(".")[0]))
    assert (header["alg"], header["enc"], header["cty"]) == ("ECDH-ES", "A256GCM", "JWT")
    assert header["kid"] == KEY["kid"]
    assert decrypt_request(sealed, KEY) == TOKEN
    with pytest.raises(CredentialError, match="encryption_key_unknown"):
        decrypt_request(sealed, jose.generate_encryption_key())


def test_the_private_half_of_its_key_stays_with_the_wallet() -> None:
    assert str(KEY["d"]) not in write_wallet_metadata(KEY)


def test_a_wallet_that_says_nothing_gets_the_request_as_it_is() -> None:
    found = read_wallet_metadata("{}")
    understood(found)
    assert encrypt_request(TOKEN, found) == TOKEN
    assert decrypt_request(TOKEN, KEY) == TOKEN


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"client_id_prefixes_supported": ["redirect_uri"]}, "invalid_request"),
        ({"request_object_signing_alg_values_supported": ["RS256"]}, "invalid_request"),
        ({"authorization_encryption_alg_values_supported": ["RSA-OAEP"]}, "invalid_request"),
        ({"authorization_encryption_enc_values_supported": ["A128CBC-HS256"]}, "invalid_request"),
        ({"vp_formats_supported": {"mso_mdoc": {}}}, "vp_formats_not_supported"),
        (
            {"vp_formats_supported": {"dc+sd-jwt": {"sd-jwt_alg_values": ["ES256K"]}}},
            "vp_formats_not_supported",
        ),
        ({"vp_formats_supported": {"dc+sd-jwt": "yes"}}, "vp_formats_not_supported"),
    ],
    ids=["prefix", "signature", "agreement", "content", "formats", "algorithm", "no object"],
)
def test_each_thing_that_the_wallet_cannot_do_is_respected(
    changes: JsonObject, error: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ProtocolError) as refusal:
        understood(read(**changes))
    assert refusal.value.error == error
    monkeypatch.setattr(wallet_metadata, "_check_named", lambda *_: None)
    monkeypatch.setattr(wallet_metadata, "_shared", lambda *_: True)
    understood(read(**changes))


def test_the_encryption_of_an_answer_matters_where_it_is_encrypted() -> None:
    plain = read(authorization_encryption_alg_values_supported=["RSA-OAEP"])
    understood(plain, encrypted=False)


def test_one_known_format_is_enough() -> None:
    understood(read(vp_formats_supported={"mso_mdoc": {}, "dc+sd-jwt": {}}))


@pytest.mark.parametrize(
    "changes",
    [
        {"jwks": {"keys": []}},
        {"jwks": {}},
        {"jwks": {"keys": [{**KEY}]}},
        {"jwks": {"keys": [{"kty": "EC", "crv": "P-256", "kid": "1", "alg": "ECDH-ES"}]}},
        {"request_object_encryption_alg_values_supported": ["RSA-OAEP-256"]},
        {"request_object_encryption_enc_values_supported": ["A192GCM"]},
    ],
    ids=["no key", "no keys", "private", "no point", "agreement", "content"],
)
def test_a_key_that_nobody_can_encrypt_to_is_refused_and_not_passed_over(
    changes: JsonObject,
) -> None:
    """A request that the wallet wanted hidden never goes in the clear."""
    with pytest.raises(ProtocolError) as refusal:
        encrypt_request(TOKEN, read(**changes))
    assert (refusal.value.error, refusal.value.code) == ("invalid_request", wallet_metadata.INVALID)


def test_without_a_word_on_content_the_usual_cipher_is_taken() -> None:
    sealed = encrypt_request(TOKEN, read(request_object_encryption_enc_values_supported=None))
    assert json.loads(b64url_decode(sealed.partition(".")[0]))["enc"] == "A128GCM"
    assert decrypt_request(sealed, KEY) == TOKEN


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "null",
        "{",
        '{"jwks": []}',
        '{"vp_formats_supported": 1}',
        '{"client_id_prefixes_supported": "x509_hash"}',
        '{"client_id_prefixes_supported": []}',
        '{"jwks": {}, "jwks": {}}',
        "{" + " " * 20_000 + "}",
        "[" * 100,
    ],
    ids=[
        *("empty", "list", "null", "cut", "keys", "formats", "text", "none", "twice"),
        *("large", "deep"),
    ],
)
def test_metadata_of_another_form_is_refused(text: str) -> None:
    with pytest.raises(ProtocolError) as refusal:
        read_wallet_metadata(text)
    assert (refusal.value.error, refusal.value.code) == ("invalid_request", wallet_metadata.INVALID)


@given(st.text(max_size=80) | st.sampled_from([*OURS]).map(lambda name: f'{{"{name}": [1, {{}}]}}'))
def test_any_text_is_metadata_or_our_error(text: str) -> None:
    with suppress(ProtocolError):
        read_wallet_metadata(text)
