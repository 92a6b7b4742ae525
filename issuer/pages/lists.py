"""Class lists in the office: all of them, a new one, and what its columns hold."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.datastructures import FormData, UploadFile

from credentials.errors import RejectedError
from issuer import class_list_headings as headings
from issuer import draft_changes, drafts
from issuer.class_list_export import safe_csv
from issuer.class_list_faults import Fault
from issuer.class_list_file import MAX_BYTES, ListRefusedError
from issuer.class_list_headings import CLAIM
from issuer.class_list_mapping import ColumnMapping, is_listed
from issuer.doors import MemberOf
from issuer.draft_changes import Change
from issuer.drafts import Look
from issuer.members import SignedIn
from issuer.pages.frame import Context, PagesOf, frame
from issuer.tables import Duty, ListDraft, ListState
from schemas.messages import sentence
from service.forms import CheckedForm, text_field
from service.pages import language_of

TAB = "lists"

MAX_PASTED = 900_000
"""Characters of a pasted list; a field of a form holds a megabyte."""

MAX_MAPPED = 150
"""Columns that one form can ask about; the others are not used."""

MAX_PAIRS = 8
"""Skills of one row that can be chosen by hand."""

EXAMPLE = (
    (
        *(headings.NUMBER, headings.GIVEN_NAME, headings.PREFIX, headings.FAMILY_NAME),
        *(headings.EMAIL, headings.COURSE, headings.EXAM_DATE, headings.RESULT, headings.GRADE),
        *("Skill 1", "Niveau 1", "Skill 2", "Niveau 2", headings.REMARK),
    ),
    (
        *("26001", "Ria", "van der", "Velden", "ria.vandervelden@postbus.example"),
        *("Vakcertificaat CNC-frezen", "05-06-2026", "behaald", "7,2"),
        *("CNC-frezen", "2", "", "", ""),
    ),
)
"""A list with one fictional trainee, to begin from."""

FIELDS = {
    headings.NUMBER: "number",
    headings.GIVEN_NAME: "given",
    headings.PREFIX: "prefix",
    headings.FAMILY_NAME: "family",
    headings.FULL_NAME: "full",
    headings.EMAIL: "email",
    headings.COURSE: "course",
    headings.GROUP: "group",
    headings.EXAM_DATE: "date",
    headings.RESULT: "result",
    headings.GRADE: "grade",
    headings.TRAINER: "trainer",
    headings.REMARK: "remark",
}
"""What a column can hold, and the last part of ``issuer.lists.field.*``."""

router = APIRouter()


@router.get("/lists", response_class=HTMLResponse)
def all_lists(request: Request, member: MemberOf, pages: PagesOf) -> HTMLResponse:
    """The lists of this organisation."""
    with member.ports.database.reading() as session:
        rows = drafts.lists(session, ports=member.ports)
    context = {"rows": rows, **frame(request, member, tab=TAB)}
    return pages.render(request, "lists_all.html", **context)


@router.get("/lists/new", response_class=HTMLResponse)
def new(request: Request, member: MemberOf, pages: PagesOf) -> HTMLResponse:
    """The form for a new list."""
    member.require(Duty.ISSUER)
    return _upload_page(request, member, pages, fault=None)


def _upload_page(
    request: Request,
    member: SignedIn,
    pages: PagesOf,
    *,
    fault: str | None,
    typed: FormData | None = None,
) -> HTMLResponse:
    return pages.render(
        request,
        "lists_new.html",
        status=200 if fault is None else 422,
        templates=list(member.ports.templates.values()),
        fault=fault,
        template_id=text_field(typed, "template") if typed else "",
        sheet=text_field(typed, "sheet") if typed else "",
        **frame(request, member, tab=TAB),
    )


@router.get("/lists/example.csv")
def example(member: MemberOf) -> Response:
    """A file to begin from."""
    del member  # signed in
    return _csv(safe_csv(EXAMPLE), "voorbeeld.csv")


def _csv(data: bytes, name: str) -> Response:
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "no-store",
    }
    return Response(data, media_type="text/csv; charset=utf-8", headers=headers)


@router.post("/lists")
def start(request: Request, posted: CheckedForm, member: MemberOf, pages: PagesOf) -> Response:
    """Put a list down; or say in the form why it cannot be read."""
    member.require(Duty.ISSUER)
    ports, language = member.ports, language_of(request)
    data, name = _file(posted, sentence("issuer.lists.upload.pasted", language))
    if not data:
        fault = sentence("issuer.lists.file_gone", language)
        return _upload_page(request, member, pages, fault=fault, typed=posted)
    try:
        with ports.database.transaction() as session:
            row = drafts.start(
                session,
                data,
                name=name,
                template_id=text_field(posted, "template"),
                sheet_name=text_field(posted, "sheet") or None,
                member_id=member.id,
                ports=ports,
                at=ports.clock(),
            )
    except ListRefusedError as refused:
        fault = refused.fault.sentence(language)
        return _upload_page(request, member, pages, fault=fault, typed=posted)
    return RedirectResponse(f"/lists/{row.id}", status_code=303)


def _file(posted: FormData, pasted: str) -> tuple[bytes, str]:
    """The bytes of the chosen file, or of what was pasted, and a name for them."""
    upload = posted.get("file")
    if isinstance(upload, UploadFile) and upload.filename:
        data = upload.file.read(MAX_BYTES + 1)
        name = upload.filename.replace("\\", "/").rpartition("/")[2]
        return data, name if name.isprintable() else pasted
    return text_field(posted, "pasted", maximum=MAX_PASTED).encode("utf-8", "replace"), pasted


@router.get("/lists/{list_id}")
def one(list_id: str, member: MemberOf) -> Response:
    """Where a list stands now decides which page it has."""
    with member.ports.database.reading() as session:
        row = drafts.find(session, list_id, ports=member.ports)
    return RedirectResponse(place_of(row), status_code=303)


def place_of(row: ListDraft) -> str:
    """The page of a list in its state."""
    page = {
        ListState.DRAFT: "columns",
        ListState.CHECKED: "rows",
        ListState.WAITING: "approval",
    }.get(ListState(row.state), "given")
    return f"/lists/{row.id}/{page}"


def change_of(posted: FormData, list_id: str, member: SignedIn) -> Change:
    """Who changes which list, from a page of which version."""
    version = text_field(posted, "version")
    known = version.isascii() and version.isdigit() and len(version) < 10  # noqa: PLR2004 - digits
    return Change(list_id, member.id, int(version) if known else 0)


def changed_meanwhile(list_id: str) -> Response:
    """Somebody, or another tab, was first: show how the list stands now."""
    return RedirectResponse(f"/lists/{list_id}/rows?changed=1", status_code=303)


def seen_by(member: SignedIn, list_id: str) -> Look:
    """A list as it stands now."""
    ports = member.ports
    with ports.database.reading() as session:
        return drafts.look(session, list_id, ports=ports, at=ports.clock())


@router.get("/lists/{list_id}/columns", response_class=HTMLResponse)
def columns(list_id: str, request: Request, member: MemberOf, pages: PagesOf) -> Response:
    """What each column holds."""
    seen = seen_by(member, list_id)
    if seen.row.state not in drafts.OPEN:
        return RedirectResponse(place_of(seen.row), status_code=303)
    return _columns_page(request, member, pages, seen)


def _columns_page(
    request: Request,
    member: SignedIn,
    pages: PagesOf,
    seen: Look,
    *,
    mapping: ColumnMapping | None = None,
    fault: Fault | None = None,
) -> HTMLResponse:
    language = language_of(request)
    faults = [fault] if fault else []
    if seen.said.mapping is not None and not fault:
        faults = [one for one in seen.found.faults if seen.found.refused]
    shown: Context = {
        "seen": seen,
        "mapping": mapping or seen.mapping,
        "columns": seen.proposals[:MAX_MAPPED],
        "choices": _choices(seen, language),
        "faults": [one.sentence(language) for one in faults],
        "templates": list(member.ports.templates.values()),
        "needed": {name: name not in (mapping or seen.mapping).targets for name in FIELDS},
        "day": headings.EXAM_DATE,
        "constants": dict((mapping or seen.mapping).constants),
        "claims": _open_claims(seen, language),
    }
    context = {**shown, **frame(request, member, tab=TAB)}
    return pages.render(request, "lists_columns.html", status=422 if fault else 200, **context)


def _choices(seen: Look, language: str) -> list[tuple[str, str]]:
    """What a column can hold, in the reader's words."""
    own = [(name, sentence(f"issuer.lists.field.{key}", language)) for name, key in FIELDS.items()]
    pairs = [
        (f"{word} {number}", sentence(f"issuer.lists.field.{key}", language, number=number))
        for number in range(1, MAX_PAIRS + 1)
        for word, key in (("Skill", "skill"), ("Niveau", "level"))
    ]
    known = {name for name, _ in (*own, *pairs)}
    claims = {
        CLAIM + claim.path: claim.label(language)
        for kind in seen.in_play
        for claim in kind.issued()
        if is_listed(claim.kind) and claim.path not in {"given_name", "family_name"}
    }
    used = {one: one.removeprefix(CLAIM) for one in seen.mapping.targets if one} | claims
    return [*own, *pairs, *((key, words) for key, words in used.items() if key not in known)]


def _open_claims(seen: Look, language: str) -> list[tuple[str, str]]:
    """Claims that the proofs of this list need and that nothing fills yet."""
    return [
        (CLAIM + claim.path, claim.label(language))
        for kind in seen.in_play
        for path in seen.unfilled.get(kind.id, ())
        if (claim := kind.claim(path)) is not None and is_listed(claim.kind)
    ]


@router.post("/lists/{list_id}/columns")
def choose(
    list_id: str, request: Request, posted: CheckedForm, member: MemberOf, pages: PagesOf
) -> Response:
    """Keep what the columns hold, and go on to the rows."""
    member.require(Duty.ISSUER)
    ports, seen = member.ports, seen_by(member, list_id)
    mapping = _mapping(posted, seen)
    try:
        with ports.database.transaction() as session:
            after = draft_changes.set_mapping(
                session,
                change_of(posted, list_id, member),
                mapping,
                template_id=text_field(posted, "template"),
                ports=ports,
                at=ports.clock(),
            )
    except ListRefusedError as refused:
        return _columns_page(request, member, pages, seen, mapping=mapping, fault=refused.fault)
    except RejectedError as error:
        if error.code != "list_changed":
            raise
        return changed_meanwhile(list_id)
    page = "columns" if after.needs_mapping else "rows"
    return RedirectResponse(f"/lists/{list_id}/{page}", status_code=303)


def _mapping(posted: FormData, seen: Look) -> ColumnMapping:
    """The form as a mapping; whether it fits is checked where it is kept."""
    width = len(seen.sheet.titles)
    targets = [text_field(posted, f"c{at}") or None for at in range(min(width, MAX_MAPPED))]
    targets += [None] * (width - len(targets))
    constants = {
        headings.EXAM_DATE: _day(text_field(posted, "same_date")),
        headings.TRAINER: text_field(posted, "same_trainer"),
        headings.RESULT: "behaald" if text_field(posted, "passed") else "",
    }
    constants |= {name: text_field(posted, name) for name in posted if name.startswith(CLAIM)}
    given = {name: text for name, text in constants.items() if text}
    given |= {
        name: ""
        for name, field in ((headings.NUMBER, "no_number"), (headings.EMAIL, "no_email"))
        if text_field(posted, field)
    }
    return ColumnMapping(tuple(targets), given)


def _day(typed: str) -> str:
    """A day of a date field, as a class list writes it."""
    year, _, rest = typed.partition("-")
    month, _, day = rest.partition("-")
    return f"{day}-{month}-{year}" if len(year) == 4 and day else typed  # noqa: PLR2004 - a year


@router.get("/lists/{list_id}/list.csv")
def download(list_id: str, member: MemberOf) -> Response:
    """The list as it was mended, safe to open in a spreadsheet."""
    seen = seen_by(member, list_id)
    return _csv(safe_csv(drafts.corrected(seen)), "lijst.csv")


@router.post("/lists/{list_id}/drop")
def drop(list_id: str, posted: CheckedForm, member: MemberOf) -> Response:
    """Throw a list away; what was given stays given."""
    member.require(Duty.ISSUER)
    ports = member.ports
    with ports.database.transaction() as session:
        draft_changes.discard(
            session, change_of(posted, list_id, member), ports=ports, at=ports.clock()
        )
    return RedirectResponse("/lists", status_code=303)
