"""Check a proof from a file, a link or standard input; opens a connection only where it must.

Imports no web framework and no database: a firm's script can run it for each proof.
"""

import sys
from collections.abc import Callable
from datetime import datetime
from functools import cache
from pathlib import Path

from credentials.errors import RejectedError, UndeterminedError
from credentials.model import Binding
from credentials.verification import Policy
from verifier.checking import Surroundings, check_loose
from verifier.settings import VerifierSettings
from verifier.trust import Listing, anchor_of, load
from verifier.uploads import MAX_UPLOAD_BYTES, proof_in
from verifier.verdicts import Report


def verify(
    source: str,
    *,
    policy: str = "listed",
    at: datetime,
    nonce: str | None = None,
    audience: str | None = None,
) -> Report:
    """Check what ``source`` holds: a path, an https link to a file, or ``-`` for standard input.

    Raises:
        RejectedError: ``usage_policy``, ``usage_source``, ``config_nonce_required`` (nonce and
            audience go together and are not empty); a link that may not be opened.
        UndeterminedError: ``fetch_failed``: the link does not answer.
    """
    try:
        chosen = Policy(policy)
    except ValueError:
        raise RejectedError("usage_policy", "listed or any") from None
    binding = _binding(nonce, audience)
    settings = VerifierSettings()
    get = _getter(settings, lambda: at)
    wire = read(source, get=get)
    listing = Listing(None, "trust_list_unavailable")
    if chosen is Policy.LISTED:
        listing = load(
            anchor_of(settings),
            get=get,
            at=at,
            seen_sequence=lambda _url: None,
            note_sequence=lambda _url, _number: None,
        )
    around = Surroundings(get, listing, lambda _url: None)
    return check_loose(wire, policy=chosen, around=around, at=at, binding=binding)


def read(source: str, *, get: Callable[[str], bytes]) -> str:
    """The text of a proof, without white space around it.

    Raises:
        RejectedError: ``usage_source``: there is no such file, or only plain http.
        CredentialError: as ``proof_in``.
    """
    limit = MAX_UPLOAD_BYTES + 1  # one more than is allowed, so that it is refused
    if source == "-":
        content = sys.stdin.buffer.read(limit)
    elif source.startswith("https://"):
        content = get(source)
    elif source.startswith("http://"):
        raise RejectedError("usage_source", "a link must begin with https")
    else:
        try:
            with Path(source).open("rb") as file:
                content = file.read(limit)
        except OSError as error:
            raise RejectedError("usage_source", error.strerror or "not readable") from error
    return proof_in(content)


def _binding(nonce: str | None, audience: str | None) -> Binding | None:
    if nonce is None and audience is None:
        return None
    if not nonce or not audience:
        raise RejectedError("config_nonce_required", "--nonce and --audience, both not empty")
    return Binding(audience=audience, nonce=nonce)


def _getter(settings: VerifierSettings, clock: Callable[[], datetime]) -> Callable[[str], bytes]:
    """The guarded fetcher, made when something is fetched and not before."""

    @cache
    def get(url: str) -> bytes:
        from service.fetch import ANYTHING, Fetcher  # noqa: PLC0415 - most checks fetch nothing

        fetcher = Fetcher(
            dev_origins=settings.dev_origins, own_addresses=settings.own_addresses, clock=clock
        )
        try:
            fetched = fetcher.get(url, accept=ANYTHING)
        finally:
            fetcher.close()
        if fetched.status != 200:  # noqa: PLR2004 - found
            raise UndeterminedError("fetch_failed", f"status {fetched.status}")
        return fetched.body

    return get
