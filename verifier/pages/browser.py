"""The browser that asked: results and requests are shown to it alone, by a cookie of its own."""

from fastapi import Request, Response

from verifier import requests
from verifier.ports import Ports

_LIFE = 24 * 3600


def known(request: Request, ports: Ports) -> str | None:
    """The secret of this browser, where it has one."""
    return request.cookies.get(_name(ports))


def met(request: Request, ports: Ports) -> str:
    """The secret of this browser; a fresh one at its first question."""
    return known(request, ports) or requests.token(ports.entropy)


def keep(response: Response, ports: Ports, secret: str) -> None:
    """Let the browser send its secret along from now on."""
    response.set_cookie(
        _name(ports),
        secret,
        max_age=_LIFE,
        httponly=True,
        secure=ports.settings.is_secure,
        samesite="lax",
    )


def _name(ports: Ports) -> str:
    return "__Host-asker" if ports.settings.is_secure else "asker"
