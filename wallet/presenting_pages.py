"""The kiosk's screens to answer a question: choose a proof, see what will be seen, yes or no."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.datastructures import FormData

from credentials.claims import Paths
from credentials.errors import RejectedError
from service.forms import CheckedForm, text_field
from service.pages import language_of
from service.settings import is_loopback
from wallet.browser import browser_of, keep_browser, onward
from wallet.holder import presenting
from wallet.holder.consent import LineKind, Option
from wallet.holder.outside import host_of
from wallet.holder.passport import card, level_of
from wallet.holder.presenting import Asked, Choice
from wallet.picking import LOOKED, Pick, extras_in, picks, wanted
from wallet.ports import Ports, PortsOf
from wallet.steps import Presenting
from wallet.words import icon_of, value_text

router = APIRouter()


@router.get("/present")
def begin(request: Request, ports: PortsOf) -> Response:
    """Fetch and check the question behind a link."""
    query = request.url.query
    if "request_uri" not in query:
        return onward(request, "/add")
    outside = ports.kiosk.outside
    asked = presenting.read_request(
        f"{ports.settings.public_url}/present?{query}", held=ports.kiosk.held(), outside=outside
    )
    browser = browser_of(request, ports) or ports.kiosk.steps.new_browser()
    name = ports.kiosk.steps.begin(Presenting(asked), browser=browser, at=outside.now())
    response = onward(request, f"/present/{name}")
    keep_browser(response, browser, ports)
    return response


@router.get("/present/{step}", response_class=HTMLResponse)
def show(step: str, request: Request, ports: PortsOf) -> HTMLResponse:
    """Choose a proof where several would do; else read what will be seen."""
    journey = _journey(step, request, ports)
    if journey.done is not None:
        return _done(request, ports, journey)
    asked, fields = journey.asked, request.query_params
    if not asked.possible:
        return ports.pages.render(request, "nothing.html", step=step, asked=asked)
    picked = picks(asked, fields)
    if picked is None or (asked.extras and LOOKED not in fields):
        return _choose(step, request, ports, asked)
    return _consent(step, request, ports, asked, picked)


@router.post("/present/{step}")
def decide(step: str, request: Request, form: CheckedForm, ports: PortsOf) -> Response:
    """Yes, this I show; or no."""
    journey = _journey(step, request, ports)
    here = RedirectResponse(f"/present/{step}", 303)
    if journey.done is not None:
        return here
    asked, outside = journey.asked, ports.kiosk.outside
    if text_field(form, "answer") != "yes":
        with ports.kiosk.writing() as vault:
            presenting.decline(asked, vault, outside=outside)
        ports.kiosk.steps.advance(step, Presenting(asked, done=False))
        return here
    picked = picks(asked, form)
    if picked is None:
        raise RejectedError("choice_incomplete", "no proof chosen")
    choices = [
        Choice(each.option, _lines(form, number, each.option)) for number, each in enumerate(picked)
    ]
    try:
        with ports.kiosk.writing() as vault:
            delivered = presenting.answer(asked, choices, vault, outside=outside)
    except RejectedError as error:
        if error.code != "choice_incomplete":
            raise
        return _consent(step, request, ports, asked, picked, chosen=choices, fault=error.code)
    ports.kiosk.steps.advance(
        step, Presenting(asked, done=True, back=delivered.redirect, match=delivered.match)
    )
    return here


def _journey(step: str, request: Request, ports: Ports) -> Presenting:
    journey = ports.kiosk.steps.find(
        step, browser=browser_of(request, ports), at=ports.kiosk.outside.now()
    )
    if not isinstance(journey, Presenting):
        raise RejectedError("step_unknown", "a journey of another kind")
    return journey


def _lines(form: FormData, number: int, option: Option) -> Paths:
    """The lines that were ticked, by their place on the screen."""
    ticked = {str(value) for value in form.getlist(f"line{number}")}
    return frozenset(line.path for place, line in enumerate(option.lines) if str(place) in ticked)


def _choose(step: str, request: Request, ports: Ports, asked: Asked) -> HTMLResponse:
    now, fields = ports.kiosk.outside.now(), request.query_params
    begun = extras_in(asked, fields)
    groups = [
        {
            "number": group.number,
            "several": group.several,
            "ticked": {each.held.id for each in group.ticked(fields)},
            "cards": [(each.held.id, card(each.held, at=now)) for each in group.options],
        }
        for group in wanted(asked, fields)
    ]
    extras = [[card(options[0].held, at=now) for options in extra] for extra in asked.extras]
    return ports.pages.render(
        request,
        "choose.html",
        step=step,
        asked=asked,
        groups=groups,
        extras=extras,
        begun=begun,
        nothing=LOOKED in fields and picks(asked, fields) is None and not begun,
        icon_of=icon_of,
    )


def _consent(
    step: str,
    request: Request,
    ports: Ports,
    asked: Asked,
    picked: list[Pick],
    *,
    chosen: list[Choice] | None = None,
    fault: str | None = None,
) -> HTMLResponse:
    language, now = language_of(request), ports.kiosk.outside.now()
    ticked = [choice.picked for choice in chosen or []]
    views = [
        _view(number, each.option, ticked[number] if ticked else frozenset(), language)
        | {"card": card(each.option.held, at=now), "group": each.group}
        for number, each in enumerate(picked)
    ]
    return ports.pages.render(
        request,
        "consent.html",
        status=400 if fault else 200,
        step=step,
        asked=asked,
        views=views,
        fault=fault,
        icon_of=icon_of,
    )


def _view(number: int, option: Option, ticked: Paths, language: str) -> dict[str, object]:
    """One proof on the consent screen: what is seen anyway, what can be ticked, what is not."""
    rows = [
        {
            "place": str(place),
            "kind": line.kind.value,
            "label": line.label(language),
            "skill": line.path[0] == "skills" and len(line.path) > 1,
            "level": level_of(line.value) if isinstance(line.value, dict) else None,
            "value": value_text(line.value, language),
            "ticked": line.path in ticked,
            "over": line.over,
        }
        for place, line in enumerate(option.lines)
    ]
    fixed = {LineKind.ALWAYS.value, LineKind.ASKED.value}
    hidden = list(dict.fromkeys(line.label(language) for line in option.hidden))
    return {
        "number": number,
        "option": option,
        "seen": [row for row in rows if row["kind"] in fixed],
        "picks": [row for row in rows if row["kind"] == LineKind.PICK.value],
        "optional": [row for row in rows if row["kind"] == LineKind.OPTIONAL.value],
        "over": [line.label(language) for line in option.over_asked],
        "hidden": hidden,
    }


def _done(request: Request, ports: Ports, journey: Presenting) -> HTMLResponse:
    return ports.pages.render(
        request,
        "done.html",
        asked=journey.asked,
        answered=journey.done,
        match=journey.match,
        back=journey.back if _may_follow(journey.back) else None,
    )


def _may_follow(address: str | None) -> bool:
    """Only a web page may be linked to: https, or this very machine."""
    if address is None:
        return False
    host = host_of(address)
    return address.startswith("https://") or (address.startswith("http://") and is_loopback(host))
