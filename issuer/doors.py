"""Who stands before a handler: an organisation by its address, or a member by their cookie."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import Depends, HTTPException, Request

from issuer.installation import Installation
from issuer.members import SignedIn, member_by_id
from issuer.ports import Ports
from issuer.programs import Caller, caller
from issuer.tables import MemberChallenge, MemberLogin, MemberPasskey
from service.logins import Logins
from service.passkeys import Passkeys, party_of
from service.programs import shown_key

SIGN_IN = "/sign-in"
"""Where whoever is not signed in is sent."""


def installation_of(request: Request) -> Installation:
    """The one installation behind all organisations."""
    found: Installation = request.app.state.installation
    return found


InstallationOf = Annotated[Installation, Depends(installation_of)]


def ports_of(request: Request) -> Ports:
    """The organisation that the address names: ``/o/{slug}``, else the first.

    Raises:
        RejectedError: ``not_found``.
    """
    return installation_of(request).ports_at(request.path_params.get("slug", ""))


PortsOf = Annotated[Ports, Depends(ports_of)]
"""For what wallets and other machines call."""


def caller_of(request: Request, installation: InstallationOf) -> Caller:
    """The program that calls, by the key in its ``Authorization`` header.

    Raises:
        RejectedError: ``unauthorized``.
    """
    return caller(installation, shown_key(request), operator_key=request.app.state.api_key)


CallerOf = Annotated[Caller, Depends(caller_of)]
"""For ``/api``; a handler calls ``caller.require(Scope...)`` first."""


def logins_of(installation: Installation) -> Logins:
    """The browsers in which members are signed in."""
    return Logins(
        MemberLogin,
        name="office",
        clock=installation.clock,
        secure=installation.settings.is_secure,
        entropy=installation.entropy,
    )


def passkeys_of(installation: Installation) -> Passkeys:
    """The passkeys of all members."""
    return Passkeys(
        party_of(installation.settings, "skillspass"),
        MemberPasskey,
        MemberChallenge,
        clock=installation.clock,
        entropy=installation.entropy,
    )


def member_of(request: Request, installation: InstallationOf) -> SignedIn:
    """The signed-in member; who is not signed in is sent to do so, and comes back.

    Raises:
        HTTPException: 303 to the sign-in page.
    """
    login = logins_of(installation).current(installation.database, request)
    found = member_by_id(installation, login.owner_id) if login is not None else None
    if found is None:
        here = request.url.path if request.method == "GET" else "/"
        query = f"?{request.url.query}" if request.method == "GET" and request.url.query else ""
        where = f"{SIGN_IN}?{urlencode({'next': here + query})}"
        raise HTTPException(303, headers={"Location": where})
    return found


MemberOf = Annotated[SignedIn, Depends(member_of)]
"""For pages; a handler that changes something calls ``member.require(Duty...)`` first."""
