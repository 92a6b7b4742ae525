"""From a checked class list to proofs: what is given and how, a second person, and what is made."""

from collections import Counter

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from credentials.errors import RejectedError
from issuer import drafts, list_issuing, overview
from issuer.doors import MemberOf
from issuer.drafts import Look
from issuer.list_view import Tone, row_views
from issuer.members import SignedIn, name_of
from issuer.orders import FORMAT_IDS
from issuer.pages.frame import Context, PagesOf, frame
from issuer.pages.lists import TAB, change_of, changed_meanwhile, place_of, seen_by
from issuer.tables import Delivery, Duty, ListDraft, ListState, Member
from service.forms import CheckedForm, text_field
from service.pages import language_of

GROUP = 8
"""Characters of a digest that stand together, to be compared by eye."""

router = APIRouter()


def _summary(request: Request, seen: Look, member: SignedIn) -> Context:
    """What would be given now."""
    language = language_of(request)
    templates = member.ports.templates
    counted = Counter(row.type_id for row in seen.found.rows)
    digest = list_issuing.digest_of(seen, ports=member.ports)
    return {
        "seen": seen,
        "count": len(seen.found.rows),
        "given": [(templates[one].type.title(language), n) for one, n in counted.items()],
        "digest": " ".join(digest[at : at + GROUP] for at in range(0, len(digest), GROUP)),
        "second": list_issuing.needs_second(len(seen.found.rows), member.ports),
    }


@router.get("/lists/{list_id}/give", response_class=HTMLResponse)
def give(list_id: str, request: Request, member: MemberOf, pages: PagesOf) -> Response:
    """What is given, to how many, and the choice of how it reaches them."""
    seen = seen_by(member, list_id)
    if seen.row.state != ListState.CHECKED or not seen.found.rows or seen.needs_mapping:
        return RedirectResponse(place_of(seen.row), status_code=303)
    used = {member.ports.templates[row.type_id].formats for row in seen.found.rows}
    formats = [one for one in FORMAT_IDS if all(not some or one in some for some in used)]
    return pages.render(
        request,
        "lists_give.html",
        formats=formats,
        limit=member.ports.identity.bulk_limit,
        addressless=sum(row.email is None for row in seen.found.rows),
        **_summary(request, seen, member),
        **frame(request, member, tab=TAB),
    )


@router.post("/lists/{list_id}/give")
def submit(list_id: str, posted: CheckedForm, member: MemberOf) -> Response:
    """Give the ready rows, or ask a second person; a second press of the button changes nothing."""
    member.require(Duty.ISSUER)
    ports, delivery = member.ports, text_field(posted, "delivery")
    try:
        with ports.database.transaction() as session:
            row = list_issuing.submit(
                session,
                change_of(posted, list_id, member),
                format_id=text_field(posted, "format"),
                how=Delivery(delivery) if delivery in set(Delivery) else None,
                ports=ports,
                at=ports.clock(),
            )
    except RejectedError as error:
        return _late(error, list_id, member)
    return RedirectResponse(after_giving(row), status_code=303)


def _late(error: RejectedError, list_id: str, member: SignedIn) -> Response:
    """A page of before: show what became of the list meanwhile."""
    if error.code != "list_changed":
        raise error
    with member.ports.database.reading() as session:
        row = drafts.find(session, list_id, ports=member.ports)
    if row.state in drafts.OPEN and row.version != row.given_version:
        return changed_meanwhile(list_id)
    return RedirectResponse(after_giving(row), status_code=303)


def after_giving(row: ListDraft) -> str:
    """The page that says what was given, or who is to approve it."""
    waits = row.state == ListState.WAITING
    return f"/lists/{row.id}/{'approval' if waits else 'given'}"


@router.get("/lists/{list_id}/approval", response_class=HTMLResponse)
def approval(list_id: str, request: Request, member: MemberOf, pages: PagesOf) -> Response:
    """What waits for a second person."""
    seen = seen_by(member, list_id)
    if seen.row.state != ListState.WAITING:
        return RedirectResponse(place_of(seen.row), status_code=303)
    with member.ports.database.reading() as session:
        maker = session.get(Member, seen.row.made_by)
        made_by = name_of(maker, member.ports) if maker else ""
    views = row_views(seen, language_of(request))
    return pages.render(
        request,
        "lists_approval.html",
        made_by=made_by,
        own_list=seen.row.made_by == member.id,
        people=[one for one in views if one.tone is Tone.POSITIVE],
        **_summary(request, seen, member),
        **frame(request, member, tab=TAB),
    )


@router.post("/lists/{list_id}/approval")
def decide(list_id: str, posted: CheckedForm, member: MemberOf) -> Response:
    """Approve and give, or send back."""
    ports, change = member.ports, change_of(posted, list_id, member)
    approved = text_field(posted, "do") == "approve"
    if approved:
        member.require(Duty.APPROVER)
    else:
        member.require(Duty.APPROVER, Duty.ISSUER)
    try:
        with ports.database.transaction() as session:
            if approved:
                row = list_issuing.approve(
                    session,
                    change,
                    ports=ports,
                    at=ports.clock(),
                )
            else:
                row = list_issuing.send_back(session, change, ports=ports, at=ports.clock())
    except RejectedError as error:
        return _late(error, list_id, member)
    return RedirectResponse(after_giving(row) if approved else place_of(row), status_code=303)


@router.get("/lists/{list_id}/given", response_class=HTMLResponse)
def given(list_id: str, request: Request, member: MemberOf, pages: PagesOf) -> Response:
    """What was given from a list, and how the people get it."""
    ports, seen = member.ports, seen_by(member, list_id)
    if not seen.given:
        return RedirectResponse(place_of(seen.row), status_code=303)
    with ports.database.reading() as session:
        offers = list_issuing.offers_of(session, seen.row, ports=ports)
        standings = [
            overview.one_standing(session, one, ports=ports, at=ports.clock()) for one in offers
        ]
    return pages.render(
        request,
        "lists_given.html",
        seen=seen,
        offers=standings,
        open_rows=len(drafts.open_lines(seen.found)),
        batches=list(dict.fromkeys(one.batch_id for one in offers)),
        **frame(request, member, tab=TAB),
    )


@router.post("/lists/{list_id}/close")
def close(list_id: str, posted: CheckedForm, member: MemberOf) -> Response:
    """End a list; rows that still wait are thrown away."""
    member.require(Duty.ISSUER)
    ports = member.ports
    try:
        with ports.database.transaction() as session:
            list_issuing.close(
                session, change_of(posted, list_id, member), ports=ports, at=ports.clock()
            )
    except RejectedError as error:
        return _late(error, list_id, member)
    return RedirectResponse("/lists", status_code=303)
