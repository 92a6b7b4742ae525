"""Nonces: the nonce endpoint's answer (OpenID4VCI 1.0, section 7), and nonces without memory."""

import hmac
from datetime import datetime, timedelta

from pydantic import BaseModel, Field

from credentials.encoding import JsonObject, b64url_decode, b64url_encode
from credentials.errors import MalformedError
from credentials.openid4vc.message import WIRE, Name, read_message

_TIME_BYTES = 8
_MAC_BYTES = 16


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


def timed_nonce(key: bytes, *, purpose: str, at: datetime) -> str:
    """A nonce that its maker knows again without remembering it: its time, and a MAC over it.

    For DPoP (RFC 9449, section 8) and wallet attestation, where a nonce may serve often and the
    proof's own ``jti`` once.

    Args:
        key: 32 octets, secret.
        purpose: keeps nonces of different organisations and uses apart.
        at: the present moment; within one second they are equal.
    """
    moment = int(at.timestamp()).to_bytes(_TIME_BYTES, "big")
    return b64url_encode(moment + _mac(key, purpose, moment))


def is_timed_nonce(nonce: str, key: bytes, *, purpose: str, at: datetime, life: timedelta) -> bool:
    """Whether ``timed_nonce`` made it under this key for this purpose, less than ``life`` ago."""
    try:
        octets = b64url_decode(nonce)
    except MalformedError:
        return False
    moment = octets[:_TIME_BYTES]
    if not hmac.compare_digest(octets[_TIME_BYTES:], _mac(key, purpose, moment)):
        return False
    made = int.from_bytes(moment, "big")
    return made <= at.timestamp() < made + life.total_seconds()


def _mac(key: bytes, purpose: str, moment: bytes) -> bytes:
    return hmac.digest(key, purpose.encode() + b"\0" + moment, "sha256")[:_MAC_BYTES]
