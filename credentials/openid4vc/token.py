"""Token request and response of the pre-authorized code flow (OpenID4VCI 1.0, section 6)."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from credentials.encoding import JsonObject, JsonValue, parse_json
from credentials.errors import CredentialError
from credentials.openid4vc.message import (
    WIRE,
    Name,
    ProtocolError,
    describe,
    read_form,
    read_message,
    write_form,
)
from credentials.openid4vc.metadata import PRE_AUTHORIZED_GRANT, ClaimDescription

MAX_DETAILS = 50
"""Authorization details in one request: one for each configuration of an offer."""


class AuthorizationDetail(BaseModel):
    """One ``openid_credential`` of RFC 9396 (sections 5.1.1 and 6.2)."""

    model_config = WIRE
    type: Literal["openid_credential"]
    credential_configuration_id: Name
    locations: list[str] | None = None
    claims: list[ClaimDescription] | None = Field(default=None, min_length=1)
    credential_identifiers: list[Name] | None = Field(default=None, min_length=1)


class TokenRequest(BaseModel):
    """A pre-authorized code with its transaction code; neither shows in ``repr``."""

    model_config = WIRE
    grant_type: Literal["urn:ietf:params:oauth:grant-type:pre-authorized_code"]
    pre_authorized_code: Name = Field(
        validation_alias="pre-authorized_code",
        serialization_alias="pre-authorized_code",
        repr=False,
    )
    tx_code: Annotated[str, Field(max_length=64)] | None = Field(default=None, repr=False)
    client_id: str | None = None
    authorization_details: list[AuthorizationDetail] | None = None


class TokenResponse(BaseModel):
    """The access token (RFC 6749, section 5.1)."""

    model_config = WIRE
    access_token: Annotated[str, Field(min_length=1, max_length=16_384)] = Field(repr=False)
    token_type: str
    expires_in: Annotated[int, Field(ge=0)] | None = None
    authorization_details: list[AuthorizationDetail] | None = Field(default=None, min_length=1)


def create_token_request(pre_authorized_code: str, *, tx_code: str | None = None) -> bytes:
    """The form body that redeems a code."""
    return write_form(
        {
            "grant_type": PRE_AUTHORIZED_GRANT,
            "pre-authorized_code": pre_authorized_code,
            "tx_code": tx_code,
        }
    )


def parse_token_request(body: bytes) -> TokenRequest:
    """Read the form body of a token request.

    Raises:
        ProtocolError: ``unsupported_grant_type`` for another flow, ``invalid_request`` for a
            missing code, a field that comes twice or details that cannot be read.
    """
    fields: dict[str, object] = dict(read_form(body))
    if "grant_type" not in fields:
        raise ProtocolError("invalid_request", "grant_type is missing")
    if fields["grant_type"] != PRE_AUTHORIZED_GRANT:
        raise ProtocolError("unsupported_grant_type", "only the pre-authorized code flow")
    if "authorization_details" in fields:
        fields["authorization_details"] = parse_authorization_details(
            _details(str(fields["authorization_details"]))
        )
    return read_message(TokenRequest, fields, error="invalid_request", code="invalid_request")


def _details(text: str) -> JsonValue:
    try:
        return parse_json(text)
    except CredentialError as error:
        raise ProtocolError("invalid_request", f"authorization_details: {error.code}") from None


def parse_authorization_details(value: JsonValue) -> list[AuthorizationDetail]:
    """Read a list of authorization details.

    Raises:
        ProtocolError: ``invalid_authorization_details`` (RFC 9396, section 5).
    """
    sized = Annotated[list[AuthorizationDetail], Field(min_length=1, max_length=MAX_DETAILS)]
    try:
        return TypeAdapter[list[AuthorizationDetail]](sized).validate_python(value)
    except ValidationError as failure:
        raise ProtocolError("invalid_authorization_details", describe(failure)) from None


def parse_token_response(document: JsonObject) -> TokenResponse:
    """Read the answer of a token endpoint.

    Raises:
        ProtocolError: ``token_response_invalid``: no access token, or one that is no bearer token.
    """
    response = read_message(
        TokenResponse, document, error="invalid_request", code="token_response_invalid"
    )
    if response.token_type.lower() != "bearer":
        raise ProtocolError("invalid_request", "token_type", code="token_response_invalid")
    return response
