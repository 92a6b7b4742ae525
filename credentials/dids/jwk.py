"""did:jwk: the identifier is a public JWK in base64url."""

from credentials.dids.base import DidDocument, document_of
from credentials.encoding import b64url_decode, b64url_encode, compact_json, parse_json_object
from credentials.errors import MalformedError
from credentials.keys import PublicKey, public_key_from_jwk

PREFIX = "did:jwk:"
MAX_CHARACTERS = 2048
"""A P-384 key takes under 300; other members of a JWK are short."""


def did_jwk(key: PublicKey) -> str:
    """The did:jwk of a public key, with its required members in alphabetical order."""
    return PREFIX + b64url_encode(compact_json(key.jwk()))


def method_id(did: str) -> str:
    """The id of the one verification method of a did:jwk."""
    return f"{did}#0"


def read(did: str) -> DidDocument:
    """The document of a did:jwk; nothing is fetched.

    Raises:
        MalformedError: ``did_malformed``, also for a private key or a type that we do not know.
    """
    if len(did) > MAX_CHARACTERS:
        raise MalformedError("did_malformed", f"{len(did)} characters")
    try:
        key = public_key_from_jwk(parse_json_object(b64url_decode(did.removeprefix(PREFIX))))
    except MalformedError as error:
        raise MalformedError("did_malformed", "no public JWK behind did:jwk") from error
    return document_of(did, [key.with_key_id(method_id(did))])
