"""What a wallet tells about itself when it fetches a request (OpenID4VP 1.0, sections 5.10 and 10).

A wallet that sends a key gets the request encrypted to it, signed inside (RFC 9101, section 4).
"""

from collections.abc import Iterable
from typing import Annotated, NoReturn

from pydantic import BaseModel, Field

from credentials import jose
from credentials.encoding import JsonObject, JsonValue, compact_json, parse_json_object
from credentials.errors import CredentialError
from credentials.openid4vc.dcql_query import DcqlQuery
from credentials.openid4vc.message import WIRE, ProtocolError, WireObject, read_message
from credentials.openid4vc.verifier_metadata import formats_supported, usable_key

MAX_METADATA_BYTES = 16 * 1024
"""A dozen formats and keys stay under 4 kB."""

INVALID = "wallet_metadata_invalid"
"""Code of what cannot be read, or asks for something that nobody can do."""

NESTED = "JWT"
"""``cty`` of a token inside a token (RFC 7519, section 5.2)."""

_Names = Annotated[list[str], Field(min_length=1, max_length=50)]


class WalletMetadata(BaseModel):
    """The members that count; what is left out is not held against anyone."""

    model_config = WIRE
    jwks: WireObject | None = None
    vp_formats_supported: WireObject | None = None
    client_id_prefixes_supported: _Names | None = None
    request_object_signing_alg_values_supported: _Names | None = None
    request_object_encryption_alg_values_supported: _Names | None = None
    request_object_encryption_enc_values_supported: _Names | None = None
    authorization_encryption_alg_values_supported: _Names | None = None
    authorization_encryption_enc_values_supported: _Names | None = None


def write_wallet_metadata(encryption_jwk: JsonObject) -> str:
    """What the holder's engine says of itself; ``encryption_jwk`` is made for one request.

    Only its public half is sent.
    """
    encryption: list[JsonValue] = [*jose.CONTENT_ENCRYPTION]
    agreement: list[JsonValue] = ["ECDH-ES"]
    metadata: JsonObject = {
        "vp_formats_supported": formats_supported(),
        "client_id_prefixes_supported": ["decentralized_identifier", "x509_hash"],
        "request_object_signing_alg_values_supported": ["ES256"],
        "jwks": {"keys": [jose.public_encryption_key(encryption_jwk)]},
        "request_object_encryption_alg_values_supported": agreement,
        "request_object_encryption_enc_values_supported": encryption,
        "authorization_encryption_alg_values_supported": agreement,
        "authorization_encryption_enc_values_supported": encryption,
    }
    return compact_json(metadata).decode()


def read_wallet_metadata(text: str) -> WalletMetadata:
    """Read the field of the form.

    Raises:
        ProtocolError: ``invalid_request`` (``wallet_metadata_invalid``).
    """
    try:
        value = parse_json_object(text, max_bytes=MAX_METADATA_BYTES)
    except CredentialError as error:
        raise ProtocolError("invalid_request", error.code, code=INVALID) from error
    return read_message(WalletMetadata, value, error="invalid_request", code=INVALID)


def check_understood(
    metadata: WalletMetadata,
    query: DcqlQuery,
    *,
    client_id: str,
    algorithm: str,
    encrypted: bool,
) -> None:
    """The wallet can read this request and answer it, as far as it says.

    Args:
        metadata: the wallet's.
        query: what is asked.
        client_id: as whom, with its prefix.
        algorithm: of the request's signature.
        encrypted: the answer is to be encrypted.

    Raises:
        ProtocolError: ``invalid_request``: another prefix, signature or encryption;
            ``vp_formats_not_supported``: none of the formats that are asked, or no algorithm of it
            that we check.
    """
    prefix = client_id.partition(":")[0]
    _check_named("client_id_prefixes", metadata.client_id_prefixes_supported, {prefix})
    signing = metadata.request_object_signing_alg_values_supported
    _check_named("request_object_signing", signing, {algorithm})
    if encrypted:
        agreement = metadata.authorization_encryption_alg_values_supported
        _check_named("authorization_encryption_alg", agreement, {"ECDH-ES"})
        content = metadata.authorization_encryption_enc_values_supported
        _check_named("authorization_encryption_enc", content, jose.CONTENT_ENCRYPTION)
    theirs = metadata.vp_formats_supported
    asked = {each.format for each in query.credentials}
    if theirs is not None and not any(_shared(each, theirs) for each in asked):
        raise ProtocolError("vp_formats_not_supported", "none of the formats that are asked")


def encrypt_request(token: str, metadata: WalletMetadata) -> str:
    """The request as the wallet wants it: as it is, or encrypted to the key that it sent.

    Raises:
        ProtocolError: ``invalid_request``: no key of theirs is one for ECDH-ES on P-256, or they
            decrypt neither A128GCM nor A256GCM.
    """
    if metadata.jwks is None:
        return token
    agreement = metadata.request_object_encryption_alg_values_supported
    _check_named("request_object_encryption_alg", agreement, {"ECDH-ES"})
    content = metadata.request_object_encryption_enc_values_supported or ["A128GCM"]
    _check_named("request_object_encryption_enc", content, jose.CONTENT_ENCRYPTION)
    key = usable_key(metadata.jwks)
    if key is None:
        _refuse("jwks: no key for ECDH-ES on P-256")
    enc = "A256GCM" if "A256GCM" in content else "A128GCM"
    return jose.encrypt_compact(token.encode("ascii"), key, enc=enc, cty=NESTED)


def decrypt_request(token: str, encryption_jwk: JsonObject) -> str:
    """The signed request out of an encrypted one; one that is not encrypted is given as it is.

    Raises:
        CredentialError: as ``jose.decrypt_compact``, or ``token_malformed``.
    """
    if token.count(".") != 4:  # noqa: PLR2004 - a compact JWE has five parts
        return token
    return jose.decrypt_compact(token, encryption_jwk).decode("ascii", "replace")


def _shared(name: str, theirs: JsonObject) -> bool:
    """Whether both know a format, and for each of its lists that both give one algorithm."""
    ours, own = formats_supported().get(name), theirs.get(name)
    if not isinstance(ours, dict) or not isinstance(own, dict):
        return False
    lists = [(values, own.get(member)) for member, values in ours.items()]
    return all(
        any(each in values for each in said)
        for values, said in lists
        if isinstance(values, list) and isinstance(said, list)
    )


def _check_named(member: str, said: Iterable[str] | None, able: Iterable[str]) -> None:
    if said is not None and set(said).isdisjoint(able):
        _refuse(member)


def _refuse(detail: str) -> NoReturn:
    raise ProtocolError("invalid_request", detail, code=INVALID)
