"""The kiosk's one trial passport: a sealed vault that stays open while the service runs."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import RLock

from credentials.findings import Outcome
from service.secret_files import kept_secret
from wallet.holder.checking import check_own
from wallet.holder.files import VaultFile, open_file
from wallet.holder.outside import Outside
from wallet.holder.passport import Card, Passport, Standing, overview
from wallet.holder.vault import Held, Vault
from wallet.settings import WalletSettings
from wallet.steps import Steps

CHECK_LIFE = timedelta(seconds=30)
"""Pages are reloaded; a withdrawn proof shows within half a minute."""

STATES = {
    Standing.VALID: "valid",
    Standing.ENDING: "expiring",
    Standing.ENDED: "expired",
    Standing.NOT_YET: "waiting",
}
"""The word of the screen for what the dates say."""

WORDS_OF_CODES = {"revoked": "revoked", "suspended": "suspended", "expired": "expired"}
"""Codes of a check that have a word of their own; any other failure is ``refused``."""


@dataclass(frozen=True, slots=True)
class State:
    """How a proof stands now.

    Attributes:
        word: valid, expiring, expired, waiting, revoked, suspended, refused or unknown.
        code: of the finding behind it; None where the dates decided.
    """

    word: str
    code: str | None
    checked_at: datetime


class Kiosk:
    """The passport behind the pages; safe for threads."""

    def __init__(self, settings: WalletSettings, *, outside: Outside) -> None:
        self.outside = outside
        self.steps = Steps(entropy=outside.entropy)
        self._settings = settings
        self._lock = RLock()
        self._states: dict[str, State] = {}
        self._stack = ExitStack()
        self._file: VaultFile | None = None

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._stack.close()
            self._file = None

    @contextmanager
    def writing(self) -> Iterator[Vault]:
        """The vault, for one change; what happened is sealed when the block ends well."""
        with self._lock:
            yield self._opened().vault
            self._opened().save()

    def held(self) -> tuple[Held, ...]:
        """What is in the vault now."""
        with self._lock:
            return self._opened().vault.held()

    def vault(self) -> Vault:
        """The vault, to read in."""
        with self._lock:
            return self._opened().vault

    def passport(self) -> Passport:
        """The passport as it stands now."""
        return overview(self.held(), at=self.outside.now())

    def state(self, held: Held, card: Card, *, anew: bool = False) -> State:
        """Check a proof, or say what the last check said if it is young enough.

        Args:
            held: the proof as it was received.
            card: how the passport shows it.
            anew: check now, whatever is known: a person looks at this one proof.
        """
        now = self.outside.now()
        known = self._states.get(held.id)
        if known is not None and not anew and timedelta() <= now - known.checked_at < CHECK_LIFE:
            return known
        self._states[held.id] = found = self._check(held, card, now)
        return found

    def _check(self, held: Held, card: Card, now: datetime) -> State:
        checked = check_own(held.wire, held.format, outside=self.outside)
        failed = [each for each in checked.verdict.findings if each.outcome is Outcome.FAILED]
        if failed:
            return State(WORDS_OF_CODES.get(failed[0].code, "refused"), failed[0].code, now)
        if checked.unknown is not None:
            return State("unknown", checked.unknown, now)
        return State(STATES[card.standing], None, now)

    def _opened(self) -> VaultFile:
        if self._file is None:
            opening = open_file(
                self._settings.kiosk_vault,
                kiosk_passphrase(self._settings),
                clock=self.outside.now,
                entropy=self.outside.entropy,
            )
            self._file = self._stack.enter_context(opening)
        return self._file


def kiosk_passphrase(settings: WalletSettings) -> str:
    """What seals the trial passport: from the settings, else made once and kept beside it.

    A passphrase beside the vault protects nothing; it is for fictional people alone.
    """
    if settings.passphrase is not None:
        return settings.passphrase.get_secret_value()
    return kept_secret(settings.directory / "kiosk.passphrase").hex()
