"""did:web (W3C CCG): the identifier is a domain, its document lies at a known https address."""

import re
from collections.abc import Sequence

from credentials.bbs_keys import BbsPublicKey, VerificationKey
from credentials.dids.base import PURPOSES, DidDocument, read_members, serves
from credentials.encoding import JsonObject, parse_json_object
from credentials.errors import MalformedError, RejectedError
from credentials.keys import Algorithm
from credentials.memory import Memory

PREFIX = "did:web:"
LINKED_DOMAINS = "LinkedDomains"
"""The kind of service that names origins (DIF Well Known DID Configuration)."""

LINKAGE_CONTEXT = "https://identity.foundation/.well-known/did-configuration/v1"
"""Where that kind is defined."""

MAX_CHARACTERS = 512
"""A domain name ends at 253; the rest is a short path."""

MAX_DOCUMENT_BYTES = 64 * 1024
"""A key takes half a kB, and a document has at most 64."""

MAX_READ, MAX_READ_OCTETS = 256, 4 * 1024 * 1024
"""Documents that stay read: a verifier meets some tens of issuers in an hour."""

_READ: Memory[tuple[str, bytes], DidDocument] = Memory(
    most=MAX_READ, most_octets=MAX_READ_OCTETS, weigh=lambda key, _: len(key[1])
)

_LABEL = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(rf"{_LABEL}(\.{_LABEL})*")
_NUMERIC = re.compile(r"(0x[0-9a-f]*|[0-9]+)", re.IGNORECASE)
_HOST_AND_PORT = re.compile(r"(?P<host>[^%]+)(%3A(?P<port>[1-9][0-9]{0,4}))?")
_SEGMENT = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*")
_ORIGIN = re.compile(r"https://(?P<host>[^/:?#@]+)(:(?P<port>[0-9]+))?")
_MAX_HOST = 253
_LOWEST_PORT, _HIGHEST_PORT = 1024, 65535


def did_web(origin_url: str) -> str:
    """The did:web of an https origin, such as ``https://issuer.example``.

    Raises:
        MalformedError: ``did_malformed`` for anything but an https origin.
    """
    origin = _ORIGIN.fullmatch(origin_url)
    if origin is None:
        raise MalformedError("did_malformed", "expected an https origin")
    port = "" if origin["port"] in {None, "443"} else f"%3A{origin['port']}"
    did = f"{PREFIX}{origin['host']}{port}"
    document_url(did)
    return did


def did_web_at(address: str) -> str:
    """The did:web of an https address that may have a path, such as a credential issuer's.

    Raises:
        MalformedError: ``did_malformed`` for another address, or a path that no DID can name.
    """
    scheme, separator, rest = address.partition("://")
    host, _, path = rest.partition("/")
    did = ":".join([did_web(f"{scheme}{separator}{host}"), *(path.split("/") if path else ())])
    document_url(did)
    return did


def document_url(did: str) -> str:
    """Where the document of a did:web lies.

    Raises:
        MalformedError: ``did_malformed``: no lower-case domain name (a port other than 443 must
            lie above 1023), an empty or escaped part of the path.
        RejectedError: ``address_forbidden`` for an IP address in any spelling.
    """
    if not did.startswith(PREFIX) or len(did) > MAX_CHARACTERS:
        raise MalformedError("did_malformed", "expected did:web and a domain")
    origin, path = location(did.removeprefix(PREFIX))
    return f"{origin}/{'/'.join(path) if path else '.well-known'}/did.json"


def location(identifier: str) -> tuple[str, list[str]]:
    """The https origin and the parts of the path in a domain and its path, colons between.

    Raises:
        MalformedError: ``did_malformed`` as ``document_url``.
        RejectedError: ``address_forbidden``.
    """
    if identifier.startswith("["):
        raise RejectedError("address_forbidden", "an IP address is no domain")
    authority, *path = identifier.split(":")
    parts = _HOST_AND_PORT.fullmatch(authority)
    if parts is None:
        raise MalformedError("did_malformed", "no domain")
    host, port = parts["host"], parts["port"]
    if _NUMERIC.fullmatch(host.rstrip(".").rpartition(".")[2]):
        raise RejectedError("address_forbidden", "an IP address is no domain")
    if not _DOMAIN.fullmatch(host) or len(host) > _MAX_HOST:
        raise MalformedError("did_malformed", "no lower-case domain name")
    if port is not None and not _LOWEST_PORT <= int(port) <= _HIGHEST_PORT:
        raise MalformedError("did_malformed", f"port {port}")
    if not all(_SEGMENT.fullmatch(segment) for segment in path):
        raise MalformedError("did_malformed", "a part of the path is empty or escaped")
    return f"https://{host}" if port is None else f"https://{host}:{port}", path


def method_id(did: str, key: VerificationKey) -> str:
    """The id that we give a key of ours: the DID and the key's thumbprint."""
    return f"{did}#{key.thumbprint}"


def write_document(
    did: str, keys: Sequence[VerificationKey], *, domains: Sequence[str] = ()
) -> JsonObject:
    """The document to publish; every key serves assertions and, but for BBS, authentication.

    P-256 and P-384 keys stand as JsonWebKey, as OpenID4VC readers expect; Ed25519 and BBS keys as
    Multikey, as Data Integrity readers expect. ``domains`` are https origins that the identifier
    says are its own too (``credentials.trust.linkage``).

    Raises:
        MalformedError: ``did_malformed``, or ``did_document_mismatch`` when a key carries the id
            of another DID.
    """
    document_url(did)
    methods = [_write_method(did, key) for key in keys]
    contexts = [
        "https://www.w3.org/ns/did/v1",
        "https://w3id.org/security/jwk/v1",
        "https://w3id.org/security/multikey/v1",
        *([LINKAGE_CONTEXT] if domains else []),
    ]
    document: JsonObject = {
        "@context": [*contexts],
        "id": did,
        "verificationMethod": [*methods],
    }
    if domains:
        endpoint: JsonObject = {"origins": [*domains]}
        service: JsonObject = {"id": f"{did}#domains", "type": LINKED_DOMAINS}
        document["service"] = [service | {"serviceEndpoint": endpoint}]
    named = list(zip(keys, methods, strict=True))
    return document | {
        purpose: [method["id"] for key, method in named if serves(key, purpose)]
        for purpose in PURPOSES
    }


def _write_method(did: str, key: VerificationKey) -> JsonObject:
    identifier = key.key_id if key.key_id is not None else method_id(did, key)
    if not identifier.startswith(f"{did}#"):
        raise MalformedError("did_document_mismatch", "a key with the id of another DID")
    method: JsonObject = {"id": identifier, "controller": did}
    if isinstance(key, BbsPublicKey) or key.algorithm is Algorithm.EDDSA:
        return method | {"type": "Multikey", "publicKeyMultibase": key.multikey()}
    return method | {"type": "JsonWebKey", "publicKeyJwk": key.jwk()}


def read_document(did: str, body: bytes) -> DidDocument:
    """Read what was fetched from ``document_url(did)``; each version of it once.

    Raises:
        MalformedError: as ``read_members``, or as ``parse_json``.
    """

    def read() -> DidDocument:
        """Read it for the first time."""
        return read_members(did, parse_json_object(body, max_bytes=MAX_DOCUMENT_BYTES))

    return _READ.recall((did, body), read)
