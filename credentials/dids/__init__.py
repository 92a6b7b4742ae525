"""Decentralized identifiers: from a name to its keys."""

from datetime import datetime

from credentials.dids import jwk, key, web, webvh
from credentials.dids.base import DidDocument
from credentials.dids.jwk import did_jwk
from credentials.dids.key import did_key
from credentials.dids.web import did_web, document_url, write_document
from credentials.errors import MalformedError, UnsupportedError
from credentials.model import Get

__all__ = [
    "DidDocument",
    "did_jwk",
    "did_key",
    "did_web",
    "document_url",
    "resolve",
    "write_document",
]


def resolve(
    did: str, get: Get, *, at: datetime | None = None, moment: datetime | None = None
) -> DidDocument:
    """The document of a DID; only did:web and did:webvh open a connection, through ``get``.

    Args:
        did: without path, query or fragment.
        get: the guarded fetcher.
        at: now; did:webvh cannot be read without, since its log may not run ahead of it.
        moment: when the keys were used. Only did:webvh keeps history; the others say how it is now.

    Raises:
        MalformedError: ``did_malformed``, or what is wrong with the document.
        UnsupportedError: ``did_method_unknown``; ``key_unsupported`` for a did:key or did:jwk that
            signs nothing here.
        UndeterminedError: the document could not be fetched.
        RejectedError: the log of a did:webvh does not hold.
    """
    if did.startswith(key.PREFIX):
        return key.read(did)
    if did.startswith(jwk.PREFIX):
        return jwk.read(did)
    if did.startswith(web.PREFIX):
        return web.read_document(did, get(web.document_url(did)))
    if did.startswith(webvh.PREFIX) and at is not None:
        return webvh.read(did, get, at=at, moment=moment)
    if did.startswith("did:"):
        known = "did:web, did:webvh, did:key or did:jwk"
        raise UnsupportedError("did_method_unknown", f"expected {known}")
    raise MalformedError("did_malformed", "expected a DID")
