"""Which browser is asking: a random cookie that binds its half-finished journeys to it."""

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from service.pages import LANGUAGES
from wallet.ports import Ports

COOKIE_LIFE = 24 * 3600
"""A day: journeys themselves end sooner."""


def cookie_name(ports: Ports) -> str:
    """With the prefix no other host can plant it, where people come over https."""
    return "__Host-kiosk" if ports.settings.is_secure else "kiosk"


def browser_of(request: Request, ports: Ports) -> str | None:
    """The browser's cookie; None where it has none yet."""
    return request.cookies.get(cookie_name(ports))


def keep_browser(response: Response, browser: str, ports: Ports) -> None:
    """Give the browser its cookie."""
    response.set_cookie(
        cookie_name(ports),
        browser,
        max_age=COOKIE_LIFE,
        httponly=True,
        secure=ports.settings.is_secure,
        samesite="lax",
    )


def onward(request: Request, path: str) -> RedirectResponse:
    """Go on to another page of ours, in the language that this address asks for."""
    language = request.query_params.get("lang")
    return RedirectResponse(f"{path}?lang={language}" if language in LANGUAGES else path, 303)
