"""The wallet, put together: a kiosk with one trial passport over the holder engine."""

from pathlib import Path

from fastapi import FastAPI

from credentials.model import Entropy
from service import app as application
from service.clock import Clock
from service.fetch import Http
from service.pages import Pages
from wallet import pages, presenting_pages, receiving_pages
from wallet.holder.outside import Outside
from wallet.kiosk import Kiosk
from wallet.ports import Ports
from wallet.settings import WalletSettings
from wallet.trust import TrustSource

TEMPLATES = Path(__file__).parent / "templates"


def create_app(settings: WalletSettings, *, fetch: Http, clock: Clock, entropy: Entropy) -> FastAPI:
    """Build the kiosk.

    Args:
        settings: where the passport lies and whom we trust.
        fetch: the guarded fetcher; in tests the other applications in memory.
        clock: the present moment.
        entropy: unpredictable bytes.

    Raises:
        RejectedError: ``config_trust_anchor``, and what ``service.app`` refuses.
    """
    trust = TrustSource(settings, http=fetch, clock=clock)
    kiosk = Kiosk(settings, outside=Outside(http=fetch, trust=trust, now=clock, entropy=entropy))
    templates = Pages(TEMPLATES)
    app = application.create_app(
        "wallet",
        settings=settings,
        routers=[pages.router, receiving_pages.router, presenting_pages.router],
        pages=templates,
        clock=clock,
    )
    app.state.ports = Ports(settings=settings, kiosk=kiosk, pages=templates)
    return app
