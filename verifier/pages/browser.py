"""The browser that asked: results and requests are shown to it alone, by a cookie of its own.

And the firm that is signed in in it, by another.
"""

from fastapi import Request, Response

from service.logins import Logins
from verifier import organisations, requests
from verifier.ports import Ports
from verifier.tables import Organisation, OrganisationLogin

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


def logins_of(ports: Ports) -> Logins:
    """The browsers in which firms are signed in."""
    secure = ports.settings.is_secure
    return Logins(OrganisationLogin, "firm", ports.clock, secure, ports.entropy)


def firm_of(request: Request, ports: Ports) -> Organisation | None:
    """The firm that is signed in in this browser; None for who has no account."""
    login = logins_of(ports).current(ports.database, request)
    if login is None:
        return None
    with ports.database.reading() as session:
        return organisations.find(session, login.owner_id)
