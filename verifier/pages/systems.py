"""A firm's programs and the systems that are told: make a key, see its use, end it; try an address.

For who is signed in for the firm. A secret is on the answer to the press of a button, and nowhere
after it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlmodel import Session

from credentials.errors import CredentialError
from schemas.messages import sentence
from service.forms import CheckedForm, text_field
from service.pages import language_of
from service.programs import MAX_NAME
from service.rates import limited
from verifier import deliveries, events, key_uses, organisations, programs
from verifier.pages.browser import firm_of
from verifier.pages.start import pages_of
from verifier.ports import Ports, PortsOf
from verifier.programs import Scope
from verifier.tables import Organisation

ADDRESS = "/firm/systems"

MAX_URL = 500
"""Characters, as the interface for programs takes them."""

LIMITED = [Depends(limited("sign_in"))]

router = APIRouter(prefix=ADDRESS)


@dataclass(frozen=True, slots=True)
class Made:
    """What is shown once.

    Attributes:
        kind: ``key`` or ``secret``.
    """

    kind: str
    secret: str


@router.get("", response_class=HTMLResponse)
def show(request: Request, ports: PortsOf) -> Response:
    """Which programs may come in, and who is told."""
    firm = firm_of(request, ports)
    return _sign_in() if firm is None else _page(request, ports, firm)


@router.post("/keys", dependencies=LIMITED)
def make_key(request: Request, posted: CheckedForm, ports: PortsOf) -> Response:
    """A key for a program, shown this once."""
    name = text_field(posted, "name", maximum=MAX_NAME)
    scopes = [one for one in Scope if text_field(posted, f"scope.{one}") == "yes"]

    def change(session: Session, firm: Organisation) -> Made:
        """In one transaction."""
        _, key = programs.make_key(
            session, name, firm.id, scopes=scopes, entropy=ports.entropy, at=ports.clock()
        )
        return Made("key", key)

    return _make(request, ports, change, typed={"name": name})


@router.post("/keys/{key_id}/end", dependencies=LIMITED)
def end_key(key_id: str, request: Request, posted: CheckedForm, ports: PortsOf) -> Response:
    """Let a key open nothing any more."""
    del posted  # checked; it has no other field
    at = ports.clock()
    return _change(
        request, ports, lambda session, firm: programs.end_key(session, key_id, firm.id, at=at)
    )


@router.post("/receivers", dependencies=LIMITED)
def add_receiver(request: Request, posted: CheckedForm, ports: PortsOf) -> Response:
    """Tell events to an address; the secret that signs them is shown this once."""
    url = text_field(posted, "url", maximum=MAX_URL)

    def change(session: Session, firm: Organisation) -> Made:
        """In one transaction."""
        organisations.take_turn(session, firm.id)
        _, secret = ports.told.add(session, firm.id, url, wanted=(), known=events.KINDS)
        return Made("secret", secret)

    return _make(request, ports, change, typed={"url": url})


@router.post("/receivers/{receiver_id}/secret", dependencies=LIMITED)
def renew_secret(
    receiver_id: str, request: Request, posted: CheckedForm, ports: PortsOf
) -> Response:
    """A new secret, and on again where it was switched off; the old one signs along for a day."""
    del posted  # checked; it has no other field
    told = ports.told
    return _make(
        request,
        ports,
        lambda session, firm: Made(
            "secret", told.renew(session, told.find(session, receiver_id, firm.id))
        ),
    )


@router.post("/receivers/{receiver_id}/test", dependencies=LIMITED)
def try_receiver(
    receiver_id: str, request: Request, posted: CheckedForm, ports: PortsOf
) -> Response:
    """Put a message on its way, so that somebody sees whether their system hears us."""
    del posted  # checked; it has no other field
    told, at = ports.told, ports.clock()
    return _change(
        request,
        ports,
        lambda session, firm: deliveries.send_test(
            session, told.outbox, told.find(session, receiver_id, firm.id), at=at
        ),
    )


@router.post("/receivers/{receiver_id}/remove", dependencies=LIMITED)
def remove_receiver(
    receiver_id: str, request: Request, posted: CheckedForm, ports: PortsOf
) -> Response:
    """Tell this address nothing any more."""
    del posted  # checked; it has no other field
    return _change(
        request,
        ports,
        lambda session, firm: session.delete(ports.told.find(session, receiver_id, firm.id)),
    )


def _make(
    request: Request,
    ports: Ports,
    change: Callable[[Session, Organisation], Made],
    *,
    typed: Mapping[str, str] | None = None,
) -> Response:
    """Make something with a secret and show the page with it; what was typed is kept if refused."""
    firm = firm_of(request, ports)
    if firm is None:
        return _sign_in()
    try:
        with ports.database.transaction() as session:
            made = change(session, firm)
    except CredentialError as error:
        if typed is None or error.code == "not_found":
            raise
        wrong = {next(iter(typed)): sentence(f"error.{error.code}", language_of(request))}
        return _page(request, ports, firm, typed=typed, wrong=wrong)
    return _page(request, ports, firm, made=made)


def _change(
    request: Request, ports: Ports, change: Callable[[Session, Organisation], None]
) -> Response:
    firm = firm_of(request, ports)
    if firm is None:
        return _sign_in()
    with ports.database.transaction() as session:
        change(session, firm)
    return RedirectResponse(ADDRESS, 303)


def _sign_in() -> Response:
    return RedirectResponse("/firm", 303)


def _page(
    request: Request,
    ports: Ports,
    firm: Organisation,
    *,
    made: Made | None = None,
    typed: Mapping[str, str] | None = None,
    wrong: Mapping[str, str] | None = None,
) -> HTMLResponse:
    with ports.database.reading() as session:
        keys, used = programs.keys(session, firm.id), key_uses.uses(session, firm.id)
        receivers = [
            (row, deliveries.deliveries(session, row))
            for row in ports.told.of_owner(session, firm.id)
        ]
    return pages_of(request).render(
        request,
        "firm_systems.html",
        status=400 if wrong else 200,
        firm=firm,
        keys=keys,
        used=used,
        receivers=receivers,
        scopes=list(Scope),
        made=made,
        typed=typed or {},
        wrong=wrong or {},
    )
