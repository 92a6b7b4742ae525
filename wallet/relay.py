"""The relay: public documents for all, and messages to issuers whose servers know no browser.

Documents come through the guarded fetcher and its shared cache, so an issuer does not see who is
looking. A message goes only to an endpoint that the issuer's own metadata names, read here; never
to an address, and never with a header, that the client chose (wallet design, section 9).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from credentials.dids import document_url
from credentials.encoding import parse_json_object
from credentials.errors import RejectedError
from credentials.openid4vc.authorization_metadata import (
    authorization_metadata_url,
    parse_authorization_metadata,
)
from credentials.openid4vc.message import is_https_url
from credentials.openid4vc.metadata import (
    issuer_metadata_url,
    parse_issuer_metadata,
    read_document,
)
from service.fetch import Http

MAX_MESSAGE_BYTES = 256 * 1024
"""A request with fifty key proofs, encrypted."""


class Document(StrEnum):
    """What is fetched for everybody alike."""

    ISSUER = "issuer"
    SIGNED = "signed"
    SERVER = "server"
    DID = "did"
    STATUS = "status"


class Endpoint(StrEnum):
    """Where a message may go."""

    TOKEN = "token"  # noqa: S105 - the name of an endpoint
    NONCE = "nonce"
    CREDENTIAL = "credential"
    DEFERRED = "deferred"
    NOTIFICATION = "notification"


FORM, JSON, JWT = "application/x-www-form-urlencoded", "application/json", "application/jwt"
TYPES: Mapping[Endpoint, frozenset[str]] = {
    Endpoint.TOKEN: frozenset({FORM}),
    Endpoint.NONCE: frozenset({FORM}),
    Endpoint.CREDENTIAL: frozenset({JSON, JWT}),
    Endpoint.DEFERRED: frozenset({JSON, JWT}),
    Endpoint.NOTIFICATION: frozenset({JSON}),
}
"""What may be sent where."""


@dataclass(frozen=True, slots=True)
class Forwarded:
    """A message for an issuer.

    Attributes:
        issuer: its credential issuer identifier.
        authorization: ``DPoP`` or ``Bearer`` and a token; empty where none belongs.
        dpop: a proof; empty where none belongs.
    """

    issuer: str
    endpoint: Endpoint
    content_type: str
    body: bytes = field(repr=False)
    authorization: str = field(default="", repr=False)
    dpop: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Answered:
    """What the issuer said.

    Attributes:
        told: its headers that the protocol waits for (``service.fetch.TOLD``).
    """

    status: int
    content_type: str
    body: bytes = field(repr=False)
    told: Mapping[str, str] = field(default_factory=dict, repr=False)


def document(kind: Document, name: str, *, http: Http) -> bytes:
    """A public document, as it was published; whoever asked for it checks it.

    Args:
        kind: of document.
        name: an issuer's or server's identifier, a did:web, or the address of a status list.
        http: the guarded fetcher.

    Raises:
        CredentialError: ``relay_refused`` for a name of another form, or the fetcher's own.
    """
    if kind is Document.DID:
        return http.get_body(document_url(name))
    if not is_https_url(name):
        raise RejectedError("relay_refused", "no https address")
    if kind is Document.ISSUER:
        return http.get_body(issuer_metadata_url(name))
    if kind is Document.SIGNED:  # OpenID4VCI 1.0, section 12.2.2
        return http.get(issuer_metadata_url(name), accept=(JWT, JSON)).body
    if kind is Document.SERVER:
        return http.get_body(authorization_metadata_url(name))
    return http.get_body(name)


def forward(message: Forwarded, *, http: Http) -> Answered:
    """Send a message to an endpoint that the issuer itself names.

    Raises:
        RejectedError: ``relay_refused``: no such endpoint, or a content type or header that does
            not belong there.
        CredentialError: the issuer's metadata or the fetcher's own.
    """
    if message.content_type not in TYPES[message.endpoint] or len(message.body) > MAX_MESSAGE_BYTES:
        raise RejectedError("relay_refused", "another content type, or too large")
    headers = {"Authorization": message.authorization, "DPoP": message.dpop}
    if any("\r" in value or "\n" in value for value in headers.values()):
        raise RejectedError("relay_refused", "a header of two lines")
    answer = http.post(
        _address(message, http=http),
        body=message.body,
        content_type=message.content_type,
        headers={name: value for name, value in headers.items() if value},
    )
    return Answered(answer.status, answer.content_type, answer.body, answer.told)


def _address(message: Forwarded, *, http: Http) -> str:
    raw = document(Document.ISSUER, message.issuer, http=http)
    issuer = parse_issuer_metadata(read_document(raw), expected_issuer=message.issuer)
    if message.endpoint is Endpoint.TOKEN:
        name = issuer.authorization_server()
        told = parse_json_object(document(Document.SERVER, name, http=http))
        return parse_authorization_metadata(told, expected_issuer=name).token_endpoint
    found = {
        Endpoint.NONCE: issuer.nonce_endpoint,
        Endpoint.CREDENTIAL: issuer.credential_endpoint,
        Endpoint.DEFERRED: issuer.deferred_credential_endpoint,
        Endpoint.NOTIFICATION: issuer.notification_endpoint,
    }[message.endpoint]
    if found is None:
        raise RejectedError("relay_refused", "an endpoint that the issuer does not name")
    return found
