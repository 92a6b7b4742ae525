"""Whom we believe: the sector's signed list, its anchor from the settings, never an older one."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from credentials.dids.web import did_web
from credentials.errors import CredentialError, RejectedError, UndeterminedError
from credentials.keys import PublicKey
from credentials.memory import Memory
from credentials.model import Get
from credentials.trust.listing import SignedList, TrustList, judge_list, open_list
from verifier.settings import VerifierSettings

MAX_OPENED, MAX_OPENED_OCTETS = 4, 4 * 1024 * 1024
"""Lists of one anchor that stay read: today's, and one or two while it changes."""


_Opened = Memory[tuple[bytes, PublicKey], SignedList]


@dataclass(frozen=True, slots=True)
class TrustAnchor:
    """Where the list is published and who must have signed it.

    Attributes:
        url: https address of the list.
        key: from the settings; a list cannot bring its own.
        opened: lists whose signature held, by their octets and the key.
    """

    url: str
    key: PublicKey
    opened: _Opened = field(
        default_factory=lambda: Memory(
            most=MAX_OPENED, most_octets=MAX_OPENED_OCTETS, weigh=lambda key, _: len(key[0])
        ),
        compare=False,
        repr=False,
    )

    def open(self, octets: bytes) -> SignedList:
        """Read what was fetched, each version of it once; when it may be used is judged apart.

        Raises:
            RejectedError: ``trust_list_invalid``.
        """

        def read() -> SignedList:
            """Check signature and form."""
            try:
                token = octets.decode("ascii").strip()
            except UnicodeDecodeError:
                raise RejectedError("trust_list_invalid", "no text of a token") from None
            return open_list(token, anchor=self.key)

        return self.opened.recall((octets, self.key), read)


@dataclass(frozen=True, slots=True)
class Listing:
    """The list as far as we can use it now.

    Attributes:
        trust_list: None where it could not be used.
        code: why not; ``ok`` where it can.
    """

    trust_list: TrustList | None
    code: str = "ok"


def anchor_of(settings: VerifierSettings) -> TrustAnchor | None:
    """The anchor of the settings; None where no list is configured.

    Raises:
        RejectedError: ``config_trust_anchor``.
    """
    key = settings.anchor
    return TrustAnchor(str(settings.trust_list_url), key) if key is not None else None


def load(
    anchor: TrustAnchor | None,
    *,
    get: Get,
    at: datetime,
    seen_sequence: Callable[[str], int | None],
    note_sequence: Callable[[str, int], None],
) -> Listing:
    """Fetch and check the list; whatever is wrong with it, no issuer is believed because of it.

    ``seen_sequence`` tells the highest number that was accepted from an address before,
    ``note_sequence`` remembers the number of a list that is accepted now.
    """
    if anchor is None:
        return Listing(None, "trust_list_unavailable")
    try:
        signed = anchor.open(get(anchor.url))
        trust_list = judge_list(signed, at=at, seen_sequence=seen_sequence(anchor.url))
    except UndeterminedError as error:
        stale = error.code == "trust_list_stale"
        return Listing(None, "trust_list_stale" if stale else "trust_list_unavailable")
    except CredentialError as error:
        return Listing(None, error.code)
    note_sequence(anchor.url, trust_list.sequence)
    return Listing(trust_list)


def own_identities(settings: VerifierSettings, listing: Listing) -> frozenset[str]:
    """The DIDs and the name of the firm that runs this, where it was looked up; else none.

    On the list it is known by its number in the trade register.
    """
    if not settings.client_checked:
        return frozenset()
    entries = () if listing.trust_list is None else listing.trust_list.issuers
    listed = {one.id for one in entries if one.kvk is not None and one.kvk == settings.client_kvk}
    return frozenset({did_web(settings.identifier), settings.client_name, *listed})
