"""The sector list of a trial, published by the trial itself: its fictional organisations."""

import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock
from types import MappingProxyType

from credentials.dids import did_web
from credentials.keys import Algorithm, SoftwareSigner
from credentials.trust.listing import (
    ISSUERS,
    VERIFIERS,
    ListedKey,
    Scheme,
    TrustedIssuer,
    TrustList,
    read_list,
    sign_list,
)
from credentials.trust.verifiers import asking
from service.clock import Clock
from service.keystore import MACHINE_MADE, open_keystore
from service.landing import Document, Shown
from service.secret_files import kept_secret
from service.settings import ANCHOR_FILE
from verifier.sector_list import LIST_LIFE, demo_issuer, make_demo_list
from verifier.trust_pages import TEMPLATES, Published, create_router

LISTED_SINCE = datetime(2020, 1, 1, tzinfo=UTC)
"""From when the list knows the school and its keys: before any clock a trial may be given."""

KeyHistory = Callable[[], Iterable[ListedKey]]
"""Tells the keys of an organisation, as they are at that moment."""

OPERATOR = MappingProxyType(
    {"nl": "De proeflijst van skillspass", "en": "The trial list of skillspass"}
)
"""Who keeps it: nobody can take it for a list of the sector."""

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
        self._token, self._signed_at, self._previous = b"", LISTED_SINCE, b""
        self._asking: tuple[TrustedIssuer, ...] = ()
        self._asking_token, self._asking_at = b"", LISTED_SINCE
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
                    self._signer,
                    entries=entries,
                    sequence=self._next_number(),
                    at=now,
                    scheme=Scheme(OPERATOR, previous=self._token.decode("ascii") or None),
                )
                self._previous = self._token
                self._token, self._signed_at, self._entries = token.encode("ascii"), now, entries
            return self._token

    def verifiers(self) -> bytes:
        """The signed list of those who ask, as it is published."""
        now = self._clock()
        with self._lock:
            if not self._asking_token or abs(now - self._asking_at) > RENEW_AFTER:
                scheme = Scheme(OPERATOR, VERIFIERS)
                token = sign_list(
                    self._asking,
                    self._signer,
                    sequence=self._next_number(),
                    at=now,
                    next_update=now + LIST_LIFE,
                    scheme=scheme,
                )
                self._asking_token, self._asking_at = token.encode("ascii"), now
            return self._asking_token

    def documents(self) -> dict[str, Document]:
        """The lists by the path at which they are published."""
        kind = "application/trustlist+jwt"
        return {"/list.jwt": (kind, self.current), "/verifiers.jwt": (kind, self.verifiers)}

    def shown(self) -> Shown:
        """The page about them."""
        return Shown("/list", create_router(self.published), TEMPLATES)

    def enter_verifier(self, origin: str, *, name: str) -> None:
        """Put somebody on the list of those who ask, by the https origin of its did:web."""
        with self._lock:
            entry = TrustedIssuer(did_web(origin), name, (asking(LISTED_SINCE),), ())
            self._asking, self._asking_token = (*self._asking, entry), b""

    def published(self) -> Published:
        """What the page shows: the lists of this moment, read as anyone would."""
        now, token, asking_token = self._clock(), self.current(), self.verifiers()

        def read(signed: bytes, kind: str) -> TrustList:
            return read_list(
                signed.decode("ascii"),
                anchor=self._signer.public,
                at=now,
                seen_sequence=None,
                kind=kind,
                stale=True,
            )

        previous = read(self._previous, ISSUERS) if self._previous else None
        return Published(read(token, ISSUERS), previous, read(asking_token, VERIFIERS))

    def _open_signer(self) -> SoftwareSigner:
        passphrase = kept_secret(self._folder / "passphrase").hex()
        keystore = open_keystore(self._folder / "keys.json", passphrase, cost=MACHINE_MADE)
        return keystore.ensure("list", Algorithm.ES256)

    def _next_number(self) -> int:
        file = self._folder / "sequence"
        number = int(file.read_text("ascii")) + 1 if file.is_file() else 1
        file.write_text(str(number), encoding="ascii")
        return number
