"""Who may come in to the blind service: the right site, the right page, and an open account.

The keeper's site has the account and the vault, the share site only shares; each answers ``not
found`` on the other's name. What changes something must come from a page of that very site.
"""

import secrets
from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends, Request, Response

from credentials.errors import RejectedError
from service.database import Database
from service.fetch import Http
from service.logins import device_of
from wallet.accounts import Keeping, Visit
from wallet.receipts import Receipts
from wallet.settings import WalletSettings
from wallet.tables import AccountLogin

BROWSER_BYTES = 24


@dataclass(frozen=True, slots=True)
class Doors:
    """What the handlers of the blind service are given."""

    settings: WalletSettings
    database: Database
    keeping: Keeping
    http: Http
    receipts: Receipts

    @property
    def browser_cookie(self) -> str:
        """The cookie by which a browser is known between question and answer."""
        return "__Host-browser" if self.settings.is_secure else "browser"


def doors_of(request: Request) -> Doors:
    """The running service's doors."""
    doors: Doors = request.app.state.doors
    return doors


DoorsOf = Annotated[Doors, Depends(doors_of)]


def at_keeper(request: Request, doors: DoorsOf) -> None:
    """Only on the keeper's site, and what changes something only from its own page.

    Raises:
        RejectedError: ``not_found`` on another site; ``csrf``.
    """
    _check_site(request, doors.settings.keeper_origin)


def at_share(request: Request, doors: DoorsOf) -> None:
    """The same for the share site.

    Raises:
        RejectedError: ``not_found`` on another site; ``csrf``.
    """
    _check_site(request, doors.settings.share_origin)


def visit_of(request: Request, response: Response, doors: DoorsOf) -> Visit:
    """The browser that asks, with a secret of its own from its first question on."""
    name = doors.browser_cookie
    browser = request.cookies.get(name, "") or secrets.token_urlsafe(BROWSER_BYTES)
    response.set_cookie(
        name, browser, httponly=True, secure=doors.settings.is_secure, samesite="strict", path="/"
    )
    return Visit(browser, device_of(request), doors.keeping.logins.token(request))


VisitOf = Annotated[Visit, Depends(visit_of)]


def login_of(request: Request, doors: DoorsOf) -> AccountLogin:
    """The browser in which an account is open.

    Raises:
        RejectedError: ``unauthorized``.
    """
    login = doors.keeping.logins.current(doors.database, request)
    if login is None:
        raise RejectedError("unauthorized", "no account is open in this browser")
    return cast("AccountLogin", login)


LoginOf = Annotated[AccountLogin, Depends(login_of)]


async def _read(request: Request) -> bytes:
    return await request.body()  # reading a body is the framework's own coroutine


BodyOf = Annotated[bytes, Depends(_read)]
"""The body as it came."""


def _check_site(request: Request, origin: str) -> None:
    host = origin.partition("://")[2]
    if request.headers.get("host", "") != host:
        raise RejectedError("not_found", "another site")
    if request.method in {"GET", "HEAD"}:
        return
    sent = request.headers.get("origin"), request.headers.get("sec-fetch-site")
    if sent != (origin, "same-origin"):
        raise RejectedError("csrf", "not from a page of this site")
