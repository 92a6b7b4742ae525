"""Providers of wallets whose word counts: what they sign about a wallet or about keys."""

from collections.abc import Callable, Mapping, Sequence

from credentials import jose
from credentials.encoding import JsonObject
from credentials.errors import CredentialError
from credentials.keys import PublicKey, VerifyingKey
from credentials.openid4vc.message import ProtocolError

Attesters = Mapping[str, Sequence[PublicKey]]
"""Keys of the providers that are trusted, by their ``iss``."""

Refused = Callable[[str, str], ProtocolError]
"""Makes the error of what went wrong and the detail for the log."""


def attested_payload(token: str, *, typ: str, attesters: Attesters, refused: Refused) -> JsonObject:
    """The payload of a token that one of the trusted providers signed.

    Raises:
        ProtocolError: of ``refused``: ``malformed``, ``untrusted`` (no provider that we know) or
            ``signature``.
    """
    try:
        parsed = jose.peek(token, typ=frozenset({typ}), header_key=True)
    except CredentialError as error:
        raise refused("malformed", error.code) from error
    candidates = _candidates(parsed, attesters)
    if not candidates:
        raise refused("untrusted", "no provider that we know")
    if not any(holds(parsed, key) for key in candidates):
        raise refused("signature", "by none of the provider's keys")
    return parsed.payload


def holds(parsed: jose.Jws, key: VerifyingKey) -> bool:
    """Whether the signature holds under this key."""
    try:
        parsed.verify(key)
    except CredentialError:
        return False
    return True


def _candidates(parsed: jose.Jws, attesters: Attesters) -> list[PublicKey]:
    """Keys of the named provider, else of all; narrowed by ``kid`` where that names one.

    What the header itself brings (``jwk``, ``x5c``) makes no key trusted.
    """
    issuer = parsed.payload.get("iss")
    groups = [attesters.get(issuer, [])] if isinstance(issuer, str) else [*attesters.values()]
    keys = [key for group in groups for key in group]
    named = [key for key in keys if parsed.header.get("kid") in {key.thumbprint, key.key_id}]
    return named or keys
