"""The newest moment of each status list that this wallet met.

An older list hides what was withdrawn since, so it says nothing. The moments are kept under a hash
of issuer and address, and name nobody. The browser's ``status/newest.ts`` keeps the same; both run
``tests/cases/documents.json``.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from threading import Lock

from credentials.encoding import b64url_encode, compact_json
from credentials.status_checks import check_newest
from wallet.holder.files import write_whole


class Newest:
    """What one wallet met; safe for threads."""

    def __init__(
        self, moments: Mapping[str, float] | None = None, *, path: Path | None = None
    ) -> None:
        """With what was met before, in seconds by hash; ``path`` is where it is kept, if at all."""
        self._path, self._lock = path, Lock()
        self._moments = {**(moments or {})}

    @classmethod
    def beside(cls, vault: Path) -> "Newest":
        """The memory of the wallet whose sealed file is ``vault``: in a file beside it."""
        path = vault.with_name(f"{vault.name}.lists")
        return cls(_read(path), path=path)

    @property
    def moments(self) -> Mapping[str, float]:
        """To be kept until the next visit."""
        return self._moments

    def seen(self, issuer: str, uri: str) -> datetime | None:
        """When the newest list at an address was issued; None where none was met."""
        moment = self._moments.get(_name(issuer, uri))
        return None if moment is None else datetime.fromtimestamp(moment, UTC)

    def take(self, issuer: str, uri: str, issued_at: datetime) -> None:
        """Take a list whose signature held.

        Raises:
            UndeterminedError: ``status_rollback``: a newer one of its address was met.
        """
        with self._lock:
            seen = self.seen(issuer, uri)
            check_newest(issued_at, seen)
            if issued_at == seen:
                return
            moment = issued_at.timestamp()
            self._moments[_name(issuer, uri)] = int(moment) if moment.is_integer() else moment
            if self._path is not None:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                write_whole(self._path, compact_json({**self._moments}))


def _name(issuer: str, uri: str) -> str:
    return b64url_encode(sha256(f"{issuer} {uri}".encode()).digest())


def _read(path: Path) -> dict[str, float]:
    """What was kept; what cannot be read was never met."""
    try:
        kept = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    entries = kept.items() if isinstance(kept, dict) else ()
    return {name: moment for name, moment in entries if type(moment) in {int, float}}
