"""An issuer without keys, for tests in which nothing is signed."""

from credentials.errors import UndeterminedError
from issuer.key_ring import KeyPlace, KeyRing
from service.keystore import SigningKeys


def no_signers(place: KeyPlace) -> KeyRing:
    """The ledger can be read; whoever asks for a signer is refused."""
    return KeyRing(place, _no_store)


def _no_store() -> SigningKeys:
    raise UndeterminedError("signer_unavailable", "opened without keys")
