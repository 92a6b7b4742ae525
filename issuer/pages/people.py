"""The people of an organisation: who may do what, invitations, one's own passkeys and devices."""

import json

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.datastructures import FormData

from issuer.audit import record
from issuer.doors import InstallationOf, MemberOf, logins_of, passkeys_of
from issuer.members import (
    INVITATION_LIFE,
    SignedIn,
    add_member,
    change_member,
    find_member,
    invite,
    members,
    name_of,
)
from issuer.pages.frame import PagesOf, frame
from issuer.pages.sign_in import MAX_ANSWER, browser_of
from issuer.tables import Duty
from service.forms import CheckedForm, text_field
from service.logins import device_of
from service.passkeys import Owner

TAB = "organisation"

router = APIRouter()


@router.get("/people", response_class=HTMLResponse)
def people(request: Request, member: MemberOf, pages: PagesOf) -> HTMLResponse:
    """Everyone who works here, with what they may do."""
    return _people(request, member, pages, link=None)


def _people(
    request: Request, member: SignedIn, pages: PagesOf, *, link: str | None
) -> HTMLResponse:
    ports = member.ports
    with ports.database.reading() as session:
        rows = [(row, name_of(row, ports)) for row in members(session, ports)]
    return pages.render(
        request,
        "people.html",
        rows=rows,
        duties=list(Duty),
        link=link,
        days=INVITATION_LIFE.days,
        **frame(request, member, tab=TAB),
    )


def _duties(posted: FormData) -> list[Duty]:
    return [duty for duty in Duty if text_field(posted, f"duty.{duty}") == "yes"]


@router.post("/people")
def add(request: Request, posted: CheckedForm, member: MemberOf, pages: PagesOf) -> Response:
    """Enter a member; the page shows their invitation once."""
    member.require(Duty.ADMIN)
    ports, at = member.ports, member.ports.clock()
    with ports.database.transaction() as session:
        row = add_member(
            session, text_field(posted, "name"), duties=_duties(posted), ports=ports, at=at
        )
        token = invite(session, row, ports=ports, at=at)
        record(session, ports, "member_added", about=row.id, actor=member.id)
    return _people(request, member, pages, link=f"{ports.settings.public_url}/join/{token}")


@router.post("/people/{member_id}")
def change(
    member_id: str, request: Request, posted: CheckedForm, member: MemberOf, pages: PagesOf
) -> Response:
    """Other duties, a new invitation, or the end of somebody's work here."""
    member.require(Duty.ADMIN)
    ports, at, wish = member.ports, member.ports.clock(), text_field(posted, "do")
    with ports.database.transaction() as session:
        if wish == "invite":
            row = find_member(session, member_id, ports)
            token = invite(session, row, ports=ports, at=at)
            record(session, ports, "member_invited", about=member_id, actor=member.id)
        else:
            leaves = wish == "leave"
            kept = None if leaves else _duties(posted)
            change_member(session, member_id, duties=kept, active=not leaves, ports=ports)
            record(session, ports, "member_changed", about=member_id, actor=member.id)
    if wish == "invite":
        return _people(request, member, pages, link=f"{ports.settings.public_url}/join/{token}")
    return RedirectResponse("/people", status_code=303)


@router.get("/me", response_class=HTMLResponse)
def me(
    request: Request, member: MemberOf, installation: InstallationOf, pages: PagesOf
) -> HTMLResponse:
    """One's own passkeys, and the devices in which one is signed in."""
    passkeys, logins = passkeys_of(installation), logins_of(installation)
    with installation.database.transaction() as session:
        current = logins.find(session, logins.token(request))
        options = passkeys.begin_registration(
            session, Owner(member.id, member.name), browser=browser_of(request)
        )
        return pages.render(
            request,
            "me.html",
            scripted=True,
            options=json.dumps(options),
            passkeys=list(passkeys.of_owner(session, member.id)),
            logins=list(logins.of_owner(session, member.id)),
            current=current.id if current else "",
            **frame(request, member, tab=TAB),
        )


@router.post("/me/passkeys")
def add_passkey(
    request: Request, posted: CheckedForm, member: MemberOf, installation: InstallationOf
) -> Response:
    """Another passkey of one's own."""
    answer = text_field(posted, "answer", maximum=MAX_ANSWER)
    with installation.database.transaction() as session:
        made = passkeys_of(installation).finish_registration(
            session, answer, browser=browser_of(request)
        )
        made.label = device_of(request)
        record(session, member.ports, "passkey_added", about=member.id, actor=member.id)
    return RedirectResponse("/me", status_code=303)


@router.post("/me/passkeys/{passkey_id}/remove")
def remove_passkey(
    passkey_id: str, posted: CheckedForm, member: MemberOf, installation: InstallationOf
) -> Response:
    """Let a passkey count no longer."""
    del posted  # checked; it has no other field
    with installation.database.transaction() as session:
        passkeys_of(installation).remove(session, passkey_id, owner_id=member.id)
        record(session, member.ports, "passkey_removed", about=member.id, actor=member.id)
    return RedirectResponse("/me", status_code=303)


@router.post("/me/devices/{login_id}/end")
def end_device(
    login_id: str, posted: CheckedForm, member: MemberOf, installation: InstallationOf
) -> Response:
    """Sign out on one of one's devices."""
    del posted  # checked; it has no other field
    with installation.database.transaction() as session:
        logins_of(installation).end(session, login_id, owner_id=member.id)
    return RedirectResponse("/me", status_code=303)
