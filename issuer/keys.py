"""The issuer's keys and secrets: where they are kept, for each organisation apart."""

from functools import cache

from credentials.errors import RejectedError
from credentials.keys import Algorithm, Signer, SoftwareSigner
from credentials.model import Entropy
from issuer.installation import SignersOf
from issuer.key_ring import KeyRing
from issuer.settings import IssuerSettings
from service.secret_files import kept_secret


class MemoryKeys:
    """Signing keys that live in memory alone, for an issuer of one run."""

    def __init__(self) -> None:
        self._kept: dict[str, SoftwareSigner] = {}

    def names(self) -> tuple[str, ...]:
        """The names of the keys."""
        return tuple(sorted(self._kept))

    def signer(self, name: str) -> Signer:
        """The signer of that name.

        Raises:
            RejectedError: ``key_unknown``.
        """
        if name not in self._kept:
            raise RejectedError("key_unknown", f"no key named {name}")
        return self._kept[name]

    def create(self, name: str, algorithm: Algorithm, *, key_id: str | None = None) -> Signer:
        """Make a key and keep it.

        Raises:
            RejectedError: ``key_exists``.
        """
        if name in self._kept:
            raise RejectedError("key_exists", f"there is a key named {name}")
        return self.ensure(name, algorithm, key_id=key_id)

    def ensure(self, name: str, algorithm: Algorithm, *, key_id: str | None = None) -> Signer:
        """The signer of that name, made at first use."""
        return self._kept.setdefault(name, SoftwareSigner.generate(algorithm, key_id))


def open_signers(settings: IssuerSettings) -> SignersOf:
    """The keys of the key file or the hardware token; each organisation's first ones are made.

    Raises:
        RejectedError: ``config_passphrase`` where production names none; ``keystore_locked``;
            ``config_hsm``.
    """
    store = settings.keystore()
    return lambda place: KeyRing(place, lambda: store).begin()


def make_signers() -> SignersOf:
    """Fresh keys that live in memory alone, for an issuer of one run."""
    store = MemoryKeys()
    return lambda place: KeyRing(place, lambda: store).begin()


def kept_signers(settings: IssuerSettings) -> SignersOf:
    """The same keys for a verb of the command line: opened when one is used, and none made."""
    store = cache(settings.keystore)
    return lambda place: KeyRing(place, store)


def sealing_key(settings: IssuerSettings, entropy: Entropy) -> bytes:
    """What seals names and claims in the database; made at first use."""
    return kept_secret(settings.directory / "sealing.key", entropy)


def api_key(settings: IssuerSettings, entropy: Entropy) -> str:
    """What an operator's program must show: of the settings, else made at first use."""
    if settings.api_key is not None:
        return settings.api_key.get_secret_value()
    return kept_secret(settings.directory / "api.key", entropy).hex()
