"""How many proofs were given: counts for administrators, where somebody chose to have them."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from issuer import figures
from issuer.doors import MemberOf
from issuer.pages.frame import PagesOf, frame
from issuer.tables import Duty
from service.figures import K

router = APIRouter()


@router.get("/figures", response_class=HTMLResponse)
def show(request: Request, member: MemberOf, pages: PagesOf) -> HTMLResponse:
    """The quarters that are over; nothing where figures are off."""
    member.require(Duty.ADMIN)
    ports = member.ports
    with ports.database.reading() as session:
        quarters = figures.given(session, ports=ports)
    return pages.render(
        request,
        "figures.html",
        quarters=quarters,
        least=K,
        **frame(request, member, tab="organisation"),
    )
