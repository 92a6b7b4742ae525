"""Encrypted credential requests and responses (OpenID4VCI 1.0, section 10).

ECDH-ES on P-256 with A128GCM or A256GCM; nothing is compressed, since little can become much.
"""

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from credentials import jose
from credentials.encoding import JsonObject, compact_json, parse_json_object
from credentials.errors import CredentialError
from credentials.openid4vc.message import WIRE, ProtocolError, WireObject, read_message

MEDIA_TYPE = "application/jwt"
"""Of an encrypted message; all others are JSON."""

KEY_AGREEMENT = "ECDH-ES"

_ERROR = "invalid_encryption_parameters"


class KeySet(BaseModel):
    """Public keys (RFC 7517, section 5)."""

    model_config = WIRE
    keys: Annotated[list[WireObject], Field(min_length=1, max_length=20)]


class RequestEncryption(BaseModel):
    """Metadata: with which keys requests may or must be encrypted (section 12.2.4)."""

    model_config = WIRE
    jwks: KeySet
    enc_values_supported: Annotated[list[str], Field(min_length=1)]
    zip_values_supported: list[str] | None = Field(default=None, min_length=1)
    encryption_required: bool


class ResponseEncryption(BaseModel):
    """Metadata: how responses may or must be encrypted (section 12.2.4)."""

    model_config = WIRE
    alg_values_supported: Annotated[list[str], Field(min_length=1)]
    enc_values_supported: Annotated[list[str], Field(min_length=1)]
    zip_values_supported: list[str] | None = Field(default=None, min_length=1)
    encryption_required: bool


class EncryptionWish(BaseModel):
    """``credential_response_encryption`` of a request: to which key the answer goes."""

    model_config = WIRE
    jwk: WireObject
    enc: Literal["A128GCM", "A256GCM"]


def request_encryption(keys: Sequence[JsonObject], *, required: bool = False) -> RequestEncryption:
    """The metadata of a server that decrypts with one of ``keys`` (public, each with ``kid``)."""
    return RequestEncryption.model_validate(
        {
            "jwks": {"keys": list(keys)},
            "enc_values_supported": list(jose.CONTENT_ENCRYPTION),
            "encryption_required": required,
        }
    )


def response_encryption(*, required: bool = False) -> ResponseEncryption:
    """The metadata of a server that encrypts its answers on request."""
    return ResponseEncryption(
        alg_values_supported=[KEY_AGREEMENT],
        enc_values_supported=list(jose.CONTENT_ENCRYPTION),
        encryption_required=required,
    )


def read_wish(value: object) -> EncryptionWish:
    """Read ``credential_response_encryption`` of a request and try its key.

    Raises:
        ProtocolError: ``invalid_encryption_parameters``: an algorithm that we lack, ``zip``, a key
            that is private or is none, or one that does not name its ``alg``.
    """
    if isinstance(value, dict) and "zip" in value:
        raise ProtocolError(_ERROR, "zip", code="encryption_zip")
    wish = read_message(EncryptionWish, value, error=_ERROR, code=_ERROR)
    _encrypted(b"{}", wish.jwk, enc=wish.enc)
    return wish


def encrypt_message(document: JsonObject, jwk: JsonObject, *, enc: str = "A128GCM") -> str:
    """Encrypt one message to a public key that names its ``alg``; its ``kid`` goes along.

    Raises:
        ProtocolError: ``invalid_encryption_parameters``, as above.
    """
    return _encrypted(compact_json(document), jwk, enc=enc)


def _encrypted(payload: bytes, jwk: JsonObject, *, enc: str) -> str:
    if jwk.get("alg") != KEY_AGREEMENT:
        raise ProtocolError(_ERROR, "the key does not name ECDH-ES", code="encryption_alg")
    try:
        return jose.encrypt_compact(payload, jwk, enc=enc)
    except CredentialError as error:
        raise ProtocolError(_ERROR, error.code) from error


def decrypt_message(token: bytes, private_jwks: Sequence[JsonObject]) -> JsonObject:
    """Open a message that was encrypted to one of our keys, found by ``kid``.

    Raises:
        ProtocolError: ``invalid_encryption_parameters``: no JWE that we can open, or compressed;
            ``invalid_credential_request``: what is inside is no JSON object.
    """
    text = token.decode("ascii", "replace")  # a character that no token holds is refused below
    try:
        key_id = jose.encryption_key_id(text)
        keys = [jwk for jwk in private_jwks if jwk.get("kid") == key_id]
        plain = jose.decrypt_compact(text, keys[0]) if keys else None
    except CredentialError as error:
        raise ProtocolError(_ERROR, error.code) from error
    if plain is None:
        raise ProtocolError(_ERROR, "for no key of ours", code="encryption_key_unknown")
    try:
        return parse_json_object(plain)
    except CredentialError as error:
        raise ProtocolError("invalid_credential_request", error.code) from error
