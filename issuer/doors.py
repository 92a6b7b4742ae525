"""Who stands before a handler: an organisation by its address, or a member by their cookie."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import Depends, HTTPException, Request, Response

from issuer.installation import Installation
from issuer.members import LONGEST, SignedIn, signed_in
from issuer.ports import Ports

SIGN_IN = "/sign-in"
"""Where whoever is not signed in is sent."""


def installation_of(request: Request) -> Installation:
    """The one installation behind all organisations."""
    found: Installation = request.app.state.installation
    return found


InstallationOf = Annotated[Installation, Depends(installation_of)]


def ports_of(request: Request, installation: InstallationOf) -> Ports:
    """The organisation that the address names: ``/o/{slug}``, else the first.

    Raises:
        RejectedError: ``not_found``.
    """
    return installation.ports_at(request.path_params.get("slug", ""))


PortsOf = Annotated[Ports, Depends(ports_of)]
"""For what wallets and other machines call."""


def cookie_name(installation: Installation) -> str:
    """The cookie's name; with the prefix no other host can plant it."""
    return "__Host-office" if installation.settings.is_secure else "office"


def keep_login(response: Response, token: str, installation: Installation) -> None:
    """Send the cookie of a member who signed in."""
    response.set_cookie(
        cookie_name(installation),
        token,
        max_age=int(LONGEST.total_seconds()),
        httponly=True,
        secure=installation.settings.is_secure,
        samesite="lax",
        path="/",
    )


def member_of(request: Request, installation: InstallationOf) -> SignedIn:
    """The signed-in member; who is not signed in is sent to do so, and comes back.

    Raises:
        HTTPException: 303 to the sign-in page.
    """
    token = request.cookies.get(cookie_name(installation), "")
    found = signed_in(installation, token) if token else None
    if found is None:
        here = request.url.path if request.method == "GET" else "/"
        query = f"?{request.url.query}" if request.method == "GET" and request.url.query else ""
        where = f"{SIGN_IN}?{urlencode({'next': here + query})}"
        raise HTTPException(303, headers={"Location": where})
    return found


MemberOf = Annotated[SignedIn, Depends(member_of)]
"""For pages; a handler that changes something calls ``member.require(Duty...)`` first."""
