"""The one page of the authorization server: a person says yes with their PIN, or no."""

from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from credentials.errors import CredentialError
from credentials.openid4vc.authorization import PushedReference, parse_query, reference_query
from credentials.openid4vc.message import ProtocolError
from issuer import authorization
from issuer.authorization import Asked
from issuer.doors import PortsOf
from issuer.metadata import known_configurations
from issuer.offers import PIN_DIGITS, Refused, fingerprint
from issuer.pages.frame import PagesOf
from issuer.ports import Ports
from service.content_security import WITHOUT_SCRIPTS
from service.forms import CheckedForm, text_field
from service.pages import Pages, language_of
from service.problems import explain
from service.rates import limited

router = APIRouter()
"""Stands where ``issuer.api.router`` stands."""


@router.get("/authorize", response_class=HTMLResponse)
def ask(request: Request, ports: PortsOf, pages: PagesOf) -> Response:
    """Show who asks for what, and ask for the PIN."""
    at = ports.clock()
    try:
        found = parse_query(request.url.query)
        if not isinstance(found, PushedReference):
            raise ProtocolError("invalid_request", "not pushed", code="request_not_pushed")
        with ports.database.transaction() as session:
            asked = authorization.open_page(
                session, found.request_uri, client_id=found.client_id, ports=ports, at=at
            )
    except CredentialError as error:
        return _over(request, pages, ports, error.code)
    return _question(request, pages, ports, asked)


@router.post("/authorize", dependencies=[Depends(limited("token"))])
def answer(request: Request, posted: CheckedForm, ports: PortsOf, pages: PagesOf) -> Response:
    """Send the browser back to the wallet, with a code or with a no."""
    at, request_uri = ports.clock(), text_field(posted, "request_uri")
    client_id, says_no = text_field(posted, "client_id"), posted.get("answer") == "no"
    link, pin = text_field(posted, "link"), text_field(posted, "pin").replace(" ", "")
    request.app.state.rates.take("pin", fingerprint(request_uri))
    try:
        with ports.database.transaction() as session:
            asked = authorization.open_page(
                session, request_uri, client_id=client_id, ports=ports, at=at
            )
            if says_no:
                found: str | Refused = authorization.deny(
                    session, request_uri, client_id=client_id, ports=ports, at=at
                )
            else:
                found = authorization.allow(
                    session,
                    request_uri,
                    client_id=client_id,
                    link=link,
                    tx_code=pin,
                    ports=ports,
                    at=at,
                )
    except CredentialError as error:
        return _over(request, pages, ports, error.code)
    if isinstance(found, Refused):
        return _question(request, pages, ports, asked, fault=found, link=link)
    return RedirectResponse(found, status_code=303, headers={"Cache-Control": "no-store"})


def _question(
    request: Request,
    pages: Pages,
    ports: Ports,
    asked: Asked,
    *,
    fault: Refused | None = None,
    link: str = "",
) -> Response:
    language, wanted = language_of(request), asked.request
    known = known_configurations(ports)
    names = [
        ports.templates[known[name][0]].type.title(language)
        for name in sorted(authorization.wanted(wanted, ports))
    ]
    reference = PushedReference(wanted.client_id, asked.request_uri)
    page = pages.render(
        request,
        "authorize_ask.html",
        status=200 if fault is None else 400,
        organisation=ports.identity.name,
        names=list(dict.fromkeys(names)),
        link=link,
        app=_app_of(wanted.redirect_uri),
        client_id=wanted.client_id,
        asked=asked,
        digits=PIN_DIGITS,
        action=f"{request.url.path}?{reference_query(reference)}",
        fault=explain(fault.code, language) if fault else None,
        tries_left=fault.tries_left if fault else 0,
    )
    # a form may only be sent, and redirected, to where this page says
    allowed = f"form-action 'self' {_source_of(wanted.redirect_uri)}"
    policy = WITHOUT_SCRIPTS.replace("form-action 'self'", allowed)
    page.headers["Content-Security-Policy"] = policy
    return page


def _over(request: Request, pages: Pages, ports: Ports, code: str) -> Response:
    return pages.render(
        request,
        "authorize_over.html",
        status=400,
        organisation=ports.identity.name,
        code=code,
        explanation=explain(code, language_of(request)),
    )


def _app_of(redirect_uri: str) -> str:
    """What a person may know the app by: the host that it goes back to, or its scheme."""
    parts = urlsplit(redirect_uri)
    return parts.hostname or parts.scheme


def _source_of(redirect_uri: str) -> str:
    """The same for the browser's policy."""
    parts = urlsplit(redirect_uri)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else f"{parts.scheme}:"
