"""The sector list of a trial, published by the trial itself: one fictional school is on it."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock

from credentials.keys import Algorithm, PublicKey, SoftwareSigner
from credentials.trust.listing import TrustedIssuer
from service.clock import Clock
from service.keystore import MACHINE_MADE, open_keystore
from service.secret_files import kept_secret
from service.settings import ANCHOR_FILE
from verifier.sector_list import demo_issuer, make_demo_list

LISTED_SINCE = datetime(2020, 1, 1, tzinfo=UTC)
"""From when the list knows the school and its keys: before any clock a trial may be given."""

RENEW_AFTER = timedelta(days=1)
"""Verifiers believe one copy for a week."""


class DemoList:
    """Signs the list at first use and anew each day; its number only goes up, over restarts too."""

    def __init__(self, var: Path, *, clock: Clock) -> None:
        """Open the list's own key, made at first use, and leave its public half in ``var``."""
        self._folder, self._clock, self._lock = var / ANCHOR_FILE.parent, clock, Lock()
        self._folder.mkdir(parents=True, exist_ok=True)
        self._signer = self._open_signer()
        self._entries: tuple[TrustedIssuer, ...] = ()
        self._token, self._signed_at = b"", LISTED_SINCE
        (var / ANCHOR_FILE).write_text(json.dumps(self._signer.public.jwk()), encoding="utf-8")

    def enter(self, did: str, *, name: str, keys: Sequence[PublicKey]) -> None:
        """Put the school on the list."""
        entry = demo_issuer(did, name=name, keys=keys, since=LISTED_SINCE)
        with self._lock:
            self._entries, self._token = (*self._entries, entry), b""

    def current(self) -> bytes:
        """The signed list, as it is published."""
        now = self._clock()
        with self._lock:
            if not self._token or abs(now - self._signed_at) > RENEW_AFTER:
                token = make_demo_list(
                    self._signer, entries=self._entries, sequence=self._next_number(), at=now
                )
                self._token, self._signed_at = token.encode("ascii"), now
            return self._token

    def _open_signer(self) -> SoftwareSigner:
        passphrase = kept_secret(self._folder / "passphrase").hex()
        keystore = open_keystore(self._folder / "keys.json", passphrase, cost=MACHINE_MADE)
        return keystore.ensure("list", Algorithm.ES256)

    def _next_number(self) -> int:
        file = self._folder / "sequence"
        number = int(file.read_text("ascii")) + 1 if file.is_file() else 1
        file.write_text(str(number), encoding="ascii")
        return number
