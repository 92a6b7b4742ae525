"""The authorization request and its response (RFC 6749, 4.1; OpenID4VCI 1.0, section 5).

The code flow alone, with PKCE; ``iss`` in every response (RFC 9207). A request is pushed
(``pushed_authorization.py``) or stands in the query of the authorization endpoint.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import parse_qsl, urlencode, urlsplit

from pydantic import AfterValidator, BaseModel, Field

from credentials.encoding import compact_json
from credentials.openid4vc import pkce
from credentials.openid4vc.authorization_details import (
    AuthorizationDetail,
    parse_details,
    write_details,
)
from credentials.openid4vc.message import (
    MAX_FORM_FIELDS,
    MAX_URL_LENGTH,
    WIRE,
    Name,
    ProtocolError,
    read_form,
    read_message,
    write_form,
)

MAX_STATE = 4_096
"""Clients pack their own things into ``state``; a longer one makes addresses that are cut."""

_THUMBPRINT = r"^[A-Za-z0-9_-]{43}$"
"""A SHA-256 in base64url: a code challenge or the thumbprint of a key."""

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*", re.IGNORECASE)
_ACTIVE = frozenset({"javascript", "data", "vbscript", "file", "blob", "about"})
"""Schemes that a browser runs or reads from disk; no application is opened by them."""


def is_redirect_uri(text: str) -> bool:
    """Whether ``text`` is an absolute URI without fragment to which a browser may be sent.

    https, or the private scheme of an app (RFC 8252, 7.1); http on the own machine alone (7.3).
    """
    if len(text) > MAX_URL_LENGTH or not text.isascii() or any(c <= " " for c in text):
        return False
    try:
        parts = urlsplit(text)
        host, port_is_sound = parts.hostname, parts.port is None or parts.port > 0
    except ValueError:
        return False
    if not port_is_sound or "#" in text or "\\" in text or "@" in parts.netloc:
        return False
    if parts.scheme in {"https", "http"}:
        return bool(host) and (parts.scheme == "https" or host in {"127.0.0.1", "::1"})
    return bool(_SCHEME.fullmatch(parts.scheme)) and parts.scheme not in _ACTIVE


def _redirect(text: str) -> str:
    if not is_redirect_uri(text):
        raise ValueError("no place for a redirect")
    return text


RedirectUri = Annotated[str, AfterValidator(_redirect)]
"""Where the answer goes: compared as text, never by its parts."""


class AuthorizationRequest(BaseModel):
    """Who asks for which credentials, and where the answer goes.

    Attributes:
        code_challenge: of method S256.
        issuer_state: out of an offer; may come from anyone, so it opens nothing by itself.
        dpop_jkt: thumbprint of the key that the token is to be bound to (RFC 9449, section 10).
    """

    model_config = WIRE
    client_id: Name
    redirect_uri: RedirectUri
    code_challenge: Annotated[str, Field(pattern=_THUMBPRINT)]
    scope: Annotated[str, Field(max_length=2_000)] | None = None
    authorization_details: list[AuthorizationDetail] | None = None
    state: Annotated[str, Field(max_length=MAX_STATE)] | None = Field(default=None, repr=False)
    issuer_state: Name | None = Field(default=None, repr=False)
    dpop_jkt: Annotated[str, Field(pattern=_THUMBPRINT)] | None = None

    @property
    def scopes(self) -> tuple[str, ...]:
        """The scope values; unknown ones are to be ignored (section 5.1.2)."""
        return tuple(dict.fromkeys((self.scope or "").split(" "))) if self.scope else ()


@dataclass(frozen=True, slots=True)
class PushedReference:
    """A query that names a request which was pushed before; all other parameters are ignored."""

    client_id: str
    request_uri: str


@dataclass(frozen=True, slots=True)
class Authorized:
    """The answer of a server that said yes; ``code`` is worth a token."""

    code: str

    def __repr__(self) -> str:
        """Without the code."""
        return "Authorized()"


def create_request(
    client_id: str,
    *,
    redirect_uri: str,
    code_challenge: str,
    scopes: Sequence[str] = (),
    details: Sequence[AuthorizationDetail] = (),
    state: str | None = None,
    issuer_state: str | None = None,
    dpop_jkt: str | None = None,
) -> AuthorizationRequest:
    """A request for the code flow.

    Raises:
        pydantic.ValidationError: a parameter that no server would take.
    """
    return AuthorizationRequest(
        client_id=client_id,
        redirect_uri=redirect_uri,
        code_challenge=code_challenge,
        scope=" ".join(scopes) or None,
        authorization_details=list(details) or None,
        state=state,
        issuer_state=issuer_state,
        dpop_jkt=dpop_jkt,
    )


def write_request(request: AuthorizationRequest) -> bytes:
    """The parameters as a form, for the body of a pushed request or for a query."""
    details = request.authorization_details
    return write_form(
        {
            "response_type": "code",
            "client_id": request.client_id,
            "redirect_uri": request.redirect_uri,
            "code_challenge": request.code_challenge,
            "code_challenge_method": pkce.METHOD,
            "scope": request.scope,
            "authorization_details": (
                compact_json(write_details(details)).decode() if details else None
            ),
            "state": request.state,
            "issuer_state": request.issuer_state,
            "dpop_jkt": request.dpop_jkt,
        }
    )


def reference_query(reference: PushedReference) -> str:
    """The query that sends a browser to a pushed request (RFC 9126, section 4)."""
    return urlencode({"client_id": reference.client_id, "request_uri": reference.request_uri})


def parse_query(query: str) -> AuthorizationRequest | PushedReference:
    """Read the query of the authorization endpoint.

    With ``request_uri`` only that and ``client_id`` count: a state that stands outside the pushed
    request is not used.

    Raises:
        ProtocolError: as ``read_request``.
    """
    fields = read_form(query.encode("utf-8", "surrogatepass"))
    if "request_uri" not in fields:
        return read_request(fields)
    client_id = fields.get("client_id", "")
    if "request" in fields or not client_id:
        raise ProtocolError("invalid_request", "client_id and request_uri, and no request")
    return PushedReference(client_id, fields["request_uri"])


def read_request(fields: dict[str, str]) -> AuthorizationRequest:
    """Read the parameters of a request.

    Raises:
        ProtocolError: ``unsupported_response_type`` for anything but ``code``;
            ``request_not_supported`` for a signed request object;
            ``invalid_scope`` where neither scope nor details are there;
            ``invalid_authorization_details``; ``invalid_request`` for every other fault, with
            ``code_challenge_missing`` and ``code_challenge_method`` as our words for PKCE.
    """
    if "request" in fields:
        raise ProtocolError("request_not_supported", "no request objects")
    if "response_type" not in fields:
        raise ProtocolError("invalid_request", "response_type is missing")
    if fields["response_type"] != "code":
        raise ProtocolError("unsupported_response_type", "only code")
    if fields.get("response_mode", "query") != "query":
        raise ProtocolError("invalid_request", "response_mode", code="response_mode_unsupported")
    if "code_challenge" not in fields:
        raise ProtocolError("invalid_request", "no PKCE", code="code_challenge_missing")
    if fields.get("code_challenge_method") != pkce.METHOD:
        raise ProtocolError("invalid_request", "only S256", code="code_challenge_method")
    if not fields.get("scope") and "authorization_details" not in fields:
        raise ProtocolError("invalid_scope", "neither scope nor authorization_details")
    wire: dict[str, object] = {**fields}
    if "authorization_details" in fields:
        wire["authorization_details"] = parse_details(fields["authorization_details"])
    return read_message(AuthorizationRequest, wire, error="invalid_request", code="invalid_request")


def redirect_with_code(redirect_uri: str, *, code: str, state: str | None, issuer: str) -> str:
    """The address that carries a code back (RFC 6749, 4.1.2; RFC 9207, section 2)."""
    return _back(redirect_uri, {"code": code, "state": state, "iss": issuer})


def redirect_with_error(redirect_uri: str, *, error: str, state: str | None, issuer: str) -> str:
    """The address that carries a refusal back (RFC 6749, section 4.1.2.1)."""
    return _back(redirect_uri, {"error": error, "state": state, "iss": issuer})


def _back(redirect_uri: str, fields: dict[str, str | None]) -> str:
    join = "&" if urlsplit(redirect_uri).query else "?"
    return f"{redirect_uri.removesuffix('?')}{join}{write_form(fields).decode()}"


def parse_response(
    address: str,
    *,
    redirect_uri: str,
    state: str | None,
    issuer: str,
    iss_required: bool = True,
) -> Authorized:
    """Read the address to which the browser came back.

    Args:
        address: whole, as the browser was sent to it.
        redirect_uri: what the request named.
        state: what the request named.
        issuer: the authorization server that was asked.
        iss_required: its metadata promise ``iss``; one that is there must always be right.

    Raises:
        ProtocolError: ``redirect_uri_mismatch``, ``state_mismatch``, ``iss_mismatch``,
            ``authorization_response_invalid`` (no code, a parameter that comes twice), or the
            server's own error with our code ``authorization_refused``.
    """
    base, _, query = address.partition("?")
    own_base, _, own_query = redirect_uri.partition("?")
    fields = _unique(query)
    if base != own_base or not _holds(fields, own_query):
        raise ProtocolError("invalid_request", "another address", code="redirect_uri_mismatch")
    if fields.get("state") != state:
        raise ProtocolError("invalid_request", "state", code="state_mismatch")
    if fields.get("iss", None if iss_required else issuer) != issuer:
        raise ProtocolError("invalid_request", "iss", code="iss_mismatch")
    if "error" in fields:
        raise ProtocolError(fields["error"][:100], "refused", code="authorization_refused")
    if not fields.get("code"):
        raise ProtocolError("invalid_request", "no code", code="authorization_response_invalid")
    return Authorized(fields["code"])


def _unique(query: str) -> dict[str, str]:
    try:
        pairs = parse_qsl(
            query, keep_blank_values=True, errors="strict", max_num_fields=MAX_FORM_FIELDS
        )
    except ValueError:
        pairs = []
    fields = dict(pairs)
    if not fields or len(fields) != len(pairs):
        code = "authorization_response_invalid"
        raise ProtocolError("invalid_request", "parameters", code=code)
    return fields


def _holds(fields: dict[str, str], own_query: str) -> bool:
    own = parse_qsl(own_query, keep_blank_values=True)
    return all(fields.get(name) == value for name, value in own)
