"""Status lists as they are fetched, of three kinds: who signed one, and its places, read once.

What is kept follows from the octets and the key. Subject, purpose and dates are judged at each use
(``check_list`` of each kind), and so is whether the signer may speak of a list.
"""

from credentials.encoding import parse_json_object
from credentials.keys import PublicKey
from credentials.memory import Memory
from credentials.model import StatusKind
from credentials.status import bitstring_status_list, token_status_list, token_status_list_cwt
from credentials.status.bitstring_status_list import OpenedList
from credentials.status.token_status_list import NamedKey, TokenStatusList

MAX_LISTS = 256
"""A verifier meets some tens of lists in an hour."""

MAX_LIST_OCTETS = 32 * 1024 * 1024
"""All lists of a kind together, inflated: four of the largest, hundreds of the usual."""

_NAMED: Memory[tuple[StatusKind, bytes], NamedKey] = Memory(
    most=MAX_LISTS, most_octets=MAX_LIST_OCTETS, weigh=lambda key, _: len(key[1])
)
_TOKENS: Memory[tuple[bytes, PublicKey], TokenStatusList] = Memory(
    most=MAX_LISTS, most_octets=MAX_LIST_OCTETS, weigh=lambda key, kept: len(key[0]) + kept.size
)
_BITS: Memory[tuple[bytes, PublicKey, int], OpenedList] = Memory(
    most=MAX_LISTS,
    most_octets=MAX_LIST_OCTETS,
    weigh=lambda key, kept: len(key[0]) + len(kept.octets),
)


def named_key(kind: StatusKind, body: bytes) -> NamedKey:
    """The key that a list names, unchecked, to look it up.

    Raises:
        UndeterminedError: ``status_invalid``.
        MalformedError: no JSON.
    """
    return _NAMED.recall((kind, body), lambda: _named_key(kind, body))


def _named_key(kind: StatusKind, body: bytes) -> NamedKey:
    if kind is StatusKind.BITSTRING:
        return NamedKey(bitstring_status_list.key_id(parse_json_object(body)))
    if body.startswith(token_status_list_cwt.TAG):
        return token_status_list_cwt.named_key(body)
    return token_status_list.named_key(_text(body))


def open_token(body: bytes, key: PublicKey) -> TokenStatusList:
    """A status list token, in JSON or in CBOR.

    Raises:
        CredentialError: as ``token_status_list.open_token``.
    """

    def read() -> TokenStatusList:
        """Check its signature and inflate it."""
        if body.startswith(token_status_list_cwt.TAG):
            return token_status_list_cwt.open_token(body, key=key)
        return token_status_list.open_token(_text(body), key=key)

    return _TOKENS.recall((body, key), read)


def open_bits(body: bytes, key: PublicKey, *, size: int) -> OpenedList:
    """A bitstring status list credential, read with so many bits for each status.

    Raises:
        CredentialError: as ``bitstring_status_list.open_list``, or no JSON.
    """

    def read() -> OpenedList:
        """Check its proofs and inflate it."""
        return bitstring_status_list.open_list(parse_json_object(body), key=key, size=size)

    return _BITS.recall((body, key, size), read)


def _text(body: bytes) -> str:
    return body.decode("utf-8", errors="replace")
