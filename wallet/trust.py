"""The sector's signed list as the wallet knows it: fetched now and then, never an older one."""

from datetime import datetime, timedelta
from threading import Lock

from credentials.errors import CredentialError
from credentials.trust.listing import TrustList, read_list
from service.clock import Clock
from service.fetch import Http
from service.settings import RoleSettings

FRESH = timedelta(minutes=1)
"""One screen asks several times; the list changes once a day."""


class TrustSource:
    """Calling it gives the list, or None where there is none that can be used now."""

    def __init__(self, settings: RoleSettings, *, http: Http, clock: Clock) -> None:
        """Read the anchor of the settings; nothing is fetched yet.

        Raises:
            RejectedError: ``config_trust_anchor``.
        """
        self._url, self._http, self._clock = settings.trust_list_url, http, clock
        self._anchor = settings.anchor
        self._list: TrustList | None = None
        self._asked: datetime | None = None
        self._lock = Lock()

    def __call__(self) -> TrustList | None:
        """The list as it is now; an issuer that it does not name is called unknown, not false."""
        now = self._clock()
        with self._lock:
            if self._asked is None or now - self._asked > FRESH:
                self._list, self._asked = self._fetch(now), now
            return self._list

    def _fetch(self, now: datetime) -> TrustList | None:
        if self._anchor is None or self._url is None:
            return None
        seen = self._list
        try:
            token = self._http.get_body(self._url).decode("ascii").strip()
            return read_list(
                token,
                anchor=self._anchor,
                at=now,
                seen_sequence=seen.sequence if seen else None,
            )
        except (CredentialError, UnicodeDecodeError):
            return seen if seen is not None and now < seen.next_update else None
