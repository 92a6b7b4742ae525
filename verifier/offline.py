"""Check a proof from a file, a link or standard input; opens a connection only where it must.

Imports no web framework and no database: a firm's script can run it for each proof.
"""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from credentials.errors import RejectedError, UndeterminedError
from credentials.formats import format_of
from credentials.model import Binding, Get
from credentials.trust.listing import read_list
from credentials.verification import Policy
from verifier.bundle import Bundle, gather
from verifier.checking import Surroundings, check_loose
from verifier.own_rules import accreditation_texts, accredited
from verifier.policies import find_policy
from verifier.seen_lists import SeenLists
from verifier.settings import VerifierSettings
from verifier.trust import Listing, TrustAnchor, anchor_of, load
from verifier.uploads import MAX_UPLOAD_BYTES, is_link, proof_in
from verifier.verdicts import Report


@dataclass(frozen=True, slots=True)
class Beside:
    """What may be given beside the proof.

    Attributes:
        bundle: check with these documents alone, and open no connection.
        accreditations: files with credentials of the sector's body.
        seen: the numbers of the lists seen before; a bundle has its own.
    """

    bundle: Bundle | None = None
    accreditations: tuple[Path, ...] = ()
    seen: SeenLists | None = None


_NOTHING = Beside()


def verify(
    source: str,
    *,
    policy: str = "listed",
    at: datetime,
    nonce: str | None = None,
    audience: str | None = None,
    beside: Beside = _NOTHING,
) -> Report:
    """Check what ``source`` holds: a path, an https link to a file, or ``-`` for standard input.

    ``policy`` is the name of one, or a file that holds one.

    Raises:
        RejectedError: ``usage_policy``, ``usage_source``, ``config_nonce_required`` (nonce and
            audience go together and are not empty), ``accreditation_invalid``; a link that may not
            be opened.
        UndeterminedError: ``fetch_failed``: the link does not answer.
    """
    rules = find_policy(policy)
    binding = _binding(nonce, audience)
    settings = VerifierSettings()
    bundle = beside.bundle
    get = (
        fetching(settings, lambda: at)
        if bundle is None
        else bundle.getter(at=at, status_age=rules.status_age)
    )
    wire = read(source, get=get)
    listing = Listing(None, "trust_list_unavailable")
    if rules.policy is not Policy.ANY:
        listing = listing_seen(
            _anchor(settings, bundle),
            get,
            at=at,
            seen=beside.seen if bundle is None else None,
            least=None if bundle is None else bundle.list_sequence,
        )
        listing = accredited(listing, accreditation_texts(beside.accreditations), at=at)
    around = Surroundings(get, listing, lambda _url: None)
    return check_loose(wire, policy=rules, around=around, at=at, binding=binding)


def listing_seen(
    anchor: TrustAnchor | None,
    get: Get,
    *,
    at: datetime,
    seen: SeenLists | None,
    least: int | None = None,
) -> Listing:
    """The list as far as it can be used, and no older one than this command saw.

    ``least`` is the lowest number where nothing else tells one.

    Raises:
        RejectedError: ``config_seen_lists``.
    """
    if seen is None:
        return load(
            anchor,
            get=get,
            at=at,
            seen_sequence=lambda _url: least,
            note_sequence=lambda _url, _number: None,
        )
    known = None if anchor is None else seen.sequence(anchor.url)  # a broken file ends the check
    return load(
        anchor,
        get=get,
        at=at,
        seen_sequence=lambda _url: known,
        note_sequence=seen.note,
    )


def export(*, at: datetime, proofs: Sequence[str] = (), before: Bundle | None = None) -> Bundle:
    """Take the sector's list and all that its issuers publish along.

    Args:
        at: now.
        proofs: files with credentials, whose status lists are taken along too.
        before: the bundle that this one replaces: a list older than its own is refused.

    Raises:
        RejectedError: ``config_trust_anchor``: no list is configured; ``usage_source``; as
            ``read_list``.
        UndeterminedError: the list cannot be fetched, or is stale.
    """
    settings = VerifierSettings()
    anchor = anchor_of(settings)
    if anchor is None:
        raise RejectedError("config_trust_anchor", "no list is configured")
    get = fetching(settings, lambda: at)
    trust_list = read_list(
        get(anchor.url).decode("ascii", "replace").strip(),
        anchor=anchor.key,
        at=at,
        seen_sequence=None if before is None else before.list_sequence,
    )
    extra = [uri for proof in proofs for uri in _status_uris(read(proof, get=get))]
    return gather(trust_list, url=anchor.url, get=get, at=at, extra=extra)


def _status_uris(wire: str) -> list[str]:
    unverified = format_of(wire).parse(wire)
    return [reference.uri for reference in unverified.credential.status]


def _anchor(settings: VerifierSettings, bundle: Bundle | None) -> TrustAnchor | None:
    """The key of the settings; the list itself is where the bundle says that it came from."""
    anchor = anchor_of(settings)
    if anchor is None or bundle is None:
        return anchor
    return TrustAnchor(bundle.list_url, anchor.key)


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


def is_share(source: str) -> bool:
    """Whether it is meant as the link of a deelkaart, which carries its key."""
    return is_link(source) and "#" in source


def _binding(nonce: str | None, audience: str | None) -> Binding | None:
    if nonce is None and audience is None:
        return None
    if not nonce or not audience:
        raise RejectedError("config_nonce_required", "--nonce and --audience, both not empty")
    return Binding(audience=audience, nonce=nonce)


def fetching(settings: VerifierSettings, clock: Callable[[], datetime]) -> Callable[[str], bytes]:
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
