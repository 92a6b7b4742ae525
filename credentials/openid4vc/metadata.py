"""Metadata of the credential issuer (OpenID4VCI 1.0, section 12.2), plain and signed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import BaseModel, Field

from credentials import jose
from credentials.encoding import JsonObject, parse_json_object
from credentials.errors import CredentialError
from credentials.keys import PublicKey, Signer
from credentials.limits import CLOCK_SKEW, MAX_METADATA_BYTES, MAX_METADATA_ITEMS
from credentials.openid4vc.configuration import CredentialConfiguration, Display
from credentials.openid4vc.encryption import RequestEncryption, ResponseEncryption
from credentials.openid4vc.message import (
    WIRE,
    HttpsUrl,
    ProtocolError,
    is_https_url,
    read_message,
    write_message,
)

PRE_AUTHORIZED_GRANT = "urn:ietf:params:oauth:grant-type:pre-authorized_code"
"""Section 4.1.1."""

AUTHORIZATION_CODE_GRANT = "authorization_code"
REFRESH_GRANT = "refresh_token"

SIGNED_TYPE = "openidvci-issuer-metadata+jwt"
"""``typ`` of signed metadata (section 12.2.3)."""

MAX_CONFIGURATIONS = 2_000
"""Two hundred templates in ten formats: as many as one organisation may have."""

_BUDGET = jose.Budget(octets=MAX_METADATA_BYTES, items=MAX_METADATA_ITEMS)
_CODE = "issuer_metadata_invalid"
_ONE_OR_MORE = Field(default=None, min_length=1)


class BatchIssuance(BaseModel):
    """How many proofs one request may carry."""

    model_config = WIRE
    batch_size: Annotated[int, Field(ge=2)]


class CredentialIssuerMetadata(BaseModel):
    """What the issuer publishes at ``/.well-known/openid-credential-issuer`` (section 12.2.4)."""

    model_config = WIRE
    credential_issuer: HttpsUrl
    authorization_servers: list[HttpsUrl] | None = _ONE_OR_MORE
    credential_endpoint: HttpsUrl
    nonce_endpoint: HttpsUrl | None = None
    deferred_credential_endpoint: HttpsUrl | None = None
    notification_endpoint: HttpsUrl | None = None
    credential_request_encryption: RequestEncryption | None = None
    credential_response_encryption: ResponseEncryption | None = None
    batch_credential_issuance: BatchIssuance | None = None
    display: list[Display] | None = _ONE_OR_MORE
    credential_configurations_supported: Annotated[
        dict[str, CredentialConfiguration], Field(max_length=MAX_CONFIGURATIONS)
    ]

    def authorization_server(self) -> str:
        """The authorization server to use: the first named, else the issuer itself."""
        return (self.authorization_servers or [self.credential_issuer])[0]


@dataclass(frozen=True, slots=True)
class Abilities:
    """What an issuer can do beyond one plain credential at a time.

    Attributes:
        batch_size: copies in one request; 1 is no batch.
        request_encryption: None where requests come in plain JSON alone.
        response_encryption: None where answers go out in plain JSON alone.
    """

    batch_size: int = 1
    request_encryption: RequestEncryption | None = None
    response_encryption: ResponseEncryption | None = None


def create_issuer_metadata(
    credential_issuer: str,
    configurations: Mapping[str, CredentialConfiguration],
    *,
    display: list[Display],
    abilities: Abilities | None = None,
) -> CredentialIssuerMetadata:
    """Metadata of an issuer whose endpoints lie directly under its identifier."""
    able = abilities or Abilities()
    return CredentialIssuerMetadata(
        credential_issuer=credential_issuer,
        credential_endpoint=f"{credential_issuer}/credential",
        nonce_endpoint=f"{credential_issuer}/nonce",
        deferred_credential_endpoint=f"{credential_issuer}/deferred_credential",
        notification_endpoint=f"{credential_issuer}/notification",
        credential_request_encryption=able.request_encryption,
        credential_response_encryption=able.response_encryption,
        batch_credential_issuance=(
            BatchIssuance(batch_size=able.batch_size) if able.batch_size > 1 else None
        ),
        display=display or None,
        credential_configurations_supported=dict(configurations),
    )


def parse_issuer_metadata(
    document: JsonObject, *, expected_issuer: str
) -> CredentialIssuerMetadata:
    """Read metadata that was fetched for ``expected_issuer``.

    Raises:
        ProtocolError: ``issuer_metadata_invalid``: a parameter is missing or wrong, or the
            metadata is of another issuer (section 12.2.4: exact comparison).
    """
    found = read_message(CredentialIssuerMetadata, document, error="invalid_request", code=_CODE)
    check_identifier(found.credential_issuer, expected_issuer)
    return found


def read_document(body: bytes) -> JsonObject:
    """The JSON object of an issuer's metadata, which may be larger than any other message.

    Raises:
        MalformedError: as ``parse_json_object``, with the limits of metadata.
    """
    return parse_json_object(body, max_bytes=MAX_METADATA_BYTES, max_items=MAX_METADATA_ITEMS)


def check_identifier(found: str, expected: str) -> None:
    """Metadata name the very identifier they were fetched for.

    Raises:
        ProtocolError: ``issuer_metadata_invalid``.
    """
    if found != expected:
        raise ProtocolError("invalid_request", f"{found} instead of {expected}", code=_CODE)


def sign_issuer_metadata(
    metadata: CredentialIssuerMetadata, signer: Signer, *, at: datetime, lifetime: timedelta
) -> str:
    """The metadata as a JWT, for a wallet that asks ``application/jwt`` (section 12.2.3)."""
    header: JsonObject = {"typ": SIGNED_TYPE}
    if signer.public.key_id is not None:
        header["kid"] = signer.public.key_id
    payload: JsonObject = {
        **write_message(metadata),
        "sub": metadata.credential_issuer,
        "iat": int(at.timestamp()),
        "exp": int((at + lifetime).timestamp()),
    }
    return jose.sign_compact(header, payload, signer)


def verify_issuer_metadata(
    token: str,
    *,
    expected_issuer: str,
    key_of: Callable[[str | None], PublicKey],
    at: datetime,
) -> CredentialIssuerMetadata:
    """Check signed metadata and read them.

    Args:
        token: what was served as ``application/jwt``.
        expected_issuer: for which it was fetched.
        key_of: the trusted key for a ``kid``; raises where there is none.
        at: the present moment.

    Raises:
        ProtocolError: ``issuer_metadata_invalid``.
        CredentialError: as ``key_of`` and ``jose.peek``; ``signature_invalid``.
    """
    parsed = jose.peek(token, typ=frozenset({SIGNED_TYPE}), budget=_BUDGET)
    kid = parsed.header.get("kid")
    parsed.verify(key_of(kid if isinstance(kid, str) else None))
    try:
        issued = jose.numeric_date(parsed.payload, "iat")
        ends = jose.numeric_date(parsed.payload, "exp")
    except CredentialError as error:
        raise ProtocolError("invalid_request", error.detail, code=_CODE) from error
    if issued is None or issued > at + CLOCK_SKEW or (ends is not None and at >= ends):
        raise ProtocolError("invalid_request", "before its iat or after its exp", code=_CODE)
    if parsed.payload.get("sub") != expected_issuer:
        raise ProtocolError("invalid_request", "sub is another issuer", code=_CODE)
    return parse_issuer_metadata(parsed.payload, expected_issuer=expected_issuer)


def issuer_metadata_url(credential_issuer: str) -> str:
    """Where the metadata lies: the well-known part goes between host and path (12.2.2)."""
    return well_known(credential_issuer, "openid-credential-issuer")


def well_known(identifier: str, name: str) -> str:
    """The address of a well-known document of an identifier that may have a path.

    Raises:
        ProtocolError: ``issuer_metadata_invalid``: no https URL, or one with a query.
    """
    if not is_https_url(identifier) or urlsplit(identifier).query:
        raise ProtocolError("invalid_request", "identifier", code=_CODE)
    parts = urlsplit(identifier)
    return f"https://{parts.netloc}/.well-known/{name}{parts.path.rstrip('/')}"
