"""The wallet, put together: three sites, the blind service, and a kiosk with a trial passport."""

from pathlib import Path
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, FastAPI

from credentials.model import Entropy
from service import app as application
from service.clock import Clock
from service.database import open_database
from service.fetch import Http
from service.logins import Logins
from service.migrations import upgrade
from service.pages import Pages
from service.passkeys import Party, Passkeys
from wallet import (
    api,
    description,
    mailboxes_api,
    pages,
    presenting_pages,
    receiving_pages,
    relay_api,
    shares_api,
    sites,
    sweeping,
)
from wallet.accounts import Keeping
from wallet.doors import Doors
from wallet.holder.newest import Newest
from wallet.holder.outside import Outside
from wallet.kiosk import Kiosk
from wallet.ports import Ports
from wallet.receipts import Receipts
from wallet.settings import WalletSettings
from wallet.tables import AccountChallenge, AccountLogin, AccountPasskey, WalletTable
from wallet.trust import TrustSource
from wallet.vault import MAX_VAULT_BYTES

TEMPLATES = Path(__file__).parent / "templates"


def create_app(settings: WalletSettings, *, fetch: Http, clock: Clock, entropy: Entropy) -> FastAPI:
    """Build the service and the kiosk.

    Args:
        settings: where the passport lies and whom we trust.
        fetch: the guarded fetcher; in tests the other applications in memory.
        clock: the present moment.
        entropy: unpredictable bytes.

    Raises:
        RejectedError: ``config_trust_anchor``, and what ``service.app`` refuses.
    """
    trust = TrustSource(settings, http=fetch, clock=clock, verifiers=settings.verifier_list_url)
    kiosk = Kiosk(
        settings,
        outside=Outside(
            http=fetch,
            trust=trust,
            now=clock,
            entropy=entropy,
            known=trust.known,
            newest=Newest.beside(settings.kiosk_vault),
        ),
    )
    templates = Pages(TEMPLATES)
    app = application.create_app(
        "wallet",
        settings=settings,
        routers=[
            kiosk_pages(),
            description.router,
            api.router,
            shares_api.worker,
            mailboxes_api.worker,
            relay_api.router,
            shares_api.reader,
            mailboxes_api.guest,
        ],
        pages=templates,
        clock=clock,
        body_limits={api.VAULT_PATH: MAX_VAULT_BYTES},
    )
    app.state.ports = Ports(settings=settings, kiosk=kiosk, pages=templates)
    app.state.doors = open_doors(settings, http=fetch, clock=clock, entropy=entropy)
    app.state.workers = [sweeping.rounds(app.state.doors)]
    app.router.routes[:0] = sites.site_routes(settings, templates, sites.read_built())
    return app


def kiosk_pages() -> APIRouter:
    """The trial passport's own pages, on its own site."""
    router = APIRouter(dependencies=[Depends(sites.at_kiosk)])
    for each in (pages.router, receiving_pages.router, presenting_pages.router):
        router.include_router(each)
    return router


def open_doors(settings: WalletSettings, *, http: Http, clock: Clock, entropy: Entropy) -> Doors:
    """The blind service: its database, and the passkeys of the keeper's site."""
    database = open_database(
        settings.database_url,
        file=settings.directory / "wallet.db",
        durability=settings.durability,
    )
    upgrade(database, "wallet", models=WalletTable.metadata)
    keeper = settings.keeper_origin
    party = Party(urlsplit(keeper).hostname or "", "skillspass", (keeper,))
    keeping = Keeping(
        logins=Logins(AccountLogin, "account", clock, settings.is_secure, entropy),
        passkeys=Passkeys(party, AccountPasskey, AccountChallenge, clock, entropy),
        clock=clock,
        entropy=entropy,
    )
    receipts = Receipts(settings.keystore(), keeper)
    return Doors(settings, database, keeping, http, receipts)
