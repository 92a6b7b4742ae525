"""A firm signs in with a passkey (in a trial by one click) and says what it usually declares."""

import json
from dataclasses import replace

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from credentials.errors import RejectedError
from schemas.declarations import Declared, lists
from service.forms import CheckedForm, Forms, text_field
from service.logins import device_of
from service.passkeys import Owner, Passkeys, party_of
from service.rates import limited
from verifier import organisations
from verifier.pages.browser import firm_of, logins_of
from verifier.pages.start import pages_of
from verifier.ports import Ports, PortsOf
from verifier.questions import Question, preset_question
from verifier.tables import (
    Organisation,
    OrganisationChallenge,
    OrganisationPasskey,
)
from verifier.vacancy_questions import VACANCY

MAX_ANSWER = 20_000
"""Characters of a browser's answer: a key and a certificate of the device fit ten times."""

LIMITED = [Depends(limited("sign_in"))]

router = APIRouter()


def passkeys_of(ports: Ports) -> Passkeys:
    """The passkeys of all firms."""
    party = party_of(ports.settings, "skillspass")
    return Passkeys(party, OrganisationPasskey, OrganisationChallenge, ports.clock, ports.entropy)


def question_of(asked: str | Question, firm: Organisation | None) -> str | Question:
    """The question as a signed-in firm asks it: with its name where checked, as it usually says."""
    if firm is None:
        return asked
    question = preset_question(asked) if isinstance(asked, str) else asked
    declared = organisations.usual_of(firm)
    if question.name == VACANCY:
        declared = lists().for_vacancy(declared)
    elif question.confirms:
        declared = replace(declared, purpose=question.declared.purpose)
    return replace(question, declared=declared, firm=organisations.firm_of(firm))


@router.get("/firm", response_class=HTMLResponse, dependencies=LIMITED)
def show(request: Request, ports: PortsOf) -> HTMLResponse:
    """The firm's own page, or the ways in."""
    firm = firm_of(request, ports)
    if firm is not None:
        return pages_of(request).render(request, "firm.html", firm=firm, lists=lists())
    with ports.database.transaction() as session:
        options = passkeys_of(ports).begin_use(session, browser=_browser(request))
        demo = session.get(Organisation, organisations.DEMO) if ports.settings.demo else None
    return pages_of(request).render(
        request, "firm_sign_in.html", scripted=True, options=json.dumps(options), demo=demo
    )


@router.post("/firm/sign-in", dependencies=LIMITED)
def enter(request: Request, posted: CheckedForm, ports: PortsOf) -> Response:
    """Sign in with the passkey that the browser showed."""
    answer = text_field(posted, "answer", maximum=MAX_ANSWER)
    with ports.database.transaction() as session:
        row = passkeys_of(ports).finish_use(session, answer, browser=_browser(request))
    return _let_in(request, ports, row.owner_id)


@router.post("/firm/demo", dependencies=LIMITED)
def enter_demo(request: Request, posted: CheckedForm, ports: PortsOf) -> Response:
    """One click, in a trial alone."""
    del posted  # checked; it has no other field
    if not ports.settings.demo:
        raise RejectedError("not_found", "no trial")
    return _let_in(request, ports, organisations.DEMO)


@router.get("/join/{token}", response_class=HTMLResponse, dependencies=LIMITED)
def welcome(token: str, request: Request, ports: PortsOf) -> HTMLResponse:
    """An invitation: for which firm, and the question for this device's passkey."""
    with ports.database.transaction() as session:
        row = organisations.invited(session, token, at=ports.clock())
        options = passkeys_of(ports).begin_registration(
            session, Owner(row.id, row.name), browser=_browser(request)
        )
    return pages_of(request).render(
        request,
        "firm_join.html",
        scripted=True,
        name=row.name,
        options=json.dumps(options),
        token=token,
    )


@router.post("/join/{token}", dependencies=LIMITED)
def join(token: str, request: Request, posted: CheckedForm, ports: PortsOf) -> Response:
    """Keep the passkey, end the invitation, and sign in."""
    answer = text_field(posted, "answer", maximum=MAX_ANSWER)
    with ports.database.transaction() as session:
        row = organisations.invited(session, token, at=ports.clock())
        made = passkeys_of(ports).finish_registration(session, answer, browser=_browser(request))
        if made.owner_id != row.id:
            raise RejectedError("passkey_refused", "made for another firm")
        made.label = device_of(request)
        organisations.use_invitation(session, token)
    return _let_in(request, ports, row.id)


@router.post("/firm")
def change(request: Request, posted: CheckedForm, ports: PortsOf) -> Response:
    """What the firm's requests declare from now on."""
    firm = firm_of(request, ports)
    if firm is None:
        return RedirectResponse("/firm", 303)
    days = text_field(posted, "retention_days")
    declared = Declared(
        text_field(posted, "relation"),
        text_field(posted, "purpose"),
        text_field(posted, "legal_basis"),
        int(days) if days.isascii() and days.isdigit() and len(days) < 5 else 0,  # noqa: PLR2004 - digits of the longest
    )
    with ports.database.transaction() as session:
        row = session.get_one(Organisation, firm.id, with_for_update=True)
        organisations.change_usual(session, row, declared)
    return RedirectResponse("/firm", 303)


@router.post("/firm/sign-out")
def leave(request: Request, posted: CheckedForm, ports: PortsOf) -> Response:
    """Sign this browser out."""
    del posted  # checked; it has no other field
    logins = logins_of(ports)
    with ports.database.transaction() as session:
        row = logins.find(session, logins.token(request))
        if row is not None:
            logins.end(session, row.id, owner_id=row.owner_id)
    response = RedirectResponse("/firm", 303)
    logins.drop(response)
    return response


def _browser(request: Request) -> str:
    """What only this browser sends, and binds a question about a passkey to it."""
    forms: Forms = request.app.state.forms
    return forms.browser(request)


def _let_in(request: Request, ports: Ports, firm_id: str) -> RedirectResponse:
    logins = logins_of(ports)
    with ports.database.transaction() as session:
        old = logins.token(request)
        token = logins.begin(session, firm_id, device=device_of(request), old=old)
    response = RedirectResponse("/firm", 303)
    logins.keep(response, token)
    return response
