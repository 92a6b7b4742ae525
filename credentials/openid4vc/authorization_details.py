"""Authorization details of type ``openid_credential`` (RFC 9396; OpenID4VCI 1.0, 5.1.1 and 6.2)."""

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from credentials.encoding import JsonObject, JsonValue, parse_json
from credentials.errors import CredentialError
from credentials.openid4vc.configuration import ClaimDescription
from credentials.openid4vc.message import WIRE, Name, ProtocolError, describe, write_message

TYPE = "openid_credential"

MAX_DETAILS = 50
"""Authorization details in one request: one for each configuration of an offer."""


class AuthorizationDetail(BaseModel):
    """One configuration that is asked or granted.

    Attributes:
        credential_identifiers: in a token response alone: each names one dataset to be fetched.
    """

    model_config = WIRE
    type: Literal["openid_credential"] = "openid_credential"
    credential_configuration_id: Name
    locations: list[str] | None = None
    claims: list[ClaimDescription] | None = Field(default=None, min_length=1)
    credential_identifiers: list[Name] | None = Field(default=None, min_length=1)


def read_details(value: JsonValue) -> list[AuthorizationDetail]:
    """Read a list of authorization details.

    Raises:
        ProtocolError: ``invalid_authorization_details`` (RFC 9396, section 5).
    """
    sized = Annotated[list[AuthorizationDetail], Field(min_length=1, max_length=MAX_DETAILS)]
    try:
        return TypeAdapter[list[AuthorizationDetail]](sized).validate_python(value)
    except ValidationError as failure:
        raise ProtocolError("invalid_authorization_details", describe(failure)) from None


def parse_details(text: str) -> list[AuthorizationDetail]:
    """Read the form parameter ``authorization_details``.

    Raises:
        ProtocolError: ``invalid_authorization_details``, also where the text is no JSON.
    """
    try:
        value = parse_json(text)
    except CredentialError as error:
        raise ProtocolError("invalid_authorization_details", error.code) from None
    return read_details(value)


def write_details(details: Sequence[AuthorizationDetail]) -> list[JsonValue]:
    """The JSON of the parameter."""
    written: list[JsonObject] = [write_message(detail) for detail in details]
    return [*written]


def asked_configurations(details: Sequence[AuthorizationDetail]) -> tuple[str, ...]:
    """The configurations that are asked, each once."""
    return tuple(dict.fromkeys(detail.credential_configuration_id for detail in details))
