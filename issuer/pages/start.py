"""The first screen of the office: what can be given, and what was given last."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from issuer import overview
from issuer.doors import MemberOf
from issuer.pages.frame import PagesOf, frame

MAX_RECENT = 6
"""Offers beside the templates: what was made this lesson."""

router = APIRouter()


@router.get("/", response_class=HTMLResponse)
def start(request: Request, member: MemberOf, pages: PagesOf) -> HTMLResponse:
    """All templates, and what was made last."""
    ports = member.ports
    with ports.database.reading() as session:
        rows = overview.standings(session, ports=ports, at=ports.clock())
    return pages.render(
        request,
        "start.html",
        templates=list(ports.templates.values()),
        recent=rows[:MAX_RECENT],
        total=len(rows),
        **frame(request, member, tab="start"),
    )
