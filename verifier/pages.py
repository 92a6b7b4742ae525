"""The recruiter's screens: ask, wait, read the verdict; no account, no script (house rule 23)."""

import re
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData, UploadFile

from credentials.errors import RejectedError
from credentials.limits import MAX_TOKEN_BYTES
from credentials.verification import Policy
from schemas import catalog
from service.certificate_files import locator
from service.forms import CheckedForm, text_field
from service.pages import Pages, language_of
from service.qr import MAX_QR_BYTES
from verifier import checking, requests, responses
from verifier.ports import Ports, PortsOf
from verifier.requests import State
from verifier.tables import RequestRow
from verifier.uploads import MAX_UPLOAD_BYTES, proof_in
from verifier.verdicts import Report
from verifier.views import view
from verifier.waiting import waiting

router = APIRouter()

CHECK_SECONDS = 60
"""A check that takes longer than this was broken off; the page then offers a new request."""

_PAPER = re.compile(r"[A-Za-z0-9_-]{22}")  # as service.certificate_files.locator writes it
_COOKIE_LIFE = 24 * 3600
_FIRST = "skills"
"""The question most people come for stands on top."""


@router.get("/")
def start(request: Request) -> Response:
    """Ask someone, or check a proof that you have."""
    return _start(request)


@router.post("/requests")
def ask(request: Request, form: CheckedForm, ports: PortsOf) -> Response:
    """Make a request bound to this browser and show it."""
    at = ports.clock()
    browser = request.cookies.get(_cookie(ports)) or requests.token(ports.entropy)
    with ports.database.transaction() as session:
        row = requests.ask(
            session,
            text_field(form, "preset", maximum=60),
            at=at,
            entropy=ports.entropy,
            language=language_of(request),
            browser=browser,
        )
    response = RedirectResponse(f"/requests/{row.id}", 303)
    response.set_cookie(
        _cookie(ports),
        browser,
        max_age=_COOKIE_LIFE,
        httponly=True,
        secure=ports.settings.is_secure,
        samesite="lax",
    )
    return response


@router.get("/requests/{request_id}")
def show(request: Request, request_id: str, ports: PortsOf) -> Response:
    """The code to scan, then the verdict; only for the browser that asked."""
    at = ports.clock()
    with ports.database.reading() as session:
        row = requests.find(session, request_id)
    if not requests.same_secret(request.cookies.get(_cookie(ports)), row.session_hash):
        raise RejectedError("session_mismatch", "another browser asked")
    report = responses.report_of(ports, row, at=at)
    if report is not None:
        return _verdict(request, report, preset=row.preset)
    state = requests.state_of(row, at=at)
    stuck = row.answered_at is not None and at.timestamp() - row.answered_at > CHECK_SECONDS
    if state is State.EXPIRED or stuck:
        return _pages(request).render(request, "expired.html", preset=row.preset, stuck=stuck)
    return _waiting(request, ports, row, state)


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
        browser = request.cookies.get(_cookie(ports))
        if not requests.same_secret(browser, row.session_hash):
            return _pages(request).render(request, "elsewhere.html")
        requests.come_back(session, row, code=response_code, browser=browser)
    return RedirectResponse(f"/requests/{row.id}", 303)


@router.get("/r/{reference}")
def short_link(reference: str, ports: PortsOf) -> Response:
    """The same link in fewer characters, for a code that cameras can read."""
    with ports.database.reading() as session:
        row = requests.find_by_reference(session, reference)
    return RedirectResponse(ports.asker.link(row.reference), 303)


@router.get("/check")
def check_paper(request: Request, paper: Annotated[str, Query(max_length=100)] = "") -> Response:
    """Where the code on a paper certificate leads: choose its file.

    Without a paper it is a verdict that was reloaded, and was not kept: begin again.
    """
    if not _PAPER.fullmatch(paper):
        return RedirectResponse("/", 303)
    return _pages(request).render(request, "paper.html", paper=paper, empty=False)


@router.post("/check")
def check(request: Request, form: CheckedForm, ports: PortsOf) -> Response:
    """Check a pasted or uploaded proof; nothing is kept."""
    proof, paper = _proof(form), text_field(form, "paper", maximum=100)
    if not proof:
        if _PAPER.fullmatch(paper):
            return _pages(request).render(
                request, "paper.html", status=400, paper=paper, empty=True
            )
        return _start(request, empty=True)
    at = ports.clock()
    report = checking.check_loose(proof, policy=Policy.LISTED, around=ports.around(at), at=at)
    if paper:
        _check_same(paper, report)
    return _verdict(request, report, preset=None)


def _check_same(paper: str, report: Report) -> None:
    """The file is that of the paper whose code was scanned, where it says which it is.

    Raises:
        RejectedError: ``paper_other``.
    """
    verified = report.verdict.verified
    found = None if verified is None else verified.credential.credential_id
    if found is not None and locator(found) != paper:
        raise RejectedError("paper_other", "the file is another one than the code says")


def _start(request: Request, *, empty: bool = False) -> Response:
    return _pages(request).render(
        request,
        "start.html",
        status=400 if empty else 200,
        presets=sorted(catalog.query_names(), key=lambda name: (name != _FIRST, name)),
        empty=empty,
    )


def _waiting(request: Request, ports: Ports, row: RequestRow, state: State) -> Response:
    link = ports.asker.link(row.reference)
    short = f"{ports.settings.public_url}/r/{row.reference}"
    page = _pages(request).render(
        request,
        "request.html",
        preset=row.preset,
        state=state.value,
        link=link,
        short=short,
        code=link if len(link.encode()) <= MAX_QR_BYTES else short,
        local=ports.settings.is_local,
    )

    def changed() -> bool:
        """Whether the page would look otherwise by now."""
        at = ports.clock()
        with ports.database.reading() as session:
            now = requests.find(session, row.id)
        if requests.state_of(now, at=at) is not state:
            return True
        return responses.report_of(ports, now, at=at) is not None

    return waiting(request, page, changed=changed, stopping=request.app.state.stopping)


def _verdict(request: Request, report: Report, *, preset: str | None) -> Response:
    shown = view(report, language_of(request))
    return _pages(request).render(request, "verdict.html", view=shown, preset=preset)


def _proof(form: FormData) -> str:
    """The pasted text, else the text of the file.

    Raises:
        RejectedError: ``field_too_long``.
        CredentialError: as ``proof_in``.
    """
    pasted = text_field(form, "proof", maximum=MAX_TOKEN_BYTES)
    upload = form.get("file")
    if pasted or not isinstance(upload, UploadFile):
        return pasted
    return proof_in(upload.file.read(MAX_UPLOAD_BYTES + 1))


def _pages(request: Request) -> Pages:
    pages: Pages = request.app.state.pages
    return pages


def _cookie(ports: Ports) -> str:
    return "__Host-asker" if ports.settings.is_secure else "asker"
