"""What an organisation sets for itself: when a second person looks, its own website."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from issuer.audit import record
from issuer.doors import MemberOf
from issuer.installation import change_organisation
from issuer.pages.frame import PagesOf, frame
from issuer.tables import Duty, StatusHosting
from service.forms import CheckedForm, text_field

router = APIRouter()


@router.get("/settings", response_class=HTMLResponse)
def show(request: Request, member: MemberOf, pages: PagesOf) -> HTMLResponse:
    """The settings as they are."""
    return pages.render(
        request,
        "settings.html",
        identity=member.ports.identity,
        hostings=list(StatusHosting),
        **frame(request, member, tab="organisation"),
    )


@router.post("/settings")
def keep(posted: CheckedForm, member: MemberOf) -> Response:
    """Keep other settings."""
    member.require(Duty.ADMIN)
    ports = member.ports
    with ports.database.transaction() as session:
        change_organisation(
            session,
            ports.organisation_id,
            bulk_limit=text_field(posted, "bulk_limit"),
            domain=text_field(posted, "domain"),
            status_hosting=text_field(posted, "status_hosting"),
        )
        record(session, ports, "organisation_changed", about=ports.organisation_id, actor=member.id)
    return RedirectResponse("/settings", status_code=303)
