"""A deelkaart that somebody gives us whole, by its link: fetched, opened and checked here.

Then the key does reach us, in the body of a form or in a list, never in an address or a log. It
counts as one view, and is never kept (wallet design, section 8).
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from credentials.encoding import b64url_decode, b64url_encode, compact_json, parse_json_object
from credentials.errors import CredentialError, RejectedError, UndeterminedError
from credentials.model import Binding, Wire
from credentials.share_card import ShareLink, gate, open_share
from service.fetch import Http
from verifier import checking
from verifier.checking import Surroundings
from verifier.ports import Ports
from verifier.verdicts import Report

_FOUND, _GONE, _BUSY = 200, 410, 429


def open_and_check(
    ports: Ports, link: ShareLink, *, code: str | None, around: Surroundings, at: datetime
) -> tuple[Report, ...]:
    """Open a deelkaart and check each card on it.

    Args:
        ports: of the verifier.
        link: as its owner gave it.
        code: the spoken code, where one belongs to it.
        around: what the outside world says.
        at: now.

    Raises:
        RejectedError: ``share_gone``: stopped, over, seen too often, never there, or a wrong code;
            ``share_not_opened``; ``address_forbidden`` and what else the fetcher refuses.
        MalformedError: ``share_code_invalid``: no code where one belongs, or the other way.
        UndeterminedError: ``share_unreachable``.
    """
    binding = Binding(link.origin, b64url_encode(link.share_id), live=False)
    cards = fetch_cards(ports.http, link, code=code, dev_origins=ports.settings.dev_origins, at=at)
    found = [checking.check_card(card, binding=binding, around=around, at=at) for card in cards]
    return checking.together(found, around=around)


def fetch_cards(
    http: Http, link: ShareLink, *, code: str | None, dev_origins: Mapping[str, str], at: datetime
) -> Sequence[Wire]:
    """The presentations on a deelkaart, unchecked; it counts as one view.

    Raises:
        CredentialError: as ``open_and_check``.
    """
    site = _reached_at(link.origin, dev_origins)
    share = f"{site}/s/{b64url_encode(link.share_id)}/open"
    answer = http.post(
        share,
        body=compact_json({"gate": b64url_encode(gate(link, code=code))}),
        content_type="application/json",
        # the share site answers no page of another site; we are none, and say whose door it is
        headers={"Origin": link.origin, "Sec-Fetch-Site": "same-origin"},
    )
    if answer.status == _GONE:
        raise RejectedError("share_gone", "the site does not hand it out")
    if answer.status != _FOUND:
        raise UndeterminedError("share_unreachable", f"status {answer.status}")
    try:
        found = parse_json_object(answer.body)
        sealed, expires = found.get("sealed"), found.get("expires")
        if not isinstance(sealed, str) or not isinstance(expires, int):
            raise RejectedError("share_not_opened", "members sealed and expires")
        octets, ends = b64url_decode(sealed), datetime.fromtimestamp(expires, UTC)
    except (CredentialError, ValueError, OverflowError, OSError) as error:
        raise RejectedError("share_not_opened", "no answer of a share site") from error
    return open_share(link, octets, expires=ends, code=code, at=at)


def _reached_at(origin: str, dev_origins: Mapping[str, str]) -> str:
    """Where a site is asked: itself, or in a trial the https name that stands for it."""
    return next((name for name, local in dev_origins.items() if local == origin), origin)
