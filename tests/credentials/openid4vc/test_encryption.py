"""Encrypted credential requests and responses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials import jose
from credentials.encoding import JsonObject, b64url_encode, compact_json
from credentials.keys import Algorithm, SoftwareSigner
from credentials.openid4vc.encryption import (
    decrypt_message,
    encrypt_message,
    read_wish,
    request_encryption,
    response_encryption,
)
from credentials.openid4vc.message import ProtocolError, write_message

PRIVATE = jose.generate_encryption_key()
PUBLIC = jose.public_encryption_key(PRIVATE)


@pytest.mark.parametrize("enc", ["A128GCM", "A256GCM"])
def test_a_message_opens_with_the_key_that_its_kid_names(enc: str) -> None:
    other = jose.generate_encryption_key()
    token = encrypt_message({"credential_identifier": "i"}, PUBLIC, enc=enc)
    found = decrypt_message(token.encode(), [other, PRIVATE])
    assert found == {"credential_identifier": "i"}
    with pytest.raises(ProtocolError) as refusal:
        decrypt_message(token.encode(), [other])
    assert refusal.value.code == "encryption_key_unknown"


def test_the_metadata_name_keys_and_methods_and_no_compression() -> None:
    document = write_message(request_encryption([PUBLIC]))
    assert document["jwks"] == {"keys": [PUBLIC]}
    assert document["enc_values_supported"] == ["A128GCM", "A256GCM"]
    assert "zip_values_supported" not in document
    assert write_message(response_encryption(required=True))["encryption_required"] is True


def test_a_sound_wish_is_read() -> None:
    wish = read_wish({"jwk": PUBLIC, "enc": "A256GCM", "other": 1})
    assert (wish.jwk, wish.enc) == (PUBLIC, "A256GCM")


def _without(name: str) -> JsonObject:
    return {key: value for key, value in PUBLIC.items() if key != name}


@pytest.mark.parametrize(
    "wish",
    [
        {},
        {"jwk": PUBLIC},
        {"jwk": PUBLIC, "enc": "A128CBC-HS256"},
        {"jwk": PUBLIC, "enc": "A128GCM", "zip": "DEF"},
        {"jwk": _without("alg"), "enc": "A128GCM"},
        {"jwk": PUBLIC | {"alg": "RSA-OAEP"}, "enc": "A128GCM"},
        {"jwk": PUBLIC | {"alg": "ECDH-ES+A128KW"}, "enc": "A128GCM"},
        {"jwk": PUBLIC | {"crv": "P-521"}, "enc": "A128GCM"},
        {"jwk": PUBLIC | {"y": PUBLIC["x"]}, "enc": "A128GCM"},
        {"jwk": PUBLIC | {"use": "sig"}, "enc": "A128GCM"},
        {"jwk": PRIVATE, "enc": "A128GCM"},
        {"jwk": SoftwareSigner.generate(Algorithm.EDDSA).public.jwk(), "enc": "A128GCM"},
        "A128GCM",
    ],
)
def test_a_wish_that_cannot_be_met_gets_the_registered_error(wish: object) -> None:
    with pytest.raises(ProtocolError) as refusal:
        read_wish(wish)
    assert refusal.value.error == "invalid_encryption_parameters"


def test_a_compressed_message_is_refused() -> None:
    head, *rest = encrypt_message({}, PUBLIC).split(".")
    header: JsonObject = {"alg": "ECDH-ES", "enc": "A128GCM", "zip": "DEF", "epk": PUBLIC}
    zipped = ".".join([b64url_encode(compact_json(header)), *rest])
    assert head
    with pytest.raises(ProtocolError) as refusal:
        decrypt_message(zipped.encode(), [PRIVATE])
    assert refusal.value.error == "invalid_encryption_parameters"


def test_what_is_inside_must_be_an_object() -> None:
    token = jose.encrypt_compact(b"[]", PUBLIC)
    with pytest.raises(ProtocolError) as refusal:
        decrypt_message(token.encode(), [PRIVATE])
    assert refusal.value.error == "invalid_credential_request"


@given(st.binary(max_size=100))
def test_any_bytes_are_a_message_or_our_error(body: bytes) -> None:
    with pytest.raises(ProtocolError):
        decrypt_message(body, [PRIVATE])
