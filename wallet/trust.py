"""The sector's signed list as the wallet knows it: fetched now and then, never an older one."""

from datetime import datetime, timedelta
from threading import Lock

from credentials.encoding import parse_json_object
from credentials.errors import CredentialError, RejectedError
from credentials.keys import PublicKey, public_key_from_jwk
from credentials.trust.listing import TrustList, read_list
from service.clock import Clock
from service.fetch import Http

FRESH = timedelta(minutes=1)
"""One screen asks several times; the list changes once a day."""


class TrustSource:
    """Calling it gives the list, or None where there is none that can be used now."""

    def __init__(
        self, url: str | None, anchor_jwk: str | None, *, http: Http, clock: Clock
    ) -> None:
        """Read the anchor; nothing is fetched yet.

        Raises:
            RejectedError: ``config_trust_anchor``: one of the two is missing, or it is no key.
        """
        self._url, self._http, self._clock = url, http, clock
        self._anchor = _anchor(url, anchor_jwk)
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


def _anchor(url: str | None, jwk: str | None) -> PublicKey | None:
    if not url and not jwk:
        return None
    if not url or not jwk:
        raise RejectedError("config_trust_anchor", "list address and anchor go together")
    try:
        return public_key_from_jwk(parse_json_object(jwk))
    except CredentialError as error:
        raise RejectedError("config_trust_anchor", error.code) from error
