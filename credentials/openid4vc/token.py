"""Token request and response of every flow (RFC 6749, 4.1.3 and 6; OpenID4VCI 1.0, section 6)."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from credentials.encoding import JsonObject
from credentials.openid4vc.authorization_details import AuthorizationDetail, parse_details
from credentials.openid4vc.message import (
    WIRE,
    Name,
    ProtocolError,
    read_form,
    read_message,
    write_form,
)
from credentials.openid4vc.metadata import (
    AUTHORIZATION_CODE_GRANT,
    PRE_AUTHORIZED_GRANT,
    REFRESH_GRANT,
)

Secret = Annotated[str, Field(min_length=1, max_length=16_384)]
"""A token; self-contained ones grow long."""


class PreAuthorizedRequest(BaseModel):
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


class CodeRequest(BaseModel):
    """An authorization code with the verifier of its challenge (RFC 7636, section 4.5)."""

    model_config = WIRE
    grant_type: Literal["authorization_code"]
    code: Name = Field(repr=False)
    redirect_uri: str | None = None
    code_verifier: str | None = Field(default=None, repr=False)
    client_id: str | None = None
    authorization_details: list[AuthorizationDetail] | None = None


class RefreshRequest(BaseModel):
    """A refresh token; asks for a new access token of the same or a smaller reach."""

    model_config = WIRE
    grant_type: Literal["refresh_token"]
    refresh_token: Secret = Field(repr=False)
    client_id: str | None = None
    scope: str | None = None
    authorization_details: list[AuthorizationDetail] | None = None


TokenRequest = PreAuthorizedRequest | CodeRequest | RefreshRequest

_REQUESTS: dict[str, type[PreAuthorizedRequest | CodeRequest | RefreshRequest]] = {
    PRE_AUTHORIZED_GRANT: PreAuthorizedRequest,
    AUTHORIZATION_CODE_GRANT: CodeRequest,
    REFRESH_GRANT: RefreshRequest,
}


class TokenResponse(BaseModel):
    """The access token (RFC 6749, section 5.1).

    Attributes:
        token_type: ``Bearer`` or ``DPoP``, in any mixture of capitals.
        expires_in: seconds; a server may leave it out.
    """

    model_config = WIRE
    access_token: Secret = Field(repr=False)
    token_type: str
    expires_in: Annotated[int, Field(ge=0)] | None = None
    refresh_token: Secret | None = Field(default=None, repr=False)
    scope: str | None = None
    authorization_details: list[AuthorizationDetail] | None = Field(default=None, min_length=1)


def create_token_request(
    pre_authorized_code: str, *, tx_code: str | None = None, client_id: str | None = None
) -> bytes:
    """The form body that redeems a pre-authorized code."""
    return write_form(
        {
            "grant_type": PRE_AUTHORIZED_GRANT,
            "pre-authorized_code": pre_authorized_code,
            "tx_code": tx_code,
            "client_id": client_id,
        }
    )


def create_code_request(
    code: str, *, redirect_uri: str, code_verifier: str, client_id: str
) -> bytes:
    """The form body that redeems an authorization code."""
    return write_form(
        {
            "grant_type": AUTHORIZATION_CODE_GRANT,
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": code_verifier,
            "client_id": client_id,
        }
    )


def create_refresh_request(refresh_token: str, *, client_id: str) -> bytes:
    """The form body that asks for a new access token."""
    return write_form(
        {"grant_type": REFRESH_GRANT, "refresh_token": refresh_token, "client_id": client_id}
    )


def parse_token_request(body: bytes) -> TokenRequest:
    """Read the form body of a token request.

    Raises:
        ProtocolError: ``unsupported_grant_type`` for another flow, ``invalid_request`` for a
            missing code or a field that comes twice, ``invalid_authorization_details``.
    """
    fields = read_form(body)
    if "grant_type" not in fields:
        raise ProtocolError("invalid_request", "grant_type is missing")
    model = _REQUESTS.get(fields["grant_type"])
    if model is None:
        raise ProtocolError("unsupported_grant_type", "a flow that we do not know")
    wire: dict[str, object] = {**fields}
    if "authorization_details" in fields:
        wire["authorization_details"] = parse_details(fields["authorization_details"])
    return read_message(model, wire, error="invalid_request", code="invalid_request")


def parse_token_response(document: JsonObject, *, dpop: bool = False) -> TokenResponse:
    """Read the answer of a token endpoint.

    Args:
        document: the JSON body.
        dpop: a DPoP proof was sent: a token that is not bound to its key is thrown away
            (RFC 9449, section 5).

    Raises:
        ProtocolError: ``token_response_invalid``: no access token, or one of another type.
    """
    code = "token_response_invalid"
    response = read_message(TokenResponse, document, error="invalid_request", code=code)
    if response.token_type.lower() != ("dpop" if dpop else "bearer"):
        raise ProtocolError("invalid_request", "token_type", code=code)
    return response
