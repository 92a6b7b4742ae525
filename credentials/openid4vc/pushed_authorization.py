"""Pushed authorization requests (RFC 9126): only a handle goes through the browser."""

from typing import Annotated

from pydantic import BaseModel, Field

from credentials.encoding import JsonObject
from credentials.openid4vc.authorization import AuthorizationRequest, read_request
from credentials.openid4vc.message import WIRE, Name, ProtocolError, read_form, read_message

PREFIX = "urn:ietf:params:oauth:request_uri:"
"""How a handle begins (section 2.2)."""


class PushedResponse(BaseModel):
    """The handle under which the request waits.

    Attributes:
        expires_in: seconds.
    """

    model_config = WIRE
    request_uri: Name = Field(repr=False)
    expires_in: Annotated[int, Field(ge=1)]


def parse_pushed_request(body: bytes) -> AuthorizationRequest:
    """Read the body of the pushed authorization request endpoint (section 2.1).

    Raises:
        ProtocolError: ``invalid_request`` where it names a ``request_uri`` itself; else as
            ``read_form`` and ``read_request``.
    """
    fields = read_form(body)
    if "request_uri" in fields:
        raise ProtocolError("invalid_request", "request_uri inside", code="request_uri_inside")
    return read_request(fields)


def create_pushed_response(handle: str, *, expires_in: int) -> PushedResponse:
    """The answer to a request that was taken; ``expires_in`` in seconds."""
    return PushedResponse(request_uri=f"{PREFIX}{handle}", expires_in=expires_in)


def parse_pushed_response(document: JsonObject) -> PushedResponse:
    """Read the answer of the endpoint.

    Raises:
        ProtocolError: ``pushed_response_invalid``.
    """
    return read_message(
        PushedResponse, document, error="invalid_request", code="pushed_response_invalid"
    )
