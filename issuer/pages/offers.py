"""One proof at a time: fill in a template, show the code, look after it; and the overview."""

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import urlencode, urlsplit

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.datastructures import FormData

from credentials.encoding import JsonObject
from credentials.errors import RejectedError
from issuer import aftercare, delivery, form_fields, holds, offers, overview
from issuer.aftercare import Care
from issuer.audit import record
from issuer.doors import MemberOf
from issuer.holds import standing_of
from issuer.links import kiosk_link, wallet_link
from issuer.members import SignedIn
from issuer.offers import LETTER_LIFE, SCREEN_LIFE
from issuer.orders import FORMAT_IDS, Order
from issuer.pages.frame import Context, PagesOf, frame
from issuer.pages.sign_in import MAX_ANSWER
from issuer.pages.signing import sign_with_passkey, signing_options
from issuer.statements import SIGNED_TYPES, SLOW_TYPES, hold_back
from issuer.tables import Duty, StatusWord
from issuer.templates import Template, complete, person
from schemas.completion import ClaimFault
from schemas.messages import sentence
from service.forms import CheckedForm, text_field
from service.pages import language_of
from service.settings import is_loopback

_A_MOMENT = timedelta(seconds=1)
"""A proof ends with the first moment of the day after its last one."""

REASONS = {
    StatusWord.SUSPENDED: ("looking", "fee", "asked"),
    StatusWord.REVOKED: ("mistake", "wrong_person", "rules", "asked"),
    StatusWord.VALID: ("looked", "mistake_paused"),
}
"""What the institute can choose as a reason, by new status; keys of ``issuer.reason.*``."""

router = APIRouter()


def _template(member: SignedIn, type_id: str) -> Template:
    found = member.ports.templates.get(type_id)
    if found is None:
        raise RejectedError("not_found", "no such template")
    return found


@router.get("/templates/{type_id}", response_class=HTMLResponse)
def form(
    type_id: str,
    request: Request,
    member: MemberOf,
    pages: PagesOf,
    corrects: str = "",
    renews: str = "",
) -> HTMLResponse:
    """The form of one template.

    ``corrects`` names an offer that the new one replaces, ``renews`` one that it follows.
    """
    template, ports = _template(member, type_id), member.ports
    typed: dict[str, str] = {}
    if after := corrects or renews:
        with ports.database.reading() as session:
            name = offers.person_of(offers.find(session, after, ports=ports), ports)
        given, _, family = name.partition(" ")
        typed = {"given_name": given, "family_name": family, "corrects": corrects}
    context = _form_context(request, member, template, typed, ())
    return pages.render(request, "form.html", scripted=True, **context)


def _form_context(
    request: Request,
    member: SignedIn,
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
        "slow": template.type.id in SLOW_TYPES,
        "signing": (signing_options(request, member) if template.type.id in SIGNED_TYPES else None),
        "formats": template.formats or FORMAT_IDS,
        **frame(request, member, tab="start"),
    }


@router.post("/templates/{type_id}/offers")
def make(
    type_id: str, request: Request, posted: CheckedForm, member: MemberOf, pages: PagesOf
) -> Response:
    """Make the offer; or show the form again with each fault beside its field."""
    member.require(Duty.ISSUER)
    ports, template, typed = member.ports, _template(member, type_id), _typed(posted)
    claims, faults = complete(
        template,
        form_fields.read(template, typed),
        numbers_confirmed=typed.get("numbers_confirmed") == "yes",
    )
    if faults:
        context = _form_context(request, member, template, typed, faults)
        return pages.render(request, "form.html", status=422, scripted=True, **context)
    at, wanted = ports.clock(), _order(template, typed, claims)
    if template.type.id in SIGNED_TYPES:
        sign_with_passkey(request, member, typed.get("answer", ""))
    with ports.database.transaction() as session:
        offers.purge(session, at=at)
        made = offers.offer(session, wanted, ports=ports, at=at, life=SCREEN_LIFE)
        if corrects := typed.get("corrects"):
            aftercare.replace_by(
                session, corrects, reason="mistake", ports=ports, actor=member.id, at=at
            )
        session.flush()
        slow = template.type.id in SLOW_TYPES
        if slow:
            row = offers.find(session, made.id, ports=ports)
            row.expires_at = at + LETTER_LIFE
            hold_back(session, row, ports=ports, actor=member.id, at=at)
        if address := typed.get("address"):
            delivery.by_mail(session, made.id, address, ports=ports, now=not slow)
        record(session, ports, "offered", about=made.id, actor=member.id)
    return RedirectResponse(f"/made/{made.id}", status_code=303)


def _typed(posted: FormData) -> dict[str, str]:
    return {name: text_field(posted, name, maximum=MAX_ANSWER) for name in posted}


def _order(template: Template, typed: Mapping[str, str], claims: JsonObject) -> Order:
    format_id = typed.get("format", "")
    chosen = format_id if format_id in FORMAT_IDS else FORMAT_IDS[0]
    return Order(template.id, chosen, claims, person(claims), template.version)


@router.get("/made/{offer_id}", response_class=HTMLResponse)
def made(offer_id: str, request: Request, member: MemberOf, pages: PagesOf) -> HTMLResponse:
    """One offer: its code and, apart from it, its PIN; or where its proof stands."""
    ports, at = member.ports, member.ports.clock()
    with ports.database.reading() as session:
        row = offers.find(session, offer_id, ports=ports)
        seen = overview.one_standing(session, row, ports=ports, at=at)
        held = standing_of(session, row) is not holds.Standing.OPEN
        can_show = seen.word == "waiting" and not held
        contents = offers.contents_of(row, ports) if can_show else None
    offered = offers.offer_uri(row, ports)
    return pages.render(
        request,
        "made.html",
        row=seen,
        held=held,
        link=wallet_link(offered, ports.settings) if contents else None,
        kiosk=kiosk_link(offered, ports.settings) if contents else None,
        pin=_spaced(contents.tx_code) if contents else None,
        until=row.expires_at,
        phone_can_open=not is_loopback(urlsplit(ports.settings.wallet_url).hostname or ""),
        reasons=REASONS,
        **frame(request, member, tab="overview"),
    )


def _spaced(pin: str) -> str:
    return f"{pin[:3]} {pin[3:]}"


@router.post("/made/{offer_id}/renew")
def renew(offer_id: str, posted: CheckedForm, member: MemberOf) -> Response:
    """A new code and PIN for an offer that nobody fetched."""
    del posted  # checked; it has no other field
    member.require(Duty.ISSUER)
    ports = member.ports
    with ports.database.transaction() as session:
        offers.renew(session, offer_id, ports=ports, at=ports.clock())
    return RedirectResponse(f"/made/{offer_id}", status_code=303)


@router.post("/made/{offer_id}/cancel")
def cancel(offer_id: str, posted: CheckedForm, member: MemberOf) -> Response:
    """Take back an offer that nobody fetched."""
    del posted  # checked; it has no other field
    member.require(Duty.ISSUER)
    ports = member.ports
    with ports.database.transaction() as session:
        offers.cancel(session, offer_id, ports=ports, at=ports.clock(), actor=member.id)
    return RedirectResponse(f"/made/{offer_id}", status_code=303)


@router.post("/made/{offer_id}/status")
def change_status(offer_id: str, posted: CheckedForm, member: MemberOf) -> Response:
    """Withdraw, pause or resume the proof of an offer, with a reason."""
    member.require(Duty.ISSUER)
    ports, wish = member.ports, text_field(posted, "to")
    if wish not in set(StatusWord):
        raise RejectedError("status_unknown", "valid, suspended or revoked")
    at = ports.clock()
    with ports.database.transaction() as session:
        aftercare.change_status(
            session,
            offer_id,
            to=StatusWord(wish),
            reason=text_field(posted, "reason"),
            ports=ports,
            actor=member.id,
            at=at,
        )
    return RedirectResponse(f"/made/{offer_id}", status_code=303)


@router.post("/made/{offer_id}/mail")
def mail(offer_id: str, posted: CheckedForm, member: MemberOf) -> Response:
    """Send the link by mail; the PIN goes another way."""
    member.require(Duty.ISSUER)
    ports = member.ports
    with ports.database.transaction() as session:
        row = offers.find_to_change(session, offer_id, ports=ports)
        delivery.by_mail(session, row.id, text_field(posted, "address"), ports=ports)
        record(session, ports, "mailed", about=offer_id, actor=member.id)
    return RedirectResponse(f"/made/{offer_id}", status_code=303)


@router.post("/overview")
def care_for_many(posted: CheckedForm, member: MemberOf) -> Response:
    """The same for every ticked row: remind, take back, pause, resume or withdraw."""
    member.require(Duty.ISSUER)
    ports, wish = member.ports, text_field(posted, "do")
    if wish not in set(Care):
        raise RejectedError("care_unknown", "remind, cancel, suspended, valid or revoked")
    ticked = [one for one in posted.getlist("row") if isinstance(one, str)]
    with ports.database.transaction() as session:
        cared = aftercare.care(
            session,
            ticked,
            Care(wish),
            reason=text_field(posted, "reason") or "asked",
            ports=ports,
            actor=member.id,
            at=ports.clock(),
        )
    told = urlencode(
        {"show": text_field(posted, "show") or "all", "done": cared.done, "left": cared.left}
    )
    return RedirectResponse(f"/overview?{told}", status_code=303)


@router.get("/ending", response_class=HTMLResponse)
def ending(request: Request, member: MemberOf, pages: PagesOf) -> HTMLResponse:
    """Proofs that end soon, each with the way to a new one."""
    ports, at = member.ports, member.ports.clock()
    with ports.database.reading() as session:
        rows = [
            (row, offers.person_of(row, ports), row.ends_at - _A_MOMENT, row.ends_at <= at)
            for row in aftercare.ending(session, ports=ports, at=at)
            if row.ends_at is not None
        ]
    return pages.render(request, "ending.html", rows=rows, **frame(request, member, tab="overview"))


@router.get("/overview", response_class=HTMLResponse)
def all_offers(
    request: Request,
    member: MemberOf,
    pages: PagesOf,
    show: str = "all",
    done: int | None = None,
    left: int = 0,
) -> HTMLResponse:
    """Every offer with where it stands; ``show`` picks one group."""
    ports = member.ports
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
        done=done,
        left=left,
        reasons=REASONS[StatusWord.REVOKED],
        **frame(request, member, tab="overview"),
    )
