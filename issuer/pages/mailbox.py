"""The mailbox of a trial: what people would have got by mail."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from credentials.errors import RejectedError
from issuer.doors import MemberOf
from issuer.pages.frame import PagesOf, frame
from service.mail import open_post
from service.mailbox import Mailbox

router = APIRouter()


@router.get("/mailbox", response_class=HTMLResponse)
def mailbox(request: Request, member: MemberOf, pages: PagesOf) -> HTMLResponse:
    """Every letter of this organisation, the newest first.

    Raises:
        RejectedError: ``not_found`` where letters really go out.
    """
    post = open_post(member.ports.settings)
    if not isinstance(post, Mailbox):
        raise RejectedError("not_found", "letters go out by mail")
    return pages.render(
        request,
        "mailbox.html",
        letters=[one for one in post.letters() if one.sender == member.ports.identity.name],
        **frame(request, member, tab="organisation"),
    )
