"""Signing in and out; in a trial with one click, and the page says so."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from credentials.errors import RejectedError
from issuer.demo_office import demo_members
from issuer.doors import SIGN_IN, InstallationOf, cookie_name, keep_login
from issuer.members import end_login, start_login
from issuer.pages.frame import PagesOf
from issuer.tables import Member
from service.forms import CheckedForm, text_field

router = APIRouter()


def own_path(wish: str) -> str:
    """A path on this service to go back to; anything else becomes the first page."""
    is_path = wish.startswith("/") and not wish.startswith(("//", "/\\")) and wish.isprintable()
    return wish if is_path else "/"


@router.get(SIGN_IN, response_class=HTMLResponse)
def ask(
    request: Request,
    installation: InstallationOf,
    pages: PagesOf,
    next: str = "/",  # noqa: A002 - the name in the address
) -> HTMLResponse:
    """The ways in."""
    people = demo_members(installation) if installation.settings.demo else []
    return pages.render(request, "sign_in.html", people=people, back_to=own_path(next))


@router.post("/sign-in/demo")
def enter_demo(posted: CheckedForm, installation: InstallationOf) -> Response:
    """One click, in a trial alone."""
    if not installation.settings.demo:
        raise RejectedError("not_found", "no trial")
    wanted = text_field(posted, "member")
    if wanted not in {one.id for one in demo_members(installation)}:
        raise RejectedError("not_found", "no such member of the trial")
    with installation.database.transaction() as session:
        row = session.get_one(Member, wanted)
        token = start_login(session, row, installation=installation)
    response = RedirectResponse(own_path(text_field(posted, "next")), status_code=303)
    keep_login(response, token, installation)
    return response


@router.post("/sign-out")
def leave(request: Request, posted: CheckedForm, installation: InstallationOf) -> Response:
    """Sign out this browser."""
    del posted  # checked; it has no other field
    with installation.database.transaction() as session:
        end_login(session, request.cookies.get(cookie_name(installation), ""))
    response = RedirectResponse(SIGN_IN, status_code=303)
    response.delete_cookie(cookie_name(installation), path="/")
    return response
