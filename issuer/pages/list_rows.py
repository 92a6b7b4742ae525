"""The rows of a class list: what is good, what to mend right there, and one row as a whole."""

import re
from collections import Counter

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.datastructures import FormData

from credentials.errors import RejectedError
from issuer import draft_changes, drafts
from issuer.doors import MemberOf
from issuer.draft_changes import MAX_CELL
from issuer.list_view import RowView, field_of, record_of, row_views
from issuer.members import SignedIn
from issuer.pages.frame import PagesOf, frame
from issuer.pages.lists import TAB, change_of, changed_meanwhile, place_of, seen_by
from issuer.tables import Duty, ListState
from service.forms import CheckedForm, text_field
from service.pages import language_of

PAGE = 50
"""Rows on one page: a class fits, and a phone shows it at once."""

MAX_FIELDS = 120
"""Columns of one row that a form can ask for."""

TONES = ("positive", "warning", "negative", "quiet")

router = APIRouter()


@router.get("/lists/{list_id}/rows", response_class=HTMLResponse)
def rows(
    list_id: str,
    request: Request,
    member: MemberOf,
    pages: PagesOf,
    show: str = "all",
    page: int = 1,
    changed: int = 0,
) -> Response:
    """The rows, each with how it stands; ``show`` picks one group."""
    seen = seen_by(member, list_id)
    if seen.row.state != ListState.CHECKED or seen.found.refused:
        return RedirectResponse(_elsewhere(seen), status_code=303)
    everything = row_views(seen, language_of(request))
    views = [one for one in everything if one.offer_id is None]  # the others have their own page
    counts = Counter(one.tone.value for one in views)
    chosen = show if show in counts else "all"
    shown = [one for one in views if chosen in {"all", one.tone.value}]
    last = max(1, -(-len(shown) // PAGE))
    at = min(max(1, page), last)
    return pages.render(
        request,
        "lists_rows.html",
        seen=seen,
        rows=shown[(at - 1) * PAGE : at * PAGE],
        counts={tone: counts[tone] for tone in TONES},
        total=len(views),
        waiting=len(drafts.open_lines(seen.found)),
        show=chosen,
        page=at,
        pages=last,
        changed=bool(changed),
        **frame(request, member, tab=TAB),
    )


def _elsewhere(seen: drafts.Look) -> str:
    """The columns, where they make the list unreadable; else the page of the list's state."""
    if seen.row.state in drafts.OPEN:
        return f"/lists/{seen.row.id}/columns"
    return place_of(seen.row)


@router.get("/lists/{list_id}/rows/{line}", response_class=HTMLResponse)
def row(list_id: str, line: int, request: Request, member: MemberOf, pages: PagesOf) -> Response:
    """One row, every column of it."""
    seen = seen_by(member, list_id)
    if seen.row.state != ListState.CHECKED:
        return RedirectResponse(place_of(seen.row), status_code=303)
    language = language_of(request)
    record = record_of(seen, line)
    if record is None:
        raise RejectedError("not_found", "no such line")
    used = [at for at, target in enumerate(seen.mapping.targets) if target][:MAX_FIELDS]
    found: RowView = next(one for one in row_views(seen, language) if one.line == line)
    return pages.render(
        request,
        "lists_line.html",
        seen=seen,
        row=found,
        fields=[field_of(seen, record, at, language) for at in used],
        **frame(request, member, tab=TAB),
    )


@router.post("/lists/{list_id}/rows/{line}")
def change(list_id: str, line: int, posted: CheckedForm, member: MemberOf) -> Response:
    """Mend a row, say that it is right, leave it out, or take it in again."""
    member.require(Duty.ISSUER)
    try:
        _change(posted, list_id, line, member)
    except RejectedError as error:
        if error.code != "list_changed":
            raise
        return changed_meanwhile(list_id)
    show, page = text_field(posted, "show"), text_field(posted, "page")
    kept = show if show in TONES else "all"
    where = f"?show={kept}&page={page if page.isascii() and page.isdigit() else 1}#line-{line}"
    return RedirectResponse(f"/lists/{list_id}/rows{where}", status_code=303)


def _change(posted: FormData, list_id: str, line: int, member: SignedIn) -> None:
    ports, at = member.ports, member.ports.clock()
    wanted, done = change_of(posted, list_id, member), text_field(posted, "do")
    chosen = re.fullmatch(r"this:(\d{1,9})", done)
    with ports.database.transaction() as session:
        if done in {"leave", "back"} or chosen:
            lines = [int(chosen[1])] if chosen else [line]
            draft_changes.leave_out(session, wanted, lines, back=done == "back", ports=ports, at=at)
            return
        confirmed = re.fullmatch(r"confirm:([a-z_]{1,40}):(-1|\d{1,3})", done)
        draft_changes.mend(
            session,
            wanted,
            line,
            cells=_cells(posted),
            confirmed=[(confirmed[1], int(confirmed[2]))] if confirmed else (),
            ports=ports,
            at=at,
        )


def _cells(posted: FormData) -> dict[int, str]:
    """The cells that the form holds, by position."""
    fields = {name: re.fullmatch(r"c(\d{1,3})", name) for name in posted}
    return {
        int(found[1]): text_field(posted, name, maximum=MAX_CELL)
        for name, found in fields.items()
        if found
    }
