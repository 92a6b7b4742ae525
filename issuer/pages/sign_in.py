"""Signing in and out with a passkey; in a trial also with one click, and the page says so.

Passkeys need a script: the page carries the question, ``passkey.js`` asks the browser and posts
the answer with the form.
"""

import json

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from credentials.errors import RejectedError
from issuer.audit import record
from issuer.demo_office import demo_members
from issuer.doors import SIGN_IN, InstallationOf, logins_of, passkeys_of
from issuer.installation import Installation
from issuer.members import invited, member_by_id, name_of, use_invitation
from issuer.pages.frame import PagesOf
from service.forms import CheckedForm, Forms, text_field
from service.logins import device_of
from service.passkeys import Owner
from service.rates import limited

MAX_ANSWER = 20_000
"""Characters of a browser's answer: a key and a certificate of the device fit ten times."""

LIMITED = [Depends(limited("sign_in"))]
"""Each of these makes or tries a question."""

router = APIRouter()


def own_path(wish: str) -> str:
    """A path on this service to go back to; anything else becomes the first page."""
    is_path = wish.startswith("/") and not wish.startswith(("//", "/\\")) and wish.isprintable()
    return wish if is_path else "/"


def browser_of(request: Request) -> str:
    """What only this browser sends, and binds a question about a passkey to it."""
    forms: Forms = request.app.state.forms
    return forms.browser(request)


@router.get(SIGN_IN, response_class=HTMLResponse, dependencies=LIMITED)
def ask(
    request: Request,
    installation: InstallationOf,
    pages: PagesOf,
    next: str = "/",  # noqa: A002 - the name in the address
) -> HTMLResponse:
    """The ways in."""
    people = demo_members(installation) if installation.settings.demo else []
    with installation.database.transaction() as session:
        options = passkeys_of(installation).begin_use(session, browser=browser_of(request))
    return pages.render(
        request,
        "sign_in.html",
        scripted=True,
        people=people,
        options=json.dumps(options),
        back_to=own_path(next),
    )


@router.post(SIGN_IN, dependencies=LIMITED)
def enter(request: Request, posted: CheckedForm, installation: InstallationOf) -> Response:
    """Sign in with the passkey that the browser showed."""
    answer = text_field(posted, "answer", maximum=MAX_ANSWER)
    with installation.database.transaction() as session:
        row = passkeys_of(installation).finish_use(session, answer, browser=browser_of(request))
    return _let_in(request, installation, row.owner_id, text_field(posted, "next"))


@router.post("/sign-in/demo", dependencies=LIMITED)
def enter_demo(request: Request, posted: CheckedForm, installation: InstallationOf) -> Response:
    """One click, in a trial alone."""
    wanted = text_field(posted, "member")
    known = demo_members(installation) if installation.settings.demo else []
    if wanted not in {one.id for one in known}:
        raise RejectedError("not_found", "no such member of a trial")
    return _let_in(request, installation, wanted, text_field(posted, "next"))


def _let_in(
    request: Request, installation: Installation, member_id: str, wish: str
) -> RedirectResponse:
    if member_by_id(installation, member_id) is None:
        raise RejectedError("forbidden", "the member has left")
    logins = logins_of(installation)
    with installation.database.transaction() as session:
        token = logins.begin(
            session, member_id, device=device_of(request), old=logins.token(request)
        )
    response = RedirectResponse(own_path(wish), status_code=303)
    logins.keep(response, token)
    return response


@router.get("/join/{token}", response_class=HTMLResponse, dependencies=LIMITED)
def welcome(
    token: str, request: Request, installation: InstallationOf, pages: PagesOf
) -> HTMLResponse:
    """An invitation: whom it is for, and the question for their first passkey."""
    with installation.database.transaction() as session:
        row = invited(session, token, at=installation.clock())
        ports = installation.ports(row.organisation_id)
        name = name_of(row, ports)
        options = passkeys_of(installation).begin_registration(
            session, Owner(row.id, name), browser=browser_of(request)
        )
    return pages.render(
        request,
        "join.html",
        scripted=True,
        name=name,
        organisation=ports.identity.name,
        options=json.dumps(options),
        token=token,
    )


@router.post("/join/{token}", dependencies=LIMITED)
def join(
    token: str, request: Request, posted: CheckedForm, installation: InstallationOf
) -> Response:
    """Keep the passkey, end the invitation, and sign in."""
    answer = text_field(posted, "answer", maximum=MAX_ANSWER)
    with installation.database.transaction() as session:
        row = invited(session, token, at=installation.clock())
        made = passkeys_of(installation).finish_registration(
            session, answer, browser=browser_of(request)
        )
        if made.owner_id != row.id:
            raise RejectedError("passkey_refused", "made for another member")
        made.label = device_of(request)
        use_invitation(session, token)
        ports = installation.ports(row.organisation_id)
        record(session, ports, "passkey_added", about=row.id, actor=row.id)
    return _let_in(request, installation, row.id, "/")


@router.post("/sign-out")
def leave(request: Request, posted: CheckedForm, installation: InstallationOf) -> Response:
    """Sign out this browser."""
    del posted  # checked; it has no other field
    logins = logins_of(installation)
    with installation.database.transaction() as session:
        row = logins.find(session, logins.token(request))
        if row is not None:
            logins.end(session, row.id, owner_id=row.owner_id)
    response = RedirectResponse(SIGN_IN, status_code=303)
    logins.drop(response)
    return response
