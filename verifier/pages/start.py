"""The first page: four ways in, and the check of what somebody brings."""

import re
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData, UploadFile

from credentials.errors import RejectedError
from credentials.limits import MAX_TOKEN_BYTES
from credentials.share_card import parse_link
from schemas import catalog
from service.certificate_files import locator
from service.forms import CheckedForm, text_field
from service.pages import Pages, language_of
from service.rates import limited
from verifier import checking, scanner, share_links
from verifier.match_views import choices, is_known
from verifier.page_views import FIRST
from verifier.pages import browser
from verifier.ports import Ports, PortsOf
from verifier.uploads import MAX_UPLOAD_BYTES, is_link, proof_in
from verifier.verdicts import Report

router = APIRouter()

_PAPER = re.compile(r"[A-Za-z0-9_-]{22}")  # as service.certificate_files.locator writes it
_CODE = re.compile(r"[0-9]{4}")


@router.get("/")
def start(
    request: Request, ports: PortsOf, ask: Annotated[str, Query(max_length=60)] = ""
) -> Response:
    """Ask someone, or check a proof that you have; ``ask`` puts one question on top."""
    return _start(request, ports, first=ask)


@router.get(scanner.ADDRESS)
def reader() -> Response:
    """The script with which the camera's picture is read, where a browser cannot do so itself.

    Raises:
        RejectedError: ``not_found``: it was not built.
    """
    script = scanner.reader_script()
    if not script:
        raise RejectedError("not_found", "make web builds it")
    kept = {"Cache-Control": "public, max-age=31536000, immutable"}
    return Response(script, media_type="text/javascript", headers=kept)


@router.get("/check")
def check_paper(request: Request, paper: Annotated[str, Query(max_length=100)] = "") -> Response:
    """Where the code on a paper certificate leads: choose its file."""
    if not _PAPER.fullmatch(paper):
        return RedirectResponse("/", 303)
    return pages_of(request).render(request, "paper.html", paper=paper, empty=False)


@router.post("/check", dependencies=[Depends(limited("share"))])
def check(request: Request, form: CheckedForm, ports: PortsOf) -> Response:
    """Check a deelkaart, or a pasted or uploaded proof; the verdict is kept for half an hour."""
    proof, paper = _proof(form), text_field(form, "paper", maximum=100)
    if not proof:
        if _PAPER.fullmatch(paper):
            return pages_of(request).render(
                request, "paper.html", status=400, paper=paper, empty=True
            )
        return _start(request, ports, empty=True)
    at = ports.clock()
    if is_link(proof):
        typed = text_field(form, "code", maximum=10)
        link = parse_link(proof)
        if link.coded and not _CODE.fullmatch(typed):
            return _ask_code(request, form, proof, wrong=bool(typed))
        reports = share_links.open_and_check(
            ports, link, code=typed if link.coded else None, around=ports.around(at), at=at
        )
    else:
        around = ports.around(at)
        reports = (checking.check_loose(proof, around=around, at=at),)
    if paper:
        _check_same(paper, reports[0])
    for report in reports:
        checking.note_status_dates(report, ports.documents.note_issued_at)
    return _show(request, form, ports, reports)


def pages_of(request: Request) -> Pages:
    """The templates of the running service."""
    pages: Pages = request.app.state.pages
    return pages


def chosen_vacancy(form: FormData) -> str:
    """The vacancy or job that somebody chose; empty for none.

    Raises:
        RejectedError: ``vacancy_unknown``.
    """
    chosen = text_field(form, "vacancy", maximum=60)
    if chosen and not is_known(chosen):
        raise RejectedError("vacancy_unknown", "no vacancy or job of that id")
    return chosen


def _show(request: Request, form: FormData, ports: Ports, reports: tuple[Report, ...]) -> Response:
    secret, vacancy = browser.met(request, ports), chosen_vacancy(form)
    kept = ports.results.keep(reports, browser=secret, at=ports.clock())
    against = f"?vacancy={vacancy}" if vacancy else ""
    response = RedirectResponse(f"/results/{kept.id}{against}", 303)
    browser.keep(response, ports, secret)
    return response


def _ask_code(request: Request, form: FormData, link: str, *, wrong: bool) -> Response:
    """The spoken code is asked before anything is opened: a try counts."""
    return pages_of(request).render(
        request,
        "code.html",
        status=400 if wrong else 200,
        link=link,
        vacancy=chosen_vacancy(form),
        wrong=wrong,
    )


def _check_same(paper: str, report: Report) -> None:
    """The file is that of the paper whose code was scanned, where it says which it is.

    Raises:
        RejectedError: ``paper_other``.
    """
    verified = report.verdict.verified
    found = None if verified is None else verified.credential.credential_id
    if found is not None and locator(found) != paper:
        raise RejectedError("paper_other", "the file is another one than the code says")


def _start(request: Request, ports: Ports, *, empty: bool = False, first: str = "") -> Response:
    firm = browser.firm_of(request, ports)
    vacancies, jobs = choices(language_of(request))
    top = first if first in catalog.query_names() else FIRST
    page = pages_of(request).render(
        request,
        "start.html",
        status=400 if empty else 200,
        reader=scanner.reader_address(),
        firm=firm,
        presets=sorted(catalog.query_names(), key=lambda name: (name != top, name)),
        chosen=top if first else "",
        vacancies=vacancies,
        jobs=jobs,
        empty=empty,
    )
    page.headers["Content-Security-Policy"] = scanner.POLICY
    page.headers["Permissions-Policy"] = scanner.PERMISSIONS
    return page


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
