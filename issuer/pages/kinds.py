"""Templates: what this organisation gives, and making or changing one without code.

The preview keeps up while somebody types where scripts run; without them a button shows it.
"""

from dataclasses import replace

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import ValidationError
from starlette.datastructures import FormData

from credentials.errors import MalformedError, RejectedError
from issuer import form_fields
from issuer.audit import record
from issuer.designs import (
    ICONS,
    MAX_DETAILS,
    PERSON,
    SHAPE,
    Design,
    DetailDesign,
    archive,
    can_end,
    design_of,
    keep_version,
    new_id,
    own_versions,
    template_of,
)
from issuer.doors import MemberOf
from issuer.members import SignedIn, member_name
from issuer.orders import FORMAT_IDS
from issuer.pages.frame import Context, PagesOf, frame
from issuer.tables import Duty
from issuer.templates import Template
from schemas import catalog
from schemas.credential_types import Disclosure
from service.forms import CheckedForm, text_field
from service.pages import language_of

router = APIRouter()

TAB = "organisation"


@router.get("/kinds", response_class=HTMLResponse)
def kinds(request: Request, member: MemberOf, pages: PagesOf) -> HTMLResponse:
    """Every type of the catalogue: what is given here, in which form, and what others give."""
    ports = member.ports
    given = list(ports.templates.values())
    here = {template.type.id for template in given}
    return pages.render(
        request,
        "kinds.html",
        given=given,
        elsewhere=[kind for kind in catalog.credential_types() if kind.id not in here],
        **frame(request, member, tab=TAB),
    )


@router.get("/kinds/new", response_class=HTMLResponse)
def new(request: Request, member: MemberOf, pages: PagesOf, base: str) -> HTMLResponse:
    """The editor over a ready template, for one of one's own."""
    member.require(Duty.ADMIN, Duty.ISSUER)
    ready = _ready(member, base)
    design = design_of(ready, ready).model_copy(update={"asked": _usual(ready)})
    return _editor(request, member, pages, design, template_id="")


@router.get("/kinds/{template_id}", response_class=HTMLResponse)
def edit(template_id: str, request: Request, member: MemberOf, pages: PagesOf) -> HTMLResponse:
    """The editor over a template that is given now, with its versions."""
    member.require(Duty.ADMIN, Duty.ISSUER)
    template = member.ports.template(template_id)
    design = design_of(template, _ready(member, template.type.id))
    return _editor(request, member, pages, design, template_id=template_id)


@router.post("/kinds")
def keep(request: Request, posted: CheckedForm, member: MemberOf, pages: PagesOf) -> Response:
    """Keep a new version, or only show what it would be."""
    member.require(Duty.ADMIN, Duty.ISSUER)
    ports, wanted = member.ports, text_field(posted, "template")
    if wanted:
        ports.template(wanted)
    ready = _ready(member, text_field(posted, "base"))
    design, fault = _read(posted, ready)
    if fault is not None:
        return _editor(request, member, pages, design, template_id=wanted, fault=fault)
    if text_field(posted, "do") != "keep":
        return _editor(request, member, pages, design, template_id=wanted)
    with ports.database.transaction() as session:
        template_id = wanted or new_id(
            session, design.title_nl, organisation_id=ports.organisation_id, ready=ports.ready
        )
        number = keep_version(
            session,
            design,
            template_id=template_id,
            organisation_id=ports.organisation_id,
            member_id=member.id,
            sealer=ports.sealer,
            at=ports.clock(),
        )
        record(session, ports, "template_kept", about=f"{template_id}/{number}", actor=member.id)
    return RedirectResponse(f"/kinds/{template_id}", status_code=303)


@router.post("/kinds/{template_id}/archive")
def put_away(template_id: str, posted: CheckedForm, member: MemberOf) -> Response:
    """Give a template of one's own no longer."""
    del posted  # checked; it has no other field
    member.require(Duty.ADMIN, Duty.ISSUER)
    ports = member.ports
    with ports.database.transaction() as session:
        archive(session, template_id, organisation_id=ports.organisation_id)
        record(session, ports, "template_archived", about=template_id, actor=member.id)
    return RedirectResponse("/kinds", status_code=303)


def _ready(member: SignedIn, type_id: str) -> Template:
    """The catalogue's own form of a type that this organisation may give.

    Raises:
        RejectedError: ``not_found``.
    """
    found = member.ports.ready.get(type_id)
    if found is None:
        raise RejectedError("not_found", "this organisation may not give that type")
    return found


def _usual(ready: Template) -> frozenset[str]:
    """What a new template asks: what must be there, and what class lists usually bring."""
    likely = set(ready.type.required()) | set(ready.type.from_list) | set(ready.fixed)
    return frozenset(likely - SHAPE)


def _read(posted: FormData, ready: Template) -> tuple[Design, str | None]:
    """The design on the form, and the field that does not fit; then the design is the last good."""
    optional = _optional(ready)
    typed = {name: text_field(posted, name) for name in posted}
    fixed = form_fields.read(ready, typed)
    fixed.pop("details", None)
    labels = [
        (typed.get(f"detail_nl.{one}", ""), typed.get(f"detail_en.{one}", ""), one)
        for one in range(1, MAX_DETAILS + 1)
    ]
    try:
        design = Design(
            base=ready.id,
            title_nl=typed.get("title_nl", ""),
            title_en=typed.get("title_en", "") or typed.get("title_nl", ""),
            asked=frozenset(path for path in optional if f"ask.{path}" in typed)
            | (set(ready.type.required()) - SHAPE),
            always=frozenset(path for path in _choosable(ready) if f"always.{path}" in typed),
            fixed=fixed,
            details=tuple(
                DetailDesign(
                    label_nl=dutch,
                    label_en=english or dutch,
                    required=f"detail_must.{one}" in typed,
                )
                for dutch, english, one in labels
                if dutch
            ),
            months=int(typed["months"]) if typed.get("months", "").isdecimal() else None,
            formats=tuple(one for one in FORMAT_IDS if f"format.{one}" in typed),
            icon=typed.get("icon", ICONS[0]),
        )
        template_of(design, template_id="preview", version=0, ready=ready)
    except ValidationError as error:
        return design_of(ready, ready), str(error.errors()[0]["loc"][0])
    except MalformedError as error:
        return design_of(ready, ready), error.detail.partition(":")[0]
    return design, None


def _optional(ready: Template) -> list[str]:
    issued = ready.type.issued()
    return [one.path for one in issued if not one.required and one.path not in SHAPE]


def _choosable(ready: Template) -> list[str]:
    """Claims whose holder decides, and that are no name."""
    return [
        one.path
        for one in ready.type.issued()
        if one.disclosure is Disclosure.CHOOSE and one.path not in PERSON | SHAPE
    ]


def _editor(
    request: Request,
    member: SignedIn,
    pages: PagesOf,
    design: Design,
    *,
    template_id: str,
    fault: str | None = None,
) -> HTMLResponse:
    ready = _ready(member, design.base)
    made = template_of(design, template_id=template_id or "new", version=0, ready=ready)
    return pages.render(
        request,
        "kind.html",
        status=200 if fault is None else 422,
        scripted=True,
        template_id=template_id,
        design=design,
        ready=ready,
        made=made,
        fault=fault,
        fields=form_fields.groups(made, {}, language_of(request)),
        fixed=_fixed_fields(ready, design, language_of(request)),
        choosable=set(_choosable(ready)),
        apart=SHAPE,
        formats=FORMAT_IDS,
        icons=ICONS,
        can_end=can_end(ready.type),
        detail_rows=range(1, MAX_DETAILS + 1),
        versions=_versions(member, template_id),
        **frame(request, member, tab=TAB),
    )


def _fixed_fields(ready: Template, design: Design, language: str) -> list[form_fields.FormField]:
    """A field for each value that can be the same for everyone: no name, date or number of one."""
    found = form_fields.groups(ready, {}, language)
    fields = (*found.fixed, *found.more, *found.asked)
    own = PERSON | set(ready.type.from_list) | set(ready.type.computed)
    return [
        replace(field, value=form_fields.as_typed(design.fixed.get(field.name)), required=False)
        for field in fields
        if field.name not in own and field.name in design.asked
    ]


def _versions(member: SignedIn, template_id: str) -> Context:
    """Number and day of each version, the newest first; who made it."""
    ports = member.ports
    with ports.database.reading() as session:
        rows = [
            (version.number, version.made_at, member_name(session, version.made_by, ports))
            for row, version, _ in own_versions(session, ports.organisation_id, sealer=ports.sealer)
            if row.id == template_id
        ]
    return {"rows": rows[::-1], "current": template_id in ports.templates}
