"""Decentralized identifiers: from a name to its keys."""

from credentials.dids import jwk, key, web
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


def resolve(did: str, get: Get) -> DidDocument:
    """The document of a DID; only did:web opens a connection, through ``get``.

    Raises:
        MalformedError: ``did_malformed``, or what is wrong with the document.
        UnsupportedError: ``did_method_unknown``.
        UndeterminedError: the document could not be fetched.
    """
    if did.startswith(key.PREFIX):
        return key.read(did)
    if did.startswith(jwk.PREFIX):
        return jwk.read(did)
    if did.startswith(web.PREFIX):
        return web.read_document(did, get(web.document_url(did)))
    if did.startswith("did:"):
        raise UnsupportedError("did_method_unknown", "expected did:web, did:key or did:jwk")
    raise MalformedError("did_malformed", "expected a DID")
