"""Open a result that another device answered: type the four digits that the holder reads aloud."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from service.forms import CheckedForm, text_field
from verifier import requests, sessions
from verifier.pages import browser
from verifier.pages.start import pages_of
from verifier.ports import PortsOf
from verifier.tables import RequestRow

router = APIRouter()


@router.post("/requests/{request_id}/open")
def open_result(request: Request, request_id: str, form: CheckedForm, ports: PortsOf) -> Response:
    """Try four digits; each wrong try counts."""
    digits = text_field(form, "digits", maximum=20)
    with ports.database.transaction() as session:
        row = requests.find(session, request_id)
        right = sessions.open_by_digits(
            session, row, digits=digits, browser=browser.known(request, ports), at=ports.clock()
        )
        session.refresh(row)
    if right:
        return RedirectResponse(f"/requests/{request_id}", 303)
    return render_opening(request, row, wrong=True)


def render_opening(request: Request, row: RequestRow, *, wrong: bool = False) -> HTMLResponse:
    """The page that asks for the digits.

    Raises:
        RejectedError: ``match_closed``.
    """
    left = sessions.tries_left(row)
    if not left:
        sessions.require_opened(row)
    return pages_of(request).render(
        request, "match.html", status=400 if wrong else 200, id=row.id, wrong=wrong, left=left
    )
