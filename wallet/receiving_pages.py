"""The kiosk's screens to receive a proof: preview and PIN, is this you?, keep."""

from dataclasses import dataclass

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from credentials.errors import RejectedError
from schemas.messages import known
from service.forms import CheckedForm, text_field
from service.pages import language_of
from wallet.browser import browser_of, keep_browser, onward
from wallet.holder import receiving
from wallet.holder.outside import Outside
from wallet.holder.passport import titles
from wallet.holder.vault import Giver
from wallet.pages import skill_rows
from wallet.ports import Ports, PortsOf
from wallet.steps import Receiving
from wallet.words import icon_of

router = APIRouter()


@dataclass(frozen=True, slots=True)
class About:
    """What every screen of one proof on its way shows."""

    step: str
    giver: Giver
    title: str
    icon_name: str


@router.get("/receive")
def begin(request: Request, ports: PortsOf) -> Response:
    """Read the offer behind a link; the address line then names only our own step."""
    query = request.url.query
    if "credential_offer" not in query:
        return onward(request, "/add")
    language, outside = language_of(request), ports.kiosk.outside
    preview = receiving.read_offer(
        f"{ports.settings.public_url}/receive?{query}", outside=outside, language=language
    )
    browser = browser_of(request, ports) or ports.kiosk.steps.new_browser()
    name = ports.kiosk.steps.begin(Receiving(preview), browser=browser, at=outside.now())
    response = onward(request, f"/receive/{name}")
    keep_browser(response, browser, ports)
    return response


@router.get("/receive/{step}", response_class=HTMLResponse)
def show(step: str, request: Request, ports: PortsOf) -> HTMLResponse:
    """Where this proof is on its way into the passport."""
    return _screen(step, request, ports, _journey(step, request, ports))


@router.post("/receive/{step}/pin")
def enter_pin(step: str, request: Request, form: CheckedForm, ports: PortsOf) -> Response:
    """Fetch the proof with the PIN; nothing personal was asked before."""
    journey = _journey(step, request, ports)
    pin = "".join(text_field(form, "pin", maximum=100).split()) or None
    if journey.received is None:
        try:
            received = receiving.fetch_credential(
                journey.preview, pin=pin, outside=ports.kiosk.outside
            )
        except RejectedError as error:
            if error.code != "pin_wrong":
                raise
            return _screen(step, request, ports, journey, fault=error.code)
        ports.kiosk.steps.advance(step, Receiving(journey.preview, received))
    return RedirectResponse(f"/receive/{step}", 303)


@router.post("/receive/{step}/name")
def answer_name(step: str, request: Request, form: CheckedForm, ports: PortsOf) -> Response:
    """Yes, that is me; or no, and then the proof is dropped and its giver hears so."""
    journey = _journey(step, request, ports)
    if text_field(form, "answer") == "yes" and journey.received is not None:
        ports.kiosk.steps.advance(
            step, Receiving(journey.preview, journey.received, name_confirmed=True)
        )
        return RedirectResponse(f"/receive/{step}", 303)
    return _drop(step, request, ports, journey, reason="not_me")


@router.post("/receive/{step}/keep")
def answer_keep(step: str, request: Request, form: CheckedForm, ports: PortsOf) -> Response:
    """Keep the proof, or not."""
    journey = _journey(step, request, ports)
    if text_field(form, "answer") != "yes" or journey.received is None:
        return _drop(step, request, ports, journey, reason="not_kept")
    with ports.kiosk.writing() as vault:
        held = receiving.keep(
            journey.received,
            vault,
            name_confirmed=journey.name_confirmed,
            outside=ports.kiosk.outside,
        )
    ports.kiosk.steps.end(step)
    return RedirectResponse(f"/proof/{held.id}?new=1", 303)


def _journey(step: str, request: Request, ports: Ports) -> Receiving:
    outside: Outside = ports.kiosk.outside
    journey = ports.kiosk.steps.find(step, browser=browser_of(request, ports), at=outside.now())
    if not isinstance(journey, Receiving):
        raise RejectedError("step_unknown", "a journey of another kind")
    return journey


def _drop(
    step: str, request: Request, ports: Ports, journey: Receiving, *, reason: str
) -> HTMLResponse:
    if journey.received is not None:
        with ports.kiosk.writing() as vault:
            receiving.refuse(journey.received, vault, outside=ports.kiosk.outside)
    ports.kiosk.steps.end(step)
    return ports.pages.render(request, "dropped.html", reason=reason)


def _screen(
    step: str, request: Request, ports: Ports, journey: Receiving, *, fault: str | None = None
) -> HTMLResponse:
    """The screen that belongs to how far this proof has come."""
    language = language_of(request)
    preview, received = journey.preview, journey.received
    about = About(
        step=step,
        giver=received.giver if received else preview.giver,
        title=titles(preview.offered.type)[language],
        icon_name=icon_of(preview.offered.configuration_id.rsplit(".", 1)[0]),
    )
    if received is None:
        return ports.pages.render(
            request,
            "offer.html",
            status=400 if fault else 200,
            asks_pin=preview.asks_pin,
            length=preview.pin_length or 6,
            fault=fault,
            about=about,
        )
    if received.problem is not None:
        return _refused(step, request, ports, journey, about)
    if not journey.name_confirmed:
        return ports.pages.render(
            request,
            "is_this_you.html",
            name=received.name,
            own_name=ports.kiosk.passport().name,
            about=about,
        )
    verified = received.verdict.verified
    claims = verified.credential.claims if verified else {}
    return ports.pages.render(
        request, "keep.html", skills=skill_rows(claims, language), name=received.name, about=about
    )


def _refused(
    step: str, request: Request, ports: Ports, journey: Receiving, about: About
) -> HTMLResponse:
    """A proof that failed its check: shown with its reason, told to its giver, never kept."""
    code = journey.received.problem if journey.received else None
    if journey.received is not None:
        with ports.kiosk.writing() as vault:
            receiving.refuse(journey.received, vault, outside=ports.kiosk.outside)
    ports.kiosk.steps.end(step)
    key = f"error.{code}" if known(f"error.{code}") else "wallet.refused.other"
    return ports.pages.render(request, "refused.html", status=400, reason=key, about=about)
