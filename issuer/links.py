"""The link behind an offer's code: what it opens first, and what it can open besides."""

from credentials.openid4vc.offer import offer_link
from issuer.settings import IssuerSettings


def wallet_link(offer_uri: str, settings: IssuerSettings) -> str:
    """The link that codes and letters carry; behind the # it reaches no server of the wallet."""
    if settings.web_wallet_url:
        return f"{settings.web_wallet_url}/o#{offer_uri}"
    return offer_link(f"{settings.wallet_url}/receive", offer_uri)


def kiosk_link(offer_uri: str, settings: IssuerSettings) -> str | None:
    """The trial passport on this very machine, beside the web wallet; None where it comes first."""
    if not settings.web_wallet_url:
        return None
    return offer_link(f"{settings.wallet_url}/receive", offer_uri)
