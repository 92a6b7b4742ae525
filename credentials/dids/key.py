"""did:key (W3C CCG): the identifier is the key itself, as Multikey."""

from credentials.dids.base import DidDocument, document_of
from credentials.errors import MalformedError
from credentials.keys import PublicKey, public_key_from_multikey

PREFIX = "did:key:"


def did_key(key: PublicKey) -> str:
    """The did:key of a public key."""
    return PREFIX + key.multikey()


def method_id(did: str) -> str:
    """The id of the one verification method of a did:key."""
    return f"{did}#{did.removeprefix(PREFIX)}"


def read(did: str) -> DidDocument:
    """The document of a did:key; nothing is fetched.

    Raises:
        MalformedError: ``did_malformed``, also for a key type that we do not know.
    """
    try:
        key = public_key_from_multikey(did.removeprefix(PREFIX))
    except MalformedError as error:
        raise MalformedError("did_malformed", "no Multikey behind did:key") from error
    return document_of(did, [key.with_key_id(method_id(did))])
