"""Ask someone, wait, and read the verdict; only the browser that asked sees it."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData

from credentials.errors import RejectedError
from schemas import catalog
from schemas.declarations import lists
from service.forms import CheckedForm, text_field
from service.pages import language_of
from service.qr import MAX_QR_BYTES
from verifier import request_objects, requests, responses, sessions
from verifier.confirmations import confirmation_of
from verifier.page_views import FIRST
from verifier.pages import browser, firms
from verifier.pages.opening import render_opening
from verifier.pages.results import as_extract, as_file, render_verdict, vacancy_of
from verifier.pages.start import chosen_vacancy, pages_of
from verifier.ports import Ports, PortsOf
from verifier.questions import Question
from verifier.requests import State
from verifier.tables import RequestRow
from verifier.vacancy_questions import VACANCY, vacancy_question
from verifier.verdicts import Report
from verifier.views import is_card
from verifier.waiting import waiting

router = APIRouter()

CHECK_SECONDS = 60
"""A check that takes longer than this was broken off; the page then offers a new request."""


@router.post("/requests")
def ask(request: Request, form: CheckedForm, ports: PortsOf) -> Response:
    """Make a request bound to this browser and show it; a vacancy is held beside its answer."""
    at, vacancy = ports.clock(), chosen_vacancy(form)
    secret = browser.met(request, ports)
    firm = browser.firm_of(request, ports)
    question = firms.question_of(_question(form, ports, secret, vacancy, at=at), firm)
    with ports.database.transaction() as session:
        row = requests.ask(
            session,
            question,
            at=at,
            entropy=ports.entropy,
            asker=ports.asker,
            language=language_of(request),
            browser=secret,
            vacancy=vacancy,
            organisation_id=None if firm is None else firm.id,
        )
    against = f"?vacancy={vacancy}" if vacancy else ""
    response = RedirectResponse(f"/requests/{row.id}{against}", 303)
    browser.keep(response, ports, secret)
    return response


@router.get("/requests/{request_id}")
def show(request: Request, request_id: str, ports: PortsOf) -> Response:
    """The code to scan, then the verdict; only for the browser that asked."""
    at = ports.clock()
    row = _own(request, request_id, ports)
    reports = responses.reports_of(ports, row, at=at)
    if reports and not sessions.is_opened(row):
        return _opening(request, ports, row)
    if reports:
        return render_verdict(
            request,
            reports,
            address=f"/requests/{row.id}",
            query=request_objects.query_of(row),
            preset=_again(row),
            declared=request_objects.declared_of(row),
        )
    state = requests.state_of(row, at=at)
    stuck = row.answered_at is not None and at.timestamp() - row.answered_at > CHECK_SECONDS
    if state is State.EXPIRED or stuck:
        return pages_of(request).render(
            request, "expired.html", preset=_again(row), stuck=stuck, vacancy=vacancy_of(request)
        )
    return _waiting(request, ports, row, state)


@router.get("/requests/{request_id}/verdict.pdf")
def paper(request: Request, request_id: str, ports: PortsOf) -> Response:
    """The verdict as one page for the file.

    Raises:
        RejectedError: ``result_gone``: there is no verdict; ``match_needed``.
    """
    row, reports = _opened(request, request_id, ports)
    return as_file(request, reports, ports, query=request_objects.query_of(row))


@router.get("/requests/{request_id}/extract/{kind}")
def extract(request: Request, request_id: str, kind: str, ports: PortsOf) -> Response:
    """What a firm may put in its file, for the purpose and the time that were declared.

    Raises:
        RejectedError: as ``paper``; ``not_found``: no such kind of file.
    """
    row, reports = _opened(request, request_id, ports)
    return as_extract(request, reports, kind, request_objects.declared_of(row))


@router.get("/back/{reference}")
def back(
    request: Request,
    reference: str,
    response_code: Annotated[str, Query(max_length=100)],
    ports: PortsOf,
) -> Response:
    """Where the passport sends a person afterwards; another browser than asked sees nothing."""
    with ports.database.transaction() as session:
        row = requests.find_by_reference(session, reference)
        secret = browser.known(request, ports)
        if not requests.same_secret(secret, row.session_hash):
            digits = sessions.digits_for(row, response_code)
            return pages_of(request).render(request, "elsewhere.html", digits=digits)
        sessions.come_back(session, row, code=response_code, browser=secret, at=ports.clock())
    return RedirectResponse(f"/requests/{row.id}", 303)


@router.get("/r/{reference}")
def short_link(reference: str, ports: PortsOf) -> Response:
    """The same link in fewer characters, for a code that cameras can read."""
    with ports.database.reading() as session:
        row = requests.find_by_reference(session, reference)
    return RedirectResponse(ports.asker.link(row.reference, row.client_id), 303)


def _own(request: Request, request_id: str, ports: Ports) -> RequestRow:
    """The request, for the browser that made it.

    Raises:
        RejectedError: ``not_found``, ``session_mismatch``.
    """
    with ports.database.reading() as session:
        row = requests.find(session, request_id)
    sessions.require_browser(row, browser.known(request, ports))
    return row


def _opened(
    request: Request, request_id: str, ports: Ports
) -> tuple[RequestRow, tuple[Report, ...]]:
    """The request with its verdict, once the browser that asked may read it."""
    row = _own(request, request_id, ports)
    sessions.require_opened(row)
    reports = responses.reports_of(ports, row, at=ports.clock())
    if not reports:
        raise RejectedError("result_gone", "no verdict yet")
    return row, reports


def _question(
    form: FormData, ports: Ports, secret: str, vacancy: str, *, at: datetime
) -> str | Question:
    """A preset by its name, what a vacancy needs, or once more what a deelkaart showed.

    Raises:
        RejectedError: ``result_gone``, ``confirmation_impossible``.
    """
    brought = text_field(form, "result", maximum=60)
    if not brought:
        preset = text_field(form, "preset", maximum=60)
        if preset not in {"", VACANCY}:
            return preset
        return vacancy_question(vacancy) if vacancy else FIRST
    found = ports.results.find(brought, browser=secret, at=at)
    card = next((report for report in found.reports if is_card(report)), found.reports[0])
    return confirmation_of(card, declared=lists().usual)


def _again(row: RequestRow) -> str:
    """The question to ask once more; one that was made for a single deelkaart cannot be."""
    return row.preset if row.preset in {VACANCY, *catalog.query_names()} else FIRST


def _opening(request: Request, ports: Ports, row: RequestRow) -> Response:
    """The page that asks for the digits; it opens by itself where the answer came from here."""
    page = render_opening(request, row)

    def changed() -> bool:
        """Whether the result was opened meanwhile."""
        with ports.database.reading() as session:
            return sessions.is_opened(requests.find(session, row.id))

    return waiting(request, page, changed=changed, stopping=request.app.state.stopping)


def _waiting(request: Request, ports: Ports, row: RequestRow, state: State) -> Response:
    link = ports.asker.link(row.reference, row.client_id)
    short = f"{ports.settings.public_url}/r/{row.reference}"
    page = pages_of(request).render(
        request,
        "request.html",
        preset=row.preset,
        state=state.value,
        link=link,
        kiosk=ports.asker.kiosk_link(row.reference, row.client_id),
        short=short,
        code=link if len(link.encode()) <= MAX_QR_BYTES else short,
        local=ports.settings.is_local,
        firm=row.firm_name,
    )

    def changed() -> bool:
        """Whether the page would look otherwise by now."""
        at = ports.clock()
        with ports.database.reading() as session:
            now = requests.find(session, row.id)
        if requests.state_of(now, at=at) is not state:
            return True
        return bool(responses.reports_of(ports, now, at=at))

    return waiting(request, page, changed=changed, stopping=request.app.state.stopping)
