"""The nonce endpoint's answer (OpenID4VCI 1.0, section 7)."""

from pydantic import BaseModel, Field

from credentials.encoding import JsonObject
from credentials.openid4vc.message import WIRE, Name, read_message


class NonceResponse(BaseModel):
    """A fresh challenge for a key proof; never cached."""

    model_config = WIRE
    c_nonce: Name = Field(repr=False)


def parse_nonce_response(document: JsonObject) -> NonceResponse:
    """Read the answer of a nonce endpoint.

    Raises:
        ProtocolError: ``nonce_response_invalid``.
    """
    return read_message(
        NonceResponse, document, error="invalid_request", code="nonce_response_invalid"
    )
