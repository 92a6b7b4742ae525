"""Programs and receivers of an organisation: keys, what they open, and where events go."""

from collections.abc import Callable

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlmodel import Session

from issuer import events, programs
from issuer.doors import MemberOf
from issuer.members import SignedIn
from issuer.pages.frame import PagesOf, frame
from issuer.ports import Ports
from issuer.programs import Scope
from issuer.tables import Duty
from service.forms import CheckedForm, text_field

router = APIRouter()


@router.get("/programs", response_class=HTMLResponse)
def show(request: Request, member: MemberOf, pages: PagesOf) -> HTMLResponse:
    """Which programs may act here, and who is told what happens."""
    member.require(Duty.ADMIN)
    return _show(request, member, pages)


def _show(
    request: Request, member: SignedIn, pages: PagesOf, *, made: str | None = None
) -> HTMLResponse:
    ports = member.ports
    with ports.database.reading() as session:
        keys, receivers = programs.keys(session, ports), events.receivers(session, ports)
    return pages.render(
        request,
        "programs.html",
        keys=keys,
        receivers=receivers,
        made=made,
        scopes=list(Scope),
        **frame(request, member, tab="organisation"),
    )


@router.post("/programs")
def add(request: Request, posted: CheckedForm, member: MemberOf, pages: PagesOf) -> Response:
    """A key for a program, shown this once."""
    member.require(Duty.ADMIN)
    ports = member.ports
    with ports.database.transaction() as session:
        _, made = programs.make_key(
            session,
            text_field(posted, "name"),
            scopes=[one for one in Scope if text_field(posted, f"scope.{one}") == "yes"],
            ports=ports,
            actor=member.id,
            at=ports.clock(),
        )
    return _show(request, member, pages, made=made)


@router.post("/programs/{key_id}/end")
def end(key_id: str, posted: CheckedForm, member: MemberOf) -> Response:
    """Let a key open nothing any more."""
    del posted  # checked; it has no other field
    return _changed(
        member,
        lambda session, ports: programs.end_key(
            session, key_id, ports=ports, actor=member.id, at=ports.clock()
        ),
    )


@router.post("/receivers")
def add_receiver(
    request: Request, posted: CheckedForm, member: MemberOf, pages: PagesOf
) -> Response:
    """Tell events to an address; its secret is shown this once."""
    member.require(Duty.ADMIN)
    ports = member.ports
    with ports.database.transaction() as session:
        _, made = events.add_receiver(
            session,
            text_field(posted, "url"),
            kinds=(),
            ports=ports,
            actor=member.id,
        )
    return _show(request, member, pages, made=made)


@router.post("/receivers/{receiver_id}/remove")
def remove_receiver(receiver_id: str, posted: CheckedForm, member: MemberOf) -> Response:
    """Tell this address nothing any more."""
    del posted  # checked; it has no other field
    return _changed(
        member,
        lambda session, ports: events.remove_receiver(
            session, receiver_id, ports=ports, actor=member.id
        ),
    )


def _changed(member: SignedIn, change: Callable[[Session, Ports], None]) -> Response:
    """Let an administrator change something, and show how things stand then."""
    member.require(Duty.ADMIN)
    with member.ports.database.transaction() as session:
        change(session, member.ports)
    return RedirectResponse("/programs", status_code=303)
