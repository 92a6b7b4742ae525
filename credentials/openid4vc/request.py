"""The signed authorization request (OpenID4VP 1.0, section 5; JAR, RFC 9101).

Who may ask stands in ``client_identifier``, what an asker tells of itself in ``verifier_metadata``
and ``declaration``; their names are passed on from here.

``purpose``, a sentence, and ``relation`` are top-level parameters that other wallets ignore; the
declaration in ``verifier_info`` is what counts.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Annotated, Final, NoReturn

from pydantic import BaseModel, Field

from credentials import jose
from credentials.encoding import JsonObject, JsonValue
from credentials.errors import UnsupportedError
from credentials.keys import Signer
from credentials.limits import CLOCK_SKEW
from credentials.model import Get
from credentials.openid4vc.client_identifier import (
    check_signer,
    client_id_of,
    client_id_of_certificate,
    client_origin,
    is_hash,
)
from credentials.openid4vc.dcql_query import DcqlQuery, parse_query
from credentials.openid4vc.declaration import (
    MAX_ENTRIES,
    Declaration,
    check_unchecked,
    read_declaration,
    write_declaration,
)
from credentials.openid4vc.message import (
    WIRE,
    ProtocolError,
    WireObject,
    is_https_url,
    origin,
    read_message,
)
from credentials.openid4vc.request_link import (
    RequestReference,
    parse_request_link,
    request_link,
)
from credentials.openid4vc.verifier_metadata import (
    ClientMetadata,
    content_encryption,
    encryption_key,
    write_metadata,
)

__all__ = [
    "AuthorizationRequest",
    "ClientMetadata",
    "Declaration",
    "RequestReference",
    "client_id_of",
    "client_id_of_certificate",
    "client_origin",
    "create_request",
    "parse_request",
    "parse_request_link",
    "request_link",
]

REQUEST_TYPE: Final = "oauth-authz-req+jwt"
"""``typ`` of a request object."""

AUDIENCE: Final = "https://self-issued.me/v2"
"""``aud`` where the wallet is not known beforehand (section 5.8)."""

ENCRYPTED_POST: Final = "direct_post.jwt"
PLAIN_POST: Final = "direct_post"

MAX_REQUEST_BYTES = 64 * 1024
"""A query of fifty credentials stays under 30 kB."""

REQUEST_LIFE = timedelta(minutes=10)
"""How long a request may be answered: time to read, no time to pass it on."""

_URL_SAFE = re.compile(r"[A-Za-z0-9._~-]{1,512}")


ClientId = Annotated[str, Field(min_length=1, max_length=2_048)]
"""A client identifier with its prefix."""

VerifierInfo = Annotated[list[WireObject], Field(min_length=1, max_length=MAX_ENTRIES)]
"""What others say of the asker (section 5.1); the declaration is one entry."""


class RequestObject(BaseModel):
    """The claims of a request object that a wallet reads; ``iss`` is ignored (section 5)."""

    model_config = WIRE
    client_id: ClientId
    response_type: str
    response_mode: str
    response_uri: str | None = None
    nonce: str | None = None
    state: str | None = None
    wallet_nonce: str | None = None
    aud: str | None = None
    iat: int | None = None
    exp: int | None = None
    dcql_query: WireObject | None = None
    client_metadata: ClientMetadata = ClientMetadata()
    verifier_info: VerifierInfo | None = None
    purpose: Annotated[str, Field(max_length=300)] | None = None
    relation: Annotated[str, Field(max_length=100)] | None = None


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """A request whose signature and addresses held.

    Attributes:
        client_id: with its prefix; the audience of every presentation.
        did: the did:web of the asker; None where a certificate names it.
        certificate: the name in the asker's certificate; None where a DID names it.
        anchored: the certificate comes from an authority that is known here.
        host: origin of the asker, to show.
        client_name, purpose, relation, declaration: as the asker declares; nobody checked them.
        encryption_key: public JWK for the response.
        enc: content encryption for the response.
        formats: credential formats the asker reads; empty where it did not say.
    """

    client_id: str
    did: str | None
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
    declaration: Declaration | None = None
    certificate: str | None = None
    anchored: bool = False

    @property
    def audience(self) -> str:
        """What every presentation names as its audience."""
        return self.client_id


def create_request(  # noqa: PLR0913 - the parameters are those of the standard
    signer: Signer,
    *,
    client_id: str,
    response_uri: str,
    nonce: str,
    state: str,
    dcql_query: JsonObject,
    encryption_jwk: JsonObject | None,
    at: datetime,
    client_name: str | None = None,
    purpose: str | None = None,
    relation: str | None = None,
    declaration: Declaration | None = None,
    wallet_nonce: str | None = None,
    x5c: Sequence[JsonValue] = (),
    life: timedelta = REQUEST_LIFE,
) -> str:
    """Sign a request.

    The signer's ``public.key_id`` is the DID URL of a key in the asker's document; with ``x5c`` the
    chain names the key instead. Nonce and state are fresh, URL-safe and hold at least 128 bits
    each. ``encryption_jwk`` is made for this request alone; only its public half is sent, and
    without it the answer comes unencrypted.

    Raises:
        MalformedError: ``dcql_invalid`` and its kin for a query no wallet would read.
        RejectedError: ``declaration_invalid``; ``asker_unchecked``: more than may be asked.
    """
    query = parse_query(dcql_query)
    payload: JsonObject = {
        "client_id": client_id,
        "aud": AUDIENCE,
        "response_type": "vp_token",
        "response_mode": PLAIN_POST if encryption_jwk is None else ENCRYPTED_POST,
        "response_uri": response_uri,
        "nonce": nonce,
        "state": state,
        "iat": int(at.timestamp()),
        "exp": int((at + life).timestamp()),
        "dcql_query": dcql_query,
        "client_metadata": write_metadata(encryption_jwk=encryption_jwk, client_name=client_name),
    }
    if declaration is not None:
        if not declaration.checked:
            check_unchecked(query)
        payload["verifier_info"] = [write_declaration(declaration)]
    optional = (("purpose", purpose), ("relation", relation), ("wallet_nonce", wallet_nonce))
    payload |= {name: value for name, value in optional if value is not None}
    header: JsonObject = {"typ": REQUEST_TYPE}
    header |= {"x5c": [*x5c]} if is_hash(client_id) else {"kid": signer.public.key_id}
    return jose.sign_compact(header, payload, signer)


def parse_request(
    token: str,
    *,
    client_id: str | None,
    get: Get,
    at: datetime,
    wallet_nonce: str | None = None,
    anchors: Sequence[bytes] = (),
) -> AuthorizationRequest:
    """Read a request object and check it whole: addresses first, then key and signature.

    Args:
        token: the request object.
        client_id: the one of the link that led here; None where there was no link.
        get: the guarded fetcher, for the asker's document.
        at: now.
        wallet_nonce: what the wallet posted to get the request; None where it posted none.
        anchors: authorities of certificates whose word counts, in DER.

    Raises:
        ProtocolError: ``request_uri_invalid`` (no signed request), ``client_mismatch``,
            ``nonce_invalid``, ``wallet_nonce_mismatch``, ``aud_mismatch``, ``request_expired``,
            ``date_invalid``, ``redirect_uri_not_allowed``, ``transaction_data_unsupported``,
            ``expected_origins_mismatch``, ``request_invalid``, ``declaration_invalid``.
        RejectedError: ``asker_unchecked``, ``declaration_invalid``.
        UnsupportedError: ``client_id_prefix_unsupported``, ``response_mode_unsupported``,
            ``response_encryption_unsupported``.
        MalformedError: of the query: ``dcql_invalid``, ``too_deep``, ``too_large``.
        CredentialError: the token or the asker's key: typ, alg, signature, chain, document.
    """
    if len(token) > MAX_REQUEST_BYTES or token.count(".") != 2:  # noqa: PLR2004 - a compact JWS
        _refuse("request_uri_invalid", "no signed request of at most 64 KiB")
    signed = jose.peek(token, typ=frozenset({REQUEST_TYPE}), chain=True)
    asked = _read(signed.payload)
    if client_id is not None and asked.client_id != client_id:
        _refuse("client_mismatch", "client_id of link and request differ")
    if asked.wallet_nonce != wallet_nonce and wallet_nonce is not None:  # section 5.10.1
        _refuse("wallet_nonce_mismatch", "made before the wallet asked")
    response_uri = _response_uri(asked)
    nonce, query = nonce_of(asked), query_of(asked)
    metadata, declaration = asked.client_metadata, read_declaration(asked.verifier_info)
    key, enc = encryption_key(metadata), content_encryption(metadata)
    expires = end_of(asked, at)
    if expires is None:
        _refuse("date_invalid", "neither exp nor iat")
    requester = check_signer(
        signed, asked.client_id, address=response_uri, get=get, at=at, anchors=anchors
    )
    check_declaration(declaration, query, requester.host)
    return AuthorizationRequest(
        client_id=asked.client_id,
        did=requester.did,
        host=requester.host,
        response_uri=response_uri,
        nonce=nonce,
        state=asked.state,
        query=query,
        client_name=metadata.client_name,
        purpose=asked.purpose,
        relation=asked.relation,
        encryption_key=key,
        enc=enc,
        formats=frozenset(metadata.vp_formats_supported or {}),
        expires=expires,
        declaration=declaration,
        certificate=requester.certificate,
        anchored=requester.anchored,
    )


def _read(payload: JsonObject) -> RequestObject:
    refuse_transactions(payload)
    if "expected_origins" in payload:  # appendix A.2: meant for the Digital Credentials API
        _refuse("expected_origins_mismatch", "no origin calls here")
    if "redirect_uri" in payload:
        _refuse("redirect_uri_not_allowed", "response_uri is the one address of direct_post")
    asked = read_message(RequestObject, payload, error="invalid_request", code="request_invalid")
    if asked.response_type != "vp_token":
        raise UnsupportedError("response_mode_unsupported", "response_type")
    if asked.response_mode != ENCRYPTED_POST:
        raise UnsupportedError("response_mode_unsupported", f"only {ENCRYPTED_POST}")
    if asked.aud != AUDIENCE:
        _refuse("aud_mismatch", "aud")
    return asked


def refuse_transactions(payload: JsonObject) -> None:
    """A wallet without support for transaction data must refuse (section 5.1).

    Raises:
        ProtocolError: ``transaction_data_unsupported``.
    """
    if "transaction_data" in payload:
        raise ProtocolError("invalid_transaction_data", code="transaction_data_unsupported")


def _response_uri(asked: RequestObject) -> str:
    uri = asked.response_uri
    if uri is None or not is_https_url(uri):
        _refuse("client_mismatch", "response_uri is no https address")
    if not is_hash(asked.client_id) and origin(uri) != client_origin(asked.client_id):
        _refuse("client_mismatch", "response_uri is not at the asker's host")
    return uri


def nonce_of(asked: RequestObject) -> str:
    """The nonce, which ends up in every presentation.

    Raises:
        ProtocolError: ``nonce_invalid``; ``request_invalid``: the state is not URL-safe.
    """
    if asked.nonce is None or not _URL_SAFE.fullmatch(asked.nonce):
        _refuse("nonce_invalid", "nonce is missing or not URL-safe")
    if asked.state is not None and not _URL_SAFE.fullmatch(asked.state):
        _refuse("request_invalid", "state is not URL-safe")
    return asked.nonce


def query_of(asked: RequestObject) -> DcqlQuery:
    """What is asked.

    Raises:
        ProtocolError: ``request_invalid``: nothing is.
        MalformedError: ``dcql_invalid``, ``too_deep``, ``too_large``.
    """
    if asked.dcql_query is None:
        _refuse("request_invalid", "dcql_query is missing")
    return parse_query(asked.dcql_query)


def end_of(asked: RequestObject, at: datetime) -> datetime | None:
    """When the request ends: ``exp``, or ten minutes after ``iat``; None where it says neither.

    Raises:
        ProtocolError: ``date_invalid``: no time, or made later than now; ``request_expired``.
    """
    issued = None if asked.iat is None else _moment(asked.iat)
    if issued is not None and issued > at + CLOCK_SKEW:
        _refuse("date_invalid", "iat lies ahead")
    end = _moment(asked.exp) if asked.exp is not None else issued and issued + REQUEST_LIFE
    if end is not None and at >= end:
        _refuse("request_expired", "the request is over")
    return end


def _moment(seconds: int) -> datetime:
    try:
        return datetime.fromtimestamp(seconds, tz=UTC)
    except (ValueError, OverflowError, OSError):
        _refuse("date_invalid", "iat or exp is no time")


def check_declaration(declaration: Declaration | None, query: DcqlQuery, host: str) -> None:
    """A declared address lies with the asker, and who was not checked asks no more than may be.

    Args:
        declaration: None where the asker declares nothing.
        query: what is asked.
        host: origin of the asker.

    Raises:
        ProtocolError: ``client_mismatch``.
        RejectedError: ``asker_unchecked``.
    """
    if declaration is None:
        return
    if declaration.deletion_uri is not None and origin(declaration.deletion_uri) != host:
        _refuse("client_mismatch", "deletion_uri is not at the asker's host")
    if not declaration.checked:
        check_unchecked(query)


def _refuse(code: str, detail: str) -> NoReturn:
    error = "invalid_request_uri" if code == "request_uri_invalid" else "invalid_request"
    raise ProtocolError(error, detail, code=code)
