"""The institute's screens: choose a template, fill it in, show the code, look after it."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.datastructures import FormData

from credentials.encoding import JsonObject
from credentials.errors import RejectedError
from credentials.openid4vc.offer import offer_link
from issuer import form_fields, offers, overview, status
from issuer.api import PortsOf
from issuer.offers import SCREEN_LIFE
from issuer.orders import FORMAT_IDS, Order
from issuer.ports import Ports
from issuer.tables import StatusWord
from issuer.templates import Template, complete, person
from schemas.completion import ClaimFault
from schemas.messages import known, sentence
from service.forms import CheckedForm, text_field
from service.pages import Pages, language_of
from service.settings import is_loopback

Context = dict[str, Any]
"""What a template is given: any value that it can show."""  # hence Any

TEMPLATES = Path(__file__).parent / "templates"

MAX_RECENT = 6
"""Offers beside the templates: what was made this lesson."""

REASONS = {
    StatusWord.SUSPENDED: ("looking", "fee", "asked"),
    StatusWord.REVOKED: ("mistake", "wrong_person", "rules", "asked"),
    StatusWord.VALID: ("looked", "mistake_paused"),
}
"""What the institute can choose as a reason, by new status; keys of ``issuer.reason.*``."""

ICONS = {
    "lascertificaat-mag": "flame",
    "vca-basis": "hard-hat",
    "vca-vol": "hard-hat",
    "nen-3140-vop-opleiding": "zap",
    "heftruck": "forklift",
    "bhv": "heart-pulse",
    "cnc-frezen-vakcertificaat": "cog",
    "praktijkverklaring": "hammer",
    "evc-ervaringscertificaat": "award",
}
"""A drawing for each type we know; others get a sheet with a check."""

router = APIRouter()


def _pages(request: Request) -> Pages:
    found: Pages = request.app.state.pages
    return found


PagesOf = Annotated[Pages, Depends(_pages)]


def icon_of(type_id: str) -> str:
    """The drawing of a type."""
    return ICONS.get(type_id, "file-check")


def _frame(request: Request, ports: Ports) -> Context:
    """What every page of the issuer needs."""
    language = language_of(request)
    return {
        "organisation": ports.settings.organisation,
        "icon_of": icon_of,
        "title_of": lambda type_id: (
            ports.templates[type_id].type.title(language)
            if type_id in ports.templates
            else sentence("issuer.type_gone", language)
        ),
        "reason_words": lambda reason: (
            sentence(f"issuer.reason.{reason}", language)
            if known(f"issuer.reason.{reason}")
            else reason
        ),
    }


@router.get("/", response_class=HTMLResponse)
def start(request: Request, ports: PortsOf, pages: PagesOf) -> HTMLResponse:
    """All templates, and what was made last."""
    with ports.database.reading() as session:
        rows = overview.standings(session, ports=ports, at=ports.clock())
    return pages.render(
        request,
        "start.html",
        templates=list(ports.templates.values()),
        recent=rows[:MAX_RECENT],
        total=len(rows),
        **_frame(request, ports),
    )


def _template(ports: Ports, type_id: str) -> Template:
    found = ports.templates.get(type_id)
    if found is None:
        raise RejectedError("not_found", "no such template")
    return found


@router.get("/templates/{type_id}", response_class=HTMLResponse)
def form(type_id: str, request: Request, ports: PortsOf, pages: PagesOf) -> HTMLResponse:
    """The form of one template."""
    template = _template(ports, type_id)
    return pages.render(request, "form.html", **_form_context(request, ports, template, {}, ()))


def _form_context(
    request: Request,
    ports: Ports,
    template: Template,
    typed: Mapping[str, str],
    faults: tuple[ClaimFault, ...],
) -> Context:
    language = language_of(request)
    found = form_fields.groups(template, typed, language)
    errors = {fault.path: sentence(f"issuer.fault.{fault.code}", language) for fault in faults}
    return {
        "template": template,
        "groups": found,
        "typed": typed,
        "errors": errors,
        "ask_number": any(fault.code == "number_unconfirmed" for fault in faults),
        "skills": form_fields.skill_choices(template, language),
        "skill_rows": range(1, form_fields.MAX_SKILLS + 1),
        "formats": FORMAT_IDS,
        **_frame(request, ports),
    }


@router.post("/templates/{type_id}/offers")
def make(
    type_id: str, request: Request, posted: CheckedForm, ports: PortsOf, pages: PagesOf
) -> Response:
    """Make the offer; or show the form again with each fault beside its field."""
    template = _template(ports, type_id)
    typed = _typed(posted)
    claims, faults = complete(
        template,
        form_fields.read(template, typed),
        numbers_confirmed=typed.get("numbers_confirmed") == "yes",
    )
    if faults:
        context = _form_context(request, ports, template, typed, faults)
        return pages.render(request, "form.html", status=422, **context)
    at, wanted = ports.clock(), _order(template, typed, claims)
    with ports.database.transaction() as session:
        offers.purge(session, at=at)
        made = offers.offer(session, wanted, ports=ports, at=at, life=SCREEN_LIFE)
    return RedirectResponse(f"/made/{made.id}", status_code=303)


def _typed(posted: FormData) -> dict[str, str]:
    return {name: text_field(posted, name) for name in posted}


def _order(template: Template, typed: Mapping[str, str], claims: JsonObject) -> Order:
    format_id = typed.get("format", "")
    chosen = format_id if format_id in FORMAT_IDS else FORMAT_IDS[0]
    return Order(template.type.id, chosen, claims, person(claims))


@router.get("/made/{offer_id}", response_class=HTMLResponse)
def made(offer_id: str, request: Request, ports: PortsOf, pages: PagesOf) -> HTMLResponse:
    """One offer: its code and, apart from it, its PIN; or where its proof stands."""
    at = ports.clock()
    with ports.database.reading() as session:
        row = offers.find(session, offer_id, ports=ports)
        seen = overview.one_standing(session, row, ports=ports, at=at)
        contents = offers.contents_of(row, ports) if seen.word == "waiting" else None
    link = offer_link(f"{ports.settings.wallet_url}/receive", offers.offer_uri(row, ports))
    return pages.render(
        request,
        "made.html",
        row=seen,
        link=link if contents else None,
        pin=_spaced(contents.tx_code) if contents else None,
        until=row.expires_at,
        phone_can_open=not is_loopback(urlsplit(ports.settings.wallet_url).hostname or ""),
        reasons=REASONS,
        **_frame(request, ports),
    )


def _spaced(pin: str) -> str:
    return f"{pin[:3]} {pin[3:]}"


@router.post("/made/{offer_id}/renew")
def renew(offer_id: str, posted: CheckedForm, ports: PortsOf) -> Response:
    """A new code and PIN for an offer that nobody fetched."""
    del posted  # checked; it has no other field
    with ports.database.transaction() as session:
        offers.renew(session, offer_id, ports=ports, at=ports.clock())
    return RedirectResponse(f"/made/{offer_id}", status_code=303)


@router.post("/made/{offer_id}/cancel")
def cancel(offer_id: str, posted: CheckedForm, ports: PortsOf) -> Response:
    """Take back an offer that nobody fetched."""
    del posted  # checked; it has no other field
    with ports.database.transaction() as session:
        offers.cancel(session, offer_id, ports=ports, at=ports.clock())
    return RedirectResponse(f"/made/{offer_id}", status_code=303)


@router.post("/made/{offer_id}/status")
def change_status(offer_id: str, posted: CheckedForm, ports: PortsOf) -> Response:
    """Withdraw, pause or resume the proof of an offer, with a reason."""
    wish = text_field(posted, "to")
    if wish not in set(StatusWord):
        raise RejectedError("status_unknown", "valid, suspended or revoked")
    at = ports.clock()
    with ports.database.transaction() as session:
        row = offers.find(session, offer_id, ports=ports)
        seen = overview.one_standing(session, row, ports=ports, at=at)
        if seen.issued_id is None:
            raise RejectedError("offer_open", "nobody has fetched it")
        reason = text_field(posted, "reason")
        status.change(session, seen.issued_id, to=StatusWord(wish), reason=reason, at=at)
    return RedirectResponse(f"/made/{offer_id}", status_code=303)


@router.get("/overview", response_class=HTMLResponse)
def all_offers(request: Request, ports: PortsOf, pages: PagesOf, show: str = "all") -> HTMLResponse:
    """Every offer with where it stands; ``show`` picks one group."""
    with ports.database.reading() as session:
        rows = overview.standings(session, ports=ports, at=ports.clock())
    counts = Counter(overview.GROUP[row.word] for row in rows)
    chosen = show if show in counts else "all"
    return pages.render(
        request,
        "overview.html",
        rows=[row for row in rows if chosen in {"all", overview.GROUP[row.word]}],
        counts=counts,
        total=len(rows),
        show=chosen,
        **_frame(request, ports),
    )
