"""The signed authorization request (OpenID4VP 1.0, section 5; JAR, RFC 9101).

Our verifier and wallet know one Client Identifier Prefix, ``decentralized_identifier``, with
did:web: the host of the DID is who asks, so everything that the request names lies there.

Why and in which relation the asker asks travels as the top-level parameters ``purpose`` and
``relation``: section 5 lets a request carry further parameters, which other wallets ignore.
``verifier_info`` is not the place, since it holds what a third party attests (section 5.11), and
these two are declared by the asker. Its name is ``client_metadata.client_name`` (RFC 7591).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Annotated, Final, NoReturn
from urllib.parse import parse_qsl, urlencode, urlsplit

from pydantic import BaseModel, Field

from credentials import jose
from credentials.bbs_keys import signing_key
from credentials.dids import resolve
from credentials.dids.web import document_url
from credentials.encoding import JsonObject
from credentials.errors import CredentialError, MalformedError, UnsupportedError
from credentials.keys import Signer, public_key_from_jwk
from credentials.limits import CLOCK_SKEW
from credentials.model import Get
from credentials.openid4vc.dcql_query import DcqlQuery, parse_query
from credentials.openid4vc.message import (
    MAX_FORM_FIELDS,
    WIRE,
    ProtocolError,
    WireObject,
    is_https_url,
    origin,
    read_message,
)

REQUEST_TYPE: Final = "oauth-authz-req+jwt"
"""``typ`` of a request object."""

AUDIENCE: Final = "https://self-issued.me/v2"
"""``aud`` where the wallet is not known beforehand (section 5.8)."""

CLIENT_PREFIX: Final = "decentralized_identifier:"
RESPONSE_MODE: Final = "direct_post.jwt"

MAX_REQUEST_BYTES = 64 * 1024
"""A query of fifty credentials stays under 30 kB."""

REQUEST_LIFE = timedelta(minutes=10)
"""How long a request may be answered: time to read, no time to pass it on."""

_VP_FORMATS: Final[JsonObject] = {
    "dc+sd-jwt": {
        "sd-jwt_alg_values": ["ES256", "ES384", "EdDSA"],
        "kb-jwt_alg_values": ["ES256", "ES384", "EdDSA"],
    },
    "ldp_vc": {
        "proof_type_values": ["DataIntegrityProof"],
        "cryptosuite_values": ["eddsa-rdfc-2022"],
    },
}
_URL_SAFE = re.compile(r"[A-Za-z0-9._~-]{1,512}")


class ClientMetadata(BaseModel):
    """What the asker tells about itself; only these members count (section 5.1)."""

    model_config = WIRE
    jwks: WireObject | None = None
    encrypted_response_enc_values_supported: (
        Annotated[list[str], Field(min_length=1, max_length=20)] | None
    ) = None
    vp_formats_supported: WireObject | None = None
    client_name: Annotated[str, Field(max_length=200)] | None = None


class RequestObject(BaseModel):
    """The claims of a request object that a wallet reads; ``iss`` is ignored (section 5)."""

    model_config = WIRE
    client_id: Annotated[str, Field(min_length=1, max_length=2_048)]
    response_type: str
    response_mode: str
    response_uri: str | None = None
    nonce: str | None = None
    state: str | None = None
    aud: str | None = None
    iat: int | None = None
    exp: int | None = None
    dcql_query: WireObject | None = None
    client_metadata: ClientMetadata = ClientMetadata()
    purpose: Annotated[str, Field(max_length=300)] | None = None
    relation: Annotated[str, Field(max_length=100)] | None = None


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """A request whose signature and addresses held.

    Attributes:
        client_id: with its prefix; the audience of every presentation.
        did: the did:web of the asker.
        host: origin of that DID, to show.
        client_name, purpose, relation: as the asker declares; nobody checked them.
        encryption_key: public JWK for the response.
        enc: content encryption for the response.
        formats: credential formats the asker reads; empty where it did not say.
    """

    client_id: str
    did: str
    host: str
    response_uri: str
    nonce: str
    state: str | None
    query: DcqlQuery
    client_name: str | None
    purpose: str | None
    relation: str | None
    encryption_key: JsonObject = field(repr=False)
    enc: str
    formats: frozenset[str]
    expires: datetime


@dataclass(frozen=True, slots=True)
class RequestReference:
    """What a request link holds.

    Attributes:
        client_id: None where somebody passed on the bare ``request_uri``; who asks is then known
            from the signed request alone, and ``check_asker`` holds the two together.
    """

    client_id: str | None
    request_uri: str

    def check_asker(self, request: "AuthorizationRequest") -> None:
        """The request came from the asker's own host (RFC 9101, section 10.4).

        Raises:
            ProtocolError: ``request_uri_invalid``.
        """
        if origin(self.request_uri) != client_origin(request.client_id):
            _refuse("request_uri_invalid", "not an address at the asker's host")


def client_id_of(did: str) -> str:
    """The full client id of an asker with that DID."""
    return f"{CLIENT_PREFIX}{did}"


def create_request(  # noqa: PLR0913 - the parameters are those of the standard
    signer: Signer,
    *,
    client_id: str,
    response_uri: str,
    nonce: str,
    state: str,
    dcql_query: JsonObject,
    encryption_jwk: JsonObject,
    at: datetime,
    client_name: str | None = None,
    purpose: str | None = None,
    relation: str | None = None,
    life: timedelta = REQUEST_LIFE,
) -> str:
    """Sign a request.

    The signer's ``public.key_id`` is the DID URL of a key in the asker's document. Nonce and state
    are fresh, URL-safe and hold at least 128 bits each. ``encryption_jwk`` is made for this request
    alone; only its public half is sent.

    Raises:
        MalformedError: ``dcql_invalid`` and its kin for a query no wallet would read.
    """
    parse_query(dcql_query)
    metadata: JsonObject = {
        "jwks": {"keys": [jose.public_encryption_key(encryption_jwk)]},
        "encrypted_response_enc_values_supported": list(jose.CONTENT_ENCRYPTION),
        "vp_formats_supported": _VP_FORMATS,
    }
    if client_name is not None:
        metadata["client_name"] = client_name
    payload: JsonObject = {
        "client_id": client_id,
        "aud": AUDIENCE,
        "response_type": "vp_token",
        "response_mode": RESPONSE_MODE,
        "response_uri": response_uri,
        "nonce": nonce,
        "state": state,
        "iat": int(at.timestamp()),
        "exp": int((at + life).timestamp()),
        "dcql_query": dcql_query,
        "client_metadata": metadata,
    }
    payload |= {k: v for k, v in (("purpose", purpose), ("relation", relation)) if v is not None}
    header: JsonObject = {"typ": REQUEST_TYPE, "kid": signer.public.key_id}
    return jose.sign_compact(header, payload, signer)


def parse_request(
    token: str, *, client_id: str | None, get: Get, at: datetime
) -> AuthorizationRequest:
    """Read a request object and check it whole: addresses first, then key and signature.

    ``client_id`` is the one of the link that led here; None where there was no link.

    Raises:
        ProtocolError: ``request_uri_invalid`` (no signed request), ``client_mismatch``,
            ``nonce_invalid``, ``aud_mismatch``, ``request_expired``, ``date_invalid``,
            ``redirect_uri_not_allowed``, ``transaction_data_unsupported``, ``request_invalid``.
        UnsupportedError: ``client_id_prefix_unsupported``, ``response_mode_unsupported``,
            ``response_encryption_unsupported``.
        MalformedError: of the query: ``dcql_invalid``, ``too_deep``, ``too_large``.
        CredentialError: the token or the asker's key: typ, alg, signature, document.
    """
    if len(token) > MAX_REQUEST_BYTES or token.count(".") != 2:  # noqa: PLR2004 - a compact JWS
        _refuse("request_uri_invalid", "no signed request of at most 64 KiB")
    signed = jose.peek(token, typ=frozenset({REQUEST_TYPE}))
    asked = _read(signed.payload)
    if client_id is not None and asked.client_id != client_id:
        _refuse("client_mismatch", "client_id of link and request differ")
    did = _did_of(asked.client_id)
    host = client_origin(asked.client_id)
    request = _request(asked, did=did, host=host)
    _check_times(asked, at)
    _check_key_id(signed.header, did)
    method = resolve(did, get, at=at).methods.get(str(signed.header["kid"]))
    if method is None:
        _refuse("client_mismatch", "kid is not in the asker's document")
    signed.verify(signing_key(method))
    return request


def _read(payload: JsonObject) -> RequestObject:
    if "transaction_data" in payload:  # section 5.1: a wallet without support must refuse
        raise ProtocolError("invalid_transaction_data", code="transaction_data_unsupported")
    if "redirect_uri" in payload:
        _refuse("redirect_uri_not_allowed", "response_uri is the one address of direct_post")
    asked = read_message(RequestObject, payload, error="invalid_request", code="request_invalid")
    if asked.response_type != "vp_token":
        raise UnsupportedError("response_mode_unsupported", "response_type")
    if asked.response_mode != RESPONSE_MODE:
        raise UnsupportedError("response_mode_unsupported", f"only {RESPONSE_MODE}")
    if asked.aud != AUDIENCE:
        _refuse("aud_mismatch", "aud")
    return asked


def _request(asked: RequestObject, *, did: str, host: str) -> AuthorizationRequest:
    if asked.response_uri is None or not is_https_url(asked.response_uri):
        _refuse("client_mismatch", "response_uri is no https address")
    if origin(asked.response_uri) != host:
        _refuse("client_mismatch", "response_uri is not at the asker's host")
    if asked.nonce is None or not _URL_SAFE.fullmatch(asked.nonce):
        _refuse("nonce_invalid", "nonce is missing or not URL-safe")
    if asked.state is not None and not _URL_SAFE.fullmatch(asked.state):
        _refuse("request_invalid", "state is not URL-safe")
    if asked.dcql_query is None:
        _refuse("request_invalid", "dcql_query is missing")
    metadata = asked.client_metadata
    return AuthorizationRequest(
        client_id=asked.client_id,
        did=did,
        host=host,
        response_uri=asked.response_uri,
        nonce=asked.nonce,
        state=asked.state,
        query=parse_query(asked.dcql_query),
        client_name=metadata.client_name,
        purpose=asked.purpose,
        relation=asked.relation,
        encryption_key=_encryption_key(metadata),
        enc=_content_encryption(metadata),
        formats=frozenset(metadata.vp_formats_supported or {}),
        expires=_end(asked),
    )


def _encryption_key(metadata: ClientMetadata) -> JsonObject:
    """The first key we can encrypt to (section 8.3)."""
    keys = (metadata.jwks or {}).get("keys")
    for jwk in keys if isinstance(keys, list) else []:
        if not isinstance(jwk, dict) or not isinstance(jwk.get("kid"), str):
            continue
        if jwk.get("use", "enc") == "enc" and jwk.get("alg") == "ECDH-ES" and _is_p256(jwk):
            return jwk
    raise UnsupportedError("response_encryption_unsupported", "no P-256 key for ECDH-ES")


def _is_p256(jwk: Mapping[str, object]) -> bool:
    members = {name: str(jwk.get(name)) for name in ("kty", "crv", "x", "y")}
    try:
        public_key_from_jwk(dict(members))
    except CredentialError:
        return False
    return members["crv"] == "P-256" and "d" not in jwk


def _content_encryption(metadata: ClientMetadata) -> str:
    offered = metadata.encrypted_response_enc_values_supported or ["A128GCM"]
    for enc in ("A256GCM", "A128GCM"):
        if enc in offered:
            return enc
    raise UnsupportedError("response_encryption_unsupported", "neither A128GCM nor A256GCM")


def _end(asked: RequestObject) -> datetime:
    """When the request ends: ``exp``, or ten minutes after ``iat``."""
    if asked.exp is not None:
        return _moment(asked.exp)
    if asked.iat is None:
        _refuse("date_invalid", "neither exp nor iat")
    return _moment(asked.iat) + REQUEST_LIFE


def _moment(seconds: int) -> datetime:
    try:
        return datetime.fromtimestamp(seconds, tz=UTC)
    except (ValueError, OverflowError, OSError):
        _refuse("date_invalid", "iat or exp is no time")


def _check_times(asked: RequestObject, at: datetime) -> None:
    if asked.iat is not None and _moment(asked.iat) > at + CLOCK_SKEW:
        _refuse("date_invalid", "iat lies ahead")
    if at >= _end(asked):
        _refuse("request_expired", "the request is over")


def _check_key_id(header: JsonObject, did: str) -> None:
    key_id = header.get("kid")
    if not isinstance(key_id, str) or not key_id.startswith(f"{did}#"):
        _refuse("client_mismatch", "kid is not a key of the asker")


def _did_of(client_id: str) -> str:
    prefix, did = client_id[: len(CLIENT_PREFIX)], client_id[len(CLIENT_PREFIX) :]
    if prefix != CLIENT_PREFIX or not did.startswith("did:web:"):
        raise UnsupportedError("client_id_prefix_unsupported", "only decentralized_identifier")
    return did


def client_origin(client_id: str) -> str:
    """The https origin that a client id stands for.

    Raises:
        UnsupportedError: ``client_id_prefix_unsupported``: not a did:web with our prefix.
        MalformedError: ``did_malformed``.
    """
    try:
        return origin(document_url(_did_of(client_id)))
    except ValueError:
        raise MalformedError("did_malformed", "did:web with another kind of host") from None


def request_link(base: str, client_id: str, request_uri: str) -> str:
    """The link or QR text that brings a wallet to a request."""
    return f"{base}?{urlencode({'client_id': client_id, 'request_uri': request_uri})}"


def parse_request_link(text: str) -> RequestReference:
    """Find client id and request address in a scanned or pasted link of any scheme.

    A bare https address without query is taken for the request's own address.

    Raises:
        ProtocolError: ``request_uri_invalid``: missing, double, not https, or at another host than
            the asker's (RFC 9101, section 10.4); ``invalid_request_uri_method``.
        UnsupportedError: ``client_id_prefix_unsupported``.
    """
    link = text.strip()
    if len(link) > MAX_REQUEST_BYTES:
        _refuse("request_uri_invalid", "the link is too long")
    try:
        pairs = parse_qsl(urlsplit(link).query, max_num_fields=MAX_FORM_FIELDS, errors="strict")
    except ValueError:
        _refuse("request_uri_invalid", "no link")
    if not pairs and is_https_url(link):
        return RequestReference(None, link)
    fields = dict(pairs)
    if len(fields) != len(pairs) or not {"client_id", "request_uri"} <= fields.keys():
        _refuse("request_uri_invalid", "client_id and request_uri, each once")
    if fields.get("request_uri_method", "get") not in {"get", "post"}:
        raise ProtocolError("invalid_request_uri_method", "neither get nor post")
    uri = fields["request_uri"]
    if not is_https_url(uri) or origin(uri) != client_origin(fields["client_id"]):
        _refuse("request_uri_invalid", "not an https address at the asker's host")
    return RequestReference(fields["client_id"], uri)


def _refuse(code: str, detail: str) -> NoReturn:
    error = "invalid_request_uri" if code == "request_uri_invalid" else "invalid_request"
    raise ProtocolError(error, detail, code=code)
