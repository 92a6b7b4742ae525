"""On paper: a certificate and badge for a person without a wallet; cards and PINs for a list."""

import re
from datetime import datetime

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from credentials.encoding import compact_json
from credentials.errors import RejectedError
from issuer import claim_sheets, holds, offers, overview, paper
from issuer.claim_sheets import PAPERS
from issuer.documents.cards import MAX_CARDS, cards_pdf, pins_pdf
from issuer.doors import MemberOf
from issuer.members import SignedIn
from issuer.pages.frame import Context, PagesOf, frame, icon_of
from issuer.paper import Printed
from issuer.tables import Duty
from schemas.messages import LANGUAGES, sentence
from service.forms import CheckedForm, text_field
from service.pages import language_of

TAB = "overview"

MEDIA_TYPES = {
    "certificate.pdf": "application/pdf",
    "certificate.png": "image/png",
    "badge.json": "application/ld+json",
    "badge.png": "image/png",
    "badge.svg": "image/svg+xml",
}
"""What can be fetched of one proof on paper."""

SHOWN = frozenset({"certificate.png", "badge.svg"})
"""Those that the page itself shows; the others are saved as a file."""

router = APIRouter()


@router.get("/made/{offer_id}/paper", response_class=HTMLResponse)
def show(offer_id: str, request: Request, member: MemberOf, pages: PagesOf) -> HTMLResponse:
    """What was given on paper, or the question whether it should be."""
    member.require(Duty.ISSUER)
    ports = member.ports
    with ports.database.reading() as session:
        row = offers.find(session, offer_id, ports=ports)
        seen = overview.one_standing(session, row, ports=ports, at=ports.clock())
        made = paper.paper_of(session, offer_id, ports=ports)
        held = holds.standing_of(session, row) is not holds.Standing.OPEN
    if made is not None:
        state = "made" if made.sealed is not None else "gone"
    elif row.state not in offers.UNFETCHED or row.contents is None:
        state = "elsewhere"
    else:
        state = "held" if held else "open"
    has_badge = state == "made" and row.format == paper.WITH_BADGE
    return pages.render(
        request,
        "paper.html",
        row=seen,
        state=state,
        has_badge=has_badge,
        kept_until=None if made is None else made.made_at + offers.PAPER_KEPT,
        languages=LANGUAGES,
        **frame(request, member, tab=TAB),
    )


@router.post("/made/{offer_id}/paper")
def give(offer_id: str, posted: CheckedForm, member: MemberOf) -> Response:
    """Give the proof on paper; doing it twice changes nothing."""
    member.require(Duty.ISSUER)
    language = _language(text_field(posted, "language"))
    ports = member.ports
    paper.give(ports, offer_id, language=language, actor=member.id, at=ports.clock())
    return RedirectResponse(f"/made/{offer_id}/paper", status_code=303)


@router.get("/made/{offer_id}/paper/{name}")
def fetch(offer_id: str, name: str, member: MemberOf) -> Response:
    """One of the files of a proof on paper."""
    member.require(Duty.ISSUER)
    if name not in MEDIA_TYPES:
        raise RejectedError("not_found", "no such file")
    ports = member.ports
    with ports.database.reading() as session:
        found = paper.printed(session, offer_id, ports=ports)
    number = str(found.claims.get("document_number") or found.paper.issued_id[-8:])
    label, _, ending = name.partition(".")
    word = sentence(f"document.file_{label}", found.paper.language)
    return _file(
        _content(name, found, member),
        MEDIA_TYPES[name],
        "" if name in SHOWN else f"{word}-{number}.{ending}",
    )


def _content(name: str, found: Printed, member: SignedIn) -> bytes:
    template, ports = found.template, member.ports
    icon = template.icon or icon_of(template.type.id)
    if name == "certificate.pdf":
        return paper.as_pdf(found, ports=ports)
    if name == "certificate.png":
        return paper.as_picture(found, ports=ports)
    if name == "badge.json":
        return compact_json(paper.badge_of(found))
    if name == "badge.png":
        return paper.as_png(found, icon=icon, ports=ports)
    return paper.as_svg(found, icon=icon, ports=ports)


@router.get("/batches/{batch_id}/print", response_class=HTMLResponse)
def choose(batch_id: str, request: Request, member: MemberOf, pages: PagesOf) -> HTMLResponse:
    """The cards and the PINs of a list, each behind a button of its own."""
    member.require(Duty.ISSUER)
    ports = member.ports
    with ports.database.reading() as session:
        batch = claim_sheets.batch_of(session, batch_id, ports=ports)
        open_offers = claim_sheets.waiting(session, batch_id, ports=ports, at=ports.clock())
    context: Context = {
        "batch": batch,
        "waiting": open_offers,
        "parts_of_list": range(1, -(-batch.offers // MAX_CARDS) + 1),
        "languages": LANGUAGES,
        "papers": PAPERS,
        **frame(request, member, tab=TAB),
    }
    return pages.render(request, "paper_print.html", **context)


@router.post("/batches/{batch_id}/{what}.pdf")
def print_sheet(
    batch_id: str,
    what: str,
    request: Request,
    posted: CheckedForm,
    member: MemberOf,
) -> Response:
    """The cards of a list, or its PINs: never both in one file."""
    member.require(Duty.ISSUER)
    if what not in PAPERS:
        raise RejectedError("not_found", "no such document")
    ports, at = member.ports, member.ports.clock()
    language = _language(text_field(posted, "language") or language_of(request))
    with ports.database.transaction() as session:
        sheet = claim_sheets.claim_sheet(
            session,
            batch_id,
            language=language,
            part=_number(text_field(posted, "part")),
            ports=ports,
            at=at,
        )
        claim_sheets.note_printed(session, batch_id, what=what, actor=member.id, ports=ports)
    content = cards_pdf(sheet) if what == "cards" else pins_pdf(sheet)
    word = sentence(f"document.file_{what}", language)
    return _file(content, "application/pdf", f"{word}-{_day(at)}.pdf")


def _language(wish: str) -> str:
    return wish if wish in LANGUAGES else LANGUAGES[0]


def _number(text: str) -> int:
    return max(1, int(text)) if re.fullmatch(r"[0-9]{1,4}", text) else 1


def _day(at: datetime) -> str:
    return at.date().isoformat()


def _file(content: bytes, media_type: str, name: str) -> Response:
    """A file that no cache keeps; without a name it is shown, not saved."""
    headers = {"Cache-Control": "no-store"}
    if name:
        plain = "".join(c for c in name if c.isascii() and (c.isalnum() or c in "-._"))
        headers["Content-Disposition"] = f'attachment; filename="{plain}"'
    return Response(content, media_type=media_type, headers=headers)
