"""Check a deelkaart by its link, for the command line: fetched, opened and checked here."""

from collections.abc import Sequence
from contextlib import closing
from datetime import datetime

from credentials.encoding import b64url_encode
from credentials.model import Binding
from credentials.share_card import parse_link
from credentials.verification import Policy
from service.fetch import Fetcher
from verifier import checking
from verifier.checking import Surroundings
from verifier.offline import fetching, listing_seen
from verifier.policies import find_policy
from verifier.responses import worst
from verifier.seen_lists import SeenLists
from verifier.settings import VerifierSettings
from verifier.share_links import fetch_cards
from verifier.trust import Listing, anchor_of
from verifier.verdicts import Report


def verify(
    source: str, *, policy: str, code: str | None, at: datetime, seen: SeenLists | None = None
) -> tuple[Report, ...]:
    """Open a deelkaart, which counts as one view, and check each card on it.

    Args:
        source: its link, key included.
        policy: the name of one, or a file that holds one.
        code: the four digits that belong to it, where there are any.
        at: now.
        seen: the numbers of the lists seen before.

    Raises:
        RejectedError: ``usage_policy``, ``config_seen_lists``; as ``share_links.open_and_check``.
        MalformedError: ``share_link_invalid``; ``share_code_invalid``.
        UndeterminedError: ``share_unreachable``, ``fetch_failed``.
    """
    rules, settings, link = find_policy(policy), VerifierSettings(), parse_link(source)
    dev_origins, own = settings.dev_origins, settings.own_addresses
    with closing(Fetcher(dev_origins=dev_origins, own_addresses=own, clock=lambda: at)) as http:
        cards = fetch_cards(http, link, code=code, dev_origins=dev_origins, at=at)
    get = fetching(settings, lambda: at)
    listing = Listing(None, "trust_list_unavailable")
    if rules.policy is not Policy.ANY:
        listing = listing_seen(anchor_of(settings), get, at=at, seen=seen)
    around = Surroundings(get, listing, lambda _url: None)
    binding = Binding(link.origin, b64url_encode(link.share_id), live=False)
    found = [
        checking.check_card(card, binding=binding, around=around, at=at, rules=rules)
        for card in cards
    ]
    return checking.together(found, around=around)


def outcome(reports: Sequence[Report]) -> str:
    """What the least good card comes to."""
    decisive = worst(tuple(reports))
    return "undetermined" if decisive is None else decisive.verdict.outcome.value
