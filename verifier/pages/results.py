"""The verdict on what somebody brought: the page, and the same as a file."""

from collections.abc import Sequence

from fastapi import APIRouter, Request, Response

from credentials.encoding import JsonObject
from schemas.declarations import Declared
from service.pages import language_of
from verifier.dossier import dossier_view, extract_of, format_of
from verifier.match_views import choices, is_known, match_view
from verifier.page_views import page_view
from verifier.pages import browser
from verifier.pages.start import pages_of
from verifier.ports import Ports, PortsOf
from verifier.verdict_paper import reference, verdict_pdf
from verifier.verdicts import Report
from verifier.views import is_card

router = APIRouter()


@router.get("/results/{result_id}")
def show(request: Request, result_id: str, ports: PortsOf) -> Response:
    """One verdict, for the browser that asked; another vacancy may be held beside it."""
    secret = browser.known(request, ports)
    found = ports.results.find(result_id, browser=secret, at=ports.clock())
    return render_verdict(request, found.reports, address=f"/results/{found.id}", result=found.id)


@router.get("/results/{result_id}/verdict.pdf")
def paper(request: Request, result_id: str, ports: PortsOf) -> Response:
    """The same as one page for the file."""
    secret = browser.known(request, ports)
    found = ports.results.find(result_id, browser=secret, at=ports.clock())
    return as_file(request, found.reports, ports)


@router.get("/results/{result_id}/extract/{kind}")
def extract(request: Request, result_id: str, kind: str, ports: PortsOf) -> Response:
    """What a firm may put in its file, as another program reads it."""
    secret = browser.known(request, ports)
    found = ports.results.find(result_id, browser=secret, at=ports.clock())
    return as_extract(request, found.reports, kind)


def as_extract(
    request: Request, reports: Sequence[Report], kind: str, declared: Declared | None = None
) -> Response:
    """The verified extract as a file; kept nowhere.

    Args:
        request: names the language.
        reports: what came together, not empty.
        kind: one of ``dossier.KINDS``.
        declared: what the person was told; None where nobody was asked.
    """
    chosen, made = format_of(kind), extract_of(reports, declared)
    headers = {
        "Content-Disposition": f'attachment; filename="{made.name}{chosen.ending}"',
        "Cache-Control": "no-store",
    }
    octets = chosen.write(made, language_of(request))
    return Response(octets, media_type=chosen.media_type, headers=headers)


def as_file(
    request: Request, reports: Sequence[Report], ports: Ports, *, query: JsonObject | None = None
) -> Response:
    """The verdict as PDF, beside the vacancy that the address names; ``query`` as below."""
    octets = verdict_pdf(
        reports,
        language_of(request),
        vacancy=vacancy_of(request),
        query=query,
        sample=ports.settings.demo,
    )
    name = f"skillspass-{reference(reports)}.pdf"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "no-store",
    }
    return Response(octets, media_type="application/pdf", headers=headers)


def vacancy_of(request: Request) -> str:
    """The vacancy or job that the address names; empty for none, or one that is not known."""
    asked = request.query_params.get("vacancy", "")
    return asked if is_known(asked) else ""


def render_verdict(
    request: Request,
    reports: Sequence[Report],
    *,
    address: str,
    query: JsonObject | None = None,
    preset: str | None = None,
    result: str = "",
    declared: Declared | None = None,
) -> Response:
    """Answer with the page of a verdict.

    Args:
        request: names the language and the vacancy.
        reports: what came together, not empty.
        address: of this page, without its query.
        query: the question of ours that it answered; None where it was brought.
        preset: the name of that question.
        result: id of what was brought; empty where it answered a question.
        declared: what the person was told; None where nobody was asked.
    """
    language, vacancy = language_of(request), vacancy_of(request)
    vacancies, jobs = choices(language)
    return pages_of(request).render(
        request,
        "verdict.html",
        view=page_view(reports, language),
        match=match_view(reports, vacancy, language, query=query),
        preset=preset,
        address=address,
        vacancy=vacancy,
        vacancies=vacancies,
        jobs=jobs,
        live=query is not None,
        result=result if any(is_card(report) for report in reports) else "",
        dossier=dossier_view(reports, declared, language),
        readable=any(report.credential is not None for report in reports),
    )
