"""A firm's own screens: welders to confirm, and statements that wait for a second person."""

from datetime import date

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from credentials.errors import MalformedError, RejectedError
from issuer import confirmations, offers, statements
from issuer.confirmations import Details
from issuer.doors import MemberOf
from issuer.pages.frame import PagesOf, frame
from issuer.tables import Duty
from service.forms import CheckedForm, text_field

TAB = "confirmations"

router = APIRouter()


def _day(text: str) -> date:
    """A day as a form sends it.

    Raises:
        MalformedError: ``welder_date``.
    """
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise MalformedError("welder_date", "year-month-day is asked") from error


@router.get("/confirmations", response_class=HTMLResponse)
def due(request: Request, member: MemberOf, pages: PagesOf) -> HTMLResponse:
    """Who is due, and what waits for a second person."""
    ports, at = member.ports, member.ports.clock()
    welds = confirmations.TYPE in ports.templates
    with ports.database.reading() as session:
        rows = confirmations.welders(session, ports=ports, at=at) if welds else []
        held = [
            (hold, offer, offers.person_of(offer, ports))
            for hold, offer in statements.waiting(session, ports=ports)
        ]
    return pages.render(
        request,
        "confirmations.html",
        welds=welds,
        rows=rows,
        held=held,
        waiting_day=statements.WAITING_DAY,
        today=confirmations.today(at),
        **frame(request, member, tab=TAB),
    )


@router.post("/confirmations")
def add(posted: CheckedForm, member: MemberOf) -> Response:
    """Enter a welder."""
    member.require(Duty.ISSUER)
    ports = member.ports
    with ports.database.transaction() as session:
        confirmations.add_welder(
            session,
            Details(
                given_name=text_field(posted, "given_name"),
                family_name=text_field(posted, "family_name"),
                document_number=text_field(posted, "document_number"),
                process=text_field(posted, "process"),
                address=text_field(posted, "address"),
            ),
            last_on=_day(text_field(posted, "last_on")),
            numbers_confirmed=text_field(posted, "numbers_confirmed") == "yes",
            ports=ports,
            actor=member.id,
            at=ports.clock(),
        )
    return RedirectResponse("/confirmations", status_code=303)


@router.post("/confirmations/{welder_id}")
def confirm(welder_id: str, posted: CheckedForm, member: MemberOf) -> Response:
    """One tap: this welder has welded; or: no longer welds here."""
    member.require(Duty.ISSUER)
    ports = member.ports
    with ports.database.transaction() as session:
        if text_field(posted, "do") == "leave":
            confirmations.leave(session, welder_id, ports=ports, actor=member.id)
            return RedirectResponse("/confirmations", status_code=303)
        made = confirmations.confirm(
            session,
            welder_id,
            due_on=_day(text_field(posted, "due_on")),
            ports=ports,
            actor=member.id,
            at=ports.clock(),
        )
        mailed = offers.find(session, made.id, ports=ports).address is not None
    where = "/confirmations" if mailed else f"/made/{made.id}"
    return RedirectResponse(where, status_code=303)


@router.post("/statements/{offer_id}")
def answer(offer_id: str, posted: CheckedForm, member: MemberOf) -> Response:
    """A second person agrees with a statement, or does not."""
    member.require(Duty.APPROVER)
    ports, wish = member.ports, text_field(posted, "do")
    if wish not in {"agree", "refuse"}:
        raise RejectedError("care_unknown", "agree or refuse")
    with ports.database.transaction() as session:
        statements.answer(
            session,
            offer_id,
            agreed=wish == "agree",
            ports=ports,
            actor=member.id,
            at=ports.clock(),
        )
    return RedirectResponse("/confirmations", status_code=303)
