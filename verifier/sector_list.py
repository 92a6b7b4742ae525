"""The sector list of a demonstration: the fictional school on it may give every type."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from credentials.keys import PublicKey, Signer
from credentials.trust.listing import (
    STATUS_HOST,
    STATUS_SERVICE,
    Accreditation,
    ListedKey,
    Scheme,
    TrustedIssuer,
    sign_list,
)
from schemas import catalog
from verifier.badge_view import BADGE

BADGE_ROLE = "training_provider"
"""Why it may give Open Badges: they tell of courses and certificates to platforms elsewhere."""

LIST_LIFE = timedelta(days=7)
"""Until when verifiers believe one copy; the publisher makes a new one long before."""


def demo_issuer(
    did: str,
    *,
    name: str,
    keys: Sequence[PublicKey | ListedKey],
    since: datetime,
    name_en: str | None = None,
    kvk: str | None = None,
    hosts_status: bool = False,
) -> TrustedIssuer:
    """An issuer that may give all types of the catalogue, and badges, from ``since`` on.

    Each key carries its full DID URL as ``key_id``; one without a history counts from ``since``.
    Who ``hosts_status`` publishes status lists for others.
    """
    services = tuple(
        Accreditation(found.url, found.may_issue[0].role, since)
        for found in catalog.credential_types()
    )
    services += (Accreditation(BADGE, BADGE_ROLE, since),)
    if hosts_status:
        services += (Accreditation(STATUS_SERVICE, STATUS_HOST, since),)
    listed = tuple(key if isinstance(key, ListedKey) else ListedKey(key, since) for key in keys)
    return TrustedIssuer(did, name, services, listed, name_en, kvk)


def make_demo_list(
    signer: Signer,
    *,
    entries: Sequence[TrustedIssuer],
    sequence: int,
    at: datetime,
    scheme: Scheme | None = None,
) -> str:
    """Sign the list, one ``sequence`` higher than the list before: believed for a week."""
    return sign_list(
        entries,
        signer,
        sequence=sequence,
        at=at,
        next_update=at + LIST_LIFE,
        scheme=scheme or Scheme(),
    )
