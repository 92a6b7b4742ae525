"""Who asks, and by which key: the Client Identifier Prefixes that we know (OpenID4VP 1.0, 5.9.3).

``decentralized_identifier`` with did:web: the host of the DID is who asks. ``x509_hash``: the leaf
of the chain in ``x5c`` is, and its host names stand in the certificate.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from credentials.bbs_keys import signing_key
from credentials.certificates import certificate_hash, check_chain
from credentials.dids import resolve
from credentials.dids.web import document_url
from credentials.encoding import JsonObject
from credentials.errors import MalformedError, UnsupportedError
from credentials.jose import Jws
from credentials.model import Get
from credentials.openid4vc.message import ProtocolError, origin

DID_PREFIX: Final = "decentralized_identifier:"
HASH_PREFIX: Final = "x509_hash:"


@dataclass(frozen=True, slots=True)
class Requester:
    """Whose key signed a request.

    Attributes:
        host: origin at which all addresses of the request lie.
        did: the did:web; None where a certificate names the asker.
        certificate: the name in the leaf; None where a DID does.
        anchored: the certificate comes from an authority that is known here.
    """

    host: str
    did: str | None = None
    certificate: str | None = None
    anchored: bool = False


def client_id_of(did: str) -> str:
    """The full client id of an asker with that DID."""
    return f"{DID_PREFIX}{did}"


def client_id_of_certificate(leaf: bytes) -> str:
    """The full client id of an asker with that certificate, in DER."""
    return f"{HASH_PREFIX}{certificate_hash(leaf)}"


def is_hash(client_id: str) -> bool:
    """Whether a client id names a certificate; then no address is known from it alone."""
    return client_id.startswith(HASH_PREFIX)


def client_origin(client_id: str) -> str:
    """The https origin that a client id with a DID stands for.

    Raises:
        UnsupportedError: ``client_id_prefix_unsupported``: not a did:web with our prefix.
        MalformedError: ``did_malformed``.
    """
    try:
        return origin(document_url(did_of(client_id)))
    except ValueError:
        raise MalformedError("did_malformed", "did:web with another kind of host") from None


def did_of(client_id: str) -> str:
    """The DID in a client id.

    Raises:
        UnsupportedError: ``client_id_prefix_unsupported``.
    """
    did = client_id[len(DID_PREFIX) :]
    if not client_id.startswith(DID_PREFIX) or not did.startswith("did:web:"):
        raise UnsupportedError(
            "client_id_prefix_unsupported", "only decentralized_identifier and x509_hash"
        )
    return did


def check_signer(
    signed: Jws,
    client_id: str,
    *,
    address: str,
    get: Get,
    at: datetime,
    anchors: Sequence[bytes] = (),
) -> Requester:
    """The request was signed by the key of whom its client id names.

    Args:
        signed: the request object.
        client_id: with its prefix.
        address: where the answer goes, an https URL; under ``x509_hash`` at a host of the
            certificate.
        get: for the DID document.
        at: now.
        anchors: authorities whose word counts, certificates in DER.

    Raises:
        ProtocolError: ``client_mismatch``.
        UnsupportedError: ``client_id_prefix_unsupported``.
        CredentialError: the chain, the document or the signature.
    """
    if is_hash(client_id):
        return _check_certificate(signed, client_id, address, at, anchors)
    did = did_of(client_id)
    key_id = _key_id(signed.header, did)
    method = resolve(did, get, at=at).methods.get(key_id)
    if method is None:
        raise _mismatch("kid is not in the asker's document")
    signed.verify(signing_key(method))
    return Requester(client_origin(client_id), did=did)


def _key_id(header: JsonObject, did: str) -> str:
    key_id = header.get("kid")
    if not isinstance(key_id, str) or not key_id.startswith(f"{did}#"):
        raise _mismatch("kid is not a key of the asker")
    return key_id


def _check_certificate(
    signed: Jws, client_id: str, address: str, at: datetime, anchors: Sequence[bytes]
) -> Requester:
    chain = check_chain(signed.header.get("x5c"), at=at, anchors=anchors)
    if chain.digest != client_id.removeprefix(HASH_PREFIX):
        raise _mismatch("the hash of another certificate")
    if urlsplit(address).hostname not in chain.hosts:  # ours: the standard leaves it open
        raise _mismatch("the answer goes to no host of the certificate")
    signed.verify(chain.key)
    return Requester(origin(address), certificate=chain.name, anchored=chain.anchored)


def _mismatch(detail: str) -> ProtocolError:
    return ProtocolError("invalid_request", detail, code="client_mismatch")
