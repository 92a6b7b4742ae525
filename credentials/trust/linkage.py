"""Domain linkage (DIF Well Known DID Configuration): an origin and a DID are of one owner.

It counts in both directions only: the DID's document names the origin, and the origin publishes a
credential about itself that the DID signed, in the JSON Web Token form.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from credentials import jose
from credentials.dids import webvh
from credentials.dids.base import DidDocument, read_members
from credentials.dids.web import (
    LINKAGE_CONTEXT,
    LINKED_DOMAINS,
    MAX_DOCUMENT_BYTES,
    PREFIX,
    document_url,
)
from credentials.encoding import JsonObject, JsonValue, parse_json_object
from credentials.errors import CredentialError, MalformedError, ProofInvalid, Untrusted
from credentials.keys import Signer
from credentials.limits import CLOCK_SKEW
from credentials.model import Get

PATH = "/.well-known/did-configuration.json"
"""Where an origin publishes the credentials about itself."""

CREDENTIAL = "DomainLinkageCredential"

MAX_CONFIGURATION_BYTES = 512 * 1024
"""A credential takes 1 kB: some hundred organisations at one origin."""

MAX_LINKED = 500
"""Credentials in one configuration: more do not fit."""

MAX_ORIGINS = 4
"""Origins of one document that are asked: an organisation has one, and its old name."""

_TYPES = frozenset({"", "JWT"})  # the format allows alg and kid in the header, others add typ
_VC_CONTEXT = "https://www.w3.org/2018/credentials/v1"  # the format is older than version 2


def sign_linkage(
    did: str, origin: str, signer: Signer, *, at: datetime, lifetime: timedelta
) -> str:
    """The credential by which a DID says that an origin is its own.

    Args:
        did: issuer and subject.
        origin: https, without a path.
        signer: with a full DID URL as key id.
        at: now, and the start of its validity.
        lifetime: until its end.
    """
    ends = at + lifetime
    subject: JsonObject = {"id": did, "origin": origin}
    credential: JsonObject = {
        "@context": [_VC_CONTEXT, LINKAGE_CONTEXT],
        "type": ["VerifiableCredential", CREDENTIAL],
        "issuer": did,
        "issuanceDate": _text(at),
        "expirationDate": _text(ends),
        "credentialSubject": subject,
    }
    payload: JsonObject = {
        "iss": did,
        "sub": did,
        "nbf": int(at.timestamp()),
        "exp": int(ends.timestamp()),
        "vc": credential,
    }
    return jose.sign_compact({"kid": signer.public.key_id}, payload, signer)


def write_configuration(credentials: Sequence[str]) -> JsonObject:
    """The document that an origin publishes at ``PATH``: one credential for each of its DIDs."""
    return {"@context": LINKAGE_CONTEXT, "linked_dids": [*credentials]}


def check_linkage(did: str, origin: str, get: Get, *, at: datetime) -> datetime:
    """Whether a DID and an origin are of one owner, by both of their own words.

    Args:
        did: did:web or did:webvh; its document must name the origin.
        origin: https, without a path; it must publish a credential of the DID.
        get: the guarded fetcher.
        at: now.

    Returns:
        until when the credential says so.

    Raises:
        Untrusted: ``linkage_missing``: one of the two does not speak of the other.
        ProofInvalid: ``linkage_invalid``: the credential does not hold: signature, dates, members.
        MalformedError: ``linkage_malformed``, or what reading a DID document raises.
        UndeterminedError: one of the two cannot be fetched.
    """
    members = _members(did, get, at=at)
    if origin not in _origins(members):
        raise Untrusted("linkage_missing", "the document names no such origin")
    return _check_origin(read_members(did, members), origin, get, at=at)


def find_linked(did: str, get: Get, *, at: datetime) -> tuple[str, datetime]:
    """The first origin that a DID names and that names it back, and until when it says so.

    Raises:
        CredentialError: as ``check_linkage``, of the last origin; ``linkage_missing`` where the
            document names none.
    """
    if not did.startswith((PREFIX, webvh.PREFIX)):
        raise Untrusted("linkage_missing", "an identifier without a domain")
    members = _members(did, get, at=at)
    document = read_members(did, members)
    refused: CredentialError = Untrusted("linkage_missing", "the document names no origin")
    for origin in sorted(_origins(members))[:MAX_ORIGINS]:
        try:
            return origin, _check_origin(document, origin, get, at=at)
        except CredentialError as error:
            refused = error
    raise refused


def _check_origin(document: DidDocument, origin: str, get: Get, *, at: datetime) -> datetime:
    refused: CredentialError = Untrusted("linkage_missing", "no credential of this identifier")
    for token in _tokens(get(origin + PATH)):
        try:
            jws = jose.peek(token, typ=_TYPES)
        except CredentialError:
            continue  # of whom it is cannot be read, so it is nobody's
        if jws.payload.get("iss") != document.id:
            continue
        try:
            return _end_of(jws, document, origin, at=at)
        except CredentialError as error:
            refused = ProofInvalid("linkage_invalid", f"{error.code} {error.detail}")
    raise refused


def _members(did: str, get: Get, *, at: datetime) -> JsonObject:
    if did.startswith(webvh.PREFIX):
        return webvh.fetch(did, get, at=at).document
    return parse_json_object(get(document_url(did)), max_bytes=MAX_DOCUMENT_BYTES)


def _origins(document: JsonObject) -> set[str]:
    """The origins of all services of the kind: a string, a list, or an object of lists."""
    found: set[str] = set()
    services = document.get("service", [])
    for service in services if isinstance(services, list) else []:
        if not isinstance(service, dict) or LINKED_DOMAINS not in _texts(service.get("type")):
            continue
        endpoint = service.get("serviceEndpoint")
        if isinstance(endpoint, dict):
            endpoint = endpoint.get("origins")
        found |= {text.removesuffix("/") for text in _texts(endpoint)}
    return found


def _texts(value: JsonValue) -> list[str]:
    return [text for text in (value if isinstance(value, list) else [value]) if type(text) is str]


def _tokens(body: bytes) -> list[str]:
    """The credentials in JSON Web Token form; those in the other form are left alone."""
    try:
        configuration = parse_json_object(body, max_bytes=MAX_CONFIGURATION_BYTES)
    except CredentialError as error:
        raise MalformedError("linkage_malformed", error.code) from error
    linked = configuration.get("linked_dids")
    if not isinstance(linked, list) or len(linked) > MAX_LINKED:
        raise MalformedError("linkage_malformed", "linked_dids is no list, or too long")
    if configuration.get("@context") != LINKAGE_CONTEXT:
        raise MalformedError("linkage_malformed", "another context")
    return _texts(linked)


def _end_of(jws: jose.Jws, document: DidDocument, origin: str, *, at: datetime) -> datetime:
    key_id = jws.header.get("kid")
    if not isinstance(key_id, str) or not key_id.startswith(f"{document.id}#"):
        raise ProofInvalid("method_not_of_issuer", "kid")
    jws.verify(document.key(key_id))
    starts, ends = (jose.numeric_date(jws.payload, name) for name in ("nbf", "exp"))
    if starts is None or ends is None or starts > at + CLOCK_SKEW or at >= ends:
        raise ProofInvalid("date_invalid", "not valid now")
    credential = jws.payload.get("vc")
    if not isinstance(credential, dict) or CREDENTIAL not in _texts(credential.get("type")):
        raise MalformedError("linkage_malformed", "vc")
    subject = credential.get("credentialSubject")
    named = (jws.payload.get("sub"), credential.get("issuer"))
    expected: JsonObject = {"id": document.id, "origin": origin}
    if subject != expected or set(named) != {document.id}:
        raise MalformedError("linkage_malformed", "it is about another origin or identifier")
    return ends


def _text(moment: datetime) -> str:
    return moment.replace(microsecond=0).isoformat()
