"""The sector list of a trial, published by the trial itself: its fictional organisations."""

import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock

from credentials.keys import Algorithm, SoftwareSigner
from credentials.trust.listing import ListedKey, TrustedIssuer
from service.clock import Clock
from service.keystore import MACHINE_MADE, open_keystore
from service.secret_files import kept_secret
from service.settings import ANCHOR_FILE
from verifier.sector_list import demo_issuer, make_demo_list

LISTED_SINCE = datetime(2020, 1, 1, tzinfo=UTC)
"""From when the list knows the school and its keys: before any clock a trial may be given."""

KeyHistory = Callable[[], Iterable[ListedKey]]
"""Tells the keys of an organisation, as they are at that moment."""

RENEW_AFTER = timedelta(days=1)
"""Verifiers believe one copy for a week."""


class DemoList:
    """Signs the list when it changed and anew each day; its number only goes up, ever."""

    def __init__(self, var: Path, *, clock: Clock) -> None:
        """Open the list's own key, made at first use, and leave its public half in ``var``."""
        self._folder, self._clock, self._lock = var / ANCHOR_FILE.parent, clock, Lock()
        self._folder.mkdir(parents=True, exist_ok=True)
        self._signer = self._open_signer()
        self._members: tuple[Callable[[], TrustedIssuer], ...] = ()
        self._entries: tuple[TrustedIssuer, ...] = ()
        self._token, self._signed_at = b"", LISTED_SINCE
        (var / ANCHOR_FILE).write_text(json.dumps(self._signer.public.jwk()), encoding="utf-8")

    def enter(self, did: str, *, name: str, keys: KeyHistory, hosts_status: bool = False) -> None:
        """Put an organisation on the list.

        Args:
            did: who it is.
            name: what people read.
            keys: tells its key history each time the list is asked for.
            hosts_status: it publishes status lists for others at the same address.
        """

        def entry() -> TrustedIssuer:
            history = tuple(replace(key, valid_from=LISTED_SINCE) for key in keys())
            return demo_issuer(
                did, name=name, keys=history, since=LISTED_SINCE, hosts_status=hosts_status
            )

        with self._lock:
            self._members = (*self._members, entry)

    def current(self) -> bytes:
        """The signed list, as it is published."""
        now, entries = self._clock(), tuple(entry() for entry in self._members)
        with self._lock:
            old = abs(now - self._signed_at) > RENEW_AFTER
            if old or entries != self._entries or not self._token:
                token = make_demo_list(
                    self._signer, entries=entries, sequence=self._next_number(), at=now
                )
                self._token, self._signed_at, self._entries = token.encode("ascii"), now, entries
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
