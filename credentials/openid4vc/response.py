"""The answer (OpenID4VP 1.0, section 8): ``direct_post.jwt``, and ``direct_post`` to read."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from credentials import jose
from credentials.encoding import (
    JsonObject,
    JsonValue,
    compact_json,
    parse_json,
    parse_json_object,
)
from credentials.limits import MAX_TOKEN_BYTES
from credentials.model import Wire
from credentials.openid4vc.dcql_query import MAX_QUERIES
from credentials.openid4vc.message import ProtocolError, read_form, write_form
from credentials.openid4vc.request import AuthorizationRequest

MAX_PRESENTATIONS = 50
"""Presentations in one answer, over all queries; each costs a whole verification."""

_QUERY_ID = re.compile(r"[A-Za-z0-9_-]{1,100}")
_ERROR_CODE = re.compile(r"[a-z_]{1,64}")


@dataclass(frozen=True, slots=True)
class AuthorizationResponse:
    """A decrypted answer. Its presentations are unchecked.

    Attributes:
        vp_token: presentations by query id; empty where the wallet sent an error.
    """

    vp_token: Mapping[str, tuple[Wire, ...]] = field(repr=False)
    state: str | None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class PostedResponse:
    """What a wallet posted: a JWE, or an error that may come unencrypted (section 8.3.1).

    Attributes:
        vp_token: JSON text of an answer that is not encrypted (section 8.2).
    """

    jwe: str | None = field(default=None, repr=False)
    vp_token: str | None = field(default=None, repr=False)
    error: str | None = None
    state: str | None = None


def create_response(request: AuthorizationRequest, vp_token: Mapping[str, Sequence[Wire]]) -> str:
    """Encrypt the presentations to the key of the request.

    ``apv`` is the request's nonce, which binds the ciphertext to this one request; the standard
    leaves ``apu`` and ``apv`` open (section 8.3), so a reader must take them as they come.
    """
    payload: JsonObject = {"vp_token": {name: list(wires) for name, wires in vp_token.items()}}
    if request.state is not None:
        payload["state"] = request.state
    return jose.encrypt_compact(
        compact_json(payload),
        request.encryption_key,
        enc=request.enc,
        apv=request.nonce.encode("ascii"),
    )


def create_error(request: AuthorizationRequest, error: str = "access_denied") -> bytes:
    """The form body of a refusal; refusing and not having look the same (section 8.5)."""
    return write_form({"error": error, "state": request.state})


def create_form(jwe: str) -> bytes:
    """The form body to post to ``response_uri``."""
    return write_form({"response": jwe})


def parse_form(body: bytes) -> PostedResponse:
    """Read what a wallet posted.

    Raises:
        ProtocolError: ``invalid_request``: neither one answer nor one error.
    """
    fields = read_form(body)
    jwe, plain, error = (fields.get(name) for name in ("response", "vp_token", "error"))
    if [jwe, plain, error].count(None) != 2:  # noqa: PLR2004 - one of three
        raise ProtocolError("invalid_request", "expected response, vp_token or error")
    code = None if error is None else _error_code(error)
    return PostedResponse(jwe=jwe, vp_token=plain, error=code, state=fields.get("state"))


def read_plain(vp_token: str, state: str | None) -> AuthorizationResponse:
    """Read an answer that came as it is.

    Raises:
        ProtocolError: ``vp_token_invalid``.
        MalformedError: no JSON, or beyond a limit.
    """
    return AuthorizationResponse(_vp_token(parse_json(vp_token)), state)


def open_response(jwe: str, private_jwk: JsonObject) -> AuthorizationResponse:
    """Decrypt an answer with the key that was made for its request, and read its shape.

    Raises:
        ProtocolError: ``vp_token_invalid``: no object of query ids, each with presentations.
        RejectedError: ``encryption_key_unknown``, ``alg_not_allowed``.
        MalformedError: the JWE or the JSON inside is not sound.
    """
    payload = parse_json_object(jose.decrypt_compact(jwe, private_jwk), max_bytes=MAX_TOKEN_BYTES)
    state = payload.get("state")
    if state is not None and not isinstance(state, str):
        raise ProtocolError("invalid_request", "state is no text", code="vp_token_invalid")
    error = payload.get("error")
    if error is not None:
        return AuthorizationResponse({}, state, _error_code(error))
    return AuthorizationResponse(_vp_token(payload.get("vp_token")), state)


def _error_code(value: JsonValue) -> str:
    if not isinstance(value, str) or not _ERROR_CODE.fullmatch(value):
        raise ProtocolError("invalid_request", "error is no code")
    return value


def _vp_token(value: JsonValue) -> Mapping[str, tuple[Wire, ...]]:
    if not isinstance(value, dict) or not 0 < len(value) <= MAX_QUERIES:
        raise ProtocolError("invalid_request", "vp_token", code="vp_token_invalid")
    presentations = {name: _presentations(name, wires) for name, wires in value.items()}
    if sum(len(wires) for wires in presentations.values()) > MAX_PRESENTATIONS:
        raise ProtocolError("invalid_request", "too many presentations", code="vp_token_invalid")
    return presentations


def _presentations(name: str, value: JsonValue) -> tuple[Wire, ...]:
    if not _QUERY_ID.fullmatch(name) or not isinstance(value, list) or not value:
        raise ProtocolError("invalid_request", "vp_token entry", code="vp_token_invalid")
    wires = tuple(wire for wire in value if isinstance(wire, str | dict))
    if len(wires) != len(value):
        raise ProtocolError("invalid_request", "presentation", code="vp_token_invalid")
    return wires
