"""The verdict on what somebody brought: the page, and the same as a file."""

from collections.abc import Sequence

from fastapi import APIRouter, Request, Response

from service.pages import language_of
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
    return render_verdict(
        request, found.reports, address=f"/results/{found.id}", live=False, result=found.id
    )


@router.get("/results/{result_id}/verdict.pdf")
def paper(request: Request, result_id: str, ports: PortsOf) -> Response:
    """The same as one page for the file."""
    secret = browser.known(request, ports)
    found = ports.results.find(result_id, browser=secret, at=ports.clock())
    return as_file(request, found.reports, ports, live=False)


def as_file(request: Request, reports: Sequence[Report], ports: Ports, *, live: bool) -> Response:
    """The verdict as PDF, beside the vacancy that the address names."""
    octets = verdict_pdf(
        reports,
        language_of(request),
        vacancy=vacancy_of(request),
        live=live,
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
    live: bool,
    preset: str | None = None,
    result: str = "",
) -> Response:
    """Answer with the page of a verdict.

    Args:
        request: names the language and the vacancy.
        reports: what came together, not empty.
        address: of this page, without its query.
        live: it answered a question of ours.
        preset: that question.
        result: id of what was brought; empty where it answered a question.
    """
    language, vacancy = language_of(request), vacancy_of(request)
    vacancies, jobs = choices(language)
    return pages_of(request).render(
        request,
        "verdict.html",
        view=page_view(reports, language),
        match=match_view(reports, vacancy, language, skills_alone=live),
        preset=preset,
        address=address,
        vacancy=vacancy,
        vacancies=vacancies,
        jobs=jobs,
        live=live,
        result=result if any(is_card(report) for report in reports) else "",
        readable=any(report.credential is not None for report in reports),
    )
