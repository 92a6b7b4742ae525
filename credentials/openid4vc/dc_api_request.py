"""A request that comes by the Digital Credentials API (OpenID4VP 1.0, appendix A).

The platform hands over what a page passed to ``navigator.credentials.get`` and the origin of that
page. That origin is who gets the answer, so it is the audience of every presentation, whoever
signed. A request may come unsigned, signed once, or signed by several client identifiers; of those
one has to hold, and it is then who asks.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Final

from pydantic import BaseModel, Field

from credentials import jose
from credentials.encoding import JsonObject, b64url_decode, parse_json_object
from credentials.errors import (
    CredentialError,
    MalformedError,
    RejectedError,
    UndeterminedError,
    UnsupportedError,
)
from credentials.model import Get
from credentials.openid4vc.client_identifier import (
    Requester,
    check_signer,
    client_origin,
    is_hash,
)
from credentials.openid4vc.dcql_query import DcqlQuery
from credentials.openid4vc.declaration import Declaration, read_declaration
from credentials.openid4vc.message import (
    WIRE,
    ProtocolError,
    WireObject,
    is_https_url,
    read_message,
)
from credentials.openid4vc.message import origin as origin_of
from credentials.openid4vc.request import (
    AUDIENCE,
    MAX_REQUEST_BYTES,
    REQUEST_TYPE,
    ClientId,
    RequestObject,
    VerifierInfo,
    check_declaration,
    end_of,
    nonce_of,
    query_of,
    refuse_transactions,
)
from credentials.openid4vc.verifier_metadata import (
    content_encryption,
    encryption_key,
)

PLAIN: Final = "dc_api"
SEALED: Final = "dc_api.jwt"

ORIGIN_PREFIX: Final = "origin:"
"""Before the calling origin in the audience (A.4); no client may call itself so (5.9.3)."""

MAX_OPTIONS = 10
"""Ways of asking in one call: protocols times versions, and there are three of one version."""

MAX_SIGNATURES = 5
"""Signers of one request: one for each trust framework, and each may cost a fetch."""

_READ = frozenset(
    [
        *("response_type", "response_mode", "nonce", "dcql_query", "client_metadata"),
        *("aud", "iat", "exp", "purpose", "relation"),
    ]
)
"""What is read of a payload; the rest is ignored (A.2): ``state`` and addresses mean nothing."""

_HEADERS_ALONE = ("client_id", "verifier_info")
"""Under several signatures these stand in each one's protected header and nowhere else (A.3.2)."""


class ExchangeProtocol(StrEnum):
    """The values of ``protocol`` that we answer (A.1)."""

    UNSIGNED = "openid4vp-v1-unsigned"
    SIGNED = "openid4vp-v1-signed"
    MULTISIGNED = "openid4vp-v1-multisigned"


class _Option(BaseModel):
    model_config = WIRE
    protocol: Annotated[str, Field(max_length=100)]
    data: WireObject


class _Options(BaseModel):
    """``DigitalCredentialRequestOptions`` of the W3C: ways of asking, the favourite first."""

    model_config = WIRE
    requests: Annotated[list[_Option], Field(min_length=1, max_length=MAX_OPTIONS)]


class _Signature(BaseModel):
    """One entry of ``signatures`` (RFC 7515, 7.2.1); what no signature covers may not be there."""

    model_config = WIRE
    protected: str
    signature: str
    header: None = None


class _Envelope(BaseModel):
    """A JWS in the general JSON serialization, its parts in base64url."""

    model_config = WIRE
    payload: str
    signatures: Annotated[list[_Signature], Field(min_length=1, max_length=MAX_SIGNATURES)]


class _Introduction(BaseModel):
    """Who one signer says it is."""

    model_config = WIRE
    client_id: ClientId
    verifier_info: VerifierInfo | None = None


@dataclass(frozen=True, slots=True)
class DcApiRequest:
    """A request of a page that may ask it.

    Attributes:
        origin: the page that called, and gets the answer; known from the platform.
        client_name, purpose, relation, declaration: as the asker declares; nobody checked them.
        encryption_key: public JWK for the answer; None where it goes back as it is.
        enc: content encryption for the answer.
        formats: credential formats the asker reads; empty where it did not say.
        expires: None where the request names no end: it is answered while the page waits.
        client_id: of who signed, with its prefix; None where nobody did.
        did: the did:web of who signed; None where a certificate names it, or nobody.
        certificate: the name in the signer's certificate.
        anchored: the certificate comes from an authority that is known here.
    """

    protocol: ExchangeProtocol
    origin: str
    nonce: str
    query: DcqlQuery
    client_name: str | None
    purpose: str | None
    relation: str | None
    encryption_key: JsonObject | None = field(repr=False)
    enc: str | None
    formats: frozenset[str]
    expires: datetime | None
    client_id: str | None = None
    did: str | None = None
    certificate: str | None = None
    anchored: bool = False
    declaration: Declaration | None = None

    @property
    def host(self) -> str:
        """Origin of the asker: a signer's addresses lie where the page is."""
        return self.origin

    @property
    def audience(self) -> str:
        """What every presentation names as its audience, signed request or not (A.4)."""
        return f"{ORIGIN_PREFIX}{self.origin}"


def parse_call(
    octets: bytes, *, origin: str, get: Get, at: datetime, anchors: Sequence[bytes] = ()
) -> DcApiRequest:
    """Read a call and check it whole: whom it is meant for first, then keys and signatures.

    Args:
        octets: JSON with ``requests``, each a ``protocol`` and its ``data``.
        origin: of the page that called, as the platform says it.
        get: the guarded fetcher, for the documents of signers.
        at: now.
        anchors: authorities of certificates whose word counts, in DER.

    Raises:
        ProtocolError: ``calling_origin_invalid``, ``request_invalid``, ``request_object_invalid``,
            ``signatures_malformed``, ``client_id_misplaced``, ``client_mismatch``,
            ``expected_origins_missing``, ``expected_origins_mismatch``, ``nonce_invalid``,
            ``aud_mismatch``, ``date_invalid``, ``request_expired``,
            ``transaction_data_unsupported``, ``declaration_invalid``.
        RejectedError: ``asker_unchecked``, ``declaration_invalid``.
        UnsupportedError: ``exchange_protocol_unsupported``, ``client_id_prefix_unsupported``,
            ``response_mode_unsupported``, ``response_encryption_unsupported``.
        MalformedError: of the call or the query: ``too_deep``, ``too_large``, ``dcql_invalid``.
        CredentialError: no signature holds: typ, alg, signature, chain, document.
    """
    if not is_https_url(origin) or origin_of(origin) != origin:
        raise _refusal("calling_origin_invalid", "not an https origin")
    protocol, data = _chosen(octets)
    if protocol is ExchangeProtocol.UNSIGNED:
        request = _asked(protocol, data, origin=origin, at=at)
        nobody = _introduction(data | {"client_id": request.audience})
        return _declared(request, nobody.verifier_info)
    envelope = _envelope(protocol, data)
    payload = _payload(protocol, data, envelope)
    _check_origins(payload, origin)
    request = _asked(protocol, payload, origin=origin, at=at)
    own, requester = _signer(request, envelope, get=get, at=at, anchors=anchors)
    signed = replace(
        request,
        client_id=own.client_id,
        did=requester.did,
        certificate=requester.certificate,
        anchored=requester.anchored,
    )
    return _declared(signed, own.verifier_info)


def _chosen(octets: bytes) -> tuple[ExchangeProtocol, JsonObject]:
    """The first way of asking that we know; the asker put its favourite first."""
    document = parse_json_object(octets, max_bytes=MAX_REQUEST_BYTES)
    options = read_message(_Options, document, error="invalid_request", code="request_invalid")
    known = [each for each in options.requests if each.protocol in set(ExchangeProtocol)]
    if not known:
        raise UnsupportedError("exchange_protocol_unsupported", "only openid4vp-v1 is answered")
    return ExchangeProtocol(known[0].protocol), known[0].data


def _envelope(protocol: ExchangeProtocol, data: JsonObject) -> _Envelope:
    """The signed request: one signature in the compact form (A.3.2.1), or several (A.3.2.2)."""
    request = data.get("request")
    if protocol is ExchangeProtocol.MULTISIGNED:
        return read_message(
            _Envelope, request, error="invalid_request", code="signatures_malformed"
        )
    parts = request.split(".") if isinstance(request, str) else []
    if len(parts) != 3:  # noqa: PLR2004 - a compact JWS
        raise _refusal("request_object_invalid", "no compact JWS")
    protected, payload, signature = parts
    return _Envelope(
        payload=payload, signatures=[_Signature(protected=protected, signature=signature)]
    )


def _payload(protocol: ExchangeProtocol, data: JsonObject, envelope: _Envelope) -> JsonObject:
    payload = parse_json_object(b64url_decode(envelope.payload))
    if protocol is ExchangeProtocol.MULTISIGNED:
        if any(name in payload for name in _HEADERS_ALONE):
            raise _refusal("client_id_misplaced", "in the payload, where it holds for every signer")
    elif data.get("client_id", payload.get("client_id")) != payload.get("client_id"):
        raise _refusal("client_mismatch", "client_id beside the request and in it differ")
    return payload


def _check_origins(payload: JsonObject, origin: str) -> None:
    """Only the pages that the signer names may ask this (A.2), by simple comparison of texts."""
    expected = payload.get("expected_origins")
    if not isinstance(expected, list) or not expected:
        raise _refusal("expected_origins_missing", "a signed request names its origins")
    if origin not in expected:
        raise _refusal("expected_origins_mismatch", "another page made this call")


def _asked(
    protocol: ExchangeProtocol, payload: JsonObject, *, origin: str, at: datetime
) -> DcApiRequest:
    """All that needs no key: what is asked, and how the answer goes back."""
    refuse_transactions(payload)
    read: JsonObject = {name: value for name, value in payload.items() if name in _READ}
    read["client_id"] = ORIGIN_PREFIX + origin  # whose it is follows from the signatures
    asked = read_message(RequestObject, read, error="invalid_request", code="request_invalid")
    if asked.response_type != "vp_token" or asked.response_mode not in {PLAIN, SEALED}:
        raise UnsupportedError("response_mode_unsupported", f"only {PLAIN} and {SEALED}")
    if asked.aud not in {None, AUDIENCE}:
        raise _refusal("aud_mismatch", "aud")
    metadata, sealed = asked.client_metadata, asked.response_mode == SEALED
    return DcApiRequest(
        protocol=protocol,
        origin=origin,
        nonce=nonce_of(asked),
        query=query_of(asked),
        client_name=metadata.client_name,
        purpose=asked.purpose,
        relation=asked.relation,
        encryption_key=encryption_key(metadata) if sealed else None,
        enc=content_encryption(metadata) if sealed else None,
        formats=frozenset(metadata.vp_formats_supported or {}),
        expires=end_of(asked, at),
    )


def _signer(
    request: DcApiRequest,
    envelope: _Envelope,
    *,
    get: Get,
    at: datetime,
    anchors: Sequence[bytes],
) -> tuple[_Introduction, Requester]:
    """Who asks: the first whose signature holds.

    The others may belong to frameworks that we do not know, and what they sign changes nothing:
    the payload is the same octets for all.
    """
    faults: list[CredentialError] = []
    for each in envelope.signatures:
        token = f"{each.protected}.{envelope.payload}.{each.signature}"
        try:
            signed = jose.peek(token, typ=frozenset({REQUEST_TYPE}), chain=True)
            several = request.protocol is ExchangeProtocol.MULTISIGNED
            own = _introduction(signed.header if several else signed.payload)
            if not is_hash(own.client_id) and client_origin(own.client_id) != request.origin:
                raise _refusal("client_mismatch", "the page is not at the asker's host")
            return own, check_signer(
                signed, own.client_id, address=request.origin, get=get, at=at, anchors=anchors
            )
        except CredentialError as fault:
            faults.append(fault)
    raise _weightiest(faults)


def _introduction(place: JsonObject) -> _Introduction:
    return read_message(_Introduction, place, error="invalid_request", code="request_invalid")


def _weightiest(faults: Sequence[CredentialError]) -> CredentialError:
    """What could not be checked goes before a no, and a no before what we do not know."""
    for kind in (UndeterminedError, RejectedError, MalformedError):
        for fault in faults:
            if isinstance(fault, kind):
                return fault
    return faults[0]


def _declared(request: DcApiRequest, entries: VerifierInfo | None) -> DcApiRequest:
    declaration = read_declaration(entries)
    if declaration is not None and request.client_id is None:  # nobody can be held to it
        declaration = replace(declaration, checked=False)
    check_declaration(declaration, request.query, request.origin)
    return replace(request, declaration=declaration)


def _refusal(code: str, detail: str) -> ProtocolError:
    return ProtocolError("invalid_request", detail, code=code)
