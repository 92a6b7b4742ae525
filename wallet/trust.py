"""The sector's signed lists as the wallet knows them: fetched now and then, never an older one."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from credentials.errors import CredentialError
from credentials.keys import PublicKey
from credentials.trust.listing import ISSUERS, VERIFIERS, TrustedIssuer, TrustList, read_list
from credentials.trust.verifiers import known_verifier
from service.clock import Clock
from service.fetch import Http
from service.settings import RoleSettings

FRESH = timedelta(minutes=1)
"""One screen asks several times; the list changes once a day."""


@dataclass(slots=True)
class _Copy:
    """One list as it was seen last.

    Attributes:
        url: None where none is configured.
        kind: its ``LoTEType``.
    """

    url: str | None
    kind: str
    listed: TrustList | None = None
    asked: datetime | None = None


class TrustSource:
    """Calling it gives the list of issuers, or None where there is none that can be used now."""

    def __init__(
        self, settings: RoleSettings, *, http: Http, clock: Clock, verifiers: str | None = None
    ) -> None:
        """Read the anchor of the settings; nothing is fetched yet.

        ``verifiers`` is where the list of known askers is published.

        Raises:
            RejectedError: ``config_trust_anchor``.
        """
        self._http, self._clock = http, clock
        self._anchor = settings.anchor
        self._issuers = _Copy(settings.trust_list_url, ISSUERS)
        self._verifiers = _Copy(verifiers, VERIFIERS)
        self._lock = Lock()

    def __call__(self) -> TrustList | None:
        """The list as it is now; an issuer that it does not name is called unknown, not false."""
        return self._current(self._issuers)

    def known(self, client_id: str) -> TrustedIssuer | None:
        """The firm behind a client identifier, where the list of verifiers knows it now."""
        listed = self._current(self._verifiers)
        return known_verifier(listed, client_id, at=self._clock()) if listed else None

    def _current(self, copy: _Copy) -> TrustList | None:
        now = self._clock()
        with self._lock:
            if copy.asked is None or now - copy.asked > FRESH:
                copy.listed, copy.asked = self._fetch(copy, self._anchor, now), now
            return copy.listed

    def _fetch(self, copy: _Copy, anchor: PublicKey | None, now: datetime) -> TrustList | None:
        if anchor is None or copy.url is None:
            return None
        seen = copy.listed
        try:
            return read_list(
                self._http.get_body(copy.url).decode("ascii").strip(),
                anchor=anchor,
                at=now,
                seen_sequence=seen.sequence if seen else None,
                kind=copy.kind,
            )
        except (CredentialError, UnicodeDecodeError):
            return seen if seen is not None and now < seen.next_update else None
