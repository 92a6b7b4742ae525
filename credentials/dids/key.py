"""did:key (W3C CCG): the identifier is the key itself, as Multikey."""

from functools import lru_cache

from credentials.bbs_keys import VerificationKey, verification_key_from_multikey
from credentials.dids.base import DidDocument, document_of
from credentials.errors import MalformedError
from credentials.keys import MAX_CACHED_KEYS

PREFIX = "did:key:"


def did_key(key: VerificationKey) -> str:
    """The did:key of a public key, also of BBS."""
    return PREFIX + key.multikey()


def method_id(did: str) -> str:
    """The id of the one verification method of a did:key."""
    return f"{did}#{did.removeprefix(PREFIX)}"


@lru_cache(maxsize=MAX_CACHED_KEYS)
def read(did: str) -> DidDocument:
    """The document of a did:key; nothing is fetched, and nobody changes it afterwards.

    Raises:
        MalformedError: ``did_malformed``, also for a key type that we do not know.
    """
    try:
        key = verification_key_from_multikey(did.removeprefix(PREFIX))
    except MalformedError as error:
        raise MalformedError("did_malformed", "no Multikey behind did:key") from error
    return document_of(did, [key.with_key_id(method_id(did))])
